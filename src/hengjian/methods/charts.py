"""Charts as Vega-Lite specifications: pure functions from rows to dict.

Under `usermeta.hengjian` a specification carries what every published figure needs beside its picture: title, unit,
source, period, data time, the rows, the columns of the table twin and one sentence that says what is shown. Pages render
it as inline SVG, official documents as PNG; both read the same dict. Nothing here renders, fetches or reads a clock.

Rules kept by all: text labels on the marks (colour is never the only cue), order given by the rows (no sorting in the
renderer), one font list with a CJK face (a missing one would leave labels blank), data inline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
META_KEY = "hengjian"
#: Server-side rendering needs a face by name; browsers fall through to their own.
FONTS = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, Source Han Sans SC, sans-serif"

# The palette of the visual language (pages/static/pages/tokens.css); a test compares the two.
PALETTE = {
    "ink-900": "#12233b",
    "ink-700": "#1f4373",
    "ink-600": "#2b5a96",
    "ink-200": "#c2d1e4",
    "ink-50": "#f1f5fa",
    "bronze-700": "#7a4e1f",
    "bronze-500": "#a8712f",
    "bronze-200": "#e6d0ae",
    "bronze-50": "#faf3e6",
    "n-900": "#171c24",
    "n-600": "#57606a",
    "n-300": "#c8cdd4",
    "n-200": "#dee2e7",
    "n-0": "#fff",
    "green": "#1a7f37",
    "amber": "#9a6700",
    "orange": "#bc4c00",
    "red": "#cf222e",
    "blue": "#0b57d0",
    "grey": "#57606a",
}
#: States of a task in the order in which they are stacked, with their words in Chinese and English.
STATES: tuple[tuple[str, str, str], ...] = (
    ("blue", "已办结", "Closed"),
    ("green", "正常", "On schedule"),
    ("orange", "临期", "Due soon"),
    ("amber", "滞后", "Behind"),
    ("red", "严重滞后或逾期", "Overdue"),
    ("grey", "未启动", "Not started"),
)


@dataclass(frozen=True)
class Meta:
    """What a figure must say about itself.

    Raises:
        ValueError: a part is empty.
    """

    title: str
    unit: str
    period: str
    source: str
    data_time: str

    def __post_init__(self) -> None:
        for name in ("title", "unit", "period", "source", "data_time"):
            if not str(getattr(self, name)).strip():
                raise ValueError(
                    f"a chart needs its {name}: a figure never stands without unit, period, source and data time"
                )


@dataclass(frozen=True)
class TableColumn:
    """A column of the table twin; numbers align right."""

    field: str
    title: str
    numeric: bool = False


def config() -> dict[str, Any]:
    """The look that all charts share."""
    label = {"labelFont": FONTS, "titleFont": FONTS, "labelFontSize": 13, "titleFontSize": 13}
    return {
        "font": FONTS,
        "background": PALETTE["n-0"],
        "view": {"stroke": None},
        "axis": {
            **label,
            "labelColor": PALETTE["n-600"],
            "titleColor": PALETTE["n-600"],
            "titleFontWeight": "normal",
            "domainColor": PALETTE["n-300"],
            "tickColor": PALETTE["n-300"],
            "gridColor": PALETTE["n-200"],
            "labelLimit": 220,
            "numberFormat": ",~f",
        },
        "legend": {**label, "labelColor": PALETTE["n-900"], "orient": "top", "title": None, "symbolType": "square"},
        "header": {**label, "labelColor": PALETTE["n-900"], "labelFontWeight": 600},
        "text": {"font": FONTS, "fontSize": 12, "color": PALETTE["n-900"]},
        "numberFormat": ",~f",
    }


def _spec(
    meta: Meta, rows: Sequence[Mapping[str, Any]], columns: Sequence[TableColumn], summary: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Body plus everything that all specifications carry."""
    twin = [
        {"field": column.field, "title": column.title} | ({"align": "num"} if column.numeric else {})
        for column in columns
    ]
    return {
        "$schema": SCHEMA,
        "usermeta": {
            META_KEY: {
                "title": meta.title,
                "unit": meta.unit,
                "period": meta.period,
                "source": meta.source,
                "data_time": meta.data_time,
                "summary": summary,
                "columns": twin,
                "rows": [dict(row) for row in rows],
            }
        },
        "description": summary,
        "config": config(),
        **body,
    }


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _require(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> None:
    if not rows:
        raise ValueError("no rows: show an empty state with its reason instead of an empty chart")
    for number, row in enumerate(rows):
        missing = [name for name in fields if name not in row]
        if missing:
            raise ValueError(f"row {number} lacks {', '.join(missing)}")


def stacked_states(
    rows: Sequence[Mapping[str, Any]], meta: Meta, *, by: str = "unit", by_title: str = "单位", english: bool = False
) -> dict[str, Any]:
    """Horizontal bars, one per unit or region, stacked by state, each part with its number in it.

    Args:
        rows: {by: name, "green": count, "red": count, …}; a missing state counts as 0; shown in the given order.
        meta: what the figure says about itself.
        by: the key of the name.
        by_title: title of the name column in the table twin.
        english: words of the states in English.

    Raises:
        ValueError: no rows, or a row without its name.
    """
    _require(rows, [by])
    words = {state: (en if english else zh) for state, zh, en in STATES}
    shown = [state for state, _zh, _en in STATES if any(row.get(state, 0) for row in rows)] or ["green"]
    values = []
    for row in rows:
        start = 0.0
        for rank, state in enumerate(shown):
            amount = float(row.get(state, 0) or 0)
            if amount:
                values.append(
                    {
                        by: row[by],
                        "state": words[state],
                        "amount": amount,
                        "from": start,
                        "to": start + amount,
                        "rank": rank,
                    }
                )
            start += amount
    totals = [{by: row[by], "total": sum(float(row.get(state, 0) or 0) for state in shown)} for row in rows]
    largest = max((item["total"] for item in totals), default=0.0) or 1.0
    for value in values:
        # A number is written inside its part only where it fits; the total stands behind the bar in any case.
        value["label"] = _number(value["amount"]) if value["amount"] >= largest / 28 else ""
    order = [row[by] for row in rows]
    names = {
        "field": by,
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": {"domain": False, "ticks": False, "labelPadding": 8},
    }
    span = {"field": "from", "type": "quantitative", "title": meta.unit, "axis": {"tickMinStep": 1, "tickCount": 6}}
    body = {
        "width": 520,
        "height": {"step": 30},
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "bar", "height": 18},
                "encoding": {
                    "y": names,
                    "x": span,
                    "x2": {"field": "to"},
                    "color": {
                        "field": "state",
                        "type": "nominal",
                        "scale": {
                            "domain": [words[state] for state in shown],
                            "range": [PALETTE[state] for state in shown],
                        },
                        "sort": [words[state] for state in shown],
                    },
                    "tooltip": [{"field": by}, {"field": "state"}, {"field": "amount", "type": "quantitative"}],
                },
            },
            {
                "data": {"values": values},
                "transform": [{"calculate": "(datum.from + datum.to) / 2", "as": "middle"}],
                "mark": {"type": "text", "color": PALETTE["n-0"], "fontWeight": 600},
                "encoding": {
                    "y": names,
                    "x": {"field": "middle", "type": "quantitative"},
                    "text": {"field": "label", "type": "nominal"},
                },
            },
            {
                "data": {"values": totals},
                "mark": {"type": "text", "align": "left", "dx": 6, "color": PALETTE["n-600"]},
                "encoding": {
                    "y": names,
                    "x": {"field": "total", "type": "quantitative"},
                    "text": {"field": "total", "type": "quantitative", "format": ",~f"},
                },
            },
        ],
    }
    columns = [TableColumn(by, by_title), *(TableColumn(state, words[state], True) for state in shown)]
    twin = [{by: row[by], **{state: row.get(state, 0) for state in shown}} for row in rows]
    parts = "、".join(f"{words[state]} {_number(sum(float(r.get(state, 0) or 0) for r in rows))}" for state in shown)
    return _spec(meta, twin, columns, f"{meta.title}，{meta.period}：{parts}（{meta.unit}）", body)


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
    _require(rows, [x, y])
    known = [float(row[y]) for row in rows if row[y] is not None]
    values = [
        {x: row[x], y: row[y], "label": "" if row[y] is None else _number(float(row[y])), "order": i}
        for i, row in enumerate(rows)
    ]
    across = {"field": x, "type": "ordinal", "sort": [row[x] for row in rows], "title": None, "axis": {"labelAngle": 0}}
    up = {"field": y, "type": "quantitative", "title": meta.unit, "scale": {"zero": False, "nice": True, "padding": 12}}
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
        words = f"{target_label} {_number(target)}"
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
        summary += f"：最近 {_number(known[-1])}，最低 {_number(min(known))}，最高 {_number(max(known))}（{meta.unit}）"
    if target is not None:
        summary += f"，{target_label} {_number(target)}"
    return _spec(meta, rows, columns, summary, {"width": 560, "height": 240, "layer": layers})


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
    _require(rows, [name, value, "column", "row"])
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
                "label": "—" if amount is None else _number(float(amount)),
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
    most = f"{twin[0][name]} {_number(max(known))}{meta.unit}" if known else ""
    highest = f"，最多为{most}" if known else "，均未报送"
    columns = [TableColumn(name, name_title), TableColumn(value, meta.unit, True)]
    table = [{name: row[name], value: row[value]} for row in twin]
    return _spec(meta, table, columns, f"{meta.title}，{meta.period}{highest}。方块示意，不代表行政区域边界", body)


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
    _require(rows, [panel, x, y])
    panels = list(dict.fromkeys(row[panel] for row in rows))
    periods = list(dict.fromkeys(row[x] for row in rows))
    last: dict[Any, Mapping[str, Any]] = {row[panel]: row for row in rows if row[y] is not None}
    values = [
        {
            panel: row[panel],
            x: row[x],
            y: row[y],
            "label": _number(float(row[y])) if last.get(row[panel]) is row else "",
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
    ends = "；".join(f"{key} {_number(float(row[y]))}" for key, row in list(last.items())[:6])
    return _spec(meta, rows, twin_columns, f"{meta.title}，{meta.period}，最近值：{ends}（{meta.unit}）", body)
