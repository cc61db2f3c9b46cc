"""Statistical periods: a month, a quarter, a half year or a year, with one way of writing each.

Codes sort and read well: "2026-03", "2026-Q1", "2026-H1", "2026". A year may begin in another month, as assessment
years do (1 July): its code then names that month, "2026@07" for July 2026 to June 2027.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Frequency = Literal["month", "quarter", "half", "year"]
MONTHS: dict[Frequency, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_CODE = re.compile(
    r"^(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4])|-H(?P<half>[12])|@(?P<start>0[2-9]|1[0-2]))?$"
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period. Periods of one frequency sort by time.

    Attributes:
        year, month: where it begins; month is 1 to 12.
    """

    year: int
    month: int
    frequency: Frequency

    def __post_init__(self) -> None:
        if self.frequency not in MONTHS:
            raise ValueError(f"{self.frequency!r} is no frequency; known: {', '.join(MONTHS)}")
        if not 1 <= self.month <= 12 or not 1 <= self.year <= 9999:
            raise ValueError(f"{self.year}-{self.month} is no month")
        if self.frequency in ("quarter", "half") and (self.month - 1) % MONTHS[self.frequency]:
            raise ValueError(f"no {self.frequency} begins in month {self.month}")

    @property
    def code(self) -> str:
        """
        >>> Period(2026, 1, "quarter").code, Period(2026, 7, "half").code, Period(2026, 7, "year").code
        ('2026-Q1', '2026-H2', '2026@07')
        """
        if self.frequency == "month":
            return f"{self.year:04}-{self.month:02}"
        if self.frequency == "year":
            return f"{self.year:04}" if self.month == 1 else f"{self.year:04}@{self.month:02}"
        return f"{self.year:04}-{'Q' if self.frequency == 'quarter' else 'H'}{(self.month - 1) // self.months + 1}"

    @property
    def months(self) -> int:
        return MONTHS[self.frequency]

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        following = self.shift(1)
        return following.first - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def shift(self, steps: int) -> Period:
        """The period `steps` later (negative: earlier).

        Raises:
            ValueError: the result lies outside the years 1 to 9999.
        """
        index = self.year * 12 + self.month - 1 + steps * self.months
        return Period(index // 12, index % 12 + 1, self.frequency)

    @property
    def previous(self) -> Period:
        return self.shift(-1)

    @property
    def following(self) -> Period:
        return self.shift(1)

    @property
    def year_earlier(self) -> Period:
        """The same period of the year before (同期)."""
        return Period(self.year - 1, self.month, self.frequency)

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last

    def split(self, frequency: Frequency) -> list[Period]:
        """The periods of a finer (or the same) frequency that make it up.

        Raises:
            ValueError: the frequency is coarser, or its periods do not begin where this one does.
        """
        if MONTHS[frequency] > self.months:
            raise ValueError(f"a {self.frequency} is not made of {frequency} periods")
        start = Period(self.year, self.month, frequency)
        return [start.shift(step) for step in range(self.months // start.months)]

    def said(self, language: str = "zh") -> str:
        """Its name for people.

        >>> Period(2026, 4, "quarter").said(), Period(2026, 7, "year").said("en")
        ('2026年第二季度', 'Jul 2026 to Jun 2027')
        """
        english = language.startswith("en")
        if self.frequency == "month":
            return f"{self.first:%b} {self.year}" if english else f"{self.year}年{self.month}月"
        if self.frequency == "year" and self.month == 1:
            return f"{self.year}" if english else f"{self.year}年"
        if self.frequency == "year":
            end = self.last
            if english:
                return f"{self.first:%b} {self.year} to {end:%b} {end.year}"
            return f"{self.year}年{self.month}月至{end.year}年{end.month}月"
        number = (self.month - 1) // self.months
        if self.frequency == "quarter":
            return f"Q{number + 1} {self.year}" if english else f"{self.year}年第{'一二三四'[number]}季度"
        return f"H{number + 1} {self.year}" if english else f"{self.year}年{'上下'[number]}半年"

    def __str__(self) -> str:
        return self.code


def parse_period(code: str) -> Period:
    """Read a code.

    Raises:
        ValueError: it is none; the message shows the forms.
    """
    found = _CODE.match(code.strip())
    if found is None or found["year"] == "0000":
        raise ValueError(f"{code!r} is no period; write 2026, 2026-H1, 2026-Q1 or 2026-03")
    year = int(found["year"])
    if found["month"]:
        return Period(year, int(found["month"]), "month")
    if found["quarter"]:
        return Period(year, int(found["quarter"]) * 3 - 2, "quarter")
    if found["half"]:
        return Period(year, int(found["half"]) * 6 - 5, "half")
    return Period(year, int(found["start"] or 1), "year")


def period_of(day: date, frequency: Frequency, year_start: int = 1) -> Period:
    """The period that a day lies in. `year_start` is the month in which years begin; it moves years only."""
    if frequency == "year":
        return Period(day.year - (day.month < year_start), year_start, "year")
    months = MONTHS[frequency]
    return Period(day.year, (day.month - 1) // months * months + 1, frequency)


def periods_between(first: Period, last: Period) -> Iterator[Period]:
    """From `first` to `last`, both included; nothing when `last` lies before.

    Raises:
        ValueError: they are of different frequencies.
    """
    if first.frequency != last.frequency:
        raise ValueError(f"{first} and {last} are of different frequencies")
    while first <= last:
        yield first
        first = first.following
