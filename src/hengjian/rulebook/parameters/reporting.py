"""Report cycles: how often progress is reported and by when."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict
from hengjian.rulebook.parameters.terms import TermSpec

Cycle = Literal["month", "quarter", "half", "year", "once", "event"]
CYCLE_NAMES: dict[str, str] = {"month": "每月", "quarter": "每季度", "half": "每半年", "year": "每年"}


class DayOfMonth(Strict):
    """Day `day` of the month that lies `months_after` months after the period's last month; 31 = last day."""

    day: int = Field(title="日", ge=1, le=31)
    months_after: int = Field(1, title="期满后月数", ge=0, le=12)

    def after(self, period_end: date) -> date:
        """The nominal due day for a period ending on `period_end` (before any roll to a working day)."""
        months = period_end.year * 12 + period_end.month - 1 + self.months_after
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.day, calendar.monthrange(year, month + 1)[1]))


class Reporting(Parameters):
    """A cycle with exactly the kind of due day that fits it."""

    cycle: Cycle = Field(title="周期")
    due_day: DayOfMonth | None = Field(None, title="报送日")
    due_on: date | None = Field(None, title="报送日期")
    within: TermSpec | None = Field(None, title="报送期限")
    roll: Literal["next", "none"] = Field("next", title="遇休息日")
    to: str = Field(title="报送对象")
    no_change_allowed: bool = Field(True, title="可报“本期无变化”")

    @model_validator(mode="after")
    def _fits(self) -> Reporting:
        wanted = {"once": "due_on", "event": "within"}.get(self.cycle, "due_day")
        for name in ("due_day", "due_on", "within"):
            if (getattr(self, name) is not None) != (name == wanted):
                raise ValueError(f"cycle {self.cycle} takes {wanted} only")
        return self

    def sentences(self) -> list[Sentence]:
        if self.due_on is not None:
            told = [Sentence("于 %(on)s 前一次性报送%(to)s。", {"on": self.due_on, "to": self.to})]
        elif self.within is not None:
            told = [Sentence("事项发生后 %(term)s内报送%(to)s。", {"term": self.within.sentence(), "to": self.to})]
        elif self.due_day is not None:
            told = [
                Sentence(
                    "%(cycle)s报送一次，期满后第 %(months)s 个月的 %(day)s 日前报%(to)s。",
                    {
                        "cycle": Sentence(CYCLE_NAMES[self.cycle]),
                        "months": self.due_day.months_after,
                        "day": self.due_day.day,
                        "to": self.to,
                    },
                )
            ]
        told.append(Sentence("报送日遇休息日顺延。") if self.roll == "next" else Sentence("报送日不顺延。"))
        return told
