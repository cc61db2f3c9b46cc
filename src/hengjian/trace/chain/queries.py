"""Reads over the chain: traces, recall scopes, balances, by keys in canonical form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np
from django.utils import timezone

from hengjian.methods.trace_graph.answers import number_of
from hengjian.methods.trace_graph.balance import LotBalance, lot_balance
from hengjian.methods.trace_graph.happenings import Level, Move
from hengjian.methods.trace_graph.network import Direction, Network, Traced
from hengjian.methods.trace_graph.scope import Scope, recall_scope
from hengjian.methods.trace_graph.units import UNKNOWN, decimal
from hengjian.parties.models import Region, Unit
from hengjian.trace.chain.index import IN_REQUEST, UNIT, current_index
from hengjian.trace.chain.rules import Question
from hengjian.trace.events.models import Event, PartyKey

AUTHORITY = "market_regulation"


def network() -> Network:
    """The graph with every event that is captured now, save for what has just come in great number (`freshness`)."""
    return current_index(IN_REQUEST).network


def freshness() -> tuple[int, datetime | None, int]:
    """(events that answers are made of, when the last of them was captured, events that are still to be worked in)."""
    held = current_index(IN_REQUEST)
    last = Event.objects.filter(pk=held.through).values_list("record_time", flat=True).first()
    return held.through, last, held.behind


def trace(
    keys: Sequence[str],
    direction: Direction = "forward",
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 0,
) -> Traced:
    """What can have come from the things (forward) or gone into them (back)."""
    return network().trace(keys, direction, since=number_of(since), until=number_of(until), limit=limit)


def scope(
    keys: Sequence[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    sites: Sequence[str] = (),
    limit: int = 0,
) -> Scope:
    """What a recall of the things has to reach; with `sites`, also of everything that was there in the window."""
    since_, until_ = number_of(since), number_of(until)
    return recall_scope(network(), keys, since=since_, until=until_, sites=sites, limit=limit)


def scope_of(question: Question) -> Scope:
    """The answer to a simulation."""
    return scope(question.keys, since=question.since, until=question.until, sites=question.sites)


def balance(lot: str, *, stocks: Mapping[str, Decimal] | None = None, tolerance: Decimal = Decimal(0)) -> LotBalance:
    """The mass balance of a lot."""
    return lot_balance(network(), lot, stocks=stocks, tolerance=tolerance)


@dataclass(frozen=True)
class Effect:
    """How far a recall got: `recovered` of `shipped`, in `unit`; None: nothing left the producer, or amounts lack."""

    shipped: Decimal
    recovered: Decimal
    unit: str


def effect(found: Scope) -> Effect | None:
    """What left the sites where the end products of a scope were made, and how much of it came back or was destroyed.

    Lots that went into other products count through these; the unit is the one with the largest amount shipped.
    """
    rows = found.rows
    if not rows["of"].size:
        return None
    used = np.zeros(found.things.size, bool)
    used[rows["of"][rows["kind"] == Move.USED]] = True
    width = np.int64(len(found.network.places)) + 1
    at = rows["of"].astype(np.int64) * width + rows["site"]
    born = np.unique(at[rows["kind"] == Move.MADE])
    counts = ~used[rows["of"]] & (rows["micro"] != UNKNOWN)
    left = counts & (rows["kind"] == Move.SHIPPED) & np.isin(at, born)
    back = counts & ((rows["kind"] == Move.RETURNED) | ((rows["kind"] == Move.DESTROYED) & ~np.isin(at, born)))
    units, sums = np.unique(rows["unit"][left], return_inverse=True)
    if not units.size:
        return None
    totals = np.zeros(units.size, np.int64)
    np.add.at(totals, sums, rows["micro"][left])
    unit = int(units[int(totals.argmax())])
    recovered = int(rows["micro"][back & (rows["unit"] == unit)].sum())
    return Effect(decimal(int(totals.max())) or Decimal(0), decimal(recovered) or Decimal(0), found.network.units[unit])


@dataclass(frozen=True)
class Responsible:
    """Who answers for a thing. `party`: key of whoever made it, else of whoever first told of it; `unit`: where it is
    one of ours; `authority`: the organ of its region; `since`: when; `sources`: parties behind the inputs."""

    party: str
    unit: Unit | None
    region: Region | None
    authority: Unit | None
    time: int
    made: bool
    sources: tuple[str, ...]


def responsible(key: str) -> Responsible | None:
    """The responsible party of a lot or item, by the first event that made it; None: no event names it."""
    graph = network()
    node = graph.names.find(key)
    if node < 0:
        return None
    rows = graph.moves.gather(np.array([node], np.int32))
    if not rows["of"].size:
        return None
    making = np.flatnonzero(rows["kind"] == Move.MADE)
    chosen = making if making.size else np.arange(rows["of"].size)
    first = int(chosen[int(rows["time"][chosen].argmin())])
    party = graph.places[int(rows["holder"][first])]
    before = graph.trace([key], "back")
    things = before.nodes[graph.levels[before.nodes] < Level.CLASS]
    behind = graph.moves.gather(things)
    made = behind["kind"] == Move.MADE
    sources = dict.fromkeys(graph.places[int(number)] for number in behind["holder"][made])
    sources.pop(party, None)
    unit = unit_of(party)
    region = unit.region if unit is not None else None
    return Responsible(
        party, unit, region, authority(region), int(rows["time"][first]), bool(making.size),
        tuple(name for name in sources if name),
    )  # fmt: skip


def unit_of(party: str) -> Unit | None:
    """The unit behind a party."""
    rows = Unit.objects.select_related("region")
    if party.startswith(UNIT):
        return rows.filter(key=party.removeprefix(UNIT)).first()
    owner = PartyKey.objects.filter(key=party).values("unit")
    return rows.filter(pk__in=owner).first()


def authority(region: Region | None) -> Unit | None:
    """The organ that is in charge of products in a region, or in the region above."""
    here = region
    while here is not None:
        found = Unit.objects.valid_on(timezone.localdate()).filter(region=here, family=AUTHORITY).order_by("pk").first()
        if found is not None:
            return found
        here = here.parent
    return None
