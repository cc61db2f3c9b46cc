"""What the worker does: takes in mapped facts, ends what is due, takes shields off, anchors the log of looks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from hengjian.credit.records import looks
from hengjian.credit.records.ending import due, end, restore
from hengjian.credit.records.facts import EXPIRED
from hengjian.credit.records.gathering import gather
from hengjian.credit.records.models import CreditRecord
from hengjian.ledger.drafts import Source

SYSTEM = "credit_records"
ANCHOR_EVERY = timedelta(hours=1)
# A row gets its number before it is committed; what is older than this is certainly there.
SETTLED = timedelta(minutes=5)
_anchored_at: datetime | None = None


def run_due(now: datetime) -> int:
    """End and restore what is due at `now`; returns how many records (and anchors) were dealt with."""
    global _anchored_at
    done = gather() + expire(now) + unshield(now)
    if _anchored_at is None or now - _anchored_at >= ANCHOR_EVERY:
        done += int(looks.anchor(now - SETTLED) > 0)
        _anchored_at = now
    return done


def expire(now: datetime) -> int:
    """End the records that have reached their maximum."""
    with transaction.atomic():
        found = _locked(CreditRecord.objects.filter(pk__in=[record.pk for record in due(now)]))
        if found:
            end(found, EXPIRED, CreditRecord.State.EXPIRED, source=Source(system=SYSTEM), at=now)
    return len(found)


def unshield(now: datetime) -> int:
    """Show records whose shield has run out; `expire` ends those whose own term ran out under it."""
    with transaction.atomic():
        rows = CreditRecord.everything.filter(state=CreditRecord.State.SHIELDED, shielded_until__lte=now)
        found = _locked(rows)
        if found:
            restore(found, source=Source(system=SYSTEM))
    return len(found)


def _locked(rows: QuerySet[CreditRecord]) -> list[CreditRecord]:
    chosen = rows.select_for_update(of=("self",)).select_related("organ__region", "enterprise")
    return list(chosen.order_by("pk")[:500])
