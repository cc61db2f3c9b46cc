"""All plans that the reader may see, and the imports that are still being checked."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.models import Region
from hengjian.parties.policies import may_anywhere, visible
from hengjian.plans.models import Plan, PlanImport, Task
from hengjian.plans.words import PLAN_LIGHTS


def period(plan: Plan) -> str:
    return f"{plan.period_start:%Y-%m-%d} ～ {plan.period_end:%Y-%m-%d}"


def region_choices(request: HttpRequest) -> list[tuple[str, str]]:
    used = visible(request.user, Plan.objects.order_by()).values("region")
    return [(str(region.pk), region.name) for region in Region.objects.filter(pk__in=used)]


def year_choices(request: HttpRequest) -> list[tuple[str, str]]:
    starts = visible(request.user, Plan.objects.order_by()).values_list("period_start", flat=True)
    return [(str(year), str(year)) for year in sorted({day.year for day in starts}, reverse=True)]


def in_year(value: str) -> Q:
    """Plans whose period touches the year."""
    if not value.isdigit():
        return Q(pk__in=[])
    return Q(period_start__year__lte=int(value), period_end__year__gte=int(value))


PLANS = List(
    key="plans.plans",
    title=_("计划文本"),
    columns=[
        Column(
            "title",
            _("名称"),
            sort="title",
            head=True,
            card="full",
            link=lambda plan: reverse("plans:plan", args=[plan.pk]),
        ),
        Column("number", _("文号"), sort="number", width="w6", card="half"),
        Column("region", _("地区"), value="region.name", sort="region__code", width="w5", card="half"),
        Column("owner", _("主办单位"), value="owner.name", sort="owner__name", css="units", shown=False, card="opt"),
        Column("period", _("期间"), value=period, sort="period_start", width="w6", card="half"),
        Column(
            "tasks", _("任务"), value="task_count", sort="task_count", align="num", width="w2", card_label=_("任务")
        ),
        Column(
            "status",
            _("状态"),
            value=lambda plan: plan.get_status_display(),
            cell=lambda plan: light(PLAN_LIGHTS[plan.status], plan.get_status_display()),
            sort="status",
            width="w4",
            card="state",
        ),
    ],
    filters=[
        TextFilter(key="q", label=_("名称或文号"), fields=("title", "number"), placeholder=_("输入关键词或文号")),
        ChoiceFilter(key="region", label=_("地区"), field="region_id", choices=region_choices),
        ChoiceFilter(key="year", label=_("年度"), when=in_year, choices=year_choices),
        ChoiceFilter(key="status", label=_("状态"), field="status", choices=list(Plan.Status.choices)),
    ],
    order=("-period_start", "title"),
    views=[
        BuiltInView("active", _("执行中"), "status=active"),
        BuiltInView("archived", _("已归档"), "status=archived"),
    ],
    empty=_("还没有计划"),
    empty_hint=_("导入一份行动计划或实施方案的文本，系统会拆出任务和责任单位。"),
)


class PlanList(ListView):
    """Plans in which the reader's unit takes part or which the reader oversees."""

    declaration = PLANS
    template_name = "plans/plan_list.html"

    def get_queryset(self) -> QuerySet[Plan]:
        # The retired ones are left out; a part counts with its task.
        tasks = Count("tasks", filter=Q(tasks__parent=None) & ~Q(tasks__status=Task.Status.RETIRED), distinct=True)
        return Plan.objects.select_related("region", "owner").annotate(task_count=tasks)

    def get_context(self) -> dict[str, Any]:
        drafts = visible(self.request.user, PlanImport.objects.filter(state=PlanImport.State.DRAFT))
        # The texts themselves are long and not shown here.
        drafts = drafts.select_related("region", "unit", "created_by", "revises").defer("text", "parsed")
        return {"drafts": drafts[:50], "may_import": may_anywhere(self.request.user, "plans.import")}
