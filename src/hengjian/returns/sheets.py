"""A return as a sheet: out with the layout of the form and locked headings, in again from the same layout."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from hengjian.documents.sheets_in import read_table
from hengjian.returns.actions.filling import CellInput, refusal
from hengjian.returns.declarations import CellSpec, Layout
from hengjian.returns.models import Cell, Return
from hengjian.returns.rules import NotANumber, Sheet, read_figure
from hengjian.returns.showing import language

CODE = ("代码", "Code")
SURROUND = 3  # code, name, unit stand before the figures


def write_sheet(layout: Layout, sheet: Sheet | None, title: str, notes: Sequence[str], *, locked: bool = True) -> bytes:
    """The form as a workbook: what is typed is open, headings and formulas are locked. The same figures give the same
    bytes.

    Args:
        sheet: the figures; None: an empty form.
        locked: whether only input cells may be typed into.
    """
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output)
    book.set_properties({"created": datetime(2000, 1, 1)})
    page = book.add_worksheet("Sheet1")
    formats = _Formats(book)
    page.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    for at, note in enumerate(notes, start=1):
        page.write_string(at, 0, note)
    top = len(notes) + 1
    headings = [_(CODE[0]), _("指标"), _("计量单位"), *(column.said(language()) for column in layout.columns)]
    for at, heading in enumerate(headings):
        page.write_string(top, at, heading, formats.heading)
    for number, row in enumerate(layout.rows, start=top + 1):
        page.write_string(number, 0, row.code, formats.quiet)
        page.write_string(number, 1, "　" * row.indent + row.said(language()), formats.name)
        page.write_string(number, 2, row.unit_said(language()), formats.quiet)
        for at, column in enumerate(layout.columns, start=SURROUND):
            spec = layout.cell(row.code, column.code)
            value = sheet.shown(spec) if sheet is not None and spec is not None else None
            style = formats.of(spec)
            if value is None:
                page.write_blank(number, at, None, style)
            else:
                page.write_number(number, at, float(value), style)
    page.set_column(0, 0, 12)
    page.set_column(1, 1, 34)
    page.set_column(2, 2, 10)
    page.set_column(SURROUND, SURROUND + len(layout.columns) - 1, 14)
    page.freeze_panes(top + 1, 2)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    if locked:
        page.protect("", {"format_columns": True, "format_rows": True})
    book.close()
    return output.getvalue()


class _Formats:
    """The formats of a workbook, made once each."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.heading = book.add_format({"bold": True, "bg_color": "#F1F5FA", "border": 1, "text_wrap": True})
        self.name = book.add_format({"border": 1, "text_wrap": True})
        self.quiet = book.add_format({"border": 1, "font_color": "#57606A"})
        self.closed = book.add_format({"border": 1, "bg_color": "#ECEEF1"})
        self.made: dict[tuple[int, bool], Any] = {}

    def of(self, spec: CellSpec | None) -> Any:
        if spec is None:
            return self.closed
        key = (spec.decimals, spec.is_input)
        if key not in self.made:
            zeros = f".{'0' * spec.decimals}" if spec.decimals else ""
            look = {"num_format": f"#,##0{zeros}", "border": 1, "locked": not spec.is_input}
            self.made[key] = self.book.add_format(look if spec.is_input else {**look, "bg_color": "#F6F7F9"})
        return self.made[key]


@dataclass
class Incoming:
    """What a file brings: cells that change, faults by row of the file, columns nobody asked for."""

    cells: list[CellInput] = field(default_factory=list)
    changes: list[tuple[str, Decimal | None, Decimal | None]] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_return(entry: Return, data: bytes, name: str) -> Incoming:
    """Compare a file in the layout of the form with the return; nothing is saved.

    Rows are found by their code, columns by their heading in either language; order does not matter.

    Raises:
        UploadRefused: the file is no table, damaged, or too long.
    """
    layout = entry.opening.layout
    table = read_table(data, name)
    result = Incoming()
    heading = next((at for at, row in enumerate(table) if row and _text(row[0]) in CODE), None)
    if heading is None:
        result.faults.append((0, "", _("找不到以“代码”开头的表头行；请使用本页导出的表格。")))
        return result
    columns = _columns(layout, table[heading], result)
    known = {(cell.row, cell.column): cell for cell in Cell.objects.filter(owner=entry)}
    rows = {row.code for row in layout.rows}
    for number, row in enumerate(table[heading + 1 :], start=heading + 2):
        code = _text(row[0]) if row else ""
        if not code:
            continue
        if code not in rows:
            result.faults.append((number, code, _("报表里没有这一行。")))
            continue
        for at, column in columns.items():
            spec = layout.cell(code, column)
            if spec is not None and spec.is_input and at < len(row):
                _take(result, layout, known.get((code, column)), spec, number, _text(row[at]))
    return result


def _columns(layout: Layout, heading: list[Any], result: Incoming) -> dict[int, str]:
    titles = {title: column.code for column in layout.columns for title in (column.title, column.title_en) if title}
    found: dict[int, str] = {}
    for at, cell in enumerate(heading):
        text = _text(cell)
        if text in titles and titles[text] not in found.values():
            found[at] = titles[text]
        elif at >= SURROUND and text:
            result.ignored.append(text)
    missing = [
        column.said(language()) for column in layout.columns if not column.formula and column.code not in found.values()
    ]
    if missing:
        result.faults.append((0, "", _("找不到这些列：%(columns)s。") % {"columns": "、".join(missing)}))
    return found


def _take(result: Incoming, layout: Layout, cell: Cell | None, spec: CellSpec, number: int, text: str) -> None:
    label = layout.name(spec.row, spec.column, language())
    try:
        value = read_figure(text)
    except NotANumber as error:
        result.faults.append((number, label, refusal(error)))
        return
    before = cell.value if cell is not None else None
    # An empty cell of a file says nothing; to empty a figure use the grid.
    if value is None or value == before:
        return
    result.cells.append(CellInput(spec.row, spec.column, text, cell.version if cell is not None else 0))
    result.changes.append((label, before, value))


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        # As the spreadsheet shows it: 0.1 + 0.2 is 0.3 there.
        text = f"{cell:.10f}" if abs(cell) < 1e6 else f"{cell:.4f}"
        return text.rstrip("0").rstrip(".")
    return str(cell).strip()
