"""The compiled search of the trace index (numba).

A trace touches few of the millions of nodes, so what it reached is kept in a small open hash table that grows with the
answer, not in arrays as long as the graph: nothing has to be cleared between two traces, and threads do not meet.

The nodes that wait are taken in batches; before a batch is worked, everything it is going to read is asked for
(`prefetching`), so that the waits for memory overlap.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hengjian.methods.trace_graph.bounds import ALWAYS
from hengjian.methods.trace_graph.kernels import I32, Places
from hengjian.methods.trace_graph.prefetching import prefetch

Graph = tuple[Places, I32, Places, Places, I32]
SideArrays = tuple[I32, Places, I32, I32, I32, NDArray[np.uint64], I32]
GONE = -1
"""The end of an edge that was taken out."""
DONE, ROOM, WIDTH = 0, 1, 2
BATCH = 64
#: Of so many edges of one node the reads are asked for ahead.
AHEAD = 16


@njit(cache=True, nogil=True)
def _slot(table: NDArray[np.int64], bits: int, node: int) -> int:
    """Where a node stands, or would stand (-1), in the table of (node, row); eight neighbours share a cache line."""
    mixed = np.uint64(node >> 3) * np.uint64(0x9E3779B97F4A7C15)
    return (np.int64(mixed >> np.uint64(67 - bits)) << 3) | (node & 7)


@njit(cache=True, nogil=True)
def probe(table: NDArray[np.int64], bits: int, node: int) -> int:
    at = _slot(table, bits, node)
    mask = table.size - 1
    while table[at] != -1 and (table[at] >> 32) != node:
        at = (at + 1) & mask
    return at


@njit(cache=True, nogil=True)
def table_of(bits: int, nodes: I32, count: int) -> NDArray[np.int64]:
    """The table of `count` nodes with 2^bits places."""
    table = np.full(1 << bits, -1, dtype=np.int64)
    for row in range(count):
        if row + AHEAD < count:
            prefetch(table, _slot(table, bits, nodes[row + AHEAD]))
        table[probe(table, bits, nodes[row])] = (np.int64(nodes[row]) << 32) | row
    return table


@njit(cache=True, nogil=True)
def _source(starts: Places, hints: I32, edge: int) -> int:
    """The node whose run of edges holds `edge`; it lies between those of the block of edges."""
    low, high = np.int64(hints[edge >> 4]), np.int64(hints[(edge >> 4) + 1]) + 1
    while high - low > 1:
        middle = (low + high) >> 1
        if starts[middle] <= edge:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def marked(marks: NDArray[np.uint64], node: int) -> bool:
    """Whether a node has edges on the side that the bits are of."""
    word = node >> 6
    if word >= marks.size:
        return False
    return (marks[word] >> np.uint64(node & 63)) & np.uint64(1) != 0


@njit(cache=True, nogil=True)
def key_place(marks: NDArray[np.uint64], ranks: I32, node: int) -> int:
    """Place of a marked node among the keys: those before its word, and the bits before its own."""
    rest = marks[node >> 6] & ((np.uint64(1) << np.uint64(node & 63)) - np.uint64(1))
    rest = rest - ((rest >> np.uint64(1)) & np.uint64(0x5555555555555555))
    rest = (rest & np.uint64(0x3333333333333333)) + ((rest >> np.uint64(2)) & np.uint64(0x3333333333333333))
    rest = (rest + (rest >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return ranks[node >> 6] + np.int64((rest * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def _length(starts: Places, marks: NDArray[np.uint64], ranks: I32, node: int) -> int:
    """How many edges of a side a node has."""
    if not marked(marks, node):
        return 0
    key = key_place(marks, ranks, node)
    return np.int64(starts[key + 1]) - np.int64(starts[key])


@njit(cache=True, nogil=True)
def _spans(forward, side, node, bound, horizon, own, ready, to_node, to_time, to_from):  # type: ignore[no-untyped-def]
    """Put where the edges of a side lead behind the first `ready` of what is to be looked at."""
    _keys, starts, ends, begins, lasts, marks, ranks = side
    key = key_place(marks, ranks, node)
    for edge in range(starts[key], starts[key + 1]):
        begin, end = begins[edge], lasts[edge]
        if begin == ALWAYS:  # taken out
            continue
        if (end < bound or begin > horizon) if forward else (begin > bound or end < horizon):
            continue
        to_node[ready], to_from[ready] = ends[edge], own
        to_time[ready] = max(begin, bound) if forward else min(end, bound)
        ready += 1
    return ready


@njit(cache=True, nogil=True)
def _advance(forward, graph, sides, found_arrays, table, bits, ahead, state, limit, horizon):  # type: ignore[no-untyped-def]
    """Search until everything is found or an array is full; returns which (`DONE`, `ROOM`, `WIDTH`).

    No array is replaced in here, because numba would count references in every turn of the loops.
    """
    starts, edges, back_starts, back_edges, hints = graph
    nodes, label, origin, cut, queued, queue = found_arrays
    to_node, to_time, to_from = ahead
    marks, ranks, side_starts = sides[0][5], sides[0][6], sides[0][1]
    new_marks, new_ranks, new_starts = sides[1][5], sides[1][6], sides[1][1]
    runs = starts if forward else back_starts
    base, ring = starts.size - 1, queue.size - 1
    batch = np.empty(BATCH, np.int32)
    found, head, waiting, ready = state[0], state[1], state[2], state[3]
    while True:
        if found + ready > nodes.size:
            state[0], state[1], state[2], state[3] = found, head, waiting, ready
            return ROOM
        for step in range(ready):
            node, when = to_node[step], to_time[step]
            at = probe(table, bits, node)
            entry = table[at]
            known = entry & 0x7FFFFFFF
            if entry == -1:
                if limit and found >= limit and to_from[step] >= 0:
                    state[0] = found
                    return DONE
                known = found
                table[at] = (np.int64(node) << 32) | known
                nodes[known], label[known], origin[known], cut[known] = node, when, to_from[step], -1
                found += 1
            elif (when < label[known]) if forward else (when > label[known]):
                label[known] = when
                if origin[known] != -1:  # what was asked about stays that, also when it is reached from another
                    origin[known] = to_from[step]
                if queued[known]:
                    continue
            else:
                continue
            queued[known] = True
            queue[(head + waiting) & ring] = known
            waiting += 1
        ready = 0
        if not waiting:
            state[0] = found
            return DONE
        taken = min(waiting, BATCH)
        for turn in range(taken):
            batch[turn] = queue[(head + turn) & ring]
            if nodes[batch[turn]] < base:
                prefetch(runs, nodes[batch[turn]])
        total = 0
        for turn in range(taken):
            node = nodes[batch[turn]]
            count = _length(side_starts, marks, ranks, node) + _length(new_starts, new_marks, new_ranks, node)
            if node < base and runs[node] < runs[node + 1]:
                count += np.int64(runs[node + 1]) - np.int64(runs[node])
                if forward:
                    prefetch(edges, 2 * np.int64(runs[node]))
                else:
                    prefetch(back_edges, runs[node])
            if total + count > to_node.size:
                taken = turn
                break
            total += count
        if not taken:
            state[0], state[1], state[2], state[3], state[4] = found, head, waiting, 0, count
            return WIDTH
        if not forward and taken > 1:
            for turn in range(taken):
                node = nodes[batch[turn]]
                if node < base:
                    for place in range(runs[node], min(runs[node + 1], runs[node] + AHEAD)):
                        prefetch(edges, 2 * np.int64(back_edges[place]))
                        prefetch(hints, back_edges[place] >> 4)
            for turn in range(taken):
                node = nodes[batch[turn]]
                if node < base:
                    for place in range(runs[node], min(runs[node + 1], runs[node] + AHEAD)):
                        prefetch(starts, hints[back_edges[place] >> 4])
        head = (head + taken) & ring
        waiting -= taken
        for turn in range(taken):
            own = batch[turn]
            queued[own] = False
            node, bound = nodes[own], label[own]
            if node < base:
                first, last = np.int64(runs[node]), np.int64(runs[node + 1])
                if forward:
                    last = np.int64(cut[own]) if cut[own] >= 0 else last
                    place = last
                    while place > first and edges[2 * place - 1] >= bound:
                        place -= 1
                    cut[own] = place
                    for edge in range(place, last):
                        if edges[2 * edge + 1] > horizon:
                            break
                        if edges[2 * edge] != GONE:
                            prefetch(table, _slot(table, bits, edges[2 * edge]))
                            to_node[ready], to_time[ready], to_from[ready] = edges[2 * edge], edges[2 * edge + 1], own
                            ready += 1
                else:
                    place = np.int64(cut[own]) if cut[own] >= 0 else first
                    while place < last:
                        edge = np.int64(back_edges[place])
                        when = edges[2 * edge + 1]
                        if when > bound:
                            break
                        place += 1
                        if when >= horizon and edges[2 * edge] != GONE:
                            other = _source(starts, hints, edge)
                            prefetch(table, _slot(table, bits, other))
                            to_node[ready], to_time[ready], to_from[ready] = other, when, own
                            ready += 1
                    cut[own] = place
            if marked(marks, node):
                ready = _spans(forward, sides[0], node, bound, horizon, own, ready, to_node, to_time, to_from)
            if marked(new_marks, node):
                ready = _spans(forward, sides[1], node, bound, horizon, own, ready, to_node, to_time, to_from)


@njit(cache=True, nogil=True)
def _longer(array, size):  # type: ignore[no-untyped-def]
    """A copy with room for `size`."""
    more = np.empty(size, dtype=array.dtype)
    more[: array.size] = array
    return more


@njit(cache=True, nogil=True)
def reach(
    forward: bool,
    seeds: I32,
    seed_times: I32,
    graph: Graph,
    sides: tuple[SideArrays, SideArrays],
    limit: int,
    horizon: int,
) -> tuple[I32, I32, I32]:
    """Time-respecting reachability: (nodes in the order found, earliest arrival or latest departure, found from).

    Forward, an edge is followed if its time is not before the arrival at its beginning; backward, if it is not after
    the departure that its end still allows. A label is corrected when a better one comes, so that cycles and equal
    times need no care. Edges of a moment lie in order of time at either end: those that a label allows are the last
    (backward: the first) of a run, and when the label gets better only those that it allows now and did not before
    are followed, so that each is followed once at most. `sides` are edges that hold for a span, and those appended
    since the index was built; one that holds from `first` to `last` is passed at any moment between.

    Args:
        graph: (starts, edges as end and time in turn, starts backward, places of the edges backward, node of every
            16th edge).
        sides: (keys, starts, ends, first, last, bits of the keys, how many before each word).
        limit: stop when so many nodes are found (0: never).
        horizon: edges after it (backward: before it) are not followed.
    """
    bits, room = 8, 128
    table = np.full(1 << bits, -1, dtype=np.int64)
    nodes, label, origin = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    cut = np.empty(room, graph[0].dtype)  # where the edges already followed begin (backward: end)
    queued, queue = np.zeros(room, np.bool_), np.empty(room, np.int32)
    ahead = (seeds.copy(), seed_times.copy(), np.full(seeds.size, -1, np.int32))
    state = np.zeros(5, np.int64)  # found, head of the queue, how many wait in it, to be looked at, width needed
    state[3] = seeds.size
    while True:
        why = _advance(
            forward, graph, sides, (nodes, label, origin, cut, queued, queue), table, bits, ahead, state, limit, horizon
        )
        found = state[0]
        if why == DONE:
            return nodes[:found], label[:found], origin[:found]
        if why == WIDTH:
            size = max(4 * BATCH, 2 * state[4])
            ahead = (_longer(ahead[0], size), _longer(ahead[1], size), _longer(ahead[2], size))
            continue
        before = room
        while room < found + state[3]:
            room *= 4
            bits += 2
        nodes, label, origin, cut = (
            _longer(nodes, room),
            _longer(label, room),
            _longer(origin, room),
            _longer(cut, room),
        )
        queued = _longer(queued, room)
        queued[before:] = False
        longer = np.empty(room, np.int32)
        for turn in range(state[2]):
            longer[turn] = queue[(state[1] + turn) & (before - 1)]
        queue, state[1] = longer, 0
        table = table_of(bits, nodes, found)
