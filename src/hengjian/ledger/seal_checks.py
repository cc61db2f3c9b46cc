"""Compares the table of seals with the facts `ledger.sealed` and `ledger.unsealed` from which it follows."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from hengjian.ledger.models import Fact, Seal, SealLift
from hengjian.ledger.sealing import SEALED, UNSEALED


def differences() -> Iterator[tuple[str, UUID, int | None]]:
    """(what is wrong, the sealed fact, its leaf or None) wherever table and log disagree."""
    told: dict[tuple[UUID, UUID], object] = {}
    lifts: set[tuple[UUID, UUID]] = set()
    for fact in Fact.everything.filter(kind__in=(SEALED.name, UNSEALED.name)).order_by("leaf_index").iterator():
        for uid in fact.payload["facts"]:
            if fact.kind == SEALED.name:
                told[UUID(uid), fact.id] = (_moment(fact, "effective_at"), _moment(fact, "until"))
            else:
                lifts.add((UUID(uid), fact.id))
    leaves = dict(Fact.everything.filter(id__in=Seal.objects.values("fact")).values_list("id", "leaf_index"))
    for fact_id, leaf, ground, since, until in Seal.objects.values_list(
        "fact", "leaf_index", "ground", "effective_at", "until"
    ).iterator():
        place = leaves.get(fact_id, leaf)
        if told.pop((fact_id, ground), None) != (since, until) or leaf != place:
            yield _("封存记录与总账不符（被添加或改动）"), fact_id, place
    for fact_id, _ground in told:
        yield _("总账中的封存没有封存记录（被删除）"), fact_id, _leaf(fact_id)
    stored = set(SealLift.objects.values_list("seal__fact", "ground"))
    for fact_id, _ground in sorted(stored ^ lifts):
        yield _("解除封存的记录与总账不符"), fact_id, _leaf(fact_id)


def _moment(fact: Fact, name: str) -> object:
    value = fact.payload.get(name)
    return value and parse_datetime(value)


def _leaf(fact_id: UUID) -> int | None:
    return Fact.everything.filter(id=fact_id).values_list("leaf_index", flat=True).first()
