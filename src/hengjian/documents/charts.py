"""Renders the chart specifications of `hengjian.methods.charts`: inline SVG for pages, PNG for documents.

vl-convert brings Vega as one native library, so nothing is fetched. Where the platform has no such library, pages get
plain bars made from the rows that every specification carries.
"""

from __future__ import annotations

import functools
import hashlib
import html
import importlib.metadata
import json
import logging
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from hengjian.documents.fonts import chinese_font
from hengjian.documents.layout import width_in_characters
from hengjian.methods.charts import FONTS, META_KEY

log = logging.getLogger(__name__)

VEGA_LITE = {"v5": "5.21", "v6": "6.4"}
MOST_KEPT = 1000
ID = re.compile(r'(\bid="|url\(#|href="#)([\w-]+)')


class ChartUnavailable(Exception):
    """No picture can be made here: vl-convert is not installed. The table twin still is."""


def chart_svg(spec: Mapping[str, Any]) -> str:
    """The chart as `<svg …>` text without style or script, to stand inside a page.

    Raises:
        ValueError: the specification is wrong, or wants data from elsewhere.
    """
    try:
        return _kept(spec, "svg", 1).decode("utf-8")
    except ChartUnavailable:
        return plain_bars(spec)


def chart_png(spec: Mapping[str, Any], scale: float = 2) -> bytes:
    """The chart as PNG, `scale` pixels per CSS pixel.

    Raises:
        ChartUnavailable: vl-convert is not installed; use the table alone.
        ValueError: the specification is wrong, or wants data from elsewhere.
    """
    return _kept(spec, "png", scale)


@functools.cache
def _renderer() -> str:
    """Version of the renderer, part of the key of what is kept."""
    try:
        return importlib.metadata.version("vl-convert-python")
    except importlib.metadata.PackageNotFoundError:
        raise ChartUnavailable("vl-convert-python is not installed") from None


def _kept(spec: Mapping[str, Any], kind: str, scale: float) -> bytes:
    """The picture from the folder of kept ones, or drawn now and kept; the name is the hash of all that decides it."""
    decisive = json.dumps([spec, kind, scale, _renderer(), chinese_font()], sort_keys=True, default=str)
    key = hashlib.sha256(decisive.encode()).hexdigest()
    path = Path(settings.DATA_DIR) / "cache" / "charts" / f"{key}.{kind}"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    picture = _draw(spec, kind, scale, key[:8])
    try:
        _keep(path, picture)
    except OSError as error:  # a full or read-only disk must not take the chart away
        log.warning("chart not kept: %s", error)
    return picture


def _keep(path: Path, picture: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(picture)
    os.replace(fresh, path)
    kept = sorted(path.parent.iterdir(), key=lambda each: each.stat().st_mtime)
    for old in kept[:-MOST_KEPT]:
        old.unlink(missing_ok=True)


def _draw(spec: Mapping[str, Any], kind: str, scale: float, prefix: str) -> bytes:
    import vl_convert

    if not chinese_font():
        log.warning("no font with Chinese characters: labels stay blank; install fonts-noto-cjk")
    version = VEGA_LITE["v6" if "/v6" in str(spec.get("$schema", "")) else "v5"]
    # An empty list of addresses: the specification may not load anything.
    options: dict[str, Any] = {"vl_version": version, "allowed_base_urls": [], "time_format_locale": "zh-CN"}
    if kind == "png":
        return bytes(vl_convert.vegalite_to_png(dict(spec), scale=scale, **options))
    svg = vl_convert.vegalite_to_svg(dict(spec), **options)
    # Several charts on a page must not share the names of their clip paths.
    return ID.sub(rf"\1c{prefix}-\2", svg).encode("utf-8")


def plain_bars(spec: Mapping[str, Any]) -> str:
    """Horizontal bars from the rows and columns that the specification carries: label, bar, value.

    The first column that is no number is the label, the first that is one the value.

    Raises:
        ValueError: the specification carries no rows.
    """
    meta = spec.get("usermeta", {}).get(META_KEY)
    if not meta or not meta.get("rows"):
        raise ValueError("the chart carries no rows; make it with hengjian.methods.charts")
    columns = meta["columns"]
    numeric = next((column["field"] for column in columns if column.get("align") == "num"), columns[-1]["field"])
    label = next((column["field"] for column in columns if column["field"] != numeric), numeric)
    bars = [(str(row.get(label, "")), float(row.get(numeric) or 0)) for row in meta["rows"]]
    most = max((abs(value) for _label, value in bars), default=0) or 1
    margin = 12 + 13 * max(width_in_characters(text) for text, _value in bars)
    width, step = margin + 420, 26
    parts = []
    for position, (text, value) in enumerate(bars):
        y = position * step
        length = abs(value) / most * 320
        parts.append(
            f'<text x="{margin - 8:.0f}" y="{y + 17}" text-anchor="end">{html.escape(text)}</text>'
            f'<rect x="{margin:.0f}" y="{y + 5}" width="{length:.1f}" height="16" fill="#2b5a96"/>'
            f'<text x="{margin + length + 6:.1f}" y="{y + 17}">{value:,.10g}</text>'
        )
    height = len(bars) * step + 6
    name = html.escape(f"{meta.get('title', '')} {meta.get('summary', '')}".strip(), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{name}" viewBox="0 0 {width:.0f} {height}" '
        f'width="{width:.0f}" height="{height}" font-family="{FONTS}" font-size="13" fill="#12233b">'
        f"{''.join(parts)}</svg>"
    )
