"""Stacked bars of states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hengjian.methods.charts.base import PALETTE, STATES, Meta, TableColumn, number, require, spec


def stacked_states(
    rows: Sequence[Mapping[str, Any]],
    meta: Meta,
    *,
    by: str = "unit",
    by_title: str = "单位",
    english: bool = False,
    words: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Horizontal bars, one per unit or region, stacked by state, each part with its number in it.

    Args:
        rows: {by: name, "green": count, "red": count, …}; a missing state counts as 0; shown in the given order.
        meta: what the figure says about itself.
        by: the key of the name.
        by_title: title of the name column in the table twin.
        english: words of the states in English.
        words: other words for some states, where they do not stand for the lights of tasks.

    Raises:
        ValueError: no rows, or a row without its name.
    """
    require(rows, [by])
    words = {state: (en if english else zh) for state, zh, en in STATES} | dict(words or {})
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
        value["label"] = number(value["amount"]) if value["amount"] >= largest / 28 else ""
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
    parts = "、".join(f"{words[state]} {number(sum(float(r.get(state, 0) or 0) for r in rows))}" for state in shown)
    return spec(meta, twin, columns, f"{meta.title}，{meta.period}：{parts}（{meta.unit}）", body)
