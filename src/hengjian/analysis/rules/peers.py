"""Which regions are like one another, so that comparing them is fair. Pure.

Distance after J. C. Gower (Biometrics 27 (1971) 857): per feature the difference over the range of all regions,
the mean over the features that both have. Amounts that differ by orders of magnitude are compared by their logarithms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import log

Features = Mapping[str, Mapping[str, Decimal | None]]


@dataclass(frozen=True)
class Peer:
    """A region like one's own. `distance` 0 (alike) to 1; `by`: features that both have."""

    region: str
    distance: float
    by: tuple[str, ...]


def peers(features: Features, own: str, count: int, *, fewest: int = 2) -> list[Peer]:
    """The most alike regions, nearest first; a region that shares fewer than `fewest` features is left out.

    Args:
        features: region → feature → value (None: unknown).

    Raises:
        KeyError: the own region is not among them.
    """
    mine = features[own]
    scaled = _scaled(features)
    found = []
    for region in features:
        shared = [name for name in mine if name in scaled and {own, region} <= scaled[name].keys()]
        if region == own or len(shared) < fewest:
            continue
        distance = sum(abs(scaled[name][own] - scaled[name][region]) for name in shared) / len(shared)
        found.append(Peer(region, distance, tuple(shared)))
    return sorted(found, key=lambda peer: (peer.distance, peer.region))[:count]


def _scaled(features: Features) -> dict[str, dict[str, float]]:
    """Feature → region → place between the least (0) and the greatest (1); features that do not vary tell nothing."""
    names = dict.fromkeys(name for each in features.values() for name in each)
    result = {}
    for name in names:
        known = {region: float(value) for region, each in features.items() if (value := each.get(name)) is not None}
        if len(known) < 2:
            continue
        low, high = min(known.values()), max(known.values())
        if low > 0 and high / low > 20:
            known = {region: log(value) for region, value in known.items()}
            low, high = log(low), log(high)
        if high > low:
            result[name] = {region: (value - low) / (high - low) for region, value in known.items()}
    return result
