"""What a list is: one YAML page with legal basis, families of criteria, term, repair, disclosure. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from hengjian.registers.fields import Code, Legal, Titled, unique

Weight = Literal["serious", "ordinary", "good"]


class Criterion(Titled):
    """A circumstance in which an enterprise is listed. `basis`: article of the first legal source."""

    code: Code
    basis: str = ""


class CriterionFamily(Titled):
    code: Code
    criteria: tuple[Criterion, ...] = Field(min_length=1)


class Exclusion(Titled):
    """A circumstance in which an enterprise that meets a criterion is not listed."""

    code: Code
    basis: str = ""


class ListKind(Titled):
    """One list.

    Attributes:
        code: written `list:` in YAML; also in addresses.
        weight: `serious` and `ordinary` lists of breaches, `good` list of trusted enterprises.
        legal: what it rests on; the first is the governing one.
        in_force_from, in_force_to: days on which enterprises are entered by it.
        keepers: families of units that decide on it.
        term: variant of the rulebook family `terms`: how long an entry is published; "" = until its ground is gone.
        early: variant of `terms`: how long after the entry repair may be applied for at the earliest; "" = at once.
        disclosure: whether everybody may see the list, or departments only.
        penalty: whether an entry rests on a decision on a penalty that must be named.
        category, catalogue: as what the entry becomes a credit record (`credit.records`), and which entry of the
            public-credit catalogue admits it; without the latter the only one of the category.
        measures: whether measures of the catalogue are sent to departments.
    """

    code: Code = Field(validation_alias="list")
    description: str = ""
    description_en: str = ""
    weight: Weight
    legal: tuple[Legal, ...] = Field(min_length=1)
    in_force_from: date
    in_force_to: date | None = None
    keepers: tuple[str, ...] = Field(min_length=1)
    families: tuple[CriterionFamily, ...] = Field(min_length=1)
    exclusions: tuple[Exclusion, ...] = ()
    term: str = ""
    early: str = ""
    disclosure: Literal["public", "shared"] = "public"
    category: Literal["serious", "abnormal", "honour"] = "serious"
    catalogue: str = ""
    penalty: bool = False
    measures: bool = True
    order: int = 100

    @model_validator(mode="after")
    def _sound(self) -> ListKind:
        unique("family", [family.code for family in self.families])
        unique("criterion", [criterion.code for criterion in self.criteria])
        if self.in_force_to is not None and self.in_force_to < self.in_force_from:
            raise ValueError("in force ends before it begins")
        return self

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in their order."""
        return tuple(criterion for family in self.families for criterion in family.criteria)

    def criterion(self, code: str) -> Criterion:
        """The declared criterion; KeyError when there is none."""
        for criterion in self.criteria:
            if criterion.code == code:
                return criterion
        raise KeyError(code)

    def is_in_force(self, on: date) -> bool:
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)
