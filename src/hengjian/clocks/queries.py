"""On-time rates and lists of clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.models import Deadline
from hengjian.clocks.rules import paused_days, working_days_between


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
    counts = dict.fromkeys(("on_time", "late_closed", "late_open", "pending", "paused"), 0)
    took: list[tuple[int, int]] = []
    late: list[tuple[int, int]] = []
    rows = clocks.filter(due_on__range=(first, last)).exclude(state=Deadline.State.CANCELLED)
    for row in rows.prefetch_related("pauses").iterator(chunk_size=2000):
        calendar = current_calendar(row.region)
        if row.closed_at is not None:
            on_time = row.state == Deadline.State.MET
            counts["on_time" if on_time else "late_closed"] += 1
            started, closed = timezone.localdate(row.started_at), timezone.localdate(row.closed_at)
            idle_work = idle = 0
            for pause in row.pauses.all():
                pause.deadline = row
            spans = [pause.as_rule() for pause in row.pauses.all()]
            # The day of the trigger is day 0, so a pause counts from the day after it.
            for low, high in paused_days(spans, started + timedelta(days=1), closed, closed):
                idle += (high - low).days
                idle_work += working_days_between(low - timedelta(days=1), high - timedelta(days=1), calendar)
            took.append((working_days_between(started, closed, calendar) - idle_work, (closed - started).days - idle))
            if not on_time:
                late.append((working_days_between(row.due_on, closed, calendar), (closed - row.due_on).days))
        elif row.state == Deadline.State.PAUSED:
            counts["paused"] += 1
        elif row.is_late(now):
            counts["late_open"] += 1
            late.append((working_days_between(row.due_on, today, calendar), (today - row.due_on).days))
        else:
            counts["pending"] += 1
    judged = counts["on_time"] + counts["late_closed"] + counts["late_open"]
    return OnTime(
        due=judged,
        **counts,
        rate=counts["on_time"] / judged if judged else None,
        working_days=_mean([work for work, _ in took]),
        calendar_days=_mean([days for _, days in took]),
        late_working_days=_mean([work for work, _ in late]),
        late_calendar_days=_mean([days for _, days in late]),
    )


def _mean(values: list[int]) -> float | None:
    return sum(values) / len(values) if values else None
