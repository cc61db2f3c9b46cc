"""Figures that need not be typed: from the last period, other forms, facts and registers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from hengjian.lake.queries import tally
from hengjian.ledger.queries import facts
from hengjian.methods.periods import MONTHS, Period
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import valid_count
from hengjian.returns.catalogue import form
from hengjian.returns.declarations import CellSpec, Prefill
from hengjian.returns.models import Return
from hengjian.returns.reading import Past, past_of, values_of
from hengjian.returns.rules import Key


@dataclass(frozen=True, slots=True)
class Filled:
    """A figure for a cell (None empties it), and where it comes from, said to the reporter."""

    value: Decimal | None
    source: str


def prefilled(entry: Return, past: Past | None = None) -> dict[Key, Filled]:
    """What can be filled in for a return by the sources that its form declares."""
    source = _Sources(entry, past or past_of(entry))
    found = {}
    for cell in entry.opening.layout.inputs:
        if cell.prefill is not None:
            filled = source.find(cell, cell.prefill)
            if filled is not None:
                found[cell.row, cell.column] = filled
    return found


class _Sources:
    """The sources of one return; each is asked once."""

    def __init__(self, entry: Return, past: Past) -> None:
        self.entry, self.past, self.period = entry, past, entry.opening.period
        self.of_form = cache(self._of_form)

    def find(self, cell: CellSpec, prefill: Prefill) -> Filled | None:
        if prefill.previous:
            return self._previous((cell.row, cell.column))
        if prefill.form:
            row, dot, column = prefill.cell.partition(".")
            return self.of_form(prefill.form, row if dot else cell.row, column or row)
        if prefill.measure is not None:
            return self._measured(prefill)
        return self._registered(prefill.register_code)

    def _previous(self, key: Key) -> Filled | None:
        sheet = self.past.sheet(self.period.previous)
        value = sheet.here(key) if sheet is not None else None
        return None if value is None else Filled(value, _("上期数"))

    def _of_form(self, code: str, row: str, column: str) -> Filled | None:
        """The cell of another form: of the same period, or added up from all its finer periods."""
        other = form(code)
        if MONTHS[other.frequency] > MONTHS[self.period.frequency]:
            return None
        periods = self.period.split(other.frequency)
        returns = Return.objects.filter(
            opening__form_code=code,
            opening__period_code__in=[period.code for period in periods],
            region=self.entry.region_id,
            state__in=Return.REPORTED,
        ).select_related("opening")
        figures = [past_of(one).wrap(one.opening, values_of(one)).here((row, column)) for one in returns]
        known = [figure for figure in figures if figure is not None]
        if len(known) < len(periods):
            return None
        return Filled(sum(known, Decimal(0)), _("取自“%(form)s”") % {"form": other.title})

    def _measured(self, prefill: Prefill) -> Filled | None:
        assert prefill.measure is not None
        rows = tally(
            prefill.measure,
            frequency=self.period.frequency,
            regions=[self.entry.region.code],
            first=self.period.first,
            last=self.period.last,
        )
        # Nothing in the ledger is not zero: the region may not keep the records here.
        if not rows and not self._any_facts(prefill.measure.kinds, self.period):
            return None
        return Filled(sum((row.value for row in rows), Decimal(0)), _("按台账事实统计"))

    def _any_facts(self, kinds: tuple[str, ...], period: Period) -> bool:
        rows = facts(disclosure="internal", kinds=kinds).filter(
            region__startswith=self.entry.region.code, occurred_on__range=(period.first, period.last)
        )
        return rows.exists()

    def _registered(self, code: str) -> Filled | None:
        narrow: dict[str, Any] = {"region": self.entry.region_id}
        count = valid_count(code, self.entry.opening.last, **narrow)
        return Filled(Decimal(count), _("取自台账“%(register)s”") % {"register": register_type(code).title})
