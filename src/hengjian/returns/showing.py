"""The grid of a return as pages, sheets and prints show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.registers.catalogue import register_type
from hengjian.returns.actions.storing import explained
from hengjian.returns.catalogue import form
from hengjian.returns.declarations import CellSpec, Layout
from hengjian.returns.hints import Told, hints_for, number_said, peers_of
from hengjian.returns.lines import Row
from hengjian.returns.models import Cell, Explanation, Objection, Return
from hengjian.returns.prefilling import PREVIOUS
from hengjian.returns.reading import Past, past_of, sheet_of
from hengjian.returns.rules import RANGE, WHOLE, Key, Problem, Sheet, plain_text, problems

SEVERITY_LIGHTS = {"error": "red", "warning": "amber", "hint": "blue"}
STATE_LIGHTS = {
    Return.State.OPEN: "grey",
    Return.State.DRAFT: "blue",
    Return.State.RETURNED: "orange",
    Return.State.COMPLETE: "amber",
    Return.State.CHECKED: "amber",
    Return.State.APPROVED: "green",
    Return.State.CORRECTING: "orange",
}


def language() -> str:
    return get_language() or "zh"


@dataclass(frozen=True)
class ShownCell:
    """One cell of the page. `spec` None: not asked here."""

    spec: CellSpec | None
    label: str = ""
    text: str = ""
    version: int = 0
    origin: str = ""
    source: str = ""
    comment: str = ""
    hint: str = ""
    objection: str = ""
    last: str = ""
    wrong: str = ""

    @property
    def key(self) -> str:
        return self.spec.key if self.spec is not None else ""

    @property
    def hint_id(self) -> str:
        return f"h-{self.key.replace('.', '-')}"


@dataclass(frozen=True)
class ShownRow:
    row: Row
    title: str
    unit: str
    help: str
    cells: list[ShownCell]


@dataclass(frozen=True)
class ShownProblem:
    """A check that does not hold, in words."""

    problem: Problem
    title: str
    where: str
    instruction: str
    light: str
    explanation: str = ""
    open: bool = False

    @property
    def cells(self) -> str:
        return " ".join(f"{row}.{column}" for row, column in self.problem.cells)


@dataclass
class Grid:
    """A return, ready to be shown."""

    entry: Return
    layout: Layout
    sheet: Sheet
    past: Past
    editing: bool = False
    rows: list[ShownRow] = field(default_factory=list)
    problems: list[ShownProblem] = field(default_factory=list)
    hints: Mapping[Key, Told] = field(default_factory=dict)

    @property
    def open_errors(self) -> int:
        return sum(item.open for item in self.problems)


def grid_of(entry: Return, *, editing: bool = False, only: set[Key] | None = None) -> Grid:
    """Everything beside the figures, too: hints, checks, remarks, reasons for sending back.

    Args:
        editing: figures as they were typed, for the input fields; else grouped for reading.
        only: hints for these cells and formulas only; after a cell was saved nobody waits for all.
    """
    past = past_of(entry)
    sheet = sheet_of(entry, past)
    grid = Grid(entry, entry.opening.layout, sheet, past, editing)
    grid.hints = hints_for(sheet, past, peers_of(entry), only)
    grid.problems = shown_problems(entry, sheet)
    wrong = {key: item.light for item in reversed(grid.problems) for key in item.problem.cells}
    cells = {(cell.row, cell.column): cell for cell in Cell.objects.filter(owner=entry)}
    objections: dict[Key, str] = {}
    for one in Objection.objects.filter(owner=entry, settled_at=None):
        objections[one.row, one.column] = one.text
    last = past.sheet(entry.opening.period.previous)
    for row in grid.layout.rows:
        shown = [_cell(grid, cells, objections, wrong, last, row.code, column.code) for column in grid.layout.columns]
        grid.rows.append(
            ShownRow(row, row.said(language()), row.unit_said(language()), row.help_said(language()), shown)
        )
    return grid


def _cell(
    grid: Grid,
    cells: Mapping[Key, Cell],
    objections: Mapping[Key, str],
    wrong: Mapping[Key, str],
    last: Sheet | None,
    row: str,
    column: str,
) -> ShownCell:
    key = (row, column)
    spec = grid.layout.cells.get(key)
    if spec is None:
        return ShownCell(None)
    stored = cells.get(key)
    told = grid.hints.get(key)
    before = last.shown(spec) if last is not None else None
    return ShownCell(
        spec,
        label=grid.layout.name(row, column, language()),
        text=cell_text(grid.sheet, spec) if grid.editing else figure_said(grid.sheet, spec),
        version=stored.version if stored is not None else 0,
        origin=stored.origin if stored is not None and stored.value is not None else "",
        source=source_said(stored.source) if stored is not None else "",
        comment=stored.comment if stored is not None else "",
        hint=told.text if told is not None else "",
        objection=objections.get(key, ""),
        last=number_said(before, spec) if before is not None else "",
        wrong=wrong.get(key, ""),
    )


def figure_said(sheet: Sheet, spec: CellSpec) -> str:
    """A figure for reading: grouped, with the decimals of the cell."""
    value = sheet.shown(spec)
    return "" if value is None else number_said(value, spec)


def source_said(source: str) -> str:
    """Where a figure comes from, in the reader's language."""
    kind, _sep, code = source.partition(":")
    if source == PREVIOUS:
        return _("上期数")
    if source == "facts":
        return _("按台账事实统计")
    try:
        if kind == "form":
            return _("取自“%(form)s”") % {"form": form(code).said(language())}
        if kind == "register":
            return _("取自台账“%(register)s”") % {"register": register_type(code).said(language())}
    except KeyError:
        return code  # a region may take forms and registers out again
    return source


def cell_text(sheet: Sheet, spec: CellSpec) -> str:
    """A figure as the grid holds it: what was typed, formulas with their decimals."""
    value = sheet.shown(spec)
    if value is None:
        return ""
    return plain_text(value) if spec.is_input else number_said(value, spec)


def shown_problems(entry: Return, sheet: Sheet) -> list[ShownProblem]:
    """Checks that do not hold, with what was said about them."""
    known = explained(entry)
    words = {
        (one.check_code, one.row, one.column): one.text
        for one in Explanation.objects.filter(owner=entry, number=entry.number)
    }
    found = []
    for problem in problems(entry.opening.form, sheet):
        current = known.get(problem.key) == problem.basis
        found.append(
            ShownProblem(
                problem,
                *problem_words(problem, entry.opening.layout),
                light=SEVERITY_LIGHTS["hint" if current else problem.severity],
                explanation=words.get(problem.key, "") if current else "",
                open=problem.severity == "error" and not current,
            )
        )
    return found


def problem_words(problem: Problem, layout: Layout) -> tuple[str, str, str]:
    """(what does not hold, where, what to do)."""
    place = problem.place
    line = layout.row(place.row) if place.row else layout.column(place.column) if place.column else None
    where = layout.name(place.row, place.column, language()) if place.row and place.column else ""
    where = where or (line.said(language()) if line is not None else "")
    if problem.check is not None:
        return problem.check.said(language()), where, problem.check.instruction_said(language())
    if problem.code == WHOLE:
        return _("应为整数"), where, _("计数指标不能有小数，请改正。")
    assert problem.code == RANGE
    spec = layout.cells[place.row, place.column]
    low, high = _bound(spec.minimum), _bound(spec.maximum)
    span = f"{low} ～ {high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
    return _("超出允许范围（%(span)s）") % {"span": span}, where, _("请核对数值和计量单位后改正。")


def _bound(value: Decimal | None) -> str:
    return "" if value is None else plain_text(value)


def payload(grid: Grid) -> dict[str, Any]:
    """What the script of the grid needs after cells were saved."""
    return {
        "computed": {cell.key: cell_text(grid.sheet, cell) for cell in grid.layout.cells.values() if not cell.is_input},
        "hints": {f"{row}.{column}": told.text for (row, column), told in grid.hints.items()},
        "wrong": {
            f"{row}.{column}": item.light for item in reversed(grid.problems) for row, column in item.problem.cells
        },
        "filled": len(grid.sheet.values),
        "errors": grid.open_errors,
    }
