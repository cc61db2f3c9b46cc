"""Air: the tables and rules of the index (HJ 633), the limits and what makes a mean valid (GB 3095)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Pollutant = Literal["pm25", "pm10", "so2", "no2", "co", "o3"]
#: What a daily report has for each pollutant.
POLLUTANTS: dict[str, str] = {
    "pm25": "PM2.5",
    "pm10": "PM10",
    "so2": "SO₂",
    "no2": "NO₂",
    "co": "CO",
    "o3": "O₃ (8 h)",
}
MEASURES: dict[str, str] = {
    **POLLUTANTS,
    "so2_1h": "SO₂ (1 h)",
    "no2_1h": "NO₂ (1 h)",
    "co_1h": "CO (1 h)",
    "o3_1h": "O₃ (1 h)",
}


class AirQuality(Parameters):
    """One edition of HJ 633; µg/m³, CO mg/m³. `methods.air_quality.Edition` says what each field means."""

    index: tuple[int, ...] = Field(title="分指数", min_length=3)
    breakpoints: dict[str, tuple[Decimal, ...]] = Field(title="浓度限值", min_length=1)
    daily: tuple[str, ...] = Field(title="日报项目", min_length=1)
    beyond: dict[str, int | None] = Field(default_factory=dict, title="超出限值表时的分指数")
    rounded: dict[str, int] = Field(default_factory=dict, title="浓度修约位数")
    only_polluted: bool = Field(False, title="有项目缺测时仅在其余项目已超标时发布")
    leading_above: int = Field(50, title="首要污染物起点")
    names_exceeding: bool = Field(True, title="标明超标污染物")
    good_up_to: int = Field(100, title="优良上限")

    @model_validator(mode="after")
    def _rising(self) -> AirQuality:
        rows = [("index", tuple(Decimal(value) for value in self.index)), *self.breakpoints.items()]
        for name, row in rows:
            if list(row) != sorted(set(row)) or row[0] != 0 or not 2 <= len(row) <= len(self.index):
                raise ValueError(f"{name} must rise from 0 and have at most as many values as index")
        if unknown := self.breakpoints.keys() - MEASURES.keys():
            raise ValueError(f"no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
        if unknown := {*self.daily, *self.beyond, *self.rounded} - self.breakpoints.keys():
            raise ValueError(f"{', '.join(sorted(unknown))} has no breakpoints")
        return self

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "%(name)s：浓度 %(limits)s 对应分指数 %(index)s。",
                {
                    "name": MEASURES[name],
                    "limits": "、".join(map(str, row)),
                    "index": "、".join(map(str, self.index[: len(row)])),
                },
            )
            for name, row in self.breakpoints.items()
        ]
        told += [
            Sentence(
                "%(name)s 超过 %(limit)s 时，分指数按 %(index)s 计。",
                {"name": MEASURES[name], "limit": self.breakpoints[name][-1], "index": value},
            )
            if value is not None
            else Sentence(
                "%(name)s 超过 %(limit)s 时，改按另一平均时间的浓度计算分指数。",
                {"name": MEASURES[name], "limit": self.breakpoints[name][-1]},
            )
            for name, value in self.beyond.items()
        ]
        if self.rounded:
            told.append(Sentence("浓度先按 GB/T 8170 修约，再计算分指数。"))
        if self.only_polluted:
            told.append(
                Sentence("有项目缺测时，其余项目的指数大于 %(good)s 才发布，否则无效。", {"good": self.good_up_to})
            )
        told.append(Sentence("指数不超过 %(good)s 的天数为优良天数；小数一律进位。", {"good": self.good_up_to}))
        return told


class AirLimits(Parameters):
    """Class II limits of GB 3095 (µg/m³, CO mg/m³) and how many values a mean needs."""

    class Limits(Strict):
        """Limits by averaging time; None where the standard has none."""

        year: Decimal | None = Field(None, title="年平均")
        day: Decimal | None = Field(None, title="24 小时平均（O₃ 为日最大 8 小时平均）")
        hour: Decimal | None = Field(None, title="1 小时平均")

    limits: dict[Pollutant, Limits] = Field(title="二级浓度限值", min_length=1)
    hours_of_day: int = Field(20, title="日均值至少小时数", ge=1, le=24)
    hours_of_eight: int = Field(6, title="8 小时均值至少小时数", ge=1, le=8)
    days_of_month: int = Field(27, title="月均值至少日数", ge=1, le=31)
    days_of_february: int = Field(25, title="二月均值至少日数", ge=1, le=29)
    days_of_year: int = Field(324, title="年均值至少日数", ge=1, le=366)

    def sentences(self) -> list[Sentence]:
        told = []
        for name, limit in self.limits.items():
            times = (("年平均", limit.year), ("日平均", limit.day), ("1 小时平均", limit.hour))
            shown = "、".join(f"{time} {value}" for time, value in times if value is not None)
            told.append(Sentence("%(name)s：%(limits)s。", {"name": POLLUTANTS[name], "limits": shown}))
        told.append(
            Sentence(
                "日均值至少 %(day)s 个小时值，8 小时均值至少 %(eight)s 个；"
                "月均值至少 %(month)s 个日均值（二月 %(february)s 个），年均值至少 %(year)s 个。",
                {
                    "day": self.hours_of_day,
                    "eight": self.hours_of_eight,
                    "month": self.days_of_month,
                    "february": self.days_of_february,
                    "year": self.days_of_year,
                },
            )
        )
        return told
