"""Tables of official documents in WordprocessingML; built element by element, so that 2,000 rows take a moment."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from docx.oxml.ns import qn

from hengjian.documents import layout as page
from hengjian.documents.official import Table
from hengjian.documents.ooxml import Format, Type, element, fill, paragraph, run

TEXT = qn("w:t")
DENSE_FROM_COLUMNS = 8
CELL_MARGIN_TWIPS = 60
HALF_POINT = 4  # borders are counted in eighths of a point


def widths_in_twips(shares: Sequence[float], total_mm: float) -> list[int]:
    """The columns' widths; together exactly the type area."""
    total, whole = page.twips(total_mm), sum(shares)
    widths = [int(total * share / whole) for share in shares]
    widths[-1] += total - sum(widths)
    return widths


def _borders(size: int) -> Any:
    attributes = {"w:val": "single", "w:sz": size, "w:space": 0, "w:color": "000000"}
    return element(
        "w:tblBorders",
        None,
        *(element(f"w:{edge}", attributes) for edge in ("top", "left", "bottom", "right", "insideH", "insideV")),
    )


def _cell(width: int, content: list[Any]) -> Any:
    properties = element(
        "w:tcPr", None, element("w:tcW", {"w:w": width, "w:type": "dxa"}), element("w:vAlign", {"w:val": "center"})
    )
    return element("w:tc", None, properties, *content)


def _table(widths: Sequence[int], rows: list[Any], borders: Any, cell_margin: int) -> Any:
    margins = (element(f"w:{side}", {"w:w": cell_margin, "w:type": "dxa"}) for side in ("left", "right"))
    properties = element(
        "w:tblPr",
        None,
        element("w:tblW", {"w:w": sum(widths), "w:type": "dxa"}),
        element("w:jc", {"w:val": "center"}),
        borders,
        element("w:tblLayout", {"w:type": "fixed"}),
        element("w:tblCellMar", None, *margins),
    )
    columns = element("w:tblGrid", None, *(element("w:gridCol", {"w:w": width}) for width in widths))
    return element("w:tbl", None, properties, columns, *rows)


def layout_table(cells: list[list[Any]], shares: Sequence[float]) -> Any:
    """One row of cells side by side over the type area, without borders."""
    widths = widths_in_twips(shares, page.TYPE_WIDTH)
    contents = zip(widths, cells, strict=True)
    return _table(widths, [element("w:tr", None, *(_cell(width, content) for width, content in contents))], None, 0)


def _filled(row: Any, values: Sequence[object]) -> Any:
    """The row with its texts in it."""
    for piece, value in zip(list(row.iter(TEXT)), values, strict=True):
        fill(piece, "" if value is None else str(value))
    return row


def table_xml(table: Table, width_mm: float) -> list[Any]:
    """Caption, unit, the table over `width_mm`, its note, and room below.

    Raises:
        ValueError: a row has not as many cells as there are columns.
    """
    columns = table.resolved()
    size = page.DENSE_TABLE_PT if len(columns) >= DENSE_FROM_COLUMNS else page.TABLE_PT
    line = round(size * 1.5 * 20)
    text, head = Type(page.FANGSONG, size), Type(page.HEI, size)
    widths = widths_in_twips([column.width for column in columns], width_mm)

    def row(kind: Type, heading: bool) -> Any:
        forms = [Format(align="center" if heading else column.align, line=line, size_pt=size) for column in columns]
        cells = [_cell(width, [paragraph([run("", kind)], form)]) for width, form in zip(widths, forms, strict=True)]
        # A row is not torn apart; the heading row returns on every page.
        properties = element("w:trPr", None, element("w:cantSplit"), element("w:tblHeader") if heading else None)
        return element("w:tr", None, properties, *cells)

    # Rows are copies of one empty row: making every element anew takes ten times as long.
    rows = [_filled(row(head, heading=True), [column.title for column in columns])]
    empty = row(text, heading=False)
    for position, values in enumerate(table.rows, start=1):
        if len(values) != len(columns):
            raise ValueError(f"row {position} has {len(values)} cells for {len(columns)} columns")
        rows.append(_filled(copy.deepcopy(empty), values))
    nodes = []
    if table.caption:
        form = Format(align="center", keep_next=True, size_pt=page.SMALL_PT)
        nodes.append(paragraph([run(table.caption, Type(page.HEI, page.SMALL_PT))], form))
    if table.unit:
        nodes.append(paragraph([run(table.unit, text)], Format(align="right", line=line, keep_next=True, size_pt=size)))
    nodes.append(_table(widths, rows, _borders(HALF_POINT), CELL_MARGIN_TWIPS))
    nodes.append(
        paragraph([run(table.note, text)] if table.note else [], Format(align="left", line=line, size_pt=size))
    )
    return nodes
