"""The room's charts: index per latent variable with interval, importance against performance, index over the waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from django.utils.translation import gettext as _

from hengjian.methods.charts import PALETTE, Meta, TableColumn
from hengjian.methods.charts.base import require, spec


def importance_matrix(rows: Sequence[Mapping[str, Any]], meta: Meta) -> dict[str, Any]:
    """Performance (0 to 100) upwards, importance (total effect) to the right; the quadrants are parted at the means.

    Args:
        rows: {"name", "importance", "performance"}; one point each, with its name beside it.

    Raises:
        ValueError: no rows, or a row without its parts.
    """
    require(rows, ["name", "importance", "performance"])
    across, up = fmean(row["importance"] for row in rows), fmean(row["performance"] for row in rows)
    advice = {
        (True, False): ("red", _("优先改进")),
        (True, True): ("green", _("继续保持")),
        (False, False): ("amber", _("次要改进")),
        (False, True): ("blue", _("适度维持")),
    }
    values = []
    for row in rows:
        state, word = advice[row["importance"] >= across, row["performance"] >= up]
        values.append({**row, "quadrant": word, "state": state})
    x = [row["importance"] for row in rows]
    y = [row["performance"] for row in rows]
    pad_x, pad_y = max((max(x) - min(x)) * 0.2, 0.02), max((max(y) - min(y)) * 0.2, 1)
    across_axis = {
        "field": "importance",
        "type": "quantitative",
        "title": _("重要性（对满意度的总效应）"),
        "scale": {"domain": [min(x) - pad_x, max(x) + pad_x * 2.5], "nice": False, "zero": False},
        "axis": {"format": ".2f", "grid": False},
    }
    up_axis = {
        "field": "performance",
        "type": "quantitative",
        "title": _("表现（指数）"),
        "scale": {"domain": [min(y) - pad_y, max(y) + pad_y], "nice": False, "zero": False},
        "axis": {"format": ".1f", "grid": False},
    }
    rule = {"type": "rule", "color": PALETTE["bronze-500"], "strokeDash": [4, 4]}
    middle = {"field": "at", "type": "quantitative"}
    words = [advice[key][1] for key in advice]
    body = {
        "width": 520,
        "height": 320,
        "layer": [
            {"data": {"values": [{"at": across}]}, "mark": rule, "encoding": {"x": middle}},
            {"data": {"values": [{"at": up}]}, "mark": rule, "encoding": {"y": middle}},
            {
                "data": {"values": values},
                "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
                "encoding": {
                    "x": across_axis,
                    "y": up_axis,
                    "shape": {"field": "quadrant", "type": "nominal", "scale": {"domain": words}, "legend": None},
                    "color": {
                        "field": "quadrant",
                        "type": "nominal",
                        "scale": {"domain": words, "range": [PALETTE[state] for state, _word in advice.values()]},
                    },
                },
            },
            {
                "data": {"values": values},
                "mark": {"type": "text", "align": "left", "dx": 10},
                "encoding": {"x": across_axis, "y": up_axis, "text": {"field": "name", "type": "nominal"}},
            },
        ],
    }  # fmt: skip
    columns = [
        TableColumn("name", _("评价要素")),
        TableColumn("importance", _("重要性"), True),
        TableColumn("performance", _("表现"), True),
        TableColumn("quadrant", _("改进建议")),
    ]
    first = [row["name"] for row in values if row["state"] == "red"]
    told = _("优先改进：%(names)s") % {"names": "、".join(first)} if first else _("没有既重要又偏低的要素")
    twin = [{key: row[key] for key in ("name", "importance", "performance", "quadrant")} for row in values]
    return spec(meta, twin, columns, f"{meta.title}，{meta.period}。{told}", body)
