"""Row scope by place: a role in a unit reaches what lies in the region of the unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from hengjian.parties.grants import Grant, Person
from hengjian.parties.models import Unit
from hengjian.parties.models.regions import subtree_ids
from hengjian.parties.policies import Policy


@dataclass(frozen=True)
class HomePolicy(Policy):
    """For rows that belong to a place and to no unit: enterprises, their grades, their entries in lists.

    A grant bound to a unit reaches the region of that unit and what lies in it; where `unit_lookup` is given, also
    rows of the unit elsewhere. Without any lookup the rows have no place: every grant reaches them.
    """

    def _reach(self, user: Person, grant: Grant, verb: str, model: type[models.Model]) -> Q | None:
        if grant.own or grant.unit is None or grant.region is not None:
            return super()._reach(user, grant, verb, model)
        regions = self.regions_for(verb)
        if not regions:
            return Q()
        home = Unit.objects.filter(pk=grant.unit).values_list("region_id", flat=True).first()
        inside = subtree_ids([home or 0])
        reach = Q()
        for path in regions:
            reach |= Q(**{f"{path}__in": inside})
        for path in self.units_for(verb):
            reach |= Q(**{path: grant.unit})
        if self.confidentiality_lookup:
            reach &= Q(**{f"{self.confidentiality_lookup}__lte": grant.ceiling})
        return reach
