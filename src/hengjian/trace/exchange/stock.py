"""What a unit has of the lots that it certified or took in, by certificates and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from hengjian.parties.models import Unit
from hengjian.trace.events.models import EventThing
from hengjian.trace.exchange.models import CertificateSource, CollectedCertificate, ConformityCertificate

SOLD = ("shipping", "departing", "retail_selling")
MOST_LOTS = 200


@dataclass(frozen=True)
class Held:
    """A lot and what is left of it, in the unit of its certificate."""

    certificate: ConformityCertificate
    left: Decimal


def quantity_of(certificate: ConformityCertificate) -> Decimal:
    return Decimal(certificate.extras["quantity"])


def plain(value: Decimal) -> str:
    """A quantity without superfluous zeros."""
    return format(value.normalize(), "f")


def available_to(certificate: ConformityCertificate, unit: Unit) -> Decimal:
    """How much of the lot the unit has: made or taken in, less what it sold and put into lots of its own."""
    return _left(unit, [certificate]).get(certificate.pk, Decimal(0))


def stock(unit: Unit) -> list[Held]:
    """The lots that a unit still has something of, newest first; the last `MOST_LOTS` are looked at."""
    mine = Q(filer=unit) | Q(pk__in=CollectedCertificate.objects.filter(unit=unit).values("certificate"))
    rows = ConformityCertificate.objects.filter(mine).exclude(status="withdrawn").select_related("filer", "unit")
    found = list(rows.order_by("-issued_on", "-pk")[:MOST_LOTS])
    left = _left(unit, found)
    return [Held(row, left[row.pk]) for row in found if left[row.pk] > 0]


def _left(unit: Unit, certificates: Sequence[ConformityCertificate]) -> dict[int, Decimal]:
    """In three queries whatever the number of lots."""
    keys = [row.pk for row in certificates]
    taken: dict[int, Decimal] = dict(
        CollectedCertificate.objects.filter(certificate__in=keys, unit=unit)
        .order_by()
        .values_list("certificate")
        .annotate(sum=Sum("quantity"))
    )
    used: dict[int, Decimal] = dict(
        CertificateSource.objects.filter(source__in=keys, certificate__filer=unit)
        .exclude(certificate__status="withdrawn")
        .order_by()
        .values_list("source")
        .annotate(sum=Sum("quantity"))
    )
    sold: dict[str, float] = dict(
        EventThing.objects.filter(
            key__in=[row.lot for row in certificates],
            event__party=unit,
            event__biz_step__in=SOLD,
            event__declaration="",
        )
        .order_by()
        .values_list("key")
        .annotate(sum=Sum("quantity"))
    )
    found = {}
    for row in certificates:
        had = quantity_of(row) if row.filer_id == unit.pk else taken.get(row.pk, Decimal(0))
        gone = used.get(row.pk, Decimal(0)) + Decimal(str(round(sold.get(row.lot) or 0, 6)))
        found[row.pk] = had - gone
    return found
