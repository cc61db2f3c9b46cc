"""Joint measures: what being on a list means, as a table of list × measure × department × basis × matter."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from hengjian.rulebook.base import Parameters, Sentence, Strict

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


class Matter(Strict):
    """Something that an enterprise applies for or that is decided about it."""

    code: Code
    title: str = Field(title="名称", min_length=2)
    title_en: str = Field(title="英文名称", min_length=2)

    def said(self, language: str = "zh") -> str:
        """The name in the reader's language."""
        return self.title_en if language.startswith("en") else self.title


class MeasureSpec(Matter):
    """One measure of the catalogue.

    Attributes:
        kind: `punish` or `reward`.
        effect: what the department does, one sentence.
        lists: codes of the lists that lead to it.
        matters: codes of the matters in which it is minded.
        departments: families of units that take it.
        target: whom it meets.
        basis: law, regulation or document with article.
        valid_from, valid_to: days on which the catalogue has it; both inclusive.
    """

    kind: Literal["punish", "reward"] = "punish"
    effect: str = Field(title="措施内容", min_length=4)
    effect_en: str = Field(title="措施内容（英文）", min_length=4)
    lists: tuple[Code, ...] = Field(title="名单", min_length=1)
    matters: tuple[Code, ...] = Field(title="事项", min_length=1)
    departments: tuple[Code, ...] = Field(title="部门", min_length=1)
    target: Literal["enterprise", "responsible", "both"] = Field("enterprise", title="对象")
    basis: str = Field(title="依据", min_length=4)
    valid_from: date | None = Field(None, title="起")
    valid_to: date | None = Field(None, title="止")

    def effect_in(self, language: str) -> str:
        return self.effect_en if language.startswith("en") else self.effect

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class CreditMeasures(Parameters):
    """The catalogue: only what stands here may be done to, or for, an enterprise because of a list."""

    matters: tuple[Matter, ...] = Field(title="事项", min_length=1)
    measures: tuple[MeasureSpec, ...] = Field(title="措施", min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> CreditMeasures:
        matters = [matter.code for matter in self.matters]
        measures = [measure.code for measure in self.measures]
        if len(set(matters)) != len(matters) or len(set(measures)) != len(measures):
            raise ValueError("a matter or measure is named twice")
        for measure in self.measures:
            if unknown := set(measure.matters) - set(matters):
                raise ValueError(f"{measure.code}: no matter {', '.join(sorted(unknown))}")
        return self

    def measures_for(self, code: str, on: date) -> tuple[MeasureSpec, ...]:
        """The measures that a list leads to on a day."""
        return tuple(measure for measure in self.measures if code in measure.lists and measure.holds(on))

    def measure(self, code: str) -> MeasureSpec:
        """The measure; KeyError when there is none."""
        for measure in self.measures:
            if measure.code == code:
                return measure
        raise KeyError(code)

    def sentences(self) -> list[Sentence]:
        return [
            Sentence("%(title)s：%(effect)s（%(basis)s）。", {"title": m.title, "effect": m.effect, "basis": m.basis})
            for m in self.measures
        ]
