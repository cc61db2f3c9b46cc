"""Figures that need not be typed: from the last period, other forms, facts and registers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hengjian.lake.measures import Level, Measure
from hengjian.lake.queries import tally
from hengjian.ledger.queries import facts
from hengjian.methods.periods import MONTHS
from hengjian.parties.models import Region
from hengjian.registers.queries import valid_count
from hengjian.returns.catalogue import form
from hengjian.returns.declarations import CellSpec
from hengjian.returns.lines import Prefill
from hengjian.returns.models import Opening, Return
from hengjian.returns.reading import Past, past_of, values_of
from hengjian.returns.rules import Key

PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Filled:
    """A figure for a cell (None empties it), and where it comes from: "previous", "facts", "form:code",
    "register:code" or the name of a file; `showing.source_said` says it."""

    value: Decimal | None
    source: str


def prefilled(entry: Return, past: Past | None = None, sources: Sources | None = None) -> dict[Key, Filled]:
    """What can be filled in for a return by the sources that its form declares.

    Args:
        sources: shared by the returns of one opening, so that the ledger is asked once for all regions.
    """
    asked = sources or Sources(entry.opening)
    before = past or past_of(entry)
    found = {}
    for cell in entry.opening.layout.inputs:
        if cell.prefill is not None:
            filled = asked.find(entry, before, cell, cell.prefill)
            if filled is not None:
                found[cell.row, cell.column] = filled
    return found


class Sources:
    """The sources of one opening; each question is asked once."""

    def __init__(self, opening: Opening) -> None:
        self.opening, self.period = opening, opening.period
        # A region's own figure: where counties report, too, what happened in them is theirs.
        self.level: Level = "county" if "county" in opening.form.reporters.levels else "prefecture"
        self.tallies: dict[str, dict[str, Decimal]] = {}
        self.seen: dict[tuple[str, ...], set[str]] = {}

    def find(self, entry: Return, past: Past, cell: CellSpec, prefill: Prefill) -> Filled | None:
        if prefill.previous:
            return _previous(past, (cell.row, cell.column))
        if prefill.form:
            row, dot, column = prefill.cell.partition(".")
            return self._of_form(entry, prefill.form, row if dot else cell.row, column or row)
        if prefill.measure is not None:
            return self._measured(entry.region.code, prefill.measure)
        count = valid_count(prefill.register_code, self.opening.last, region=entry.region_id)
        return Filled(Decimal(count), f"register:{prefill.register_code}")

    def _of_form(self, entry: Return, code: str, row: str, column: str) -> Filled | None:
        """The cell of another form: of the same period, or added up from all its finer periods."""
        other = form(code)
        if MONTHS[other.frequency] > MONTHS[self.period.frequency]:
            return None
        periods = self.period.split(other.frequency)
        returns = Return.objects.filter(
            opening__form_code=code,
            opening__period_code__in=[period.code for period in periods],
            region=entry.region_id,
            state__in=Return.REPORTED,
        ).select_related("opening")
        figures = [past_of(one).wrap(one.opening, values_of(one)).here((row, column)) for one in returns]
        known = [figure for figure in figures if figure is not None]
        if len(known) < len(periods):
            return None
        return Filled(sum(known, Decimal(0)), f"form:{code}")

    def _measured(self, region: str, measure: Measure) -> Filled | None:
        # Nothing in the ledger is not zero: the region may not keep these records here.
        if region not in self._regions_with(measure.kinds):
            return None
        key = measure.model_dump_json()
        if key not in self.tallies:
            rows = tally(
                measure,
                frequency=self.period.frequency,
                level=self.level,
                first=self.period.first,
                last=self.period.last,
            )
            counted: dict[str, Decimal] = {}
            for row in rows:
                counted[row.region] = counted.get(row.region, Decimal(0)) + row.value
            self.tallies[key] = counted
        return Filled(self.tallies[key].get(region, Decimal(0)), "facts")

    def _regions_with(self, kinds: tuple[str, ...]) -> set[str]:
        """The regions with any fact of the kinds in the period, and those above them."""
        if kinds not in self.seen:
            rows = facts(disclosure="internal", kinds=kinds).filter(
                occurred_on__range=(self.period.first, self.period.last)
            )
            codes = set(rows.order_by().values_list("region", flat=True).distinct())
            with_facts = Region.objects.filter(code__in=codes)
            above = Region.objects.above(*with_facts).values_list("code", flat=True) if codes else ()
            self.seen[kinds] = codes | set(above)
        return self.seen[kinds]


def _previous(past: Past, key: Key) -> Filled | None:
    sheet = past.sheet(past.period.previous)
    value = sheet.here(key) if sheet is not None else None
    return None if value is None else Filled(value, PREVIOUS)
