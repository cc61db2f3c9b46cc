"""How many things stood in a state at the end of each period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
from django.utils.translation import gettext as _

from hengjian.lake.errors import MeasureError
from hengjian.lake.expressions import DECIMAL, NUMBERS, period_day, period_number
from hengjian.lake.measures import Level, Standing, Stood
from hengjian.lake.opening import Opened, opened, snapshot
from hengjian.lake.queries import WIDE, as_text, broken_down, by_scan, plain
from hengjian.lake.sources import Source, last_words, placed, source
from hengjian.ledger.drafts import Disclosure
from hengjian.methods.periods import MONTHS, Frequency

START, END = "@start", "@end"


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
        return by_scan(asks, lambda chosen: _pass(lake, chosen, first, last, within))


def standing_in(lake: Opened, asked: StandingAsk, first: date, last: date, within: Sequence[str] = ()) -> list[Stood]:
    """One question of `standing_many` in a lake that is open."""
    return _pass(lake, [asked], first, last, within)[0]


def _pass(
    lake: Opened, asks: Sequence[StandingAsk], first: date, last: date, within: Sequence[str]
) -> list[list[Stood]]:
    """Run the questions that share a scan as one aggregation for each break-down."""
    found = source(lake, [asked.standing for asked in asks])
    if found is None:
        return [[] for _ask in asks]
    shared = asks[0]
    step = MONTHS[shared.frequency]
    table = found.table.filter(found.table.day <= last)  # without a day, too
    table = last_words(table.mutate(period=period_number(table.day, shared.frequency, shared.year_start)))
    of_subject = ibis.window(group_by=table.subject, order_by=table.period)
    table = table.mutate(until=table.period.lead().over(of_subject))
    begin, end = (period_number(ibis.literal(day), shared.frequency, shared.year_start) for day in (first, last))
    # Each word holds in every period from its own to that of the next word about the same thing.
    table = table.mutate(since=ibis.greatest(table.period, begin), until=ibis.coalesce(table.until, end + step)).filter(
        lambda one: one.since < one.until
    )
    table = placed(lake, table, shared.level, within)
    table = table.mutate(at=ibis.range(table.since, table.until, step).unnest())
    found = Source(table, found.fields)
    days = {START: period_day(table.at), END: period_day(table.at + step) - ibis.interval(days=1)}
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, asked in enumerate(asks):
        columns = tuple(found.fields[asked.standing.dimensions[name]][0] for name in asked.by)
        groups.setdefault(columns, []).append(number)
    if len(groups) > 1 and () in groups:
        # A thing stands in one group only, so that the whole is the sum of any break-down.
        whole = groups.pop(())
        next(iter(groups.values())).extend(whole)
    answers: list[list[Stood]] = [[] for _ask in asks]
    for columns, numbers in groups.items():
        sums: dict[str, ir.Value] = {}
        for number in numbers:
            sums |= _sums(found, asks[number].standing, days, str(number))
        rows = lake.session.rows(table.group_by("at", "place", *dict.fromkeys(columns)).aggregate(**sums))
        for number in numbers:
            asked = asks[number]
            answers[number] = _stood(rows, str(number), asked, columns if asked.by else ())
    return answers


def _sums(found: Source, standing: Standing, days: Mapping[str, ir.Value], number: str) -> dict[str, ir.Value]:
    """Number of things, whole and part of one question."""
    holds = found.holds(standing.where, days)
    meets = found.holds((*standing.where, *standing.meets), days)
    things = found.table.count(where=holds)
    if not standing.sum:
        return {f"things{number}": things, f"part{number}": found.table.count(where=meets), f"whole{number}": things}
    column, type_ = found.read(standing.sum)
    if type_ not in NUMBERS:
        raise MeasureError(_("字段“%(field)s”不是数字，不能求和。请修改指标定义。") % {"field": standing.sum})
    part, whole = (column.cast(DECIMAL).sum(where=which) for which in (meets, holds))
    return {f"things{number}": things, f"part{number}": part, f"whole{number}": whole}


def _stood(rows: Iterable[Mapping[str, Any]], number: str, asked: StandingAsk, columns: Sequence[str]) -> list[Stood]:
    held: dict[tuple[Any, ...], tuple[Decimal, Decimal, int]] = {}
    for row in rows:
        if things := row[f"things{number}"]:
            key = (row["place"] or "", row["at"], *(as_text(row[column]) for column in columns))
            part, whole, known = held.get(key, (Decimal(0), Decimal(0), 0))
            part, whole = (
                WIDE.add(sum_, Decimal(row[f"{name}{number}"] or 0))
                for sum_, name in ((part, "part"), (whole, "whole"))
            )
            held[key] = (part, whole, known + int(things))
    found = [
        Stood(
            region,
            date(at // 12, at % 12 + 1, 1),
            plain(part),
            plain(whole),
            things,
            dict(zip(asked.by, said, strict=True)),
        )
        for (region, at, *said), (part, whole, things) in held.items()
    ]
    return sorted(found, key=_order)


def _order(one: Stood) -> tuple[Any, ...]:
    return (one.period, one.region, [(text is not None, text or "") for text in one.dimensions.values()])
