"""The task ledger: every task of every plan that the reader may see."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from hengjian.pages.components import light, progress, units
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import (
    BooleanFilter,
    BuiltInView,
    BulkAction,
    ChoiceFilter,
    Column,
    Group,
    List,
    MultiChoiceFilter,
    TextFilter,
)
from hengjian.pages.numbers import whole
from hengjian.parties.models import Unit
from hengjian.parties.policies import visible
from hengjian.plans.models import Clause, Duty, Plan, Task
from hengjian.plans.words import LIGHT_WORDS, light_word, scheduled, units_by_role


def plan_choices(request: HttpRequest) -> list[tuple[str, str]]:
    return [(str(plan.pk), plan.title) for plan in visible(request.user, Plan.objects.all()).only("pk", "title")[:200]]


def section_choices(request: HttpRequest) -> list[tuple[str, str]]:
    """Sections of the chosen plan, or of all plans when there is only one."""
    plans = visible(request.user, Plan.objects.all())
    if (chosen := whole(request.GET.get("plan"))) is not None:
        plans = plans.filter(pk=chosen)
    first = plans.values_list("pk", flat=True)[:1]
    sections = Clause.objects.filter(plan__in=list(first), kind=Clause.Kind.SECTION, retired=False)
    return [(str(row.pk), f"{row.label}{row.title}") for row in sections]


def unit_choices(request: HttpRequest) -> list[tuple[str, str]]:
    held = visible(request.user, Duty.objects.exclude(unit=None)).values("unit")
    return [(str(unit.pk), str(unit)) for unit in Unit.objects.filter(pk__in=held)]


DUE_WORDS = [("month", _("本月到期")), ("quarter", _("三个月内到期")), ("late", _("已过时限"))]


def due_within(value: str) -> Q:
    """Due dates by the words that people use."""
    today = timezone.localdate()
    still_open = ~Q(status=Task.Status.CLOSED)
    if value == "late":
        return Q(due_on__lt=today) & still_open
    end = today + timedelta(days=92)
    if value == "month":
        end = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Q(due_on__range=(today, end)) & still_open


def of_unit(value: str) -> Q:
    # A subquery, because a join over the duties would repeat the task.
    held = Duty.objects.filter(unit_id=value).exclude(state=Duty.State.WITHDRAWN)
    return Q(pk__in=held.values("task"))


def in_section(value: str) -> Q:
    return Q(clause__parent_id=value) | Q(clause__parent__parent_id=value)


def issue_notice(request: HttpRequest, rows: QuerySet[Task], left_out: int) -> HttpResponse:
    """Go on to the form of the supervision notice with the chosen tasks."""
    chosen = [("task", pk) for pk in rows.values_list("pk", flat=True)[:200]]
    return redirect(f"{reverse('plans:issue', args=['notice'])}?{urlencode(chosen)}")


def section_title(task: Task) -> str:
    """Section and group over the task's item."""
    titles: list[str] = []
    clause = task.clause.parent
    while clause is not None:
        titles.insert(0, f"{clause.label}{clause.title}")
        clause = clause.parent
    return " / ".join(titles) or task.clause.title


def clause_name(task: Task) -> str:
    return f"{task.clause.label}{task.clause.title}"


def names(role: str) -> Any:
    return lambda task: units_by_role(task)[role]


SHOWN_UNITS = 3


def units_cell(names: list[str]) -> str:
    """The first units and how many there are; the sheet and the task page have them all."""
    if len(names) <= SHOWN_UNITS:
        return units(names) if names else "—"
    return format_html("{}{}", units(names[:SHOWN_UNITS]), _("等 %(n)s 家") % {"n": len(names)})


def day_cell(day: date | None) -> str:
    """Month and day; the year where it is not this one."""
    if day is None:
        return "—"
    return f"{day:%m-%d}" if day.year == timezone.localdate().year else day.isoformat()


def state_cell(task: Task) -> str:
    return light(task.light, light_word(task))


LEDGER = List(
    key="plans.tasks",
    title=_("任务台账"),
    columns=[
        Column("code", _("编号"), sort="order", align="num", width="w2", css="muted", card="no"),
        Column(
            "title",
            _("任务"),
            sort="title",
            head=True,
            card="full",
            link=lambda task: reverse("plans:task", args=[task.pk]),
        ),
        Column(
            "lead",
            _("牵头或共同单位"),
            value=lambda task: units_by_role(task)["lead"] or units_by_role(task)["joint"],
            # Where nobody leads, the equal units stand here, so that the column never reads as "nobody".
            cell=lambda task: units_cell(units_by_role(task)["lead"] or units_by_role(task)["joint"]),
            css="units",
            width="w6",
            card="half",
        ),
        Column(
            "support",
            _("配合单位"),
            value=names("support"),
            cell=lambda task: units_cell(units_by_role(task)["support"]),
            css="muted units",
            width="w5",
            card="half",
        ),
        Column(
            "due",
            _("时限"),
            value="due_on",
            cell=lambda task: day_cell(task.due_on),
            sort="due_on",
            align="num",
            width="w2",
        ),
        Column(
            "percent",
            _("进度与序时"),
            value="percent",
            cell=lambda task: progress(task.percent, scheduled(task), task.light),
            sort="percent",
            width="w5",
            card="half",
        ),
        Column("light", _("状态"), value=light_word, cell=state_cell, sort="light", width="w4", card="state"),
        Column(
            "reported",
            _("报送"),
            value="last_report_on",
            cell=lambda task: day_cell(task.last_report_on),
            sort="last_report_on",
            align="num",
            width="w2",
            css="muted",
        ),
        Column("plan", _("计划"), value="plan.title", shown=False, card="opt"),
        Column("number", _("文号"), value="plan.number", shown=False, card="opt"),
        Column("clause", _("条款"), value=clause_name, shown=False, card="opt"),
        Column("phrase", _("时限原文"), value="due_phrase", shown=False, card="opt"),
        Column("weight", _("权重"), value="weight", shown=False, align="num", card="opt"),
    ],
    filters=[
        TextFilter(
            key="q",
            label=_("任务或条款"),
            fields=("title", "code", "clause__title", "measure__text"),
            placeholder=_("输入关键词或条款号"),
        ),
        ChoiceFilter(key="plan", label=_("计划"), field="plan_id", choices=plan_choices),
        ChoiceFilter(key="section", label=_("章节"), when=in_section, choices=section_choices),
        ChoiceFilter(key="unit", label=_("责任单位"), when=of_unit, choices=unit_choices),
        MultiChoiceFilter(key="light", label=_("状态"), field="light", choices=list(LIGHT_WORDS.items())),
        ChoiceFilter(key="due", label=_("完成时限"), when=due_within, choices=DUE_WORDS),
        BooleanFilter(key="key", label=_("只看重点"), when=Q(is_key=True)),
        ChoiceFilter(
            key="status",
            label=_("办理情况"),
            field="status",
            choices=[(value, label) for value, label in Task.Status.choices if value != Task.Status.RETIRED],
        ),
    ],
    order=("plan__period_start", "plan_id", "order"),
    group=Group(
        "clause__parent_id",
        order=("-plan__period_start", "plan_id", "order"),
        value=lambda task: task.clause.parent_id,
        label=section_title,
        title=_("章节"),
        note=lambda task: task.plan.title,
    ),
    views=[
        BuiltInView("key", _("重点任务"), "key=1"),
        BuiltInView("late", _("滞后与逾期"), "light=amber&light=orange&light=red"),
        BuiltInView("month", _("本月到期"), "due=month"),
        BuiltInView("closed", _("已办结"), "status=closed"),
    ],
    actions=[BulkAction("notice", _("发督办单"), "plans.issue", issue_notice, primary=True)],
    row_class=lambda task: "is-late" if task.light == "red" else "",
    empty=_("没有符合条件的任务"),
    empty_hint=_("可以放宽筛选条件；如果还没有任务，请先导入计划文本并交办。"),
    note=_("亮灯按计划开始时生效的亮灯规则判定；竖线为序时进度。"),
)


class TaskLedger(ListView):
    """Tasks of the plans that the reader takes part in or oversees."""

    declaration = LEDGER
    template_name = "plans/ledger.html"

    def get_queryset(self) -> QuerySet[Task]:
        duties = Duty.objects.select_related("unit").order_by("order", "pk")
        return (
            Task.objects.exclude(status=Task.Status.RETIRED)
            .exclude(plan__status=Plan.Status.ARCHIVED)
            .select_related("plan", "clause__parent__parent")
            .prefetch_related(Prefetch("duties", duties))
        )
