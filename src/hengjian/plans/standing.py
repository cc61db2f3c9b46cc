"""The figures of the cockpit: reads over tasks, duties and reports, counted by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from hengjian.plans.models import Duty, Report, Task
from hengjian.plans.queries import Load, unit_load
from hengjian.plans.rules import OPEN_STATES

MONTHS = 12


@dataclass(frozen=True)
class Totals:
    """How the whole stands today.

    `percent`: mean progress of the tasks. `on_time`: share of the duties that were due or are closed and were closed
    within their time, 0..100; None while nothing was due. `reported`: share of the open duties with a report in the
    current period.
    """

    tasks: int
    closed_tasks: int
    percent: int
    duties: int
    closed: int
    overdue: int
    red: int
    unsigned: int
    on_time: float | None
    reported: float | None


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def totals(tasks: QuerySet[Task], duties: QuerySet[Duty], today: date, periods: set[str]) -> Totals:
    """`periods`: labels of the current report periods of the plans."""
    still_open = OPEN_STATES - {Duty.State.DONE}
    whole = tasks.aggregate(n=Count("pk"), closed=Count("pk", filter=Q(status="closed")), percent=Avg("percent"))
    working = duties.exclude(state__in=[Duty.State.PENDING, Duty.State.WITHDRAWN])
    parts = working.order_by().aggregate(
        n=Count("pk"),
        open=Count("pk", filter=Q(state__in=still_open)),
        closed=Count("pk", filter=Q(state="closed")),
        in_time=Count("pk", filter=Q(state="closed", completed_on__lte=F("due_on"))),
        overdue=Count("pk", filter=Q(state__in=still_open, due_on__lt=today)),
        red=Count("pk", filter=Q(light="red") & ~Q(state="closed")),
        unsigned=Count("pk", filter=Q(state="assigned")),
    )
    reports = Report.objects.filter(period__in=periods, state__in=["submitted", "accepted"])
    reported = working.filter(state__in=still_open, pk__in=reports.values("duty")).count()
    return Totals(
        tasks=whole["n"],
        closed_tasks=whole["closed"],
        percent=round(whole["percent"] or 0),
        duties=parts["n"],
        closed=parts["closed"],
        overdue=parts["overdue"],
        red=parts["red"],
        unsigned=parts["unsigned"],
        on_time=_share(parts["in_time"], parts["closed"] + parts["overdue"]),
        reported=_share(reported, parts["open"]),
    )


def by_unit(duties: QuerySet[Duty]) -> list[Load]:
    """Units by their results: the smaller share of red lights first, then progress; nothing else counts."""
    return sorted(unit_load(duties), key=lambda row: (row.lights.get("red", 0) / row.total, -row.percent, row.name))


def by_region(duties: QuerySet[Duty]) -> list[dict[str, Any]]:
    """{"region", light: number, …} in the order of the codes."""
    rows = (
        duties.exclude(state__in=[Duty.State.PENDING, Duty.State.WITHDRAWN])
        .order_by()
        .values("task__plan__region__code", "task__plan__region__name", "light")
        .annotate(n=Count("pk"))
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        region = found.setdefault(row["task__plan__region__code"], {"region": row["task__plan__region__name"]})
        region[row["light"]] = row["n"]
    return [found[code] for code in sorted(found)]


def accepted_by_month(reports: QuerySet[Report], today: date) -> list[dict[str, Any]]:
    """Accepted reports per month of the last twelve, by the day of review; a month without any is 0."""
    months: list[date] = []
    year, month = today.year, today.month
    while len(months) < MONTHS:
        months.insert(0, date(year, month, 1))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    rows = (
        reports.filter(state=Report.State.ACCEPTED, reviewed_at__date__gte=months[0])
        .order_by()
        .annotate(month=TruncMonth("reviewed_at"))
        .values("month")
        .annotate(n=Count("pk"))
    )
    counted = {(row["month"].year, row["month"].month): row["n"] for row in rows}
    return [{"period": f"{day:%Y-%m}", "value": counted.get((day.year, day.month), 0)} for day in months]


def red_list(duties: QuerySet[Duty]) -> QuerySet[Duty]:
    """Duties with a red light that are not closed, the longest overdue first."""
    red = duties.filter(light="red").exclude(state__in=[Duty.State.CLOSED, Duty.State.WITHDRAWN, Duty.State.PENDING])
    return red.select_related("unit", "task__plan").order_by("due_on", "task__order", "pk")
