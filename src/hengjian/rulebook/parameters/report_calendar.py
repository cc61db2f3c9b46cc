"""Which analysis reports are due, by whom, when."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict


class ReportLine(Strict):
    """One report that is due every period.

    Attributes:
        owner: family of the unit that makes it. structure: code of the structure by which the system writes it; empty:
            written elsewhere and deposited as a file.
        months_after, day: the due day: that day of the month so many months after the end of the period.
        clause: where the plans ask for it.
    """

    code: str = Field(title="编号", pattern=r"^[a-z][a-z0-9_]*$", max_length=60)
    title: str = Field(title="报告", min_length=2)
    title_en: str = Field("", title="英文名称")
    owner: str = Field(title="编制单位职能")
    frequency: Literal["month", "quarter", "half", "year"] = Field(title="周期")
    levels: tuple[str, ...] = Field(title="层级", min_length=1)
    months_after: int = Field(title="期后月数", ge=1, le=12)
    day: int = Field(title="日", ge=1, le=28)
    structure: str = Field("", title="报告结构")
    public: bool = Field(True, title="有公开版")
    clause: str = Field("", title="出处")

    def said(self, language: str = "zh") -> str:
        return self.title_en if language.startswith("en") and self.title_en else self.title

    def due(self, last: date) -> date:
        """The day by which the report of a period that ends on `last` is due."""
        months = last.year * 12 + last.month - 1 + self.months_after
        return date(months // 12, months % 12 + 1, self.day)


class ReportCalendar(Parameters):
    """The reports of a year."""

    reports: tuple[ReportLine, ...] = Field(title="报告", min_length=1)

    @model_validator(mode="after")
    def _once(self) -> ReportCalendar:
        codes = [line.code for line in self.reports]
        if len(set(codes)) != len(codes):
            raise ValueError("a report is listed twice")
        return self

    def sentences(self) -> list[Sentence]:
        names = {"month": "月", "quarter": "季度", "half": "半年", "year": "年度"}
        return [
            Sentence(
                "%(title)s：每%(cycle)s一次，期后第 %(months)s 个月 %(day)s 日前。",
                {"title": line.title, "cycle": names[line.frequency], "months": line.months_after, "day": line.day},
            )
            for line in self.reports
        ]
