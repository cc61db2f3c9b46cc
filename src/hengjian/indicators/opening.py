"""Opening a value: the facts, cells or values behind it, a page at a time, and what changed between two versions."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from hengjian.indicators.changes import kinds_of
from hengjian.indicators.computing.counting import LEVELS
from hengjian.indicators.computing.reported import as_text, inside
from hengjian.indicators.computing.standing import holds
from hengjian.indicators.computing.task import Places
from hengjian.indicators.declarations import (
    Definition,
    FromFacts,
    FromFactValue,
    FromIndicators,
    FromReturn,
    FromStanding,
)
from hengjian.indicators.models import Observation
from hengjian.indicators.telling import definition_of
from hengjian.lake.measures import Measure
from hengjian.lake.queries import facts_behind
from hengjian.ledger.drafts import INTERNAL, Disclosure
from hengjian.ledger.models import Fact
from hengjian.ledger.queries import facts
from hengjian.methods.periods import Frequency

PAGE = 50


@dataclass(frozen=True)
class Behind:
    """What stands behind one part of a value.

    Attributes:
        facts: those of this page that the reader may see, `total` counts all.
        values: the values that a derived or rolled-up one is made of, by role.
    """

    total: int = 0
    facts: tuple[Fact, ...] = ()
    values: dict[str, list[Observation]] = field(default_factory=dict)
    offset: int = 0

    @property
    def following(self) -> int:
        """Where the next page begins; 0: there is none."""
        return self.offset + PAGE if self.offset + PAGE < self.total else 0

    @property
    def previous(self) -> int:
        return max(self.offset - PAGE, 0)


def behind(
    row: Observation, part: str = "denominator", *, disclosure: Disclosure = INTERNAL, offset: int = 0
) -> Behind:
    """What stands behind the numerator or the denominator of a value, as the ledger was when it was computed."""
    declared = definition_of(row)
    source = declared.source
    if row.inputs.get("values"):
        return Behind(values=_values(row))
    if row.origin in (Observation.Origin.IMPORT, Observation.Origin.ENTERED) or isinstance(source, FromIndicators):
        return Behind()
    if isinstance(source, FromFacts):
        measure = source.denominator if part == "denominator" and source.denominator else source.numerator
        return _counted(row, declared, measure, disclosure, offset)
    found = [fact for fact in _candidates(row, declared) if _counts(fact, row, declared, part)]
    shown = [fact for fact in found[offset : offset + PAGE] if fact.disclosure in _levels(disclosure)]
    return Behind(len(found), tuple(shown), offset=offset)


def _levels(disclosure: Disclosure) -> tuple[str, ...]:
    return {"public": ("public",), "shared": ("public", "shared"), "internal": ("public", "shared", "internal")}[
        disclosure
    ]


def _values(row: Observation) -> dict[str, list[Observation]]:
    keys = {pk for pks in row.inputs["values"].values() for pk in pks}
    rows = Observation.objects.filter(pk__in=keys).select_related("region", "definition").in_bulk()
    return {role: [rows[pk] for pk in pks if pk in rows] for role, pks in row.inputs["values"].items()}


def _counted(row: Observation, declared: Definition, measure: Measure, disclosure: Disclosure, offset: int) -> Behind:
    level = LEVELS.get(row.region.level)
    frequency: Frequency = row.frequency  # type: ignore[assignment]
    page = facts_behind(
        measure,
        row.region.code,
        row.first,
        dict(row.broken_down),
        row.tree_size,
        frequency=frequency,
        level=level,
        disclosure=disclosure,
        offset=offset,
        limit=PAGE,
    )
    found = Fact.objects.filter(leaf_index__in=[index for index, _id in page.facts]).order_by("leaf_index")
    return Behind(page.total, tuple(found), offset=offset)


def _candidates(row: Observation, declared: Definition) -> QuerySet[Fact]:
    rows = facts(disclosure=INTERNAL, kinds=kinds_of(declared), tree_size=row.tree_size)
    codes = Places.load().within(row.region.code)
    source = declared.source
    if isinstance(source, FromReturn):
        return rows.filter(subject__startswith=f"return:{source.form}:", region__in=codes, occurred_on=row.last)
    if isinstance(source, FromFactValue):
        return rows.filter(id__in=row.inputs.get("facts", []))
    assert isinstance(source, FromStanding)
    last: dict[str, int] = {}
    for index, subject in (
        rows.filter(occurred_on__lte=row.last)
        .order_by("occurred_on", "leaf_index")
        .values_list("leaf_index", "subject")
    ):
        last[subject] = index
    return rows.filter(leaf_index__in=last.values(), region__in=codes)


def _counts(fact: Fact, row: Observation, declared: Definition, part: str) -> bool:
    source = declared.source
    if not isinstance(source, FromStanding):
        return True
    conditions = (*source.where, *(source.meets if part == "numerator" else ()))
    wanted = row.broken_down
    if any(as_text(_field(fact, source.by[name])) != code for name, code in wanted.items()):
        return False
    return all(holds(one, as_text(_field(fact, one.field)), row.when) for one in conditions)


def _field(fact: Fact, name: str) -> object:
    if not name.startswith("payload.") and "." not in name and hasattr(fact, name) and name not in fact.payload:
        return getattr(fact, name)
    return inside(fact.payload, name)


@dataclass(frozen=True)
class Difference:
    """Why two versions of a value differ. `added`, `gone`: facts that count in one of them only (at most 100 shown)."""

    before: Observation
    after: Observation
    added: tuple[Fact, ...] = ()
    gone: tuple[Fact, ...] = ()
    definition_changed: bool = False


def difference(before: Observation, after: Observation) -> Difference:
    """What happened between two versions of one value."""
    changed = before.definition_id != after.definition_id
    declared = definition_of(after)
    if not before.tree_size or not after.tree_size or not kinds_of(declared):
        return Difference(before, after, definition_changed=changed)
    kinds = kinds_of(declared)
    between = Fact.objects.filter(leaf_index__gte=before.tree_size, leaf_index__lt=after.tree_size)
    codes = Places.load().within(after.region.code)
    new = between.filter(kind__in=kinds, region__in=codes).order_by("leaf_index")
    ended = between.exclude(supersedes=None).values("supersedes")
    withdrawn = between.exclude(retracts=None).values("retracts")
    old = Fact.objects.filter(kind__in=kinds, region__in=codes, leaf_index__lt=before.tree_size)
    gone = (old.filter(id__in=ended) | old.filter(id__in=withdrawn)).order_by("leaf_index")
    if isinstance(declared.source, FromFacts) and declared.source.numerator.date == "occurred_on":
        new = new.filter(occurred_on__gte=after.first, occurred_on__lte=after.last)
        gone = gone.filter(occurred_on__gte=after.first, occurred_on__lte=after.last)
    return Difference(before, after, tuple(new[:100]), tuple(gone[:100]), changed)
