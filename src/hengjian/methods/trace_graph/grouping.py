"""Compiled loops over the rows of a scope (numba): gathered, put in order, added up by place and by party."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hengjian.methods.trace_graph.kernels import I32
from hengjian.methods.trace_graph.reaching import fill, key_place, marked, probe

I64 = NDArray[np.int64]
Ints = NDArray[Any]


@njit(cache=True, nogil=True)
def gather(wanted: Ints, marks: NDArray[np.uint64], ranks: I32, starts: I64) -> tuple[I64, I64]:
    """(place in `wanted`, row) of every row of the keys wanted; the rows of key i are starts[i]:starts[i + 1]."""
    places = np.empty(wanted.size, np.int64)
    total = 0
    for turn in range(wanted.size):
        node = np.int64(wanted[turn])
        places[turn] = key_place(marks, ranks, node) if node >= 0 and marked(marks, node) else -1
        if places[turn] >= 0:
            total += starts[places[turn] + 1] - starts[places[turn]]
    of, rows = np.empty(total, np.int64), np.empty(total, np.int64)
    at = 0
    for turn in range(wanted.size):
        if places[turn] >= 0:
            for row in range(starts[places[turn]], starts[places[turn] + 1]):
                of[at], rows[at] = turn, row
                at += 1
    return of, rows


@njit(cache=True, nogil=True)
def in_order(values: Ints) -> bool:
    """Whether no value is smaller than the one before."""
    falls = 0
    for place in range(1, values.size):
        falls += values[place] < values[place - 1]
    return falls == 0


@njit(cache=True, nogil=True)
def group(keys: Ints, count: int) -> tuple[I64, I64]:
    """(starts of shape (count + 1,), order) that sorts keys 0 … count - 1 without changing the order within one."""
    starts = np.zeros(count + 1, np.int64)
    for place in range(keys.size):
        starts[keys[place] + 1] += 1
    for key in range(count):
        starts[key + 1] += starts[key]
    at, order = starts[:-1].copy(), np.empty(keys.size, np.int64)
    for place in range(keys.size):
        key = keys[place]
        order[at[key]] = place
        at[key] += 1
    return starts, order


@njit(cache=True, nogil=True)
def rows_of(nodes: I32, wanted: I32) -> I64:
    """The row of each wanted node among `nodes`, which are all different; -1: it is not there."""
    bits = 4
    while (1 << bits) < 2 * nodes.size:
        bits += 1
    table = np.empty(1 << bits, np.int64)
    fill(table, bits, nodes, nodes.size)
    found = np.empty(wanted.size, np.int64)
    for turn in range(wanted.size):
        entry = table[probe(table, bits, np.int64(wanted[turn]))]
        found[turn] = -1 if entry == -1 else entry & 0x7FFFFFFF
    return found


@njit(cache=True, nogil=True)
def add_up(of, kind, group_of, micro, column, back, table, untold, things):  # type: ignore[no-untyped-def]
    """Add each row's amount to its group and column (`back`: the kind that takes away again).

    Args:
        of: in order; group_of: group of each row, -1: none.
        things: how many different `of` each group has.
    """
    last = np.full(things.size, -1, np.int64)
    for row in range(of.size):
        own = group_of[row]
        if own < 0:
            continue
        if last[own] != of[row]:
            last[own] = of[row]
            things[own] += 1
        place = column[kind[row]]
        if place < 0:
            continue
        if micro[row] < 0:
            untold[own] += 1
        elif kind[row] == back:
            table[own, place] -= micro[row]
        else:
            table[own, place] += micro[row]


@njit(cache=True, nogil=True)
def parties(of, kind, site, holder, other, other_site, owner, nobody, shipped):  # type: ignore[no-untyped-def]
    """(things that each party has or had, things shipped to it that never came, starts of its sites, sites in order).

    Where no holder (receiver) is told, it is the owner of the place. `of` is in order.
    """
    count = owner.size
    has, coming = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    lots, expected = np.zeros(count, np.int64), np.zeros(count, np.int64)
    party_of = np.empty(of.size, np.int64)
    begin = 0
    while begin < of.size:
        thing, end = of[begin], begin
        while end < of.size and of[end] == thing:
            party = owner[site[end]] if holder[end] == nobody else np.int64(holder[end])
            party_of[end] = party
            if party >= 0 and has[party] != thing:
                has[party] = thing
                lots[party] += 1
            end += 1
        for row in range(begin, end):
            if kind[row] == shipped:
                party = owner[other_site[row]] if other[row] == nobody else np.int64(other[row])
                if party >= 0 and has[party] != thing and coming[party] != thing:
                    coming[party] = thing
                    expected[party] += 1
        begin = end
    starts, order = group(site, count)
    has[:] = -1
    found, pairs = 0, np.empty((2, of.size), np.int64)
    for place in range(count):
        for turn in range(starts[place], starts[place + 1]):
            party = party_of[order[turn]]
            if party >= 0 and has[party] != place:
                has[party] = place
                pairs[0, found], pairs[1, found] = party, place
                found += 1
    begins, by_party = group(pairs[0, :found], count)
    return lots, expected, begins, pairs[1][by_party]
