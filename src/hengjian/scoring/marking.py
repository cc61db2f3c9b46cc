"""The marking grid: which inputs an item needs, and the answer that was typed into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.rulebook.parameters import score_operators as ops
from hengjian.rulebook.parameters.score_sheets import Item, ScoreSheets
from hengjian.scoring.answers import Answer, WrongAnswer, number
from hengjian.scoring.operators import plain
from hengjian.scoring.words import named


@dataclass(frozen=True)
class Input:
    """One control of an item: `kind` is number, choice, check."""

    name: str
    label: str
    kind: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Line:
    """An item as the grid shows it."""

    item: Item
    title: str
    criteria: str
    inputs: tuple[Input, ...]
    note: str
    points: Decimal | None
    may_skip: bool
    skipped: bool
    problem: str = ""


def _shown(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else "" if value is None else str(value)


def inputs_of(item: Item, answer: Answer | None) -> tuple[Input, ...]:
    """The controls of an item, filled with the answer."""
    said = answer or Answer()
    operator, value, name = item.operator, _shown(said.value), f"{item.code}:value"
    one = Input(name, _("数值"), "number", value, unit=str(getattr(operator, "unit", "")))
    match operator:
        case ops.Exists():
            known = {True: "yes", False: "no"}
            chosen = known[said.value] if isinstance(said.value, bool) else ""
            return (Input(name, _("是否具备"), "choice", chosen, (("yes", _("具备")), ("no", _("不具备")))),)
        case ops.Tiers():
            tiers = tuple((tier.code, f"{named(tier)}（{plain(tier.share * 100)}%）") for tier in operator.tiers)
            return (Input(name, _("档次"), "choice", value, tiers),)
        case ops.Percent():
            steps = [Decimal(n) * operator.step for n in range(int(100 / operator.step) + 1)]
            return (Input(name, _("百分比"), "choice", value, tuple((plain(n), f"{plain(n)}%") for n in steps)),)
        case ops.Missing() if operator.elements:
            complete = bool(said.parts) and not any(said.parts.values())
            lacking = [
                Input(
                    f"{item.code}:part:{element.code}",
                    _("缺：%(what)s") % {"what": named(element)},
                    "check",
                    "1" if said.parts.get(element.code) else "",
                )
                for element in operator.elements
            ]
            return (*lacking, Input(f"{item.code}:none", _("要素齐全"), "check", "1" if complete else ""))
        case ops.Events():
            return tuple(_part(item, rule, said) for rule in operator.rules)
        case ops.Interval() if operator.parts:
            return tuple(_part(item, part, said) for part in operator.parts)
        case ops.Baseline() | ops.Ratio():
            given = operator.baseline if isinstance(operator, ops.Baseline) else operator.target
            if given is None:
                label = _("基准值") if isinstance(operator, ops.Baseline) else _("目标值")
                return one, Input(f"{item.code}:reference", label, "number", _shown(said.reference), unit=one.unit)
    return (one,)


def _part(item: Item, part: ops.Named, said: Answer) -> Input:
    return Input(f"{item.code}:part:{part.code}", named(part), "number", _shown(said.parts.get(part.code)))


def answer_of(item: Item, data: Mapping[str, Any]) -> Answer:
    """What was typed for an item.

    Raises:
        WrongAnswer: a text where a number belongs.
    """
    note = str(data.get(f"{item.code}:note", "")).strip()[:500]
    if data.get(f"{item.code}:skip"):
        return Answer(not_applicable=True, note=note)
    value: Any = str(data.get(f"{item.code}:value", "")).strip()
    if isinstance(item.operator, ops.Exists):
        value = {"yes": True, "no": False}.get(value)
    elif not value:
        value = None
    elif not isinstance(item.operator, ops.Tiers):
        value = number(value)
    prefix = f"{item.code}:part:"
    parts = {
        key.removeprefix(prefix): number(text)
        for key, text in data.items()
        if key.startswith(prefix) and str(text).strip()
    }
    if (
        isinstance(item.operator, ops.Missing)
        and item.operator.elements
        and not parts
        and data.get(f"{item.code}:none")
    ):
        parts = {item.operator.elements[0].code: Decimal(0)}
    reference = str(data.get(f"{item.code}:reference", "")).strip()
    return Answer(value, parts, number(reference) if reference else None, False, note)


def line(item: Item, answer: Answer | None, points: Decimal | None, problem: str = "") -> Line:
    """An item for the grid, filled with its answer."""
    english = (get_language() or "").startswith("en")
    return Line(
        item=item,
        title=named(item),
        criteria=item.criteria_en if english and item.criteria_en else item.criteria,
        inputs=inputs_of(item, answer),
        note=answer.note if answer else "",
        points=points,
        may_skip=item.not_applicable != "refused",
        skipped=bool(answer and answer.not_applicable),
        problem=problem,
    )


def guides(sheet: ScoreSheets) -> list[dict[str, Any]]:
    """How percentages are judged, in the reader's language."""
    english = (get_language() or "").startswith("en")
    return [
        {
            "title": named(guide),
            "dimensions": [named(dimension) for dimension in guide.dimensions],
            "bands": [
                (f"{band.span.text()} %", band.title_en if english and band.title_en else band.title)
                for band in guide.bands
            ],
        }
        for guide in sheet.guides
    ]


def said_problem(error: WrongAnswer) -> str:
    """A wrong answer in the reader's language."""
    return _(error.problem) % error.values_ if error.values_ else _(error.problem)
