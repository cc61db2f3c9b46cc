"""The narrow way to what is sealed: for supervision, with a purpose, and never without a trace."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from hengjian.credit.records.facts import SEALED_LOOKED, SealedLooked
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.looks import log_look
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.showing import shown_values
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.models import Fact
from hengjian.parties.models import User
from hengjian.parties.policies import require


@dataclass(frozen=True)
class Told:
    """What a sealed record said; `rows` are (field, value)."""

    title: str
    document: str
    decided_on: str
    rows: tuple[tuple[str, str], ...]


def open_sealed(user: User, record: CreditRecord, purpose: str) -> Told:
    """Show a sealed record. The look stands in the ledger and in the body's own log.

    Raises:
        Forbidden: the person may not.
    """
    require(user, "credit.sealed", record)
    with transaction.atomic():
        append(
            FactDraft(
                kind=SEALED_LOOKED.name,
                subject=record.ref,
                payload=SealedLooked(record=record.key, purpose=purpose.strip()),
                region=record.organ.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=user.unit.ref if user.unit is not None else "", user=user.ref),
            )
        )
        log_look(user, record.enterprise, purpose, f"sealed record {record.number}")
    assert record.fact is not None
    fact = Fact.everything.get(id=record.fact)
    told = fact.payload
    kept = layout(record.category)
    shown = tuple(shown_values(kept, told["values"], inside=True))
    return Told(told["title"], told["document"], told["decided_on"], shown)
