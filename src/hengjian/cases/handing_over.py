"""When a unit is succeeded by another: its open cases, and what was sent to it, go on there."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengjian.cases.models import Case, CaseEvent, Transfer
from hengjian.cases.recording import log_event
from hengjian.parties.handover import Holding, Move, register_holding
from hengjian.parties.models import Unit


def open_cases(unit: Unit) -> QuerySet[Case]:
    return Case.objects.filter(unit=unit, closed_at=None).order_by("due_at", "pk")


def move_cases(move: Move) -> int:
    """Clocks run on; who had taken a case keeps it where the person goes along, else it waits for somebody."""
    now, count = timezone.now(), 0
    for case in open_cases(move.predecessor).select_related("handler").select_for_update(of=("self",)).iterator(500):
        case.unit = move.successor
        if case.handler is not None and case.handler.unit_id != move.successor.pk:
            case.handler = None
        log_event(
            case,
            CaseEvent.Kind.TRANSFER,
            "hand_over",
            at=now,
            user=move.user,
            system=move.system,
            note=f"{move.predecessor.name}→{move.successor.name} {move.document}",
            data={"from": move.predecessor.key, "to": move.successor.key},
        )
        case.save(update_fields=["unit", "handler", "version"])
        count += 1
    open_transfers(move.predecessor).update(receiver=move.successor)
    return count


def open_transfers(unit: Unit) -> QuerySet[Transfer]:
    """Sent to the unit and not settled."""
    unsettled = (Transfer.State.SENT, Transfer.State.ACCEPTED)
    return Transfer.objects.filter(receiver=unit, case__closed_at=None, state__in=unsettled)


def register() -> None:
    """Called once when the app is ready."""
    register_holding(
        # The number alone: what a case is about may be secret.
        Holding("cases.open", _("在办的办件"), open_cases, move_cases, named=lambda row: row.number)
    )
