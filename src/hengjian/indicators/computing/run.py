"""Computing indicators: one pass of the lake over all that is counted in facts, then each by its own source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain, groupby

from hengjian.indicators.computing import counting, deriving, reported, rolling, standing
from hengjian.indicators.computing.task import Answers, Cell, Computed, Heard, NotComputable, Places, Sizes, Table, Task
from hengjian.indicators.declarations import (
    Definition,
    FromFacts,
    FromFactValue,
    FromImport,
    FromIndicators,
    FromReturn,
)
from hengjian.indicators.rules import PLACES as DIGITS
from hengjian.indicators.rules import Parts, cumulate, interval, quantity
from hengjian.lake.errors import LakeError
from hengjian.lake.queries import tally_many
from hengjian.lake.standings import standing_many

Outcome = tuple[Definition, list[Computed], str]  # the last: why it could not be computed


def compute(
    declared: Sequence[Definition],
    *,
    tree_size: int,
    today: date,
    places: Places | None = None,
    first: date | None = None,
    last: date | None = None,
    engine: str | None = None,
) -> Iterator[Outcome]:
    """The values of indicators at a state of the ledger, in the given order.

    Derived indicators take the stored values of others, so store what is yielded before asking for the next one.

    Args:
        first, last: only periods between these days.
    """
    places = places or Places.load()
    ends = last or date(today.year, 12, 31)  # the end of every period under way
    heard = Heard(
        Answers(
            partial(tally_many, tree_size=tree_size, engine=engine), chain.from_iterable(map(counting.asks, declared))
        ),
        Answers(
            partial(standing_many, first=first or date.min, last=ends, tree_size=tree_size, engine=engine),
            chain.from_iterable(map(standing.asks, declared)),
        ),
    )
    for item in declared:
        task = Task(item, places, tree_size, today, first, last)
        try:
            yield item, values(task, heard), ""
        except (NotComputable, LakeError) as error:
            yield item, [], str(error)


def values(task: Task, heard: Heard) -> list[Computed]:
    """The values of one indicator.

    Raises:
        NotComputable, LakeError: it cannot be computed; the message says why.
    """
    source = task.declared.source
    if isinstance(source, FromImport):
        return rolling.roll_up(task, rolling.imported(task))
    if isinstance(source, FromIndicators):
        return [item for item in deriving.derive(task) if task.wanted(item.region)]
    if isinstance(source, FromFactValue):
        own = [item for item in concluded(task) if task.wanted(item.region)]
        return [*own, *rolling.roll_up(task, [rolling.Own.of(item) for item in own])]
    if isinstance(source, FromReturn):
        table, sizes = reported.from_returns(task)
        return [rolling.marked(task, item, table) for item in finished(task, table, sizes)]
    if isinstance(source, FromFacts):
        table, sizes = counting.count(task, heard.counted)
    else:
        table, sizes = standing.stand(task, heard.stood)
    return finished(task, table, sizes)


def finished(task: Task, table: Table, sizes: Sizes) -> list[Computed]:
    """Values with intervals from parts of every cell."""
    if task.declared.accumulates:
        table = _accumulated(table)
    found: list[Computed] = []
    for cell, rows in table.items():
        for region, parts in rows.items():
            if task.wanted(region):
                found.append(value_of(task.declared, cell, region, parts, sizes.get(cell, {}).get(region)))
    return found


def value_of(declared: Definition, cell: Cell, region: str, parts: Parts, n: int | None) -> Computed:
    """One value from its parts."""
    numerator, denominator = parts
    value = quantity(declared.scale, numerator, denominator).value
    bounds = interval(declared.interval, numerator, denominator)
    return Computed(
        region,
        cell.period,
        cell.dimensions,
        None if value is None else value.quantize(DIGITS),
        numerator,
        denominator,
        bounds[0] if bounds else None,
        bounds[1] if bounds else None,
        n,
    )


def _accumulated(table: Table) -> Table:
    """Each period with those of the same year before it."""
    found: Table = {}
    order = sorted(table, key=lambda cell: (cell.dimensions, cell.frequency, cell.period))
    for _key, cells in groupby(order, key=lambda cell: (cell.dimensions, cell.frequency)):
        known = list(cells)
        for region in sorted({code for cell in known for code in table[cell]}):
            steps = [(cell.period.year, table[cell].get(region, (Decimal(0), None))) for cell in known]
            for cell, parts in zip(known, cumulate(steps), strict=True):
                found.setdefault(cell, {})[region] = parts
    return found


def concluded(task: Task) -> list[Computed]:
    """Values that procedures concluded with."""
    found: list[Computed] = []
    for item in reported.from_conclusions(task):
        found.append(
            Computed(
                item.region,
                item.cell.period,
                item.cell.dimensions,
                item.value,
                item.numerator,
                item.denominator,
                item.low,
                item.high,
                item.n,
                {"facts": [item.fact]},
            )
        )
    return found
