"""Corrections by hand to a reading, as small data that is kept with the draft. Pure.

Each correction names its `kind` and where it applies: `section` and `item` are 0-based places, `measure` is 1-based as
in the reading. The reading itself (`PlanImport.parsed`) is never changed, so what a person changed can always be shown.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hengjian.plans.correction_places import (
    CorrectionError,
    Json,
    day_of,
    detail_of,
    find_item,
    find_measure,
    shift_details,
    span_of,
    text_of,
)
from hengjian.plans.marking import ADDING
from hengjian.plans.marking import HANDLERS as MARKING

ROLES = ("lead", "support", "joint")


def apply_correction(draft: Json, correction: Json) -> None:
    """Change `draft` in place.

    Kinds: `header` (field, value) · `item_title` (value) · `item_skip` (value: bool) · `item_duties` (value: list of
    {role, organisation}) · `measure_title` (value) · `measure_text` (value) · `measure_skip` (value) · `measure_key`
    (value) · `measure_deadline` (due: ISO date or "", strength) · `measure_split` (at: character offset) ·
    `measure_merge` (with the next one) · `accept` (part: item, duties, deadlines or targets): the reading is right,
    no doubt is left · `unit` (organisation as written, unit: id or None): which unit a written name means ·
    `mark_item`, `mark_measure`, `mark_target`, `mark_duties` (start, end, reading): what a person marked in the
    source · `item_merge` (with) · `item_split` (measure), see `marking.py`.

    Raises:
        CorrectionError: unknown kind, no such place, or an unusable value.
    """
    kind = correction.get("kind", "")
    handler = _HANDLERS.get(kind)
    if handler is None:
        raise CorrectionError(_("不认识的修改类型“%(kind)s”。") % {"kind": kind})
    handler(draft, correction)


def _header(draft: Json, correction: Json) -> None:
    name = correction.get("field")
    if name not in ("title", "plan_title", "number", "issuer", "issued_on"):
        raise CorrectionError(_("文件头没有“%(field)s”这一项。") % {"field": name})
    value = str(correction.get("value") or "").strip() or None
    if name == "issued_on" and value is not None:
        value = day_of(value).isoformat()
    draft[name] = value


def _item_title(draft: Json, correction: Json) -> None:
    find_item(draft, correction)["title"] = text_of(correction)


def _item_skip(draft: Json, correction: Json) -> None:
    find_item(draft, correction)["skip"] = bool(correction.get("value"))


def _item_duties(draft: Json, correction: Json) -> None:
    item = find_item(draft, correction)
    known = {duty["organisation"]: duty for duty in item.get("duties") or []}
    duties: list[Json] = []
    for line in correction.get("value") or []:
        role, organisation = line.get("role"), str(line.get("organisation") or "").strip()
        if role not in ROLES or not organisation:
            raise CorrectionError(_("责任单位须写明名称和分工（牵头、配合或共同）。"))
        if any(duty["organisation"] == organisation for duty in duties):
            raise CorrectionError(_("责任单位“%(name)s”写了两次。") % {"name": organisation})
        # What stood in the text keeps its place there; what a person added has none.
        duty = dict(known.get(organisation) or {"organisation": organisation, "name": organisation})
        duty["role"] = role
        duty["confidence"] = 1.0
        duties.append(duty)
    item["duties"] = duties
    roles = {duty["role"] for duty in duties}
    item["duty_mode"] = None if not roles else "joint" if roles == {"joint"} else "lead_support"


def _measure_title(draft: Json, correction: Json) -> None:
    item, index = find_measure(draft, correction)
    detail_of(item, index)["title"] = text_of(correction)


def _measure_text(draft: Json, correction: Json) -> None:
    item, index = find_measure(draft, correction)
    item["measures"][index - 1] = text_of(correction)


def _measure_skip(draft: Json, correction: Json) -> None:
    item, index = find_measure(draft, correction)
    detail_of(item, index)["skip"] = bool(correction.get("value"))


def _measure_key(draft: Json, correction: Json) -> None:
    item, index = find_measure(draft, correction)
    detail_of(item, index)["is_key"] = bool(correction.get("value"))


def _measure_deadline(draft: Json, correction: Json) -> None:
    """Replace what the reader found for this measure."""
    item, index = find_measure(draft, correction)
    text, span = item["measures"][index - 1], span_of(item, index)

    def mine(line: Json) -> bool:
        if span and line.get("span"):
            return span[0] <= line["span"][0] < span[1]
        return bool(line.get("sentence")) and text.startswith(line["sentence"])

    found = [line for line in item.get("deadlines") or [] if mine(line)]
    others = [line for line in item.get("deadlines") or [] if not mine(line)]
    due = str(correction.get("due") or "").strip()
    if due:
        line = dict(found[-1]) if found else {"phrase": gettext_noop("人工设定"), "sentence": text[:20], "span": span}
        line["due"] = day_of(due).isoformat()
        line["strength"] = "力争" if correction.get("strength") == "力争" else "firm"
        line["confidence"] = 1.0
        others.append(line)
    item["deadlines"] = others


def _measure_split(draft: Json, correction: Json) -> None:
    item, index = find_measure(draft, correction)
    text = item["measures"][index - 1]
    try:
        at = int(correction["at"])
    except (KeyError, TypeError, ValueError):
        at = 0
    first, second = text[:at].rstrip("，,；;。 "), text[at:].lstrip("，,；;。 ")
    if not first or not second:
        raise CorrectionError(_("拆分的位置须在句子中间。"))
    item["measures"][index - 1 : index] = [first, second]
    span = span_of(item, index)
    if span:
        middle = min(span[0] + at, span[1])
        item["measure_spans"][index - 1 : index] = [[span[0], middle], [middle, span[1]]]
    shift_details(item, index, +1)


def _measure_merge(draft: Json, correction: Json) -> None:
    item, index = find_measure(draft, correction)
    if index >= len(item["measures"]):
        raise CorrectionError(_("后面没有可以合并的举措。"))
    item["measures"][index - 1 : index + 1] = [f"{item['measures'][index - 1]}；{item['measures'][index]}"]
    if item.get("measure_spans"):
        first, second = item["measure_spans"][index - 1 : index + 1]
        item["measure_spans"][index - 1 : index + 1] = [[first[0], second[1]]]
    shift_details(item, index, -1)


def _accept(draft: Json, correction: Json) -> None:
    item = find_item(draft, correction)
    part = correction.get("part")
    if part not in ("item", "duties", "deadlines", "targets"):
        raise CorrectionError(_("条目没有“%(part)s”这一部分。") % {"part": part})
    for entry in [item] if part == "item" else item.get(part) or []:
        entry["confidence"] = 1.0


def _unit(draft: Json, correction: Json) -> None:
    chosen = draft.setdefault("chosen", {})
    unit = correction.get("unit")
    if unit is None:
        chosen.pop(text_of(correction, "organisation"), None)
    else:
        chosen[text_of(correction, "organisation")] = int(unit)


def without(parsed: Json, corrections: list[Json], index: int) -> tuple[Json, list[Json]]:
    """The draft and the corrections as if the correction at `index` had never been made.

    The others are applied again to a copy of `parsed`. Taking a split or a merge back moves the numbers of the measures
    behind it, so later corrections of the same item are renumbered.

    Raises:
        CorrectionError: there is no such correction, or a later one builds on it.
    """
    if not 0 <= index < len(corrections):
        raise CorrectionError(_("没有这一处修改。"))
    kept = [*corrections[:index], *_renumbered(corrections[index], corrections[index + 1 :])]
    draft = copy.deepcopy(parsed)
    try:
        for correction in kept:
            apply_correction(draft, correction)
    except CorrectionError as error:
        raise _built_upon() from error
    return draft, kept


def _renumbered(undone: Json, later: list[Json]) -> list[Json]:
    """The later corrections with the places that they have once `undone` never was."""
    kind = undone["kind"]
    if kind in ADDING or kind == "item_merge":
        return _items_renumbered(undone, later)
    steps = {"measure_split": -1, "measure_merge": +1, "mark_measure": -1}
    shift = steps.get(kind)
    if shift is None:
        return later
    here = int(undone["measure"])
    # After a split the two halves are at `here` and `here` + 1; after a merge the whole is at `here`, as is a measure
    # that was added.
    width = 1 if kind == "measure_split" else 0
    result: list[Json] = []
    for correction in later:
        if _same_item(correction, undone) and correction["kind"] in ("item_split", "item_merge"):
            raise _built_upon()
        if _same_item(correction, undone) and "measure" in correction:
            place = int(correction["measure"])
            made = correction["kind"]
            last = place + (made == "measure_merge")
            if place <= here + width and last >= here:
                raise _built_upon()
            if place > here:
                correction = {**correction, "measure": place + shift}
            else:
                here -= steps.get(made, 0)
        result.append(correction)
    return result


def _items_renumbered(undone: Json, later: list[Json]) -> list[Json]:
    """An item that was added stands at `added`; those added to the section after it move up."""
    added = undone.get("added")
    result: list[Json] = []
    for correction in later:
        if correction.get("section") == undone["section"]:
            named = {correction.get("item"), correction.get("with")} - {None}
            own = undone["kind"] != "mark_item" and named & {undone.get("item"), undone.get("with")}
            if own or (added is not None and added in named):
                raise _built_upon()
            if added is not None:
                moved = {
                    key: correction[key] - 1
                    for key in ("item", "with", "added")
                    if correction.get(key) is not None and correction[key] > added
                }
                correction = {**correction, **moved}
        result.append(correction)
    return result


def _same_item(one: Json, other: Json) -> bool:
    return all(one.get(key) == other.get(key) for key in ("section", "item")) or (
        one.get("section") == other.get("section") and one.get("with") == other.get("item")
    )


def _built_upon() -> CorrectionError:
    return CorrectionError(_("后面的修改以它为基础，请先撤销后面的修改。"))


_HANDLERS: dict[str, Callable[[Json, Json], None]] = {
    "header": _header,
    "item_title": _item_title,
    "item_skip": _item_skip,
    "item_duties": _item_duties,
    "measure_title": _measure_title,
    "measure_text": _measure_text,
    "measure_skip": _measure_skip,
    "measure_key": _measure_key,
    "measure_deadline": _measure_deadline,
    "measure_split": _measure_split,
    "measure_merge": _measure_merge,
    "accept": _accept,
    "unit": _unit,
    **MARKING,
}
