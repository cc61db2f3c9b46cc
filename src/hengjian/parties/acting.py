"""In whose name a person may act: the units that a form offers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from hengjian.parties.models import Unit, User
from hengjian.parties.policies import grants_of
from hengjian.parties.roles import verb


def units_acting(user: Any, name: str) -> QuerySet[Unit]:
    """The units for which the person may do the verb; a grant over whole regions stands for the own unit."""
    if not isinstance(user, User):
        return Unit.objects.none()
    roles = verb(name).roles
    grants = [grant for grant in grants_of(user) if grant.role in roles]
    units = {grant.unit for grant in grants if grant.unit is not None}
    if user.unit_id is not None and any(grant.unit is None and not grant.own for grant in grants):
        units.add(user.unit_id)
    return Unit.objects.filter(pk__in=units).select_related("region").order_by("name")
