"""What the pages of the room share."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.pages.components import Tab


def parts(current: str) -> list[Tab]:
    """The room's pages, the current one marked."""
    pages = (
        ("brands", _("品牌与标志统计")),
        ("valuation", _("品牌价值测算")),
        ("calendar", _("质量活动日历")),
    )
    return [Tab(label, reverse(f"honours:{name}"), current=name == current) for name, label in pages]
