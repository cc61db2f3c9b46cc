"""The mid-term review of a plan: where targets and tasks stand on a day, and what quality culture left on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from hengjian.assessment.proposals import short
from hengjian.indicators.models import Target as IndicatorTarget
from hengjian.indicators.queries import SYSTEM, observations
from hengjian.ledger.kinds import title_of
from hengjian.ledger.queries import facts
from hengjian.parties.models import Region
from hengjian.plans.models import Duty, Plan, Target, Task

#: Kinds of facts that tell of quality culture: activities, training, groups, talent.
CULTURE = (
    "quality_activity.entered",
    "education_base.closed",
    "qc_group.entered",
    "qc_result.closed",
    "quality_talent.entered",
)
OPERATORS = {"at_least": "≥", "at_most": "≤", "reach": "达到", "above": ">", "below": "<"}


@dataclass(frozen=True)
class TargetLine:
    """A target with what has been reached. `reached` None: nothing measured is linked to it."""

    target: Target
    wanted: str
    reached: Decimal | None
    period: str
    done: bool | None


@dataclass(frozen=True)
class SectionLine:
    """Tasks of a section by their state."""

    title: str
    tasks: int
    closed: int
    late: int
    percent: int


@dataclass(frozen=True)
class Review:
    """Everything the review says, as of a day.

    Attributes:
        elapsed: share of the plan's period that has passed, in percent.
    """

    plan: Plan
    on: date
    elapsed: int
    targets: tuple[TargetLine, ...]
    sections: tuple[SectionLine, ...]
    late: tuple[Task, ...]
    duties: dict[str, int]
    culture: tuple[tuple[str, int], ...]

    @property
    def tasks(self) -> int:
        return sum(line.tasks for line in self.sections)

    @property
    def closed(self) -> int:
        return sum(line.closed for line in self.sections)

    @property
    def measured(self) -> int:
        return sum(1 for line in self.targets if line.reached is not None)

    @property
    def met(self) -> int:
        return sum(1 for line in self.targets if line.done)


def review_of(plan: Plan, on: date) -> Review:
    """The review of a plan as of a day."""
    whole = (plan.period_end - plan.period_start).days + 1
    passed = min(max((on - plan.period_start).days + 1, 0), whole)
    tasks = Task.objects.filter(plan=plan).exclude(status=Task.Status.RETIRED)
    duties = Duty.objects.filter(task__plan=plan).exclude(state__in=[Duty.State.WITHDRAWN, Duty.State.PENDING])
    figures = duties.aggregate(
        all=Count("pk"),
        closed=Count("pk", filter=Q(state=Duty.State.CLOSED)),
        overdue=Count("pk", filter=Q(due_on__lt=on) & ~Q(state__in=[Duty.State.CLOSED, Duty.State.DONE])),
    )
    late = tasks.filter(due_on__lt=on).exclude(status=Task.Status.CLOSED).order_by("due_on", "order")
    return Review(
        plan=plan,
        on=on,
        elapsed=round(100 * passed / whole),
        targets=tuple(_targets(plan, on)),
        sections=tuple(_sections(tasks, on)),
        late=tuple(late[:50]),
        duties=figures,
        culture=tuple(_culture(plan, on)),
    )


def _sections(tasks: Any, on: date) -> list[SectionLine]:
    lines: dict[str, dict[str, int]] = {}
    for task in tasks.select_related("clause__parent__parent").order_by("clause__order", "order"):
        clause = task.clause
        while clause.parent is not None:
            clause = clause.parent
        line = lines.setdefault(f"{clause.label}{clause.title}", {"n": 0, "closed": 0, "late": 0, "percent": 0})
        line["n"] += 1
        line["closed"] += task.status == Task.Status.CLOSED
        line["late"] += task.due_on < on and task.status != Task.Status.CLOSED
        line["percent"] += task.percent
    return [
        SectionLine(title, line["n"], line["closed"], line["late"], round(line["percent"] / line["n"]))
        for title, line in lines.items()
    ]


def _targets(plan: Plan, on: date) -> list[TargetLine]:
    """Targets of the text; what was reached comes from the indicators that they are linked to."""
    reached = _linked(plan, on)
    found = []
    for target in Target.objects.filter(plan=plan, retired=False).order_by("year", "start"):
        value = reached.get(target.pk)
        wanted = f"{OPERATORS.get(target.operator, target.operator)} {target.value}{target.unit_label}".strip()
        done = None
        if value is not None and (limit := _decimal(target.value)) is not None:
            done = value[0] <= limit if target.direction == "lower" else value[0] >= limit
        found.append(TargetLine(target, wanted, value[0] if value else None, value[1] if value else "", done))
    return found


def _linked(plan: Plan, on: date) -> dict[int, tuple[Decimal, str]]:
    """Plan target → (latest value, period) of the indicator that it is linked to."""
    found = {}
    refs = {f"target:{pk}": pk for pk in Target.objects.filter(plan=plan).values_list("pk", flat=True)}
    links = IndicatorTarget.objects.filter(plan_target__in=refs, state=IndicatorTarget.State.ACTIVE)
    for link in links:
        value = (
            observations(SYSTEM)
            .filter(indicator=link.indicator, region=link.region_id, dimensions=link.dimensions, last__lte=on)
            .order_by("-last", "-version")
            .first()
        )
        if value is not None and value.value is not None:
            found[refs[link.plan_target]] = (short(value.value), value.period)
    return found


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except ArithmeticError:
        return None


def _culture(plan: Plan, on: date) -> list[tuple[str, int]]:
    """Facts about quality culture in the plan's region since it began, by kind."""
    codes = list(Region.objects.within(plan.region).values_list("code", flat=True))
    rows = facts(disclosure="shared", kinds=CULTURE).filter(
        region__in=codes, occurred_on__range=(plan.period_start, on)
    )
    counts = rows.order_by().values_list("kind").annotate(n=Count("id"))
    return [(str(title_of(kind)), n) for kind, n in counts]
