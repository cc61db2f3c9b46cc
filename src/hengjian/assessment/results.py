"""Reads of results: the version that holds, versions computed again, year on year, reasons of lost points."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hengjian.assessment.models import Entry, Result, ResultSet, Round
from hengjian.assessment.rules import Contender, Definition, Standing, comparable, standings
from hengjian.rulebook.parameters.score_sheets import Item


def approved(row: Round) -> ResultSet | None:
    """The version that holds."""
    return row.results.filter(state=ResultSet.State.APPROVED).order_by("-version").first()


def newest(row: Round) -> ResultSet | None:
    return row.results.order_by("-version").first()


def reproduce(results: ResultSet) -> list[Standing]:
    """A version computed again from what was frozen with it."""
    content = Definition.from_dict(results.definition)
    return standings(content, [Contender.from_dict(key, data) for key, data in results.inputs.items()])


def result_of(entry: Entry) -> Result | None:
    """The object's result in the version that holds."""
    results = approved(entry.round)
    return results.rows.filter(entry=entry).first() if results else None


def previous_round(row: Round) -> Round | None:
    """The same office's round of the year before with an approved result, of the same kind of objects."""
    earlier = Round.objects.filter(unit=row.unit, year__lt=row.year).order_by("-year", "-pk")
    objects = row.content.scheme.objects
    return next((one for one in earlier if one.content.scheme.objects == objects and approved(one)), None)


@dataclass(frozen=True)
class Change:
    """An item that two years have in common: mean share of its points then and now."""

    item: Item
    before: Decimal
    now: Decimal

    @property
    def difference(self) -> Decimal:
        return self.now - self.before


def year_on_year(row: Round, found: Sequence[Standing]) -> tuple[Round | None, list[Change]]:
    """The year before and what changed, over the items and objects that both years have."""
    before = previous_round(row)
    results = approved(before) if before else None
    if before is None or results is None:
        return None, []
    old_units = {str(entry.pk): entry.unit_id for entry in before.entries.all()}
    new_units = {str(entry.pk): entry.unit_id for entry in row.entries.all()}
    both = set(old_units.values()) & set(new_units.values())
    old = [one for one in reproduce(results) if old_units[one.key] in both]
    new = [one for one in found if new_units[one.key] in both]
    changes = []
    for item, earlier in comparable(row.content.sheet, before.content.sheet):
        then, now = _mean(old, earlier.code), _mean(new, item.code)
        if then is not None and now is not None:
            changes.append(Change(item, then, now))
    return before, sorted(changes, key=lambda one: one.difference)


def _mean(found: Sequence[Standing], code: str) -> Decimal | None:
    shares = [item.share for one in found for item in one.scored.items if item.code == code and item.counts]
    known = [share for share in shares if share is not None]
    return sum(known, Decimal(0)) / len(known) if known else None


@dataclass(frozen=True)
class Loss:
    """An item with all points lost on it, by how many objects, and the reasons given, most frequent first."""

    item: Item
    lost: Decimal
    objects: int
    reasons: tuple[tuple[str, int], ...]


def losses(row: Round, found: Sequence[Standing]) -> list[Loss]:
    """Where points were lost, most points first."""
    lost: dict[str, Decimal] = defaultdict(Decimal)
    who: Counter[str] = Counter()
    why: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        for item in one.scored.items:
            if item.lost:
                lost[item.code] += item.lost
                who[item.code] += 1
                if item.note:
                    why[item.code][item.note] += 1
    made = [
        Loss(row.content.sheet.item(code), points, who[code], tuple(why[code].most_common(5)))
        for code, points in lost.items()
    ]
    return sorted(made, key=lambda one: (-one.lost, one.item.code))


def detail_items(result: Result) -> dict[str, dict[str, Any]]:
    """Item → the frozen line of a result."""
    return {item["code"]: item for group in result.detail["groups"] for item in group["items"]}
