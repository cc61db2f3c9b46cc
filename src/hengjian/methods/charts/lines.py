"""Lines: one series with its target, several as small multiples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hengjian.methods.charts.base import PALETTE, Meta, TableColumn, number, require, spec


def line_with_target(
    rows: Sequence[Mapping[str, Any]],
    meta: Meta,
    *,
    x: str = "period",
    y: str = "value",
    target: float | None = None,
    target_label: str = "目标",
    x_title: str = "时期",
    y_title: str = "数值",
) -> dict[str, Any]:
    """A line over time with its points labelled, and the target as a bronze rule.

    Args:
        rows: {x: label, y: number or None}; None leaves a gap (not reported), never a zero.
        target: drawn when given.

    Raises:
        ValueError: no rows, or a row without x or y.
    """
    require(rows, [x, y])
    known = [float(row[y]) for row in rows if row[y] is not None]
    values = [
        {x: row[x], y: row[y], "label": "" if row[y] is None else number(float(row[y])), "order": i}
        for i, row in enumerate(rows)
    ]
    axis = {"labelAngle": 0, "labelOverlap": "parity", "labelSeparation": 6}
    across = {"field": x, "type": "ordinal", "sort": [row[x] for row in rows], "title": None, "axis": axis}
    # Figures near zero (counts) stand on zero; an index that moves between 95 and 98 shows its movement.
    from_zero = bool(known) and 0 <= min(known) <= max(known) / 2
    scale = {"zero": True, "nice": True} if from_zero else {"zero": False, "nice": True, "padding": 12}
    up = {"field": y, "type": "quantitative", "title": meta.unit, "scale": scale}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": values},
            "mark": {
                "type": "line",
                "color": PALETTE["ink-700"],
                "strokeWidth": 2,
                "invalid": "break-paths-show-domains",
            },
            "encoding": {"x": across, "y": up},
        },
        {
            "data": {"values": [value for value in values if value[y] is not None]},
            "mark": {"type": "point", "filled": True, "size": 50, "color": PALETTE["ink-700"], "opacity": 1},
            "encoding": {"x": across, "y": up, "tooltip": [{"field": x}, {"field": y, "type": "quantitative"}]},
        },
        {
            "data": {"values": [value for value in values if value[y] is not None]},
            "mark": {"type": "text", "dy": -11},
            "encoding": {"x": across, "y": up, "text": {"field": "label", "type": "nominal"}},
        },
    ]
    if target is not None:
        words = f"{target_label} {number(target)}"
        layers += [
            {
                "data": {"values": [{"target": target}]},
                "mark": {"type": "rule", "color": PALETTE["bronze-700"], "strokeWidth": 2, "strokeDash": [6, 3]},
                "encoding": {"y": {"field": "target", "type": "quantitative", "title": meta.unit}},
            },
            {
                "data": {"values": [{"target": target, "label": words, x: rows[-1][x]}]},
                "mark": {
                    "type": "text",
                    "align": "right",
                    "dx": 24,
                    "dy": -6,
                    "color": PALETTE["bronze-700"],
                    "fontWeight": 600,
                },
                "encoding": {
                    "x": across,
                    "y": {"field": "target", "type": "quantitative"},
                    "text": {"field": "label", "type": "nominal"},
                },
            },
        ]
    columns = [TableColumn(x, x_title), TableColumn(y, f"{y_title}（{meta.unit}）", True)]
    summary = f"{meta.title}，{meta.period}"
    if known:
        summary += f"：最近 {number(known[-1])}，最低 {number(min(known))}，最高 {number(max(known))}（{meta.unit}）"
    if target is not None:
        summary += f"，{target_label} {number(target)}"
    return spec(meta, rows, columns, summary, {"width": 560, "height": 240, "layer": layers})


def small_multiples(
    rows: Sequence[Mapping[str, Any]],
    meta: Meta,
    *,
    panel: str = "name",
    x: str = "period",
    y: str = "value",
    columns: int = 3,
    panel_title: str = "地区",
    x_title: str = "时期",
    y_title: str = "数值",
) -> dict[str, Any]:
    """The same small line once per region or unit, on one scale, the last value printed.

    Args:
        rows: {panel, x, y}; panels and periods appear in the order of the rows; y None leaves a gap.
        columns: panels side by side.

    Raises:
        ValueError: no rows or incomplete rows.
    """
    require(rows, [panel, x, y])
    panels = list(dict.fromkeys(row[panel] for row in rows))
    periods = list(dict.fromkeys(row[x] for row in rows))
    last: dict[Any, Mapping[str, Any]] = {row[panel]: row for row in rows if row[y] is not None}
    values = [
        {
            panel: row[panel],
            x: row[x],
            y: row[y],
            "label": number(float(row[y])) if last.get(row[panel]) is row else "",
        }
        for row in rows
    ]
    across = {
        "field": x,
        "type": "ordinal",
        "sort": periods,
        "title": None,
        "axis": {"labelAngle": 0, "values": [periods[0], periods[-1]], "ticks": False},
    }
    up = {"field": y, "type": "quantitative", "title": None, "axis": {"tickCount": 3}}
    body = {
        "data": {"values": values},
        "facet": {"field": panel, "type": "nominal", "sort": panels, "title": None},
        "columns": columns,
        "spacing": 20,
        "spec": {
            "width": 170,
            "height": 90,
            "layer": [
                {
                    "mark": {"type": "line", "color": PALETTE["ink-700"], "strokeWidth": 2},
                    "encoding": {"x": across, "y": up},
                },
                {
                    "transform": [{"filter": "datum.label !== ''"}],
                    "mark": {"type": "point", "filled": True, "size": 40, "color": PALETTE["ink-700"], "opacity": 1},
                    "encoding": {"x": across, "y": up},
                },
                {
                    "transform": [{"filter": "datum.label !== ''"}],
                    "mark": {"type": "text", "dy": -10, "align": "right", "dx": 4},
                    "encoding": {"x": across, "y": up, "text": {"field": "label", "type": "nominal"}},
                },
            ],
        },
    }
    twin_columns = [
        TableColumn(panel, panel_title),
        TableColumn(x, x_title),
        TableColumn(y, f"{y_title}（{meta.unit}）", True),
    ]
    ends = "；".join(f"{key} {number(float(row[y]))}" for key, row in list(last.items())[:6])
    return spec(meta, rows, twin_columns, f"{meta.title}，{meta.period}，最近值：{ends}（{meta.unit}）", body)


#: How the series of one picture differ besides colour.
_DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4])
_INKS = ("ink-700", "bronze-500", "green", "grey", "orange", "blue")


def several_lines(
    rows: Sequence[Mapping[str, Any]],
    meta: Meta,
    *,
    series: str = "series",
    x: str = "period",
    y: str = "value",
    series_title: str = "系列",
    x_title: str = "时期",
    y_title: str = "数值",
) -> dict[str, Any]:
    """Two to six series of one unit on one axis, told apart by colour, stroke and legend; of up to three the last value
    is printed.

    Args:
        rows: {series, x, y}; series and periods appear in the order of the rows; y None leaves a gap.

    Raises:
        ValueError: no rows, incomplete rows, or more than six series.
    """
    require(rows, [series, x, y])
    names = list(dict.fromkeys(row[series] for row in rows))
    if len(names) > len(_INKS):
        raise ValueError(f"{len(names)} lines in one picture cannot be told apart; use small multiples")
    last: dict[Any, Mapping[str, Any]] = {row[series]: row for row in rows if row[y] is not None}
    values = [
        {
            series: row[series],
            x: row[x],
            y: row[y],
            # The ends of many lines lie too close for words; the table has them.
            "label": number(float(row[y])) if last.get(row[series]) is row and len(names) <= 3 else "",
        }
        for row in rows
    ]
    across = {
        "field": x,
        "type": "ordinal",
        "sort": list(dict.fromkeys(row[x] for row in rows)),
        "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": "parity", "labelSeparation": 6},
    }
    up = {
        "field": y,
        "type": "quantitative",
        "title": meta.unit,
        "scale": {"zero": False, "nice": True, "padding": 12},
    }
    inks = {"domain": names, "range": [PALETTE[ink] for ink in _INKS[: len(names)]]}
    dashes = {"domain": names, "range": list(_DASHES[: len(names)])}
    told = {
        "color": {"field": series, "type": "nominal", "scale": inks, "sort": names},
        "strokeDash": {"field": series, "type": "nominal", "scale": dashes, "sort": names},
    }
    body = {
        "width": 560,
        "height": 240,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains"},
                "encoding": {"x": across, "y": up, **told},
            },
            {
                "transform": [{"filter": f"isValid(datum['{y}'])"}],
                "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1},
                "encoding": {"x": across, "y": up, "color": told["color"]},
            },
            {
                "transform": [{"filter": "datum.label !== ''"}],
                "mark": {"type": "text", "dy": -10},
                "encoding": {"x": across, "y": up, "text": {"field": "label", "type": "nominal"}},
            },
        ],
    }
    columns = [
        TableColumn(series, series_title),
        TableColumn(x, x_title),
        TableColumn(y, f"{y_title}（{meta.unit}）", True),
    ]
    ends = "；".join(f"{key} {number(float(row[y]))}" for key, row in last.items())
    twin = [{series: row[series], x: row[x], y: row[y]} for row in rows]
    return spec(meta, twin, columns, f"{meta.title}，{meta.period}，最近值：{ends}（{meta.unit}）", body)
