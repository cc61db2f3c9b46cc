"""Tile grid maps: no boundary data, the figure printed in the tile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hengjian.methods.charts.base import PALETTE, Meta, TableColumn, number, require, spec


def classes(values: Sequence[float | None], breaks: Sequence[float] = ()) -> tuple[list[int], list[float]]:
    """The shade of every value, 0 (lightest, also for what is not reported) to 3; the lower bounds of shades 1 to 3.

    Without `breaks` counts that reach down to zero are cut at thirds of the greatest, other figures (rates between 92
    and 97) at quarters of what occurs: thirds of 97 would shade every region alike.

    Raises:
        ValueError: breaks that do not ascend.
    """
    if list(breaks) != sorted(set(breaks)) or len(breaks) not in (0, 3):
        raise ValueError("breaks must be three ascending numbers")
    known = [value for value in values if value is not None]
    if not known or (max(known) == min(known) and not breaks):
        return [0] * len(values), list(breaks)
    low, top = min(known), max(known)
    if breaks:
        bounds = list(breaks)
    elif 0 <= low <= top / 2:
        bounds = [top * share for share in (1 / 3, 2 / 3, 0.999)]
    else:
        bounds = [low + (top - low) * share for share in (0.25, 0.5, 0.75)]
    return [0 if value is None else sum(value >= bound for bound in bounds) for value in values], bounds


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
        rows: {name, value (None: not reported), "column": 0…, "row": 0…}, and "label" where the figure is to be
            written otherwise than with up to two decimals.
        breaks: three ascending lower bounds of the second to fourth class; see `classes` when empty.

    Raises:
        ValueError: no rows, incomplete rows, two regions in one tile, or breaks that do not ascend.
    """
    require(rows, [name, value, "column", "row"])
    places = [(row["column"], row["row"]) for row in rows]
    if len(set(places)) != len(places):
        raise ValueError("two regions share one tile")
    known = [float(row[value]) for row in rows if row[value] is not None]
    levels, _bounds = classes([None if row[value] is None else float(row[value]) for row in rows], breaks)
    fills = [PALETTE["ink-50"], PALETTE["bronze-50"], PALETTE["bronze-200"], PALETTE["bronze-700"]]
    values = []
    for row, level in zip(rows, levels, strict=True):
        amount = row[value]
        values.append(
            {
                name: row[name],
                "column": row["column"],
                "row": row["row"],
                "fill": fills[level],
                "ink": PALETTE["n-0"] if level == 3 else PALETTE["n-900"],
                "label": row.get("label") or ("—" if amount is None else number(float(amount))),
            }
        )

    def grid(place: str, padding: float) -> dict[str, Any]:
        # An empty column keeps its room: the layout is the map.
        used = [int(row[place]) for row in rows]
        scale = {"domain": list(range(min(used), max(used) + 1)), "paddingInner": padding}
        return {"field": place, "type": "ordinal", "axis": None, "scale": scale}

    across, down = grid("column", 0.06), grid("row", 0.08)

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
