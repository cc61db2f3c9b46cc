"""Facts as they lie in the table, read past the ORM for verification: as text, hashed on the way."""

from __future__ import annotations

from json.encoder import encode_basestring as quote
from typing import NamedTuple

from django.db import connection

from hengjian.ledger.leaf import dashed, leaf_digest, leaf_text, source_text
from hengjian.ledger.log import TILE_SIZE
from hengjian.ledger.prepare import MOST_REFS

_SQLITE = """
SELECT leaf_index, leaf_hash, id, kind, subject, region, occurred_on,
       replace(recorded_at, ' ', 'T') || CASE length(recorded_at) WHEN 19 THEN '.000000Z' ELSE 'Z' END,
       ends_on, source_system, source_unit, source_user, refs, payload, evidence, disclosure, catalogue,
       supersedes, retracts
FROM ledger_fact WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index
"""
_POSTGRESQL = """
SELECT leaf_index, leaf_hash, replace(id::text, '-', ''), kind, subject, region, occurred_on::text,
       to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       ends_on::text, source_system, source_unit, source_user, refs, payload, evidence, disclosure, catalogue,
       replace(supersedes::text, '-', ''), replace(retracts::text, '-', '')
FROM ledger_fact WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index
"""
DAMAGED = b""  # the digest of a row that cannot even be put into words


class StoredFact(NamedTuple):
    """What verification needs of one row: place, stored hash, hash of the content, references and label."""

    leaf_index: int
    stored: bytes
    digest: bytes
    refs: str
    label: str


def extent() -> tuple[int, int, int]:
    """(rows, lowest index or 0, highest index or -1) of the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(leaf_index), max(leaf_index) FROM ledger_fact")
        count, lowest, highest = cursor.fetchone()
    return count, lowest or 0, -1 if highest is None else highest


def read(start: int, stop: int) -> dict[int, list[StoredFact]]:
    """Facts with start <= index < stop, hashed, by the position of their tile."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE, [start, stop])
        found = cursor.fetchall()
    tiles: dict[int, list[StoredFact]] = {}
    for (
        index, stored, uid, kind, subject, region, occurred_on, recorded_at, ends_on, system, unit, user,
        refs, payload, evidence, disclosure, catalogue, supersedes, retracts,
    ) in found:  # fmt: skip
        name = dashed(uid)
        try:
            digest = leaf_digest(
                leaf_text(
                    name, index, kind, subject, region, occurred_on, recorded_at, ends_on,
                    source_text(system, unit, user), refs, payload, evidence, disclosure, catalogue,
                    supersedes and dashed(supersedes), retracts and dashed(retracts),
                )
            )  # fmt: skip
        except (TypeError, ValueError):  # a column holds another type than the room writes
            digest = DAMAGED
        fact = StoredFact(index, bytes(stored), digest, refs, f"{name} {kind} {subject}")
        tiles.setdefault(index // TILE_SIZE, []).append(fact)
    return tiles


def read_refs(start: int, stop: int) -> dict[int, str]:
    """Index → the references of the index table, as the canonical text that the fact should hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf_index, role, ref FROM ledger_factref WHERE id >= %s AND id < %s ORDER BY id",
            [start * MOST_REFS, stop * MOST_REFS],
        )
        found = cursor.fetchall()
    parts: dict[int, list[tuple[str, str]]] = {}
    for index, role, ref in found:
        parts.setdefault(index, []).append((role, ref))
    return {
        index: "{" + ",".join([f"{quote(role)}:{quote(ref)}" for role, ref in sorted(pairs)]) + "}"
        for index, pairs in parts.items()
    }


def foreign_refs(end: int) -> int:
    """Rows of the index table that belong to no place in a log of `end` facts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_factref WHERE id < 0 OR id >= %s", [end * MOST_REFS])
        return int(cursor.fetchone()[0])


def label(index: int) -> str:
    """id, kind and subject of the fact at an index, or the index when there is none."""
    facts = [fact for tile in read(index, index + 1).values() for fact in tile]
    return facts[0].label if facts else f"#{index}"
