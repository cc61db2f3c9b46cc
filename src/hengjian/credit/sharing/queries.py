"""Reads: what waits for a person, receipts by unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from hengjian.credit.sharing.models import Alert
from hengjian.parties.models import Unit, User
from hengjian.parties.policies import permitted, visible


def waiting_for(user: User) -> int:
    """Receipts that the person's unit owes."""
    open_ones = Alert.objects.filter(due__isnull=False, confirmed_at__isnull=True)
    return permitted(user, "sharing.confirm", open_ones).count()


def alerts_of(user: User) -> QuerySet[Alert]:
    return visible(user, Alert.objects.all()).select_related("enterprise", "subscription__unit", "confirmed_by")


@dataclass(frozen=True)
class Receipts:
    """How a unit keeps to the order to stop using ended records.

    Attributes:
        told: messages that need a receipt.
        confirmed, in_time: of these.
        open, overdue: not confirmed; of these past their day.
        oldest: the earliest day missed and not yet made good.
    """

    unit: Unit
    told: int
    confirmed: int
    in_time: int
    open: int
    overdue: int
    oldest: date | None


def receipts(today: date | None = None) -> list[Receipts]:
    """By unit, the most overdue first; the table names who fails to update (国办发〔2025〕22号)."""
    today = today or timezone.localdate()
    late = Q(confirmed_at__isnull=True, due__lt=today)
    rows = (
        Alert.objects.filter(due__isnull=False)
        .annotate(confirmed_on=TruncDate("confirmed_at"))
        .values("subscription__unit")
        .annotate(
            told=Count("pk"),
            confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)),
            in_time=Count("pk", filter=Q(confirmed_on__lte=F("due"))),
            overdue=Count("pk", filter=late),
            oldest=Min("due", filter=late),
        )
    )
    units = Unit.objects.in_bulk([row["subscription__unit"] for row in rows])
    found = [
        Receipts(
            units[row["subscription__unit"]],
            row["told"],
            row["confirmed"],
            row["in_time"],
            row["told"] - row["confirmed"],
            row["overdue"],
            row["oldest"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda item: (-item.overdue, -item.open, item.unit.name))
