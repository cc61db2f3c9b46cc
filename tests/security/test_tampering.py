"""Someone with the database and the disk in hand changes what was recorded: the checks name what and where."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from typer.testing import CliRunner

from hengjian.cli.main import app
from hengjian.documents import files
from hengjian.documents.models import Content, StoredFile
from hengjian.ledger.models import Fact
from hengjian.ledger.verification import verify
from tests.security.conftest import Land

pytestmark = pytest.mark.django_db


def without_triggers() -> None:
    """What an administrator of the database can do; the test's transaction brings them back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE ledger_fact DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE ledger_factref DISABLE TRIGGER USER")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ledger_fact%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def change(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def named(index: int, fact: Fact) -> None:
    """`verify` fails and names the fact by its place in the log or its id."""
    report = verify()
    text = "\n".join(str(finding) for finding in report.findings)
    assert not report.passed
    assert str(fact.id) in text or f"{index}" in text, text


@pytest.fixture
def fact(land: Land) -> Fact:
    without_triggers()
    return Fact.objects.filter(kind="plan.progress")[0]


def test_the_database_refuses_by_itself(land: Land) -> None:
    from django.db import DatabaseError, transaction

    for sql in ("UPDATE ledger_fact SET region = '980000'", "DELETE FROM ledger_fact"):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(sql)
    assert verify().passed


def test_missing_triggers_are_named(land: Land) -> None:
    without_triggers()
    report = verify()
    assert not report.passed
    assert "触发器" in "\n".join(str(finding) for finding in report.findings)


def test_a_changed_payload_is_named(fact: Fact) -> None:
    payload = json.dumps({**fact.payload, "percent": 100}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    change("UPDATE ledger_fact SET payload = %s WHERE leaf_index = %s", payload, fact.leaf_index)
    named(fact.leaf_index, fact)


@pytest.mark.parametrize("column", ["subject", "region", "source_unit"])
def test_a_changed_column_is_named(fact: Fact, column: str) -> None:
    change(f"UPDATE ledger_fact SET {column} = %s WHERE leaf_index = %s", "980000", fact.leaf_index)
    named(fact.leaf_index, fact)


def test_a_deleted_fact_is_named(fact: Fact) -> None:
    if connection.vendor == "postgresql":
        change("SET CONSTRAINTS ALL DEFERRED")
    change("DELETE FROM ledger_factref WHERE leaf_index = %s", fact.leaf_index)
    change("DELETE FROM ledger_fact WHERE leaf_index = %s", fact.leaf_index)
    named(fact.leaf_index, fact)


def test_an_inserted_fact_is_named(fact: Fact) -> None:
    """A copy slipped in at the end without passing through the log."""
    last = Fact.objects.order_by("-leaf_index")[0]
    columns = [field.column for field in Fact._meta.concrete_fields]
    values = {"leaf_index": "leaf_index + 1", "id": "%s"}
    fresh = str(last.id)[:-4] + "beef"
    identity = fresh.replace("-", "") if connection.vendor == "sqlite" else fresh
    change(
        f"INSERT INTO ledger_fact ({', '.join(columns)}) SELECT {', '.join(values.get(c, c) for c in columns)} "
        "FROM ledger_fact WHERE leaf_index = %s",
        identity,
        last.leaf_index,
    )
    named(last.leaf_index + 1, last)


# ---- stored files


def run_verify() -> tuple[int, str]:
    done = CliRunner().invoke(app, ["documents", "verify"])
    return done.exit_code, done.output


def test_untouched_files_pass(land: Land) -> None:
    code, output = run_verify()
    assert (code, "✗" in output) == (0, False)


def test_altered_evidence_is_named_and_not_handed_out(land: Land) -> None:
    files.path_of(land.file.sha256).write_bytes(b"x" * land.file.content.size)  # the same length
    code, output = run_verify()
    assert code == 1
    assert land.file.sha256 in output and land.duty.ref in output and "altered" in output
    assert land.client(land.officer).get(f"/documents/files/{land.file.pk}/").status_code == 404


def test_missing_and_forgotten_evidence_is_named(land: Land) -> None:
    files.path_of(land.file.sha256).unlink()
    assert "missing" in run_verify()[1]
    StoredFile.objects.filter(content=land.file.sha256).delete()
    Content.objects.filter(sha256=land.file.sha256).delete()
    code, output = run_verify()
    assert code == 1 and land.file.sha256 in output and "cited by the ledger" in output


def test_what_a_broken_upload_left_is_listed_but_is_no_fault(land: Land) -> None:
    left = files.write(b"an upload whose transaction was lost")
    code, output = run_verify()
    assert code == 0 and left in output
