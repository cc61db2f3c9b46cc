"""The memory in which traces search: each thread keeps its own.

To get fresh pages from the system takes longer than many a trace, and pages that were used lately are in the caches.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import cast

import numpy as np

from hengjian.methods.trace_graph import reaching
from hengjian.methods.trace_graph.kernels import I32
from hengjian.methods.trace_graph.reaching import Graph, ScratchArrays, SideArrays

#: How many nodes the memory that a thread keeps is for: 21 MB when all of it was needed once.
KEPT = 1 << 19
#: Bytes between two parts of the memory.
APART = 4096 + 64


@dataclass(frozen=True)
class Scratch:
    """Memory for one search; what stands in it between two means nothing.

    Attributes:
        arrays: the table, then by row: node, label, origin, how far its edges were followed, whether it waits again;
            and those that do. Pages that no search needed so far take no memory.
    """

    arrays: ScratchArrays

    @classmethod
    def of(cls, rows: int, places: np.dtype[np.int32] | np.dtype[np.int64]) -> Scratch:
        kinds = (np.dtype(np.int64), *(np.dtype(np.int32),) * 3, places, np.dtype(np.bool_), np.dtype(np.int32))
        sizes = [2 * rows * kinds[0].itemsize, *(rows * kind.itemsize for kind in kinds[1:])]
        # One piece, so that it lies in large pages; the parts at different places of a page, so that a write to one
        # is never taken for a write to what is read of another.
        block = np.empty(sum(sizes) + APART * len(sizes), np.uint8)
        begins = [sum(sizes[:turn]) + APART * turn for turn in range(len(sizes))]
        parts = zip(kinds, begins, sizes, strict=True)
        arrays = tuple(block[at : at + size].view(kind) for kind, at, size in parts)
        return cls(cast("ScratchArrays", arrays))

    @property
    def rows(self) -> int:
        return int(self.arrays[1].size)


class _Own(threading.local):
    """The scratch of this thread, by the type of places."""

    def __init__(self) -> None:
        self.kept: dict[str, Scratch] = {}


_own = _Own()


def search(
    forward: bool,
    seeds: I32,
    seed_times: I32,
    graph: Graph,
    sides: tuple[SideArrays, SideArrays],
    limit: int,
    horizon: int,
) -> tuple[I32, I32, I32]:
    """`reach` in memory of the calling thread; what is larger than that is searched in memory of its own."""
    places = graph[0].dtype
    scratch = _own.kept.get(places.str)
    if scratch is None:
        scratch = _own.kept[places.str] = Scratch.of(KEPT, places)
    while True:
        whole, *found = reaching.reach(forward, seeds, seed_times, graph, sides, limit, horizon, scratch.arrays)
        if whole:
            nodes, times, origin = found
            return nodes, times, origin
        scratch = Scratch.of(scratch.rows << reaching.GROWTH, places)
