"""Reads: resolving written names, collectives, counterparts, successors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from hengjian.methods.organisations import default_organisations
from hengjian.parties.models import (
    CollectiveMembership,
    Counterpart,
    Region,
    Unit,
    UnitAlias,
    UnitSuccession,
)
from hengjian.parties.models.base import valid_on
from hengjian.parties.rules import Candidate, Match, Matcher, Name, Period, Succession


@dataclass(frozen=True)
class UnitMatch:
    """What a written name means.

    Attributes:
        unit: the unit, or None when none or several come into question.
        how: exact, alias, successor, family or fuzzy.
        confidence: 0 to 1; below 0.9 a person should look.
        candidates: the units in question, best first.
        explanation: one sentence for the page, in the user's language.
    """

    unit: Unit | None
    how: str
    confidence: float
    candidates: tuple[Unit, ...]
    explanation: str


def region_by_code(code: str) -> Region:
    """The region with the code.

    Raises:
        Region.DoesNotExist: no such code.
    """
    return Region.objects.get(code=code)


def resolve_unit(name: str, region: Region | str, on: date) -> UnitMatch:
    """The unit that `name` means in a paper of `region` on that day."""
    return resolve_units([name], region, on)[name]


def resolve_units(names: Iterable[str], region: Region | str, on: date) -> dict[str, UnitMatch]:
    """Like `resolve_unit` for many names of one paper; five queries whatever their number."""
    matcher, units = _matcher(region)
    result = {}
    for name in dict.fromkeys(names):
        match = matcher.match(name, on)
        result[name] = UnitMatch(
            unit=units[match.id] if match.id is not None else None,
            how=match.how,
            confidence=match.confidence,
            candidates=tuple(units[id] for id in match.ids),
            explanation=_explanation(match, name, [units[id].name for id in match.ids]),
        )
    return result


def _explanation(match: Match, written: str, labels: list[str]) -> str:
    """The reason as a sentence in the user's language."""
    words = {"written": written, "unit": labels[0] if labels else "", "units": "、".join(labels), "n": len(labels)}
    sentence = {
        "empty": _("名称为空。"),
        "name": _("与“%(unit)s”名称一致。"),
        "short": _("是“%(unit)s”的简称。"),
        "former": _("是“%(unit)s”当时的名称。"),
        "misprint": _("是“%(unit)s”的常见误写。"),
        "ambiguous": _("“%(written)s”对应 %(n)d 个单位，需要人工选择：%(units)s。"),
        "heir": _("“%(written)s”当日已不存在，职责由%(units)s承接。"),
        "heirs": _("“%(written)s”当日已不存在，职责由%(units)s分别承接，需要人工选择。"),
        "family": _("本地区的同一职能单位是“%(unit)s”。"),
        "families": _("“%(written)s”在本地区对应多个单位，需要人工选择：%(units)s。"),
        "similar": _("写法与“%(unit)s”相近，请核对。"),
        "doubtful": _("“%(written)s”没有确切对应，相近的有：%(units)s。"),
        "nothing": _("没有与“%(written)s”相近的单位。"),
    }[match.why] % words
    if not match.mended:
        return sentence
    return _("“%(written)s”疑为“%(mended)s”的误写。") % {"written": written, "mended": match.mended} + sentence


def _matcher(region: Region | str) -> tuple[Matcher, dict[int, Unit]]:
    here = region_by_code(region) if isinstance(region, str) else region
    above = list(Region.objects.above(here))
    parents = {item.pk: item.parent_id for item in above}
    near: dict[int, int] = {}
    step: int | None = here.pk
    while step is not None:
        near[step] = len(near)
        step = parents.get(step)
    units = {unit.pk: unit for unit in Unit.objects.filter(region__in=near).select_related("region")}
    names: dict[int, list[Name]] = {pk: [Name(unit.name)] for pk, unit in units.items()}
    for pk, unit in units.items():
        if unit.short_name and unit.short_name != unit.name:
            names[pk].append(Name(unit.short_name, kind="short"))
    for alias in UnitAlias.objects.filter(unit__region__in=near):
        names[alias.unit_id].append(Name(alias.alias, Period(alias.valid_from, alias.valid_to), alias.kind))
    successions = UnitSuccession.objects.filter(predecessor__region__in=near)
    candidates = {
        pk: Candidate(
            id=pk,
            near=near[unit.region_id],
            family=unit.family,
            period=Period(unit.valid_from, unit.valid_to),
            names=tuple(names[pk]),
        )
        for pk, unit in units.items()
    }
    matcher = Matcher(
        candidates,
        [Succession(row.predecessor_id, row.successor_id, row.on, row.main) for row in successions],
        prefixes=_prefixes(above),
        families_of=_families_of,
        mend=lambda name: default_organisations().correct_misprint(name).name,
    )
    return matcher, units


def _families_of(name: str) -> list[set[str]]:
    """Families that a name stands for; then what they became; then the regional offices of that central body."""
    known = default_organisations()
    direct = {match.family for match in known.find(name) if match.how != "stem"} or {
        match.family for match in known.find(name)
    }
    if not direct:
        return []
    heirs = direct | {heir for family in direct for heir in known.families[family].successors}
    offices = {family.id for family in known.families.values() if family.superior in direct}
    return [direct, heirs, offices]


_GENERIC = {
    Region.Level.PROVINCIAL: ("自治区", "省", "市", "全区", "全省"),
    Region.Level.PREFECTURE: ("市", "州", "地区", "盟", "行署"),
    Region.Level.COUNTY: ("县", "区", "市", "旗"),
    Region.Level.TOWNSHIP: ("乡", "镇"),
    Region.Level.NATIONAL: ("国家",),
}


def _prefixes(regions: Iterable[Region]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for region in regions:
        for word in (region.name, region.short_name, *_GENERIC[Region.Level(region.level)]):
            if word:
                found[word] = None
    return tuple(found)


def members(collective: Unit, on: date) -> QuerySet[Unit]:
    """The members of a collective assignee on that day."""
    rows = CollectiveMembership.objects.valid_on(on).filter(collective=collective)
    return Unit.objects.filter(valid_on(on), pk__in=rows.values("member"))


def lower_counterparts(unit: Unit, region: Region, on: date) -> QuerySet[Unit]:
    """The units in a region that do the work of an upper unit; may be several (质检总局 → 质监局、检验检疫局)."""
    rows = Counterpart.objects.valid_on(on).filter(upper=unit)
    return Unit.objects.filter(valid_on(on), region=region, pk__in=rows.values("lower"))


def heirs(unit: Unit, on: date) -> list[Unit]:
    """Who holds the duties of the unit on that day: itself while it exists, else its successors, main ones first."""
    found: dict[int, bool] = {}
    open_, seen = [(unit.pk, True)], set[int]()
    while open_:
        level = {pk: main for pk, main in open_ if pk not in seen}
        seen |= level.keys()
        rows = {row.pk: row for row in Unit.objects.filter(pk__in=level)}
        gone = [pk for pk, row in rows.items() if not row.is_valid_on(on)]
        found.update({pk: main for pk, main in level.items() if pk in rows and pk not in gone})
        steps = UnitSuccession.objects.filter(predecessor__in=gone, on__lte=on)
        open_ = [(step.successor_id, level[step.predecessor_id] and step.main) for step in steps]
    units = Unit.objects.select_related("region").in_bulk(list(found))
    return [units[pk] for pk in sorted(found, key=lambda pk: (not found[pk], pk))]


def units_of(region: Region, on: date, *, below: bool = False) -> QuerySet[Unit]:
    """The units in being on that day, in the region or (`below`) also in everything under it."""
    regions = Region.objects.within(region) if below else Region.objects.filter(pk=region.pk)
    return Unit.objects.valid_on(on).filter(region__in=regions).select_related("region")


def find_units(text: str, on: date | None = None) -> QuerySet[Unit]:
    """Units whose name, short name or alias contains the text."""
    condition = Q(name__icontains=text) | Q(short_name__icontains=text)
    condition |= Q(pk__in=UnitAlias.objects.filter(alias__icontains=text).values("unit"))
    rows = Unit.objects.filter(condition)
    return rows.valid_on(on) if on is not None else rows
