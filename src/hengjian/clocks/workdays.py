"""The working-day calendar as an index over days: counting and stepping are two list look-ups."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1990, 2100


class CalendarRangeError(ValueError):
    """A date lies outside the years that a calendar carries."""


class WorkCalendar:
    """Which days are working days, 1990–2100.

    Mondays to Fridays except `days_off`, plus `work_days`. Outside `confirmed` (the years whose notice is published)
    only the given days and the weekends are known, so a due day there is provisional.

    Attributes:
        version: changes whenever any day changes; deadlines keep the version that they were computed with.
        confirmed: first and last day whose arrangement is published.
    """

    def __init__(
        self,
        days_off: Mapping[date, str],
        work_days: Iterable[date],
        confirmed: tuple[date, date],
        known_from: date | None = None,
    ) -> None:
        """`days_off`: day → name of the holiday. `known_from`: publication day of the newest notice inside."""
        self.confirmed = confirmed
        self._names = {day.toordinal(): name for day, name in days_off.items()}
        self._made_up = frozenset(day.toordinal() for day in work_days)
        both = self._made_up & self._names.keys()
        if both:
            raise ValueError(
                f"both day off and working day: {', '.join(str(date.fromordinal(o)) for o in sorted(both))}"
            )
        self._first = date(FIRST_YEAR, 1, 1).toordinal()
        self._last = date(LAST_YEAR, 12, 31).toordinal()
        # _count[i]: working days from the first day up to and including day i; _days[k]: ordinal of working day k.
        self._count: list[int] = []
        self._days: list[int] = []
        for day in range(self._first, self._last + 1):
            if day in self._made_up or (day not in self._names and (day - 1) % 7 < 5):
                self._days.append(day)
            self._count.append(len(self._days))
        self._confirmed = (confirmed[0].toordinal(), confirmed[1].toordinal())
        content = repr((sorted(self._names), sorted(self._made_up), self._confirmed))
        digest = hashlib.sha256(content.encode()).hexdigest()[:8]
        self.version = f"{known_from.isoformat()}.{digest}" if known_from else digest

    def _index(self, ordinal: int) -> int:
        if not self._first <= ordinal <= self._last:
            raise CalendarRangeError(f"日期超出工作日历范围 {FIRST_YEAR}–{LAST_YEAR}（date outside the calendar）")
        return ordinal - self._first

    def counted(self, ordinal: int) -> int:
        """Working days from the calendar's first day up to and including that day.

        Raises:
            CalendarRangeError: outside 1990–2100.
        """
        return self._count[self._index(ordinal)]

    def advance(self, ordinal: int, amount: int) -> int:
        """The ordinal of the `amount`-th working day after a day (the day itself is not counted); amount ≥ 0.

        Zero gives the day itself.

        Raises:
            CalendarRangeError: the result lies after 2100.
        """
        if amount == 0:
            return ordinal
        try:
            return self._days[self._count[self._index(ordinal)] + amount - 1]
        except IndexError:
            raise CalendarRangeError(f"期满日超出 {LAST_YEAR} 年（due day after {LAST_YEAR}）") from None

    def back(self, ordinal: int, amount: int) -> int:
        """The ordinal of the `amount`-th working day before a day; amount ≥ 0, zero gives the day itself."""
        if amount == 0:
            return ordinal
        place = self.counted(ordinal) - self.works(ordinal) - amount
        if place < 0:
            raise CalendarRangeError(f"日期早于 {FIRST_YEAR} 年（before {FIRST_YEAR}）")
        return self._days[place]

    def works(self, ordinal: int) -> bool:
        """Whether the day with this ordinal is a working day."""
        place = self._index(ordinal)
        return self._count[place] > (self._count[place - 1] if place else 0)

    def is_workday(self, day: date) -> bool:
        """Whether the day is a working day."""
        return self.works(day.toordinal())

    def roll(self, ordinal: int, direction: str) -> int:
        """The day itself if it is a working day, else the next (`next`) or the previous (`previous`) one; `none`: the
        day."""
        if direction == "none" or self.works(ordinal):
            return ordinal
        return self.advance(ordinal, 1) if direction == "next" else self.back(ordinal, 1)

    def provisional(self, first: int, last: int) -> bool:
        """Whether any day from `first` to `last` (ordinals) lies outside the confirmed years."""
        return last > self._confirmed[1] or first < self._confirmed[0]

    def holiday(self, day: date) -> str:
        """Name of the holiday, or an empty string."""
        return self._names.get(day.toordinal(), "")

    def special_days(self, first: date, last: date) -> tuple[list[tuple[str, date, date]], list[date]]:
        """Runs of named days off and make-up working days between two days, both included."""
        low, high = first.toordinal(), last.toordinal()
        runs: list[tuple[str, date, date]] = []
        for ordinal in sorted(o for o in self._names if low <= o <= high):
            day, name = date.fromordinal(ordinal), self._names[ordinal]
            if runs and runs[-1][0] == name and runs[-1][2] == day - timedelta(days=1):
                runs[-1] = (name, runs[-1][1], day)
            else:
                runs.append((name, day, day))
        return runs, [date.fromordinal(o) for o in sorted(self._made_up) if low <= o <= high]
