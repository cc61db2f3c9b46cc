"""Sealing: from its moment on a fact is shown and used nowhere, and its leaf in the log still proves that it was there.

A seal ends publication, sharing and use of a fact, as credit repair and the end of a publication term demand (NDRC
order 36 of 2026); nothing is deleted. `Fact.objects` leaves sealed facts out, so no reading of the ledger has them,
whichever state it asks about. What a fact corrected, and what corrected or withdrew it, is sealed with it, and so is
whatever corrects it later. Each seal follows from a fact `ledger.sealed` in the log, which names the facts by number
only; `hengjian ledger verify` compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.errors import FactNotFound
from hengjian.ledger.kinds import FactKind, register_kind
from hengjian.ledger.models import Fact, Seal, SealLift
from hengjian.ledger.projections import batched

ROUND = 1000  # ids in one question


class Sealed(BaseModel):
    """Facts that are shown no more."""

    model_config = ConfigDict(extra="forbid")
    facts: tuple[UUID, ...] = Field(min_length=1)
    effective_at: datetime
    until: datetime | None = None


class Unsealed(BaseModel):
    """Facts that are shown again."""

    model_config = ConfigDict(extra="forbid")
    facts: tuple[UUID, ...] = Field(min_length=1)
    at: datetime


# The subject is the ground, not whoever the facts are about: nobody shall learn from it that there was something.
SEALED = register_kind(FactKind("ledger.sealed", gettext_lazy("封存"), Sealed, subject="fact"))
UNSEALED = register_kind(FactKind("ledger.unsealed", gettext_lazy("解除封存"), Unsealed, subject="fact"))


def seal(
    fact_ids: Iterable[UUID | str], *, ground: Fact, at: datetime | None = None, until: datetime | None = None
) -> Fact:
    """Seal facts, in the caller's transaction; what they corrected and what corrected them is sealed with them.

    Args:
        ground: the fact that says why (`credit.repaired`, `credit.expired`).
        at: from when on; now, or a later moment.
        until: when a temporary shield ends; None for good.

    Returns:
        The fact `ledger.sealed`.

    Raises:
        FactNotFound: one of the facts does not exist.
        ValueError: no fact was named, or `until` does not lie behind `at`.
    """
    moment = at or timezone.now()
    if until is not None and until <= moment:
        raise ValueError("a seal must end after it began")
    with transaction.atomic():
        chain = _chains(fact_ids)
        written = append(_draft(SEALED, Sealed(facts=tuple(chain), effective_at=moment, until=until), ground))
        Seal.objects.bulk_create(
            Seal(fact=fact, leaf_index=index, ground=written.id, effective_at=moment, until=until)
            for fact, index in chain.items()
        )
    return written


def unseal(fact_ids: Iterable[UUID | str], *, ground: Fact) -> Fact | None:
    """Take all seals off these facts and their corrections: a repair that was got by false papers is revoked.

    Returns:
        The fact `ledger.unsealed`; None when nothing was sealed.
    """
    now = timezone.now()
    with transaction.atomic():
        chain = _chains(fact_ids)
        seals = list(Seal.objects.filter(fact__in=chain, lifted__isnull=True))
        if not seals:
            return None
        payload = Unsealed(facts=tuple(dict.fromkeys(one.fact for one in seals)), at=now)
        written = append(_draft(UNSEALED, payload, ground))
        SealLift.objects.bulk_create(SealLift(seal=one, ground=written.id, at=now) for one in seals)
    return written


def seal_of(fact: Fact | UUID) -> Seal | None:
    """The seal under which a fact lies now, the first of several."""
    uid = fact.id if isinstance(fact, Fact) else fact
    return Seal.objects.active().filter(fact=uid).order_by("pk").first()


def ground_of(seal: Seal) -> Fact:
    """The fact that says why: what the caller of `seal` gave as its ground."""
    order = Fact.everything.get(id=seal.ground)
    return Fact.everything.get(id=order.subject.partition(":")[2])


def is_sealed(fact_id: UUID | str) -> bool:
    return Seal.objects.active().filter(fact=fact_id).exists()


def sealed_before(tree_size: int) -> int:
    """How many of the log's first `tree_size` facts are sealed now: figures about that state cannot have them."""
    return Seal.objects.active().filter(leaf_index__lt=tree_size).values("leaf_index").distinct().count()


def seal_corrections(written: Sequence[tuple[UUID, UUID]]) -> None:
    """Put new corrections and withdrawals (id, target) under the seals of what they correct or withdraw.

    Called by the ledger for every such fact; a correction must not show again what was sealed.
    """
    seals: dict[UUID, list[Seal]] = {}
    active = Q(until__isnull=True) | Q(until__gt=timezone.now())
    for one in Seal.objects.filter(active, fact__in={target for _uid, target in written}, lifted__isnull=True):
        seals.setdefault(one.fact, []).append(one)
    for uid, target in written:
        for one in seals.get(target, ())[:1]:
            seal([uid], ground=ground_of(one), at=max(one.effective_at, timezone.now()), until=one.until)


def _chains(fact_ids: Iterable[UUID | str]) -> dict[UUID, int]:
    """Id → leaf of the facts, what they corrected, and what corrected or withdrew them.

    Raises:
        FactNotFound: one of them does not exist.
    """
    wanted = {one if isinstance(one, UUID) else UUID(str(one)) for one in fact_ids}
    if not wanted:
        raise ValueError("no fact was named")
    found: dict[UUID, int] = {}
    seen: set[UUID] = set()
    pending = set(wanted)
    while pending:
        seen |= pending
        linked: set[UUID] = set()
        for some in batched(pending, ROUND):
            rows = Fact.everything.filter(Q(id__in=some) | Q(supersedes__in=some) | Q(retracts__in=some))
            for uid, index, *targets in rows.values_list("id", "leaf_index", "supersedes", "retracts"):
                found[uid] = index
                linked |= {uid, *(target for target in targets if target)}
        pending = linked - seen
    if missing := wanted - set(found):
        said = {"id": min(missing)}
        raise FactNotFound(_("总账中没有编号为 %(id)s 的事实，未封存任何内容。请核对编号。") % said)
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _draft(kind: FactKind, payload: BaseModel, ground: Fact) -> FactDraft:
    source = Source(unit=ground.source_unit, user=ground.source_user, system=ground.source_system)
    return FactDraft(
        kind=kind.name,
        subject=f"fact:{ground.id}",
        payload=payload,
        region=ground.region,
        occurred_on=timezone.localdate(),
        source=source,
    )
