"""Who looked at what is not public about a body, when and with which purpose; the body itself can see it.

Each row carries the digest of its content. Once an hour the worker anchors the new rows in the ledger: a Merkle root
over their digests (`credit.looks_anchored`). A row that is changed, deleted or slipped in later no longer fits.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hengjian.credit.records.facts import LOOKS_ANCHORED, LooksAnchored
from hengjian.credit.records.models import Look
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.actions import append
from hengjian.ledger.canonical import canonical
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.models import Fact
from hengjian.methods import merkle
from hengjian.parties.models import NATION, User

SYSTEM = "credit_records"
MOST = 4096  # rows under one anchor


def log_look(user: User | AnonymousUser | None, enterprise: Enterprise, purpose: str, what: str) -> Look | None:
    """Log a look at non-public data of a body. The body's own people are not logged: they look at themselves.

    Args:
        purpose: why, in the words of whoever looks; pages ask for it.
        what: what was shown ("quality-credit dossier", "grade of 2026-10"), never its content.
    """
    person = user if isinstance(user, User) else None
    unit = person.unit if person is not None else None
    if unit is not None and enterprise.account_id == unit.pk:
        return None
    look = Look(
        enterprise=enterprise, user=person, unit=unit, purpose=purpose.strip()[:300], what=what[:200], at=timezone.now()
    )
    look.digest = digest_of(look)
    look.save()
    return look


def looks_at(enterprise: Enterprise) -> QuerySet[Look]:
    """The looks at a body, newest first."""
    return Look.objects.filter(enterprise=enterprise).select_related("unit", "user").order_by("-at", "-pk")


def digest_of(look: Look) -> str:
    """SHA-256 of what the row says, in hex."""
    said = [
        look.enterprise_id,
        look.user_id,
        look.unit_id,
        look.purpose,
        look.what,
        look.at.astimezone(timezone.get_default_timezone()).isoformat(timespec="microseconds"),
    ]
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def anchor(now: datetime) -> int:
    """Put the looks since the last anchor into the ledger; returns how many there were."""
    with transaction.atomic():
        last = Fact.objects.filter(kind=LOOKS_ANCHORED.name).order_by("-leaf_index").first()
        rows = list(Look.objects.filter(pk__gt=last.payload["last"] if last else 0, at__lt=now).order_by("pk")[:MOST])
        if not rows:
            return 0
        append(
            FactDraft(
                kind=LOOKS_ANCHORED.name,
                subject="looks:credit",
                payload=LooksAnchored(first=rows[0].pk, last=rows[-1].pk, count=len(rows), root=_root(rows)),
                region=NATION,
                occurred_on=timezone.localdate(now),
                source=Source(system=SYSTEM),
            )
        )
    return len(rows)


@dataclass(frozen=True)
class LooksVerified:
    """Anchored rows that were checked, and the stretches (first, last) that do not fit."""

    rows: int
    broken: tuple[tuple[int, int], ...]

    @property
    def passed(self) -> bool:
        return not self.broken


def verify_looks() -> LooksVerified:
    """Compare the log of looks with its anchors in the ledger."""
    rows, broken = 0, []
    for fact in Fact.objects.filter(kind=LOOKS_ANCHORED.name).order_by("leaf_index").iterator():
        told = fact.payload
        found = list(Look.objects.filter(pk__gte=told["first"], pk__lte=told["last"]).order_by("pk"))
        rows += len(found)
        if len(found) != told["count"] or _root(found) != told["root"]:
            broken.append((told["first"], told["last"]))
    return LooksVerified(rows, tuple(broken))


def _root(rows: list[Look]) -> str:
    """Merkle root over the digests as they follow from the rows now."""
    return merkle.root([merkle.leaf_hash(digest_of(row).encode()) for row in rows]).hex()
