"""Which station or delivery explains an outbreak: scores over a delivery network.

The score of a thing is the weight of the cases that it and everything reachable from it can explain, over the weight of
all cases (the tracing score of FoodChain-Lab, BfR; Weiser et al., PLoS ONE 2016, doi 10.1371/journal.pone.0151977). Own
implementation on an explicit search, so that deliveries in a circle do not lose what lies behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hengjian.methods.trace_graph.index import TraceIndex


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods from one station to another; `day` is any whole number that grows with time, None when unknown."""

    code: str
    supplier: str
    recipient: str
    day: int | None = None


@dataclass(frozen=True)
class Scores:
    """Scores in [-1, 1] by station and by delivery: 1 explains all cases.

    Attributes:
        positive, negative: of stations, from cases (weights above 0) and from proven innocence (below 0) alone.
    """

    stations: Mapping[str, float]
    deliveries: Mapping[str, float]
    positive: Mapping[str, float]
    negative: Mapping[str, float]


def relate(deliveries: Sequence[Delivery], mixing: Sequence[str] = (), *, by_day: bool = True) -> list[tuple[str, str]]:
    """Relations that cross-contamination adds: at the stations named, each delivery in may be in each one out.

    Args:
        by_day: only where the delivery in was not after the one out; an unknown day allows both.
    """
    found = []
    for station in mixing:
        inward = [one for one in deliveries if one.recipient == station]
        outward = [one for one in deliveries if one.supplier == station]
        for one in inward:
            for other in outward:
                if not by_day or one.day is None or other.day is None or one.day <= other.day:
                    found.append((one.code, other.code))
    return found


def score(
    deliveries: Sequence[Delivery],
    relations: Sequence[tuple[str, str]],
    *,
    stations: Mapping[str, float] | None = None,
    weights: Mapping[str, float] | None = None,
    safe: frozenset[str] = frozenset(),
) -> Scores:
    """Score every station and delivery.

    Args:
        relations: (delivery in, delivery out): what was in the first went into the second.
        stations: weight of stations, for example the number of cases that bought there.
        weights: weight of deliveries, by code.
        safe: stations that kill the contamination (heating): what goes in does not come out.

    Raises:
        ValueError: a relation or weight names an unknown delivery, a code is used twice, or no weight is given.
    """
    number = {one.code: place for place, one in enumerate(deliveries)}
    if len(number) != len(deliveries):
        raise ValueError("a delivery code is used twice")
    case_stations, case_deliveries = dict(stations or {}), dict(weights or {})
    unknown = {code for pair in relations for code in pair if code not in number} | (
        case_deliveries.keys() - number.keys()
    )
    if unknown:
        raise ValueError(f"unknown deliveries: {', '.join(sorted(unknown))}")
    given = [*case_stations.values(), *case_deliveries.values()]
    above, below = sum(value for value in given if value > 0), -sum(value for value in given if value < 0)
    whole = max(above, below)
    if not whole:
        raise ValueError("no station or delivery has a weight")
    kept = [pair for pair in relations if deliveries[number[pair[0]]].recipient not in safe]
    index = TraceIndex.build(
        [number[first] for first, _second in kept],
        [number[second] for _first, second in kept],
        np.zeros(len(kept), dtype=np.int32),
        max(len(deliveries), 1),
    )

    def explained(seeds: list[int], own: set[str]) -> tuple[float, float]:
        """Weights above and below 0 of what the seeds reach and of the stations `own`."""
        reached = [deliveries[place] for place in index.forward(seeds).nodes.tolist()] if seeds else []
        places = own | {one.recipient for one in reached}
        found = [case_stations.get(place, 0.0) for place in places] + [
            case_deliveries.get(one.code, 0.0) for one in reached
        ]
        return sum(value for value in found if value > 0), sum(value for value in found if value < 0)

    outward: dict[str, list[int]] = {}
    for place, one in enumerate(deliveries):
        outward.setdefault(one.supplier, []).append(place)
        outward.setdefault(one.recipient, [])
    by_station = {name: explained([] if name in safe else seeds, {name}) for name, seeds in sorted(outward.items())}
    by_delivery = {one.code: explained([place], set()) for place, one in enumerate(deliveries)}
    return Scores(
        stations={name: (more + less) / whole for name, (more, less) in by_station.items()},
        deliveries={code: (more + less) / whole for code, (more, less) in by_delivery.items()},
        positive={name: more / above if above else 0.0 for name, (more, _less) in by_station.items()},
        negative={name: -less / below if below else 0.0 for name, (_more, less) in by_station.items()},
    )
