"""When a lift must be inspected and when it tests itself (TSG T7001-2023, TSG T7008-2023).

Counting starts with the supervision inspection of the installation, or of an alteration, which starts the calendar
anew. In the listed years after it the lift is inspected, in all others it tests itself, each by the end of the
month of the first inspection. Pure; the years come from the rulebook (`terms.lift-inspection`).

    >>> years = Years((1, 4, 7, 9, 11, 13, 15), then_every=1, early_months=2)
    >>> standing(date(2019, 6, 18), years, [Check(date(2026, 4, 20), "periodic")]).next_inspection
    datetime.date(2028, 6, 30)
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from typing import Literal, NamedTuple

Kind = Literal["periodic", "alteration", "major_repair", "restart", "self_test"]
SELF_TEST_EARLY = 1


@dataclass(frozen=True)
class Years:
    """The years after the first inspection in which the lift is inspected.

    Attributes:
        listed: going up, at least one.
        then_every: every how many years after the last listed one.
        early_months: how long before its month an inspection counts for it.
    """

    listed: tuple[int, ...]
    then_every: int
    early_months: int = 0

    def __iter__(self) -> Iterator[int]:
        yield from self.listed
        for step in count(1):
            yield self.listed[-1] + step * self.then_every

    def has(self, year: int) -> bool:
        """Whether the lift is inspected in the `year`-th year."""
        last = self.listed[-1]
        return year in self.listed if year <= last else (year - last) % self.then_every == 0


class Check(NamedTuple):
    """One inspection or self-test; what was not passed counts for nothing.

    `major_repair` is the supervision inspection of a major repair: it replaces the inspection of its year. `restart` is
    the inspection of a lift that stood still for more than a year: its month becomes the lift's month.
    """

    on: date
    kind: Kind
    passed: bool = True


class Standing(NamedTuple):
    """Where a lift stands in its calendar.

    Attributes:
        anchor: the day whose month, and from whose year, the calendar counts.
        counted: the day that counts as the last inspection for the calendar; None: there was none since the anchor.
        next_inspection: last day of the month by which it is due.
        next_self_test: the same for the self-test; None when every year has an inspection from now on.
    """

    anchor: date
    counted: date | None
    next_inspection: date
    next_self_test: date | None


def standing(installed: date, years: Years, checks: Iterable[Check] = ()) -> Standing:
    """Where a lift stands that was first inspected on `installed` and since then as told.

    Raises:
        ValueError: a check lies before the first inspection.
    """
    anchor, counted, tested = installed, None, None
    for check in sorted(checks):
        if check.on < installed:
            raise ValueError(f"{check.kind} on {check.on} lies before the first inspection on {installed}")
        if not check.passed:
            continue
        if check.kind == "alteration":
            anchor, counted, tested = check.on, None, None
        elif check.kind == "self_test":
            tested = check.on
        elif check.kind == "major_repair":
            due = _in_year(anchor, years, check.on.year)
            if due is None:
                tested = _later(tested, max(check.on, _end(anchor, check.on.year - anchor.year)))
            else:
                counted = _later(counted, max(check.on, due))
        else:
            if check.kind == "restart":
                last = monthrange(anchor.year, check.on.month)[1]
                anchor = date(anchor.year, check.on.month, min(check.on.day, last))
            counted = _later(counted, check.on)
    return Standing(anchor, counted, _next(anchor, years, counted), _next_test(anchor, years, counted, tested))


def calendar(anchor: date, years: Years) -> Iterator[date]:
    """The last days by which the lift is inspected, without end."""
    return (_end(anchor, year) for year in years)


def first_days(anchor: date, years: Years, number: int) -> list[date]:
    """The first `number` days of `calendar`."""
    return list(islice(calendar(anchor, years), number))


def _end(anchor: date, year: int) -> date:
    """Last day of the anchor's month, `year` years on."""
    there = anchor.year + year
    return date(there, anchor.month, monthrange(there, anchor.month)[1])


def _in_year(anchor: date, years: Years, year: int) -> date | None:
    """The due day in a calendar year, if the lift is inspected in it."""
    number = year - anchor.year
    return _end(anchor, number) if number > 0 and years.has(number) else None


def _later(one: date | None, other: date) -> date:
    return other if one is None else max(one, other)


def _months(day: date) -> int:
    return day.year * 12 + day.month


def _next(anchor: date, years: Years, counted: date | None) -> date:
    done = _months(counted) + years.early_months if counted else 0
    return next(day for day in calendar(anchor, years) if _months(day) > done)


def _next_test(anchor: date, years: Years, counted: date | None, tested: date | None) -> date | None:
    # What lies before the last inspection is settled by it.
    done = max(_months(tested) + SELF_TEST_EARLY if tested else 0, _months(counted) if counted else 0)
    if years.then_every > 1:
        tests = (year for year in count(1) if not years.has(year))
    else:
        tests = (year for year in range(1, years.listed[-1]) if not years.has(year))
    return next((day for year in tests if _months(day := _end(anchor, year)) > done), None)
