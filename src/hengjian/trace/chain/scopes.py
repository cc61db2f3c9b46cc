"""Where things were last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.trace_graph.happenings import Move
from hengjian.methods.trace_graph.network import Network
from hengjian.methods.trace_graph.scope import movements

_AWAY = (Move.SHIPPED, Move.SOLD, Move.DESTROYED, Move.USED, Move.ENDED, Move.LEFT)


def last_places(network: Network, things: NDArray[np.int32]) -> list[tuple[str, ...]]:
    """For each thing the sites where some of it should be: those at which it was not last seen leaving."""
    rows = movements(network, things, seen=True)
    found: list[dict[str, None]] = [{} for _thing in range(things.size)]
    order = np.lexsort((rows["event"], rows["time"]))
    for of, site, kind in zip(*(rows[name][order].tolist() for name in ("of", "site", "kind")), strict=True):
        place = network.places[site]
        if not place:
            continue
        found[of].pop(place, None)
        if kind not in _AWAY:
            found[of][place] = None
    return [tuple(places) for places in found]
