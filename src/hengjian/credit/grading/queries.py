"""Reads of the room: the grade of an enterprise with its reasons, classes of many for the sampler, history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from hengjian import rulebook
from hengjian.credit.grading import words
from hengjian.credit.grading.models import Adjustment, Classification, Run
from hengjian.credit.grading.packs import QUALITY, RISK, Pack, pack_at, pack_of
from hengjian.credit.grading.runs import rows_on
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.models import Fact
from hengjian.methods.credit_grading import Scored, Value, grade
from hengjian.parties.policies import may_anywhere
from hengjian.rulebook.parameters.credit_grading import BandSpec, Supervision


@dataclass(frozen=True)
class Feature:
    """One item of a score in the reader's language.

    Attributes:
        value: with its unit; "" where nothing is known.
        facts: ids of the facts behind the value that may still be shown.
        sealed: facts behind it were sealed since; then value, points and reason are not told.
    """

    code: str
    title: str
    group: str
    value: str
    points: Decimal | None
    reason: str
    facts: tuple[str, ...] = ()
    sealed: bool = False


@dataclass(frozen=True)
class Grade:
    """The grade of an enterprise on a day.

    Attributes:
        computed: what the points gave, where two persons set another grade.
        limits: what keeps the grade down whatever the score.
        month: the month in which these findings began to count.
        assumed: what no public source fixes; goes to every page and export that shows the grade.
    """

    grade: str
    title: str
    light: str
    score: Decimal
    computed: str
    features: tuple[Feature, ...]
    groups: tuple[tuple[str, Decimal], ...]
    limits: tuple[str, ...]
    pack: str
    pack_title: str
    rule: str
    public: bool
    month: str
    since: date
    until: date | None
    assumed: tuple[str, ...]
    adjustment: Adjustment | None = None

    @property
    def adjusted(self) -> bool:
        return self.adjustment is not None

    @property
    def mark(self) -> str:
        """`assumed` as one sentence for the page."""
        return words.mark_of(self.assumed)


def may_see_class(user: Any) -> bool:
    """Whether the person supervises: sees classes of internal packs, of which every look is logged."""
    return may_anywhere(user, "grading.view")


def grade_of(enterprise: Enterprise, pack: str | None = None, on: date | None = None) -> Grade | None:
    """The grade of an enterprise, by the pack of quality credit unless another is named; None where it has none.

    The caller asks who reads: packs that are not `public` are for those of `may_see_class` only.
    """
    rows = Classification.objects.filter(enterprise=enterprise, pack=pack or QUALITY).select_related("adjustment")
    if on is None:
        row = rows.filter(until=None).first()
    else:
        row = rows_on(pack or QUALITY, on).filter(enterprise=enterprise).select_related("adjustment").last()
    return explained(row) if row is not None else None


def history(enterprise: Enterprise, pack: str) -> list[Grade]:
    """All grades of an enterprise by a pack, the newest first; a stretch of no day is left out."""
    rows = Classification.objects.filter(enterprise=enterprise, pack=pack).select_related("adjustment")
    listed = [row for row in rows.order_by("-since", "-pk") if row.until is None or row.until > row.since]
    return _explained(listed)


def explained(row: Classification) -> Grade:
    """A stored row with titles, reasons and facts."""
    return _explained([row])[0]


def _explained(rows: Sequence[Classification]) -> list[Grade]:
    details = [json.loads(row.detail) for row in rows]
    leaves = {leaf for detail in details for _value, _points, found in detail.values() for leaf in found}
    ids = dict(Fact.objects.filter(leaf_index__in=leaves).values_list("leaf_index", "id"))
    return [_grade(row, detail, ids) for row, detail in zip(rows, details, strict=True)]


def _grade(row: Classification, detail: dict[str, Any], ids: dict[int, Any]) -> Grade:
    pack = pack_of(row.rule)
    values = {use: _value(pack, use, told[0]) for use, told in detail.items()}
    graded = grade(pack.model, values)
    band = _band(pack, row.grade)
    features = []
    hidden = False
    for item in graded.items:
        found = detail.get(item.feature, ["", None, []])[2]
        sealed = any(leaf not in ids for leaf in found)
        hidden |= sealed
        features.append(_feature(pack, item, tuple(str(ids[leaf]) for leaf in found if leaf in ids), sealed))
    language = get_language() or ""
    return Grade(
        grade=row.grade,
        title=words.said(band, language) if band else "",
        light=band.light if band else "grey",
        score=row.score,
        computed=row.computed,
        features=tuple(features),
        groups=()
        if hidden
        else tuple((words.said(group, language), graded.groups[group.code]) for group in pack.grading.groups),
        limits=()
        if hidden
        else tuple(words.said(cap, language) for cap in pack.grading.caps if cap.code in graded.caps),
        pack=pack.code,
        pack_title=words.title_of(pack),
        rule=row.rule,
        public=pack.public,
        month=row.since.strftime("%Y-%m"),
        since=row.since,
        until=row.until,
        assumed=words.assumed(pack),
        adjustment=row.adjustment,
    )


def _value(pack: Pack, use: str, text: str) -> Value:
    item = next((item for item in pack.model.items if item.feature == use), None)
    if item is not None and item.absent is None:
        return text
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def _feature(pack: Pack, item: Scored, facts: tuple[str, ...], sealed: bool) -> Feature:
    use = pack.use(item.feature)
    spec = next(spec for spec in pack.grading.items if spec.code == item.code)
    language = get_language() or ""
    group = next(group for group in pack.grading.groups if group.code == item.group)
    return Feature(
        code=item.code,
        title=words.use_title(use),
        group=words.said(group, language),
        value="" if sealed else words.value(use, item.value),
        points=None if sealed else item.points,
        reason=str(words.SEALED) if sealed else words.reason(use, spec, item),
        facts=facts,
        sealed=sealed,
    )


def _band(pack: Pack, name: str) -> BandSpec | None:
    return next((band for band in pack.grading.bands if band.grade == name), None)


def classes_of(codes: Iterable[str], pack: str = RISK, on: date | None = None) -> dict[str, str]:
    """Unified code → class; enterprises without one are left out. For drawing by class."""
    rows = Classification.objects.filter(until=None, pack=pack) if on is None else rows_on(pack, on)
    wanted = list(dict.fromkeys(codes))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 500):
        part = rows.filter(enterprise__code__in=wanted[start : start + 500])
        found.update(part.values_list("enterprise__code", "grade"))
    return found


def supervision_of(name: str, pack: str = RISK, on: date | None = None) -> Supervision | None:
    """What a class means: mode, share that is sampled, times per year; None where the pack has no such class."""
    from django.utils import timezone

    try:
        found = pack_at(pack, on or timezone.localdate())
    except rulebook.RuleNotFound:
        return None
    band = _band(found, name)
    return band.supervision if band else None


def runs(pack: str) -> list[Run]:
    """The finished runs of a pack, oldest first."""
    return list(Run.objects.filter(pack=pack, state=Run.State.DONE).order_by("month"))
