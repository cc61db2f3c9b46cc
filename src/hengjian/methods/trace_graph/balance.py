"""Mass balance of a lot: what came to each site and left it, and what each process made of its inputs.

A site is short when more left it than is known to have come, beyond the tolerance. A process is out of its band when
the amount that came out over the amount that went in, in one unit, is outside the yield that is declared for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np

from hengjian.methods.trace_graph.happenings import Move
from hengjian.methods.trace_graph.network import PROCESS, Network
from hengjian.methods.trace_graph.scope import Figures, figures, movements, sums
from hengjian.methods.trace_graph.units import UNKNOWN, decimal, total

SiteVerdict = Literal["even", "stock", "short", "missing", "surplus", "untold"]
ProcessVerdict = Literal["fits", "above", "below", "not_comparable", "no_input"]
ONE = Decimal(1)


@dataclass(frozen=True)
class SiteBalance:
    """One site and unit.

    Attributes:
        stock: what was counted there, if somebody did.
        residual: amount on hand by the movements, less the stock where it was counted.
        allowed: tolerance as an amount.
        verdict: even (nothing is left), stock (must be there), short (more left than came), missing or surplus
            (against the count), untold (a movement named no amount).
    """

    site: str
    figures: Figures
    stock: Decimal | None
    residual: Decimal
    allowed: Decimal
    verdict: SiteVerdict


@dataclass(frozen=True)
class ProcessBalance:
    """One process that made or used the lot. `put_in`, `came_out`: in `unit`; None: not comparable."""

    process: str
    time: int
    unit: str
    put_in: Decimal | None
    came_out: Decimal | None
    low: Decimal
    high: Decimal
    verdict: ProcessVerdict


@dataclass(frozen=True)
class LotBalance:
    """The balance of a lot.

    Attributes:
        transit: by unit: shipped, less what was received or returned anywhere. Above zero: on the way or lost.
    """

    key: str
    known: bool
    sites: tuple[SiteBalance, ...] = ()
    processes: tuple[ProcessBalance, ...] = ()
    transit: tuple[tuple[str, Decimal], ...] = ()

    @property
    def gaps(self) -> int:
        """How many sites and processes do not fit."""
        return sum(1 for one in self.sites if one.verdict in ("short", "missing", "surplus")) + sum(
            1 for one in self.processes if one.verdict in ("above", "below", "no_input")
        )


def lot_balance(
    network: Network,
    key: str,
    *,
    tolerance: Decimal = Decimal(0),
    yields: Mapping[str, tuple[Decimal, Decimal]] | None = None,
    usual: tuple[Decimal, Decimal] = (Decimal(0), ONE),
    stocks: Mapping[str, Decimal] | None = None,
) -> LotBalance:
    """The balance of a lot or item in canonical form.

    Args:
        tolerance: allowed difference as a share of what came (a site) or went in (a process).
        yields: lowest and highest yield by name of the process; `usual`: of the others.
        stocks: counted stock by site, in the unit of the lot's dimension.
    """
    node = network.names.find(key)
    if node < 0:
        return LotBalance(key, known=False)
    things = np.array([node], np.int32)
    rows = movements(network, things)
    told = rows["kind"] != Move.SEEN
    rows = {name: column[told] for name, column in rows.items()}
    found = sums(network, rows)
    sites = [
        _site(network.places[site], figures(network.units[unit], amounts, untold), tolerance, stocks or {})
        for site, unit, amounts, untold in zip(found.sites, found.units, found.table, found.untold, strict=True)
    ]
    transit: dict[str, Decimal] = {}
    for one in sites:
        shown = one.figures
        transit[shown.unit] = transit.get(shown.unit, Decimal(0)) + shown.shipped - shown.received - shown.returned
    processes = dict.fromkeys(
        int(number) for number in _processes(network, node) if network.names[int(number)].startswith(PROCESS)
    )
    return LotBalance(
        key,
        known=True,
        sites=tuple(sorted(sites, key=lambda one: one.site)),
        processes=tuple(process_balance(network, number, tolerance, yields or {}, usual) for number in processes),
        transit=tuple((unit, amount) for unit, amount in transit.items() if amount),
    )


def process_balance(
    network: Network,
    process: int,
    tolerance: Decimal,
    yields: Mapping[str, tuple[Decimal, Decimal]],
    usual: tuple[Decimal, Decimal],
) -> ProcessBalance:
    """What a process made of what went in."""
    flows = network.flows.gather(np.array([process], np.int32))
    name = network.names[process].removeprefix(PROCESS)
    low, high = yields.get(name, usual)
    time = int(flows["time"].max(initial=0))
    out = flows["out"] == 1
    units = set(flows["unit"].tolist())
    if not (~out).any():
        return ProcessBalance(name, time, "", None, None, low, high, "no_input")
    if len(units) != 1 or (flows["micro"] == UNKNOWN).any() or not out.any():
        return ProcessBalance(name, time, "", None, None, low, high, "not_comparable")
    put_in = decimal(total(flows["micro"][~out])) or Decimal(0)
    came_out = decimal(total(flows["micro"][out])) or Decimal(0)
    verdict: ProcessVerdict = "fits"
    if came_out > put_in * (high + tolerance):
        verdict = "above"
    elif came_out < put_in * (low - tolerance):
        verdict = "below"
    return ProcessBalance(name, time, network.units[units.pop()], put_in, came_out, low, high, verdict)


def _processes(network: Network, node: int) -> list[int]:
    """The processes that the lot went into, and those that made it."""
    made = network.index.back([node]) if node < network.index.nodes else None
    before = (
        [] if made is None else [int(one) for one, origin in zip(made.nodes, made.origin, strict=True) if origin == 0]
    )
    return [*before, *(after for after, _first, _last in network.index.successors(node))]


def _site(site: str, shown: Figures, tolerance: Decimal, stocks: Mapping[str, Decimal]) -> SiteBalance:
    allowed = (shown.made + shown.received + shown.returned) * tolerance
    stock = stocks.get(site)
    residual = shown.on_hand - (stock or Decimal(0))
    verdict: SiteVerdict
    if shown.untold:
        verdict = "untold"
    elif residual < -allowed:
        verdict = "short" if stock is None else "surplus"
    elif residual <= allowed:
        verdict = "even"
    else:
        verdict = "stock" if stock is None else "missing"
    return SiteBalance(site, shown, stock, residual, allowed, verdict)
