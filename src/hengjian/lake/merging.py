"""Merges small neighbouring files, so that a kind has few of them however often the lake is brought up to date."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from hengjian.lake.storing import Manifest, Segment, Store, retire
from hengjian.lake.writing import ENDS, PARQUET, database, segment, text

LARGEST = 4_000_000  # facts in one file


def merge(store: Store, manifest: Manifest, everything: bool = False) -> Manifest:
    """Merge where it pays and retire the files that were merged; to be called under the lock.

    A run of files is merged when the file before it is not larger than twice the run: each fact is then rewritten about
    log(n) times in all, and a kind of n facts has about log(n) files.

    Args:
        everything: merge all neighbours up to `LARGEST`, whatever that costs.
    """
    places = {f"facts/{kind}": dataset.segments for kind, dataset in manifest.datasets.items()} | {ENDS: manifest.ends}
    plans = {place: _runs(segments, everything) for place, segments in places.items()}
    plans = {place: runs for place, runs in plans.items() if any(len(run) > 1 for run in runs)}
    if not plans:
        return manifest
    gone: set[str] = set()
    with database(store) as connection:
        for place, runs in plans.items():
            places[place] = tuple(_merged(connection, store, place, run) for run in runs)
            gone |= {one.file for run in runs if len(run) > 1 for one in run}
    datasets = {
        kind: dataset.model_copy(update={"segments": places[f"facts/{kind}"]})
        for kind, dataset in manifest.datasets.items()
    }
    return retire(manifest.model_copy(update={"datasets": datasets, "ends": places[ENDS]}), gone)


def _runs(segments: Sequence[Segment], everything: bool) -> list[list[Segment]]:
    """The segments in order, grouped into what becomes one file."""
    runs: list[list[Segment]] = []
    for one in segments:
        runs.append([one])
        while len(runs) > 1:
            before, last = sum(one.rows for one in runs[-2]), sum(one.rows for one in runs[-1])
            if before + last > LARGEST or not (everything or before <= 2 * last):
                break
            runs[-2:] = [runs[-2] + runs[-1]]
    return runs


def _merged(connection: duckdb.DuckDBPyConnection, store: Store, place: str, run: Sequence[Segment]) -> Segment:
    if len(run) == 1:
        return run[0]
    first, last = min(one.first for one in run), max(one.last for one in run)
    file = store.new_file(place, f"{first}-{last}")
    files = ", ".join(text(str(store.path(one.file))) for one in run)
    connection.execute(
        f"COPY (SELECT * FROM read_parquet([{files}], union_by_name = true)) TO {text(str(store.path(file)))} {PARQUET}"
    )
    return segment(connection, store, file, first, last)
