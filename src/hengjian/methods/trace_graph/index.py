"""Index over what went into what: lots, items and events as numbers, and the dated edges between them.

Compressed sparse rows for one direction, places for the other, so that 25 million edges take 8 + 4 bytes each. What is
appended lies beside it, sorted, and is merged by `compact`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.trace_graph import kernels

I32 = NDArray[np.int32]
_NONE, _START = np.empty(0, np.int32), np.zeros(1, np.int32)


@dataclass(frozen=True)
class Trace:
    """What a trace reached; row 0 … are the seeds.

    Attributes:
        nodes: shape (n,), in the order found.
        times: shape (n,): earliest arrival (forward) or latest departure (back), in the unit of the edges' times.
        origin: shape (n,): row from which the node was reached best; -1 for seeds.
    """

    nodes: I32
    times: I32
    origin: I32

    def path(self, row: int) -> list[int]:
        """The nodes from a seed to the node of `row`."""
        found = []
        while row != -1:
            found.append(int(self.nodes[row]))
            row = int(self.origin[row])
        return found[::-1]


@dataclass(frozen=True)
class _Side:
    """Appended edges, sorted by one end: those of keys[i] are starts[i]:starts[i + 1]."""

    keys: I32
    starts: kernels.Places
    ends: I32
    times: I32

    @classmethod
    def of(cls, keys: I32, ends: I32, times: I32) -> _Side:
        order = np.argsort(keys, kind="stable")
        unique, first = np.unique(keys[order], return_index=True)
        return cls(unique.astype(np.int32), np.append(first, keys.size).astype(np.int32), ends[order], times[order])


_EMPTY = _Side(_NONE, _START, _NONE, _NONE)


class TraceIndex:
    """Dated edges `source → target` between nodes 0 … n - 1.

    Times are whole numbers of one unit that fits 32 bits (seconds since 2000 reach to 2068). Memory: 12 bytes per edge
    and 8 per node, while there are fewer than 2^31 edges.

    Example:
        >>> index = TraceIndex.build([0, 1, 1], [1, 2, 3], [10, 20, 5])
        >>> index.forward([0]).nodes.tolist()
        [0, 1, 2]
    """

    def __init__(
        self, starts: kernels.Places, ends: I32, times: I32, back_starts: kernels.Places, back_edges: kernels.Places
    ) -> None:
        self._starts, self._ends, self._times = starts, ends, times
        self._back_starts, self._back_edges = back_starts, back_edges
        self._new: tuple[I32, I32, I32] = (_NONE, _NONE, _NONE)
        self._ahead = self._behind = _EMPTY
        self._nodes = starts.size - 1

    @classmethod
    def build(cls, sources: ArrayLike, targets: ArrayLike, times: ArrayLike, nodes: int = 0) -> TraceIndex:
        """Index edges given as three arrays of one length.

        Args:
            nodes: number of nodes; 0: as many as the edges name.

        Raises:
            ValueError: lengths differ, a node is negative or beyond `nodes`, a time does not fit 32 bits.
        """
        source, target, when = _edges(sources, targets, times)
        named = int(max(source.max(initial=-1), target.max(initial=-1))) + 1
        if nodes and named > nodes:
            raise ValueError(f"the edges name node {named - 1}, but there are {nodes}")
        count = nodes or named

        def zeros() -> kernels.Places:
            return np.zeros(count + 1, np.int32) if source.size < kernels.NEVER else np.zeros(count + 1, np.int64)

        starts = kernels.count_starts(source, zeros())
        ends, sorted_times = kernels.scatter(source, target, when, starts)
        back_starts = kernels.count_starts(ends, zeros())
        return cls(starts, ends, sorted_times, back_starts, kernels.scatter_places(ends, back_starts))

    @property
    def nodes(self) -> int:
        return self._nodes

    @property
    def edges(self) -> int:
        return int(self._ends.size + self._new[0].size)

    @property
    def appended(self) -> int:
        """Edges that are not merged yet."""
        return int(self._new[0].size)

    @property
    def memory(self) -> int:
        """Bytes of the arrays."""
        own = (self._starts, self._ends, self._times, self._back_starts, self._back_edges, *self._new)
        sides = (self._ahead, self._behind)
        return sum(array.nbytes for array in own) + sum(
            side.keys.nbytes + side.starts.nbytes + side.ends.nbytes + side.times.nbytes for side in sides
        )

    def append(self, sources: ArrayLike, targets: ArrayLike, times: ArrayLike) -> None:
        """Add edges (and the nodes that they name) without building the index again.

        The appended edges are sorted again each time: append in batches, and `compact` when they have become many.
        """
        source, target, when = _edges(sources, targets, times)
        sources_now, targets_now, times_now = self._new
        self._new = (
            np.concatenate((sources_now, source)),
            np.concatenate((targets_now, target)),
            np.concatenate((times_now, when)),
        )
        self._ahead = _Side.of(self._new[0], self._new[1], self._new[2])
        self._behind = _Side.of(self._new[1], self._new[0], self._new[2])
        self._nodes = max(self._nodes, int(max(source.max(initial=-1), target.max(initial=-1))) + 1)

    def compact(self) -> TraceIndex:
        """A new index with the appended edges merged; this one stays usable meanwhile."""
        sources = np.repeat(np.arange(self._starts.size - 1, dtype=np.int32), np.diff(self._starts))
        return TraceIndex.build(
            np.concatenate((sources, self._new[0])),
            np.concatenate((self._ends, self._new[1])),
            np.concatenate((self._times, self._new[2])),
            self._nodes,
        )

    def forward(
        self,
        seeds: Sequence[int] | I32,
        start: int | Sequence[int] | None = None,
        *,
        until: int | None = None,
        limit: int = 0,
    ) -> Trace:
        """Where the seeds can have gone: every node reached by edges whose times do not decrease.

        Args:
            seeds: nodes to start from.
            start: from when on, one for all or one per seed; None: from the beginning.
            until: edges after this time are not followed.
            limit: stop when so many nodes are found; 0: never.

        Raises:
            IndexError: a seed is no node.
        """
        times = np.full(len(seeds), kernels.ALWAYS) if start is None else start
        return self._reach(True, seeds, times, self._ahead, kernels.NEVER if until is None else until, limit)

    def back(
        self,
        seeds: Sequence[int] | I32,
        end: int | Sequence[int] | None = None,
        *,
        since: int | None = None,
        limit: int = 0,
    ) -> Trace:
        """What can have gone into the seeds: every node from which they are reached by edges of non-decreasing times.

        Args:
            end: until when, one for all or one per seed; None: until the end.
            since: edges before this time are not followed.
        """
        times = np.full(len(seeds), kernels.NEVER) if end is None else end
        return self._reach(False, seeds, times, self._behind, kernels.ALWAYS if since is None else since, limit)

    def _reach(
        self, forward: bool, seeds: Sequence[int] | I32, times: ArrayLike, extra: _Side, horizon: int, limit: int
    ) -> Trace:
        nodes = np.asarray(seeds, dtype=np.int64)
        if nodes.size and (nodes.min() < 0 or nodes.max() >= self._nodes):
            raise IndexError(f"no node {int(nodes[(nodes < 0) | (nodes >= self._nodes)][0])}; there are {self._nodes}")
        labels = np.broadcast_to(np.asarray(times, dtype=np.int32), nodes.shape)
        found = kernels.reach(
            forward,
            nodes.astype(np.int32),
            np.ascontiguousarray(labels),
            self._starts,
            self._ends,
            self._times,
            self._back_starts,
            self._back_edges,
            extra.keys,
            extra.starts,
            extra.ends,
            extra.times,
            limit,
            horizon,
        )
        return Trace(*found)


def _edges(sources: ArrayLike, targets: ArrayLike, times: ArrayLike) -> tuple[I32, I32, I32]:
    arrays = [np.asarray(values) for values in (sources, targets, times)]
    if len({array.shape for array in arrays}) != 1 or arrays[0].ndim != 1:
        raise ValueError("sources, targets and times are arrays of one length")
    limits = np.iinfo(np.int32)
    for name, array in zip(("source", "target", "time"), arrays, strict=True):
        if array.size and not (limits.min < array.min() and array.max() < limits.max):
            raise ValueError(f"a {name} does not fit 32 bits")
        if name != "time" and array.size and array.min() < 0:
            raise ValueError(f"a {name} is negative")
    source, target, when = (np.ascontiguousarray(array, dtype=np.int32) for array in arrays)
    return source, target, when
