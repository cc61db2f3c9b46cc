"""A report as an official document: text with the numbers of its figures, tables, charts, and the annex that opens
every figure."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from hengjian.analysis.models import Paragraph, Report, ReportFigure
from hengjian.analysis.reporting import linked
from hengjian.analysis.rules.linking import Span
from hengjian.documents.charts import ChartUnavailable, chart_png
from hengjian.documents.official import (
    Annex,
    Block,
    Figure,
    Heading,
    OfficialDocument,
    Table,
    TableColumn,
    render_docx,
)
from hengjian.documents.official import Paragraph as Text
from hengjian.methods.charts import META_KEY
from hengjian.methods.periods import parse_period


def report_docx(report: Report, rows: Sequence[Paragraph], base: str, *, public: bool) -> bytes:
    """The .docx of a report.

    Args:
        rows: the blocks to write: all, or those of the public version.
        base: scheme and host, in front of the addresses of figures.
    """
    used = {int(mention["figure"]) for row in rows for mention in row.mentions}
    figures = [figure for figure in report.figures.all() if figure.number in used]
    body: list[Block] = []
    for row in rows:
        body += blocks_of(row, report)
    issued = timezone.localdate(report.approved_at or report.data_at)
    document = OfficialDocument(
        title=report.title + ("（公开版）" if public else ""),
        date=issued,
        mark=f"{report.unit.name}文件" if report.number and not public else "",
        number=report.number if not public else "",
        body=body,
        annexes=(annex(figures, base),) if figures else (),
        signature=report.unit.name,
        seal=False,
        remark="" if report.approved_at else "未经批准的稿本，数值可能变化",
    )
    return render_docx(document)


def blocks_of(row: Paragraph, report: Report) -> list[Block]:
    """A block of the report as blocks of the document."""
    if row.kind == Paragraph.Kind.HEADING:
        return [Heading(int(row.content.get("level", 1)), row.text)]
    if row.kind == Paragraph.Kind.TABLE:
        return [table_of(row.content)]
    if row.kind == Paragraph.Kind.CHART:
        return chart_of(row.content["spec"], report)
    return [Text(text) for text in numbered_text(row).split("\n") if text.strip()]


def numbered_text(row: Paragraph) -> str:
    """The text with the number of each value behind it, once per value."""
    seen: set[int] = set()
    return "".join(_numbered(span, row.mentions, seen) for span in linked(row).spans)


def _numbered(span: Span, mentions: Sequence[dict[str, Any]], seen: set[int]) -> str:
    if not span.figure:
        return span.printed
    number = int(mentions[span.figure - 1]["figure"])
    if number in seen:
        return span.printed
    seen.add(number)
    return f"{span.printed}[{number}]"


def table_of(content: dict[str, Any]) -> Table:
    """A table with the number of the value and its marks in the first column."""
    columns = [TableColumn(title, 2.0 if place in (0, 4) else 1.2) for place, title in enumerate(content["columns"])]
    rows, marks = [], dict[str, None]()
    for row in content["rows"]:
        cells = list(row["cells"])
        cells[0] = f"{cells[0]}[{row['figure']}]" + ("※" if row["marks"] else "")
        marks.update(dict.fromkeys(row["marks"]))
        rows.append(cells)
    note = f"※ 含假定：{'；'.join(marks)}" if marks else ""
    return Table(columns, rows, caption=content.get("caption", ""), note=note)


def chart_of(spec: dict[str, Any], report: Report) -> list[Block]:
    """The picture; where none can be drawn, its rows as a table."""
    spec = with_time(spec, report)
    meta = spec["usermeta"][META_KEY]
    caption = f"{meta['title']}（单位：{meta['unit']}）"
    try:
        return [Figure(chart_png(spec), caption, meta["summary"])]
    except ChartUnavailable:
        columns = [TableColumn(column["title"]) for column in meta["columns"]]
        rows = [[row.get(column["field"]) for column in meta["columns"]] for row in meta["rows"]]
        return [Table(columns, rows, caption=caption, note="；".join(meta["marks"]))]


def with_time(spec: dict[str, Any], report: Report) -> dict[str, Any]:
    """The specification with the moment of the report's data, which the stored one leaves open."""
    shown = copy.deepcopy(spec)
    shown["usermeta"][META_KEY]["data_time"] = f"{timezone.localtime(report.data_at):%Y-%m-%d %H:%M}"
    return shown


def annex(figures: Sequence[ReportFigure], base: str) -> Annex:
    """Every value with what it is, its parts, what it assumes and where it can be opened."""
    columns = (
        TableColumn("编号", 0.5, "center"),
        TableColumn("指标", 2.0),
        TableColumn("地区", 1.2),
        TableColumn("时期", 1.0),
        TableColumn("数值", 1.0, "right"),
        TableColumn("分子/分母", 1.3, "right"),
        TableColumn("口径", 2.6),
        TableColumn("假定", 1.6),
        TableColumn("出处", 2.4),
    )
    rows = [
        (
            figure.number,
            figure.title,
            figure.place,
            parse_period(figure.period).said(),
            figure.printed,
            figure.parts or "—",
            figure.definition,
            "；".join(figure.marks) or "—",
            base + reverse("indicators:value", args=[figure.observation]),
        )
        for figure in figures
    ]
    return Annex("报告中的数值", (Table(columns, rows, note="出处为数值页，可打开到分子、分母和背后的事实。"),))
