"""Regions, units and people of the demonstration."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from hengjian.demo.texts import data
from hengjian.methods import fictional
from hengjian.parties.models import Confidentiality, Region, RoleGrant, Unit, UnitAlias, User
from hengjian.parties.regions import load_regions, read_region_rows
from hengjian.parties.seeding import create_collective, create_units_for

REGION, CITY = "990000", "990300"


def _words(text: str) -> list[str]:
    return text.split()


# The one password of all demonstration accounts; it is meant to be known.
PASSWORD = "lanchuan-demo-99"
CITY_FAMILIES = _words("""
    development_reform education science_technology industry_information public_security civil_affairs justice finance
    human_resources ecology_environment housing_construction transport water agriculture_rural commerce
    culture_tourism health emergency market_regulation forestry_grassland fire_rescue
""")
REGION_FAMILIES = CITY_FAMILIES + _words("""
    state_assets drug_regulation intellectual_property supply_cooperatives customs central_bank financial_regulation
    post cyberspace trade_union statistics audit data quality_supervision industry_commerce food_drug
""")
MEMBERS = _words("""
    development_reform education industry_information public_security finance human_resources housing_construction
    agriculture_rural commerce emergency market_regulation statistics
""")
# When the reform of 2018 reached this region; invented like everything here.
REFORM_DATES = {"reform-2018": date(2018, 11, 15)}


@dataclass(frozen=True)
class Account:
    """One demonstration account.

    Attributes:
        shown: among the few that `make run` prints.
        ceiling: up to which secrecy it reads (`Confidentiality`).
    """

    username: str
    name: str
    unit: str
    position: str
    roles: tuple[str, ...]
    shown: bool
    ceiling: int


def read_accounts() -> list[Account]:
    """All accounts, in the order of the file."""
    rows = csv.DictReader(io.StringIO(data("people.csv")))
    return [
        Account(
            row["username"],
            row["name"],
            row["unit"],
            row["position"],
            tuple(row["roles"].split()),
            bool(row["shown"]),
            Confidentiality[(row["secrecy"] or "internal").upper()],
        )
        for row in rows
    ]


def create_world(start: date) -> None:
    """Regions, units with the traces of the reform of 2018, the leading group and the accounts; `start`: the first
    day of the plans' period, from which memberships and roles are valid."""
    load_regions(read_region_rows(data("regions.csv")))
    region, city = Region.objects.get(code=REGION), Region.objects.get(code=CITY)
    top = create_units_for(region, REGION_FAMILIES, reform_dates=REFORM_DATES, places={"customs": "望澜"}).units
    for other in Region.objects.filter(code__startswith="99").exclude(pk=region.pk):
        create_units_for(other, CITY_FAMILIES if other == city else ["market_regulation"], reform_dates=REFORM_DATES)
    for place, name in ((region, "质量强区"), (city, "质量强市")):
        office = Unit.objects.create(
            key=f"{place.code}-quality-office",
            name=f"{place.name}{name}工作领导小组办公室",
            short_name="质强办",
            kind=Unit.Kind.PANEL,
            level=place.level,
            region=place,
        )
        UnitAlias.objects.create(unit=office, alias="领导小组办公室")
    members = create_collective(
        region,
        f"{REGION}-quality-members",
        "质量强区工作领导小组各成员单位",
        [top[family] for family in MEMBERS],
        start.replace(year=start.year - 1),
    )
    UnitAlias.objects.create(unit=members, alias="各成员单位")
    create_enterprises(regions=Region.objects.in_bulk(field_name="code"))
    # In office for two years: rooms play results of the year before the plan, too.
    _create_people(start.replace(year=start.year - 2))


def create_enterprises(regions: Mapping[str, Region]) -> None:
    """Enterprises with an account of their own; their key is their unified social credit code."""
    by_code = {enterprise.code: enterprise for enterprise in fictional.roster()}
    for account in read_accounts():
        if (enterprise := by_code.get(account.unit)) is None:
            continue
        region = regions[enterprise.region]
        Unit.objects.get_or_create(
            key=enterprise.code,
            defaults={
                "name": enterprise.name,
                "kind": Unit.Kind.ENTERPRISE,
                "level": region.level,
                "region": region,
            },
        )


def _create_people(start: date) -> None:
    units = {unit.key: unit for unit in Unit.objects.all()}
    regions = {region.code: region for region in Region.objects.all()}
    # One hash for all: everybody knows the password, and sixty hashes would cost seconds.
    password = make_password(PASSWORD)
    accounts = read_accounts()
    people = User.objects.bulk_create(
        User(
            username=account.username,
            password=password,
            display_name=account.name,
            unit=units[account.unit] if account.unit else None,
            position=account.position,
        )
        for account in accounts
    )
    grants = []
    for account, person in zip(accounts, people, strict=True):
        for written in account.roles:
            role, _sep, place = written.partition("@")
            if role == "citizen":  # everybody's role, never granted
                continue
            where: dict[str, Any] = {"region": regions[place]} if place else {}
            if not place and role != "system_admin":
                where = {"unit": person.unit}
            grants.append(RoleGrant(user=person, role=role, valid_from=start, ceiling=account.ceiling, **where))
    RoleGrant.objects.bulk_create(grants)
