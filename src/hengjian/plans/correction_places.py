"""Places in a draft that corrections name, and what is needed to change them. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

Json = dict[str, Any]


class CorrectionError(ValueError):
    """The correction does not fit the draft; the message is for the user."""


def place_in(correction: Json, name: str, size: int) -> int | None:
    """The 0-based place that the correction gives, or None where it is none of `size`."""
    try:
        place = int(correction[name])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return place if 0 <= place < size else None


def find_section(draft: Json, correction: Json) -> Json:
    sections = draft.get("sections") or []
    place = place_in(correction, "section", len(sections))
    if place is None:
        raise CorrectionError(_("找不到要修改的条目。"))
    found: Json = sections[place]
    return found


def find_item(draft: Json, correction: Json, name: str = "item") -> Json:
    """The item; one that a person joined to another is no longer there."""
    items = find_section(draft, correction).get("items") or []
    place = place_in(correction, name, len(items))
    if place is None or items[place].get("gone"):
        raise CorrectionError(_("找不到要修改的条目。"))
    found: Json = items[place]
    return found


def find_measure(draft: Json, correction: Json) -> tuple[Json, int]:
    item = find_item(draft, correction)
    try:
        index = int(correction["measure"])
    except (KeyError, TypeError, ValueError, OverflowError):
        index = 0
    if not 1 <= index <= len(item.get("measures") or []):
        raise CorrectionError(_("找不到要修改的举措。"))
    return item, index


def text_of(correction: Json, name: str = "value") -> str:
    value = str(correction.get(name) or "").strip()
    if not value:
        raise CorrectionError(_("内容不能为空。"))
    return value


def day_of(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise CorrectionError(_("“%(value)s”不是日期，请写成 2026-12-31 这样。") % {"value": value}) from None


def detail_of(item: Json, index: int) -> Json:
    return item.setdefault("measure_details", {}).setdefault(str(index), {})


def span_of(item: Json, index: int) -> list[int] | None:
    spans = item.get("measure_spans")
    return spans[index - 1] if spans else None


def shift_details(item: Json, index: int, by: int) -> None:
    """What people set for later measures stays with them."""
    old = item.get("measure_details") or {}
    kept: Json = {}
    for key, value in old.items():
        place = int(key)
        if place <= index:
            kept[key] = value
        elif by > 0 or place > index + 1:
            kept[str(place + by)] = value
    item["measure_details"] = kept
