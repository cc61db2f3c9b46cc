"""A small invented region with two units, a county and one person per role, for the tests of the engines."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hengjian.parties.models import Region, RoleGrant, Unit, User


@dataclass
class Place:
    region: Region
    county: Region
    market: Unit
    tourism: Unit
    county_market: Unit
    head: User
    officer: User
    inspector: User
    reviewer: User
    other: User
    county_officer: User
    citizen: User


def person(name: str, unit: Unit | None, *roles: str) -> User:
    user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=unit)
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, unit=unit)
    return user


def make_place() -> Place:
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)
    county = Region.objects.create(
        code="990303", name="望澜县", short_name="望澜", level=Region.Level.COUNTY, parent=region
    )
    market = Unit.objects.create(key="market", name="市场监管局", region=region, level=region.level)
    tourism = Unit.objects.create(key="tourism", name="文化和旅游厅", region=region, level=region.level)
    county_market = Unit.objects.create(key="county", name="望澜县市场监管局", region=county, level=county.level)
    return Place(
        region, county, market, tourism, county_market,
        head=person("head", market, "unit_head"),
        officer=person("officer", market, "officer"),
        inspector=person("inspector", market, "inspector"),
        reviewer=person("reviewer", market, "reviewer"),
        other=person("other", tourism, "officer", "unit_head"),
        county_officer=person("county", county_market, "officer", "unit_head"),
        citizen=person("citizen", None),
    )  # fmt: skip


def queries_of(client: Client, path: str) -> int:
    """How many queries a page takes once what is kept is kept; lists must take as many for many rows as for one."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)
