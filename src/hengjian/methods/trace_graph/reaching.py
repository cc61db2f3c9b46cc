"""The compiled search of the trace index (numba).

A trace touches few of the millions of nodes, so what it reached is kept in a small open hash table that grows with the
answer, not in arrays as long as the graph. The memory for it comes from the caller (`scratch.py`).

The nodes that wait are taken in batches; before a batch is worked, everything it is going to read is asked for
(`prefetching`), so that the waits for memory overlap. In the innermost loops places are unsigned, because numba asks
of each signed one whether it counts from the end; and an edge is one number, its time above its end, so that it is
read and handed on at once.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hengjian.methods.trace_graph.bounds import ALWAYS
from hengjian.methods.trace_graph.kernels import I32, Places
from hengjian.methods.trace_graph.prefetching import prefetch

I64 = NDArray[np.int64]
Graph = tuple[Places, I64, Places, Places, I32]
SideArrays = tuple[I32, Places, I32, I32, I32, NDArray[np.uint64], I32]
ScratchArrays = tuple[I64, I32, I32, I32, Places, NDArray[np.bool_], I32]
GONE = -1
"""The end of an edge that was taken out."""
DONE, ROOM, WIDTH = 0, 1, 2
BATCH = 64
#: Of so many edges of one node the reads are asked for ahead.
AHEAD = 16
#: Edges of eight bytes that lie in one line of the cache, and of how many lines of one run reads are asked for ahead.
LINE, LINES = 8, 4
#: The first table has 2^8 places for 128 nodes; each further one is eight times as large.
BITS, GROWTH = 8, 3
END = np.int64(0xFFFFFFFF)
ONE = np.uint64(1)


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
def fill(table: NDArray[np.int64], bits: int, nodes: I32, count: int) -> None:
    """Make it the table, of 2^bits places, of the first `count` nodes."""
    table[:] = -1
    for row in range(count):
        if row + AHEAD < count:
            prefetch(table, _slot(table, bits, nodes[row + AHEAD]))
        table[probe(table, bits, nodes[row])] = (np.int64(nodes[row]) << 32) | row


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
def _spans(forward, side, node, bound, horizon, own, ready, to_pair, to_from):  # type: ignore[no-untyped-def]
    """Put where the edges of a side lead behind the first `ready` of what is to be looked at."""
    _keys, starts, ends, begins, lasts, marks, ranks = side
    key = key_place(marks, ranks, node)
    for edge in range(starts[key], starts[key + 1]):
        begin, end = np.int64(begins[edge]), np.int64(lasts[edge])
        if begin == ALWAYS:  # taken out
            continue
        if (end < bound or begin > horizon) if forward else (begin > bound or end < horizon):
            continue
        when = max(begin, bound) if forward else min(end, bound)
        to_pair[ready], to_from[ready] = (when << 32) | np.int64(ends[edge]), own
        ready += 1
    return ready


@njit(cache=True, nogil=True)
def _advance(forward, graph, sides, rows, table, bits, ahead, state, limit, horizon):  # type: ignore[no-untyped-def]
    """Search until everything is found or an array is full; returns which (`DONE`, `ROOM`, `WIDTH`).

    Rows up to `done` were worked; of those the ones whose label got better wait again, in a ring, and go first.
    No array is replaced in here, because numba would count references in every turn of the loops.
    """
    starts, edges, back_starts, back_edges, hints = graph
    nodes, label, origin, cut, queued, queue = rows
    to_pair, to_from = ahead
    marks, ranks, side_starts = sides[0][5], sides[0][6], sides[0][1]
    new_marks, new_ranks, new_starts = sides[1][5], sides[1][6], sides[1][1]
    plain = marks.size == 0 and new_marks.size == 0
    runs = starts if forward else back_starts
    base, ring, mask = starts.size - 1, queue.size - 1, np.uint64(table.size - 1)
    batch, batch_nodes = np.empty(BATCH, np.int32), np.empty(BATCH, np.int32)
    firsts, lasts = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    found, done, head, waiting, ready = state[0], state[1], state[2], state[3], state[4]
    while True:
        if found + ready > nodes.size:
            state[0], state[1], state[2], state[3], state[4] = found, done, head, waiting, ready
            return ROOM
        for turn in range(ready):
            step = np.uint64(turn)
            pair = to_pair[step]
            node, when = pair & END, pair >> 32
            at = np.uint64(_slot(table, bits, node))
            entry = table[at]
            while entry != -1 and (entry >> 32) != node:
                at = np.uint64((at + ONE) & mask)
                entry = table[at]
            if entry == -1:
                if limit and found >= limit and to_from[step] >= 0:
                    state[0] = found
                    return DONE
                table[at] = (node << 32) | found
                new = np.uint64(found)
                nodes[new], label[new], origin[new] = node, when, to_from[step]
                found += 1
                continue
            known = np.uint64(entry & END)
            if (when < label[known]) if forward else (when > label[known]):
                label[known] = when
                if origin[known] != -1:  # what was asked about stays that, also when it is reached from another
                    origin[known] = to_from[step]
                if np.int64(known) < done and not queued[known]:
                    queued[known] = True
                    queue[(head + waiting) & ring] = np.int64(known)
                    waiting += 1
        ready = 0
        again = min(waiting, BATCH)
        taken = min(again + found - done, BATCH)
        if not taken:
            state[0] = found
            return DONE
        for turn in range(taken):
            own = np.int64(queue[(head + turn) & ring]) if turn < again else done + turn - again
            node = nodes[own]
            batch[turn], batch_nodes[turn] = own, node
            if node < base:
                prefetch(runs, node)
        total = 0
        for turn in range(taken):
            node, count = batch_nodes[turn], 0
            first, last = np.int64(0), np.int64(0)
            if not plain:
                count = _length(side_starts, marks, ranks, node) + _length(new_starts, new_marks, new_ranks, node)
            if node < base:
                first, last = np.int64(runs[node]), np.int64(runs[node + 1])
                if turn < again and forward:
                    last = np.int64(cut[batch[turn]])
                elif turn < again:
                    first = np.int64(cut[batch[turn]])
                count += last - first
                if first < last and forward:
                    prefetch(edges, first)
                    for place in range(first + LINE, min(last, first + LINE * LINES), LINE):
                        prefetch(edges, place)
                elif first < last:
                    prefetch(back_edges, first)
            firsts[turn], lasts[turn] = first, last
            if total + count > to_pair.size:
                taken = turn
                break
            total += count
        if not taken:
            state[0], state[1], state[2], state[3], state[4], state[5] = found, done, head, waiting, 0, count
            return WIDTH
        if not forward and taken > 1:
            for turn in range(taken):
                for place in range(firsts[turn], min(lasts[turn], firsts[turn] + AHEAD)):
                    prefetch(edges, back_edges[place])
                    prefetch(hints, back_edges[place] >> 4)
            for turn in range(taken):
                for place in range(firsts[turn], min(lasts[turn], firsts[turn] + AHEAD)):
                    prefetch(starts, hints[back_edges[place] >> 4])
        again = min(again, taken)
        head, waiting, done = (head + again) & ring, waiting - again, done + taken - again
        for turn in range(taken):
            own = batch[turn]
            queued[own] = False
            bound, first, last = np.int64(label[own]), firsts[turn], lasts[turn]
            if forward:
                low, high = first, last
                while high - low > AHEAD:
                    middle = (low + high) >> 1
                    if (edges[middle] >> 32) < bound:
                        low = middle
                    else:
                        high = middle
                while low < last and (edges[np.uint64(low)] >> 32) < bound:
                    low += 1
                for edge in range(low, last):
                    pair = edges[np.uint64(edge)]
                    if (pair >> 32) > horizon:
                        break
                    if np.int32(pair) != GONE:
                        prefetch(table, _slot(table, bits, pair & END))
                        new = np.uint64(ready)
                        to_pair[new], to_from[new] = pair, own
                        ready += 1
                cut[own] = low
            else:
                while first < last:
                    edge = np.int64(back_edges[first])
                    pair = edges[edge]
                    when = pair >> 32
                    if when > bound:
                        break
                    first += 1
                    if when >= horizon and np.int32(pair) != GONE:
                        other = np.int64(_source(starts, hints, edge))
                        prefetch(table, _slot(table, bits, other))
                        to_pair[ready], to_from[ready] = (when << 32) | other, own
                        ready += 1
                cut[own] = first
            if not plain:
                node = batch_nodes[turn]
                if marked(marks, node):
                    ready = _spans(forward, sides[0], node, bound, horizon, own, ready, to_pair, to_from)
                if marked(new_marks, node):
                    ready = _spans(forward, sides[1], node, bound, horizon, own, ready, to_pair, to_from)


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
    scratch: ScratchArrays,
) -> tuple[bool, I32, I32, I32]:
    """Time-respecting reachability: (nodes in the order found, earliest arrival or latest departure, found from).

    Forward, an edge is followed if its time is not before the arrival at its beginning; backward, if it is not after
    the departure that its end still allows. A label is corrected when a better one comes, so that cycles and equal
    times need no care. Edges of a moment lie in order of time at either end: those that a label allows are the last
    (backward: the first) of a run, and when the label gets better only those that it allows now and did not before
    are followed, so that each is followed once at most. `sides` are edges that hold for a span, and those appended
    since the index was built; one that holds from `first` to `last` is passed at any moment between.

    Args:
        graph: (starts, edges as time · 2^32 + end, starts backward, places of the edges backward, node of every 16th
            edge).
        sides: (keys, starts, ends, first, last, bits of the keys, how many before each word).
        limit: stop when so many nodes are found (0: never).
        horizon: edges after it (backward: before it) are not followed.
        scratch: the table, then by row: node, label, origin, how far its edges were followed, whether it waits
            again; and those that do. What stands in it before means nothing.

    Returns:
        Before the three: whether the scratch was large enough; if not, they are empty.
    """
    all_places, all_nodes, all_labels, all_origins, all_cuts, all_queued, all_again = scratch
    bits, room = BITS, 1 << (BITS - 1)
    table, nodes, label, origin = all_places[: 1 << bits], all_nodes[:room], all_labels[:room], all_origins[:room]
    cut, queued, queue = all_cuts[:room], all_queued[:room], all_again[:room]
    table[:] = -1
    ahead = ((seed_times.astype(np.int64) << 32) | seeds.astype(np.int64), np.full(seeds.size, -1, np.int32))
    state = np.zeros(6, np.int64)  # found, worked, head of the ring, how many wait in it, to be looked at, width needed
    state[4] = seeds.size
    while True:
        why = _advance(
            forward, graph, sides, (nodes, label, origin, cut, queued, queue), table, bits, ahead, state, limit, horizon
        )
        found = state[0]
        if why == DONE:
            return True, nodes[:found].copy(), label[:found].copy(), origin[:found].copy()
        if why == WIDTH:
            size = max(4 * BATCH, 2 * state[5])
            ahead = (_longer(ahead[0], size), _longer(ahead[1], size))
            continue
        before = room
        while room < found + state[4]:
            room <<= GROWTH
            bits += GROWTH
        if room > all_nodes.size:
            return False, seeds[:0], seeds[:0], seeds[:0]
        nodes, label, origin = all_nodes[:room], all_labels[:room], all_origins[:room]
        cut, queued, queue = all_cuts[:room], all_queued[:room], all_again[:room]
        for turn in range(before, state[2] + state[3]):  # what had gone round in the ring
            queue[turn] = queue[turn - before]
        table = all_places[: 1 << bits]
        fill(table, bits, nodes, found)
