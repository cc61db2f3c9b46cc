"""An invented region with market regulation at three places, an enterprise and a citizen; for several rooms."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hengjian.methods import fictional
from hengjian.parties.models import Region, RoleGrant, Unit, User


@dataclass
class MarketWorld:
    """Region 990000 with the city 990100 and its counties 990102 and 990103."""

    region: Region
    city: Region
    county: Region
    other_county: Region
    market: Unit
    county_market: Unit
    other_market: Unit
    works: Unit
    company: fictional.Enterprise
    officer: User
    head: User
    county_officer: User
    county_head: User
    other_officer: User
    enterprise: User
    citizen: User


def person(name: str, unit: Unit | None, role: str = "") -> User:
    user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=unit)
    if role:
        RoleGrant.objects.create(user=user, role=role, unit=unit)
    return user


def build() -> MarketWorld:
    level = Region.Level
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=level.PROVINCIAL)
    city = Region.objects.create(code="990100", name="望澜市", level=level.PREFECTURE, parent=region)
    county = Region.objects.create(code="990102", name="澜东区", level=level.COUNTY, parent=city)
    other = Region.objects.create(code="990103", name="河湾区", level=level.COUNTY, parent=city)

    def unit(key: str, name: str, place: Region, family: str = "market_regulation", **more: object) -> Unit:
        return Unit.objects.create(key=key, name=name, region=place, level=place.level, family=family, **more)

    market = unit("market", "澜川自治区市场监督管理局", region)
    county_market = unit("market-990102", "澜东区市场监督管理局", county)
    other_market = unit("market-990103", "河湾区市场监督管理局", other)
    company = fictional.enterprises(Random(1), 1, "990102", trades=["乳制品"])[0]
    works = unit(company.code, company.name, county, "", kind=Unit.Kind.ENTERPRISE)
    return MarketWorld(
        region, city, county, other, market, county_market, other_market, works, company,
        officer=person("officer", market, "officer"),
        head=person("head", market, "unit_head"),
        county_officer=person("county-officer", county_market, "officer"),
        county_head=person("county-head", county_market, "unit_head"),
        other_officer=person("other-officer", other_market, "officer"),
        enterprise=person("enterprise", works, "enterprise"),
        citizen=person("citizen", None),
    )  # fmt: skip
