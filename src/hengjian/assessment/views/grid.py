"""Lines of the marking grids: an item of an object with what is known, offered and marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language

from hengjian.assessment import offers
from hengjian.assessment.models import Entry, Mark
from hengjian.assessment.standing import Marks
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring import marking
from hengjian.scoring.answers import Answer
from hengjian.scoring.operators import plain
from hengjian.scoring.words import named, said


def taken(item: Item, offered: list[offers.Offer], answer: Answer) -> offers.Offer | None:
    """The offered number that the answer takes over unchanged."""
    return next((one for one in offered if one.fills == "value" and answer.value == one.value), None)


def criteria(item: Item) -> str:
    english = (get_language() or "").startswith("en")
    return item.criteria_en if english and item.criteria_en else item.criteria


def prefilled(item: Item, mark: Mark | None, offered: list[offers.Offer], target: Any) -> Answer | None:
    """What the controls start with: what was marked, else the number on offer and the approved target."""
    if mark is not None:
        return mark.said
    answer = Answer()
    for one in offered:
        answer = replace(answer, value=one.value) if one.fills == "value" else replace(answer, reference=one.value)
    if target is not None:
        answer = replace(answer, reference=target)
    return answer


def line(
    entry: Entry,
    item: Item,
    stage: str,
    marks: Marks,
    offered: Mapping[int, Mapping[str, list[offers.Offer]]],
    targets: Mapping[int, Mapping[str, Any]],
    used: Mapping[tuple[int, str], list[Any]],
    problem: str = "",
    typed: Answer | None = None,
) -> dict[str, Any]:
    """One line of a grid for one stage."""
    stages = marks[entry.pk][item.code]
    mark = stages.get(stage)
    there = offered.get(entry.pk, {}).get(item.code, [])
    target = targets.get(entry.pk, {}).get(item.code)
    fits = [one for one in there if one.fills == "value"]
    answer = typed or prefilled(item, mark, there, target)
    # An approved target is not asked for again; it stands beside the control.
    inputs = tuple(
        one for one in marking.inputs_of(item, answer) if target is None or not one.name.endswith(":reference")
    )
    return {
        "entry": entry,
        "item": item,
        "title": named(item),
        "criteria": criteria(item),
        "prefix": f"e{entry.pk}-",
        "inputs": inputs,
        "note": (answer.note if answer else "") or (mark.reason if mark else ""),
        "mark": mark,
        "points": mark.points if mark else None,
        "may_skip": item.not_applicable != "refused",
        "skipped": bool(answer and answer.not_applicable),
        "stages": stages,
        "own": stages.get("self"),
        "offers": there,
        "offered": fits[0] if fits and mark is None else None,
        "target": None if target is None else plain(target),
        "evidence": used.get((entry.pk, item.code), []),
        "problem": problem,
    }


def typed_answer(item: Item, entry: Entry, data: Mapping[str, Any]) -> Answer:
    """What was typed for an item of an object.

    Raises:
        WrongAnswer: a text where a number belongs.
    """
    prefix = f"e{entry.pk}-"
    own = {key.removeprefix(prefix): value for key, value in data.items() if key.startswith(prefix)}
    answer = marking.answer_of(item, own)
    # A prefilled target alone says nothing.
    if answer.value is None and not answer.parts and not answer.not_applicable:
        return Answer(note=answer.note)
    return answer


def said_answer(item: Item, answer: Answer, points: Any) -> str:
    """An answer in words: the number, the tier, what is missing."""
    from hengjian.scoring.answers import WrongAnswer
    from hengjian.scoring.operators import found

    if answer.not_applicable or answer.empty:
        return ""
    try:
        _points, told = found(item.operator, item.points, answer)
    except WrongAnswer:
        return ""
    return " ".join(said(one) for one in told)


def number_text(value: Any) -> str:
    return "—" if value is None else plain(value)
