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
from hengjian.credit.grading.gathering import SUBJECT, Found, gather
from hengjian.credit.grading.models import Adjustment, Classification
from hengjian.credit.grading.packs import Pack
from hengjian.enterprises.models import Enterprise, EnterpriseCode
from hengjian.lake.opening import Opened
from hengjian.ledger.actions import append_many
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.methods.credit_grading import Column, Value, grade_many, score_of
from hengjian.parties.inserting import insert_many

SYSTEM = "credit-grading"
#: Bodies that ended or left are graded no more.
GRADED = (Enterprise.Status.ACTIVE, Enterprise.Status.SUSPENDED, Enterprise.Status.REVOKED)
REGION, KIND = "region", "kind"


@dataclass(frozen=True, slots=True)
class Member:
    """One enterprise of the population."""

    pk: int
    key: str
    code: str
    region: str
    kind: str

    @property
    def subject(self) -> str:
        return SUBJECT + (self.code or self.key)


@dataclass(frozen=True)
class Population:
    """Who is graded, in the order of primary keys; every subject that a fact may name them by leads to their place."""

    members: list[Member]
    places: dict[str, int]


def population(enterprises: Sequence[int] | None = None) -> Population:
    """The enterprises that are graded today; only these primary keys, where given."""
    rows = Enterprise.objects.filter(merged_into=None, status__in=GRADED)
    merged = Enterprise.objects.exclude(merged_into=None)
    codes = EnterpriseCode.objects.filter(scheme=EnterpriseCode.Scheme.UNIFIED)
    if enterprises is not None:
        rows, merged = rows.filter(pk__in=enterprises), merged.filter(merged_into__in=enterprises)
        codes = codes.filter(enterprise__in=[*enterprises, *merged.values_list("pk", flat=True)])
    members = [
        Member(*row) for row in rows.order_by("pk").values_list("pk", "key", "code", "region__code", "kind").iterator()
    ]
    places: dict[str, int] = {}
    by_pk: dict[int, int] = {}
    for place, member in enumerate(members):
        by_pk[member.pk] = place
        places[SUBJECT + member.key] = place
        if member.code:
            places[SUBJECT + member.code] = place
    for pk, key, code, into in merged.values_list("pk", "key", "code", "merged_into").iterator():
        if into is not None and (found := by_pk.get(into)) is not None:
            by_pk[pk] = found
            places.setdefault(SUBJECT + key, found)
            if code:
                places.setdefault(SUBJECT + code, found)
    for value, owner in codes.values_list("value", "enterprise").iterator():
        if (found := by_pk.get(owner)) is not None:
            places.setdefault(SUBJECT + value, found)
    return Population(members, places)


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
    rows: list[Classification] = []
    drafts: list[tuple[Classification, FactDraft]] = []
    closed: list[int] = []
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
                row = Classification(
                    enterprise_id=member.pk,
                    pack=pack.code,
                    **dict(zip(SAYS, says, strict=True)),
                    since=as_of,
                    tree_size=assessed.tree_size,
                    leaf_index=before.leaf_index if before else None,
                )
                rows.append(row)
                if before is not None:
                    closed.append(before.pk)
                if before is None or before.grade != grade:
                    drafts.append((row, _draft(assessed, member, row, before.grade if before else "")))
                    done.changed += before is not None
        done.counts[grade] += 1
        done.moves[f"{before.grade if before else ''}>{grade}"] += 1
        done.regions.setdefault(member.region, Counter())[grade] += 1
        done.kinds.setdefault(member.kind, Counter())[grade] += 1
    if drafts:
        first = append_many(draft for _row, draft in drafts).first
        for leaf, (row, _written) in enumerate(drafts, first):
            row.leaf_index = leaf
    for begin in range(0, len(closed), 5000):
        Classification.objects.filter(pk__in=closed[begin : begin + 5000]).update(until=as_of)
    insert_many(rows)
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


def _draft(assessed: Assessed, member: Member, row: Classification, previous: str) -> FactDraft:
    pack = assessed.pack
    payload = facts.Classified(
        pack=pack.code,
        rule=pack.rule.id,
        grade=row.grade,
        previous=previous,
        score=row.score,
        as_of=assessed.as_of,
        adjusted=row.adjustment_id is not None,
    )
    return FactDraft(
        kind=facts.CLASSIFIED.name,
        subject=member.subject,
        payload=payload,
        region=member.region,
        occurred_on=assessed.as_of,
        source=Source(system=SYSTEM),
        disclosure="public" if pack.public else "internal",
    )
