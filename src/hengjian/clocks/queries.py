"""On-time rates and lists of clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.models import Deadline
from hengjian.clocks.rules import WorkCalendar, paused_days, working_days_between

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OnTime:
    """How punctual the clocks due in a period were.

    Attributes:
        due: judged clocks: due in the period, and closed or past their due moment. Paused, cancelled and not yet due
            ones are left out.
        on_time, late_closed, late_open: the judged ones; they add up to `due`.
        pending: due in the period, still open and in time.
        paused: due in the period but paused now.
        rate: on_time ÷ due, 0..1; None when nothing was judged.
        working_days, calendar_days: mean handling time of the closed ones without paused days; None: none was closed.
        late_working_days, late_calendar_days: mean lateness of the late ones (open ones up to now); None: none is late.
    """

    due: int
    on_time: int
    late_closed: int
    late_open: int
    pending: int
    paused: int
    rate: float | None
    working_days: float | None
    calendar_days: float | None
    late_working_days: float | None
    late_calendar_days: float | None


def open_clocks(owner: str) -> QuerySet[Deadline]:
    """The running clocks of one thing, soonest first."""
    return Deadline.objects.filter(owner=owner, state__in=(Deadline.State.OPEN, Deadline.State.PAUSED))


def on_time_rate(clocks: QuerySet[Deadline], first: date, last: date, now: datetime | None = None) -> OnTime:
    """Closed by due ÷ due in the period `first`..`last` (days, both included). Late and still open counts as late."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    rows = clocks.filter(due_on__range=(first, last))
    late = Q(state=Deadline.State.OPEN, due_at__lt=now)
    counts = rows.aggregate(
        on_time=Count("pk", Q(state=Deadline.State.MET)),
        late_closed=Count("pk", Q(state=Deadline.State.MISSED)),
        late_open=Count("pk", late),
        pending=Count("pk", Q(state=Deadline.State.OPEN, due_at__gte=now)),
        paused=Count("pk", Q(state=Deadline.State.PAUSED)),
    )
    # Sums over groups of equal days: a region closes many clocks, but on few days.
    took, lateness = _Mean(), _Mean()
    for region, due_on, number in rows.filter(late).values_list("region", "due_on").annotate(n=Count("pk")).order_by():
        lateness.add(due_on, today, current_calendar(region), number)
    closed = rows.filter(state__in=(Deadline.State.MET, Deadline.State.MISSED))
    idle = _idle(closed)
    columns = ("pk", "region", "state", "due_on", "started_at", "closed_at")
    for pk, region, state, due_on, started_at, closed_at in closed.values_list(*columns).iterator(chunk_size=5000):
        calendar = current_calendar(region)
        ended = timezone.localdate(closed_at)
        took.add(timezone.localdate(started_at), ended, calendar, 1, *idle.get(pk, (0, 0)))
        if state == Deadline.State.MISSED:
            lateness.add(due_on, ended, calendar, 1)
    judged = counts["on_time"] + counts["late_closed"] + counts["late_open"]
    return OnTime(
        due=judged,
        **counts,
        rate=counts["on_time"] / judged if judged else None,
        working_days=took.working_days,
        calendar_days=took.calendar_days,
        late_working_days=lateness.working_days,
        late_calendar_days=lateness.calendar_days,
    )


class _Mean:
    """Mean of spans in working and in calendar days."""

    def __init__(self) -> None:
        self.number = self.work = self.days = 0

    def add(
        self, start: date, end: date, calendar: WorkCalendar, number: int, idle_work: int = 0, idle: int = 0
    ) -> None:
        """`number` spans from `start` (not counted) to `end`, less the paused days of each."""
        self.number += number
        self.work += number * (working_days_between(start, end, calendar) - idle_work)
        self.days += number * ((end - start).days - idle)

    @property
    def working_days(self) -> float | None:
        return self.work / self.number if self.number else None

    @property
    def calendar_days(self) -> float | None:
        return self.days / self.number if self.number else None


def _idle(closed: QuerySet[Deadline]) -> dict[int, tuple[int, int]]:
    """Paused working days and calendar days of the clocks that were paused, by key."""
    found: dict[int, tuple[int, int]] = {}
    for row in closed.filter(pauses__isnull=False).distinct().prefetch_related("pauses"):
        assert row.closed_at is not None
        calendar, ended = current_calendar(row.region), timezone.localdate(row.closed_at)
        # The day of the trigger is day 0, so a pause counts from the day after it.
        first = timezone.localdate(row.started_at) + ONE_DAY
        work = days = 0
        for low, high in paused_days([pause.as_rule(row) for pause in row.pauses.all()], first, ended, ended):
            days += (high - low).days
            work += working_days_between(low - ONE_DAY, high - ONE_DAY, calendar)
        found[row.pk] = (work, days)
    return found
