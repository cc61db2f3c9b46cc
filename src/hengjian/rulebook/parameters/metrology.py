"""Metrology: how long verified instruments may be used, and how many energy meters a user must have."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Purpose = Literal["trade", "safety", "medical", "environment"]
Level = Literal["unit", "subunit", "device"]
LEVEL_TITLES: dict[Level, str] = {"unit": "用能单位", "subunit": "主要次级用能单位", "device": "主要用能设备"}


class VerificationCycle(Parameters):
    """One type of instrument under compulsory verification; the variant is its code in the list `instrument-types`.

    `periodic`: verified again every `months`. `first_replace`: verified once, then replaced after `months` of use.
    """

    instrument: str = Field(title="计量器具", min_length=1)
    scheme: Literal["periodic", "first_replace"] = Field(title="检定方式")
    months: int = Field(title="周期或使用期限（月）", ge=1, le=240)
    purposes: tuple[Purpose, ...] = Field(title="用途", min_length=1)
    regulation: str = Field("", title="检定规程")

    def sentences(self) -> list[Sentence]:
        pattern = (
            "%(instrument)s：实行周期检定，周期不超过 %(months)s 个月。"
            if self.scheme == "periodic"
            else "%(instrument)s：只作首次检定，限期使用 %(months)s 个月，到期轮换。"
        )
        return [Sentence(pattern, {"instrument": self.instrument, "months": self.months})]


class FitRow(Strict):
    """Rates in per cent that one energy carrier needs at each level; None: nothing is asked for."""

    code: str = Field(title="代码", min_length=1, max_length=40)
    title: str = Field(title="能源种类", min_length=1)
    title_en: str = Field("", title="英文名称")
    unit: int | None = Field(None, title="用能单位", ge=0, le=100)
    subunit: int | None = Field(None, title="主要次级用能单位", ge=0, le=100)
    device: int | None = Field(None, title="主要用能设备", ge=0, le=100)

    def rate(self, level: Level) -> int | None:
        """The required rate at a level, per cent."""
        required: dict[Level, int | None] = {"unit": self.unit, "subunit": self.subunit, "device": self.device}
        return required[level]


class MeteringFit(Parameters):
    """Which users are reviewed, and how many of their measuring points need a meter (配备率)."""

    key_user: int = Field(title="重点用能单位（吨标准煤/年）", ge=1)
    designated_user: int = Field(title="指定的重点用能单位（吨标准煤/年）", ge=1)
    rows: tuple[FitRow, ...] = Field(title="配备率要求", min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> MeteringFit:
        codes = [row.code for row in self.rows]
        if len(set(codes)) != len(codes):
            raise ValueError("a carrier is written twice")
        if self.designated_user > self.key_user:
            raise ValueError("designated users use less than key users")
        return self

    def row(self, code: str) -> FitRow | None:
        """The carrier with this code or Chinese name, or None."""
        return next((row for row in self.rows if code in (row.code, row.title)), None)

    def is_key_user(self, tonnes: float, designated: bool = False) -> bool:
        """Whether a user of so many tonnes of standard coal a year is reviewed."""
        return tonnes >= (self.designated_user if designated else self.key_user)

    def sentences(self) -> list[Sentence]:
        told = [
            Sentence(
                "年综合能源消费量 %(key)s 吨标准煤以上的，或者经指定的 %(designated)s 吨以上的，为重点用能单位。",
                {"key": self.key_user, "designated": self.designated_user},
            )
        ]
        for row in self.rows:
            rates = "、".join(
                f"{LEVEL_TITLES[level]} {rate}%" for level in LEVEL_TITLES if (rate := row.rate(level)) is not None
            )
            told.append(Sentence("%(carrier)s：%(rates)s。", {"carrier": row.title, "rates": rates}))
        return told
