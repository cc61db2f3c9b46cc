"""Rows and columns of a form, and where their cells' figures come from. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from hengjian.lake.measures import Measure
from hengjian.registers.fields import Code, Titled
from hengjian.rulebook.base import Strict

CellType = Literal["amount", "count", "percent"]


class Prefill(Strict):
    """Where a cell's figure can come from before anybody types it; exactly one source.

    Attributes:
        previous: the same cell of the last period (a stock that seldom changes).
        form, cell: a cell `row.column` of another form, of the same region and period; of a form with a finer frequency
            its periods are added up, and only when all are there. One name alone means the row or column of this cell.
        measure: counted in the facts of the region and period.
        register: entries of a register that count as valid on the last day of the period.
    """

    previous: bool = False
    form: str = ""
    cell: str = ""
    measure: Measure | None = None
    register_code: str = Field("", alias="register")

    @model_validator(mode="after")
    def _one(self) -> Prefill:
        if sum((self.previous, bool(self.form), self.measure is not None, bool(self.register_code))) != 1:
            raise ValueError("prefill: name exactly one of previous, form, measure, register")
        if bool(self.form) != bool(self.cell):
            raise ValueError("prefill: form and cell go together")
        return self


class Line(Titled):
    """What rows and columns share. Of a row and a column that meet, the row decides where it says something.

    Attributes:
        type: amount (Decimal), count (whole number) or percent, which is always a formula over its two parts.
        unit: unit of measurement as printed on the form.
        formula: computed, read-only; a name alone means the cell of the same row (in a column) or column (in a row).
        help: explanation of the indicator (指标解释), shown beside the grid and on the public page.
        concept: what is measured, whatever form asks for it; two forms that ask the same units for one concept are
            pointed out.
        add: whether figures of regions add up; a figure that does not (a mean, a date) is left empty above.
    """

    code: Code
    type: CellType | Literal[""] = ""
    unit: str = ""
    unit_en: str = ""
    decimals: int | None = Field(None, ge=0, le=6)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    formula: str = ""
    help: str = ""
    help_en: str = ""
    concept: str = ""
    prefill: Prefill | None = None
    add: bool | None = None

    def unit_said(self, language: str = "zh") -> str:
        return self.unit_en if language.startswith("en") and self.unit_en else self.unit

    def help_said(self, language: str = "zh") -> str:
        return self.help_en if language.startswith("en") and self.help_en else self.help


class Column(Line):
    """A column of figures."""


class Row(Line):
    """A row. `heading` rows carry no cells; `closed` columns are not asked in this row; `indent` shows a part of what
    stands above."""

    indent: int = Field(0, ge=0, le=4)
    heading: bool = False
    closed: tuple[str, ...] = ()


class RowsFrom(Strict):
    """Rows from a code list of the rulebook (family `codes`), as it stands on the period's last day.

    Attributes:
        prefix: stands before the code to make a name of it: with "i" the code 13 makes the row `i13`.
    """

    codes: str
    prefix: str = Field("", pattern=r"^[a-z]*$")
