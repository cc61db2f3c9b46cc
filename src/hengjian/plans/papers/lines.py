"""Tasks and duties as plain rows for the papers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from hengjian.plans.models import Duty, Plan, Report, Task
from hengjian.plans.words import light_word, scheduled, unit_of, units_by_role

#: Colours that count as behind the schedule.
BEHIND = ("amber", "orange", "red")


@dataclass(frozen=True)
class DutyLine:
    """One unit's part in one task. `scheduled`: 序时进度 today, 0..100; `result`, `problems`: last accepted report."""

    duty: int
    task: int
    code: str
    title: str
    section: str
    unit: str
    role: str
    due: date
    percent: int
    scheduled: int
    light: str
    word: str
    state: str
    result: str = ""
    problems: str = ""

    @property
    def is_closed(self) -> bool:
        return self.state == Duty.State.CLOSED


@dataclass(frozen=True)
class TaskLine:
    """One task with its units by role."""

    code: str
    title: str
    section: str
    lead: tuple[str, ...]
    joint: tuple[str, ...]
    support: tuple[str, ...]
    due: date
    percent: int
    light: str
    word: str
    expected: str
    closed: bool


@dataclass(frozen=True)
class Ground:
    """What every paper of a plan says about it. `elapsed`: share of the plan's period that is over, 0..100."""

    plan: str
    number: str
    office: str
    today: date
    elapsed: int

    @property
    def cited(self) -> str:
        """《plan》（number）, as a paper cites it."""
        return f"《{self.plan}》" + (f"（{self.number}）" if self.number else "")


def ground_of(plan: Plan, today: date) -> Ground:
    length = (plan.period_end - plan.period_start).days or 1
    elapsed = min(max((today - plan.period_start).days / length, 0), 1)
    return Ground(plan.title, plan.number, plan.owner.name, today, round(100 * elapsed))


def day(value: date) -> str:
    """2026年8月19日, as a paper writes it."""
    return f"{value.year}年{value.month}月{value.day}日"


def mean(values: Iterable[int]) -> int:
    """Rounded mean, halves up; 0 of nothing."""
    rows = list(values)
    if not rows:
        return 0
    return int((Decimal(sum(rows)) / len(rows)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def duty_lines(duties: QuerySet[Duty], today: date) -> list[DutyLine]:
    """Duties that count, in the order of the plan, with their last accepted report."""
    accepted = Report.objects.filter(state=Report.State.ACCEPTED).order_by("-created_at")
    rows = (
        duties.exclude(state__in=[Duty.State.PENDING, Duty.State.WITHDRAWN])
        .exclude(task__status=Task.Status.RETIRED)
        .select_related("task__clause__parent", "unit")
        .prefetch_related(Prefetch("reports", accepted, to_attr="accepted"))
        .order_by("task__plan", "task__order", "task__code", "order", "pk")
    )
    return [_duty_line(duty, today) for duty in rows]


def _duty_line(duty: Duty, today: date) -> DutyLine:
    reports: list[Report] = getattr(duty, "accepted", [])
    told: Any = next((report for report in reports if report.result), None)
    return DutyLine(
        duty=duty.pk,
        task=duty.task_id,
        code=duty.task.code,
        title=duty.task.title,
        section=_section(duty.task),
        unit=unit_of(duty),
        role=duty.role,
        due=duty.due_on,
        percent=duty.percent,
        scheduled=round(scheduled(duty, today)),
        light=duty.light,
        word=light_word(duty),
        state=duty.state,
        result=told.result if told is not None else "",
        problems=reports[0].problems if reports else "",
    )


def task_lines(plan: Plan) -> list[TaskLine]:
    """Tasks of the plan in its order."""
    duties = Duty.objects.select_related("unit").order_by("order", "pk")
    rows = plan.tasks.exclude(status=Task.Status.RETIRED).select_related("clause__parent", "plan")
    found = []
    for task in rows.prefetch_related(Prefetch("duties", duties)):
        units = units_by_role(task)
        found.append(
            TaskLine(
                task.code,
                task.title,
                _section(task),
                tuple(units["lead"]),
                tuple(units["joint"]),
                tuple(units["support"]),
                task.due_on,
                task.percent,
                task.light,
                light_word(task),
                task.expected_result,
                task.status == Task.Status.CLOSED,
            )
        )
    return found


def _section(task: Task) -> str:
    clause = task.clause.parent or task.clause
    return f"{clause.label}{clause.title}"


@dataclass(frozen=True)
class Standing:
    """How one unit (or region) stands: its duties by light. `on_time`: closed within the due day."""

    name: str
    total: int
    closed: int
    green: int
    behind: int
    red: int
    idle: int
    percent: int
    scheduled: int


def standings(lines: Iterable[DutyLine]) -> list[Standing]:
    """By unit, judged by the results of tasks alone: the share of duties without a red light, then progress."""
    by_unit: dict[str, list[DutyLine]] = {}
    for line in lines:
        by_unit.setdefault(line.unit, []).append(line)
    found = []
    for name, rows in by_unit.items():
        found.append(
            Standing(
                name=name,
                total=len(rows),
                closed=sum(row.is_closed for row in rows),
                green=sum(row.light == "green" and not row.is_closed for row in rows),
                behind=sum(row.light in ("amber", "orange") and not row.is_closed for row in rows),
                red=sum(row.light == "red" and not row.is_closed for row in rows),
                idle=sum(row.light in ("grey", "blue") and not row.is_closed for row in rows),
                percent=mean(row.percent for row in rows),
                scheduled=mean(row.scheduled for row in rows),
            )
        )
    return sorted(found, key=lambda row: (row.red / row.total, -row.percent, row.name))
