"""Signed checkpoints of the log. The worker calls `sign_checkpoint` from time to time; publish the notes elsewhere too.

The key lies outside the database (`LEDGER_KEY_FILE`, by default in the data folder): whoever can write to the database
alone cannot sign another history.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger import notes
from hengjian.ledger.errors import KeyProblem, LedgerDamaged
from hengjian.ledger.keyfile import kept
from hengjian.ledger.log import LogReader, log_size
from hengjian.ledger.models import Checkpoint

DEFAULT_ORIGIN = "hengjian.local/ledger"


def origin() -> str:
    """The name of this log in its checkpoints (setting `LEDGER_ORIGIN`)."""
    return str(getattr(settings, "LEDGER_ORIGIN", "") or DEFAULT_ORIGIN)


def signing_key() -> Ed25519PrivateKey:
    """The log's key, made on first use.

    Raises:
        KeyProblem: the file cannot be read or holds something else.
    """
    path = Path(getattr(settings, "LEDGER_KEY_FILE", "") or Path(settings.DATA_DIR) / "ledger-signing-key.pem")
    pem = kept(
        path,
        lambda: Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(_("签名密钥文件 %(path)s 不是 Ed25519 私钥（PEM）。请从备份恢复。") % {"path": path})
    return key


def verifier_key() -> str:
    """The public key as the text that outsiders keep."""
    return notes.verifier_key(origin(), notes.raw_public(signing_key()))


def latest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-tree_size").first()


def sign_checkpoint() -> Checkpoint | None:
    """Sign the present end of the log; the newest checkpoint when nothing was added since, None for an empty log.

    Raises:
        LedgerDamaged: the stored log does not continue what was signed last; nothing is signed.
        KeyProblem: the key cannot be used.
    """
    with transaction.atomic():
        last, size, reader = latest_checkpoint(), log_size(), LogReader()
        if last is not None:
            if size < last.tree_size or reader.root(last.tree_size) != bytes(last.root_hash):
                raise LedgerDamaged(
                    _("总账与上一个检查点（%(size)d 条）不一致，未签名。请运行“hengjian ledger verify”查明。")
                    % {"size": last.tree_size}
                )
            if size == last.tree_size:
                return last
        if size == 0:
            return None
        root = reader.root(size)
        note = notes.sign(notes.SignedRoot(origin(), size, root), signing_key())
        made, _created = Checkpoint.objects.get_or_create(
            tree_size=size, defaults={"root_hash": root, "note": note, "signed_at": timezone.now()}
        )
        return made
