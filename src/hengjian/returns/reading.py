"""Sheets from storage: the figures of returns with those of earlier periods behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hengjian.methods.periods import Period
from hengjian.returns.models import Cell, Opening, Return
from hengjian.returns.rules import Key, Sheet

Values = dict[Key, Decimal]
# Periods before the present one that hints and checks look at: two years of the same season, and enough for a median.
LOOK_BACK = {"month": 24, "quarter": 9, "half": 6, "year": 6}


def values_of(entry: Return) -> Values:
    """The filled input cells."""
    rows = Cell.objects.filter(owner=entry, value__isnull=False).values_list("row", "column", "value")
    return {(row, column): value for row, column, value in rows if value is not None}


def values_by_return(entries: Iterable[int]) -> dict[int, Values]:
    """The same for many returns, by primary key, in one query."""
    found: dict[int, Values] = defaultdict(dict)
    rows = Cell.objects.filter(owner__in=list(entries), value__isnull=False)
    for owner, row, column, value in rows.values_list("owner", "row", "column", "value"):
        if value is not None:
            found[owner][row, column] = value
    return found


@dataclass
class Past:
    """The figures that one region reported on one form before.

    Attributes:
        values: period code → figures; only periods that were reported.
        openings: period code → the opening, for its layout.
    """

    period: Period
    values: Mapping[str, Values]
    openings: Mapping[str, Opening]
    _sheets: dict[str, Sheet | None] = field(default_factory=dict, repr=False)

    def sheet(self, period: Period) -> Sheet | None:
        """The sheet of an earlier period, with what lies before it; None: nothing was reported."""
        code = period.code
        if code not in self._sheets:
            opening = self.openings.get(code)
            self._sheets[code] = None if opening is None else self.wrap(opening, self.values.get(code, {}))
        return self._sheets[code]

    def wrap(self, opening: Opening, values: Mapping[Key, Decimal]) -> Sheet:
        """Figures as a sheet that finds its past here."""
        period = opening.period

        def earlier(shift: str) -> Sheet | None:
            return self.sheet(period.previous if shift == "prev" else period.year_earlier)

        return Sheet(opening.layout, values, period.days, earlier)

    def before(self, steps: int) -> list[tuple[Period, Sheet | None]]:
        """The last periods, oldest first."""
        return [(one, self.sheet(one)) for one in (self.period.shift(-step) for step in range(steps, 0, -1))]


def past_of(entry: Return) -> Past:
    """What the region reported before the return's period, as far back as checks and hints look."""
    return pasts_of([entry])[entry.pk]


def pasts_of(entries: Iterable[Return]) -> dict[int, Past]:
    """The same for returns of one opening, by primary key, in two queries."""
    given = list(entries)
    if not given:
        return {}
    opening = given[0].opening
    period = opening.period
    codes = [period.shift(-step).code for step in range(1, LOOK_BACK[period.frequency] + 1)]
    earlier = Return.objects.filter(
        opening__form_code=opening.form_code,
        opening__period_code__in=codes,
        region__in=[entry.region_id for entry in given],
        state__in=Return.REPORTED,
    ).select_related("opening")
    by_region: dict[int, list[Return]] = defaultdict(list)
    for one in earlier:
        by_region[one.region_id].append(one)
    values = values_by_return(one.pk for rows in by_region.values() for one in rows)
    return {
        entry.pk: Past(
            period,
            {one.opening.period_code: values.get(one.pk, {}) for one in by_region[entry.region_id]},
            {one.opening.period_code: one.opening for one in by_region[entry.region_id]},
        )
        for entry in given
    }


def sheet_of(entry: Return, past: Past | None = None) -> Sheet:
    """The return as it stands."""
    return (past or past_of(entry)).wrap(entry.opening, values_of(entry))
