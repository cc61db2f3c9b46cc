"""Personal data: encrypted, shown only with a purpose, every look logged, erasable without touching the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from hengjian.ledger import vault
from hengjian.ledger.actions import append
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.ledger.errors import KeyProblem, VaultError
from hengjian.ledger.models import Fact, VaultAccess, VaultEntry
from hengjian.ledger.vault import Reader
from hengjian.ledger.verification import verify
from tests.ledger.conftest import make_draft

pytestmark = pytest.mark.django_db
PERSON = {"name": "苏某", "phone": "13800000000"}
HANDLER = Reader(user="user:9", unit="unit:12")


@pytest.fixture
def ref() -> str:
    return vault.put(PERSON, owner="user:5", category="complaint.reporter", readers=["unit:12"])


def test_the_row_does_not_show_the_data(ref: str) -> None:
    entry = VaultEntry.objects.get()
    assert ref == f"vault:{entry.id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_vaultentry")
        row = cursor.fetchone()
    shown = b"".join(bytes(cell) if isinstance(cell, memoryview | bytes) else str(cell).encode() for cell in row)
    assert "苏某".encode() not in shown and b"13800000000" not in shown
    again = vault.put(PERSON, owner="user:5", category="complaint.reporter")
    assert bytes(VaultEntry.objects.get(id=again.removeprefix("vault:")).sealed) != bytes(entry.sealed)


def test_a_look_needs_a_purpose_and_is_logged_for_the_owner(ref: str) -> None:
    assert vault.reveal(ref, by=HANDLER, purpose="联系投诉人核实情况") == PERSON
    with pytest.raises(VaultError, match="目的"):
        vault.reveal(ref, by=HANDLER, purpose=" 工作 ")
    with pytest.raises(VaultError, match="授权范围"):
        vault.reveal(ref, by=Reader(user="user:7", unit="unit:13"), purpose="随便看一看")
    assert vault.reveal(ref, by=Reader(user="user:5"), purpose="查看本人信息") == PERSON
    log = [(look.action, look.by, look.purpose) for look in vault.access_log("user:5")]
    assert log == [
        ("revealed", "user:5", "查看本人信息"),
        ("refused", "user:7", "随便看一看"),
        ("refused", "user:9", "工作"),
        ("revealed", "user:9", "联系投诉人核实情况"),
    ]
    assert list(vault.access_log("user:6")) == []


@pytest.mark.django_db(transaction=True)
def test_a_look_cannot_hide_in_a_transaction_that_is_rolled_back(ref: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        vault.reveal(ref, by=HANDLER, purpose="联系投诉人核实情况")
    with pytest.raises(VaultError):
        vault.reveal(ref, by=Reader(user="user:7"), purpose="随便看一看")
    assert VaultAccess.objects.get().action == "refused"


def test_erasing_leaves_the_ledger_valid(ref: str) -> None:
    fact = append(make_draft(kind="test.complained", payload={"text": "漏电", "complainant": ref}))
    sign_checkpoint()
    vault.erase(ref, by=HANDLER, purpose="本人申请删除")
    entry = VaultEntry.objects.get()
    assert (bytes(entry.sealed), entry.erased_at is not None) == (b"", True)
    with pytest.raises(VaultError, match="删除"):
        vault.reveal(ref, by=HANDLER, purpose="联系投诉人核实情况")
    with pytest.raises(VaultError, match="已经删除"):
        vault.erase(ref, by=HANDLER, purpose="再删一次")
    assert verify().passed
    assert Fact.objects.get(id=fact.id).payload["complainant"] == ref
    assert vault.access_log("user:5").last().action == "erased"  # type: ignore[union-attr]


def test_erasing_needs_a_reason(ref: str) -> None:
    with pytest.raises(VaultError, match="理由"):
        vault.erase(ref, by=HANDLER, purpose="")


def test_unknown_references(ref: str) -> None:
    for wrong in ("vault:12", "user:5", "vault:00000000-0000-0000-0000-000000000000"):
        with pytest.raises(VaultError, match="没有找到"):
            vault.reveal(wrong, by=HANDLER, purpose="联系投诉人")


def test_rows_cannot_be_exchanged(ref: str) -> None:
    from hengjian.ledger.triggers import removed

    other = vault.put({"name": "乙"}, owner="user:6", category="complaint.reporter", readers=["unit:12"])
    stolen = VaultEntry.objects.get(id=ref.removeprefix("vault:")).sealed
    with removed(connection):
        VaultEntry.objects.filter(id=other.removeprefix("vault:")).update(sealed=stolen)
    with pytest.raises(VaultError, match="损坏或被改动"):
        vault.reveal(other, by=HANDLER, purpose="联系投诉人")


def test_keys_rotate_and_a_lost_key_is_said(ref: str, settings: LazySettings) -> None:
    path = Path(settings.LEDGER_VAULT_KEY_FILE)
    assert path.stat().st_mode & 0o077 == 0
    old = path.read_bytes()
    new = b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n"
    path.write_bytes(new + old)
    later = vault.put(PERSON, owner="user:5", category="x", readers=["unit:12"])
    assert vault.reveal(ref, by=HANDLER, purpose="联系投诉人") == PERSON
    path.write_bytes(new)
    assert vault.reveal(later, by=HANDLER, purpose="联系投诉人") == PERSON
    with pytest.raises(KeyProblem, match="不在密钥文件中"):
        vault.reveal(ref, by=HANDLER, purpose="联系投诉人")
    path.write_bytes(b"short\n")
    with pytest.raises(KeyProblem, match="32 字节"):
        vault.put(PERSON, owner="user:5", category="x")
