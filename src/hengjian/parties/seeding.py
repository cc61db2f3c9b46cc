"""Making the units of a region from the families of organs: names, aliases, the reforms, counterparts above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from hengjian.methods.organisation_families import Family
from hengjian.methods.organisations import Organisations, default_organisations
from hengjian.parties.models import (
    CollectiveMembership,
    Counterpart,
    Region,
    Unit,
    UnitAlias,
    UnitSuccession,
)

KINDS: dict[str, str] = {
    "department": Unit.Kind.DEPARTMENT,
    "party_organ": Unit.Kind.PARTY_ORGAN,
    "central_in_region": Unit.Kind.VERTICAL,
    "peoples_organisation": Unit.Kind.PEOPLE_ORGANISATION,
    "congress": Unit.Kind.CONGRESS,
    "court": Unit.Kind.COURT,
    "procuratorate": Unit.Kind.COURT,
    "institution": Unit.Kind.INSTITUTION,
    "enterprise": Unit.Kind.ENTERPRISE,
}


@dataclass(frozen=True)
class SeedResult:
    """The units of the families that were asked for (new and old), by family, and how many were new."""

    units: dict[str, Unit]
    created: int


def unit_key(region: Region, family: str) -> str:
    """The stable key of a seeded unit: 990000-market-regulation."""
    return f"{region.code}-{family.replace('_', '-')}"


@transaction.atomic
def create_units_for(
    region: Region,
    families: Iterable[str] | None = None,
    *,
    reform_dates: Mapping[str, date] | None = None,
    places: Mapping[str, str] | None = None,
    organisations: Organisations | None = None,
) -> SeedResult:
    """Create the region's unit of each family, as far as the family exists at its level; what is there already stays.

    Args:
        region: whose units; its level decides the names.
        families: ids of `hengjian.methods.organisations`; None: every family with a name at this level.
        reform_dates: the day on which a reform took effect here, by reform id; left out, the national day.
        places: the place inside a name, by family (乌鲁木齐 for the customs); left out, the region's short name.

    Raises:
        ValueError: an unknown family, or a level without organs of its own (townships).
    """
    known = organisations or default_organisations()
    level = str(region.level)
    if level == Region.Level.TOWNSHIP:
        raise ValueError(f"{region}: no families of organs are known for townships")
    wanted = list(known.families) if families is None else list(dict.fromkeys(families))
    unknown = [family for family in wanted if family not in known.families]
    if unknown:
        raise ValueError(f"unknown families: {', '.join(unknown)}")
    chosen = [known.families[family] for family in wanted if _exists_at(known.families[family], level)]
    local = {id: (reform_dates or {}).get(id, reform.on) for id, reform in known.reforms.items()}
    before = set(
        Unit.objects.filter(key__in=[unit_key(region, family.id) for family in chosen]).values_list("key", flat=True)
    )
    new = [family for family in chosen if unit_key(region, family.id) not in before]
    begun, ended = _periods(known, chosen, local)
    Unit.objects.bulk_create(
        Unit(
            key=unit_key(region, family.id),
            name=_full_name(family, region, (places or {}).get(family.id, "")),
            short_name=_spellings(family, level)[0],
            kind=KINDS[family.kind],
            level=level,
            region=region,
            family=family.id,
            valid_from=begun.get(family.id),
            valid_to=ended.get(family.id),
        )
        for family in new
    )
    keys = {unit_key(region, family.id): family.id for family in chosen}
    units = {keys[unit.key]: unit for unit in Unit.objects.filter(key__in=keys).select_related("region")}
    UnitAlias.objects.bulk_create(
        UnitAlias(unit=units[family.id], alias=alias)
        for family in new
        for alias in dict.fromkeys([*family.names.get(level, ()), *_spellings(family, level)[1:]])
        if alias not in (units[family.id].name, units[family.id].short_name)
    )
    _link_reforms(known, units, local)
    _link_upwards(region, known, units)
    return SeedResult(units, len(new))


def create_collective(region: Region, key: str, name: str, members: Iterable[Unit], start: date | None = None) -> Unit:
    """A collective assignee (各成员单位) with its members from a day on."""
    unit, _new = Unit.objects.get_or_create(
        key=key,
        defaults={"name": name, "kind": Unit.Kind.COLLECTIVE, "level": region.level, "region": region},
    )
    CollectiveMembership.objects.bulk_create(
        [CollectiveMembership(collective=unit, member=member, valid_from=start) for member in members],
        ignore_conflicts=True,
    )
    return unit


def _exists_at(family: Family, level: str) -> bool:
    return bool(family.names.get(level)) or (bool(family.patterns) and not family.names)


def _spellings(family: Family, level: str) -> list[str]:
    """Short form first; a family that is only a pattern goes by its title.

    A short form leaves characters of the full name out (市场监管局); another name for the office (教委) is none.
    """
    names = list(family.names.get(level, ()))
    if not names:
        return [family.title]
    short = next((name for name in names[1:] if _abbreviates(name, names[0])), names[0])
    return [short, *(name for name in names if name != short)]


def _abbreviates(short: str, name: str) -> bool:
    """Whether `short` is `name` with characters left out, in order."""
    rest = iter(name)
    return len(short) < len(name) and all(letter in rest for letter in short)


def _full_name(family: Family, region: Region, place: str) -> str:
    """澜川自治区市场监督管理局; of the regional office of a central body its pattern: 国家统计局澜川调查总队."""
    level = str(region.level)
    names = family.names.get(level, ())
    if level == Region.Level.NATIONAL:
        return names[0] if names else family.title
    if family.patterns and family.kind in ("central_in_region", "enterprise", "institution"):
        return family.patterns[0].replace("{place}", place or region.short_name or region.name)
    name = names[0] if names else family.title
    return name if name.startswith(region.name) else f"{region.name}{name}"


def _periods(
    known: Organisations, chosen: Iterable[Family], local: Mapping[str, date]
) -> tuple[dict[str, date | None], dict[str, date | None]]:
    """First and last day of each family here: the reform that a family names ends it and begins its successors."""
    begun: dict[str, date | None] = {}
    ended: dict[str, date | None] = {}
    for family in chosen:
        begun[family.id], ended[family.id] = family.valid_from, family.valid_to
        if family.successors and family.reform:
            ended[family.id] = local[family.reform] - timedelta(days=1)
    for family in known.families.values():
        if not (family.successors and family.reform):
            continue
        for heir in family.successors:
            start = known.families[heir].valid_from
            if heir in begun and start is not None and start == known.reforms[family.reform].on:
                begun[heir] = local[family.reform]
    return begun, ended


def _link_reforms(known: Organisations, units: Mapping[str, Unit], local: Mapping[str, date]) -> None:
    rows = []
    for id, unit in units.items():
        family = known.families[id]
        for place, heir in enumerate(family.successors):
            if heir in units and family.reform:
                rows.append(
                    UnitSuccession(
                        predecessor=unit,
                        successor=units[heir],
                        on=local[family.reform],
                        document=known.reforms[family.reform].title,
                        main=place == 0,
                    )
                )
    UnitSuccession.objects.bulk_create(rows, ignore_conflicts=True)


def _link_upwards(region: Region, known: Organisations, units: Mapping[str, Unit]) -> None:
    """Counterparts in the nearest region above that has units: same family, and the superior of regional offices."""
    above = list(Region.objects.above(region).exclude(pk=region.pk))
    parents = {item.pk: item.parent_id for item in above}
    uppers: dict[int, dict[str, Unit]] = {}
    for upper in Unit.objects.filter(region__in=parents).exclude(family=""):
        uppers.setdefault(upper.region_id, {})[upper.family] = upper
    step = region.parent_id
    while step is not None and step not in uppers:
        step = parents.get(step)
    if step is None:
        return
    rows = []
    for id, unit in units.items():
        answered = {id, known.families[id].superior} & uppers[step].keys()
        rows += [Counterpart(upper=uppers[step][family], lower=unit) for family in answered]
    Counterpart.objects.bulk_create(rows, ignore_conflicts=True)
