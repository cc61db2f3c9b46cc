"""Puts a computed due day and the next alarm on a deadline. No action of its own; the actions save."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.models import Deadline
from hengjian.clocks.rules import Extension, Pause, WorkCalendar, due

# Alarms ring when people are at work.
ALARM_TIME = time(9, 0)


def compute(
    deadline: Deadline,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    now: datetime,
    calendar: WorkCalendar | None = None,
) -> bool:
    """Set due day, provisional mark, explanation and calendar version; returns whether the due moment moved.

    An open pause adds nothing until it ends. When the due moment moves, alarms are set anew from the start of today.
    """
    minutes = deadline.term_unit == "minute"
    calendar = None if minutes else calendar or current_calendar(deadline.region)
    closed = [pause for pause in pauses if pause.end is not None]
    found = due(deadline.moment(deadline.started_at), deadline.term, calendar, closed, extensions)
    moved_from = deadline.due_at
    deadline.due_on = timezone.localdate(found.value) if isinstance(found.value, datetime) else found.value
    deadline.due_at = found.value if isinstance(found.value, datetime) else end_of(found.value)
    deadline.provisional = found.provisional
    deadline.calendar_version = found.calendar_version
    deadline.explanation = [step.to_dict() for step in found.steps]
    moved = moved_from != deadline.due_at
    if moved:
        deadline.alarms_from = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    set_next_action(deadline, calendar)
    return moved


def end_of(day: date) -> datetime:
    """The last moment of a local day."""
    return timezone.make_aware(datetime.combine(day, time.max))


def alarm_times(deadline: Deadline, calendar: WorkCalendar | None) -> list[tuple[datetime, str]]:
    """When each alarm rings, in order; those that would ring before the clock started are left out."""
    times: list[tuple[datetime, str]] = []
    for code, offset in deadline.alarms:
        if calendar is None:
            at = deadline.due_at + timedelta(minutes=offset)
        else:
            day = deadline.due_on.toordinal()
            rings = calendar.back(day, -offset) if offset < 0 else calendar.advance(day, offset)
            at = timezone.make_aware(datetime.combine(date.fromordinal(rings), ALARM_TIME))
        if at > deadline.started_at:
            times.append((at, code))
    return sorted(times)


def set_next_action(deadline: Deadline, calendar: WorkCalendar | None) -> None:
    """The next alarm after `alarms_from`, or none while the clock does not run."""
    deadline.next_action_at = None
    if deadline.state == Deadline.State.OPEN:
        waiting = [at for at, _ in alarm_times(deadline, calendar) if at > deadline.alarms_from]
        deadline.next_action_at = waiting[0] if waiting else None


def calendar_of(deadline: Deadline) -> WorkCalendar | None:
    """The calendar that counts for a deadline; none for minutes."""
    return None if deadline.term_unit == "minute" else current_calendar(deadline.region)
