"""The scope on Spark is that of one machine: random chains with circles, containers and untold amounts."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection

from hengjian.methods.trace_graph.index import TraceIndex
from hengjian.methods.trace_graph.scope import recall_scope
from hengjian.trace.chain.spreading import EDGES, MOVEMENTS, SpreadError, spread_scope, write_files
from tests.conftest import require
from tests.methods.trace_graph.story import key, lot
from tests.methods.trace_graph.test_scope import random_chain


@pytest.mark.slow
def test_spark_finds_the_same_scope(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the run on SQLite does this: Spark reads files, not the database")
    require("Java")
    for number, since in ((0, None), (3, 820_000_000), (5, None)):
        graph, folder = random_chain(number), tmp_path / str(number)
        assert write_files(graph, folder)[0] == graph.index.edges
        wanted = [key(lot(f"L{one}")) for one in range(3)]
        here = recall_scope(graph, wanted, since=since)
        there = spread_scope(folder / EDGES, [*wanted, "urn:x:unheard"], movements=folder / MOVEMENTS, since=since)
        told = {one.key: one.since for one in here.lots()}
        named = set(wanted) - set(there.unknown)
        assert {name: time for name, time in told.items() if name in named or name not in wanted} == there.lots
        assert there.unknown[-1] == "urn:x:unheard"
        if named == set(wanted):
            assert there.places == {(one.site, one.figures.unit): one.figures for one in here.places}
    pq.write_table(pa.table({"source": ["a"], "to": ["b"]}), tmp_path / "other.parquet")
    with pytest.raises(SpreadError, match="target"):
        spread_scope(tmp_path / "other.parquet", ["a"])


def test_every_edge_is_listed_once() -> None:
    index = TraceIndex.build([0, 0, 2], [1, 2, 1], [5, 3, 4], 6)
    index.append([1, 5], [4, 0], [7, 1], [9, 2])
    index.drop(0, 1, 5)
    every = [row for part in index.every_edge(2) for row in zip(*(column.tolist() for column in part), strict=True)]
    assert sorted(every) == [(0, 2, 3, 3), (1, 4, 7, 9), (2, 1, 4, 4), (5, 0, 1, 2)]
