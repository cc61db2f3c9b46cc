"""The working-day calendar: one rule per year and region, with the editions of the year's notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict


class DaysOff(Strict):
    """A run of days off, both ends included; weekends inside it may be listed or not."""

    name: str = Field(title="节日")
    first: date = Field(title="起")
    last: date = Field(title="止")

    @model_validator(mode="after")
    def _ordered(self) -> DaysOff:
        if not timedelta(0) <= self.last - self.first < timedelta(days=15):
            raise ValueError("last must be 0 to 14 days after first")
        return self

    def days(self) -> Iterator[date]:
        """Every day of the run."""
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)


class Edition(Strict):
    """What was known from a day on: the notice, or a later notice that changed it (2015, 2019, 2020)."""

    known_from: date = Field(title="公布日期")
    notice: str = Field(title="文号")
    days_off: tuple[DaysOff, ...] = Field(title="放假")
    work_days: tuple[date, ...] = Field((), title="调休上班")

    @model_validator(mode="after")
    def _sound(self) -> Edition:
        off = [day for run in self.days_off for day in run.days()]
        if len(off) != len(set(off)):
            raise ValueError("a day off is listed twice")
        for day in self.work_days:
            if day.weekday() < 5:
                raise ValueError(f"{day} is no weekend day, so it cannot be made a working day")
            if day in off:
                raise ValueError(f"{day} is both a day off and a working day")
        if len(set(self.work_days)) != len(self.work_days):
            raise ValueError("a working day is listed twice")
        return self


class CalendarYear(Parameters):
    """Days off and make-up working days of one year.

    `provisional`: the notice is not out; the days follow from the statute alone (全国年节及纪念日放假办法). A
    regional rule with `adds_to_national` lists only what the region adds.
    """

    year: int = Field(title="年份", ge=1950, le=2200)
    provisional: bool = Field(False, title="暂定")
    adds_to_national: bool = Field(False, title="在全国安排之外增加")
    editions: tuple[Edition, ...] = Field(title="历次安排", min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> CalendarYear:
        known = [edition.known_from for edition in self.editions]
        if known != sorted(set(known)):
            raise ValueError("editions must be in the order in which they became known")
        # A notice may reach into the last week of the year before (2012, 2019, 2023).
        first, last = date(self.year - 1, 12, 25), date(self.year, 12, 31)
        for edition in self.editions:
            for day in (*edition.work_days, *(day for run in edition.days_off for day in run.days())):
                if not first <= day <= last:
                    raise ValueError(f"{day} does not belong to the arrangement of {self.year}")
        return self

    def edition(self, known_on: date | None = None) -> Edition | None:
        """The edition known on that day (None = the newest); None when nothing was published yet."""
        known = [item for item in self.editions if known_on is None or item.known_from <= known_on]
        return known[-1] if known else None

    def sentences(self) -> list[Sentence]:
        told = []
        for item in self.editions:
            told.append(
                Sentence(
                    "%(notice)s（%(known)s 公布）：放假 %(off)s 天，调休上班 %(work)s 天。",
                    {
                        "notice": item.notice,
                        "known": item.known_from,
                        "off": sum(1 for run in item.days_off for _ in run.days()),
                        "work": len(item.work_days),
                    },
                )
            )
            for run in item.days_off:
                told.append(Sentence("%(name)s：%(first)s 至 %(last)s。", run.model_dump()))
            if item.work_days:
                days = "、".join(day.isoformat() for day in item.work_days)
                told.append(Sentence("调休上班：%(days)s。", {"days": days}))
        if self.provisional:
            told.append(Sentence("国务院办公厅尚未公布该年安排，按法定节假日暂定，公布后重新计算。"))
        return told
