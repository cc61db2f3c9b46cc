"""How many things stood in a state at the end of each period."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hengjian.lake.engines import Rows
from hengjian.lake.errors import MeasureError
from hengjian.lake.expressions import DECIMAL, NUMBERS, period_number
from hengjian.lake.measures import END, Condition, Level, Standing, Stood
from hengjian.lake.opening import Opened, opened, snapshot
from hengjian.lake.passes import WIDE, Figures, Pass, by_scan
from hengjian.lake.queries import as_text, broken_down, in_text_order
from hengjian.lake.sources import Source, placed, source, subjects
from hengjian.ledger.drafts import Disclosure
from hengjian.methods.later import later
from hengjian.methods.periods import MONTHS, Frequency

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = later("ibis")

DAYS = ("date", "datetime")


@dataclass(frozen=True, slots=True)
class StandingAsk:
    """One question; see `queries.Ask`."""

    standing: Standing
    frequency: Frequency = "month"
    level: Level | None = None
    by: tuple[str, ...] = ()
    year_start: int = 1

    def __post_init__(self) -> None:
        broken_down(self.standing, self.by)

    @property
    def scan(self) -> tuple[Any, ...]:
        """What must be equal for two questions to share one pass over the facts."""
        standing = self.standing
        return (standing.kinds, standing.date, standing.region, self.frequency, self.year_start, self.level)


@dataclass(frozen=True, slots=True)
class Grid:
    """Periods as numbers: the months since the year 0 at which they begin."""

    frequency: Frequency
    year_start: int

    @property
    def step(self) -> int:
        return MONTHS[self.frequency]

    def number(self, day: ir.Value) -> ir.Value:
        return period_number(day, self.frequency, self.year_start)

    def month(self, day: date) -> int:
        offset = self.year_start - 1 if self.frequency == "year" else 0
        return (day.year * 12 + day.month - 1 - offset) // self.step * self.step + offset

    def bounds(self, day: ir.Value, condition: Condition) -> tuple[list[ir.Value], list[ir.Value]]:
        """The periods whose first or last day stands so to `day`: from the ones on, before the others."""
        op, step = condition.op, self.step
        own = self.number(day)
        if condition.value == END:  # the last day is not after `day` while the period of the next day has not begun
            next_ = self.number(day + ibis.interval(days=1))
            least, most = {"ge": (None, next_), "gt": (None, own), "le": (own, None), "lt": (next_, None)}.get(
                op, (own, next_)
            )
        else:
            before = self.number(day - ibis.interval(days=1)) + step
            own += step
            least, most = {"ge": (None, own), "gt": (None, before), "le": (before, None), "lt": (own, None)}.get(
                op, (before, own)
            )
        return ([least] if least is not None else []), ([most] if most is not None else [])


def standing_many(
    asks: Sequence[StandingAsk],
    *,
    first: date,
    last: date,
    regions: Iterable[str] | None = None,
    tree_size: int | None = None,
    valid_on: date | None = None,
    disclosure: Disclosure = "internal",
    engine: str | None = None,
) -> list[list[Stood]]:
    """The state at the end of every period from that of `first` to that of `last`, in the order of `tally`.

    Facts after `last` are not looked at: the state of the period under way is that of `last`. Where nothing stands is
    no row. For the other arguments and the errors see `queries.tally`.
    """
    within = sorted(set(regions)) if regions is not None else []
    if regions is not None and not within:
        return [[] for _ask in asks]
    kinds = frozenset(kind for asked in asks for kind in asked.standing.kinds)
    with opened(snapshot(tree_size, valid_on, disclosure), kinds, engine) as lake:
        return standing_in(lake, asks, first, last, within)


def standing_in(
    lake: Opened, asks: Sequence[StandingAsk], first: date, last: date, within: Sequence[str] = ()
) -> list[list[Stood]]:
    """`standing_many` in a lake that is open."""
    return by_scan(lake.session, asks, lambda chosen: _pass(lake, chosen, first, last, within))


def _pass(
    lake: Opened, asks: Sequence[StandingAsk], first: date, last: date, within: Sequence[str]
) -> Pass[Stood] | None:
    """The questions that share a scan, as one aggregation for each break-down; None when there are no facts.

    A word about a thing adds it in the period of that word and takes it away in the period of the next one. What
    stands in a period is the sum of the changes so far: two rows for a word, however long the thing stands.
    """
    found = source(lake, [asked.standing for asked in asks])
    if found is None:
        return None
    shared = asks[0]
    grid = Grid(shared.frequency, shared.year_start)
    months = range(grid.month(first), grid.month(last) + grid.step, grid.step)
    standings = [asked.standing for asked in asks]
    table = found.table.filter(found.table.day <= last)  # without a day, too
    judged, still = _judged(Source(table.mutate(period=grid.number(table.day)), found.fields), standings)
    table = _words(judged)
    since = ibis.greatest(table.period, ibis.literal(months.start, type="int64"))
    until = ibis.coalesce(table.until, ibis.literal(months.stop, type="int64"))
    table = table.mutate(since=since, until=until)
    table = placed(lake, table.filter(table.since < table.until), shared.level, within)
    changes = _changes(Source(table, found.fields), standings, still, grid, months.stop)
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, asked in enumerate(asks):
        columns = tuple(found.fields[asked.standing.dimensions[name]][0] for name in asked.by)
        groups.setdefault(columns, []).append(number)
    if len(groups) > 1 and () in groups:
        # A thing stands in one group only, so that the whole is the sum of any break-down.
        whole = groups.pop(())
        next(iter(groups.values())).extend(whole)
    expressions = []
    named: dict[int, tuple[str, str, str]] = {}
    for columns, numbers in groups.items():
        sums: dict[str, ir.Value] = {}
        for number in numbers:
            named[number] = _named(changes, number, asks[number].standing, sums)
        expressions.append(changes.source.table.group_by("at", "place", *dict.fromkeys(columns)).aggregate(**sums))

    def answers(found: Sequence[Rows]) -> list[list[Stood]]:
        stood: list[list[Stood]] = [[] for _ask in asks]
        for rows, (columns, numbers) in zip(found, groups.items(), strict=True):
            cells: dict[tuple[str, ...], Cells] = {}
            for number in numbers:
                asked = asks[number]
                said = columns if asked.by else ()
                if said not in cells:
                    cells[said] = Cells(rows, said, months)
                stood[number] = _stood(cells[said], named[number], asked)
        return stood

    return Pass(expressions, answers)


def _words(table: ir.Table) -> ir.Table:
    """The last word about each subject in each period, with the period of the next one as `until`."""
    of_subject = ibis.window(group_by=subjects(table), order_by=[table.day, table.leaf_index])
    table = table.mutate(until=table.period.lead().over(of_subject))
    return table.filter(table.until.isnull() | (table.until > table.period))


@dataclass(frozen=True, slots=True)
class Changes:
    """The words as changes.

    A stay is the time for which a word holds under some conditions on the period's days.

    Attributes:
        source: its table has two rows for each stay k of a word: `edge` 2k where it begins and 2k + 1 where it ends,
            both in the period `at`.
        parts: for each standing, the stay of its whole and the column that says whether its other conditions hold
            (empty where there are none); then the same of its part.
    """

    source: Source
    parts: Sequence[Sequence[tuple[int, str]]]


def _moving(found: Source, conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Those of the conditions whose answer changes with the period."""
    return tuple(one for one in conditions if one.of_period and found.fields[one.field][1] in DAYS)


def _judged(found: Source, standings: Iterable[Standing]) -> tuple[ir.Table, dict[tuple[Condition, ...], str]]:
    """The table with a column for all conditions together that are asked of a word itself, whatever the period.

    They are asked before words are put in order: answers are then carried along, not the texts that they come from.
    """
    columns: dict[tuple[Condition, ...], str] = {(): ""}
    computed: dict[str, ir.Value] = {}
    for standing in standings:
        for conditions in (standing.where, (*standing.where, *standing.meets)):
            moving = _moving(found, conditions)
            still = tuple(one for one in conditions if one not in moving)
            if still not in columns:
                columns[still] = f"holds{len(columns)}"
                holds = found.holds(still)
                assert holds is not None  # no conditions have no column
                computed[columns[still]] = holds
    return found.table.mutate(**computed), columns


def _changes(
    found: Source, standings: Sequence[Standing], judged: Mapping[tuple[Condition, ...], str], grid: Grid, end: int
) -> Changes:
    stays: dict[tuple[Condition, ...], int] = {}
    computed: dict[str, ir.Value] = {}
    pairs = []
    for standing in standings:
        pair = []
        for conditions in (standing.where, (*standing.where, *standing.meets)):
            moving = _moving(found, conditions)
            still = tuple(one for one in conditions if one not in moving)
            pair.append((stays.setdefault(moving, len(stays)), judged[still]))
        pairs.append(pair)
    for moving, stay in stays.items():
        computed[f"from{stay}"], computed[f"to{stay}"] = _stay(found, moving, grid)
    table = found.table.mutate(**computed)
    wholes = {whole[1] for whole, _part in pairs}
    if "" not in wholes:  # what counts in no figure need not be looked at any more
        table = table.filter(functools.reduce(operator.or_, [table[whole] for whole in sorted(wholes)]))
    table = table.mutate(edge=ibis.range(0, 2 * len(stays)).unnest())
    ends = [
        (table.edge == 2 * stay + last, table[f"{'to' if last else 'from'}{stay}"])
        for stay in stays.values()
        for last in (0, 1)
    ]
    lasts = [
        (table.edge.isin([2 * stay, 2 * stay + 1]), table[f"from{stay}"] < table[f"to{stay}"])
        for stay in stays.values()
    ]
    table = table.mutate(at=ibis.cases(*ends), lasts=ibis.cases(*lasts))
    return Changes(Source(table.filter(table.lasts, table.at < end), found.fields), pairs)


def _stay(found: Source, moving: Iterable[Condition], grid: Grid) -> tuple[ir.Value, ir.Value]:
    """From which period on a word holds and before which it ends; null where a day that is asked for is missing."""
    begin, end = found.table.since, found.table.until
    for one in moving:
        day = found.read(one.field)[0].cast("date")
        lows, highs = grid.bounds(day, one)
        for low in lows:
            begin = ibis.ifelse(low > begin, low, begin)
        for high in highs:
            end = ibis.ifelse(high < end, high, end)
        # Unlike `greatest`, a comparison with nothing is not true on any engine: the word then holds nowhere.
        end = ibis.ifelse(day.isnull(), found.table.since, end)
    return begin, end


def _named(changes: Changes, number: int, standing: Standing, sums: dict[str, ir.Value]) -> tuple[str, str, str]:
    """The columns with the changes of part, whole and number of things of a standing; adds them to the sums."""
    whole, part = changes.parts[number]
    things = _sum(changes, whole, "", sums)
    if not standing.sum:
        return _sum(changes, part, "", sums), things, things
    return _sum(changes, part, standing.sum, sums), _sum(changes, whole, standing.sum, sums), things


def _sum(changes: Changes, part: tuple[int, str], field: str, sums: dict[str, ir.Value]) -> str:
    """What comes less what goes, in things or in a field; once for all standings that ask for it."""
    found, table = changes.source, changes.source.table
    stay, holds = part
    column, type_ = found.read(field) if field else (None, None)
    if type_ is not None and type_ not in NUMBERS:
        raise MeasureError(_("字段“%(field)s”不是数字，不能求和。请修改指标定义。") % {"field": field})
    name = f"sum{stay}_{holds}_{found.fields[field][0] if field else ''}"
    if name in sums:
        return name
    ends = []
    for edge in (2 * stay, 2 * stay + 1):
        where = table.edge == edge if not holds else table[holds] & (table.edge == edge)
        if column is None:
            ends.append(table.count(where=where))
        else:
            added = column.cast(DECIMAL).sum(where=where)
            ends.append(ibis.coalesce(added, ibis.literal(Decimal(0), type=DECIMAL)))
    sums[name] = ends[0] - ends[1]
    return name


class Cells:
    """Where the changes in each row of an answer go: which region and dimensions, and which period.

    Attributes:
        groups: regions with dimensions as text, in order.
        months: the periods, in order.
    """

    def __init__(self, rows: Rows, columns: Sequence[str], months: range) -> None:
        self.columns = rows.columns()
        said = [[as_text(value) for value in self.columns[name]] for name in columns]
        keys = list(zip([place or "" for place in self.columns["place"]], *said, strict=True))
        self.groups = sorted(set(keys), key=lambda key: (key[0], in_text_order(key[1:])))
        self.months = months
        place_of = {key: number for number, key in enumerate(self.groups)}
        self._places = [
            (place_of[key], (at - months.start) // months.step)
            for key, at in zip(keys, self.columns["at"], strict=True)
        ]

    def standing(self, name: str, exactly: bool) -> list[Sequence[Any]]:
        """What stands in each period, by groups: the sum of the changes of a column so far."""
        add = WIDE.add if exactly else operator.add
        changes: list[list[Any]] = [[0] * len(self.months) for _group in self.groups]
        for (group, month), change in zip(self._places, self.columns[name], strict=True):
            changes[group][month] = add(changes[group][month], change)
        return list(zip(*(accumulate(row, add) for row in changes), strict=True)) or [() for _month in self.months]


def _stood(cells: Cells, names: tuple[str, str, str], asked: StandingAsk) -> list[Stood]:
    """What stands in each of the months; in the order of months, regions and dimensions."""
    # Numbers of things add up as they are, decimals with all their digits.
    part, whole, things = names
    exactly = bool(asked.standing.sum)
    figures = Figures()
    groups = [(group[0], dict(zip(asked.by, group[1:], strict=True))) for group in cells.groups]
    found = []
    for at, *stood in zip(
        cells.months,
        cells.standing(part, exactly),
        cells.standing(whole, exactly),
        cells.standing(things, False),
        strict=True,
    ):
        day = date(at // 12, at % 12 + 1, 1)
        found += [
            Stood(region, day, figures[part], figures[whole], things, dimensions)
            for (region, dimensions), part, whole, things in zip(groups, *stood, strict=True)
            if things
        ]
    return found
