"""The memory in which traces search: kept by thread, enough for any answer, never seen by another trace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from hengjian.methods.trace_graph import TraceIndex, reaching, scratch

NODES = 2_000


def grown(overlap: int) -> tuple[TraceIndex, NDArray[np.int64]]:
    """An index in which most things went into others, and its edges."""
    draw = np.random.default_rng(overlap)
    source = draw.integers(0, NODES, 4 * NODES)
    target = np.minimum(source + draw.integers(1, 400, source.size), NODES - 1)
    times = source + draw.integers(0, 100 * overlap, source.size)
    return TraceIndex.build(source, target, times, NODES), np.stack((source, target, times)).T


def slowly(edges: NDArray[np.int64], seed: int, forward: bool) -> dict[int, int]:
    """Node → label, by one pass over the edges in order of time for each round that changes anything."""
    rows = sorted(edges.tolist(), key=lambda row: row[2], reverse=not forward)
    best = {seed: -(2**31) if forward else 2**31 - 1}
    changed = True
    while changed:
        changed = False
        for source, target, time in rows:
            here, there = (source, target) if forward else (target, source)
            if here not in best or (time < best[here] if forward else time > best[here]):
                continue
            if there not in best or (time < best[there] if forward else time > best[there]):
                best[there], changed = time, True
    return best


@pytest.mark.parametrize("overlap", [1, 30])
def test_large_answers_are_those_of_a_plain_search(overlap: int, monkeypatch: pytest.MonkeyPatch) -> None:
    index, edges = grown(overlap)
    for kept in (scratch.KEPT, 1 << 7):  # with so little of its own, a thread has to take more for every answer
        monkeypatch.setattr(scratch, "KEPT", kept)
        monkeypatch.setattr(scratch, "_own", scratch._Own())
        for seed, forward in ((0, True), (17, True), (NODES - 1, False), (NODES - 90, False)):
            found = index.forward([seed]) if forward else index.back([seed])
            assert dict(zip(found.nodes.tolist(), found.times.tolist(), strict=True)) == slowly(edges, seed, forward)
            assert found.nodes.size > reaching.BATCH or overlap > 1


def test_threads_and_what_was_answered_before_do_not_meet() -> None:
    index, _edges = grown(30)
    seeds = [int(seed) for seed in np.random.default_rng(5).integers(0, NODES, 200)]
    alone = [index.forward([seed]) for seed in seeds]
    kept = [one.nodes.copy() for one in alone]
    with ThreadPoolExecutor(8) as pool:
        for one, first in zip(pool.map(lambda seed: index.forward([seed]), seeds), alone, strict=True):
            assert np.array_equal(one.nodes, first.nodes)
            assert np.array_equal(one.times, first.times)
            assert np.array_equal(one.origin, first.origin)
    assert all(np.array_equal(one.nodes, before) for one, before in zip(alone, kept, strict=True))
