"""Tile grid maps: no boundary data, the figure printed in the tile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hengjian.methods.charts.base import PALETTE, Meta, TableColumn, number, require, spec


def tile_map(
    rows: Sequence[Mapping[str, Any]],
    meta: Meta,
    *,
    name: str = "name",
    value: str = "value",
    breaks: Sequence[float] = (),
    name_title: str = "地区",
) -> dict[str, Any]:
    """One tile per region in a grid with its figure printed in it: a map without boundary data.

    Args:
        rows: {name, value (None: not reported), "column": 0…, "row": 0…}.
        breaks: three ascending lower bounds of the second to fourth class; thirds of the maximum when empty.

    Raises:
        ValueError: no rows, incomplete rows, two regions in one tile, or breaks that do not ascend.
    """
    require(rows, [name, value, "column", "row"])
    places = [(row["column"], row["row"]) for row in rows]
    if len(set(places)) != len(places):
        raise ValueError("two regions share one tile")
    if list(breaks) != sorted(set(breaks)) or len(breaks) not in (0, 3):
        raise ValueError("breaks must be three ascending numbers")
    known = [float(row[value]) for row in rows if row[value] is not None]
    top = max(known, default=0.0)
    bounds = list(breaks) or [top * share for share in (1 / 3, 2 / 3, 0.999)]
    fills = [PALETTE["ink-50"], PALETTE["bronze-50"], PALETTE["bronze-200"], PALETTE["bronze-700"]]
    values = []
    for row in rows:
        amount = row[value]
        level = 0 if amount is None or (top <= 0 and not breaks) else sum(float(amount) >= bound for bound in bounds)
        values.append(
            {
                name: row[name],
                "column": row["column"],
                "row": row["row"],
                "fill": fills[level],
                "ink": PALETTE["n-0"] if level == 3 else PALETTE["n-900"],
                "label": "—" if amount is None else number(float(amount)),
            }
        )
    across = {"field": "column", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.06}}
    down = {"field": "row", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.08}}

    def words(field: str, dy: int, size: int, weight: int) -> dict[str, Any]:
        return {
            "mark": {"type": "text", "dy": dy, "fontSize": size, "fontWeight": weight},
            "encoding": {
                "x": across,
                "y": down,
                "text": {"field": field, "type": "nominal"},
                "color": {"field": "ink", "type": "nominal", "scale": None},
            },
        }

    body = {
        "width": {"step": 88},
        "height": {"step": 64},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 4, "stroke": PALETTE["n-300"]},
                "encoding": {"x": across, "y": down, "color": {"field": "fill", "type": "nominal", "scale": None}},
            },
            words(name, -10, 13, 400),
            words("label", 12, 16, 600),
        ],
    }
    twin = sorted(rows, key=lambda row: (row[value] is None, -float(row[value] or 0)))
    most = f"{twin[0][name]} {number(max(known))}{meta.unit}" if known else ""
    highest = f"，最多为{most}" if known else "，均未报送"
    columns = [TableColumn(name, name_title), TableColumn(value, meta.unit, True)]
    table = [{name: row[name], value: row[value]} for row in twin]
    return spec(meta, table, columns, f"{meta.title}，{meta.period}{highest}。方块示意，不代表行政区域边界", body)
