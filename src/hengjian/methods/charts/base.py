"""What all charts share: palette, look, the facts that every figure carries."""

from __future__ import annotations

import re
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

    Attributes:
        marks: what no official source fixes and the figure rests on (assumed weights, bounds, bands …); they are
            written below the picture, so that they go wherever it goes.

    Raises:
        ValueError: a part is empty.
    """

    title: str
    unit: str
    period: str
    source: str
    data_time: str
    marks: tuple[str, ...] = ()

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


def spec(
    meta: Meta, rows: Sequence[Mapping[str, Any]], columns: Sequence[TableColumn], summary: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Body plus everything that all specifications carry."""
    twin = [
        {"field": column.field, "title": column.title} | ({"align": "num"} if column.numeric else {})
        for column in columns
    ]
    marks = "；".join(meta.marks)
    below = {
        "text": _lines(f"※ {marks}"),
        "orient": "bottom",
        "anchor": "start",
        "offset": 8,
        "fontSize": 12,
        "fontWeight": "normal",
        "font": FONTS,
        "color": PALETTE["amber"],
        "limit": 640,
    }
    return {
        "$schema": SCHEMA,
        **({"title": below} if marks else {}),
        "usermeta": {
            META_KEY: {
                "title": meta.title,
                "unit": meta.unit,
                "period": meta.period,
                "source": meta.source,
                "data_time": meta.data_time,
                "marks": list(meta.marks),
                "summary": summary + (f"。※ {marks}" if marks else ""),
                "columns": twin,
                "rows": [dict(row) for row in rows],
            }
        },
        "description": summary + (f"。※ {marks}" if marks else ""),
        "config": config(),
        **body,
    }


def _lines(text: str, width: int = 88) -> list[str]:
    """The text in lines of at most `width` half-width characters; the renderer would cut one that is too long."""
    lines, line, used = list[str](), "", 0
    for word in re.findall(r"[\x21-\x7e]+ ?|.", text):
        wide = sum(1 if char.isascii() else 2 for char in word)
        if used + wide > width and line:
            lines.append(line.rstrip())
            line, used = "", 0
        line, used = line + word, used + wide
    return [*lines, line.rstrip()]


def number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def require(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> None:
    if not rows:
        raise ValueError("no rows: show an empty state with its reason instead of an empty chart")
    for number, row in enumerate(rows):
        missing = [name for name in fields if name not in row]
        if missing:
            raise ValueError(f"row {number} lacks {', '.join(missing)}")
