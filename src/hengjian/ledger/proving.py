"""Makes proof documents from the stored log."""

from __future__ import annotations

from datetime import UTC

from django.utils.translation import gettext as _

from hengjian.ledger import proofs
from hengjian.ledger.canonical import canonical
from hengjian.ledger.checkpoints import latest_checkpoint, verifier_key
from hengjian.ledger.drafts import INTERNAL, Disclosure
from hengjian.ledger.errors import NotCovered
from hengjian.ledger.leaf import leaf_text, source_text
from hengjian.ledger.log import LogReader
from hengjian.ledger.models import Fact
from hengjian.ledger.queries import in_effect
from hengjian.ledger.sealing import seal_of


def text_of(fact: Fact) -> str:
    """The canonical text whose hash is the fact's leaf."""
    return leaf_text(
        str(fact.id),
        fact.leaf_index,
        fact.kind,
        fact.subject,
        fact.region,
        fact.occurred_on.isoformat(),
        fact.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        fact.ends_on.isoformat() if fact.ends_on else None,
        source_text(fact.source_system, fact.source_unit, fact.source_user),
        canonical(fact.refs),
        canonical(fact.payload),
        canonical(fact.evidence),
        fact.disclosure,
        fact.catalogue,
        str(fact.supersedes) if fact.supersedes else None,
        str(fact.retracts) if fact.retracts else None,
    )


def prove(fact: Fact, *, disclosure: Disclosure) -> proofs.Proof:
    """Inclusion of a fact in the newest signed checkpoint.

    The content is part of the proof only if the reader may be shown the fact today. Hashes alone still prove that it
    has not changed: an internal, a sealed or an expired record is not published again through its proof.

    Raises:
        NotCovered: the fact is newer than the newest checkpoint.
        LedgerDamaged: a node of the log is missing.
    """
    checkpoint = latest_checkpoint()
    if checkpoint is None or checkpoint.tree_size <= fact.leaf_index:
        raise NotCovered(
            _("事实 %(id)s 尚未纳入已签名的检查点。请稍后再试；管理员可运行“hengjian ledger checkpoint”。")
            % {"id": fact.id}
        )
    shown = in_effect(fact, disclosure=disclosure) or (disclosure == INTERNAL and seal_of(fact) is None)
    path = LogReader().inclusion(fact.leaf_index, checkpoint.tree_size)
    return proofs.Proof(
        format=proofs.FORMAT,
        leaf=text_of(fact) if shown else None,
        leaf_hash=bytes(fact.leaf_hash).hex(),
        index=fact.leaf_index,
        tree_size=checkpoint.tree_size,
        path=[part.hex() for part in path],
        checkpoint=checkpoint.note,
        verifier_key=verifier_key(),
    )
