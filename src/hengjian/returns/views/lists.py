"""Lists: returns, what the checks of the regime found."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import BooleanField, Case, ExpressionWrapper, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.methods.periods import parse_period
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import (
    BooleanFilter,
    BuiltInView,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    List,
    MultiChoiceFilter,
    TextFilter,
)
from hengjian.parties.policies import visible
from hengjian.returns.catalogue import form, forms
from hengjian.returns.integrity import CHECKS, check_named
from hengjian.returns.models import Finding, IntegrityRun, Return
from hengjian.returns.rules import SEVERITIES
from hengjian.returns.showing import SEVERITY_LIGHTS, STATE_LIGHTS, language


def form_choices(_request: HttpRequest) -> list[tuple[str, str]]:
    return [(item.code, item.said(language())) for item in forms()]


def check_choices(_request: HttpRequest) -> list[tuple[str, str]]:
    return [(item.code, str(item.title)) for item in CHECKS]


def form_title(code: str) -> str:
    """The newest name of a form; its code where a region has taken the form out."""
    try:
        return form(code).said(language())
    except KeyError:
        return code


def state_cell(entry: Return) -> SafeString:
    shown = light(STATE_LIGHTS[Return.State(entry.state)], entry.get_state_display())
    if entry.state in Return.EDITABLE and entry.due_on < timezone.localdate():
        return format_html("{} {}", shown, light("red", _("已逾期")))
    return shown


def late_condition() -> Q:
    return Q(state__in=Return.EDITABLE, due_on__lt=timezone.localdate())


RETURNS = List(
    key="returns.returns",
    title=gettext_lazy("统计报表"),
    columns=[
        Column(
            "form",
            gettext_lazy("报表"),
            value=lambda row: row.opening.form.said(language()),
            sort="opening__form_code",
            head=True,
            card="full",
            link=Return.get_absolute_url,
        ),
        Column(
            "period",
            gettext_lazy("报告期"),
            value=lambda row: row.opening.period.said(language()),
            sort="opening__last",
            width="w4",
            card="half",
        ),
        Column(
            "unit", gettext_lazy("填报单位"), value="unit.name", sort="unit__name", css="units", width="w6", card="half"
        ),
        Column("region", gettext_lazy("地区"), value="region.name", sort="region__code", shown=False, card="opt"),
        Column("due", gettext_lazy("报送截止日"), value="due_on", sort="due_on", align="num", width="w4", card="half"),
        Column(
            "filled", gettext_lazy("已填单元格"), value="filled", sort="filled", align="num", width="w3", card="opt"
        ),
        Column(
            "errors", gettext_lazy("待处理错误"), value="errors", sort="errors", align="num", width="w3", card="opt"
        ),
        Column("number", gettext_lazy("版次"), value="number", align="num", shown=False, card="opt"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=Return.get_state_display,
            cell=state_cell,
            sort="state",
            width="w5",
            card="state",
        ),
    ],
    filters=[
        TextFilter(
            key="q",
            label=gettext_lazy("单位或地区"),
            fields=("unit__name", "region__name"),
            placeholder=gettext_lazy("名称"),
        ),
        ChoiceFilter(key="form", label=gettext_lazy("报表"), field="opening__form_code", choices=form_choices),
        TextFilter(key="period", label=gettext_lazy("报告期"), fields=("opening__period_code",), placeholder="2026-Q3"),
        MultiChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=Return.State.choices),
        DateRangeFilter(key="due", label=gettext_lazy("报送截止日"), field="due_on"),
        BooleanFilter(key="late", label=gettext_lazy("只看逾期"), field="late"),
    ],
    order=("-opening__last", "opening__form_code", "region__code"),
    views=[
        BuiltInView("todo", gettext_lazy("待填报"), "state=open&state=draft&state=returned&state=correcting"),
        BuiltInView("checking", gettext_lazy("审核中"), "state=complete&state=checked"),
        BuiltInView("late", gettext_lazy("逾期"), "late=1"),
    ],
    row_class=lambda row: "is-late" if row.state in Return.EDITABLE and row.due_on < timezone.localdate() else "",
    empty=gettext_lazy("没有统计报表"),
    empty_hint=gettext_lazy("报告期到时，系统按报表目录自动开放。"),
)


class ReturnList(ListView):
    declaration = RETURNS
    template_name = "returns/index.html"

    def get_queryset(self) -> QuerySet[Return]:
        late = ExpressionWrapper(late_condition(), output_field=BooleanField())
        return Return.objects.select_related("opening", "unit", "region").annotate(late=late)


def finding_words(finding: Finding) -> str:
    return str(check_named(finding.check_code).sentence) % finding.values


def finding_place(finding: Finding) -> str:
    if not finding.row or finding.owner is None:
        return ""
    return finding.owner.opening.layout.name(finding.row, finding.column, language())


FINDINGS = List(
    key="returns.findings",
    title=gettext_lazy("数据质量疑点"),
    columns=[
        Column(
            "check",
            gettext_lazy("检查项"),
            value=lambda row: str(check_named(row.check_code).title),
            sort="check_code",
            head=True,
            card="full",
            link=lambda row: row.owner.get_absolute_url() if row.owner else "",
        ),
        Column(
            "form",
            gettext_lazy("报表"),
            value=lambda row: form_title(row.form_code),
            sort="form_code",
            width="w6",
            card="half",
        ),
        Column(
            "period",
            gettext_lazy("报告期"),
            value=lambda row: parse_period(row.period_code).said(language()),
            sort="period_code",
            width="w4",
            card="half",
        ),
        Column("region", gettext_lazy("地区"), value="region.name", sort="region__code", width="w4", card="half"),
        Column("place", gettext_lazy("单元格"), value=finding_place, width="w5", card="half"),
        Column("words", gettext_lazy("情况"), value=finding_words, card="full"),
        Column("found", gettext_lazy("发现时间"), value="found_at", sort="found_at", shown=False, card="opt"),
        Column(
            "severity",
            gettext_lazy("程度"),
            value=Finding.get_severity_display,
            cell=lambda row: light(SEVERITY_LIGHTS[row.severity], row.get_severity_display()),
            sort="severity",
            width="w3",
            card="state",
        ),
    ],
    filters=[
        ChoiceFilter(key="check", label=gettext_lazy("检查项"), field="check_code", choices=check_choices),
        ChoiceFilter(key="form", label=gettext_lazy("报表"), field="form_code", choices=form_choices),
        MultiChoiceFilter(
            key="severity", label=gettext_lazy("程度"), field="severity", choices=Finding.Severity.choices
        ),
        TextFilter(key="q", label=gettext_lazy("地区"), fields=("region__name",), placeholder=gettext_lazy("名称")),
    ],
    order=("rank", "check_code", "-period_code", "region__code"),
    empty=gettext_lazy("没有发现疑点"),
    empty_hint=gettext_lazy("系统每天夜间检查最近两期的全部报表。"),
)


class FindingList(ListView):
    """The checks with their counts, and under them the offending rows."""

    declaration = FINDINGS
    template_name = "returns/integrity.html"

    def get_queryset(self) -> QuerySet[Finding]:
        rows = Finding.objects.filter(cleared_at=None)
        rank = Case(
            *(When(severity=code, then=Value(at)) for at, code in enumerate(SEVERITIES)), output_field=IntegerField()
        )
        return rows.select_related("region", "unit", "owner__opening").annotate(rank=rank)

    def get_context(self) -> dict[str, Any]:
        rows = visible(self.request.user, Finding.objects.filter(cleared_at=None))
        counts = Counter(rows.values_list("check_code", flat=True))
        return {
            "checks": [(item, counts[item.code], SEVERITY_LIGHTS[item.severity]) for item in CHECKS],
            "run": IntegrityRun.objects.first(),
        }
