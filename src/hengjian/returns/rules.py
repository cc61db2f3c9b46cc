"""Pure decisions: the figures of a sheet with their formulas, what its checks say, sums over units."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext

from hengjian.returns.declarations import CellSpec, Check, Form, Importance, Layout, Severity, places_of, targets
from hengjian.returns.expressions import Place, Shift

Key = tuple[str, str]
RANGE, WHOLE = "range", "whole"
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")
IMPORTANCES: tuple[Importance, ...] = ("high", "medium", "low")
# What a cell holds at most: 18 digits before the point, 6 behind.
LARGEST, FINEST = Decimal(10) ** 18, 6
_EMPTY = {"", "-", "--", "—", "——", "…", "...", "/", "无"}
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?")


class NotANumber(ValueError):
    """A cell's text is no figure; `code` says why: text, percent, wan, fine, large."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def read_figure(text: str) -> Decimal | None:
    """What somebody typed or pasted: thousands separators, full-width digits and dashes for nothing are understood.

    Raises:
        NotANumber: it is no figure, or one with a unit of its own ("12万", "3%"), which is never guessed at.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace(" ", "").replace("−", "-").replace("\u200b", "")
    if plain in _EMPTY:
        return None
    if plain.endswith("%"):
        raise NotANumber("percent", text)
    if plain.endswith(("万", "亿", "千", "元")):
        raise NotANumber("wan", text)
    if not _NUMBER.fullmatch(plain) or not any(char.isdigit() for char in plain) or not plain.isascii():
        raise NotANumber("text", text)
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        raise NotANumber("text", text) from None
    if abs(value) >= LARGEST:
        raise NotANumber("large", text)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > FINEST:
        raise NotANumber("fine", text)
    return value


@dataclass
class Sheet:
    """The figures of one return, with those of earlier periods behind `prev` and `year`.

    Attributes:
        values: input cells that are filled in.
        length: days of the period.
        earlier: finds the sheet of the last period ("prev") or the year before ("year"), or None.
    """

    layout: Layout
    values: Mapping[Key, Decimal]
    length: int
    earlier: Callable[[str], Sheet | None] = lambda _shift: None
    _known: dict[Key, Decimal | None] = field(default_factory=dict, repr=False)

    def figure(self, row: str, column: str, shift: Shift = ()) -> Decimal | None:
        """The figure of a cell, computed where it is a formula (unrounded)."""
        sheet = self.at(shift)
        return None if sheet is None else sheet.here((row, column))

    def at(self, shift: Shift) -> Sheet | None:
        sheet: Sheet | None = self
        for step in shift:
            sheet = sheet.earlier(step) if sheet is not None else None
        return sheet

    def here(self, key: Key) -> Decimal | None:
        cell = self.layout.cells.get(key)
        if cell is None or cell.formula is None:
            return self.values.get(key) if cell is not None else None
        if key not in self._known:
            with localcontext() as context:
                context.prec = 34
                value = cell.formula.value(self, cell.place)
            self._known[key] = value if isinstance(value, Decimal) else None
        return self._known[key]

    def days(self, shift: Shift) -> Decimal:
        sheet = self.at(shift)
        return Decimal(sheet.length if sheet is not None else self.length)

    def input_rows(self) -> tuple[str, ...]:
        return self.layout.input_rows

    def input_columns(self) -> tuple[str, ...]:
        return self.layout.input_columns

    def shown(self, cell: CellSpec) -> Decimal | None:
        """The figure as it is shown: inputs as they were given, formulas rounded half up to the cell's decimals."""
        value = self.here((cell.row, cell.column))
        return value if value is None or cell.is_input else rounded(value, cell.decimals)

    def rows(self) -> dict[str, dict[str, str]]:
        """row → column → decimal text of every figure that adds up; percentages follow from their parts."""
        found: dict[str, dict[str, str]] = {}
        for cell in self.layout.cells.values():
            value = self.shown(cell) if cell.type != "percent" else None
            if value is not None:
                found.setdefault(cell.row, {})[cell.column] = plain_text(value)
        return found


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def plain_text(value: Decimal) -> str:
    """A decimal without exponent and without zeros at the end of its fraction.

    >>> plain_text(Decimal("1200.50")), plain_text(Decimal("1E+3"))
    ('1200.5', '1000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Problem:
    """A check that does not hold.

    Attributes:
        check: the declared check; None: one of the two that every cell has, named by `code` (range, whole).
        cells: the cells that it is about, for marking them.
        basis: digest of their figures; an explanation given for other figures does not count any more.
    """

    code: str
    severity: Severity
    importance: Importance
    place: Place
    cells: tuple[Key, ...]
    basis: str
    check: Check | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.code, self.place.row, self.place.column)

    @property
    def rank(self) -> tuple[int, int]:
        return SEVERITIES.index(self.severity), IMPORTANCES.index(self.importance)


def problems(form: Form, sheet: Sheet) -> list[Problem]:
    """All checks that do not hold, the gravest first."""
    found = [problem for cell in sheet.layout.inputs for problem in _cell_problems(cell, sheet)]
    for check in form.checks:
        for place in places_of(check, sheet.layout):
            if check.parsed.value(sheet, place) is False:
                cells = tuple(
                    dict.fromkeys(
                        key
                        for reference in check.parsed.references()
                        for key in targets(reference, place, sheet.layout)
                        if key in sheet.layout.cells
                    )
                )
                found.append(
                    Problem(check.code, check.severity, check.importance, place, cells, _basis(sheet, cells), check)
                )
    return sorted(found, key=lambda problem: problem.rank)


def _cell_problems(cell: CellSpec, sheet: Sheet) -> list[Problem]:
    key = (cell.row, cell.column)
    value = sheet.values.get(key)
    if value is None:
        return []
    codes = []
    if (cell.minimum is not None and value < cell.minimum) or (cell.maximum is not None and value > cell.maximum):
        codes.append(RANGE)
    if cell.type == "count" and value != value.to_integral_value():
        codes.append(WHOLE)
    return [Problem(code, "error", "high", Place(*key), (key,), _basis(sheet, (key,))) for code in codes]


def _basis(sheet: Sheet, cells: Iterable[Key]) -> str:
    told = "|".join(f"{row}.{column}={_told(sheet.here((row, column)))}" for row, column in cells)
    return hashlib.sha256(told.encode()).hexdigest()


def _told(value: Decimal | None) -> str:
    return "" if value is None else plain_text(value)


def unexplained(found: Iterable[Problem], explanations: Mapping[tuple[str, str, str], str]) -> list[Problem]:
    """The errors that keep a return from being complete: neither mended nor explained for these very figures.

    Args:
        explanations: (check, row, column) → basis of the figures that were explained.
    """
    return [item for item in found if item.severity == "error" and explanations.get(item.key) != item.basis]


def added_up(layout: Layout, sheets: Iterable[Sheet], length: int) -> Sheet:
    """The figures of several units together: inputs that add are added, formulas are computed again from the sums, so
    that no percentage is ever averaged. A cell that nobody filled in stays empty; one that does not add does, too."""
    sums: dict[Key, Decimal] = {}
    for sheet in sheets:
        for cell in layout.inputs:
            value = sheet.values.get((cell.row, cell.column)) if cell.adds else None
            if value is not None:
                sums[cell.row, cell.column] = sums.get((cell.row, cell.column), Decimal(0)) + value
    return Sheet(layout, sums, length)
