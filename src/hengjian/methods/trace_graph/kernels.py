"""Compiled loops of the trace index (numba). Everything here works on plain arrays; `index.py` explains them.

A trace touches few of the millions of nodes, so what it reached is kept in a small open hash table that grows with the
answer, not in arrays as long as the graph: nothing has to be cleared between two traces.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hengjian.methods.trace_graph.bounds import ALWAYS

I32 = NDArray[np.int32]
# Places of edges: 32 bits while they suffice, 64 beyond 2^31 edges.
Places = NDArray[np.int32] | NDArray[np.int64]


@njit(cache=True, nogil=True)
def count_starts(keys: I32, starts: Places) -> Places:
    """Fill `starts`, zeros of shape (nodes + 1,): where the edges of each node begin when sorted by `keys`."""
    nodes = starts.size - 1
    for edge in range(keys.size):
        starts[keys[edge] + 1] += 1
    for node in range(nodes):
        starts[node + 1] += starts[node]
    return starts


@njit(cache=True, nogil=True)
def scatter(keys: I32, other: I32, times: I32, starts: Places) -> tuple[I32, I32]:
    """The other ends and times of the edges, sorted by `keys`, in their order within one key."""
    place = starts[:-1].copy()
    ends = np.empty(keys.size, dtype=np.int32)
    when = np.empty(keys.size, dtype=np.int32)
    for edge in range(keys.size):
        at = place[keys[edge]]
        ends[at] = other[edge]
        when[at] = times[edge]
        place[keys[edge]] = at + 1
    return ends, when


@njit(cache=True, nogil=True)
def scatter_places(ends: I32, back: Places) -> Places:
    """The place of each edge in `ends`, sorted by its end; `back` are the starts of that order."""
    place = back[:-1].copy()
    found = np.empty(ends.size, dtype=back.dtype)
    for edge in range(ends.size):
        node = ends[edge]
        found[place[node]] = edge
        place[node] += 1
    return found


@njit(cache=True, nogil=True, inline="always")
def _slot(table: I32, mask: int, node: int) -> int:
    """Where a node stands, or would stand, in the hash table of positions (-1: free); `table` holds nodes."""
    at = (node * 0x9E3779B1) & mask
    while table[at] != -1 and table[at] != node:
        at = (at + 1) & mask
    return at


@njit(cache=True, nogil=True)
def _grown(table: I32, position: I32) -> tuple[I32, I32]:
    size = table.size * 2
    mask = size - 1
    bigger = np.full(size, -1, dtype=np.int32)
    places = np.empty(size, dtype=np.int32)
    for old in range(table.size):
        if table[old] != -1:
            at = _slot(bigger, mask, table[old])
            bigger[at] = table[old]
            places[at] = position[old]
    return bigger, places


@njit(cache=True, nogil=True)
def _source(starts: Places, edge: int) -> int:
    """The node whose run of edges holds `edge`."""
    low, high = 0, starts.size - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if starts[middle] <= edge:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def reach(
    forward: bool,
    seeds: I32,
    seed_times: I32,
    starts: Places,
    ends: I32,
    times: I32,
    back_starts: Places,
    back_edges: Places,
    sides: tuple[tuple[I32, Places, I32, I32, I32], tuple[I32, Places, I32, I32, I32]],
    limit: int,
    horizon: int,
) -> tuple[I32, I32, I32]:
    """Time-respecting reachability: (nodes in the order found, earliest arrival or latest departure, found from).

    Forward, an edge is followed if its time is not before the arrival at its beginning; backward, if it is not after
    the departure that its end still allows. A label is corrected when a better one comes, so that cycles and equal
    times need no care. `sides` are edges that hold for a span, and those appended since the index was built: (keys,
    starts, ends, first, last), where those of `keys[i]` are `starts[i]:starts[i + 1]`; one that holds from `first` to
    `last` is passed at any moment between. Edges whose time is ALWAYS were taken out.

    Args:
        limit: stop when so many nodes are found (0: never).
        horizon: edges after it (backward: before it) are not followed.
    """
    size = 64
    table = np.full(size, -1, dtype=np.int32)
    position = np.empty(size, dtype=np.int32)
    room = 64
    nodes = np.empty(room, dtype=np.int32)
    label = np.empty(room, dtype=np.int32)
    origin = np.empty(room, dtype=np.int32)
    queued = np.empty(room, dtype=np.bool_)
    found = 0
    queue = np.empty(64, dtype=np.int32)
    head, waiting = 0, 0
    base = starts.size - 1
    for seed in range(seeds.size):
        at = _slot(table, size - 1, seeds[seed])
        if table[at] == -1:
            if found == room:
                room *= 2
                nodes, label, origin, queued = _wider(nodes, label, origin, queued, room)
            table[at] = seeds[seed]
            position[at] = found
            nodes[found], label[found], origin[found], queued[found] = seeds[seed], seed_times[seed], -1, False
            found += 1
            if found * 2 > size:
                table, position = _grown(table, position)
                size = table.size
            at = _slot(table, size - 1, seeds[seed])
        own = position[at]
        if (seed_times[seed] < label[own]) == forward and seed_times[seed] != label[own]:
            label[own] = seed_times[seed]
        if not queued[own]:
            queued[own] = True
            queue, head, waiting = _push(queue, head, waiting, own)
    while waiting:
        own = queue[head]
        head = (head + 1) & (queue.size - 1)
        waiting -= 1
        queued[own] = False
        node, bound = nodes[own], label[own]
        for layer in range(3):
            side = sides[0] if layer < 2 else sides[1]
            if layer == 0:
                if node >= base:
                    continue
                first = starts[node] if forward else back_starts[node]
                last = starts[node + 1] if forward else back_starts[node + 1]
            else:
                if side[0].size == 0:
                    continue
                key = np.searchsorted(side[0], node)
                if key == side[0].size or side[0][key] != node:
                    continue
                first, last = side[1][key], side[1][key + 1]
            for edge in range(first, last):
                if layer:
                    other, begin, end = side[2][edge], side[3][edge], side[4][edge]
                else:
                    begin = times[edge] if forward else times[back_edges[edge]]
                    other, end = np.int32(-1), begin
                if begin == ALWAYS:
                    continue
                if (end < bound or begin > horizon) if forward else (begin > bound or end < horizon):
                    continue
                when = max(begin, bound) if forward else min(end, bound)
                if layer == 0:
                    other = ends[edge] if forward else np.int32(_source(starts, back_edges[edge]))
                at = _slot(table, size - 1, other)
                if table[at] == -1:
                    if limit and found >= limit:
                        return nodes[:found], label[:found], origin[:found]
                    if found == room:
                        room *= 2
                        nodes, label, origin, queued = _wider(nodes, label, origin, queued, room)
                    table[at] = other
                    position[at] = found
                    nodes[found], label[found], origin[found], queued[found] = other, when, own, True
                    queue, head, waiting = _push(queue, head, waiting, found)
                    found += 1
                    if found * 2 > size:
                        table, position = _grown(table, position)
                        size = table.size
                    continue
                known = position[at]
                if origin[known] != -1 and ((when < label[known]) if forward else (when > label[known])):
                    label[known] = when
                    origin[known] = own
                    if not queued[known]:
                        queued[known] = True
                        queue, head, waiting = _push(queue, head, waiting, known)
    return nodes[:found], label[:found], origin[:found]


@njit(cache=True, nogil=True)
def _wider(
    nodes: I32, label: I32, origin: I32, queued: NDArray[np.bool_], room: int
) -> tuple[I32, I32, I32, NDArray[np.bool_]]:
    more = (np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.bool_))
    more[0][: nodes.size] = nodes
    more[1][: nodes.size] = label
    more[2][: nodes.size] = origin
    more[3][: nodes.size] = queued
    return more


@njit(cache=True, nogil=True)
def _push(queue: I32, head: int, waiting: int, item: int) -> tuple[I32, int, int]:
    """Put an item behind the ring of those that wait; its size is a power of two."""
    if waiting == queue.size:
        bigger = np.empty(queue.size * 2, dtype=np.int32)
        for turn in range(waiting):
            bigger[turn] = queue[(head + turn) & (queue.size - 1)]
        queue, head = bigger, 0
    queue[(head + waiting) & (queue.size - 1)] = item
    return queue, head, waiting + 1


@njit(cache=True, nogil=True)
def add_up(
    table: NDArray[np.int64], rows: NDArray[np.int64], columns: NDArray[np.int8], amounts: NDArray[np.int64]
) -> None:
    """Add each amount to its cell."""
    for place in range(rows.size):
        table[rows[place], columns[place]] += amounts[place]


@njit(cache=True, nogil=True)
def largest(
    amounts: NDArray[np.int64],
    units: NDArray[np.int16],
    of: NDArray[np.int64],
    micro: NDArray[np.int64],
    unit: NDArray[np.int16],
    made: NDArray[np.bool_],
) -> None:
    """The amount of each thing: the sum of what was made of it, or else the most that one row tells (-1: unknown)."""
    begun = np.zeros(amounts.size, np.bool_)
    for row in range(of.size):
        thing = of[row]
        if micro[row] < 0:
            continue
        if made[row]:
            amounts[thing] = micro[row] + (amounts[thing] if begun[thing] else 0)
            begun[thing] = True
            units[thing] = unit[row]
        elif not begun[thing] and micro[row] >= amounts[thing]:
            amounts[thing] = micro[row]
            units[thing] = unit[row]
