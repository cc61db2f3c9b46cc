"""Personal data, apart from the ledger: encrypted rows that facts refer to as `vault:<id>`.

AES-256-GCM with a key outside the database (`LEDGER_VAULT_KEY_FILE`, by default in the data folder; one key per line in
base64, the first seals, all open). Reference, owner and category are bound into the encryption, so that rows cannot be
exchanged. Every look needs a purpose and is logged before the data is handed out; refused looks are logged too. The
owner may look at the log at any time. Erasing empties the row; the facts that refer to it, and their hashes, stay
valid.
"""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger.canonical import canonical, parse
from hengjian.ledger.errors import KeyProblem, VaultError
from hengjian.ledger.keyfile import kept
from hengjian.ledger.models import VaultAccess, VaultEntry

PREFIX = "vault:"
NONCE_BYTES = 12
LEAST_PURPOSE = 4  # characters; "工作" says nothing


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: a user reference (`user:12`), the unit (`unit:…`) on whose behalf, and the room that has checked that
    the person may (`cases`), where readers change with the matter while the sealed row does not."""

    user: str
    unit: str = ""
    room: str = ""


def put(data: Mapping[str, Any], *, owner: str, category: str, readers: Iterable[str] = ()) -> str:
    """Seal personal data inside the caller's transaction and return its reference.

    Args:
        data: JSON values.
        owner: whose data it is, as a reference (`user:12`); may always look and read the log.
        category: what it is (`complaint.reporter`), shown in the log.
        readers: users, units or rooms that may look with a stated purpose.
    """
    (ref,) = put_many([(data, owner)], category=category, readers=readers)
    return ref


def put_many(rows: Iterable[tuple[Mapping[str, Any], str]], *, category: str, readers: Iterable[str] = ()) -> list[str]:
    """Seal many (data, owner) pairs of one category in one statement; see `put`. References in the order given."""
    identifier, key = _keys()[0]
    cipher, may, now = AESGCM(key), sorted(set(readers)), timezone.now()
    entries = []
    for data, owner in rows:
        uid, nonce = uuid4(), os.urandom(NONCE_BYTES)
        sealed = nonce + cipher.encrypt(nonce, canonical(dict(data)).encode(), _bound(uid, owner, category))
        entries.append(
            VaultEntry(
                id=uid, owner=owner, category=category, readers=may, key_id=identifier, sealed=sealed, created_at=now
            )
        )
    VaultEntry.objects.bulk_create(entries)
    return [f"{PREFIX}{entry.id}" for entry in entries]


def reveal(ref: str, *, by: Reader, purpose: str) -> dict[str, Any]:
    """The data behind a reference. The look is committed to the log before anything is returned.

    Must not be called inside a transaction: a roll-back would wipe out the trace of a look that happened.

    Raises:
        VaultError: no purpose, not entitled, or erased. The attempt is logged.
        KeyProblem: the key that sealed it is not at hand.
        RuntimeError: called inside a transaction.
    """
    with transaction.atomic(durable=True):
        entry = _entry(ref)
        refusal = _refusal(entry, by, purpose)
        _log(entry, VaultAccess.Action.REFUSED if refusal else VaultAccess.Action.REVEALED, by, purpose)
    if refusal:
        raise VaultError(refusal)
    for identifier, key in _keys():
        if identifier == entry.key_id:
            return _open(entry, key)
    raise KeyProblem(_("加密密钥 %(key)s 不在密钥文件中，无法读取。请从备份恢复密钥文件。") % {"key": entry.key_id})


def erase(ref: str, *, by: Reader, purpose: str) -> None:
    """Empty the entry for good, inside the caller's transaction. Who may is for the calling room to decide.

    Raises:
        VaultError: no purpose given, or erased before.
    """
    if len(purpose.strip()) < LEAST_PURPOSE:
        raise VaultError(_("请写明删除的理由（至少 %(least)d 个字）。") % {"least": LEAST_PURPOSE})
    entry = _entry(ref)
    if not VaultEntry.objects.filter(id=entry.id, erased_at=None).update(sealed=b"", erased_at=timezone.now()):
        raise VaultError(_("%(ref)s 中的个人信息已经删除。") % {"ref": ref})
    _log(entry, VaultAccess.Action.ERASED, by, purpose)


def access_log(owner: str) -> QuerySet[VaultAccess]:
    """Everybody who looked at one's data, or tried to, newest first."""
    return VaultAccess.objects.filter(entry__owner=owner).select_related("entry").order_by("-at", "-id")


def _entry(ref: str) -> VaultEntry:
    try:
        uid = UUID(ref.removeprefix(PREFIX)) if ref.startswith(PREFIX) else None
    except ValueError:
        uid = None
    entry = uid and VaultEntry.objects.filter(id=uid).first()
    if not entry:
        raise VaultError(_("没有找到 %(ref)s。请核对引用。") % {"ref": ref})
    return entry


def _refusal(entry: VaultEntry, by: Reader, purpose: str) -> str:
    """Why this look is refused, or nothing."""
    if by.user != entry.owner and not ({by.user, by.unit, by.room} - {""}) & set(entry.readers):
        return _("您不在这项个人信息的授权范围内。本次尝试已记录。")
    if len(purpose.strip()) < LEAST_PURPOSE:
        return _("请写明查看的目的（至少 %(least)d 个字）。本次尝试已记录。") % {"least": LEAST_PURPOSE}
    if entry.erased_at is not None:
        return _("这项个人信息已于 %(day)s 删除。") % {"day": timezone.localdate(entry.erased_at).isoformat()}
    return ""


def _log(entry: VaultEntry, action: str, by: Reader, purpose: str) -> None:
    VaultAccess.objects.create(
        entry=entry, action=action, by=by.user, unit=by.unit, purpose=purpose.strip()[:500], at=timezone.now()
    )


def _open(entry: VaultEntry, key: bytes) -> dict[str, Any]:
    sealed = bytes(entry.sealed)
    try:
        plain = AESGCM(key).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(entry.id, entry.owner, entry.category)
        )
    except (InvalidTag, ValueError):
        raise VaultError(_("vault:%(id)s 的密文已损坏或被改动，请从备份恢复。") % {"id": entry.id}) from None
    data: dict[str, Any] = parse(plain.decode())
    return data


def _bound(uid: UUID, owner: str, category: str) -> bytes:
    return canonical([str(uid), owner, category]).encode()


def _keys() -> list[tuple[str, bytes]]:
    """(key id, key) of every key in the file; the first one seals.

    Raises:
        KeyProblem: unreadable, or not 32 bytes in base64 per line.
    """
    path = Path(getattr(settings, "LEDGER_VAULT_KEY_FILE", "") or Path(settings.DATA_DIR) / "ledger-vault-key")
    lines = kept(path, lambda: b64encode(AESGCM.generate_key(256)) + b"\n").split()
    try:
        keys = [b64decode(line, validate=True) for line in lines]
    except binascii.Error:
        keys = []
    if not keys or any(len(key) != 32 for key in keys):
        raise KeyProblem(_("保险库密钥文件 %(path)s 的每一行应为 32 字节的 Base64。请从备份恢复。") % {"path": path})
    return [(sha256(b"hengjian-vault" + key).hexdigest()[:16], key) for key in keys]
