"""Time-respecting traces, against a search that only repeats the definition."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hengjian.methods.trace_graph import TraceIndex

edges = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5)), max_size=30)


NEVER, ALWAYS = 2**31 - 1, -(2**31)


def by_definition(rows: Sequence[tuple[int, ...]], seeds: dict[int, int], forward: bool) -> dict[int, int]:
    """Node → earliest arrival (latest departure), by applying all edges until nothing changes.

    Args:
        rows: source, target, first moment and, where it is another, last moment.
    """
    best = dict(seeds)
    changed = True
    while changed:
        changed = False
        for row in rows:
            here, there = (row[0], row[1]) if forward else (row[1], row[0])
            if here not in best or (row[-1] < best[here] if forward else row[2] > best[here]):
                continue
            time = max(row[2], best[here]) if forward else min(row[-1], best[here])
            if there not in best or (time < best[there] if forward else time > best[there]):
                best[there], changed = time, True
    return best


def traced(index: TraceIndex, seeds: dict[int, int], forward: bool) -> dict[int, int]:
    found = (index.forward if forward else index.back)(list(seeds), list(seeds.values()))
    assert np.array_equal(np.flatnonzero(found.origin == -1), np.arange(len(seeds)))
    assert np.unique(found.nodes).size == found.nodes.size
    return dict(zip(found.nodes.tolist(), found.times.tolist(), strict=True))


@given(edges, edges, st.dictionaries(st.integers(0, 9), st.integers(0, 5), min_size=1, max_size=3), st.booleans())
def test_traces_are_what_the_definition_says(
    built: list[tuple[int, int, int]], appended: list[tuple[int, int, int]], seeds: dict[int, int], forward: bool
) -> None:
    index = TraceIndex.build(*columns(built), nodes=10)
    if appended:
        index.append(*columns(appended))
    for either in (index, index.compact()):
        assert traced(either, seeds, forward) == by_definition(built + appended, seeds, forward)


@pytest.mark.parametrize("number", range(6))
def test_hubs_spans_and_what_was_taken_out(number: int) -> None:
    """Runs of hundreds of edges, containment, appended edges, closed and dropped ones; both ways, stored and merged."""
    draw = np.random.default_rng(number)
    nodes, count = 300, 2_000

    def ends(size: int) -> NDArray[np.int64]:
        return np.minimum(draw.zipf(1.3, size), nodes) - 1  # a few nodes have most of the edges

    built = np.stack((ends(count), draw.permutation(ends(count)), draw.integers(0, 60, count))).T
    first = draw.integers(0, 60, 400)
    spans = np.stack((ends(400), draw.integers(0, nodes, 400), first, first + draw.integers(0, 20, 400))).T
    index = TraceIndex.build(built[:, 0], built[:, 1], built[:, 2], nodes)
    index.append(spans[:200, 0], spans[:200, 1], spans[:200, 2], spans[:200, 3])
    index = index.compact()
    index.append(spans[200:, 0], spans[200:, 1], spans[200:, 2], spans[200:, 3])
    rows = [tuple(row) for row in [*built.tolist(), *spans.tolist()]]
    for source, target, time in draw.permutation(built)[:200].tolist():
        index.drop(source, target, time)
        rows.remove((source, target, time))
    again = TraceIndex.restore(index.compact().arrays)
    for either in (index, again):
        for _turn in range(20):
            seeds = {int(node): int(draw.integers(0, 60)) for node in draw.integers(0, nodes, 2)}
            for forward in (True, False):
                assert traced(either, seeds, forward) == by_definition(rows, seeds, forward)


def test_what_is_reached_from_another_seed_at_a_better_time_goes_on_from_there() -> None:
    index = TraceIndex.build([0, 1], [1, 2], [10, 20])
    assert index.forward([0, 1], [0, 30]).nodes.tolist() == [0, 1, 2]
    assert index.back([2, 1], [NEVER, 5]).nodes.tolist() == [2, 1, 0]


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
    assert index.memory < 50_000 * 12.25 + 1001 * 8 + 100
