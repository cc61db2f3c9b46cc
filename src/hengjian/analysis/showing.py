"""Blocks of a report as pages show them: every number a link to its value, what changed, what the public keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hengjian.analysis.models import Paragraph, Report, ReportFigure
from hengjian.analysis.paper import with_time
from hengjian.analysis.reporting import Changed, fit_for_public, linked, public_numbers
from hengjian.analysis.rules.linking import Linked


def blocks_shown(
    report: Report, rows: Sequence[Paragraph], late: Mapping[str, Changed], *, office: bool = True
) -> list[dict[str, Any]]:
    """What the template of a report shows. `office`: with what only those who write need to know."""
    figures = {figure.number: figure for figure in report.figures.all()}
    open_numbers = set(figures) if not office else public_numbers(report)
    shown = []
    for row in rows:
        found = linked(row) if row.kind == Paragraph.Kind.TEXT else Linked((), (), ())
        shown.append(
            {
                "row": row,
                "kind": row.kind,
                "level": int(row.content.get("level", 1)) if row.kind == Paragraph.Kind.HEADING else 0,
                "html": text_html(row, found, figures) if row.kind == Paragraph.Kind.TEXT else "",
                "table": table_shown(row, figures) if row.kind == Paragraph.Kind.TABLE else None,
                "chart": with_time(row.content["spec"], report) if row.kind == Paragraph.Kind.CHART else None,
                "late": late.get(row.key),
                "loose": found.loose,
                "missing": [row.mentions[number - 1]["printed"] for number in found.missing] if row.edited else [],
                "open": fit_for_public(row, open_numbers),
            }
        )
    return shown


def value_url(figure: ReportFigure) -> str:
    return reverse("indicators:value", args=[figure.observation])


def text_html(row: Paragraph, found: Linked, figures: Mapping[int, ReportFigure]) -> SafeString:
    """The text with a link at every number that has a figure; its number once, where it first stands."""
    parts: list[SafeString] = []
    seen: set[int] = set()
    for span in found.spans:
        if not span.figure:
            parts.append(format_html("{}", span.printed))
            continue
        number = int(row.mentions[span.figure - 1]["figure"])
        figure = figures.get(number)
        if figure is None:
            parts.append(format_html("{}", span.printed))
            continue
        mark = format_html("<sup>{}</sup>", number) if number not in seen else SafeString("")
        seen.add(number)
        star = "※" if figure.marks and mark else ""
        parts.append(format_html('<a href="{}">{}</a>{}{}', value_url(figure), span.printed, mark, star))
    return format_html_join("", "{}", ((part,) for part in parts))


def table_shown(row: Paragraph, figures: Mapping[int, ReportFigure]) -> dict[str, Any]:
    """A table whose values lead to their pages."""
    return {
        "caption": row.content.get("caption", ""),
        "columns": row.content["columns"],
        "rows": [
            {"cells": line["cells"], "marks": line["marks"], "url": value_url(figures[line["figure"]])}
            for line in row.content["rows"]
            if line["figure"] in figures
        ],
    }
