"""Passages that people mark in the source, and items they join or take apart. Pure.

Places never move: an item that is added stands at the end of its section's list and says by its span where it
belongs (`in_text_order`); one that is joined to another stays in the list as `gone`. So later corrections keep their
places, and any of them can be taken back by itself.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from hengjian.plans.correction_places import (
    CorrectionError,
    Json,
    detail_of,
    find_item,
    find_measure,
    find_section,
    shift_details,
    text_of,
)

NATURES = ("action", "mechanism")
# The values of a target as `hengjian policy parse --json` writes them.
OPERATORS = (">=", "<=", ">", "<", "=", "between", "≈", "increase", "decrease", "within_quota", "grade>=")
LONGEST_TITLE = 500


def in_text_order(section: Json) -> list[tuple[int, Json]]:
    """(place in the list, item) of the items that are there, as they follow each other in the text."""
    items = [(place, item) for place, item in enumerate(section.get("items") or []) if not item.get("gone")]
    if any(item.get("by_hand") for _place, item in items):
        items.sort(key=lambda entry: span_start(entry[1]))
    return items


def living_items(draft: Json) -> Iterator[tuple[int, int, Json]]:
    """(section, item, item's data) in text order within each section."""
    for number, section in enumerate(draft.get("sections") or []):
        for place, item in in_text_order(section):
            yield number, place, item


def written_out(draft: Json) -> Json:
    """The draft as other programs read it: items in text order, without those that were joined to others."""
    sections = [
        {**section, "items": [item for _place, item in in_text_order(section)]}
        for section in draft.get("sections") or []
    ]
    return {**draft, "sections": sections}


def span_start(part: Json) -> int:
    return int((part.get("span") or [0])[0])


def section_at(draft: Json, start: int) -> int:
    """The section in which, or last before which, the place stands; the first for what stands before all."""
    before = [(span_start(section), number) for number, section in enumerate(draft.get("sections") or [])]
    return max((entry for entry in before if entry[0] <= start), default=(0, 0))[1]


def measure_over(draft: Json, start: int, end: int) -> tuple[int, int, int] | None:
    """(section, item, measure) of a task that already holds some of these words."""
    for number, place, item in living_items(draft):
        details = item.get("measure_details") or {}
        for index, (a, b) in enumerate(item.get("measure_spans") or [], 1):
            if a < end and start < b and not item.get("skip") and not (details.get(str(index)) or {}).get("skip"):
                return number, place, index
    return None


# ---- what a person marks. `reading` is what `read_passage` found in the words, put there by the action.


def mark_item(draft: Json, correction: Json) -> None:
    """The passage becomes an item with one measure."""
    section, reading = find_section(draft, correction), _reading(draft, correction)
    if not reading["measures"]:
        raise CorrectionError(_("这段文字里没有可以作为任务的内容。"))
    item = {
        **copy.deepcopy(reading),
        "number": None,
        "sequence": _next_sequence(draft),
        "title": _given_title(correction) or reading["measures"][0][:LONGEST_TITLE],
        "by_hand": True,
    }
    group = _group_at(section, span_start(item))
    if group is not None:
        item["group"] = group
    if title := _given_title(correction):
        detail_of(item, 1)["title"] = title
    _set_nature(item, 1, correction)
    section.setdefault("items", []).append(item)


def mark_measure(draft: Json, correction: Json) -> None:
    """The passage becomes one more measure of an item, where it stands in the text (`measure`, 1-based)."""
    item, reading = find_item(draft, correction), _reading(draft, correction)
    if not reading["measures"]:
        raise CorrectionError(_("这段文字里没有可以作为任务的内容。"))
    measures = item.setdefault("measures", [])
    spans = item.setdefault("measure_spans", [[0, 0] for _text in measures])
    index = measure_place(item, span_start(reading))
    if correction.get("measure", index) != index:
        raise CorrectionError(_("找不到要修改的举措。"))
    measures.insert(index - 1, reading["measures"][0])
    spans.insert(index - 1, list(reading["measure_spans"][0]))
    shift_details(item, index - 1, +1)
    for part in ("targets", "deadlines"):
        item.setdefault(part, []).extend(_not_yet(item.get(part), reading[part]))
    _add_duties(item, reading["duties"])
    if title := _given_title(correction):
        detail_of(item, index)["title"] = title
    _set_nature(item, index, correction)


def mark_target(draft: Json, correction: Json) -> None:
    """The passage states a target of an item, or of the section where no item is named."""
    part = find_section(draft, correction) if correction.get("item") is None else find_item(draft, correction)
    reading = _reading(draft, correction)
    given = _given_target(correction, reading["span"])
    targets = [given] if given else reading["targets"]
    if not targets:
        raise CorrectionError(_("这段文字里没有读出带数值的目标，请填写指标名称和数值。"))
    fresh = _not_yet(part.get("targets"), targets)
    if not fresh:
        raise CorrectionError(_("这个目标已经读出，不必再标。"))
    part.setdefault("targets", []).extend(copy.deepcopy(fresh))


def mark_duties(draft: Json, correction: Json) -> None:
    """The passage says who is responsible for an item."""
    item, reading = find_item(draft, correction), _reading(draft, correction)
    if not reading["duties"]:
        raise CorrectionError(_("这段文字里没有读出单位名称，请在条目的责任单位里直接填写。"))
    if not _add_duties(item, reading["duties"]):
        raise CorrectionError(_("这些责任单位已经读出，不必再标。"))


def measure_place(item: Json, start: int) -> int:
    """The 1-based number that a measure starting there gets in the item."""
    return 1 + sum(span[0] < start for span in item.get("measure_spans") or [])


# ---- items joined and taken apart


def item_merge(draft: Json, correction: Json) -> None:
    """Join the item `with` to `item`: measures, duties, targets and deadlines; the title stays."""
    item, other = find_item(draft, correction), find_item(draft, correction, "with")
    if item is other:
        raise CorrectionError(_("条目不能与自己合并。"))
    count = len(item.get("measures") or [])
    _with_spans(item)
    _with_spans(other)
    item["measures"] = [*(item.get("measures") or []), *(other.get("measures") or [])]
    item["measure_spans"] = [*item["measure_spans"], *other["measure_spans"]]
    for index, detail in (other.get("measure_details") or {}).items():
        item.setdefault("measure_details", {})[str(int(index) + count)] = copy.deepcopy(detail)
    for part in ("targets", "deadlines"):
        item[part] = [*(item.get(part) or []), *_not_yet(item.get(part), other.get(part) or [])]
    _add_duties(item, other.get("duties") or [])
    item["open_list"] = bool(item.get("open_list") or other.get("open_list"))
    spans = [part["span"] for part in (item, other) if part.get("span")]
    if spans:
        item["span"] = [min(span[0] for span in spans), max(span[1] for span in spans)]
    item["by_hand"] = True
    other["gone"] = True


def item_split(draft: Json, correction: Json) -> None:
    """The measures from `measure` on become an item of their own, with the units that are responsible for them."""
    item, index = find_measure(draft, correction)
    if index == 1:
        raise CorrectionError(_("请从第二条或后面的举措断开。"))
    _with_spans(item)
    cut = int(item["measure_spans"][index - 1][0])
    first, second = (
        [line for line in item.get("duties") or [] if (span_start(line) >= cut) == behind] for behind in (False, True)
    )
    brackets = {line.get("bracket") for line in item.get("duties") or []}
    if not first or not second or len(brackets) < 2:
        # One list for the whole item governs both halves.
        first = second = item.get("duties") or []
    end = int((item.get("span") or [0, cut])[1])
    new: Json = {
        "number": None,
        "sequence": _next_sequence(draft),
        "title": _given_title(correction) or item["measures"][index - 1][:LONGEST_TITLE],
        "title_span": [cut, cut],
        "span": [cut, max(cut, end)],
        "duty_mode": item.get("duty_mode"),
        "open_list": item.get("open_list", False),
        "measures": item["measures"][index - 1 :],
        "measure_spans": item["measure_spans"][index - 1 :],
        "duties": copy.deepcopy(second),
        "by_hand": True,
    }
    if item.get("group") is not None:
        new["group"] = item["group"]
    details = item.get("measure_details") or {}
    new["measure_details"] = {str(int(k) - index + 1): v for k, v in details.items() if int(k) >= index}
    item["measure_details"] = {k: v for k, v in details.items() if int(k) < index}
    for part in ("targets", "deadlines"):
        lines = item.get(part) or []
        new[part] = [line for line in lines if line.get("span") and span_start(line) >= cut]
        item[part] = [line for line in lines if not (line.get("span") and span_start(line) >= cut)]
    item["measures"], item["measure_spans"] = item["measures"][: index - 1], item["measure_spans"][: index - 1]
    item["duties"] = copy.deepcopy(first)
    if item.get("span"):
        item["span"] = [min(item["span"][0], cut), cut]
    find_section(draft, correction)["items"].append(new)


def added_place(draft: Json, correction: Json) -> int:
    """Where the item that `mark_item` or `item_split` makes will stand in its section's list."""
    return len(find_section(draft, correction).get("items") or [])


# ---- parts


def _reading(draft: Json, correction: Json) -> Json:
    reading = correction.get("reading")
    if not isinstance(reading, dict):
        raise CorrectionError(_("请先在原文中选定一段文字。"))
    return reading


def _given_title(correction: Json) -> str:
    return str(correction.get("title") or "").strip()[:LONGEST_TITLE]


def _set_nature(item: Json, index: int, correction: Json) -> None:
    nature = correction.get("nature") or "action"
    if nature not in NATURES:
        raise CorrectionError(_("没有“%(nature)s”这种任务。") % {"nature": nature})
    if nature == "mechanism":
        detail_of(item, index)["nature"] = nature


def _given_target(correction: Json, span: list[int]) -> Json | None:
    """A target in the person's own words; None where nothing was filled in."""
    indicator, value = str(correction.get("indicator") or "").strip(), str(correction.get("value") or "").strip()
    if not indicator and not value:
        return None
    operator = correction.get("operator") or ">="
    if operator not in OPERATORS:
        raise CorrectionError(_("不认识的比较方式“%(operator)s”。") % {"operator": operator})
    year = correction.get("year")
    try:
        number = int(year) if year not in (None, "") else None
    except (TypeError, ValueError, OverflowError):
        number = -1
    if number is not None and not 1949 <= number <= 2200:
        raise CorrectionError(_("“%(year)s”不是年份。") % {"year": year})
    lower = operator in ("<=", "<", "decrease")
    return {
        "indicator": text_of(correction, "indicator")[:200],
        "operator": operator,
        "value": text_of(correction, "value")[:40],
        "unit": str(correction.get("unit_label") or "").strip()[:20] or None,
        "year": number,
        "direction": "lower" if lower else "higher",
        "strength": "力争" if correction.get("strength") == "力争" else "firm",
        "span": list(span),
        "confidence": 1.0,
    }


def _not_yet(known: list[Json] | None, fresh: list[Json]) -> list[Json]:
    """Those that were not read at the same place before."""
    places = {tuple(line["span"]) for line in known or [] if line.get("span")}
    return [line for line in fresh if not line.get("span") or tuple(line["span"]) not in places]


def _add_duties(item: Json, fresh: list[Json]) -> bool:
    """Add units that the item does not name at the same place; lists of their own govern what stands before them."""
    known = item.get("duties") or []
    more = [line for line in _not_yet(known, fresh) if line.get("span")]
    if not known:
        item["duties"] = copy.deepcopy(fresh)
    elif more:
        last = max(int(line.get("bracket") or 1) for line in known)
        moved = [{**copy.deepcopy(line), "bracket": last + int(line.get("bracket") or 1)} for line in more]
        item["duties"] = [*({**line, "bracket": int(line.get("bracket") or 1)} for line in known), *moved]
    roles = {line["role"] for line in item.get("duties") or []}
    item["duty_mode"] = None if not roles else "joint" if roles == {"joint"} else "lead_support"
    return bool(more or (not known and fresh))


def _with_spans(item: Json) -> None:
    measures: list[Any] = item.get("measures") or []
    if len(item.get("measure_spans") or []) != len(measures):
        item["measure_spans"] = [[0, 0] for _measure in measures]


def _next_sequence(draft: Json) -> int:
    items = [item for section in draft.get("sections") or [] for item in section.get("items") or []]
    return 1 + max((int(item.get("sequence") or item.get("number") or 0) for item in items), default=0)


def _group_at(section: Json, start: int) -> int | None:
    before = [(span_start(group), group["number"]) for group in section.get("groups") or []]
    return max((entry for entry in before if entry[0] <= start), default=(0, None))[1]


HANDLERS = {
    "mark_item": mark_item,
    "mark_measure": mark_measure,
    "mark_target": mark_target,
    "mark_duties": mark_duties,
    "item_merge": item_merge,
    "item_split": item_split,
}
MARKS = frozenset(kind for kind in HANDLERS if kind.startswith("mark_"))
ADDING = frozenset({"mark_item", "item_split"})
