"""Values with their intervals: a dot, a bar for what is not known exactly, the numbers printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hengjian.methods.charts.base import PALETTE, Meta, TableColumn, number, require, spec


def interval_chart(
    rows: Sequence[Mapping[str, Any]],
    meta: Meta,
    *,
    name: str = "name",
    value: str = "value",
    low: str = "low",
    high: str = "high",
    target: float | None = None,
    target_label: str = "目标",
    titles: tuple[str, str, str, str] = ("地区", "数值", "下限", "上限"),
    descending: bool = False,
) -> dict[str, Any]:
    """One line per region or item, in the order of the rows.

    Args:
        rows: {name, value, low, high}; value None: not reported; low and high None: counted in full, a dot alone.
            A row with "own" true has a bronze diamond.
        target: drawn as a bronze rule.
        titles: of the columns of the table twin.
        descending: the axis runs from right to left, as ranks do (1 is best).

    Raises:
        ValueError: no rows, incomplete rows, an interval without its value or that does not contain it.
    """
    require(rows, [name, value, low, high])
    values = []
    for row in rows:
        middle, first, last = row[value], row[low], row[high]
        if (first is None) != (last is None) or (first is not None and middle is None):
            raise ValueError(f"{row[name]}: an interval has two ends and a value")
        if first is not None and not float(first) <= float(middle) <= float(last):
            raise ValueError(f"{row[name]}: {middle} lies outside {first} to {last}")
        if middle is None:
            continue
        words = number(float(middle))
        if first is not None and first != last:
            words += f"（{number(float(first))}～{number(float(last))}）"
        values.append(
            {
                name: row[name],
                "value": float(middle),
                "low": float(middle if first is None else first),
                "high": float(middle if last is None else last),
                "label": words,
                "weight": "own" if row.get("own") else "other",
            }
        )
    ends = [number for each in values for number in (each["low"], each["high"])]
    if target is not None:
        ends.append(target)
    names = {
        "field": name,
        "type": "nominal",
        "sort": [row[name] for row in rows],
        "title": None,
        "scale": {"domain": [row[name] for row in rows]},
        "axis": {"domain": False, "ticks": False, "labelPadding": 8, "grid": False},
    }
    span = (max(ends) - min(ends)) if ends else 1.0
    pad = span * 0.06 or abs(max(ends, default=1.0)) * 0.02 or 1.0
    axis = {
        "title": meta.unit,
        "scale": {
            "domain": [min(ends, default=0.0) - pad, max(ends, default=1.0) + pad],
            "nice": False,
            "zero": False,
            "reverse": descending,
        },
        "axis": {"tickCount": 6},
    }

    def across(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", **axis}

    own = "datum.weight === 'own'"
    ink = {"condition": {"test": own, "value": PALETTE["bronze-700"]}, "value": PALETTE["ink-700"]}
    shape = {"condition": {"test": own, "value": "diamond"}, "value": "circle"}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rule", "strokeWidth": 7, "color": PALETTE["ink-200"], "strokeCap": "round"},
            "encoding": {"y": names, "x": across("low"), "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
            "encoding": {"y": names, "x": across("value"), "color": ink, "shape": shape},
        },
        {
            "mark": {"type": "text", "dy": -11, "fontSize": 11},
            "encoding": {"y": names, "x": across("value"), "text": {"field": "label", "type": "nominal"}},
        },
    ]
    if target is not None:
        rule = {"type": "rule", "color": PALETTE["bronze-700"], "strokeWidth": 2, "strokeDash": [6, 3]}
        said = {"type": "text", "align": "left", "dx": 4, "y": 0, "dy": -6, "color": PALETTE["bronze-700"]}
        at = {"x": {"field": "target", "type": "quantitative", **axis}}
        data = {"values": [{"target": target, "label": f"{target_label} {number(target)}"}]}
        layers += [
            {"data": data, "mark": rule, "encoding": at},
            {"data": data, "mark": said, "encoding": {**at, "text": {"field": "label", "type": "nominal"}}},
        ]
    body = {"width": 460, "height": {"step": 34}, "data": {"values": values}, "layer": layers}
    columns = [
        TableColumn(field, title, numeric=field != name)
        for field, title in zip((name, value, low, high), titles, strict=True)
    ]
    twin = [{field: row[field] for field in (name, value, low, high)} for row in rows]
    shown = "；".join(f"{each[name]} {each['label']}" for each in values[:6])
    return spec(meta, twin, columns, f"{meta.title}，{meta.period}：{shown}（{meta.unit}）", body)
