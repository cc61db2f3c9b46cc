"""What the upper level sees of a period: the sum of its regions, who is in and who is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from hengjian.parties.models import Region
from hengjian.returns.models import Opening, Return, StageRecord
from hengjian.returns.reading import Values, values_by_return
from hengjian.returns.rules import Sheet, added_up


@dataclass
class Consolidated:
    """The figures of several returns of one opening together.

    Attributes:
        counted: the returns that are in the sum; `missing`: those that are not in.
        sheets: figures of those that are counted, by primary key.
    """

    opening: Opening
    total: Sheet
    counted: list[Return] = field(default_factory=list)
    missing: list[Return] = field(default_factory=list)
    sheets: dict[int, Sheet] = field(default_factory=dict)

    @property
    def expected(self) -> int:
        return len(self.counted) + len(self.missing)


def consolidate(opening: Opening, entries: Iterable[Return], *, approved_only: bool) -> Consolidated:
    """Add returns up. Amounts are added and percentages computed from the sums; a return under correction counts with
    the figures that were approved last.

    Args:
        approved_only: leave out what has not passed its last stage.
    """
    given = list(entries)
    values = official_values(given)
    accepted = {Return.State.APPROVED, Return.State.CORRECTING} if approved_only else set(values_states())
    counted = [entry for entry in given if entry.state in accepted and entry.pk in values]
    missing = [entry for entry in given if entry not in counted]
    sheets = {entry.pk: Sheet(opening.layout, values[entry.pk], opening.period.days) for entry in counted}
    if opening.form.includes_lower:
        inside = _inside(counted)
        parts = [sheets[entry.pk] for entry in counted if entry.pk not in inside]
    else:
        parts = list(sheets.values())
    return Consolidated(opening, added_up(opening.layout, parts, opening.period.days), counted, missing, sheets)


def values_states() -> tuple[str, ...]:
    return (*Return.REPORTED, Return.State.CORRECTING)


def official_values(entries: Iterable[Return]) -> dict[int, Values]:
    """The figures that stand for each return that was reported; of one under correction, those approved last."""
    given = list(entries)
    reported = [entry.pk for entry in given if entry.state in Return.REPORTED]
    found: dict[int, Values] = {pk: {} for pk in reported} | values_by_return(reported)
    correcting = [entry.pk for entry in given if entry.state == Return.State.CORRECTING]
    records = StageRecord.objects.filter(owner__in=correcting, step=StageRecord.Step.APPROVED).order_by("pk")
    for owner, figures in records.values_list("owner", "figures"):
        found[owner] = {
            (row, column): Decimal(text) for row, cells in figures.items() for column, text in cells.items()
        }
    return found


def _inside(counted: list[Return]) -> set[int]:
    """Returns whose region lies below another one that is counted."""
    regions = {entry.region_id for entry in counted}
    parents = dict(Region.objects.values_list("pk", "parent"))
    inside = set()
    for entry in counted:
        above = parents.get(entry.region_id)
        while above is not None:
            if above in regions:
                inside.add(entry.pk)
                break
            above = parents.get(above)
    return inside
