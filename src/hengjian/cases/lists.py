"""The list of a procedure, made from its declaration: page, filters, views, sheet and rows of the interface."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from hengjian.cases.actions.base import declaration
from hengjian.cases.declarations import CaseType
from hengjian.cases.hooks import category_name
from hengjian.cases.models import Case
from hengjian.cases.showing import due_day, due_of, state_cell, state_of
from hengjian.cases.values import plain
from hengjian.pages.components import light
from hengjian.pages.filters import Choices
from hengjian.pages.lists import (
    BooleanFilter,
    BuiltInView,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Filter,
    List,
    MultiChoiceFilter,
    TextFilter,
)
from hengjian.parties.models import Region, RoleGrant, Unit
from hengjian.parties.models.regions import subtree_ids
from hengjian.registers.fields import FieldSpec
from hengjian.registers.lookups import choices_of
from hengjian.registers.showing import language

MOST_CHOICES = 300
WIDE = frozenset({"long_text", "file", "point"})


def declared_list(declared: CaseType) -> List:
    """The list of a procedure in the reader's language."""
    return List(
        key=f"cases.{declared.code}",
        title=declared.said(language()),
        columns=_columns(declared),
        filters=_filters(declared),
        # The index of opening times gives the newest without sorting all.
        order=("-opened_at",),
        views=[
            BuiltInView("open", _("在办"), "open=open"),
            BuiltInView("late", _("已逾期"), "open=late"),
            BuiltInView("today", _("三日内到期"), "open=soon"),
            BuiltInView("mine", _("我承办的"), "mine=1"),
        ],
        # Counting every view of a large table would cost more than the page.
        view_counts=False,
        row_class=lambda case: "is-late" if due_of(case)[0] == "red" else "",
        empty=_("没有符合条件的办件"),
        empty_hint=_("可以放宽筛选条件；如果还没有登记，请先登记。"),
        note=_("期限按办件登记时适用的规则计算，中止的时间不计入。"),
    )


def due_cell(case: Case) -> str:
    colour, words = due_of(case)
    if not colour:
        return "—"
    return format_html('{} <span class="muted small nowrap">{}</span>', light(colour, words), due_day(case))


def _columns(declared: CaseType) -> list[Column]:
    columns = [
        Column("number", _("编号"), sort="number", width="w6", css="muted nowrap", card="no"),
        Column("title", _("事由"), head=True, card="full", link=lambda case: reverse("cases:case", args=[case.pk])),
        Column(
            "state", _("状态"), value=lambda case: state_of(case)[1], cell=state_cell, sort="state", width="w4",
            card="state",
        ),
        Column("due", _("期限"), value="due_at", cell=due_cell, sort="due_at", width="w6", card="half"),
    ]  # fmt: skip
    told = [spec for spec in declared.fields if not spec.personal and spec.type not in WIDE]
    # What the title says already, and more than two of the others, only on demand: the title needs its room.
    shown = [spec.code for spec in told if spec.listed and f"{{{spec.code}}}" not in declared.title_pattern][:2]
    columns += [_field_column(spec, spec.code in shown) for spec in told]
    columns += [
        Column("unit", _("承办单位"), value="unit.name", cell=lambda case: str(case.unit), css="units", width="w5",
               card="half"),
        Column("handler", _("承办人"), value=lambda case: str(case.handler or ""), shown=False, card="opt"),
        Column("region", _("地区"), value="region.name", width="w3", shown=False, card="opt"),
        Column("opened", _("登记时间"), value="opened_at",
               cell=lambda case: f"{timezone.localtime(case.opened_at):%Y-%m-%d}", sort="opened_at", align="num",
               width="w4", card="half"),
        Column("closed", _("办结时间"), value="closed_at", align="num", shown=False, card="opt"),
        Column("outcome", _("结果"), value=_outcome, width="w4", shown=False, card="opt"),
        Column(
            "category",
            _("类别"),
            value=lambda case: category_name(case.category, language().startswith("en")),
            shown=False,
            card="opt",
        ),
        Column("channel", _("渠道"), shown=False, card="opt"),
        Column("rating", _("满意度"), sort="rating", align="num", shown=False, card="opt"),
    ]  # fmt: skip
    return columns


def _field_column(spec: FieldSpec, shown: bool) -> Column:
    return Column(
        f"v_{spec.code}",
        spec.said(language()),
        value=lambda case: plain(spec, case.data.get(spec.code)),
        width="w4",
        shown=shown,
        card="" if shown else "opt",
    )


def _outcome(case: Case) -> str:
    return declaration(case).outcome(case.outcome).said(language()) if case.outcome else ""


def _filters(declared: CaseType) -> list[Filter]:
    lang = language()
    found: list[Filter] = [
        TextFilter(key="q", label=_("编号或事由"), fields=("number", "title"), placeholder=_("编号或关键词")),
        MultiChoiceFilter(
            key="state", label=_("状态"), field="state", choices=[(s.code, s.said(lang)) for s in declared.shown_states]
        ),
        ChoiceFilter(
            key="open",
            label=_("办理情况"),
            choices=[("open", _("在办")), ("late", _("已逾期")), ("soon", _("三日内到期")), ("closed", _("已办结"))],
            when=_standing,
        ),
        MultiChoiceFilter(
            key="outcome",
            label=_("结果"),
            field="outcome",
            choices=[(o.code, o.said(lang)) for o in declared.shown_outcomes],
        ),
        ChoiceFilter(key="unit", label=_("承办单位"), field="unit_id", choices=_units),
        ChoiceFilter(key="region", label=_("地区"), choices=_regions, when=_in_region),
    ]
    for spec in declared.fields:
        if spec.filtered and spec.type == "choice":
            choices = [(c.code, c.said(lang)) for c in choices_of(spec, timezone.localdate())]
            found.append(
                ChoiceFilter(key=f"v_{spec.code}", label=spec.said(lang), field=f"data__{spec.code}", choices=choices)
            )
        elif spec.filtered and spec.type == "boolean":
            found.append(
                BooleanFilter(key=f"v_{spec.code}", label=spec.said(lang), when=Q(**{f"data__{spec.code}": True}))
            )
    found += [
        DayFilter(key="opened", label=_("登记日期"), field="opened_at"),
        MineFilter(key="mine", label=_("我承办的")),
    ]
    return found


class DayFilter(DateRangeFilter):
    """Days compared as moments, so that the index of the column serves."""

    def condition(self, value: Any) -> Q:
        condition = Q()
        if value[0]:
            condition &= Q(**{f"{self.field}__gte": _midnight(value[0])})
        if value[1]:
            condition &= Q(**{f"{self.field}__lt": _midnight(value[1] + timedelta(days=1))})
        return condition


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class MineFilter(BooleanFilter):
    """Only what the reader has taken."""

    def read(self, query: Any, request: HttpRequest) -> Any:
        found = super().read(query, request)
        if found.value:
            found.value = request.user.pk
        return found

    def condition(self, value: Any) -> Q:
        return Q(handler=value)


def _standing(value: str) -> Q:
    now = timezone.now()
    if value == "closed":
        return Q(closed_at__isnull=False)
    still = Q(closed_at__isnull=True)
    if value == "late":
        return still & Q(due_at__lt=now, paused=False)
    if value == "soon":
        return still & Q(due_at__range=(now, now + timedelta(days=3)), paused=False)
    return still


def _units(request: HttpRequest) -> Choices:
    """Units within the reader's grants."""
    grants = RoleGrant.objects.valid_on(timezone.localdate()).filter(user=request.user.pk)
    regions = [pk for pk in grants.values_list("region_id", flat=True) if pk is not None]
    own = [pk for pk in grants.values_list("unit_id", flat=True) if pk is not None]
    rows = Unit.objects.exclude(kind=Unit.Kind.ENTERPRISE)
    rows = rows.filter(Q(pk__in=own) | Q(region__in=subtree_ids(regions))) if regions else rows.filter(pk__in=own)
    return [(str(unit.pk), unit.name) for unit in rows.order_by("region__code", "name")[:MOST_CHOICES]]


def _regions(request: HttpRequest) -> Choices:
    rows = Region.objects.exclude(level__in=("township", "village")).order_by("code")
    return [(code, name) for code, name in rows.values_list("code", "name")[:MOST_CHOICES]]


def _in_region(value: str) -> Q:
    region = Region.objects.filter(code=value).values_list("pk", flat=True).first()
    return Q(region__in=subtree_ids([region])) if region is not None else Q(pk__in=[])
