"""A chart on a page: inline SVG, its source line, and the same rows as a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hengjian.pages.components import DOT, esc, icon
from hengjian.pages.exporters import render_chart

#: Facts that every chart carries under `usermeta.hengjian` (hengjian.methods.charts writes them).
META_KEY = "hengjian"


def _cell(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def table_twin(columns: Sequence[Mapping[str, str]], rows: Sequence[Mapping[str, Any]], caption: str) -> SafeString:
    """The chart's rows as a table; columns are {"field", "title"} and optionally {"align": "num"}."""
    head = "".join(
        f'<th scope="col"{" class=num" if c.get("align") == "num" else ""}>{esc(c["title"])}</th>' for c in columns
    )
    body = []
    for row in rows:
        cells = []
        for position, column in enumerate(columns):
            text = esc(_cell(row.get(column["field"])))
            css = ' class="num"' if column.get("align") == "num" else ""
            cells.append(f'<th scope="row">{text}</th>' if position == 0 else f"<td{css}>{text}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    return mark_safe(
        f'<table class="table"><caption class="vh">{esc(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def chart(spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] | None = None, xlsx: str = "") -> SafeString:
    """The whole figure.

    Args:
        spec: from `hengjian.methods.charts`; its `usermeta.hengjian` holds title, unit, source, period, data time.
        rows: shown in the table twin; the chart's own rows when omitted.
        xlsx: address of the same rows as a file; no link when empty.

    Raises:
        ValueError: the specification lacks the facts every published figure needs.
    """
    meta = spec.get("usermeta", {}).get(META_KEY)
    if not meta:
        raise ValueError("the chart has no usermeta.hengjian; build it with hengjian.methods.charts")
    title = str(meta["title"])
    svg = re.sub(r"^\s*<\?xml[^>]*\?>", "", render_chart(dict(spec)))
    svg = re.sub(r"<svg\b", f'<svg role="img" aria-label="{esc(meta["summary"])}"', svg, count=1)
    facts = DOT.join(
        [
            esc(_("单位：%(unit)s") % {"unit": meta["unit"]}),
            esc(meta["period"]),
            esc(_("来源：%(source)s") % {"source": meta["source"]}),
            esc(_("数据时间 %(time)s") % {"time": meta["data_time"]}),
        ]
    )
    data = rows if rows is not None else meta["rows"]
    words = esc(_("下载 xlsx"))
    link = f'<p><a class="btn btn--s" href="{esc(xlsx)}">{icon("download")}{words}</a></p>' if xlsx else ""
    # The marks stand in the picture already; whoever reads the table must see them too.
    marks = "；".join(map(str, meta.get("marks", ())))
    note = f'<p class="muted small">※ {esc(marks)}</p>' if marks else ""
    table = table_twin(meta["columns"], data, title) + note
    summary = esc(_("以表格查看"))
    return mark_safe(
        # On a phone the chart scrolls sideways, so the keyboard must reach it.
        f'<figure class="chart"><h3>{esc(title)}</h3>'
        f'<div class="chart-body" tabindex="0" role="group" aria-label="{esc(title)}">{svg}</div>'
        f'<figcaption class="muted small">{facts}</figcaption>'
        f"<details><summary>{summary}</summary>{table}{link}</details></figure>"
    )
