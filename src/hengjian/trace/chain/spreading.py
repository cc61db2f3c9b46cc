"""The scope of a recall over files that no one machine holds, on Spark: from Parquet to Parquet-sized answers.

Edges are hash-partitioned by the lot that they begin at and stay where they are; in each round only the frontier is
exchanged: what was reached earlier than before. A label is replaced by an earlier one, so circles end by themselves.
The answer is that of `recall_scope` on one machine.

Files (`write_files` makes them from an index):
    edges: source, target (text), time, until (whole seconds since 2000-01-01 UTC; `until` may be absent or empty).
    movements: key, site, unit, figure (one of `scope.FIGURES`, or empty), micro (millionths; -1: not told).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hengjian.methods.trace_graph.bounds import ALWAYS
from hengjian.methods.trace_graph.happenings import Level, Move
from hengjian.methods.trace_graph.network import PROCESS, Network
from hengjian.methods.trace_graph.scope import COLUMNS, FIGURES, Figures, figures, movements
from hengjian.methods.trace_graph.units import UNKNOWN

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

EDGES, MOVEMENTS = "edges.parquet", "movements.parquet"
CHUNK = 200_000
PARTITIONS = 8


class SpreadError(ValueError):
    """The files cannot be used."""


@dataclass(frozen=True)
class Spread:
    """The scope.

    Attributes:
        lots: key → from when on it can be affected; None: from its beginning.
        places: figures by site and unit; empty without a file of movements.
        unknown: keys that no edge names.
        rounds: how often the frontier was exchanged.
    """

    lots: Mapping[str, int | None]
    places: Mapping[tuple[str, str], Figures]
    unknown: tuple[str, ...]
    rounds: int


def spread_scope(
    edges: Path,
    keys: Sequence[str],
    *,
    movements: Path | None = None,
    since: int | None = None,
    partitions: int = PARTITIONS,
) -> Spread:
    """What can have come from the things.

    Args:
        edges, movements: files or folders of Parquet.
        since: as in `recall_scope`.
        partitions: into how many parts the edges are put.

    Raises:
        SpreadError: a file lacks a column; LakeError: Spark is not installed or does not start.
    """
    from pyspark.sql import functions as f

    from hengjian.lake.engines import SparkSession

    spark = SparkSession().spark
    rows = spark.read.parquet(str(edges))
    _need(rows, edges, ("source", "target", "time"))
    last = f.coalesce(f.col("until"), f.col("time")) if "until" in rows.columns else f.col("time")
    ways = rows.select("source", "target", f.col("time").cast("long").alias("first"), last.cast("long").alias("last"))
    ways = ways.repartition(partitions, "source").persist()
    seeds = [(key, ALWAYS if since is None else since) for key in dict.fromkeys(keys)]
    frontier = spark.createDataFrame(seeds, "node string, time long")
    named = rows.select(f.col("source").alias("node")).union(rows.select(f.col("target").alias("node")))
    heard = {row["node"] for row in frontier.join(named, "node", "left_semi").collect()}
    labels, rounds = frontier, 0
    while not frontier.isEmpty():
        offers = (
            frontier.join(ways, frontier.node == ways.source)
            .where(f.col("last") >= f.col("time"))
            .groupBy(f.col("target").alias("node"))
            .agg(f.min(f.greatest("first", "time")).alias("time"))
        )
        known = labels.withColumnRenamed("time", "known")
        frontier = (
            offers.join(known, "node", "left")
            .where(f.col("known").isNull() | (f.col("time") < f.col("known")))
            .select("node", "time")
            .localCheckpoint()  # else the plan of a round would hold those of all before
        )
        labels = labels.join(frontier, "node", "left_anti").unionByName(frontier).localCheckpoint()
        rounds += 1
    ways.unpersist()
    unknown = tuple(key for key, _time in seeds if key not in heard)
    reached = labels.where(~f.col("node").startswith(PROCESS) & ~f.col("node").isin(*unknown))
    lots = {row["node"]: None if row["time"] == ALWAYS else int(row["time"]) for row in reached.toLocalIterator()}
    places = {} if movements is None else _places(spark.read.parquet(str(movements)), movements, reached)
    return Spread(lots, places, unknown, rounds)


def _need(rows: DataFrame, path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in rows.columns]
    if missing:
        raise SpreadError(f"{path.name} 缺少列 {', '.join(missing)}。Columns are missing.")


def _places(rows: DataFrame, path: Path, reached: DataFrame) -> dict[tuple[str, str], Figures]:
    from pyspark.sql import functions as f

    _need(rows, path, ("key", "site", "unit", "figure", "micro"))
    told = (f.col("micro") != UNKNOWN) & (f.col("figure") != "")
    found = (
        rows.join(reached.select(f.col("node").alias("key")), "key", "left_semi")
        .groupBy("site", "unit", "figure")
        .agg(
            f.sum(f.when(told, f.col("micro").cast("decimal(38,0)"))).alias("micro"),
            f.sum(f.when(~told & (f.col("figure") != ""), 1).otherwise(0)).alias("untold"),
        )
        .collect()
    )
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for row in found:
        place = sums.setdefault((row["site"], row["unit"]), dict.fromkeys((*FIGURES, "untold"), 0))
        place["untold"] += int(row["untold"])
        if row["figure"] in FIGURES:
            place[row["figure"]] += int(row["micro"] or 0)
    return {
        where: figures(where[1], [place[name] for name in FIGURES], place["untold"]) for where, place in sums.items()
    }


# ---- files


def write_files(network: Network, folder: Path) -> tuple[int, int]:
    """Write the edges and movements of an index for `spread_scope`; (edges, movements) written."""
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder / EDGES, _edges(network)), _write(folder / MOVEMENTS, _movements(network))


def _write(path: Path, tables: Iterator[pa.Table]) -> int:
    """Write the tables as one file, whole or not at all."""
    count, beside = 0, path.with_name(f".{path.name}.part")
    writer: pq.ParquetWriter | None = None
    for table in tables:
        writer = writer or pq.ParquetWriter(beside, table.schema, compression="zstd")
        writer.write_table(table)
        count += table.num_rows
    if writer is not None:
        writer.close()
        beside.replace(path)
    return count


def _edges(network: Network) -> Iterator[pa.Table]:
    for source, target, first, last in network.index.every_edge(CHUNK):
        yield pa.table(
            {
                "source": pa.array(network.names.texts(source), pa.string()),
                "target": pa.array(network.names.texts(target), pa.string()),
                "time": pa.array(first.astype(np.int64)),
                "until": pa.array(last.astype(np.int64)),
            }
        )


def _movements(network: Network) -> Iterator[pa.Table]:
    """The movements of every lot and item, those of its containers with it, as `recall_scope` counts them."""
    sites, units = list(network.places), list(network.units)
    things = np.flatnonzero(network.levels < Level.CLASS).astype(np.int32)
    for start in range(0, max(things.size, 1), CHUNK):
        own = things[start : start + CHUNK]
        rows = movements(network, own, seen=True)
        kept = rows["kind"] != Move.LEFT
        rows = {name: column[kept] for name, column in rows.items()}
        kinds = rows["kind"].tolist()
        sign = np.where((rows["kind"] == Move.UNSHIPPED) & (rows["micro"] != UNKNOWN), -1, 1)
        yield pa.table(
            {
                "key": pa.array(network.names.texts(own[rows["of"]]), pa.string()),
                "site": pa.array([sites[number] for number in rows["site"].tolist()], pa.string()),
                "unit": pa.array([units[number] for number in rows["unit"].tolist()], pa.string()),
                "figure": pa.array([COLUMNS.get(kind, "") for kind in kinds], pa.string()),
                "micro": pa.array(rows["micro"] * sign),
            }
        )
