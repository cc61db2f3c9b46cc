"""What a recall has to reach: which lots, where they are, how much of them, whom to call.

"Possible" and "expected" stay apart: a lot is in the scope when goods can have got into it; its share says how much of
it, where the amounts of all inputs are known (proportional mixing). Everything is columns, because a scope may have
a hundred thousand lots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.later import later
from hengjian.methods.trace_graph.bounds import NEVER
from hengjian.methods.trace_graph.happenings import Level, Move
from hengjian.methods.trace_graph.network import VOID, Network, Traced
from hengjian.methods.trace_graph.shares import shares
from hengjian.methods.trace_graph.tables import Array
from hengjian.methods.trace_graph.units import UNKNOWN, decimal

if TYPE_CHECKING:
    from hengjian.methods.trace_graph import grouping, kernels
else:
    grouping = later("hengjian.methods.trace_graph.grouping")
    kernels = later("hengjian.methods.trace_graph.kernels")

DEEPEST = 16
"""Containers in containers in …; more is not followed (a container inside itself would have no end)."""
ZERO = Decimal(0)
FIGURES = ("made", "received", "returned", "shipped", "sold", "destroyed", "used", "ended")
#: Which figure a movement of a kind counts for; taking back a shipment takes away from what was shipped.
COLUMNS = {
    Move.MADE: "made",
    Move.RECEIVED: "received",
    Move.RETURNED: "returned",
    Move.SHIPPED: "shipped",
    Move.UNSHIPPED: "shipped",
    Move.SOLD: "sold",
    Move.DESTROYED: "destroyed",
    Move.USED: "used",
    Move.ENDED: "ended",
}
_PLACE = np.full(128, -1, np.int8)
for _kind, _figure in COLUMNS.items():
    _PLACE[_kind] = FIGURES.index(_figure)


@dataclass(frozen=True)
class Figures:
    """Amounts of one unit; `on_hand` may be below zero where more left than is known to have come.

    Attributes:
        made, received, returned, shipped, sold, destroyed, used, ended: told by events.
        untold: movements that named no amount.
    """

    unit: str
    made: Decimal
    received: Decimal
    returned: Decimal
    shipped: Decimal
    sold: Decimal
    destroyed: Decimal
    used: Decimal
    ended: Decimal
    untold: int

    @property
    def on_hand(self) -> Decimal:
        arrived = self.made + self.received + self.returned
        return arrived - self.shipped - self.sold - self.destroyed - self.used - self.ended


@dataclass(frozen=True)
class ScopeLot:
    """A lot or item in the scope.

    Attributes:
        since: from when on it can be affected; None: from its beginning.
        share: of it that is expected to come from the source, numerator and denominator in one unit; None: not
            computable, so that all of it counts.
        contained: expected amount from the source; None: not computable.
        at_most: the whole amount of the lot.
    """

    key: str
    level: Level
    since: int | None
    share: tuple[Decimal, Decimal] | None
    unit: str
    at_most: Decimal | None
    contained: Decimal | None
    sites: tuple[str, ...]


@dataclass(frozen=True)
class ScopePlace:
    """A site in the scope and what it has and had of the lots; one row per unit."""

    site: str
    party: str
    lots: int
    figures: Figures


@dataclass(frozen=True)
class ScopeParty:
    """Whom to call: has or had things of the scope, or shall receive them (`expected`: shipped there, not received)."""

    party: str
    sites: tuple[str, ...]
    lots: int
    expected: int


@dataclass(frozen=True)
class Scope:
    """The answer, in columns; `lots`, `places` and `parties` make rows of it.

    Attributes:
        traced: the trace behind it.
        things: nodes of the lots and items in the scope; `keys`: their names.
        coarse, unknown: keys that cannot be traced or that no event names.
    """

    network: Network
    traced: Traced
    things: NDArray[np.int32]
    since: NDArray[np.int32]
    keys: list[str]
    share: NDArray[np.float64]
    amounts: NDArray[np.int64]
    unit_of: NDArray[np.int16]
    rows: dict[str, Array]
    places: list[ScopePlace]
    parties: list[ScopeParty]

    @property
    def unknown(self) -> tuple[str, ...]:
        return self.traced.unknown

    @property
    def coarse(self) -> tuple[str, ...]:
        return self.traced.coarse

    def total(self, unit: str | None = None) -> list[Figures]:
        """Figures over all places, one per unit."""
        found = []
        for wanted in dict.fromkeys(place.figures.unit for place in self.places):
            if unit is None or unit == wanted:
                rows = [place.figures for place in self.places if place.figures.unit == wanted]
                sums = {name: sum((getattr(row, name) for row in rows), Decimal(0)) for name in FIGURES}
                found.append(Figures(unit=wanted, untold=sum(row.untold for row in rows), **sums))
        return found

    def lots(self, start: int = 0, stop: int | None = None) -> Iterator[ScopeLot]:
        """The lots in the order found, from `start` to before `stop`."""
        stop = len(self.keys) if stop is None else min(stop, len(self.keys))
        names, rows = self.network.places, self.rows
        begins = np.searchsorted(rows["of"], np.arange(start, stop + 1)).tolist()
        for place in range(start, stop):
            own = slice(begins[place - start], begins[place - start + 1])
            sites = dict.fromkeys(names[int(number)] for number in rows["site"][own])
            share, whole = float(self.share[place]), int(self.amounts[place])
            at_most = decimal(whole)
            known = not np.isnan(share)
            contained = decimal(round(share * whole)) if known and whole != UNKNOWN else None
            since = int(self.since[place])
            yield ScopeLot(
                key=self.keys[place],
                level=self.network.level(int(self.things[place])),
                since=None if since <= -(2**31) + 1 else since,
                share=(contained, at_most) if contained is not None and at_most is not None else None,
                unit=self.network.units[int(self.unit_of[place])] if self.unit_of[place] >= 0 else "",
                at_most=at_most,
                contained=contained,
                sites=tuple(site for site in sites if site),
            )


def recall_scope(
    network: Network,
    keys: Sequence[str],
    *,
    since: int | None = None,
    until: int | None = None,
    sites: Sequence[str] = (),
    limit: int = 0,
) -> Scope:
    """The scope of a recall of some things.

    Args:
        keys: suspect things in canonical form.
        since, until: the window in which the source was at work.
        sites: with a window: everything that was at these sites then is suspect, too.
    """
    wanted = list(keys)
    if sites:
        wanted += things_at(network, sites, since, until)
    traced = network.trace(list(dict.fromkeys(wanted)), "forward", since=since, limit=limit)
    levels = network.levels[traced.nodes]
    lots = np.nonzero(levels != Level.PROCESS)[0]
    things, times = traced.nodes[lots], traced.times[lots]
    rows = movements(network, things, seen=True)
    amounts, unit_of = _amounts(rows, things.size)
    whole = np.full(traced.nodes.size, UNKNOWN, np.int64)
    whole[lots] = amounts
    return Scope(
        network=network,
        traced=traced,
        things=things,
        since=times,
        keys=network.names.texts(things),
        share=shares(network, traced, whole)[lots],
        amounts=amounts,
        unit_of=unit_of,
        rows=rows,
        places=_places(network, rows),
        parties=_parties(network, rows),
    )


def things_at(network: Network, sites: Sequence[str], since: int | None, until: int | None) -> list[str]:
    """Keys of the lots and items that were seen at the sites in the window."""
    numbers = [network.places.find(site) for site in sites]
    every = np.arange(len(network.names), dtype=np.int32)
    rows = network.moves.gather(every)
    here = np.isin(rows["site"], numbers) & (rows["kind"] != VOID)
    if since is not None:
        here &= rows["time"] >= since
    if until is not None:
        here &= rows["time"] <= until
    nodes = np.unique(rows["of"][here])
    return network.names.texts(nodes[network.levels[nodes] < Level.CLASS])


def movements(network: Network, things: NDArray[np.int32], *, seen: bool = False) -> dict[str, Array]:
    """Movements of the things, their own and those of the containers they were in at the time.

    Args:
        seen: also where containers were merely seen.

    Returns:
        Columns of `Network.moves`; `of`: the place of the thing in `things`, in order; `own`: not by a container.
    """
    own = network.moves.gather(things)
    own["own"] = np.ones(own["of"].size, bool)
    parts = [own]
    owner = np.arange(things.size)
    nodes = things
    first, last = np.full(things.size, -(2**31), np.int64), np.full(things.size, NEVER, np.int64)
    micro = unit = None
    for _level in range(DEEPEST):
        packs = network.packs.gather(nodes)
        if not packs["of"].size:
            break
        of = packs["of"]
        amount = packs["micro"] if micro is None else micro[of]
        measure = packs["unit"] if unit is None else unit[of]
        first, last = np.maximum(first[of], packs["first"]), np.minimum(last[of], packs["last"])
        owner, nodes = owner[of], packs["parent"]
        holds = first <= last
        owner, nodes, first, last = owner[holds], nodes[holds], first[holds], last[holds]
        micro, unit = amount[holds], measure[holds]
        moves = network.moves.gather(nodes)
        inside = (moves["time"] >= first[moves["of"]]) & (moves["time"] <= last[moves["of"]])
        inside &= (moves["kind"] != Move.MADE) & (seen | (moves["kind"] != Move.SEEN))
        carried = {name: column[inside] for name, column in moves.items()}
        by = carried["of"]
        parts.append(carried | {"of": owner[by], "micro": micro[by], "unit": unit[by], "own": np.zeros(by.size, bool)})
    merged = own if len(parts) == 1 else {name: np.concatenate([part[name] for part in parts]) for name in own}
    if (merged["kind"] == VOID).any():
        kept = merged["kind"] != VOID
        merged = {name: column[kept] for name, column in merged.items()}
    if not grouping.in_order(merged["of"]):
        order = grouping.group(merged["of"], things.size)[1]
        merged = {name: column[order] for name, column in merged.items()}
    return merged


def _amounts(rows: dict[str, Array], count: int) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """(amount, unit) of each thing: what was made of it, or else the most that one movement tells."""
    amounts, unit_of = np.full(count, UNKNOWN, np.int64), np.full(count, -1, np.int16)
    kernels.largest(amounts, unit_of, rows["of"], rows["micro"], rows["unit"], rows["kind"] == Move.MADE)
    return amounts, unit_of


@dataclass(frozen=True)
class Sums:
    """What rows add up to by site and unit, in order of both; `table` has the columns of `FIGURES`, in millionths."""

    sites: list[int]
    units: list[int]
    table: list[list[int]]
    untold: list[int]
    things: list[int]


def sums(network: Network, rows: dict[str, Array], *, without: Move | None = None) -> Sums:
    """Rows of `movements` added up by site and unit; those of the kind `without` are left out."""
    sites, site = _numbered(rows["site"], len(network.places))
    units, unit = _numbered(rows["unit"], len(network.units))
    groups = np.where(rows["kind"] == without, -1, site * units.size + unit)
    count = sites.size * units.size
    # Whole numbers of 64 bits where they suffice, which is always but for absurd amounts; else of any length.
    fits = int(rows["micro"].max(initial=0)) * rows["micro"].size < 2**63
    table = np.zeros((count, len(FIGURES)), np.int64 if fits else object)
    untold, things = np.zeros(count, np.int64), np.zeros(count, np.int64)
    add_up: Any = grouping.add_up if fits else grouping.add_up.py_func
    micro = rows["micro"] if fits else rows["micro"].astype(object)
    add_up(rows["of"], rows["kind"], groups, micro, _PLACE, Move.UNSHIPPED.value, table, untold, things)
    present = np.flatnonzero(things)
    return Sums(
        sites=sites[present // max(units.size, 1)].tolist(),
        units=units[present % max(units.size, 1)].tolist(),
        table=table[present].tolist(),
        untold=untold[present].tolist(),
        things=things[present].tolist(),
    )


def _numbered(values: Array, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(the different values below `count` in order, the place of each value among them)."""
    present = np.zeros(count, bool)
    present[values] = True
    different = np.flatnonzero(present)
    place = np.zeros(count, np.int64)
    place[different] = np.arange(different.size)
    return different, place[values]


def figures(unit: str, amounts: Sequence[int], untold: int) -> Figures:
    """A row of `sums` as figures."""
    values = {name: decimal(value) or ZERO if value else ZERO for name, value in zip(FIGURES, amounts, strict=True)}
    return Figures(unit=unit, untold=untold, **values)


def _places(network: Network, rows: dict[str, Array]) -> list[ScopePlace]:
    found = sums(network, rows, without=Move.LEFT)
    names, owners = network.places, network.owners
    return [
        ScopePlace(
            site=names[site],
            party=names[owners[site]] if site in owners else "",
            lots=things,
            figures=figures(network.units[unit], amounts, untold),
        )
        for site, unit, amounts, untold, things in zip(
            found.sites, found.units, found.table, found.untold, found.things, strict=True
        )
    ]


def _parties(network: Network, rows: dict[str, Array]) -> list[ScopeParty]:
    """Holders of the sites, and receivers of what was shipped; `expected` are lots that never arrived there."""
    count = max(len(network.places), 1)
    owner = np.full(count, -1, np.int64)
    owner[list(network.owners)] = list(network.owners.values())
    lots, expected, starts, sites = grouping.parties(
        rows["of"], rows["kind"], rows["site"], rows["holder"], rows["other"], rows["other_site"],
        owner, network.places.find(""), Move.SHIPPED.value,
    )  # fmt: skip
    begins, places = starts.tolist(), sites.tolist()
    return [
        ScopeParty(
            party=name,
            sites=tuple(site for at in places[begins[number] : begins[number + 1]] if (site := network.places[at])),
            lots=int(lots[number]),
            expected=int(expected[number]),
        )
        for number in np.flatnonzero(lots + expected).tolist()
        if (name := network.places[number])
    ]
