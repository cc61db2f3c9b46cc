"""Index over what went into what: lots, items and events as numbers, and the dated edges between them.

Compressed sparse rows for one direction, places for the other, so that 25 million edges take 8 + 4 bytes each; at
either end in order of time. Edges that hold for a span of time (one thing inside another) lie beside them, sorted by
either end; so does what is appended, until `compact` merges it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.later import later
from hengjian.methods.trace_graph.bounds import ALWAYS, NEVER

if TYPE_CHECKING:
    from hengjian.methods.trace_graph import kernels, reaching, scratch
else:  # numba takes long to import
    kernels = later("hengjian.methods.trace_graph.kernels")
    scratch = later("hengjian.methods.trace_graph.scratch")

I32 = NDArray[np.int32]
_NONE, _START = np.empty(0, np.int32), np.zeros(1, np.int32)
_PARTS = ("keys", "starts", "ends", "first", "last", "marks", "ranks")
GONE = -1
"""The end of an edge of a moment that was taken out; of one that holds for a span, the first moment is ALWAYS."""


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
class Side:
    """Edges sorted by one end: those of keys[i] are starts[i]:starts[i + 1]; they hold from `first` to `last`.

    `marks` has a bit for every node that is a key, `ranks` the number of keys before each word of it.
    """

    keys: I32
    starts: kernels.Places
    ends: I32
    first: I32
    last: I32
    marks: NDArray[np.uint64]
    ranks: I32

    @classmethod
    def of(cls, keys: I32, ends: I32, first: I32, last: I32) -> Side:
        order = np.argsort(keys, kind="stable")
        unique, begins = np.unique(keys[order], return_index=True)
        starts = np.append(begins, keys.size).astype(np.int32)
        own = unique.astype(np.int32)
        return cls(own, starts, ends[order], first[order], last[order], *kernels.mark(own))

    @property
    def arrays(self) -> reaching.SideArrays:
        return self.keys, self.starts, self.ends, self.first, self.last, self.marks, self.ranks

    def of_node(self, node: int) -> slice:
        """The places of a node's edges."""
        key = int(np.searchsorted(self.keys, node))
        if key == self.keys.size or self.keys[key] != node:
            return slice(0, 0)
        return slice(int(self.starts[key]), int(self.starts[key + 1]))

    def change(self, node: int, end: int, first: int, new: tuple[int, int]) -> bool:
        """Give the edge another span; whether there was one."""
        run = self.of_node(node)
        found = np.nonzero((self.ends[run] == end) & (self.first[run] == first))[0]
        if found.size:
            place = run.start + int(found[-1])
            self.first[place], self.last[place] = new
        return bool(found.size)

    @property
    def sources(self) -> I32:
        return np.repeat(self.keys, np.diff(self.starts))


_EMPTY = Side(_NONE, _START, _NONE, _NONE, _NONE, np.empty(0, np.uint64), _NONE)


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
        self,
        starts: kernels.Places,
        edges: I32,
        back_starts: kernels.Places,
        back_edges: kernels.Places,
        hints: I32,
        ahead: Side = _EMPTY,
        behind: Side = _EMPTY,
    ) -> None:
        self._starts, self._edges, self._hints = starts, edges, hints
        self._back_starts, self._back_edges = back_starts, back_edges
        self._ahead, self._behind = ahead, behind
        self._new_ahead = self._new_behind = _EMPTY
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

        def empty(size: int) -> kernels.Places:
            return np.empty(size, np.int32) if source.size < NEVER else np.empty(size, np.int64)

        starts = kernels.count_starts(source, empty(count + 1))
        edges = kernels.scatter(source, target, when, starts, np.empty(2 * source.size, np.int32))
        back_starts = kernels.count_starts(target, empty(count + 1))
        back_edges = kernels.scatter_places(edges, back_starts, empty(source.size))
        return cls(starts, edges, back_starts, back_edges, kernels.sources_of_blocks(starts, source.size))

    @property
    def nodes(self) -> int:
        return self._nodes

    @property
    def _pairs(self) -> I32:
        """Edges of a moment, shape (n, 2): end and time."""
        return self._edges.reshape(-1, 2)

    @property
    def edges(self) -> int:
        return int(self._back_edges.size + self._ahead.ends.size + self._new_ahead.ends.size)

    @property
    def appended(self) -> int:
        """Edges that are not merged yet."""
        return int(self._new_ahead.ends.size)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What has to be kept to have the index again (`restore`), without what was appended since."""
        own: dict[str, NDArray[Any]] = {
            "starts": self._starts,
            "edges": self._edges,
            "back_starts": self._back_starts,
            "back_edges": self._back_edges,
            "hints": self._hints,
        }
        for name, side in (("ahead", self._ahead), ("behind", self._behind)):
            own |= {f"{name}_{part}": array for part, array in zip(_PARTS, side.arrays, strict=True)}
        return own

    @classmethod
    def restore(cls, arrays: Mapping[str, NDArray[Any]]) -> TraceIndex:
        """The index of `arrays`, which may be mapped from files copy-on-write."""
        ahead, behind = (Side(*(arrays[f"{name}_{part}"] for part in _PARTS)) for name in ("ahead", "behind"))
        starts, edges, hints = arrays["starts"], arrays["edges"], arrays["hints"]
        return cls(starts, edges, arrays["back_starts"], arrays["back_edges"], hints, ahead, behind)

    @property
    def memory(self) -> int:
        """Bytes of the arrays."""
        own = (self._starts, self._edges, self._back_starts, self._back_edges, self._hints)
        sides = (self._ahead, self._behind, self._new_ahead, self._new_behind)
        return sum(array.nbytes for array in own) + sum(array.nbytes for side in sides for array in side.arrays)

    def append(self, sources: ArrayLike, targets: ArrayLike, times: ArrayLike, until: ArrayLike | None = None) -> None:
        """Add edges (and the nodes that they name) without building the index again.

        The appended edges are sorted again each time: append in batches, and `compact` when they have become many.

        Args:
            until: for edges that hold for a span: its last moment; `times` are then the first.
        """
        source, target, when = _edges(sources, targets, times)
        last = when if until is None else _edges(sources, targets, until)[2]
        side = self._new_ahead
        source, target = np.concatenate((side.sources, source)), np.concatenate((side.ends, target))
        first, last = np.concatenate((side.first, when)), np.concatenate((side.last, last))
        self._new_ahead = Side.of(source, target, first, last)
        self._new_behind = Side.of(target, source, first, last)
        self._nodes = max(self._nodes, int(max(source.max(initial=-1), target.max(initial=-1))) + 1)

    def widen(self, nodes: int) -> None:
        """Let there be at least so many nodes, with edges or without."""
        self._nodes = max(self._nodes, nodes)

    def close(self, source: int, target: int, first: int, last: int) -> None:
        """Let the edge that holds from `first` hold until `last` only.

        Raises:
            KeyError: there is no such edge with a span.
        """
        self._change(source, target, first, (first, last))

    def drop(self, source: int, target: int, time: int) -> None:
        """Take an edge out: the event behind it did not happen.

        Raises:
            KeyError: there is no such edge.
        """
        if source < self._starts.size - 1:
            run = slice(int(self._starts[source]), int(self._starts[source + 1]))
            found = np.nonzero((self._pairs[run, 0] == target) & (self._pairs[run, 1] == time))[0]
            if found.size:
                self._pairs[run.start + int(found[0]), 0] = GONE
                return
        self._change(source, target, time, (ALWAYS, ALWAYS))

    def _change(self, source: int, target: int, first: int, new: tuple[int, int]) -> None:
        for ahead, behind in ((self._new_ahead, self._new_behind), (self._ahead, self._behind)):
            if ahead.change(source, target, first, new):
                behind.change(target, source, first, new)
                return
        raise KeyError((source, target, first))

    def successors(self, node: int) -> list[tuple[int, int, int]]:
        """(node, first, last) of the edges that begin at a node, those taken out left out."""
        found: list[tuple[int, int, int]] = []
        if node < self._starts.size - 1:
            run = slice(int(self._starts[node]), int(self._starts[node + 1]))
            found += [(end, time, time) for end, time in self._pairs[run].tolist() if end != GONE]
        for side in (self._ahead, self._new_ahead):
            run = side.of_node(node)
            found += zip(side.ends[run].tolist(), side.first[run].tolist(), side.last[run].tolist(), strict=True)
        return [edge for edge in found if edge[1] != ALWAYS]

    def every_edge(self, chunk: int = 1_000_000) -> Iterator[tuple[I32, I32, I32, I32]]:
        """(sources, targets, first, last) of all edges, those taken out left out, so many at a time."""
        for begin in range(0, self._back_edges.size, chunk):
            some = self._pairs[begin : begin + chunk]
            at = np.arange(begin, begin + some.shape[0])
            sources = (np.searchsorted(self._starts, at, side="right") - 1).astype(np.int32)
            kept = some[:, 0] != GONE
            yield sources[kept], some[kept, 0], some[kept, 1], some[kept, 1]
        for side in (self._ahead, self._new_ahead):
            sources = side.sources
            for begin in range(0, sources.size, chunk):
                run = slice(begin, begin + chunk)
                kept = side.first[run] != ALWAYS
                yield sources[run][kept], side.ends[run][kept], side.first[run][kept], side.last[run][kept]

    def compact(self) -> TraceIndex:
        """A new index with the appended edges merged; this one stays usable meanwhile."""
        sources = np.repeat(np.arange(self._starts.size - 1, dtype=np.int32), np.diff(self._starts))
        new, old = self._new_ahead, self._ahead
        points = new.first == new.last
        source = np.concatenate((sources, new.sources[points]))
        target = np.concatenate((self._pairs[:, 0], new.ends[points]))
        times = np.concatenate((self._pairs[:, 1], new.first[points]))
        kept = (target != GONE) & (times != ALWAYS)
        index = TraceIndex.build(source[kept], target[kept], times[kept], self._nodes)
        spans = ~points
        source = np.concatenate((old.sources, new.sources[spans]))
        target = np.concatenate((old.ends, new.ends[spans]))
        first, last = np.concatenate((old.first, new.first[spans])), np.concatenate((old.last, new.last[spans]))
        kept = first != ALWAYS
        index._ahead = Side.of(source[kept], target[kept], first[kept], last[kept])
        index._behind = Side.of(target[kept], source[kept], first[kept], last[kept])
        index.widen(self._nodes)
        return index

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
        times = np.full(len(seeds), ALWAYS) if start is None else start
        return self._reach(True, seeds, times, NEVER if until is None else until, limit)

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
        times = np.full(len(seeds), NEVER) if end is None else end
        return self._reach(False, seeds, times, ALWAYS if since is None else since, limit)

    def _reach(self, forward: bool, seeds: Sequence[int] | I32, times: ArrayLike, horizon: int, limit: int) -> Trace:
        nodes = np.asarray(seeds, dtype=np.int64)
        if nodes.size and (nodes.min() < 0 or nodes.max() >= self._nodes):
            raise IndexError(f"no node {int(nodes[(nodes < 0) | (nodes >= self._nodes)][0])}; there are {self._nodes}")
        sides = (self._ahead, self._new_ahead) if forward else (self._behind, self._new_behind)
        labels = np.broadcast_to(np.asarray(times, dtype=np.int32), nodes.shape)
        found = scratch.search(
            forward,
            nodes.astype(np.int32),
            np.ascontiguousarray(labels),
            (self._starts, self._edges.view(np.int64), self._back_starts, self._back_edges, self._hints),
            (sides[0].arrays, sides[1].arrays),
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
        if array.size and not (limits.min < array.min() and array.max() <= limits.max):
            raise ValueError(f"a {name} does not fit 32 bits")
        if name != "time" and array.size and array.min() < 0:
            raise ValueError(f"a {name} is negative")
    source, target, when = (np.ascontiguousarray(array, dtype=np.int32) for array in arrays)
    return source, target, when
