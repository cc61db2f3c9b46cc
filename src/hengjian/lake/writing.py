"""Writes stretches of the ledger as Parquet files, one per kind, with typed columns."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings

from hengjian.lake.columns import COMMON, SQL, UNREGISTERED, Columns, Type, physical_names
from hengjian.lake.storing import Segment, Store

PARQUET = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
ENDS = "ends"
# What an expression of the batch must become; the other common columns are text as they are.
_COMMON: Mapping[str, str] = {
    "leaf_index": "leaf_index",
    "id": "CAST(CAST(id AS UUID) AS VARCHAR)",
    "subject_kind": "split_part(subject, ':', 1)",
    "occurred_on": "CAST(occurred_on AS DATE)",
    "recorded_at": "CAST(CAST(recorded_at || '+00' AS TIMESTAMPTZ) AS TIMESTAMP)",
    "ends_on": "CAST(ends_on AS DATE)",
    "supersedes": "CAST(CAST(supersedes AS UUID) AS VARCHAR)",
    "retracts": "CAST(CAST(retracts AS UUID) AS VARCHAR)",
}


@contextmanager
def database(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, within the limits of the installation; what does not fit spills beside the lake."""
    with duckdb.connect(config=limits(store)) as connection:
        connection.execute("SET TimeZone = ?", [settings.TIME_ZONE])
        yield connection


def limits(store: Store) -> dict[str, str | bool | int | float | list[str]]:
    """DuckDB's configuration: memory (HENGJIAN_LAKE_MEMORY_MB), where to spill, no extensions from the network."""
    return {
        "memory_limit": f"{settings.HENGJIAN_LAKE_MEMORY_MB}MiB",
        "temp_directory": str(store.folder / "spill"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def write_batch(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    batch: pa.Table,
    first: int,
    last: int,
    columns: Mapping[str, Columns],
) -> tuple[dict[str, Segment], Segment | None]:
    """Write the facts of a batch (see `reading.read_facts`).

    Args:
        first, last: the stretch of the log that the batch covers.
        columns: kind → its columns, for every kind in the batch.

    Returns:
        kind → its new file; the new file of `ends`, if something was superseded or retracted.
    """
    connection.register("batch", batch)
    written = {}
    for (kind,) in connection.execute("SELECT DISTINCT kind FROM batch ORDER BY kind").fetchall():
        written[kind] = write_kind(connection, store, kind, first, last, columns[kind])
    connection.unregister("batch")
    return written, write_ends(connection, store, batch, first, last)


def write_ends(
    connection: duckdb.DuckDBPyConnection, store: Store, batch: pa.Table, first: int, last: int
) -> Segment | None:
    """Write what the facts of a batch superseded or retracted; None when they did neither."""
    if batch["target"].null_count == batch.num_rows:
        return None
    connection.register("batch", batch)
    file = store.new_file(ENDS, f"{first}-{last}")
    connection.execute(
        # A correction counts at once, a withdrawal from its day on.
        "COPY (SELECT target, leaf_index AS by_leaf, target_kind AS kind, "
        "CASE WHEN retracts IS NOT NULL THEN CAST(occurred_on AS DATE) END AS from_day "
        f"FROM batch WHERE target IS NOT NULL) TO {text(str(store.path(file)))} {PARQUET}"
    )
    connection.unregister("batch")
    return segment(connection, store, file, first, last)


def write_kind(
    connection: duckdb.DuckDBPyConnection, store: Store, kind: str, first: int, last: int, columns: Columns
) -> Segment:
    """Write the facts of one kind in the registered `batch` to a new file."""
    names = physical_names(columns)
    raw = {column: _raw(column, columns) for column in columns}
    chosen = [f"{_COMMON.get(name, name)} AS {name}" for name in COMMON]
    unfit = []
    for column, type_ in columns.items():
        typed = _typed(raw[column], type_)
        chosen.append(f"{typed} AS {quoted(names[column])}")
        if SQL[type_] != "VARCHAR":
            unfit.append(f"CASE WHEN {raw[column]} IS NOT NULL AND {typed} IS NULL THEN {text(names[column])} END")
    # The names of the columns whose value could not be read, space between them.
    chosen.append(f"nullif(concat_ws(' ', {', '.join(unfit)}), '') AS unfit" if unfit else "NULL::VARCHAR AS unfit")
    file = store.new_file(f"facts/{kind}", f"{first}-{last}")
    connection.execute(
        f"COPY (SELECT {', '.join(chosen)} FROM (SELECT *, json_transform(payload, {text(_shape(columns))}) AS p "
        f"FROM batch WHERE kind = ?)) TO {text(str(store.path(file)))} {PARQUET}",
        [kind],
    )
    return segment(connection, store, file, first, last)


def segment(connection: duckdb.DuckDBPyConnection, store: Store, file: str, first: int, last: int) -> Segment:
    """Describe a written file and make it survive a power cut."""
    path = store.path(file)
    with path.open("rb") as written:
        os.fsync(written.fileno())
        size = os.fstat(written.fileno()).st_size
    (rows,) = fetch_one(connection, f"SELECT num_rows FROM parquet_file_metadata({text(str(path))})")
    unfit: dict[str, int] = {}
    if not file.startswith(f"{ENDS}/"):
        found = connection.execute(
            f"SELECT unfit, count(*) FROM read_parquet({text(str(path))}) WHERE unfit IS NOT NULL GROUP BY ALL"
        ).fetchall()
        for names, count in found:
            for name in names.split():
                unfit[name] = unfit.get(name, 0) + count
    return Segment(file=file, first=first, last=last, rows=rows, bytes=size, unfit=unfit)


def fetch_one(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
    row = connection.execute(sql, values).fetchone()
    assert row is not None  # aggregates and metadata always give a row
    return row


def _structured(columns: Columns) -> bool:
    """Whether DuckDB can read a payload into one structure, which takes half the time of looking up field by field.

    It cannot where names differ in upper and lower case only, or a field was a value once and a structure later.
    """
    if not columns or columns.keys() == {UNREGISTERED}:
        return False
    inner = {column[:at] for column in columns for at, sign in enumerate(column) if sign == "."}
    places = inner | columns.keys()
    return not inner & columns.keys() and len({place.lower() for place in places}) == len(places)


def _shape(columns: Columns) -> str:
    """The structure that DuckDB reads a payload into, everything as text first."""
    if not _structured(columns):
        return '"JSON"'
    tree: dict[str, Any] = {}
    for column in columns:
        *path, name = column.split(".")
        place = tree
        for step in path:
            place = place.setdefault(step, {})
        place[name] = "VARCHAR"
    return json.dumps(tree, ensure_ascii=False)


def _raw(column: str, columns: Columns) -> str:
    """The text of a payload field."""
    if columns.keys() == {UNREGISTERED}:
        return "payload"
    if _structured(columns):
        return "p." + ".".join(quoted(step) for step in column.split("."))
    return f"json_extract_string(payload, {text('$' + ''.join(f'.{quoted(step)}' for step in column.split('.')))})"


def _typed(raw: str, type_: Type) -> str:
    """The value as the column's type, NULL where it cannot be read as one."""
    if SQL[type_] == "VARCHAR":
        return raw
    if type_ == "integer":  # a cast would round 1.5
        return f"CASE WHEN NOT regexp_matches({raw}, '[.eE]') THEN TRY_CAST({raw} AS BIGINT) END"
    if type_ == "decimal":  # reading the wide type takes a hundred times as long, and few values need it
        narrow = f"CAST(TRY_CAST({raw} AS DECIMAL(18, 6)) AS {SQL[type_]})"
        fits = f"regexp_full_match({raw}, '-?[0-9]{{1,11}}(\\.[0-9]{{1,6}})?')"
        return f"CASE WHEN {fits} THEN {narrow} ELSE TRY_CAST({raw} AS {SQL[type_]}) END"
    if type_ == "datetime":  # local time; texts without an offset are local already
        return f"CAST(TRY_CAST({raw} AS TIMESTAMPTZ) AS TIMESTAMP)"
    return f"TRY_CAST({raw} AS {SQL[type_]})"


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """An SQL string."""
    return "'" + value.replace("'", "''") + "'"
