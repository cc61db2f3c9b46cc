"""What a scheme, the stages of marks and a round's result mean. Pure: no Django, no clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from hengjian import rulebook
from hengjian.rulebook.parameters.assessment_schemes import AssessmentSchemes, combined
from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.score_sheets import Item, ScoreSheets
from hengjian.scoring.rules import Answer, Decided, ItemScore, Scored, score, score_item

#: Stages in which an item is marked, from the first word to the last.
STAGES = ("self", "department", "site", "panel")
#: Later stages overrule earlier ones; what only the assessed body said does not count.
COUNTED = ("panel", "site", "department")


class SchemeProblem(ValueError):
    """A scheme that does not hold together; `problem` is a Chinese pattern with `values`."""

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem % values if values else problem)
        self.problem = problem
        self.values_ = values


def _(message: str) -> str:
    """Marks a Chinese pattern for the translators."""
    return message


@dataclass(frozen=True)
class Definition:
    """A scheme complete: its steps and rules, the sheet it works with, the grades."""

    scheme: AssessmentSchemes
    sheet: ScoreSheets
    grades: Grades | None

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "scheme": self.scheme.model_dump(mode="json", exclude_none=True),
            "sheet": self.sheet.model_dump(mode="json", exclude_none=True),
            "grades": self.grades.model_dump(mode="json", exclude_none=True) if self.grades else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Definition:
        """The definition of `to_dict`.

        Raises:
            pydantic.ValidationError: parts that make no sense.
        """
        return _read(json.dumps(data, sort_keys=True))

    @property
    def assumed(self) -> tuple[str, ...]:
        """Items whose points are not from the source."""
        return tuple(item.code for item in self.sheet.items if item.assumed)

    def lead(self, item: str) -> str:
        """Family of the unit that scores the item; "" is the office."""
        if item in self.scheme.leads:
            return self.scheme.leads[item]
        group = next(group.code for group in self.sheet.groups if any(one.code == item for one in group.items))
        return self.scheme.leads.get(group, "")

    def check(self) -> None:
        """Raises SchemeProblem where the scheme speaks of items that the sheet has not."""
        items = {item.code for item in self.sheet.items}
        known = items | {group.code for group in self.sheet.groups}
        for what, codes, there in (
            (_("评分单位"), self.scheme.leads, known),
            (_("备案目标"), self.scheme.targets, items),
            (_("台账佐证"), self.scheme.facts, items),
            (_("数据来源"), [source.item for source in self.scheme.sources], items),
        ):
            if unknown := sorted(set(codes) - there):
                raise SchemeProblem(_("%(what)s提到的“%(codes)s”不在评分表中。"), what=what, codes="、".join(unknown))
        if self.grades is not None:
            names = {band.grade for band in self.grades.bands}
            if unknown := sorted(set(self.scheme.rectify_grades) - names):
                raise SchemeProblem(
                    _("%(what)s提到的“%(codes)s”不在评分表中。"), what=_("须整改的等级"), codes="、".join(unknown)
                )


@lru_cache(maxsize=64)
def _read(text: str) -> Definition:
    """Reading a sheet takes many times longer than writing it down: the same text is read once."""
    data = json.loads(text)
    return Definition(
        AssessmentSchemes.model_validate(data["scheme"]),
        ScoreSheets.model_validate(data["sheet"]),
        Grades.model_validate(data["grades"]) if data.get("grades") else None,
    )


def definition_of(rule: rulebook.Rule, region: str, on: Any) -> Definition:
    """The complete definition that a rule of the family `assessment_schemes` stands for, as in force on a day.

    Raises:
        rulebook.RuleNotFound: a sheet or the grades are not in force there on that day.
        SchemeProblem: it does not hold together.
    """
    scheme = rule.typed(AssessmentSchemes)
    sheets = {
        block.sheet: rulebook.at("score_sheets", region, on, variant=block.sheet).typed(ScoreSheets)
        for block in scheme.blocks
    }
    grades = rulebook.at("grades", region, on, variant=scheme.grades).typed(Grades) if scheme.grades else None
    found = Definition(scheme, combined(scheme, sheets), grades)
    found.check()
    return found


def counted(marks: Mapping[str, Answer]) -> tuple[str, Answer | None]:
    """(stage, answer) that counts among the answers by stage; ("", None) while only the assessed body spoke."""
    for stage in COUNTED:
        answer = marks.get(stage)
        if answer is not None and not answer.empty:
            return stage, answer
    return "", None


class Deviation(NamedTuple):
    """An item on which stages differ: points by stage, the widest difference in points and as a share of the item."""

    item: str
    points: Mapping[str, Decimal]
    width: Decimal
    share: Decimal


def deviations(sheet: ScoreSheets, marks: Mapping[str, Mapping[str, Answer]]) -> list[Deviation]:
    """Items with different points in different stages before the panel, widest share first.

    Args:
        marks: item → stage → answer.
    """
    found = []
    for item in sheet.items:
        points = {
            stage: made
            for stage, answer in marks.get(item.code, {}).items()
            if stage != "panel"
            and not answer.empty
            and (made := score_item(item, answer, sheet.places).points) is not None
        }
        if len(points) > 1 and (width := max(points.values()) - min(points.values())):
            found.append(Deviation(item.code, points, width, width / item.points))
    return sorted(found, key=lambda one: (-one.share, one.item))


@dataclass(frozen=True)
class Contender:
    """What decides about one object: the answers that count, and what the panel decided beside them."""

    key: str
    answers: Mapping[str, Answer]
    vetoes: tuple[str, ...] = ()
    downgrades: tuple[str, ...] = ()
    extra: tuple[tuple[str, Decimal], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "answers": {code: answer.to_dict() for code, answer in self.answers.items()},
            "vetoes": list(self.vetoes),
            "downgrades": list(self.downgrades),
            "extra": [[title, str(points)] for title, points in self.extra],
        }

    @classmethod
    def from_dict(cls, key: str, data: Mapping[str, Any]) -> Contender:
        return cls(
            key,
            {code: Answer.from_dict(answer) for code, answer in data["answers"].items()},
            tuple(data["vetoes"]),
            tuple(data["downgrades"]),
            tuple((title, Decimal(points)) for title, points in data["extra"]),
        )


@dataclass(frozen=True)
class Standing:
    """One object's result with its place."""

    key: str
    rank: int
    scored: Scored


def standings(definition: Definition, contenders: Iterable[Contender]) -> list[Standing]:
    """Totals, places and grades of all objects, best first; equal totals share the better place.

    Whoever a veto struck stands behind all others, whatever the total.

    Raises:
        WrongAnswer: an answer does not fit its item.
    """
    sheet = definition.sheet
    rows = []
    for one in contenders:
        decided = Decided(vetoes=one.vetoes, downgrades=one.downgrades, extra=one.extra)
        rows.append((one, score(sheet, one.answers, decided=decided)))
    order = sorted(rows, key=lambda row: (bool(row[0].vetoes), -row[1].total, row[0].key))
    found: list[Standing] = []
    for place, (one, plain) in enumerate(order, start=1):
        level = bool(found) and found[-1].scored.total == plain.total
        tied = level and bool(found[-1].scored.vetoes) == bool(plain.vetoes)
        rank = found[-1].rank if tied else place
        decided = Decided(rank, one.vetoes, one.downgrades, one.extra)
        found.append(Standing(one.key, rank, score(sheet, one.answers, grades=definition.grades, decided=decided)))
    return found


@dataclass(frozen=True)
class Gap:
    """How far it is to the next better grade.

    Attributes:
        grade: that grade; points: what is missing on the sheet's scale, 0 where only the place is in the way.
        max_rank: the place that the grade asks for besides.
        items: the fewest items whose lost points would close the gap, most lost first; empty where none could.
    """

    grade: str
    points: Decimal
    max_rank: int | None
    items: tuple[ItemScore, ...]


def gap(definition: Definition, standing: Standing) -> Gap | None:
    """The way to the next better grade; None at the top, without grades, and while a veto holds."""
    grades, scored = definition.grades, standing.scored
    if grades is None or not scored.grade or scored.vetoes:
        return None
    names = [band.grade for band in grades.bands]
    place = names.index(scored.grade)
    if place == 0:
        return None
    band = grades.bands[place - 1]
    wanted = Decimal(0) if band.at_least is None else band.at_least
    if grades.rounding.mode == "half_up":
        wanted -= Decimal("0.5").scaleb(-grades.rounding.places)
    on_sheet = wanted * definition.sheet.total / grades.total
    missing = max(on_sheet - scored.total, Decimal(0))
    closing: list[ItemScore] = []
    left = missing
    for item in sorted(scored.items, key=lambda one: (-one.lost, one.code)):
        if left <= 0 or not item.lost:
            break
        closing.append(item)
        left -= item.lost
    return Gap(band.grade, missing, band.max_rank, tuple(closing) if left <= 0 else ())


def must_rectify(definition: Definition, rows: Sequence[Standing]) -> set[str]:
    """Keys of objects that have to rectify: by their grade, or among the last by place."""
    scheme = definition.scheme
    found = {row.key for row in rows if row.scored.grade in scheme.rectify_grades and row.scored.grade}
    if scheme.bottom and len(rows) > scheme.bottom:
        limit = rows[-scheme.bottom].rank
        found |= {row.key for row in rows if row.rank >= limit}
    return found


def low_items(definition: Definition, scored: Scored) -> list[ItemScore]:
    """Items below the share of points from which on they have to be rectified."""
    return [
        item
        for item in scored.items
        if item.full and item.counts and (item.share or Decimal(0)) < definition.scheme.low_share
    ]


def comparable(new: ScoreSheets, old: ScoreSheets) -> list[tuple[Item, Item]]:
    """Items that two years have in common: same code and same name; only those are compared."""
    before = {(item.code, item.title): item for item in old.items}
    return [(item, before[item.code, item.title]) for item in new.items if (item.code, item.title) in before]
