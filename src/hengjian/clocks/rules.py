"""Statutory clocks: when a term ends, why, and what moves it. Pure: no Django, no current time.

Counting follows 民法典 articles 201–203: the day of the event is day 0; a period in days, months or years that ends
on a rest day ends on the next working day (article 203); a month ends on the same day number or on the month's last day
(article 202).
"""

from __future__ import annotations

import calendar as _gregorian
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from hengjian.clocks.steps import (
    Step,
    count_step,
    extension_step,
    pause_step,
    provisional_step,
    resume_step,
    roll_step,
    until_step,
)
from hengjian.clocks.workdays import CalendarRangeError, WorkCalendar
from hengjian.rulebook.parameters.terms import ExtensionSpec, RecurrenceSpec, Roll, TermSpec, Unit

__all__ = [
    "CalendarRangeError",
    "Due",
    "Extension",
    "Pause",
    "Step",
    "Term",
    "WorkCalendar",
    "due",
    "elapsed_share",
    "extension_problem",
    "next_occurrence",
    "paused_days",
    "working_days_between",
]

# What the law does when nobody says otherwise; safety recurrences state roll: none in their rule.
CUSTOM_ROLL: dict[Unit, Roll] = {
    "working_day": "none",
    "calendar_day": "next",
    "month": "next",
    "year": "next",
    "minute": "none",
}


class Term(NamedTuple):
    """So many units, and what happens to an end on a rest day (None = the unit's custom)."""

    amount: int
    unit: Unit
    roll: Roll | None = None

    @classmethod
    def of(cls, spec: TermSpec) -> Term:
        """The term that a rule states."""
        return cls(spec.amount, spec.unit, spec.roll)


@dataclass(frozen=True)
class Pause:
    """Time that does not count: from `start` up to, not including, `end` (the day of resumption counts again).

    `end` None: still paused. Dates for day terms, datetimes for minute terms.
    """

    start: date | datetime
    end: date | datetime | None = None
    reason: str = ""
    document: str = ""

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"pause ends {self.end} before it begins {self.start}")


@dataclass(frozen=True)
class Extension:
    """More time, as an amount in the unit of the law or as a day (`until`), with who granted it when.

    An amount runs on from the end before it (15 + 15 working days = 30). A day replaces everything decided before
    `granted_on`: pauses that began earlier are taken to be weighed in it. It is taken as written and does not roll.
    """

    amount: int = 0
    unit: Unit = "working_day"
    until: date | None = None
    granted_on: date | None = None
    approver: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.until is None) == (self.amount < 1):
            raise ValueError("give a positive amount or a day")


class Due(NamedTuple):
    """When a term ends.

    Attributes:
        value: the last day (date), or the moment for minute terms (datetime).
        provisional: a year on the way has no published holiday arrangement yet, so the day may move.
        calendar_version: `WorkCalendar.version` it was computed with; empty for minute terms.
    """

    value: date | datetime
    provisional: bool
    calendar_version: str
    inputs: tuple[
        date | datetime, Term, WorkCalendar | None, tuple[Pause, ...], tuple[Extension, ...], date | datetime | None
    ]

    @property
    def day(self) -> date:
        """The day on which the term ends."""
        return self.value.date() if isinstance(self.value, datetime) else self.value

    @property
    def steps(self) -> list[Step]:
        """How the value came about; computed when asked, by the same code that found the value."""
        start, term, calendar, pauses, extensions, as_of = self.inputs
        trace: list[Step] = []
        if term.unit == "minute":
            _minutes(start, term, pauses, extensions, as_of, trace)
        elif calendar is not None:
            _days(_day(start), term, calendar, pauses, extensions, as_of, trace)
        return trace


def due(
    start: date | datetime,
    term: Term,
    calendar: WorkCalendar | None,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Extension] = (),
    as_of: date | datetime | None = None,
) -> Due:
    """When a term that was triggered at `start` ends.

    Args:
        start: the day of the trigger (day 0), in local time; a datetime for minute terms.
        calendar: may be None for minute terms only, which ignore calendars.
        pauses: in any order, may overlap; their union is added. A pause that begins after the term ended adds nothing.
        extensions: in the order in which they were granted.
        as_of: up to when an open pause is counted.

    Raises:
        ValueError: an open pause without `as_of`; wrong kind of start for the unit; no calendar.
        CalendarRangeError: outside 1990–2100.
    """
    pauses, extensions = tuple(pauses), tuple(extensions)
    inputs = (start, term, calendar, pauses, extensions, as_of)
    if term.unit == "minute":
        return Due(_minutes(start, term, pauses, extensions, as_of, None), False, "", inputs)
    if calendar is None:
        raise ValueError(f"a term in {term.unit} needs a calendar")
    first = _day(start)
    end = _days(first, term, calendar, pauses, extensions, as_of, None)
    provisional = calendar.provisional(first.toordinal(), end) and _depends(term, pauses, extensions, end, calendar)
    return Due(date.fromordinal(end), provisional, calendar.version, inputs)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _depends(
    term: Term, pauses: Sequence[Pause], extensions: Sequence[Extension], end: int, calendar: WorkCalendar
) -> bool:
    """Whether the end depends on working days at all: plain days that never roll do not."""
    if term.unit == "working_day" or any(e.unit == "working_day" and e.until is None for e in extensions):
        return True
    return (term.roll or CUSTOM_ROLL[term.unit]) != "none"


def _advance(ordinal: int, amount: int, unit: Unit, calendar: WorkCalendar) -> int:
    if unit == "working_day":
        return calendar.advance(ordinal, amount)
    if unit == "calendar_day":
        return ordinal + amount
    if unit in ("month", "year"):
        return _add_months(ordinal, amount * (12 if unit == "year" else 1))
    raise ValueError(f"days cannot be extended in {unit}")


def _add_months(ordinal: int, months: int) -> int:
    day = date.fromordinal(ordinal)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _gregorian.monthrange(year, month + 1)[1])).toordinal()


def _days(
    start: date,
    term: Term,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    as_of: date | datetime | None,
    trace: list[Step] | None,
) -> int:
    """Ordinal of the last day; tells its steps to `trace`."""
    first = start.toordinal()
    end = _advance(first, term.amount, term.unit, calendar)
    if trace is not None:
        trace.append(count_step(start, term.amount, term.unit, date.fromordinal(end), calendar))
    written = False
    for extension in extensions:
        if extension.until is not None:
            end, written = extension.until.toordinal(), True
            granted = extension.granted_on
            pauses = tuple(p for p in pauses if granted is not None and _day(p.start) >= granted)
        else:
            end, written = _advance(end, extension.amount, extension.unit, calendar), False
        if trace is not None:
            trace.append(_told(extension, date.fromordinal(end)))
    for low, high in _union(pauses, as_of):
        low = max(low, first + 1)
        if low > end:
            # The term has run; only a pause over the rest days before its last day still matters.
            rolls = not written and (term.roll or CUSTOM_ROLL[term.unit]) == "next"
            if not rolls or low > calendar.roll(end, "next") or high <= low:
                break
            end = calendar.roll(high, "next")
            if trace is not None:
                trace.append(resume_step(date.fromordinal(low), date.fromordinal(high), date.fromordinal(end)))
            continue
        if term.unit == "working_day":
            idle = calendar.counted(high - 1) - calendar.counted(low - 1) if high > low else 0
            end = calendar.advance(end, idle)
        else:
            idle = max(0, high - low)
            end += idle
        written = written and not idle
        if trace is not None and idle:
            trace.append(
                pause_step(date.fromordinal(low), date.fromordinal(high), idle, term.unit, date.fromordinal(end))
            )
    if not written:
        rolled = calendar.roll(end, term.roll or CUSTOM_ROLL[term.unit])
        if trace is not None and rolled != end:
            trace.append(roll_step(date.fromordinal(end), date.fromordinal(rolled), calendar))
        end = rolled
    if trace is not None and calendar.provisional(first, end) and _depends(term, pauses, extensions, end, calendar):
        trace.append(provisional_step(calendar))
    return end


def _told(extension: Extension, end: date) -> Step:
    if extension.until is not None:
        return until_step(end, extension.approver)
    return extension_step(extension.amount, extension.unit, end, extension.approver)


def _union(pauses: Sequence[Pause], as_of: date | datetime | None) -> list[tuple[int, int]]:
    """Disjoint half-open runs of paused days, in order."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted((_day(p.start).toordinal(), _day(_ended(p, as_of)).toordinal()) for p in pauses):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _ended(pause: Pause, as_of: date | datetime | None) -> date | datetime:
    if pause.end is not None:
        return pause.end
    if as_of is None:
        raise ValueError("the clock is paused: its end is open until it resumes; give as_of to count up to a day")
    return max(as_of, pause.start)


def _minutes(
    start: date | datetime,
    term: Term,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    as_of: date | datetime | None,
    trace: list[Step] | None,
) -> datetime:
    """The moment at which a minute term ends; calendars play no part."""
    if not isinstance(start, datetime):
        raise ValueError("a term in minutes needs a datetime to start from")
    end = start + timedelta(minutes=term.amount)
    if trace is not None:
        trace.append(count_step(start, term.amount, term.unit, end, None))
    for extension in extensions:
        if extension.until is not None or extension.unit != "minute":
            raise ValueError("a term in minutes is extended in minutes")
        end += timedelta(minutes=extension.amount)
        if trace is not None:
            trace.append(_told(extension, end))
    reached = start
    for pause in sorted(pauses, key=lambda p: p.start):
        stop = _ended(pause, as_of)
        if not isinstance(pause.start, datetime) or not isinstance(stop, datetime):
            raise ValueError("a term in minutes is paused from one datetime to another")
        low = max(pause.start, reached)
        if low > end:
            break
        if stop > low:
            end += stop - low
            reached = stop
            if trace is not None:
                trace.append(pause_step(low, stop, int((stop - low).total_seconds() // 60), term.unit, end))
    return end


def paused_days(pauses: Iterable[Pause], first: date, last: date, as_of: date | None = None) -> list[tuple[date, date]]:
    """The paused runs (half-open) clipped to the days `first`..`last`; overlapping pauses are merged."""
    low_end, high_end = first.toordinal(), last.toordinal() + 1
    runs = [(max(low, low_end), min(high, high_end)) for low, high in _union(tuple(pauses), as_of)]
    return [(date.fromordinal(low), date.fromordinal(high)) for low, high in runs if low < high]


def working_days_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
    return calendar.counted(end.toordinal()) - calendar.counted(start.toordinal())


def elapsed_share(start: date, end: date, today: date) -> float:
    """序时进度: the share of the period's days that have passed by the end of `today`, 0..1, both ends included.

    Raises:
        ValueError: the period ends before it starts.
    """
    if end < start:
        raise ValueError(f"period ends {end} before it starts {start}")
    passed = (today - start).days + 1
    total = (end - start).days + 1
    return min(max(passed / total, 0.0), 1.0)


def extension_problem(spec: ExtensionSpec | None, granted: int, today: date, due_day: date) -> str | None:
    """Why no further extension may be granted: `not_allowed`, `used_up`, `too_late` (after the due day); else None."""
    if spec is None:
        return "not_allowed"
    if granted >= spec.times:
        return "used_up"
    return "too_late" if today > due_day else None


def next_occurrence(spec: RecurrenceSpec, anchor: date, calendar: WorkCalendar, last_done: date | None = None) -> date:
    """When a recurring duty is next due.

    `every`: so long after the last time (or, without `rebase`, the first multiple after it). `years`: the end of the
    anchor's month in the listed years; what was done up to `early_months` before counts for that occurrence and moves
    no later one.
    """
    if spec.every is not None:
        term = Term.of(spec.every)
        if spec.rebase or last_done is None:
            return due(last_done or anchor, term, calendar).day
        multiple = 1
        while (found := due(anchor, term._replace(amount=term.amount * multiple), calendar).day) <= last_done:
            multiple += 1
        return found
    done = last_done.year * 12 + last_done.month + spec.early_months if last_done else 0
    number = 0
    while True:
        years = (
            spec.years[number]
            if number < len(spec.years)
            else spec.years[-1] + (number - len(spec.years) + 1) * (spec.then_every_years or 1)
        )
        number += 1
        if (anchor.year + years) * 12 + anchor.month > done:
            last = _gregorian.monthrange(anchor.year + years, anchor.month)[1]
            return date(anchor.year + years, anchor.month, last)
