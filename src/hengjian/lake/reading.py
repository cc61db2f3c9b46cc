"""Reads stretches of the ledger as columns of text, in bulk and without building objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from django.db import connection

from hengjian.ledger.models import Seal

# Dates, times and ids as text, the same on both databases: DuckDB reads them faster than Python would.
_TEXT = {"sqlite": "{0} || ''", "postgresql": "{0}::text"}
_TIME = {
    "sqlite": "f.recorded_at || ''",
    "postgresql": "to_char(f.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}
SCHEMA = pa.schema(
    [("leaf_index", pa.int64())]
    + [
        (name, pa.large_string())
        for name in (
            "id",
            "kind",
            "subject",
            "region",
            "occurred_on",
            "recorded_at",
            "ends_on",
            "source_unit",
            "source_system",
            "refs",
            "disclosure",
            "catalogue",
            "supersedes",
            "retracts",
            "payload",
        )
    ]
    + [("target", pa.int64()), ("target_kind", pa.large_string())]
)


def read_facts(
    first: int, last: int, kinds: Iterable[str] | None = None, *, ends: bool = True, limit: int | None = None
) -> pa.Table:
    """The facts with first <= leaf_index < last that are not sealed, in log order, at most `limit`.

    Args:
        kinds: only these; with `ends` also all withdrawals, which are facts of a kind of their own.

    Returns:
        A table of `SCHEMA`: `target` is the leaf that a fact supersedes or retracts.
    """
    text = _TEXT[connection.vendor].format
    columns = [
        "f.leaf_index",
        text("f.id"),
        "f.kind",
        "f.subject",
        "f.region",
        text("f.occurred_on"),
        _TIME[connection.vendor],
        text("f.ends_on"),
        "f.source_unit",
        "f.source_system",
        "f.refs",
        "f.disclosure",
        "f.catalogue",
        text("f.supersedes"),
        text("f.retracts"),
        "f.payload",
        "t.leaf_index",
        "t.kind",
    ]
    sealed = Seal.objects.active().values("leaf_index").query.sql_with_params()
    where = f"f.leaf_index >= %s AND f.leaf_index < %s AND f.leaf_index NOT IN ({sealed[0]})"
    values: list[Any] = [first, last, *sealed[1]]
    if kinds is not None:
        wanted = sorted(set(kinds))
        of_kind = f"f.kind IN ({', '.join(['%s'] * len(wanted))})"
        where += f" AND ({of_kind} OR f.retracts IS NOT NULL)" if ends else f" AND {of_kind}"
        values += wanted
    tail = "" if limit is None else f" LIMIT {int(limit)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM ledger_fact f "
            "LEFT JOIN ledger_fact t ON t.id = coalesce(f.supersedes, f.retracts) "
            f"WHERE {where} ORDER BY f.leaf_index{tail}",
            values,
        )
        rows = cursor.fetchall()
    cells = zip(*rows, strict=True) if rows else [[] for _ in SCHEMA]
    arrays = [pa.array(column, type=field.type) for column, field in zip(cells, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def leaf_hash(index: int) -> str | None:
    """The hash of a leaf in hex; None when the ledger has no such leaf."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf_hash FROM ledger_fact WHERE leaf_index = %s", [index])
        row = cursor.fetchone()
    return None if row is None else bytes(row[0]).hex()
