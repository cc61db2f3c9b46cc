"""Time-respecting traces, against a search that only repeats the definition."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.trace_graph import TraceIndex

edges = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5)), max_size=30)


def by_definition(rows: list[tuple[int, int, int]], seed: int, forward: bool) -> dict[int, int]:
    """Node → earliest arrival (latest departure), by applying all edges until nothing changes."""
    never = 10**9
    best = {seed: -never if forward else never}
    changed = True
    while changed:
        changed = False
        for source, target, time in rows:
            here, there = (source, target) if forward else (target, source)
            if here not in best or there == seed or (time < best[here] if forward else time > best[here]):
                continue
            if there not in best or (time < best[there] if forward else time > best[there]):
                best[there], changed = time, True
    return best


@given(edges, edges, st.integers(0, 9), st.booleans())
def test_traces_are_what_the_definition_says(
    built: list[tuple[int, int, int]], appended: list[tuple[int, int, int]], seed: int, forward: bool
) -> None:
    index = TraceIndex.build(*columns(built), nodes=10)
    if appended:
        index.append(*columns(appended))
    for either in (index, index.compact()):
        found = either.forward([seed]) if forward else either.back([seed])
        expected = by_definition(built + appended, seed, forward)
        told = dict(zip(found.nodes.tolist(), found.times.tolist(), strict=True))
        assert {node: time for node, time in told.items() if node != seed} == {
            node: time for node, time in expected.items() if node != seed
        }


@given(edges, st.integers(0, 9))
def test_every_path_is_a_row_of_edges_in_order_of_time(rows: list[tuple[int, int, int]], seed: int) -> None:
    index = TraceIndex.build(*columns(rows), nodes=10)
    found = index.forward([seed])
    there = {(source, target) for source, target, _time in rows}
    for row in range(found.nodes.size):
        path = found.path(row)
        assert path[0] == seed
        assert all(step in there for step in pairwise(path))


def columns(rows: list[tuple[int, int, int]]) -> tuple[list[int], list[int], list[int]]:
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def test_a_circle_is_walked_once() -> None:
    index = TraceIndex.build([0, 1, 2, 1], [1, 2, 0, 3], [0, 0, 0, 0])
    assert set(index.forward([2]).nodes.tolist()) == {0, 1, 2, 3}
    assert set(index.back([3]).nodes.tolist()) == {0, 1, 2, 3}


def test_limits_and_horizons() -> None:
    index = TraceIndex.build([0, 1, 2], [1, 2, 3], [10, 20, 30])
    assert index.forward([0], until=20).nodes.tolist() == [0, 1, 2]
    assert index.forward([0], 15).nodes.tolist() == [0]
    assert index.back([3], since=20).nodes.tolist() == [3, 2, 1]
    assert index.forward([0], limit=2).nodes.tolist() == [0, 1]


def test_what_cannot_be_indexed_is_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        TraceIndex.build([0], [1, 2], [0])
    with pytest.raises(ValueError, match="32 bits"):
        TraceIndex.build([0], [1], [2**40])
    with pytest.raises(ValueError, match="negative"):
        TraceIndex.build([-1], [1], [0])
    with pytest.raises(IndexError, match="no node 7"):
        TraceIndex.build([0], [1], [0]).forward([7])


def test_memory_is_twelve_bytes_an_edge() -> None:
    draw = np.random.default_rng(3)
    index = TraceIndex.build(draw.integers(0, 1000, 50_000), draw.integers(0, 1000, 50_000), np.arange(50_000), 1000)
    assert index.memory < 50_000 * 12 + 1001 * 8 + 100
