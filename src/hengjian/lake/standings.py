"""How many things stood in a state at the end of each period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from hengjian.lake.queries import as_text, broken_down, plain
from hengjian.lake.sources import last_words, placed, source
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
        return [standing_in(lake, asked, first, last, within) for asked in asks]


def standing_in(lake: Opened, asked: StandingAsk, first: date, last: date, within: Sequence[str] = ()) -> list[Stood]:
    """One question of `standing_many` in a lake that is open."""
    standing = asked.standing
    broken_down(standing, asked.by)
    found = source(lake, [standing])
    if found is None:
        return []
    step = MONTHS[asked.frequency]
    table = found.table.filter(found.table.day <= last)  # without a day, too
    table = last_words(table.mutate(period=period_number(table.day, asked.frequency, asked.year_start)))
    of_subject = ibis.window(group_by=table.subject, order_by=table.period)
    table = table.mutate(until=table.period.lead().over(of_subject))
    begin, end = (period_number(ibis.literal(day), asked.frequency, asked.year_start) for day in (first, last))
    # Each word holds in every period from its own to that of the next word about the same thing.
    table = table.mutate(since=ibis.greatest(table.period, begin), until=ibis.coalesce(table.until, end + step)).filter(
        lambda one: one.since < one.until
    )
    table = placed(lake, table, asked.level, within)
    table = table.mutate(at=ibis.range(table.since, table.until, step).unnest())
    found = type(found)(table, found.fields)
    keys = [found.fields[standing.dimensions[name]] for name in asked.by]
    days = {START: period_day(table.at), END: period_day(table.at + step) - ibis.interval(days=1)}
    holds = found.holds(standing.where, days)
    meets = found.holds((*standing.where, *standing.meets), days)
    things = table.count(where=holds)
    sums: dict[str, ir.Value] = {"whole": things, "part": table.count(where=meets)}
    if standing.sum:
        column, type_ = found.read(standing.sum)
        if type_ not in NUMBERS:
            raise MeasureError(_("字段“%(field)s”不是数字，不能求和。请修改指标定义。") % {"field": standing.sum})
        sums = {name: column.cast(DECIMAL).sum(where=which) for name, which in (("whole", holds), ("part", meets))}
    columns = list(dict.fromkeys(column for column, _type in keys))
    rows = lake.session.rows(table.group_by("at", "place", *columns).aggregate(things=things, **sums))
    answers = []
    for row in rows:
        if row["things"]:
            dimensions = {name: as_text(row[column]) for name, (column, _type) in zip(asked.by, keys, strict=True)}
            period = date(row["at"] // 12, row["at"] % 12 + 1, 1)
            part, whole = (plain(Decimal(row[name] or 0)) for name in ("part", "whole"))
            answers.append(Stood(row["place"] or "", period, part, whole, int(row["things"]), dimensions))
    return sorted(answers, key=_order)


def _order(one: Stood) -> tuple[Any, ...]:
    return (one.period, one.region, [(text is not None, text or "") for text in one.dimensions.values()])
