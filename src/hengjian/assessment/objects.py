"""Whom a scheme assesses in a region, and which unit scores what there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from hengjian.assessment.rules import Definition
from hengjian.parties.models import Region, Unit

#: Which unit answers for a region: the office of its leading group, else its government, else who keeps quality work.
ANSWERING = ("market_regulation", "quality_supervision")


@dataclass(frozen=True)
class Object:
    """What may be assessed: a region with the unit that answers for it, or a department."""

    region: Region
    unit: Unit
    name: str

    @property
    def key(self) -> str:
        return str(self.unit.pk)


def objects_of(content: Definition, unit: Unit, region: Region) -> list[Object]:
    """Everything that the scheme could assess from this region, in the order of the region codes."""
    scheme = content.scheme
    today = timezone.localdate()
    if scheme.objects == "departments" and not scheme.family:
        kinds = [Unit.Kind.DEPARTMENT, Unit.Kind.PARTY_ORGAN, Unit.Kind.VERTICAL]
        units = Unit.objects.valid_on(today).filter(region=region, kind__in=kinds).exclude(pk=unit.pk)
        return [Object(region, one, one.name) for one in units.select_related("region").order_by("name")]
    below = Region.objects.within(region).filter(level=scheme.level).exclude(pk=region.pk).valid_on(today)
    regions = list(below.order_by("code"))
    by_region: dict[int, list[Unit]] = {}
    for one in Unit.objects.valid_on(today).filter(region__in=regions).select_related("region"):
        by_region.setdefault(one.region_id, []).append(one)
    found = []
    for place in regions:
        here = by_region.get(place.pk, [])
        if scheme.objects == "departments":
            chosen = next((one for one in here if one.family == scheme.family), None)
            name = chosen.name if chosen else ""
        else:
            chosen = answering_unit(here)
            name = place.name
        if chosen is not None:
            found.append(Object(place, chosen, name))
    return found


def answering_unit(units: Sequence[Unit]) -> Unit | None:
    """The unit that answers for a region among those of the region."""
    for one in units:
        if one.kind == Unit.Kind.PANEL and one.key.endswith("quality-office"):
            return one
    for family in ANSWERING:
        for one in units:
            if one.family == family:
                return one
    return next((one for one in units if one.kind == Unit.Kind.GOVERNMENT), None)


def lead_units(content: Definition, office: Unit, region: Region) -> dict[str, Unit]:
    """Item → the unit that scores it: the region's unit of the scheme's family, else the office."""
    today = timezone.localdate()
    families = {content.lead(item.code) for item in content.sheet.items} - {""}
    units = {
        unit.family: unit
        for unit in Unit.objects.valid_on(today).filter(region=region, family__in=families).order_by("-pk")
    }
    return {item.code: units.get(content.lead(item.code), office) for item in content.sheet.items}
