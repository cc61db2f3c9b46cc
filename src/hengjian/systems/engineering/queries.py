"""Reads: the five of a project, projects of a person, rates of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from hengjian.parties.models import Region
from hengjian.parties.policies import visible
from hengjian.systems.engineering.models import AcceptanceRound, Project, RoleHolder
from hengjian.systems.engineering.rules import Holder, Rate, Role, Round, acceptance_rates


def holders_of(project: Project) -> list[Holder]:
    """Everybody who ever answered for a project, as the pure rules see them."""
    return [as_rule(row) for row in project.holders.all()]


def as_rule(row: RoleHolder) -> Holder:
    return Holder(Role(row.role), row.name, row.unit, row.since, row.until, row.committed)


def answering(user: Any, words: str, on: date | None = None) -> QuerySet[RoleHolder]:
    """The roles of people by name, licence or unit, in projects whose design life has not ended on the day.

    A project that is not accepted yet has no end.
    """
    day = on or timezone.localdate()
    rows = visible(user, RoleHolder.objects.all()).filter(
        Q(project__liable_until=None) | Q(project__liable_until__gte=day)
    )
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(licence__icontains=word) | Q(unit__icontains=word))
    return rows.select_related("project__region").order_by("name", "project__name", "role", "since")


@dataclass(frozen=True)
class Rates:
    """The three rates of a region in a period, with what they were counted from."""

    region: Region
    accepted: Rate
    first: Rate
    supervised: Rate


def rates(projects: QuerySet[Project], first: date, last: date) -> list[Rates]:
    """竣工验收合格率, 一次验收合格率 and 监督覆盖率 per region, of the projects given, over `first`..`last`.

    Supervised is counted over what was being built at the end of the period: begun, neither accepted nor ended before.
    """
    regions = {region.pk: region for region in Region.objects.filter(pk__in=projects.values("region")).order_by("code")}
    rounds: dict[int, list[Round]] = {pk: [] for pk in regions}
    rows = AcceptanceRound.objects.filter(project__in=projects.values("pk"), on__lte=last)
    for pk, number, on, passed, region in rows.values_list("project", "number", "on", "passed", "project__region"):
        rounds[region].append(Round(pk, number, on, passed))
    building: dict[int, list[bool]] = {pk: [] for pk in regions}
    under_way = projects.filter(started_on__lte=last).filter(Q(accepted_on=None) | Q(accepted_on__gt=last))
    for region, supervised in under_way.exclude(status="ended").values_list("region", "supervised_on"):
        building[region].append(supervised is not None and supervised <= last)
    result = []
    for pk, region_row in regions.items():
        accepted, once = acceptance_rates(rounds[pk], first, last)
        result.append(Rates(region_row, accepted, once, Rate(sum(building[pk]), len(building[pk]))))
    return result
