"""The database itself refuses to change the past."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from hengjian.ledger import triggers, vault
from hengjian.ledger.actions import append
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.ledger.models import Checkpoint, Fact, FactRef, Tile, VaultEntry
from tests.ledger.conftest import make_draft

pytestmark = pytest.mark.django_db
STATEMENTS = [
    "UPDATE ledger_fact SET payload = '{}'",
    "UPDATE ledger_fact SET region = region",
    "DELETE FROM ledger_fact",
    "UPDATE ledger_factref SET ref = 'lot:8'",
    "DELETE FROM ledger_factref",
    "UPDATE ledger_checkpoint SET note = ''",
    "DELETE FROM ledger_checkpoint",
    "DELETE FROM ledger_tile",
    "UPDATE ledger_tile SET labels = ''",
    "UPDATE ledger_tile SET position = 7",
    "DELETE FROM ledger_vaultentry",
    "UPDATE ledger_vaultentry SET owner = 'user:2'",
    "UPDATE ledger_vaultentry SET key_id = ''",
    "UPDATE ledger_vaultaccess SET purpose = ''",
    "DELETE FROM ledger_vaultaccess",
]


@pytest.fixture
def filled() -> Fact:
    fact = append(make_draft())
    sign_checkpoint()
    ref = vault.put({"name": "某人"}, owner="user:1", category="test")
    entry = VaultEntry.objects.get(id=ref.removeprefix("vault:"))
    entry.accesses.create(action="revealed", by="user:1", purpose="核对", at=entry.created_at)
    return fact


@pytest.mark.parametrize("statement", STATEMENTS)
def test_changes_are_refused(filled: Fact, statement: str) -> None:
    with pytest.raises(Error, match=r"append-only|only grows|only be erased"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("table", ["ledger_fact", "ledger_factref", "ledger_tile", "ledger_checkpoint"])
def test_truncate_is_refused(filled: Fact, table: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(Error, match="TRUNCATE refused"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table}")


def test_replacing_by_insert_is_refused(filled: Fact) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL has no INSERT OR REPLACE; the unique constraints answer")
    columns = [field.column for field in Fact._meta.concrete_fields]
    for changed in ("id", "leaf_index"):
        values = ", ".join(f"{name} + 1" if name == changed == "leaf_index" else name for name in columns)
        with pytest.raises(Error, match="takes the next index and a new id only"), transaction.atomic():
            connection.cursor().execute(
                f"INSERT OR REPLACE INTO ledger_fact ({', '.join(columns)}) SELECT {values} FROM ledger_fact"
            )


def test_the_orm_refuses_as_well(filled: Fact) -> None:
    for wrong in (filled.save, filled.delete, FactRef.objects.all()[0].save, Checkpoint.objects.all()[0].delete):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(Error), transaction.atomic():
        Fact.objects.all().delete()


def test_a_tile_may_grow_and_a_vault_row_may_be_emptied_once(filled: Fact) -> None:
    append(make_draft())
    assert len(bytes(Tile.objects.get(level=0).hashes)) == 64
    vault.erase(f"vault:{VaultEntry.objects.get().id}", by=vault.Reader("user:1"), purpose="本人申请")
    with pytest.raises(Error), transaction.atomic():
        VaultEntry.objects.update(sealed=b"", erased_at=None)


def test_missing_triggers_are_known_and_put_back() -> None:
    assert triggers.missing(connection) == []
    with triggers.removed(connection):
        assert set(triggers.missing(connection)) == set(triggers.expected(connection))
    assert triggers.missing(connection) == []
    table = "" if connection.vendor == "sqlite" else " ON ledger_fact"
    connection.cursor().execute(f"DROP TRIGGER ledger_fact_no_update{table}")
    assert triggers.missing(connection) == ["ledger_fact_no_update"]
