"""How records end: their facts are sealed, their rows lose what they said, and the other rooms are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hengjian.credit.records import hooks
from hengjian.credit.records.admitting import repair_of
from hengjian.credit.records.facts import RESTORED, Ended
from hengjian.credit.records.models import CONTENT, CreditRecord, empty
from hengjian.credit.records.rules import ends
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import INTERNAL, FactDraft, Source
from hengjian.ledger.kinds import FactKind
from hengjian.ledger.models import Fact, FactRef
from hengjian.ledger.sealing import seal, unseal
from hengjian.registers.saving import review_publicity

State = CreditRecord.State


def end(
    records: Sequence[CreditRecord],
    kind: FactKind,
    state: str,
    *,
    source: Source,
    ground: str = "",
    at: datetime | None = None,
    until: datetime | None = None,
) -> list[Fact]:
    """End records, in the caller's transaction: publication, sharing and use stop with it.

    Args:
        kind: the fact that says why (`facts.REPAIRED`, `EXPIRED`, `WITHDRAWN`, `SHIELDED`).
        ground: reference of the case or rule that ends it.
        until: for a shield, when it ends by itself.

    Returns:
        The grounds in the ledger, one per record.
    """
    moment = at or timezone.now()
    grounds = []
    with transaction.atomic():
        for record in records:
            told = _ended(record, kind, source, ground, until)
            named = _told(record)
            if named:
                seal(named, ground=told, until=until)
                review_publicity(named)
            empty(record)
            record.state = state
            record.sealed_at = moment
            record.shielded_until = until
            record.disputed_since = None
            record.save(update_fields=[*CONTENT, "state", "sealed_at", "shielded_until", "disputed_since"])
            grounds.append(told)
        hooks.sealed(records)
    return grounds


def restore(records: Sequence[CreditRecord], *, source: Source, ground: str = "") -> None:
    """Show records again: a shield has ended, or a repair that was got by false papers is revoked."""
    with transaction.atomic():
        for record in records:
            told = _ended(record, RESTORED, source, ground, None)
            named = _told(record)
            unseal(named, ground=told)
            review_publicity(named)
            _refill(record)
        hooks.restored(records)


def _told(record: CreditRecord) -> list[UUID]:
    """All facts that say what the record says: its own, and those of the register or procedure it came from. A record
    that speaks for the body ends without them: the register of certificates goes on showing what has expired."""
    own = [record.fact] if record.fact is not None else []
    adverse = record.min_until is not None
    return own + (told_with(record.origin) if adverse and record.origin is not None else [])


def told_with(origin: UUID) -> list[UUID]:
    """A fact of another room and all others about the same entry, or else in the same line of corrections."""
    fact = Fact.everything.filter(id=origin).first()
    if fact is None:
        return []
    if entry := (fact.refs or {}).get("entry"):
        leaves = FactRef.objects.filter(ref=entry, role="entry").values("leaf_index")
        prefix = fact.kind.partition(".")[0]
        rows = Fact.everything.filter(leaf_index__in=leaves, kind__startswith=f"{prefix}.")
        return list(rows.order_by("leaf_index").values_list("id", flat=True))
    found, pending = [fact.id], [fact]
    while pending:
        one = pending.pop()
        linked = Q(supersedes=one.id) | (Q(id=one.supersedes) if one.supersedes else Q())
        for row in Fact.everything.filter(linked).exclude(id__in=found):
            found.append(row.id)
            pending.append(row)
    return found


def _refill(record: CreditRecord) -> None:
    """Put back into the row what its fact says; fields that stood in no fact are gone."""
    assert record.fact is not None
    fact = Fact.everything.get(id=record.fact)
    told = fact.payload
    record.severity, record.title, record.document = told["severity"], told["title"], told["document"]
    record.values, record.decided_on = told["values"], fact.occurred_on
    record.state = State.PUBLISHED if record.published_from else State.KEPT
    record.sealed_at = record.shielded_until = None
    record.save(update_fields=[*CONTENT, "state", "sealed_at", "shielded_until"])


def due(now: datetime, most: int = 500) -> list[CreditRecord]:
    """Records that have reached their maximum today and do not go on because the duty is not fulfilled."""
    today = timezone.localdate(now)
    rows = CreditRecord.objects.filter(max_until__lte=today).select_related("organ__region", "enterprise")
    # What goes on beyond its maximum is looked at again every day, so it must not stand in the way of the others.
    found = list(rows.filter(unfulfilled=False).order_by("max_until", "pk")[:most])
    for row in rows.filter(unfulfilled=True).order_by("max_until", "pk").iterator():
        if len(found) < most and row.rule and ends(row.max_until, True, repair_of(row.rule), today):
            found.append(row)
    return found


def _ended(record: CreditRecord, kind: FactKind, source: Source, ground: str, until: datetime | None) -> Fact:
    return append(
        FactDraft(
            kind=kind.name,
            subject=record.ref,
            payload=Ended(record=record.key, rule=record.rule, ground=ground, until=until),
            region=record.organ.region.code,
            occurred_on=timezone.localdate(),
            source=source,
            disclosure=INTERNAL,
        )
    )
