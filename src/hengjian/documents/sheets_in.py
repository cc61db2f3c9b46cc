"""Reading tables that people send: .xlsx, .xls and .csv in any usual encoding, with all faults at once."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal

import python_calamine
from django.utils.translation import gettext as _

from hengjian.documents.uploads import UploadRefused, check_upload

ALLOWED = frozenset({"csv", "txt", "xlsx", "xls"})
MOST_ROWS = 200_000
HEADING_WITHIN = 15  # titles and notes may stand above the heading row
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(:\d{2})?)?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
Kind = Literal["text", "integer", "number", "date"]


@dataclass(frozen=True)
class SheetField:
    """A column that is looked for: the key of its values, its headings, and what its cells must hold.

    A number may be written with thousands commas or a percent sign (85% is 85). `choices` are the only texts allowed.
    """

    name: str
    titles: Sequence[str]
    kind: Kind = "text"
    required: bool = False
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class SheetError:
    """One fault: the row as spreadsheet programs count it (0: the whole sheet), the column's heading, what is wrong."""

    row: int
    column: str
    message: str


@dataclass
class SheetData:
    """What was read: one dict per row, the row's number in the sheet, all faults, headings nobody asked for."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    errors: list[SheetError] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_table(data: bytes, name: str) -> list[list[Any]]:
    """All rows of the first sheet as they stand; cells are str, int, float, bool, date, datetime or "".

    Raises:
        UploadRefused: the file is no table, damaged, or too long.
    """
    checked = check_upload(data, name, ALLOWED)
    if checked.extension in ("csv", "txt"):
        rows = _csv_rows(data, checked.name)
    else:
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, IndexError):
            message = _("“%(name)s”无法作为表格打开，可能已损坏或加了密码。") % {"name": checked.name}
            raise UploadRefused("damaged", message, _("请去掉密码并重新保存后再上传。")) from None
    if len(rows) > MOST_ROWS:
        raise UploadRefused(
            "too_large",
            _("“%(name)s”有 %(count)d 行，最多 %(most)d 行。")
            % {"name": checked.name, "count": len(rows), "most": MOST_ROWS},
            _("请拆成几个文件后分别上传。"),
        )
    return rows


def _csv_rows(data: bytes, name: str) -> list[list[Any]]:
    text = decode(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;，", key=first.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error:
        message = _("“%(name)s”的单元格过长或引号不成对。") % {"name": name}
        raise UploadRefused("damaged", message, _("请用表格软件另存为 .xlsx 后再上传。")) from None


def decode(data: bytes) -> str:
    """Text in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030; `check_upload` has made sure that one fits."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def read_sheet(data: bytes, name: str, fields: Sequence[SheetField]) -> SheetData:
    """The rows under the heading row that names the fields; empty rows are left out.

    A row with a fault is not among the rows but among the errors, each cell with its own; nothing is guessed.

    Raises:
        UploadRefused: the file is no table, damaged, or too long.
    """
    table = read_table(data, name)
    result = SheetData()
    found = _find_heading(table, fields)
    missing = [item.titles[0] for item in fields if item.required and item.name not in found[1]]
    if missing or not found[1]:
        wanted = "、".join(missing or [item.titles[0] for item in fields])
        result.errors.append(SheetError(0, wanted, _("找不到这些列：%(columns)s。") % {"columns": wanted}))
        return result
    at, places = found
    result.ignored = [
        _text(cell) for position, cell in enumerate(table[at]) if _text(cell) and position not in places.values()
    ]
    for number, cells in enumerate(table[at + 1 :], start=at + 2):
        if not any(_text(cell) for cell in cells):
            continue
        values, errors = _read_row(number, cells, fields, places)
        if errors:
            result.errors += errors
        else:
            result.rows.append(values)
            result.numbers.append(number)
    return result


def _find_heading(table: list[list[Any]], fields: Sequence[SheetField]) -> tuple[int, dict[str, int]]:
    """The row that names most fields, and the position of each field in it."""
    best: tuple[int, dict[str, int]] = (0, {})
    for at, cells in enumerate(table[:HEADING_WITHIN]):
        headings = {_heading(_text(cell)): position for position, cell in reversed(list(enumerate(cells)))}
        places = {}
        for item in fields:
            position = next((headings[key] for key in map(_heading, item.titles) if key in headings), None)
            if position is not None:
                places[item.name] = position
        if len(places) > len(best[1]):
            best = (at, places)
    return best


def _heading(text: str) -> str:
    """A heading for comparison: without spaces, marks of required columns, and brackets' shape."""
    return re.sub(r"[\s*＊]", "", text).replace("（", "(").replace("）", ")").casefold()


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell).strip() if cell is not None else ""


def _read_row(
    number: int, cells: list[Any], fields: Sequence[SheetField], places: dict[str, int]
) -> tuple[dict[str, Any], list[SheetError]]:
    values: dict[str, Any] = {}
    errors = []
    for item in fields:
        position = places.get(item.name)
        cell = cells[position] if position is not None and position < len(cells) else ""
        try:
            values[item.name] = _value(cell, item)
        except ValueError as error:
            errors.append(SheetError(number, item.titles[0], str(error)))
    return values, errors


def _value(cell: Any, item: SheetField) -> Any:
    """The cell as its field's kind; None when it is empty. ValueError says what is wrong, in the user's language."""
    text = _text(cell)
    if not text:
        if item.required:
            raise ValueError(_("不能为空。"))
        return None
    if item.choices and text not in item.choices:
        raise ValueError(
            _("“%(value)s”不在可选范围内：%(choices)s。") % {"value": text, "choices": "、".join(item.choices)}
        )
    if item.kind == "text":
        return text
    return _date(cell, text) if item.kind == "date" else _number(cell, text, item.kind == "integer")


def _number(cell: Any, text: str, whole: bool) -> int | float:
    if isinstance(cell, bool | date):
        raise ValueError(_("“%(value)s”不是数字。") % {"value": text})
    cleaned = text.replace(",", "").replace("，", "").removesuffix("%").removesuffix("％").strip()
    # float() would also take "nan", "inf" and "1_000".
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", cleaned):
        raise ValueError(_("“%(value)s”不是数字。") % {"value": text})
    value = float(cleaned)
    if not whole:
        return value
    if not value.is_integer():
        raise ValueError(_("“%(value)s”不是整数。") % {"value": text})
    return int(value)


def _date(cell: Any, text: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise ValueError(_("“%(value)s”不是日期，请写成 2026-01-05 或 2026年1月5日。") % {"value": text})
