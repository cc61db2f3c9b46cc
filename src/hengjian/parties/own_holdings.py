"""What moves within this room when a unit is succeeded: people with their roles, memberships, counterparts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.parties import auditing
from hengjian.parties.handover import Holding, Move, register_holding
from hengjian.parties.models import CollectiveMembership, Counterpart, RoleGrant, Unit, User


def _people(unit: Unit) -> QuerySet[User]:
    return User.objects.filter(unit=unit, is_active=True).order_by("pk")


def _move_people(move: Move) -> int:
    """Accounts go to the successor; roles for the old unit end and go on for the new one."""
    moved = list(_people(move.predecessor).select_for_update())
    for person in moved:
        person.unit = move.successor
        person.save(update_fields=["unit"])
        auditing.record(
            "parties.edit_user",
            person,
            user=move.user,
            system=move.system,
            changes={"unit": [move.predecessor.pk, move.successor.pk]},
            reason=move.document,
        )
    for grant in RoleGrant.objects.valid_on(move.on).filter(unit=move.predecessor):
        same = RoleGrant.objects.valid_on(move.on).filter(
            user=grant.user, role=grant.role, unit=move.successor, region=grant.region
        )
        if not same.exists():
            RoleGrant.objects.create(
                user=grant.user,
                role=grant.role,
                unit=move.successor,
                region=grant.region,
                ceiling=grant.ceiling,
                valid_from=move.on,
                valid_to=grant.valid_to,
                granted_by=move.user or grant.granted_by,
            )
        _end(grant, move)
    return len(moved)


def _end(row: Any, move: Move) -> None:
    """Valid to the day before; a row that began on the day itself, or later, never was."""
    last = move.on - timedelta(days=1)
    if row.valid_from is not None and row.valid_from > last:
        row.delete()
    else:
        row.valid_to = last
        row.save(update_fields=["valid_to"])


def _memberships(unit: Unit) -> QuerySet[CollectiveMembership]:
    return (
        CollectiveMembership.objects.valid_on(timezone.localdate())
        .filter(member=unit)
        .select_related("collective")
        .order_by("collective__name", "pk")
    )


def _move_memberships(move: Move) -> int:
    count = 0
    for row in CollectiveMembership.objects.valid_on(move.on).filter(member=move.predecessor):
        others = CollectiveMembership.objects.valid_on(move.on).filter(collective=row.collective, member=move.successor)
        if row.collective_id != move.successor.pk and not others.exists():
            CollectiveMembership.objects.create(
                collective=row.collective, member=move.successor, valid_from=move.on, valid_to=row.valid_to
            )
            count += 1
        _end(row, move)
    return count


def _counterparts(unit: Unit) -> QuerySet[Counterpart]:
    rows = Counterpart.objects.valid_on(timezone.localdate()).select_related("upper", "lower")
    return rows.filter(Q(upper=unit) | Q(lower=unit)).order_by("pk")


def _move_counterparts(move: Move) -> int:
    count = 0
    for row in Counterpart.objects.valid_on(move.on).filter(Q(upper=move.predecessor) | Q(lower=move.predecessor)):
        upper = move.successor.pk if row.upper_id == move.predecessor.pk else row.upper_id
        lower = move.successor.pk if row.lower_id == move.predecessor.pk else row.lower_id
        if upper != lower and not Counterpart.objects.filter(upper=upper, lower=lower).exists():
            Counterpart.objects.create(
                upper_id=upper, lower_id=lower, valid_from=move.on, valid_to=row.valid_to, note=row.note
            )
            count += 1
        _end(row, move)
    return count


def register() -> None:
    """Called once when the app is ready."""
    register_holding(Holding("parties.people", _("人员及其角色"), _people, _move_people))
    register_holding(
        Holding(
            "parties.memberships", _("所属集合"), _memberships, _move_memberships, named=lambda row: row.collective.name
        )
    )
    register_holding(
        Holding(
            "parties.counterparts",
            _("上下级对口关系"),
            _counterparts,
            _move_counterparts,
            named=lambda row: f"{row.upper.name} — {row.lower.name}",
        )
    )
