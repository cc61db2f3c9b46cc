"""The invented plans: text files whose dates are filled in for the year of the demonstration."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources

_MONTH_END = re.compile(r"\{d(\d{1,2})\}")


@dataclass(frozen=True)
class DemoYear:
    """The period of the demonstration's plans.

    The calendar year from July on, and from January to June the twelve months from last July: so that at least half of
    the period always lies behind, with work done, deadlines missed and deadlines ahead.
    """

    start: date
    end: date

    @property
    def label(self) -> str:
        """2026年, or 2025—2026年度."""
        same = self.start.year == self.end.year
        return f"{self.start.year}年" if same else f"{self.start.year}—{self.end.year}年度"

    @property
    def issued(self) -> date:
        """The day of the region's plan."""
        return self.start + timedelta(days=42)

    @property
    def followed(self) -> date:
        """The day of the city's plan."""
        return self.start + timedelta(days=78)

    def month_end(self, number: int) -> date:
        """The last day of the `number`-th month of the period, counted from 1."""
        years, month = divmod(self.start.month - 1 + number - 1, 12)
        year = self.start.year + years
        return date(year, month + 1, calendar.monthrange(year, month + 1)[1])

    def before_month_end(self, number: int) -> str:
        """The phrase of a deadline: 6月底前; the year is written where the period has two."""
        day = self.month_end(number)
        year = "" if self.start.year == self.end.year else f"{day.year}年"
        return f"{year}{day.month}月底前"


def demo_year(today: date) -> DemoYear:
    """The period that the demonstration shows on that day."""
    if today.month >= 7:
        return DemoYear(date(today.year, 1, 1), date(today.year, 12, 31))
    return DemoYear(date(today.year - 1, 7, 1), date(today.year, 6, 30))


def data(name: str) -> str:
    """A file of `hengjian/demo/data`."""
    return resources.files("hengjian.demo").joinpath("data", name).read_text(encoding="utf-8")


def plan_text(name: str, year: DemoYear, issued: date) -> str:
    """`region`, `city` or `draft` with the dates of the year."""
    text = _MONTH_END.sub(lambda match: year.before_month_end(int(match[1])), data(f"{name}.txt"))
    day = f"{issued.year}年{issued.month}月{issued.day}日"
    return text.replace("{period}", year.label).replace("{year}", str(issued.year)).replace("{issued}", day)
