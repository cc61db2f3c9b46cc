"""Pages: the state of the standard system, a declaration compared, declarations that rest on ended standards."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import write_xlsx
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import Column, List, TextFilter
from hengjian.parties.models import Confidentiality
from hengjian.parties.policies import may_anywhere, visible
from hengjian.plans.views.downloads import download
from hengjian.registers.catalogue import register_type
from hengjian.registers.fields import Choice
from hengjian.registers.lookups import choice_word, choices_of
from hengjian.rulebook.parameters.adoption import AdoptionRate
from hengjian.systems.standards import queries
from hengjian.systems.standards.models import StandardDeclaration

VERDICTS: dict[str, tuple[str, Any]] = {
    "stricter": ("green", gettext_lazy("优于标准")),
    "same": ("green", gettext_lazy("与标准相同")),
    "looser": ("amber", gettext_lazy("低于标准")),
    "apart": ("red", gettext_lazy("与标准不符")),
    "missing": ("grey", gettext_lazy("未声明")),
    "additional": ("blue", gettext_lazy("标准未规定")),
    "unlike": ("grey", gettext_lazy("单位不同，无法比较")),
}
BY = (("domain", gettext_lazy("标准体系领域")), ("consumer_field", gettext_lazy("重点消费品领域")))


def level_choices() -> list[Choice]:
    return list(choices_of(register_type("standard").field("level"), timezone.localdate()))


def read_choice(request: HttpRequest) -> tuple[str, str]:
    """Breakdown and level of the address; what there is not falls back to everything by field."""
    by, level = request.GET.get("by", ""), request.GET.get("level", "")
    return (
        by if by in dict(BY) else "domain",
        level if level in {choice.code for choice in level_choices()} else "",
    )


@require_safe
def overview_page(request: HttpRequest) -> HttpResponse:
    """Standards, adoption and gap by field; `?by=consumer_field&level=national&export=xlsx`. Open to everybody."""
    by, level = read_choice(request)
    today = timezone.localdate()
    lines, total = queries.overview(today, by, level)
    rule = queries.adoption_rule(today)
    adoption = rule.typed(AdoptionRate)
    spec = register_type("standard").field(by)
    inside = request.user.is_authenticated and may_anywhere(request.user, "registers.view")
    target = reverse("registers:list" if inside else "registers:public_list", args=["standard"])
    rows = [
        {
            "name": choice_word(spec, line.code) if line.code else _("（未分类）"),
            "url": f"{target}?{by}={line.code}&status=current" if line.code else "",
            "line": line,
            "adoption": line.adoption(adoption),
        }
        for line in lines
    ]
    if request.GET.get("export") == "xlsx":
        return _sheet(rows, total, adoption, str(dict(BY)[by]))
    context = {
        "title": _("标准体系"),
        "layout": "pages/base.html" if inside else "pages/public.html",
        "inside": inside,
        "rows": rows,
        "total": total,
        "total_adoption": total.adoption(adoption),
        "rule": rule,
        "by": by,
        "breakdowns": BY,
        "level": level,
        "levels": [
            (choice.code, choice_word(register_type("standard").field("level"), choice.code))
            for choice in level_choices()
        ],
        "today": today,
        "flagged": visible(request.user, queries.flagged(today)).count() if inside else 0,
    }
    return render(request, "standards/overview.html", context)


def _sheet(rows: list[dict[str, Any]], total: queries.FieldLine, rule: AdoptionRate, by: str) -> HttpResponse:
    columns = [
        str(by),
        _("现行标准"),
        _("其中强制性"),
        "IDT",
        "MOD",
        "NEQ",
        _("一致性程度（%）"),
        _("体系应有"),
        _("已有"),
        _("缺口"),
        _("企业声明"),
        _("已废止"),
    ]

    def cells(name: str, line: queries.FieldLine) -> list[Any]:
        degrees = [line.degrees.get(degree, 0) for degree in ("IDT", "MOD", "NEQ")]
        share = line.adoption(rule).percent()
        needs = [line.needed, line.present, line.gap]
        return [name, line.standards, line.mandatory, *degrees, share, *needs, line.declarations, line.ended]

    title = _("标准体系")
    body = [*(cells(row["name"], row["line"]) for row in rows), cells(_("合计"), total)]
    return download(write_xlsx(columns, body, title=title, notes=[s.text() for s in rule.sentences()]), f"{title}.xlsx")


@require_safe
def compare_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A declaration beside its standard and like declarations; declarations are public, so is the comparison."""
    rows = StandardDeclaration.objects.filter(pk=pk).select_related("unit", "region", "filer")
    inside = request.user.is_authenticated
    entry = (visible(request.user, rows) if inside else rows.none()).first()
    if entry is None:
        entry, inside = rows.filter(confidentiality=Confidentiality.PUBLIC).first(), False
    if entry is None:
        raise Http404(_("没有这份声明。"))
    sheet = queries.compare(entry)
    context = {
        "title": _("指标比较"),
        "layout": "pages/base.html" if inside else "pages/public.html",
        "inside": inside,
        "entry": entry,
        "sheet": sheet,
        "rows": [(line, *VERDICTS[line.comparison.verdict]) for line in sheet.lines],
        "below": [line.comparison.name for line in sheet.lines if line.comparison.below],
        "notice": entry.value("below_notice"),
    }
    return render(request, "standards/compare.html", context)


FLAGGED = List(
    key="standards.flagged",
    title=gettext_lazy("引用已废止标准的声明"),
    columns=[
        Column("key", gettext_lazy("声明编号"), sort="key", width="w5", css="nowrap", card="no"),
        Column(
            "title",
            gettext_lazy("产品"),
            sort="title",
            head=True,
            card="full",
            link=lambda entry: reverse("registers:entry", args=["standard_declaration", entry.pk]),
        ),
        Column("enterprise_name", gettext_lazy("企业"), sort="enterprise_name", css="units", card="half"),
        Column("ended_standard", gettext_lazy("已废止的标准"), sort="ended_standard", width="w6", card="half"),
        Column("since", gettext_lazy("自"), value="flagged_on", sort="flagged_on", align="num", width="w4"),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda entry: _("需要复核"),
            cell=lambda entry: light("amber", _("需要复核")),
            width="w5",
            card="state",
        ),
    ],
    filters=[
        TextFilter(
            key="q", label=gettext_lazy("企业、产品或标准"), fields=("enterprise_name", "title", "ended_standard")
        )
    ],
    order=("flagged_on",),
    empty=gettext_lazy("没有引用已废止标准的声明"),
    note=gettext_lazy("自标准废止或被代替之日起标记；强制性标准被代替的，系统已为每份声明开出复核任务。"),
)


class FlaggedList(ListView):
    """Declarations that rest on an ended standard."""

    declaration = FLAGGED
    template_name = "standards/flagged.html"

    def get_queryset(self) -> QuerySet[StandardDeclaration]:
        return queries.flagged(timezone.localdate()).select_related("unit", "region", "filer")
