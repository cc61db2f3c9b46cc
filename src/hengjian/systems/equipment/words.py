"""The words for what must be in order about a lift."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengjian.systems.equipment.rules import Item

NAMES = {
    "inspection": gettext_lazy("定期检验"),
    "maintenance": gettext_lazy("维护保养"),
    "insurance": gettext_lazy("责任保险"),
    "self_test": gettext_lazy("自行检测"),
}


def state_word(item: Item) -> str:
    """ "维护保养已逾期 3 天", "责任保险有效"."""
    name = str(NAMES[item.code])
    if item.until is None or item.days is None:
        return _("%(name)s无记录") % {"name": name}
    if item.days < 0:
        return _("%(name)s已逾期 %(n)d 天") % {"name": name, "n": -item.days}
    if item.light == "amber":
        return _("%(name)s还剩 %(n)d 天") % {"name": name, "n": item.days}
    return _("%(name)s有效") % {"name": name}


def item_rows(items: Iterable[Item]) -> list[dict[str, Any]]:
    """The items with their words, for templates."""
    return [{"item": item, "name": NAMES[item.code], "word": state_word(item)} for item in items]
