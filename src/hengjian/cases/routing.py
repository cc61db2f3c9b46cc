"""Which unit a case falls to when nobody will have it."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case, Transfer
from hengjian.parties.models import Region, Unit

# In their order: the government's office, then the office of the leading group.
OFFICE_FAMILY = "government_office"


def default_unit(region: Region) -> Unit | None:
    """The unit of last resort (兜底) of a region: its government office, else its leading-group office, else those of
    the region above; None where there is none at all."""
    here: Region | None = region
    while here is not None:
        rows = Unit.objects.valid_on(timezone.localdate()).filter(region=here)
        found = rows.filter(family=OFFICE_FAMILY).order_by("pk").first()
        found = found or rows.filter(kind=Unit.Kind.PANEL).order_by("pk").first()
        if found is not None:
            return found
        here = here.parent
    return None


def refusals(case: Case) -> int:
    """How many units have sent the case back since one last took it over."""
    rows = case.transfers.filter(hands_over=True)
    taken = rows.filter(state__in=(Transfer.State.ACCEPTED, Transfer.State.ANSWERED)).order_by("-pk").first()
    refused = rows.filter(state=Transfer.State.REFUSED)
    if taken is not None:
        refused = refused.filter(pk__gt=taken.pk)
    return refused.values("receiver").distinct().count()


def active_units(region_ids: list[int] | None = None) -> Q:
    """Units to which something can be sent: bodies in force today, no enterprises and no collectives."""
    condition = ~Q(kind__in=(Unit.Kind.ENTERPRISE, Unit.Kind.COLLECTIVE))
    return condition & Q(region__in=region_ids) if region_ids is not None else condition


def receiving_units(declared: CaseType) -> QuerySet[Unit]:
    """The units among which people outside choose: those of the declared families; where none is declared, the offices
    that see to it that everything finds its place."""
    rows = Unit.objects.valid_on(timezone.localdate()).filter(active_units()).select_related("region")
    if declared.keepers:
        rows = rows.filter(family__in=declared.keepers)
    else:
        rows = rows.filter(Q(family=OFFICE_FAMILY) | Q(kind=Unit.Kind.PANEL))
    return rows.order_by("region__code", "name", "pk")
