"""Django app of the room. Floor 6 introduces the rooms of one floor to each other: they may not import each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


# Imported when first used: the renderer is a large native library that most processes never need.
def _xlsx(titles: Sequence[str], rows: Iterable[Sequence[Any]], title: str, notes: Sequence[str]) -> bytes:
    from hengjian.documents.sheets import write_xlsx

    return write_xlsx(titles, rows, title=title, notes=notes)


def _csv(titles: Sequence[str], rows: Iterable[Sequence[Any]], title: str, notes: Sequence[str]) -> bytes:
    """Title and notes stay out: a program that reads the file expects the column names in its first line."""
    from hengjian.documents.sheets import write_csv

    return write_csv(titles, rows)


def _chart(spec: dict[str, Any]) -> str:
    from hengjian.documents.charts import chart_svg

    return chart_svg(spec)


class SiteConfig(AppConfig):
    name = "hengjian.site"
    label = "site_shell"

    def ready(self) -> None:
        from hengjian.pages.exporters import register_chart_renderer, register_exporter
        from hengjian.pages.navigation import register_navigation, register_public_page

        # The pages of rooms that lie below `pages` are named here.
        register_navigation("credit", _("台账核验"), "ledger:index", "scale", order=10, key="v")
        register_public_page(_("台账核验"), "ledger:index", 140, _("核验任何一条公开事实没有被改动。"))
        register_navigation("system", _("规则库"), "rulebook", "scale", order=10, key="r")
        register_exporter("xlsx", _xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        register_exporter("csv", _csv, "text/csv; charset=utf-8")
        register_chart_renderer(_chart)
