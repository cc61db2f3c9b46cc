"""Writers that other rooms lend to this one.

Rooms on one floor do not import each other, so the sheet writers and the chart renderer of `documents` are registered
here by `site` when the process starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

#: (column titles, rows, title, notes: what was filtered and when) → file content.
SheetWriter = Callable[[Sequence[str], Iterable[Sequence[Any]], str, Sequence[str]], bytes]
#: Vega-Lite dict → `<svg …>` text.
ChartRenderer = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Exporter:
    """How one kind of file is written and called."""

    suffix: str
    content_type: str
    write: SheetWriter


_exporters: dict[str, Exporter] = {}
_renderers: list[ChartRenderer] = []


def register_exporter(suffix: str, write: SheetWriter, content_type: str) -> None:
    """Make `?export=<suffix>` available on every declared list."""
    _exporters[suffix] = Exporter(suffix, content_type, write)


def exporter(suffix: str) -> Exporter | None:
    return _exporters.get(suffix)


def exporter_names() -> list[str]:
    return list(_exporters)


def register_chart_renderer(render: ChartRenderer) -> None:
    """Tell `{% chart %}` how a specification becomes SVG; the last one registered is used."""
    _renderers[:] = [render]


def render_chart(spec: dict[str, Any]) -> str:
    """The chart as `<svg>` text.

    Raises:
        ImproperlyConfigured: no renderer was registered at start-up.
    """
    if not _renderers:
        raise ImproperlyConfigured("no chart renderer is registered; see hengjian.site.apps.SiteConfig.ready")
    return _renderers[0](spec)
