"""Writes rows of prepared facts: one lock, one index after the other, the same bytes on both databases."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from hengjian.ledger.leaf import dashed, leaf_digest, leaf_text, source_text
from hengjian.ledger.log import extend
from hengjian.ledger.prepare import MOST_REFS, Prepared

LOCK = 0x48454E474A49414E  # "HENGJIAN": the advisory lock under which the log grows on PostgreSQL
BULK_CACHE_KIB = 256 * 1024
BULK_OBJECTS = 100_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS = (
    "id, leaf_index, leaf_hash, kind, subject, region, occurred_on, recorded_at, ends_on, source_unit, source_user, "
    "source_system, refs, payload, evidence, disclosure, catalogue, supersedes, retracts"
)
Row = tuple[Any, ...]


@dataclass(slots=True)
class Head:
    """Where the log ends: its size, the time of the last fact and the counter part of its id."""

    size: int
    recorded_at: datetime
    counter: int


def lock() -> None:
    """Hold the end of the log until the transaction ends.

    On SQLite the transaction itself holds it: settings begin every transaction IMMEDIATE.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@contextmanager
def bulk() -> Iterator[None]:
    """More page cache while many rows are written to SQLite: random places in large indexes are visited again."""
    with _fewer_collections():
        if connection.vendor == "sqlite":
            with _page_cache():
                yield
        else:
            yield


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """What exists already is not searched for rubbish, and new objects less often: a tenth of a large import."""
    before = gc.get_threshold()
    if before[0] >= BULK_OBJECTS:  # inside another one
        yield
        return
    gc.freeze()
    gc.set_threshold(BULK_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _page_cache() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = -{BULK_CACHE_KIB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {before}")


def head() -> Head:
    """The end of the log as the database has it now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf_index, recorded_at, id FROM ledger_fact ORDER BY leaf_index DESC LIMIT 1")
        row = cursor.fetchone()
    if row is None:
        return Head(0, EPOCH, 0)
    index, recorded, uid = row
    if isinstance(recorded, str):
        recorded = datetime.fromisoformat(recorded)
    recorded = recorded.replace(tzinfo=UTC) if recorded.tzinfo is None else recorded.astimezone(UTC)
    return Head(index + 1, recorded, _counter(uid if isinstance(uid, UUID) else UUID(uid)))


def _counter(uid: UUID) -> int:
    """Milliseconds and the 12 bits behind the version digit: what orders UUIDs of version 7."""
    return (uid.int >> 80) << 12 | (uid.int >> 64) & 0xFFF


def write(batch: Sequence[Prepared], end: Head) -> list[Row]:
    """Write a batch behind `end` and move `end`; rows come back in the order of `COLUMNS`.

    Recorded times never run backwards along the log, so that "as known at" is always a prefix of it. Ids are UUIDs of
    version 7 whose counter follows RFC 9562 section 6.2 method 1, ascending along the log.
    """
    now = max(timezone.now().astimezone(UTC), end.recorded_at)
    end.recorded_at = now
    recorded = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    counter = max((now - EPOCH) // timedelta(milliseconds=1) << 12, end.counter + 1)
    noise = os.urandom(8 * len(batch))
    sqlite = connection.vendor != "postgresql"
    stored_time = str(now.replace(tzinfo=None)) if sqlite else recorded  # SQLite: as Django writes and compares it
    rows: list[Row] = []
    refs: list[tuple[int, int, str, str]] = []
    hashes: list[bytes] = []
    labels: list[str] = []
    index = end.size
    for at, fact in enumerate(batch):
        low = int.from_bytes(noise[8 * at : 8 * at + 8]) & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000
        plain = f"{(counter >> 12) << 80 | 0x7000 << 64 | (counter & 0xFFF) << 64 | low:032x}"
        uid = dashed(plain)
        source = fact.source
        digest = leaf_digest(
            leaf_text(
                uid,
                index,
                fact.kind,
                fact.subject,
                fact.region,
                fact.occurred_on,
                recorded,
                fact.ends_on,
                source_text(source.system, source.unit, source.user),
                fact.refs_text,
                fact.payload,
                fact.evidence,
                fact.disclosure,
                fact.catalogue,
                fact.supersedes,
                fact.retracts,
            )
        )
        rows.append(
            (
                plain if sqlite else uid,
                index,
                digest,
                fact.kind,
                fact.subject,
                fact.region,
                fact.occurred_on,
                stored_time,
                fact.ends_on,
                source.unit,
                source.user,
                source.system,
                fact.refs_text,
                fact.payload,
                fact.evidence,
                fact.disclosure,
                fact.catalogue,
                fact.supersedes.replace("-", "") if sqlite and fact.supersedes else fact.supersedes,
                fact.retracts.replace("-", "") if sqlite and fact.retracts else fact.retracts,
            )
        )
        for number, (role, ref) in enumerate(fact.refs.items()):
            refs.append((index * MOST_REFS + number, index, role, ref))
        hashes.append(digest)
        labels.append(f"{uid} {fact.kind} {fact.subject}")
        index += 1
        counter += 1
    extend(end.size, hashes, labels)
    _insert("ledger_fact", COLUMNS, rows)
    if refs:
        _insert("ledger_factref", "id, leaf_index, role, ref", refs)
    end.size, end.counter = index, counter - 1
    return rows


def _insert(table: str, columns: str, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > 20:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * (columns.count(",") + 1))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
