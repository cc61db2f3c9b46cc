"""Regions and units, and what a written name means."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import needs, signed_in
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import not_found
from hengjian.api.schemas import RegionCode, RegionRef, UnitRef
from hengjian.parties.models import Region, Unit
from hengjian.parties.models.base import valid_on
from hengjian.parties.policies import visible
from hengjian.parties.queries import find_units, resolve_unit

router = Router(tags=["regions and units"])


class RegionOut(RegionRef):
    """A region; a new rank or parent brings a new code."""

    short_name: str
    level: Literal["national", "provincial", "prefecture", "county", "township"]
    parent: str | None = Field(description="Code of the region above.")
    valid_from: date | None
    valid_to: date | None


class UnitOut(UnitRef):
    """A unit."""

    short_name: str
    kind: str = Field(description="department, party_organ, government, collective …")
    level: str
    region: RegionRef
    parent: str | None = Field(description="Key of the unit above.")
    family: str = Field(description="Function family, the same at every level.", examples=["market-regulation"])
    valid_from: date | None
    valid_to: date | None


class MatchOut(Schema):
    """What a written name means."""

    unit: UnitRef | None = Field(description="Null when none or several come into question.")
    how: str = Field(description="exact, alias, successor, family or fuzzy.")
    confidence: float = Field(description="0 to 1; below 0.9 a person should look.")
    candidates: list[UnitRef] = Field(description="The units in question, best first.")
    explanation: str


class RegionQuery(Window):
    q: str = Field("", max_length=80, description="Part of the name, or the beginning of the code.")
    parent: RegionCode | None = Field(None, description="Only the regions directly below.")
    on: date | None = Field(None, description="Only regions in being on this day.")


class UnitQuery(Window):
    q: str = Field("", max_length=80, description="Part of the name, short name or an alias.")
    region: RegionCode | None = Field(None, description="Only units of this region.")
    on: date | None = Field(None, description="Only units in being on this day.")


class NameQuery(Strict):
    name: str = Field(min_length=1, max_length=120, description="As written.", examples=["市市场监管局"])
    region: RegionCode
    on: date | None = Field(None, description="The day of the paper; left out: today.")


def region_out(region: Region) -> dict[str, Any]:
    names = ("code", "name", "short_name", "level", "valid_from", "valid_to")
    above = region.parent
    return {**{name: getattr(region, name) for name in names}, "parent": above.code if above else None}


def unit_out(unit: Unit) -> dict[str, Any]:
    names = ("key", "name", "short_name", "kind", "level", "region", "family", "valid_from", "valid_to")
    return {**{name: getattr(unit, name) for name in names}, "parent": unit.parent.key if unit.parent else None}


@router.get("/regions", response=Page[RegionOut], auth=signed_in(), summary="Regions")
def list_regions(request: HttpRequest, query: Query[RegionQuery]) -> Any:
    """By code."""
    rows = Region.objects.select_related("parent")
    if query.q:
        rows = rows.filter(Q(name__icontains=query.q) | Q(code__startswith=query.q))
    if query.parent is not None:
        rows = rows.filter(parent__code=query.parent)
    if query.on is not None:
        rows = rows.valid_on(query.on)
    return page(rows.order_by("code"), query, region_out)


@router.get("/regions/{code}", response=RegionOut, auth=signed_in(), summary="One region")
def get_region(request: HttpRequest, code: str) -> Any:
    found = Region.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise not_found()
    return region_out(found)


@router.get("/units", response=Page[UnitOut], auth=needs("parties.view_unit"), summary="Units")
def list_units(request: HttpRequest, query: Query[UnitQuery]) -> Any:
    """Units within the reader's reach, by region and name."""
    rows = find_units(query.q) if query.q else Unit.objects.all()
    if query.on is not None:
        rows = rows.filter(valid_on(query.on))
    if query.region is not None:
        rows = rows.filter(region__code=query.region)
    rows = visible(request.user, rows.select_related("region", "parent"))
    return page(rows.order_by("region__code", "name", "pk"), query, unit_out)


@router.get("/units/resolve", response=MatchOut, auth=needs("parties.view_unit"), summary="What a name means")
def resolve_unit_name(request: HttpRequest, query: Query[NameQuery]) -> Any:
    """The unit that the name means in a paper of the region on that day, reforms and abbreviations considered."""
    region = Region.objects.filter(code=query.region).first()
    if region is None:
        raise not_found()
    match = resolve_unit(query.name, region, query.on or timezone.localdate())
    return {
        "unit": match.unit,
        "how": match.how,
        "confidence": match.confidence,
        "candidates": list(match.candidates),
        "explanation": match.explanation,
    }


@router.get("/units/{key}", response=UnitOut, auth=needs("parties.view_unit"), summary="One unit")
def get_unit(request: HttpRequest, key: str) -> Any:
    rows = visible(request.user, Unit.objects.select_related("region", "parent"))
    found = rows.filter(key=key).first()
    if found is None:
        raise not_found()
    return unit_out(found)
