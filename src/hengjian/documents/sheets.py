"""Tables as files: .xlsx and .csv out, safe from formulas in text; see `sheets_in` for reading."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from django.utils import timezone

from hengjian.documents.layout import width_in_characters
from hengjian.documents.sheets_in import SheetData, SheetError, SheetField, read_sheet

__all__ = ["SheetColumn", "SheetData", "SheetError", "SheetField", "read_sheet", "write_csv", "write_xlsx"]

LONGEST_CELL = 32767  # Excel's own limit
WIDEST, NARROWEST = 60.0, 6.0
SAMPLE_ROWS = 200
# Spreadsheet programs run a cell that begins like this; a plain number may begin so, too.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")
FORMATS = {"text": "@", "number": "#,##0.##########", "integer": "#,##0", "percent": '0.0"%"', "date": "yyyy-mm-dd"}
Kind = Literal["text", "number", "integer", "percent", "date"]


@dataclass(frozen=True)
class SheetColumn:
    """A column: its heading, its width in half-width characters (None: from the content), how its cells are shown.

    A percent is given as it is read: 93.5 for 93.5 %. Without `kind` each cell is shown by what it is.
    """

    title: str
    width: float | None = None
    kind: Kind | None = None


def _resolved(columns: Sequence[str | SheetColumn]) -> list[SheetColumn]:
    return [column if isinstance(column, SheetColumn) else SheetColumn(str(column)) for column in columns]


def _plain(value: Any) -> Any:
    """What a cell holds: None, bool as 是/否, a number, a local naive datetime, a date, or text (also lazy text)."""
    if value is None or (isinstance(value, int | float | Decimal | date) and not isinstance(value, bool | datetime)):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    return str(value)


def write_xlsx(
    columns: Sequence[str | SheetColumn],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    notes: Sequence[str] = (),
    sheet: str = "Sheet1",
) -> bytes:
    """A workbook with one sheet: title, notes, a frozen heading row with filters, the rows.

    Text is always written as text, so a cell that begins with "=" is no formula. Memory stays flat for long tables; the
    same input gives the same bytes.

    Raises:
        ValueError: a row has not as many cells as there are columns.
    """
    resolved = _resolved(columns)
    tail = iter(rows)
    head = list(itertools.islice(tail, SAMPLE_ROWS))  # decides the widths
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"constant_memory": True, "default_date_format": FORMATS["date"]})
    # Otherwise the file would carry the moment of writing.
    book.set_properties({"created": datetime(2000, 1, 1)})
    page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", sheet)[:31] or "Sheet1")
    styles: dict[str, Any] = {
        name: book.add_format({"num_format": text, "valign": "top"}) for name, text in FORMATS.items()
    }
    styles["text"].set_text_wrap()
    styles["moment"] = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
    bold = book.add_format({"bold": True, "font_size": 14})
    heading = book.add_format(
        {"bold": True, "bg_color": "#F1F5FA", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    )
    for position, column in enumerate(resolved):
        page.set_column(position, position, column.width or _fitting_width(column.title, position, head))
    at = 0
    for text, style in [(title, bold), *((note, None) for note in notes)]:
        if text:
            page.write_string(at, 0, text, style)
            at += 1
    page.freeze_panes(at + 1, 0)
    for position, column in enumerate(resolved):
        page.write_string(at, position, column.title, heading)
    first = at
    for row in itertools.chain(head, tail):
        at += 1
        if len(row) != len(resolved):
            raise ValueError(f"row {at - first} has {len(row)} cells for {len(resolved)} columns")
        for position, (column, value) in enumerate(zip(resolved, row, strict=True)):
            _write_cell(page, at, position, _plain(value), column.kind, styles)
    page.autofilter(first, 0, max(at, first + 1), max(len(resolved) - 1, 0))
    book.close()
    return output.getvalue()


def _write_cell(page: Any, row: int, column: int, value: Any, kind: Kind | None, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        page.write_datetime(row, column, value, styles["moment"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, styles["date"])
    elif isinstance(value, int | float | Decimal):
        number = float(value)
        if number != number or number in (float("inf"), float("-inf")):
            return
        fallback = "integer" if isinstance(value, int) else "number"
        page.write_number(row, column, number, styles[kind if kind and kind != "text" else fallback])
    else:
        text = value if len(value) <= LONGEST_CELL else value[: LONGEST_CELL - 1] + "…"
        page.write_string(row, column, text, styles["text"])


def _fitting_width(title: str, position: int, head: list[Sequence[Any]]) -> float:
    """Wide enough for the heading and the first rows; a Chinese character takes two places."""
    texts = [title, *(str(_plain(row[position])) for row in head if position < len(row) and row[position] is not None)]
    widest = max(2 * width_in_characters(line) for text in texts for line in (text.splitlines() or [""]))
    return min(WIDEST, max(NARROWEST, widest + 3))


def write_csv(columns: Sequence[str | SheetColumn], rows: Iterable[Sequence[Any]]) -> bytes:
    """Comma-separated, UTF-8 with BOM (Excel then reads Chinese), CRLF.

    Text that a spreadsheet program would run as a formula gets an apostrophe in front.

    Raises:
        ValueError: a row has not as many cells as there are columns.
    """
    resolved = _resolved(columns)
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow([_defused(column.title) for column in resolved])
    for number, row in enumerate(rows, start=1):
        if len(row) != len(resolved):
            raise ValueError(f"row {number} has {len(row)} cells for {len(resolved)} columns")
        writer.writerow([_csv_cell(value) for value in row])
    return b"\xef\xbb\xbf" + output.getvalue().encode("utf-8")


def _csv_cell(value: Any) -> Any:
    plain = _plain(value)
    if isinstance(plain, datetime):
        return plain.isoformat(sep=" ", timespec="minutes")
    return _defused(plain) if isinstance(plain, str) else plain


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(RISKY) and not NUMBER.fullmatch(text) else text
