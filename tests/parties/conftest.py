"""A small world: a region with a prefecture and two counties, departments around the reform of 2018, people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from hengjian.parties.models import Confidentiality, Region, RoleGrant, Unit, User
from hengjian.parties.seeding import create_units_for

REFORM = date(2018, 10, 25)
FAMILIES = (
    "market_regulation",
    "quality_supervision",
    "industry_commerce",
    "food_drug",
    "drug_regulation",
    "entry_exit_inspection",
    "customs",
    "industry_information",
    "agriculture_rural",
    "agriculture",
)


@dataclass
class World:
    """What the tests of the room share."""

    nation: Region
    region: Region
    shuoan: Region
    county: Region
    other: Region
    units: dict[str, Unit]
    city_units: dict[str, Unit]
    people: dict[str, User]

    def __getattr__(self, name: str) -> User:
        people = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)


def grant(user: User, role: str, unit: Unit | None = None, region: Region | None = None, **more: object) -> RoleGrant:
    return RoleGrant.objects.create(user=user, role=role, unit=unit, region=region, **more)


@pytest.fixture
def world(db: None) -> World:
    def region(code: str, name: str, level: str, parent: Region | None) -> Region:
        short = name.removesuffix("自治区").removesuffix("市").removesuffix("县")
        return Region.objects.create(code=code, name=name, short_name=short, level=level, parent=parent)

    nation = region("100000", "中华人民共和国", "national", None)
    top = region("990000", "澜川自治区", "provincial", nation)
    shuoan = region("990200", "朔安市", "prefecture", top)
    # Its digits put it beside 朔安市; the tree puts it under 澜川 directly, as 仙桃市 (429004) is.
    other = region("999001", "临河县", "county", top)
    county = region("990221", "白石县", "county", shuoan)
    reforms = {"reform-2018": REFORM}
    create_units_for(nation, FAMILIES)
    units = create_units_for(top, FAMILIES, reform_dates=reforms).units
    city = create_units_for(shuoan, FAMILIES, reform_dates=reforms).units
    create_units_for(county, ["market_regulation"], reform_dates=reforms)
    create_units_for(other, ["market_regulation"], reform_dates=reforms)

    def person(name: str, unit: Unit | None) -> User:
        return User.objects.create_user(
            username=name, password="correct horse 9", unit=unit, display_name=f"甲{name}乙"
        )

    market, industry = units["market_regulation"], units["industry_information"]
    people = {
        "office": person("office", market),
        "officer": person("officer", market),
        "colleague": person("colleague", market),
        "head": person("head", market),
        "stranger": person("stranger", industry),
        "city": person("city", city["market_regulation"]),
        "citizen": person("citizen", None),
        "admin": person("admin", None),
    }
    grant(people["office"], "office", region=top, ceiling=Confidentiality.SENSITIVE)
    grant(people["officer"], "officer", unit=market)
    grant(people["colleague"], "viewer", unit=market)
    grant(people["head"], "unit_head", unit=market)
    grant(people["stranger"], "officer", unit=industry)
    grant(people["city"], "office", region=shuoan)
    grant(people["admin"], "system_admin")
    return World(nation, top, shuoan, county, other, units, city, people)
