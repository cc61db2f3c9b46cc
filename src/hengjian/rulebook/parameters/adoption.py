"""What counts as agreeing with international standards."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hengjian.rulebook.base import Parameters, Sentence

Degree = Literal["IDT", "MOD", "NEQ", ""]


class AdoptionRate(Parameters):
    """国际标准一致性程度: degrees that agree, of the degrees that are counted; "" has no international counterpart."""

    consistent: tuple[Degree, ...] = Field(title="计为一致", min_length=1)
    counted: tuple[Degree, ...] = Field(title="计入总数", min_length=1)

    @model_validator(mode="after")
    def _within(self) -> AdoptionRate:
        if not set(self.consistent) <= set(self.counted):
            raise ValueError("what agrees must be counted")
        return self

    def sentences(self) -> list[Sentence]:
        def named(degrees: tuple[Degree, ...]) -> str:
            return "、".join(degree or "无对应国际标准" for degree in degrees)

        return [
            Sentence(
                "一致性程度 =（%(consistent)s）的标准数 ÷（%(counted)s）的标准数。",
                {"consistent": named(self.consistent), "counted": named(self.counted)},
            )
        ]
