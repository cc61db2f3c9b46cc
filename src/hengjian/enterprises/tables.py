"""Delivered tables: the heading row, the rows under it, and which field each column probably is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from hengjian.documents.sheets_in import HEADING_WITHIN, read_table
from hengjian.enterprises.fields import BY_CODE, FIELDS

LONGEST_HEADING = 80
Cells = dict[str, str]


class SheetFault(Exception):
    """The table as a whole cannot be used; the message says why, in the user's language."""


@dataclass
class Sheet:
    """A table as delivered.

    Attributes:
        headings: of the columns that have one, in their order, each once.
        rows: (row number as spreadsheet programs count it, {heading: text}), empty rows left out.
    """

    headings: list[str]
    rows: list[tuple[int, Cells]] = field(default_factory=list)

    def samples(self, heading: str, most: int = 3) -> list[str]:
        """A few different values of a column, for people who assign it."""
        found: dict[str, None] = {}
        for _number, cells in self.rows[:200]:
            if text := cells.get(heading, ""):
                found[text] = None
                if len(found) == most:
                    break
        return list(found)


def read(data: bytes, name: str) -> Sheet:
    """Read .xlsx, .xls or .csv in any usual encoding.

    Raises:
        UploadRefused: the file is no table, damaged, or too long.
        SheetFault: it has no heading row or nothing under it.
    """
    table = read_table(data, name)
    at = _heading_row(table)
    places: dict[str, int] = {}
    for position, cell in enumerate(table[at] if table else ()):
        heading = text_of(cell)[:LONGEST_HEADING]
        if heading:
            places.setdefault(heading, position)
    if len(places) < 2:
        raise SheetFault(_("表中找不到列名行：请在第一行写明各列的名称，至少有名称和代码两列。"))
    sheet = Sheet(list(places))
    for number, cells in enumerate(table[at + 1 :], start=at + 2):
        row = {
            heading: text for heading, place in places.items() if place < len(cells) and (text := text_of(cells[place]))
        }
        if row:
            sheet.rows.append((number, row))
    if not sheet.rows:
        raise SheetFault(_("列名行下面没有数据。请从列名下一行开始填写。"))
    return sheet


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without fraction, dates as 2026-07-31."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | datetime):
        return cell.isoformat(sep=" ", timespec="minutes") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell).strip() if cell is not None else ""


def _heading_row(table: Sequence[Sequence[Any]]) -> int:
    """The row among the first that names most fields; else the first with at least two texts."""
    best, found = 0, 0
    for at, cells in enumerate(table[:HEADING_WITHIN]):
        known = len(suggest([text_of(cell) for cell in cells]))
        if known > found:
            best, found = at, known
    if found:
        return best
    return next(
        (at for at, cells in enumerate(table[:HEADING_WITHIN]) if sum(bool(text_of(cell)) for cell in cells) > 1), 0
    )


def suggest(headings: Sequence[str]) -> dict[str, str]:
    """Heading → field, by the names that departments use; each field once, the surest heading first."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for exact in (True, False):
        for heading in headings:
            if heading in found:
                continue
            code = next((item for item in _meant(heading, exact) if item not in taken), None)
            if code is not None:
                found[heading] = code
                taken.add(code)
    return found


def _meant(heading: str, exact: bool) -> Iterator[str]:
    """Fields that a heading may mean; not exact: the heading contains a name of three characters or more."""
    plain = _plain(heading)
    if not plain:
        return
    hits = [
        (0 if plain == known else -len(known), item.code)
        for item in FIELDS
        for known in map(_plain, item.headings)
        if plain == known or (not exact and len(known) >= 3 and known in plain)
    ]
    # The longest name that it contains says most.
    yield from (code for _rank, code in sorted(hits))


def _plain(heading: str) -> str:
    return re.sub(r"[\s*＊_]", "", heading).replace("（", "(").replace("）", ")").casefold()


def checked(columns: Mapping[str, str], headings: Sequence[str]) -> dict[str, str]:
    """Columns of a template that the sheet has, with fields that exist, each once.

    Raises:
        SheetFault: no column is the name, or two columns are the same field.
    """
    found = {heading: code for heading, code in columns.items() if heading in headings and code in BY_CODE}
    fields = list(found.values())
    if twice := sorted({str(BY_CODE[code].title) for code in fields if fields.count(code) > 1}):
        raise SheetFault(_("这些字段对应了不止一列：%(fields)s。每个字段只能对应一列。") % {"fields": "、".join(twice)})
    if "name" not in fields:
        raise SheetFault(_("没有指定哪一列是“名称”。请为“名称”选定一列。"))
    return found
