"""Compiled loops that build the trace index and add up scopes (numba); `reaching.py` has the search.

Everything here works on plain arrays; `index.py` explains them.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

I32 = NDArray[np.int32]
# Places of edges: 32 bits while they suffice, 64 beyond 2^31 edges.
Places = NDArray[np.int32] | NDArray[np.int64]
#: Longer runs of edges are not sorted by insertion.
LONG = 24


@njit(cache=True, nogil=True)
def count_starts(keys: I32, starts: Places) -> Places:
    """Fill `starts`, shape (nodes + 1,): where the edges of each node begin when sorted by `keys`."""
    nodes = starts.size - 1
    starts[:] = 0
    for edge in range(keys.size):
        starts[keys[edge] + 1] += 1
    for node in range(nodes):
        starts[node + 1] += starts[node]
    return starts


@njit(cache=True, nogil=True)
def scatter(keys: I32, other: I32, times: I32, starts: Places, edges: I32) -> I32:
    """Fill `edges`, shape (2 n,), with the edges sorted by `keys` and time: other end and time in turn.

    The caller brings the memory, because numpy asks the system for large pages and numba does not.
    """
    place = starts[:-1].copy()
    for edge in range(keys.size):
        at = np.int64(place[keys[edge]])
        edges[2 * at], edges[2 * at + 1] = other[edge], times[edge]
        place[keys[edge]] += 1
    for node in range(starts.size - 1):
        first, last = np.int64(starts[node]), np.int64(starts[node + 1])
        if last - first > LONG:
            run = edges[2 * first : 2 * last].copy()
            order = np.argsort(run[1::2], kind="mergesort")
            for turn in range(order.size):
                edges[2 * (first + turn)] = run[2 * order[turn]]
                edges[2 * (first + turn) + 1] = run[2 * order[turn] + 1]
            continue
        for edge in range(first + 1, last):
            end, when, at = edges[2 * edge], edges[2 * edge + 1], edge
            while at > first and edges[2 * at - 1] > when:
                edges[2 * at], edges[2 * at + 1] = edges[2 * at - 2], edges[2 * at - 1]
                at -= 1
            edges[2 * at], edges[2 * at + 1] = end, when
    return edges


@njit(cache=True, nogil=True)
def scatter_places(edges: I32, back: Places, found: Places) -> Places:
    """Fill `found` with the places of the edges sorted by their end and time; `back` are the starts of that order."""
    place = back[:-1].copy()
    for edge in range(found.size):
        node = edges[2 * edge]
        found[place[node]] = edge
        place[node] += 1
    for node in range(back.size - 1):
        first, last = np.int64(back[node]), np.int64(back[node + 1])
        if last - first > LONG:
            run = found[first:last].copy()
            when = np.empty(run.size, np.int32)
            for turn in range(run.size):
                when[turn] = edges[2 * np.int64(run[turn]) + 1]
            order = np.argsort(when, kind="mergesort")
            for turn in range(order.size):
                found[first + turn] = run[order[turn]]
            continue
        for turn in range(first + 1, last):
            edge, at = found[turn], turn
            time = edges[2 * np.int64(edge) + 1]
            while at > first and edges[2 * np.int64(found[at - 1]) + 1] > time:
                found[at] = found[at - 1]
                at -= 1
            found[at] = edge
    return found


@njit(cache=True, nogil=True)
def sources_of_blocks(starts: Places, edges: int) -> I32:
    """The node that every 16th edge begins at, and the last node."""
    found = np.empty((edges + 15) // 16 + 1, np.int32)
    node = 0
    for block in range(found.size - 1):
        while starts[node + 1] <= 16 * block:
            node += 1
        found[block] = node
    found[-1] = max(starts.size - 2, 0)
    return found


@njit(cache=True, nogil=True)
def mark(keys: I32) -> tuple[NDArray[np.uint64], I32]:
    """(a bit for every key, sorted; how many keys lie before each word), to find the place of a key at once."""
    words = (np.int64(keys[-1]) >> 6) + 1 if keys.size else 0
    marks, ranks = np.zeros(words, np.uint64), np.zeros(words, np.int32)
    for key in keys:
        marks[key >> 6] |= np.uint64(1) << np.uint64(key & 63)
    place = 0
    for word in range(words):
        while place < keys.size and keys[place] >> 6 < word:
            place += 1
        ranks[word] = place
    return marks, ranks


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
