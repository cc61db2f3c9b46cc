"""What a statistical form is: one YAML page from which grid, sheets, checks, calendar and public page derive. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from hengjian import rulebook
from hengjian.methods.periods import MONTHS, Frequency
from hengjian.registers.fields import Code, Legal, Titled
from hengjian.returns.expressions import Expression, ExpressionError, Place, Reference, parse
from hengjian.returns.lines import CellType, Column, Prefill, Row, RowsFrom
from hengjian.rulebook.base import Strict
from hengjian.rulebook.parameters.codes import Codes

Severity = Literal["error", "warning", "hint"]
Importance = Literal["high", "medium", "low"]
Level = Literal["provincial", "prefecture", "county"]
At = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
MOST_CELLS = 5000


class Check(Titled):
    """A logical check. It never blocks saving; an error is mended or explained before the return can be completed.

    Attributes:
        expression: a truth; when it is false the check speaks.
        each: "row": asked of every input row, a name alone being a column; "column" the other way round; "": once.
        instruction: what to do about it, in plain words.
        importance: how much hangs on it; findings are sorted by it.
    """

    code: Code
    expression: str
    each: Literal["", "row", "column"] = ""
    severity: Severity = "error"
    importance: Importance = "medium"
    instruction: str = Field(min_length=4)
    instruction_en: str = ""

    def instruction_said(self, language: str = "zh") -> str:
        return self.instruction_en if language.startswith("en") and self.instruction_en else self.instruction

    @cached_property
    def parsed(self) -> Expression:
        return parse(self.expression, "truth")


class Stage(Titled):
    """One stage of approval after the reporter has completed the return.

    Attributes:
        by: the reporting unit itself (another person than the reporter) or the form's owner family at a level above.
    """

    code: Code
    by: Literal["own", "prefecture", "provincial"]


class Survey(Strict):
    """Approval of the survey (统计调查项目); after `valid_to` the form is expired and opens no more periods."""

    number: str
    organ: str
    valid_from: date
    valid_to: date
    kind: Literal["approved", "filed"] = "approved"


class Reporters(Strict):
    """Who reports: in every region of the levels the first of the families that has a unit there; one per region."""

    families: tuple[str, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class CellSpec:
    """One cell of the grid, row and column put together.

    Attributes:
        place: what names alone in its formula or prefill are completed with.
    """

    row: str
    column: str
    type: CellType
    unit: str
    unit_en: str
    decimals: int
    minimum: Decimal | None
    maximum: Decimal | None
    formula: Expression | None
    place: Place
    concept: str
    prefill: Prefill | None
    adds: bool

    @property
    def key(self) -> str:
        return f"{self.row}.{self.column}"

    @property
    def is_input(self) -> bool:
        return self.formula is None

    def unit_said(self, language: str = "zh") -> str:
        return self.unit_en if language.startswith("en") and self.unit_en else self.unit


class Form(Titled):
    """One statistical form.

    Attributes:
        form: its code; the same through all versions.
        table: number printed on the form (表号).
        owner: family of the unit that organises the survey and approves at levels above.
        reporting: variant of the rulebook family `reporting`: by when a return is due after the period.
        stages: who approves one after the other once the reporter has completed the return.
        open_days: how many days before a period ends its returns are opened; negative: after it.
        includes_lower: the figures of a region contain those of the regions below it that report, too; sums then take
            the highest reporting region only. Without it each region reports what belongs to no lower one.
        public_figures: approved figures are public (the fact's disclosure), not only shared between units.
    """

    form: Code
    version: int = Field(1, ge=1)
    title: str = Field(min_length=2, max_length=80)
    table: str = ""
    purpose: str = Field(min_length=4)
    purpose_en: str = ""
    legal: tuple[Legal, ...] = Field(min_length=1)
    survey: Survey
    frequency: Frequency
    reporting: str
    owner: str
    reporters: Reporters
    stages: tuple[Stage, ...] = Field(min_length=1)
    columns: tuple[Column, ...] = Field(min_length=1)
    rows: tuple[Row, ...] = ()
    rows_from: RowsFrom | None = None
    checks: tuple[Check, ...] = ()
    open_days: int = Field(5, ge=-30, le=60)
    no_change: bool = False
    includes_lower: bool = False
    public_figures: bool = False

    @property
    def code(self) -> str:
        return self.form

    def purpose_said(self, language: str = "zh") -> str:
        return self.purpose_en if language.startswith("en") and self.purpose_en else self.purpose

    def is_in_force(self, on: date) -> bool:
        return self.survey.valid_from <= on <= self.survey.valid_to

    @property
    def periods_a_year(self) -> int:
        return 12 // MONTHS[self.frequency]

    @cached_property
    def layouts(self) -> dict[str, Layout]:
        """Layouts that were built, by the edition of the code list; parsing hundreds of formulas takes a while."""
        return {}

    def layout(self, on: date) -> Layout:
        """Rows and cells as they stand for a period that ends on a day."""
        rule = None
        if self.rows_from is not None:
            rule = rulebook.at("codes", rulebook.NATIONAL, on, variant=self.rows_from.codes)
        edition = rule.version if rule is not None else ""
        if edition not in self.layouts:
            self.layouts[edition] = _layout(self, (*self._coded_rows(rule), *self.rows))
        return self.layouts[edition]

    def _coded_rows(self, rule: rulebook.Rule | None) -> Iterator[Row]:
        if rule is None or self.rows_from is None:
            return
        for item in rule.typed(Codes).items:
            code = f"{self.rows_from.prefix}{item.code.lower()}"
            yield Row(code=code, title=item.title, title_en=item.title_en)

    @model_validator(mode="after")
    def _fits(self) -> Form:
        if not self.rows and self.rows_from is None:
            raise ValueError("a form needs rows or rows_from")
        if self.survey.valid_to < self.survey.valid_from:
            raise ValueError("survey: valid_to lies before valid_from")
        for name, lines in (("rows", self.rows), ("columns", self.columns), ("checks", self.checks)):
            codes = [line.code for line in lines]
            if twice := sorted({code for code in codes if codes.count(code) > 1}):
                raise ValueError(f"{name}: {', '.join(twice)} is written twice")
        try:
            _check_cells(self, self.layout(self.survey.valid_from))
        except ExpressionError as error:
            raise ValueError(str(error)) from None
        return self


@dataclass(frozen=True)
class Layout:
    """The grid of one period: rows, columns and the cells where both meet."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    cells: dict[tuple[str, str], CellSpec]

    def cell(self, row: str, column: str) -> CellSpec | None:
        return self.cells.get((row, column))

    @cached_property
    def inputs(self) -> tuple[CellSpec, ...]:
        return tuple(cell for cell in self.cells.values() if cell.is_input)

    @cached_property
    def input_rows(self) -> tuple[str, ...]:
        return tuple(row.code for row in self.rows if not row.heading and not row.formula)

    @cached_property
    def input_columns(self) -> tuple[str, ...]:
        return tuple(column.code for column in self.columns if not column.formula)

    def row(self, code: str) -> Row | None:
        return next((row for row in self.rows if row.code == code), None)

    def column(self, code: str) -> Column | None:
        return next((column for column in self.columns if column.code == code), None)

    def name(self, row: str, column: str, language: str = "zh") -> str:
        """How a cell is called in messages: "工业总产值 · 本期"."""
        parts = [line.said(language) for line in (self.row(row), self.column(column)) if line is not None]
        return " · ".join(parts)


def _layout(form: Form, rows: tuple[Row, ...]) -> Layout:
    cells = {}
    for row in rows:
        for column in form.columns:
            if not row.heading and column.code not in row.closed:
                cells[row.code, column.code] = _cell(row, column)
    return Layout(rows, form.columns, cells)


def _cell(row: Row, column: Column) -> CellSpec:
    kind: CellType = row.type or column.type or "amount"
    formula, place = None, Place(row=row.code)
    # Where a total row meets a computed column, the column's formula stands: a total percentage adds no percentages.
    if column.formula:
        formula = parse(column.formula, "number")
    elif row.formula:
        formula, place = parse(row.formula, "number"), Place(column=column.code)
    decimals = row.decimals if row.decimals is not None else column.decimals
    minimum = row.minimum if row.minimum is not None else column.minimum
    add = row.add if row.add is not None else column.add
    return CellSpec(
        row=row.code,
        column=column.code,
        type=kind,
        unit=row.unit or column.unit,
        unit_en=row.unit_en if row.unit else column.unit_en,
        decimals=decimals if decimals is not None else (0 if kind == "count" else 2),
        minimum=Decimal(0) if minimum is None and kind == "count" else minimum,
        maximum=row.maximum if row.maximum is not None else column.maximum,
        formula=formula,
        place=place if formula is not None else Place(row=row.code, column=column.code),
        concept=row.concept or column.concept,
        prefill=row.prefill or column.prefill,
        adds=add if add is not None else kind != "percent",
    )


def _check_cells(form: Form, layout: Layout) -> None:
    """Every name in formulas and checks exists, percentages are formulas, nothing refers to itself."""
    if len(layout.cells) > MOST_CELLS:
        raise ValueError(f"{len(layout.cells)} cells; a form has at most {MOST_CELLS}")
    for cell in layout.cells.values():
        if cell.type == "percent" and cell.formula is None:
            raise ValueError(f"{cell.key}: a percentage is a formula over its numerator and denominator")
        if cell.formula is not None:
            _check_names(cell.formula, cell.place, layout, cell.key)
    for check in form.checks:
        for place in places_of(check, layout)[:1]:
            _check_names(check.parsed, place, layout, f"check {check.code}")
    _check_circles(layout)


def places_of(check: Check, layout: Layout) -> tuple[Place, ...]:
    """Where a check is asked."""
    if check.each == "row":
        return tuple(Place(row=code) for code in layout.input_rows)
    if check.each == "column":
        return tuple(Place(column=code) for code in layout.input_columns)
    return (Place(),)


def _check_names(expression: Expression, place: Place, layout: Layout, where: str) -> None:
    for reference in expression.references():
        row, column = reference.at(place)
        if row != "*" and layout.row(row) is None:
            raise ValueError(f"{where}: {expression.text!r} names no row {row!r}")
        if column != "*" and layout.column(column) is None:
            raise ValueError(f"{where}: {expression.text!r} names no column {column!r}")


def targets(reference: Reference, place: Place, layout: Layout) -> Iterator[tuple[str, str]]:
    """The cells that a reference means at a place."""
    row, column = reference.at(place)
    for one in layout.input_rows if row == "*" else (row,):
        for other in layout.input_columns if column == "*" else (column,):
            yield one, other


def _check_circles(layout: Layout) -> None:
    done: set[tuple[str, str]] = set()

    def visit(key: tuple[str, str], above: tuple[tuple[str, str], ...]) -> None:
        cell = layout.cells.get(key)
        if cell is None or cell.formula is None or key in done:
            return
        if key in above:
            raise ValueError(f"{cell.key}: the formula leads back to itself")
        for reference in cell.formula.references():
            for target in targets(reference, cell.place, layout):
                visit(target, (*above, key))
        done.add(key)

    for key in layout.cells:
        visit(key, ())
