"""Reads of the ledger: as known at, as valid on, for a reader of a disclosure level.

Three times decide what a reader sees. *Known at* (system time): facts recorded later do not exist yet; since times
never run backwards along the log, this is a prefix of it. *Valid on* (valid time): facts that occurred later are not
shown. *Ended*: a superseded fact is never shown, a retracted one not from the retraction's day onwards, an expiring
one not from `ends_on` onwards. Without `valid_on` the ends are judged as of today (or the day of `known_at`) and
starts are not judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.ledger.drafts import Disclosure, readable
from hengjian.ledger.errors import FactNotFound
from hengjian.ledger.models import Fact, FactRef


def facts(
    *,
    disclosure: Disclosure,
    known_at: datetime | None = None,
    valid_on: date | None = None,
    kinds: Iterable[str] | None = None,
    history: bool = False,
    tree_size: int | None = None,
) -> QuerySet[Fact]:
    """Facts in effect, in log order.

    Args:
        disclosure: the reader's level; facts marked narrower are left out (their corrections still take effect).
        known_at: system time of the question; None is now.
        valid_on: valid time of the question; None does not judge starts.
        kinds: only these kinds.
        history: also show what was superseded, retracted or has expired, and the retractions; never what is sealed.
        tree_size: known when the log had this size; the exact form of `known_at` for figures and proofs.
    """
    shown = Fact.objects.filter(disclosure__in=readable(disclosure))
    if kinds is not None:
        shown = shown.filter(kind__in=list(kinds))
    known = Q()
    if known_at is not None:
        known &= Q(recorded_at__lte=known_at)
    if tree_size is not None:
        known &= Q(leaf_index__lt=tree_size)
    shown = shown.filter(known)
    if valid_on is not None:
        shown = shown.filter(occurred_on__lte=valid_on)
    if not history:
        day = valid_on or timezone.localdate(known_at)
        superseding = Fact.everything.filter(known, supersedes=OuterRef("id"))
        retracting = Fact.everything.filter(known, retracts=OuterRef("id"), occurred_on__lte=day)
        lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
        shown = shown.filter(~Exists(superseding), ~Exists(retracting), lasting, retracts__isnull=True)
    return shown.order_by("leaf_index")


def timeline(
    subject: str,
    *,
    disclosure: Disclosure,
    known_at: datetime | None = None,
    valid_on: date | None = None,
    kinds: Iterable[str] | None = None,
    history: bool = False,
) -> QuerySet[Fact]:
    """Facts about one subject, oldest first (valid time, then log order); see `facts` for the arguments."""
    found = facts(disclosure=disclosure, known_at=known_at, valid_on=valid_on, kinds=kinds, history=history)
    return found.filter(subject=subject).order_by("occurred_on", "leaf_index")


def current(
    subject: str,
    kind: str,
    *,
    disclosure: Disclosure,
    known_at: datetime | None = None,
    valid_on: date | None = None,
) -> Fact | None:
    """The latest fact of a kind about a subject, or None."""
    found = timeline(subject, disclosure=disclosure, known_at=known_at, valid_on=valid_on, kinds=[kind])
    return found.reverse().first()


def facts_by_ref(
    ref: str,
    *,
    disclosure: Disclosure,
    role: str | None = None,
    known_at: datetime | None = None,
    valid_on: date | None = None,
    kinds: Iterable[str] | None = None,
    history: bool = False,
) -> QuerySet[Fact]:
    """Facts that mention a thing in their `refs` (in one role, if given), in log order."""
    mentions = FactRef.objects.filter(ref=ref)
    if role is not None:
        mentions = mentions.filter(role=role)
    found = facts(disclosure=disclosure, known_at=known_at, valid_on=valid_on, kinds=kinds, history=history)
    return found.filter(leaf_index__in=mentions.values("leaf_index"))


def fact_by_id(fact_id: UUID | str, *, disclosure: Disclosure) -> Fact:
    """One fact, also when it was superseded or retracted since; not when it is sealed.

    Raises:
        FactNotFound: no such fact, or the reader may not see it; the two look alike on purpose.
    """
    return _one(Fact.objects.filter(disclosure__in=readable(disclosure)), fact_id)


def any_fact(fact_id: UUID | str) -> Fact:
    """One fact, sealed or not: to prove its leaf, never to show its content.

    Raises:
        FactNotFound: no such fact.
    """
    return _one(Fact.everything.all(), fact_id)


def _one(rows: QuerySet[Fact], fact_id: UUID | str) -> Fact:
    try:
        uid = fact_id if isinstance(fact_id, UUID) else UUID(str(fact_id))
    except ValueError:
        uid = None
    fact = uid and rows.filter(id=uid).first()
    if not fact:
        raise FactNotFound(_("没有找到事实 %(id)s，或不在公开范围内。请核对编号。") % {"id": fact_id})
    return fact


def in_effect(fact: Fact, *, disclosure: Disclosure) -> bool:
    """Whether this reader may be shown the fact today: within the disclosure, not replaced, withdrawn or expired."""
    return facts(disclosure=disclosure).filter(id=fact.id).exists()


def replacement_of(fact: Fact) -> Fact | None:
    """The fact that supersedes or retracts this one, whoever may see it."""
    return Fact.everything.filter(Q(supersedes=fact.id) | Q(retracts=fact.id)).first()
