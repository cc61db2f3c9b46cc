"""An enterprise's own account: the unit that carries its code, whichever of the two was there first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_save

from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import Unit

CHUNK = 500


def units_of(codes: Collection[str]) -> dict[str, Unit]:
    """Unified code → the enterprise account that carries it."""
    wanted = sorted({*codes, *(code.lower() for code in codes)} - {""})
    found: dict[str, Unit] = {}
    for start in range(0, len(wanted), CHUNK):
        for unit in Unit.objects.filter(kind=Unit.Kind.ENTERPRISE, key__in=wanted[start : start + CHUNK]):
            found[unit.key.upper()] = unit
    return found


def give_accounts(codes: Collection[str]) -> int:
    """Link bodies that have none with the accounts that carry their codes; returns how many."""
    return sum(
        Enterprise.objects.filter(code=code, account=None, merged_into=None).update(account=unit)
        for code, unit in units_of(codes).items()
    )


def _unit_saved(sender: type[Unit], instance: Unit, **_more: Any) -> None:
    if instance.kind == Unit.Kind.ENTERPRISE:
        give_accounts([instance.key.upper()])


def follow_units() -> None:
    """An account that is opened after its enterprise was registered is its own from then on."""
    post_save.connect(_unit_saved, sender=Unit, dispatch_uid="enterprises.follow_units")
