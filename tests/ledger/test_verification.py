"""Tampering by somebody who switched the triggers off is found and named."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hengjian.ledger import rows, triggers, verification
from hengjian.ledger.actions import append, append_many
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.ledger.drafts import Source
from hengjian.ledger.errors import LedgerDamaged
from hengjian.ledger.log import TILE_SIZE, split
from hengjian.ledger.models import Checkpoint, Fact, FactRef, Tile
from hengjian.ledger.verification import Report, verify
from hengjian.methods import merkle
from tests.ledger.conftest import make_draft

pytestmark = pytest.mark.django_db
SIZE = 600


@pytest.fixture
def log() -> list[Fact]:
    """600 facts, signed at 300 and 580."""
    append_many(make_draft(subject=f"enterprise:{number}") for number in range(300))
    sign_checkpoint()
    append_many(make_draft(subject=f"enterprise:{number}") for number in range(300, 580))
    sign_checkpoint()
    append_many(make_draft(subject=f"enterprise:{number}") for number in range(580, SIZE))
    return list(Fact.objects.order_by("leaf_index"))


def tamper(sql: str, *values: Any) -> None:
    with triggers.removed(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)


def named(report: Report) -> list[tuple[int | None, str, str, str]]:
    return [(finding.index, finding.id, finding.kind, finding.subject) for finding in report.findings]


def name(fact: Fact) -> tuple[int, str, str, str]:
    return (fact.leaf_index, str(fact.id), fact.kind, fact.subject)


def test_an_untouched_ledger_passes(log: list[Fact]) -> None:
    seen: list[tuple[int, int]] = []
    report = verify(lambda done, total: seen.append((done, total)))
    assert report.passed and report.findings == []
    assert (report.size, report.facts, report.covered, report.checkpoints) == (SIZE, SIZE, 580, 2)
    assert report.root == merkle.root([bytes(fact.leaf_hash) for fact in log])
    assert seen[-1] == (SIZE, SIZE)


def test_an_empty_ledger_passes() -> None:
    report = verify()
    assert (report.passed, report.size, report.root) == (True, 0, merkle.EMPTY_ROOT)


CHANGES = [
    ("kind", "test.other"),
    ("subject", "enterprise:another"),
    ("region", "990201"),
    ("occurred_on", "2026-03-02"),
    ("recorded_at", "2026-03-02 00:00:00+00"),
    ("ends_on", "2027-01-01"),
    ("source_unit", "unit:13"),
    ("source_user", "user:1"),
    ("source_system", "other"),
    ("refs", "{}"),
    ("payload", '{"conforming":true,"items":1,"lot":"1","measured":null,"sampled_on":null}'),
    ("evidence", "[]"),
    ("disclosure", "internal"),
    ("catalogue", "C-1"),
    ("supersedes", "00000000000000000000000000000001"),
    ("retracts", "00000000000000000000000000000001"),
    ("id", "00000000000000000000000000000001"),
]


@pytest.mark.parametrize(("column", "value"), CHANGES)
@pytest.mark.parametrize("index", [0, 256, 599])
def test_a_changed_column_is_found_and_named(log: list[Fact], column: str, value: str, index: int) -> None:
    tamper(f"UPDATE ledger_fact SET {column} = %s WHERE leaf_index = %s", value, index)
    assert named(verify()) == [name(log[index])]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_byte_of_any_payload_is_found(log: list[Fact], data: st.DataObject) -> None:
    from django.db import transaction

    with transaction.atomic():
        index = data.draw(st.integers(0, SIZE - 1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT payload FROM ledger_fact WHERE leaf_index = %s", [index])
            (text,) = cursor.fetchone()
        place = data.draw(st.integers(0, len(text) - 1))
        letter = data.draw(st.characters(codec="utf-8", exclude_characters="\0").filter(lambda c: c != text[place]))
        tamper(
            "UPDATE ledger_fact SET payload = %s WHERE leaf_index = %s",
            text[:place] + letter + text[place + 1 :],
            index,
        )
        assert named(verify()) == [name(log[index])]
        transaction.set_rollback(True)


def test_a_deleted_fact_is_named_from_the_log(log: list[Fact]) -> None:
    tamper("DELETE FROM ledger_fact WHERE leaf_index IN (17, 599)")
    report = verify()
    assert named(report) == [name(log[17]), name(log[599])]
    assert "删除" in report.findings[0].problem
    assert str(log[17].id) in str(report.findings[0])


def test_facts_that_changed_places_are_both_named(log: list[Fact]) -> None:
    for move in ("SET leaf_index = 100000 WHERE leaf_index = 5", "SET leaf_index = 5 WHERE leaf_index = 400"):
        tamper(f"UPDATE ledger_fact {move}")
    tamper("UPDATE ledger_fact SET leaf_index = 400 WHERE leaf_index = 100000")
    assert named(verify()) == [name(log[5]), name(log[400])]


def test_a_fact_slipped_in_past_the_log_is_named(log: list[Fact]) -> None:
    columns = [field.column for field in Fact._meta.concrete_fields]
    new = {"id": "%s", "leaf_index": "leaf_index + 1"}
    tamper(
        f"INSERT INTO ledger_fact ({', '.join(columns)}) SELECT {', '.join(new.get(c, c) for c in columns)} "
        "FROM ledger_fact WHERE leaf_index = 599",
        "00000000000000000000000000000009",
    )
    report = verify()
    assert [(finding.index, finding.subject) for finding in report.findings] == [(600, "enterprise:599")]
    assert "不在哈希日志中" in report.findings[0].problem


def test_a_change_with_its_own_hash_rewritten_is_named(log: list[Fact]) -> None:
    tamper("UPDATE ledger_fact SET region = '990201' WHERE leaf_index = 30")
    forged = rows.read(30, 31)[0][0].digest
    tamper("UPDATE ledger_fact SET leaf_hash = %s WHERE leaf_index = 30", forged)
    assert named(verify()) == [name(log[30])]


def rewrite_log(index: int) -> None:
    """What somebody does who knows the construction: rewrite a fact and every hash above it."""
    tamper("UPDATE ledger_fact SET region = '990201' WHERE leaf_index = %s", index)
    position = index // TILE_SIZE
    forged = rows.read(index, index + 1)[position][0].digest
    tamper("UPDATE ledger_fact SET leaf_hash = %s WHERE leaf_index = %s", forged, index)
    child, level = forged, 0
    while (tile := Tile.objects.filter(level=level, position=index // TILE_SIZE).first()) is not None:
        hashes = split(bytes(tile.hashes))
        hashes[index % TILE_SIZE] = child
        with triggers.removed(connection):
            Tile.objects.filter(id=tile.id).update(hashes=b"".join(hashes))
        if len(hashes) < TILE_SIZE:
            return
        child, index, level = merkle.perfect_root(hashes), index // TILE_SIZE, level + 1


@pytest.mark.parametrize(("index", "first", "last"), [(30, 0, 299), (299, 0, 299), (300, 300, 579), (579, 300, 579)])
def test_a_rewritten_history_breaks_the_signed_checkpoints(log: list[Fact], index: int, first: int, last: int) -> None:
    rewrite_log(index)
    report = verify()
    assert not report.passed
    assert f"第 {first} 至 {last} 条" in report.findings[0].problem
    assert f"enterprise:{first}" in report.findings[0].problem
    with pytest.raises(LedgerDamaged, match="不一致"):
        sign_checkpoint()


def test_a_note_kept_elsewhere_catches_what_the_database_cannot(log: list[Fact]) -> None:
    notes = list(Checkpoint.objects.order_by("tree_size").values_list("note", flat=True))
    rewrite_log(30)
    tamper("DELETE FROM ledger_checkpoint")
    assert verify().passed  # nothing inside the database remembers
    report = verify(against=notes)
    assert not report.passed and "第 0 至 299 条" in report.findings[0].problem
    assert "外部文件" in verify(against=[notes[0].replace("300", "301", 1)]).findings[0].problem


def test_a_shortened_ledger_is_found(log: list[Fact]) -> None:
    tamper("DELETE FROM ledger_fact WHERE leaf_index >= 512")
    tamper("DELETE FROM ledger_tile WHERE level = 0 AND position = 2")
    report = verify()
    assert any("580" in finding.problem and "512" in finding.problem for finding in report.findings)


def test_tampered_tiles_labels_refs_and_checkpoints_are_found(log: list[Fact]) -> None:
    with triggers.removed(connection):
        Tile.objects.filter(level=1).update(hashes=b"\0" * 64)
    assert ["1 层第 0 组" in finding.problem for finding in verify().findings] == [True]
    with triggers.removed(connection):
        FactRef.objects.filter(leaf_index=9, role="lot").delete()
        FactRef.objects.filter(leaf_index=20, role="lot").update(leaf_index=500)
        FactRef.objects.create(id=-1, leaf_index=30, role="lot", ref="lot:1")
        FactRef.objects.create(id=10**9, leaf_index=30, role="lot", ref="lot:1")
    report = verify()
    assert {name(log[9]), name(log[20]), name(log[500])} < set(named(report))
    assert any("2 行不属于任何事实" in finding.problem for finding in report.findings)
    with triggers.removed(connection):
        Checkpoint.objects.filter(tree_size=300).update(root_hash=b"\1" * 32)
    assert any("检查点（300）无效" in finding.problem for finding in verify().findings)


def test_a_missing_group_of_hashes_is_found(log: list[Fact]) -> None:
    tamper("DELETE FROM ledger_tile WHERE level = 0 AND position = 1")
    report = verify()
    assert any("第 256 至 511 条" in finding.problem for finding in report.findings)
    assert name(log[256]) in named(report)


def test_missing_triggers_are_reported(log: list[Fact]) -> None:
    triggers.remove(connection)
    report = verify()
    assert len(report.findings) == len(triggers.expected(connection))
    assert "ledger_fact_no_update" in " ".join(finding.problem for finding in report.findings)


def test_findings_are_counted_but_not_all_kept(log: list[Fact]) -> None:
    tamper("UPDATE ledger_fact SET region = '990201'")
    with mock.patch.object(verification, "MOST_FINDINGS", 10):
        report = verify()
    assert (report.found, len(report.findings)) == (SIZE, 10)


def test_a_second_based_time_is_hashed_alike() -> None:
    """Django drops the fraction of a time on the full second; the leaf keeps it."""
    from datetime import UTC, datetime

    with mock.patch("hengjian.ledger.store.timezone.now", return_value=datetime(2040, 1, 1, tzinfo=UTC)):
        append(make_draft(source=Source(user="user:1")))
    assert verify().passed
