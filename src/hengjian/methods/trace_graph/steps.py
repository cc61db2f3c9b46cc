"""Movements of one thing in order of time, and what the rules on them share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.trace_graph.network import Network
from hengjian.methods.trace_graph.scope import movements

EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""


@dataclass(frozen=True)
class Limits:
    """What still passes. All are assumptions, to be set for the goods at hand.

    Attributes:
        speed: km/h between two places; faster is impossible.
        nearest: km; places closer than that are not judged.
        receive_days: days after which what was shipped should have been received.
        tolerance: share by which amounts may differ.
        highest_yield: highest amount out over amount in of a process.
    """

    speed: float = 900.0
    nearest: float = 5.0
    receive_days: int = 7
    tolerance: float = 0.02
    highest_yield: float = 1.0


@dataclass(frozen=True)
class Anomaly:
    """One finding. `why`: which of the signs of the code; `events`: numbers of the events; `details`: the figures."""

    code: str
    key: str
    time: int
    events: tuple[int, ...]
    why: str = ""
    site: str = ""
    details: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Completeness:
    """How many things and links of the chain are whole.

    Attributes:
        things: with a movement; whole: without a broken link.
        links: shipments that should have arrived, and receipts; matched: those with their other side.
    """

    things: int
    whole: int
    links: int
    matched: int


class Step(NamedTuple):
    """One movement of a thing."""

    time: int
    site: int
    kind: int
    event: int
    micro: int
    unit: int
    holder: int
    other: int
    other_site: int
    own: bool


Places = Mapping[str, tuple[float, float]]
"""Latitude and longitude of sites in degrees (WGS 84)."""


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance in km (haversine)."""
    (north, east), (north2, east2) = (tuple(map(radians, place)) for place in (one, other))
    inner = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(inner)))


def grouped(network: Network, things: NDArray[np.int32]) -> Iterator[tuple[int, list[Step]]]:
    rows = movements(network, things, seen=True)
    order = np.lexsort((rows["event"], rows["time"], rows["of"]))
    names = ("time", "site", "kind", "event", "micro", "unit", "holder", "other", "other_site", "own")
    columns = [rows[name][order].tolist() for name in names]
    of = rows["of"][order]
    begins = np.flatnonzero(np.diff(of, prepend=-1)).tolist()
    for begin, end in pairwise([*begins, of.size]):
        yield (
            int(things[of[begin]]),
            [Step(*values) for values in zip(*(one[begin:end] for one in columns), strict=True)],
        )
