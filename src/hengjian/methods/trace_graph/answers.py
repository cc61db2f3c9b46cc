"""Answers as JSON: the documented shape of `hengjian trace` and of the interface. Amounts are decimals as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from hengjian.methods.trace_graph.balance import LotBalance
from hengjian.methods.trace_graph.bounds import ALWAYS, NEVER
from hengjian.methods.trace_graph.happenings import EPOCH, Level, moment
from hengjian.methods.trace_graph.masters import Known
from hengjian.methods.trace_graph.network import PROCESS, Network, Traced
from hengjian.methods.trace_graph.scope import FIGURES, Figures, Scope
from hengjian.methods.trace_graph.steps import Anomaly, Completeness

Names = Mapping[str, Known]
OPEN = (ALWAYS, NEVER)


def time_text(time: int | None) -> str | None:
    """A time as ISO 8601 in UTC; None: open."""
    return None if time is None or time in OPEN else moment(time).strftime("%Y-%m-%dT%H:%M:%SZ")


def number_of(time: datetime | None) -> int | None:
    """A time as the number that the graph uses."""
    return None if time is None else int((time - EPOCH).total_seconds() // 1)


def trace_answer(network: Network, traced: Traced, direction: str) -> dict[str, Any]:
    """{direction, asked, unknown, not_traceable, found: [{key, level, time, previous, process}], containers: […]}."""
    nodes, origin = traced.nodes.tolist(), traced.origin.tolist()
    names = network.names.texts(traced.nodes)
    levels = network.levels[traced.nodes].tolist()
    found = []
    for row, name in enumerate(names):
        if levels[row] == Level.PROCESS or origin[row] < 0:
            continue
        before = origin[row]
        process = names[before].removeprefix(PROCESS) if levels[before] == Level.PROCESS else None
        if process is not None:
            before = origin[before]
        found.append(
            {
                "key": name,
                "level": Level(levels[row]).name.lower(),
                "time": time_text(int(traced.times[row])),
                "previous": names[before],
                "process": process,
            }
        )
    things = traced.nodes[np.array(levels, np.uint8) != Level.PROCESS] if nodes else traced.nodes
    return {
        "direction": direction,
        "asked": [name for row, name in enumerate(names) if origin[row] < 0],
        "unknown": list(traced.unknown),
        "not_traceable": list(traced.coarse),
        "found": found,
        "containers": containers(network, things),
    }


def containers(network: Network, things: Any) -> list[dict[str, Any]]:
    """In what the things were, and when: {content, container, from, until}."""
    packs = network.packs.gather(things)
    content, holder = network.names.texts(things[packs["of"]]), network.names.texts(packs["parent"])
    spans = zip(packs["first"].tolist(), packs["last"].tolist(), strict=True)
    return [
        {"content": one, "container": other, "from": time_text(first), "until": time_text(last)}
        for one, other, (first, last) in zip(content, holder, spans, strict=True)
    ]


def figures_answer(figures: Figures) -> dict[str, Any]:
    """{unit, on_hand, made, …, untold}."""
    amounts = {name: text(getattr(figures, name)) for name in FIGURES}
    return {"unit": figures.unit, "on_hand": text(figures.on_hand)} | amounts | {"untold": figures.untold}


def scope_answer(scope: Scope, names: Names, *, most: int | None = None) -> dict[str, Any]:
    """{lots, places, parties, totals, unknown, not_traceable}; see docs/trace.md. `most`: so many lots."""
    return {
        "lots": [
            {
                "key": lot.key,
                "level": lot.level.name.lower(),
                "since": time_text(lot.since),
                "unit": lot.unit,
                "at_most": text(lot.at_most),
                "contained": text(lot.contained),
                "share": [text(part) for part in lot.share] if lot.share else None,
                "sites": list(lot.sites),
            }
            for lot in scope.lots(0, most)
        ],
        "places": [
            {
                "site": place.site,
                "name": _name(names, place.site),
                "party": place.party,
                "party_name": _name(names, place.party),
                "lots": place.lots,
            }
            | figures_answer(place.figures)
            for place in scope.places
        ],
        "parties": [
            {
                "party": one.party,
                "name": _name(names, one.party),
                "sites": list(one.sites),
                "lots": one.lots,
                "expected": one.expected,
            }
            for one in scope.parties
        ],
        "totals": [figures_answer(one) for one in scope.total()],
        "unknown": list(scope.unknown),
        "not_traceable": list(scope.coarse),
    }


def spread_answer(
    lots: Mapping[str, int | None], places: Mapping[tuple[str, str], Figures], unknown: Sequence[str], rounds: int
) -> dict[str, Any]:
    """{lots: [{key, since}], places: [{site, unit, on_hand, made, …, untold}], unknown, rounds} of a scope on Spark."""
    return {
        "lots": [{"key": key, "since": time_text(time)} for key, time in sorted(lots.items())],
        "places": [{"site": site} | figures_answer(one) for (site, _unit), one in sorted(places.items())],
        "unknown": list(unknown),
        "rounds": rounds,
    }


def balance_answer(balance: LotBalance, names: Names) -> dict[str, Any]:
    """{key, known, gaps, sites, processes, transit}."""
    return {
        "key": balance.key,
        "known": balance.known,
        "gaps": balance.gaps,
        "sites": [
            {"site": one.site, "name": _name(names, one.site), "verdict": one.verdict}
            | figures_answer(one.figures)
            | {"stock": text(one.stock), "residual": text(one.residual), "allowed": text(one.allowed)}
            for one in balance.sites
        ],
        "processes": [
            {
                "process": one.process,
                "time": time_text(one.time),
                "verdict": one.verdict,
                "unit": one.unit,
                "in": text(one.put_in),
                "out": text(one.came_out),
                "lowest_yield": text(one.low),
                "highest_yield": text(one.high),
            }
            for one in balance.processes
        ],
        "transit": [{"unit": unit, "amount": text(amount)} for unit, amount in balance.transit],
    }


def anomaly_answer(anomaly: Anomaly) -> dict[str, Any]:
    """{code, why, key, time, site, events, details}."""
    return {
        "code": anomaly.code,
        "why": anomaly.why,
        "key": anomaly.key,
        "time": time_text(anomaly.time),
        "site": anomaly.site,
        "events": list(anomaly.events),
        "details": dict(anomaly.details),
    }


def completeness_answer(whole: Completeness) -> dict[str, int]:
    """{things, whole, links, matched}."""
    return {"things": whole.things, "whole": whole.whole, "links": whole.links, "matched": whole.matched}


def text(value: Decimal | None) -> str | None:
    """A decimal in plain digits."""
    return None if value is None else f"{value:f}"


def _name(names: Names, key: str) -> str:
    return names[key].name if key in names else ""
