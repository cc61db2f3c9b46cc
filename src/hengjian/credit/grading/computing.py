"""Grading a population: values of the features → grades, and the rows and facts where something changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from hengjian.credit.grading import facts
from hengjian.credit.grading.gathering import Found, gather
from hengjian.credit.grading.members import Member, Population
from hengjian.credit.grading.models import Adjustment, Classification
from hengjian.credit.grading.packs import Pack
from hengjian.lake.opening import Opened
from hengjian.ledger.actions import append_many
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.methods.credit_grading import Column, Value, grade_many, score_of
from hengjian.parties.inserting import insert_values

SYSTEM = "credit-grading"
SOURCE = Source(system=SYSTEM)
REGION, KIND = "region", "kind"


@dataclass(frozen=True)
class Assessed:
    """What the pack says about a population.

    Attributes:
        details: JSON of what was found (`Classification.detail`), for those about whom anything was.
    """

    pack: Pack
    as_of: date
    tree_size: int
    people: Population
    grades: list[str]
    scores: list[int]
    details: dict[int, str]


def assess(
    pack: Pack, as_of: date, tree_size: int, people: Population, few: bool = False, lake: Opened | None = None
) -> Assessed:
    """Grade a population as of a day at a state of the ledger. Writes nothing.

    Args:
        few: read the facts of these subjects only, which is quicker for few of them.
        lake: as in `gathering.gather`.
    """
    findings = gather(pack, as_of, tree_size, list(people.places) if few else None, lake)
    found: dict[int, dict[str, Found]] = {}
    columns = {}
    for use, by_subject in findings.items():
        here: dict[int, Found] = {}
        for subject, one in by_subject.items():
            place = people.places.get(subject)
            if place is not None:
                here[place] = _together(here[place], one) if place in here else one
        for place, one in here.items():
            found.setdefault(place, {})[use] = one
        rows = np.fromiter(here, dtype=np.int64, count=len(here))
        columns[use] = Column(rows, [one.value for one in here.values()])
    many = grade_many(pack.model, len(people.members), columns)
    names = pack.model.grades
    points = _points(pack)
    details = {place: _detail(uses, points) for place, uses in found.items()}
    grades = [names[rank] for rank in many.grades.tolist()]
    return Assessed(pack, as_of, tree_size, people, grades, many.scores.tolist(), details)


def _together(first: Found, second: Found) -> Found:
    """Facts of one enterprise under two subjects: counts add up, of last words the later in the log counts."""
    if isinstance(first.value, Decimal) and isinstance(second.value, Decimal):
        return Found(first.value + second.value, tuple(sorted((*first.leaves, *second.leaves))))
    return max(first, second, key=lambda one: one.leaves)


def _points(pack: Pack) -> Any:
    """(use, value) → hundredths of points, remembered; None for a feature that only a cap reads."""
    items = {item.code: item for item in pack.model.items}
    memo: dict[tuple[str, Value], int | None] = {}

    def points(use: str, value: Value) -> int | None:
        key = (use, value)
        if key not in memo:
            memo[key] = int(items[use].points(value)[0] * 100) if use in items else None
        return memo[key]

    return points


def _detail(uses: dict[str, Found], points: Any) -> str:
    told = {use: [str(one.value), points(use, one.value), list(one.leaves)] for use, one in uses.items()}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass
class Applied:
    """What came of writing down a stretch of a population."""

    counts: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    regions: dict[str, Counter[str]] = field(default_factory=dict)
    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    changed: int = 0

    def count(self, told: Sequence[tuple[str, str, str, str]]) -> None:
        """Count (grade, grade before, region, kind): there are few different ones."""
        for (grade, before, region, kind), number in Counter(told).items():
            self.counts[grade] += number
            self.moves[f"{before}>{grade}"] += number
            self.regions.setdefault(region, Counter())[grade] += number
            self.kinds.setdefault(kind, Counter())[grade] += number


def apply(assessed: Assessed, start: int = 0, stop: int | None = None) -> Applied:
    """Write rows and facts where something changed, in the caller's transaction.

    Rows that begin after `as_of` (a record was sealed meanwhile) stay as they are.
    """
    members = assessed.people.members[start:stop]
    if not members:
        return Applied()
    pack, as_of = assessed.pack, assessed.as_of
    pks = [member.pk for member in members]
    known = _current(pack.code, pks)
    scores = {number: score_of(number) for number in set(assessed.scores[start:stop])}
    adjusted = {
        row.enterprise_id: row
        for row in Adjustment.objects.filter(
            pack=pack.code,
            state=Adjustment.State.AGREED,
            until__gte=as_of,
            enterprise__gte=pks[0],
            enterprise__lte=pks[-1],
        )
    }
    done = Applied()
    rows: list[list[object]] = []
    drafts: list[tuple[list[object], FactDraft]] = []
    closed: list[int] = []
    told: list[tuple[str, str, str, str]] = []
    for place, member in enumerate(members, start):
        before, adjustment = known.get(member.pk), adjusted.get(member.pk)
        computed = assessed.grades[place]
        grade = adjustment.grade if adjustment else computed
        if before is not None and before.since > as_of:
            grade = before.grade
        else:
            says = (
                *(grade, computed, scores[assessed.scores[place]], assessed.details.get(place, "{}")),
                *(pack.rule.id, pack.version, adjustment.pk if adjustment else None),
            )
            if before is None or before.says != says:
                # Not objects of the model: a first month makes a row of nearly every enterprise.
                row: list[object] = [
                    before.leaf_index if before else None,
                    member.pk,
                    pack.code,
                    as_of,
                    assessed.tree_size,
                    *says,
                ]
                rows.append(row)
                if before is not None:
                    closed.append(before.pk)
                if before is None or before.grade != grade:
                    score = scores[assessed.scores[place]]
                    previous = before.grade if before else ""
                    drafts.append((row, _draft(assessed, member, grade, score, previous, adjustment is not None)))
                    done.changed += before is not None
        told.append((grade, before.grade if before else "", member.region, member.kind))
    done.count(told)
    if drafts:
        first = append_many(draft for _row, draft in drafts).first
        for leaf, (row, _written) in enumerate(drafts, first):
            row[0] = leaf
    for begin in range(0, len(closed), 5000):
        Classification.objects.filter(pk__in=closed[begin : begin + 5000]).update(until=as_of)
    insert_values(Classification, ("leaf_index", "enterprise_id", "pack", "since", "tree_size", *SAYS), rows)
    return done


# What makes two rows say the same.
SAYS = ("grade", "computed", "score", "detail", "rule", "version", "adjustment_id")


class Known(NamedTuple):
    """The row that holds now: only what is compared, because a million whole rows take long to make."""

    pk: int
    since: date
    leaf_index: int | None
    says: tuple[object, ...]

    @property
    def grade(self) -> str:
        return str(self.says[0])


def _current(pack: str, pks: Sequence[int]) -> dict[int, Known]:
    rows = Classification.objects.filter(pack=pack, until=None)
    if len(pks) < 500:
        rows = rows.filter(enterprise__in=pks)
    rows = rows.filter(enterprise__gte=pks[0], enterprise__lte=pks[-1])
    found = rows.values_list("enterprise_id", "pk", "since", "leaf_index", *SAYS).iterator(chunk_size=10_000)
    return {row[0]: Known(row[1], row[2], row[3], tuple(row[4:])) for row in found}


def _draft(assessed: Assessed, member: Member, grade: str, score: Decimal, previous: str, adjusted: bool) -> FactDraft:
    pack = assessed.pack
    payload = {
        "pack": pack.code,
        "rule": pack.rule.id,
        "grade": grade,
        "previous": previous,
        "score": score,
        "as_of": assessed.as_of,
        "adjusted": adjusted,
    }
    return FactDraft(
        kind=facts.CLASSIFIED.name,
        subject=member.subject,
        payload=payload,
        region=member.region,
        occurred_on=assessed.as_of,
        source=SOURCE,
        disclosure="public" if pack.public else "internal",
    )
