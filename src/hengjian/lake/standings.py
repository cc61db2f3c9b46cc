"""How many things stood in a state at the end of each period."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hengjian.lake.errors import MeasureError
from hengjian.lake.expressions import DECIMAL, NUMBERS, period_number
from hengjian.lake.measures import END, Condition, Level, Standing, Stood
from hengjian.lake.opening import Opened, opened, snapshot
from hengjian.lake.queries import WIDE, as_text, broken_down, by_scan, in_text_order, plain
from hengjian.lake.sources import Source, placed, source
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
    return by_scan(asks, lambda chosen: _pass(lake, chosen, first, last, within))


def _pass(
    lake: Opened, asks: Sequence[StandingAsk], first: date, last: date, within: Sequence[str]
) -> list[list[Stood]]:
    """Run the questions that share a scan as one aggregation for each break-down.

    A word about a thing adds it in the period of that word and takes it away in the period of the next one. What
    stands in a period is the sum of the changes so far: two rows for a word, however long the thing stands.
    """
    found = source(lake, [asked.standing for asked in asks])
    if found is None:
        return [[] for _ask in asks]
    shared = asks[0]
    grid = Grid(shared.frequency, shared.year_start)
    begin, end = (grid.number(ibis.literal(day)) for day in (first, last))
    end += grid.step
    table = found.table.filter(found.table.day <= last)  # without a day, too
    table = _words(table.mutate(period=grid.number(table.day)))
    table = table.mutate(since=ibis.greatest(table.period, begin), until=ibis.coalesce(table.until, end))
    table = placed(lake, table.filter(table.since < table.until), shared.level, within)
    found = Source(table, found.fields)
    table, stays = _changes(found, [asked.standing for asked in asks], grid, end)
    found = Source(table, found.fields)
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, asked in enumerate(asks):
        columns = tuple(found.fields[asked.standing.dimensions[name]][0] for name in asked.by)
        groups.setdefault(columns, []).append(number)
    if len(groups) > 1 and () in groups:
        # A thing stands in one group only, so that the whole is the sum of any break-down.
        whole = groups.pop(())
        next(iter(groups.values())).extend(whole)
    answers: list[list[Stood]] = [[] for _ask in asks]
    months = range(grid.month(first), grid.month(last) + 1, grid.step)
    for columns, numbers in groups.items():
        sums: dict[str, ir.Value] = {}
        for number in numbers:
            sums |= _sums(found, asks[number].standing, number, stays[number])
        rows = lake.session.rows(table.group_by("at", "place", *dict.fromkeys(columns)).aggregate(**sums))
        for number in numbers:
            asked = asks[number]
            answers[number] = _stood(rows, number, asked, columns if asked.by else (), months)
    return answers


def _words(table: ir.Table) -> ir.Table:
    """The last word about each subject in each period, with the period of the next one as `until`."""
    of_subject = ibis.window(group_by=table.subject, order_by=[table.day, table.leaf_index])
    table = table.mutate(until=table.period.lead().over(of_subject))
    return table.filter(table.until.isnull() | (table.until > table.period))


def _changes(
    found: Source, standings: Sequence[Standing], grid: Grid, end: ir.Value
) -> tuple[ir.Table, list[tuple[int, int]]]:
    """The words as changes: `edge` 2k where stay k begins and 2k + 1 where it ends, both in the period `at`.

    A stay is the time for which a word holds under some conditions on the period's days. Also gives, for each
    standing, the numbers of the stays of its whole and of its part. Columns `whole<n>` and `part<n>` say whether the
    other conditions hold.
    """
    stays: dict[tuple[Condition, ...], int] = {}
    numbers: list[tuple[int, int]] = []
    columns: dict[str, ir.Value] = {}
    for number, standing in enumerate(standings):
        pair = []
        for name, conditions in (("whole", standing.where), ("part", (*standing.where, *standing.meets))):
            moving = tuple(one for one in conditions if one.of_period and found.fields[one.field][1] in DAYS)
            holds = found.holds(one for one in conditions if one not in moving)
            columns[f"{name}{number}"] = ibis.literal(True) if holds is None else holds
            pair.append(stays.setdefault(moving, len(stays)))
        numbers.append((pair[0], pair[1]))
    for moving, stay in stays.items():
        columns[f"from{stay}"], columns[f"to{stay}"] = _stay(found, moving, grid)
    table = found.table.mutate(**columns).mutate(edge=ibis.range(0, 2 * len(stays)).unnest())
    ends = [
        (table.edge == 2 * stay + last, table[f"{'to' if last else 'from'}{stay}"])
        for stay in stays.values()
        for last in (0, 1)
    ]
    lasts = [(table.edge // 2 == stay, table[f"from{stay}"] < table[f"to{stay}"]) for stay in stays.values()]
    table = table.mutate(at=ibis.cases(*ends), lasts=ibis.cases(*lasts))
    return table.filter(table.lasts, table.at < end), numbers


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


def _sums(found: Source, standing: Standing, number: int, stays: tuple[int, int]) -> dict[str, ir.Value]:
    """Changes of the number of things, of the whole and of the part of one question."""
    table = found.table

    def changes(which: str, stay: int, summed: Callable[[ir.BooleanValue], ir.Value]) -> ir.Value:
        begins, ends = (summed(table[which] & (table.edge == 2 * stay + last)) for last in (0, 1))
        return begins - ends

    def counted(where: ir.BooleanValue) -> ir.Value:
        return table.count(where=where)

    whole, part = stays
    things = changes(f"whole{number}", whole, counted)
    if not standing.sum:
        met = changes(f"part{number}", part, counted)
        return {f"things{number}": things, f"whole{number}": things, f"part{number}": met}
    column, type_ = found.read(standing.sum)
    if type_ not in NUMBERS:
        raise MeasureError(_("字段“%(field)s”不是数字，不能求和。请修改指标定义。") % {"field": standing.sum})

    def added(where: ir.BooleanValue) -> ir.Value:
        return ibis.coalesce(column.cast(DECIMAL).sum(where=where), ibis.literal(Decimal(0), type=DECIMAL))

    sums = {
        f"{name}{number}": changes(f"{name}{number}", stay, added) for name, stay in (("whole", whole), ("part", part))
    }
    return {f"things{number}": things, **sums}


def _stood(
    rows: Iterable[Mapping[str, Any]], number: int, asked: StandingAsk, columns: Sequence[str], months: Sequence[int]
) -> list[Stood]:
    """What stands in each of the months, by adding up the changes; in the order of months, regions and dimensions."""
    # Numbers of things add up as they are, decimals with all their digits.
    add = WIDE.add if asked.standing.sum else operator.add
    out: Callable[[Any], Decimal] = plain if asked.standing.sum else Decimal
    changed: dict[tuple[Any, ...], dict[int, tuple[Any, Any, int]]] = {}
    names = tuple(f"{name}{number}" for name in ("part", "whole", "things"))
    for row in rows:
        part, whole, things = (row[name] for name in names)
        if not (part or whole or things):
            continue
        changes = changed.setdefault((row["place"] or "", *(as_text(row[column]) for column in columns)), {})
        if before := changes.get(row["at"]):
            part, whole, things = add(before[0], part), add(before[1], whole), before[2] + things
        changes[row["at"]] = (part, whole, things)
    standing: list[list[Any]] = [
        [region, dict(zip(asked.by, said, strict=True)), changed[(region, *said)], 0, 0, 0]
        for region, *said in sorted(changed, key=lambda key: (key[0], in_text_order(key[1:])))
    ]
    found = []
    for at in months:
        day = date(at // 12, at % 12 + 1, 1)
        for one in standing:
            if change := one[2].get(at):
                one[3:] = add(one[3], change[0]), add(one[4], change[1]), one[5] + change[2]
            if one[5]:
                found.append(Stood(one[0], day, out(one[3]), out(one[4]), one[5], one[1]))
    return found
