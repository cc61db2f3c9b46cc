"""Air quality index: the concentrations at which each pollutant reaches an index value."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence

Pollutant = Literal["pm25", "pm10", "so2", "no2", "co", "o3"]
POLLUTANTS: dict[Pollutant, str] = {
    "pm25": "PM2.5",
    "pm10": "PM10",
    "so2": "SO₂",
    "no2": "NO₂",
    "co": "CO",
    "o3": "O₃ (8 h)",
}


class AirQuality(Parameters):
    """Breakpoints for daily means (O₃: highest 8-hour mean); µg/m³, CO mg/m³.

    Attributes:
        index: the index values, rising from 0.
        breakpoints: pollutant → concentrations that belong to them; shorter where the standard defines no more.
        good_up_to: days with an index up to this count as good (优良).
    """

    index: tuple[int, ...] = Field(title="分指数", min_length=3)
    breakpoints: dict[Pollutant, tuple[Decimal, ...]] = Field(title="浓度限值", min_length=1)
    good_up_to: int = Field(100, title="优良上限")

    @model_validator(mode="after")
    def _rising(self) -> AirQuality:
        rows = [("index", tuple(Decimal(value) for value in self.index)), *self.breakpoints.items()]
        for name, row in rows:
            if list(row) != sorted(set(row)) or row[0] != 0 or not 2 <= len(row) <= len(self.index):
                raise ValueError(f"{name} must rise from 0 and have at most as many values as index")
        return self

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "%(name)s：浓度 %(limits)s 对应分指数 %(index)s。",
                {
                    "name": POLLUTANTS[name],
                    "limits": "、".join(map(str, row)),
                    "index": "、".join(map(str, self.index[: len(row)])),
                },
            )
            for name, row in self.breakpoints.items()
        ]
        told.append(Sentence("指数不超过 %(good)s 的天数为优良天数；小数一律进位。", {"good": self.good_up_to}))
        return told
