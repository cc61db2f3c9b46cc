"""Declarations of what is counted or added up from facts.

Rooms above keep them in their YAML; `queries.tally` runs them.

A *field* is a field of the kind's payload or a common column. Fields of nested payloads are joined by dots
(`values.category`). Where a payload field has the name of a common column, the plain name means the common column and
`payload.<field>` the payload's; `payload.` may always be written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Level = Literal["province", "prefecture", "county", "township"]
Operator = Literal["eq", "ne", "in", "not_in", "ge", "gt", "le", "lt", "is_null", "not_null", "contains"]
Scalar = bool | int | Decimal | date | str
FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
DISTINCT = "distinct:"
#: Words for the first and the last day of a period in the conditions of a `Standing`.
START, END = "@start", "@end"
ORDERS = ("eq", "ge", "gt", "le", "lt")


class Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(Declared):
    """One condition on a fact; all conditions of a measure must hold.

    Attributes:
        field: payload field or common column; `subject_kind` is the part of the subject before the colon.
        op: `contains` asks whether a list field has the value, or a text field has it somewhere. A missing value fails
            every comparison, also `ne` and `not_in`; ask for it with `is_null`.
        value: a list for `in` and `not_in`, nothing for `is_null` and `not_null`, one value for the others. In a
            `Standing`, `@start` and `@end` are the first and last day of the period.
    """

    field: str
    op: Operator = "eq"
    value: Scalar | tuple[Scalar, ...] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not FIELD.fullmatch(self.field):
            raise ValueError(f"{self.field!r} is no field; write a payload field or a common column")
        if self.op in ("is_null", "not_null"):
            if self.value is not None:
                raise ValueError(f"{self.op} takes no value")
        elif self.op in ("in", "not_in"):
            if not isinstance(self.value, tuple) or not self.value:
                raise ValueError(f"{self.op} needs a list of values")
        elif self.value is None or isinstance(self.value, tuple):
            raise ValueError(f"{self.op} needs one value")
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        if self.op not in ORDERS and (START in values or END in values):
            raise ValueError(f"{self.op} does not go with {START} and {END}; write one of {', '.join(ORDERS)}")
        return self

    @property
    def of_period(self) -> bool:
        """Whether it is about the first or last day of the period."""
        return self.value in (START, END)


class Declaration(Declared):
    """What measures and standings have in common.

    Attributes:
        kinds: fact kinds, taken together.
        where: conditions that all hold.
        date: the field with the day that decides the period; facts without it do not count.
        region: the field with the region code.
        dimensions: name of a break-down → field.
    """

    kinds: tuple[str, ...] = Field(min_length=1)
    where: tuple[Condition, ...] = ()
    date: str = "occurred_on"
    region: str = "region"
    dimensions: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _named(self) -> Self:
        if len(set(self.kinds)) != len(self.kinds):
            raise ValueError("kinds: one is named twice")
        for name in self.fields():
            if not FIELD.fullmatch(name):
                raise ValueError(f"{name!r} is no field; write a payload field or a common column")
        for name in self.dimensions:
            if not name.isidentifier():
                raise ValueError(f"dimensions: {name!r} is no name; write letters, digits and underscores")
        return self

    def fields(self) -> tuple[str, ...]:
        """Every field that is named, once each."""
        named = [*(condition.field for condition in self.where), self.date, self.region, *self.dimensions.values()]
        return tuple(dict.fromkeys(named))


class Measure(Declaration):
    """What is counted (or added up), where and when it belongs, and by what it can be broken down.

    Attributes:
        count: `facts`, `subjects` (different subjects) or `distinct:<field>`.
        sum: payload field with numbers that are added up instead; facts without a value add nothing.
        latest: only the last word about each subject in each period counts (the greatest date, then the log order);
            `where` is asked of that last word, which also says the region.
    """

    count: str = "facts"
    sum: str = ""
    latest: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.count not in ("facts", "subjects") and not self.count.startswith(DISTINCT):
            raise ValueError(f"count: {self.count!r} is not facts, subjects or distinct:<field>")
        if self.sum and self.count != "facts":
            raise ValueError("sum and count exclude each other")
        return self

    @property
    def distinct(self) -> str:
        """The field whose different values are counted, or nothing."""
        return "subject" if self.count == "subjects" else self.count.partition(DISTINCT)[2]

    def fields(self) -> tuple[str, ...]:
        named = [self.sum] if self.sum else []
        named += [self.distinct] if self.count != "facts" else []
        return tuple(dict.fromkeys([*super().fields(), *named]))


class Standing(Declaration):
    """How many things stand in a state at the end of each period, by the last word of the ledger about each of them.

    A thing stays as it was last told until it is told otherwise, also in periods in which nothing is said about it.

    Attributes:
        meets: further conditions on those that `where` admits: the numerator.
        sum: payload field with numbers that are added up instead of counting things.
    """

    meets: tuple[Condition, ...] = ()
    sum: str = ""

    def fields(self) -> tuple[str, ...]:
        named = [*(condition.field for condition in self.meets), *([self.sum] if self.sum else [])]
        return tuple(dict.fromkeys([*super().fields(), *named]))


class Tally(NamedTuple):
    """One figure of a measure.

    Attributes:
        region: region code of the wanted level. A fact of a region above that level stays under its own region (what a
            prefecture does itself belongs to none of its counties), so that the regions always add up to the total.
            Empty when no level was asked for.
        period: the first day of the period.
        value: the count or sum.
        dimensions: name → value as text; None where the fact has no value.
        facts: how many facts stand behind the value.
    """

    region: str
    period: date
    value: Decimal
    facts: int
    dimensions: Mapping[str, str | None]


class Stood(NamedTuple):
    """One figure of a standing at the end of a period; region, period and dimensions as in `Tally`.

    Attributes:
        part: of the things that `where` admits, those that also meet `meets` (their number, or their sum).
        whole: all that `where` admits.
        things: how many that are.
    """

    region: str
    period: date
    part: Decimal
    whole: Decimal
    things: int
    dimensions: Mapping[str, str | None]
