"""When a subscription runs: schedules as EPCIS writes them. Pure.

Source: EPCIS 2.0 section 8.2.5.3 (QuerySchedule). Each field is a list of numbers and of ranges in brackets, `0,15,30`
or `[9-17]`; a field left out admits every value. Day 1 of the week is Monday. A moment fits when all fields fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

FIELDS = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
_PART = re.compile(r"([0-9]{1,2})|\[([0-9]{1,2})-([0-9]{1,2})\]")
_DAYS = 366 * 8 + 2  # 29 February comes back within eight years at the latest


class ScheduleError(ValueError):
    """A schedule that is none. `field`: which one; empty: no moment fits."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Schedule:
    """The values that each field admits."""

    second: frozenset[int]
    minute: frozenset[int]
    hour: frozenset[int]
    day_of_month: frozenset[int]
    month: frozenset[int]
    day_of_week: frozenset[int]

    def next_after(self, moment: datetime) -> datetime:
        """The first moment after the given one, in its own zone; raises `ScheduleError` where there is none."""
        start = moment.replace(microsecond=0) + timedelta(seconds=1)
        for number in range(_DAYS):
            day = start.date() + timedelta(days=number)
            if (
                day.month not in self.month
                or day.day not in self.day_of_month
                or day.isoweekday() not in self.day_of_week
            ):
                continue
            floor = (start.hour, start.minute, start.second) if number == 0 else (0, 0, 0)
            found = self._time_from(floor)
            if found is not None:
                return start.replace(
                    year=day.year, month=day.month, day=day.day, hour=found[0], minute=found[1], second=found[2]
                )
        raise ScheduleError("")

    def _time_from(self, floor: tuple[int, int, int]) -> tuple[int, int, int] | None:
        """The first time of day that is not before the floor."""
        for hour in sorted(item for item in self.hour if item >= floor[0]):
            first_minute = floor[1] if hour == floor[0] else 0
            for minute in sorted(item for item in self.minute if item >= first_minute):
                first_second = floor[2] if (hour, minute) == floor[:2] else 0
                second = min((item for item in self.second if item >= first_second), default=None)
                if second is not None:
                    return hour, minute, second
        return None


def read_schedule(given: Mapping[str, object]) -> Schedule:
    """A schedule from its fields; raises `ScheduleError` with the field that is wrong."""
    for name in given:
        if name not in FIELDS:
            raise ScheduleError(str(name)[:80])
    return Schedule(*(_values(name, given.get(name)) for name in FIELDS))


def _values(name: str, given: object) -> frozenset[int]:
    low, high = FIELDS[name]
    if given is None or given == "":
        return frozenset(range(low, high + 1))
    found: set[int] = set()
    for part in str(given).split(",") if len(str(given)) <= 1000 else [""]:
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ScheduleError(name)
        first, last = (int(match[1]), int(match[1])) if match[1] else (int(match[2]), int(match[3]))
        if not low <= first <= last <= high:
            raise ScheduleError(name)
        found.update(range(first, last + 1))
    return frozenset(found)
