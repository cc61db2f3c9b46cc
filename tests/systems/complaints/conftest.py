"""An invented region with a city, three counties and their units for the tests of the complaints room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hengjian.parties.models import Confidentiality, Region, RoleGrant, Unit, User
from hengjian.systems.complaints.actions.tickets import Registered, RegisterTicket
from hengjian.systems.complaints.intake import Draft

ZONE = ZoneInfo("Asia/Shanghai")
PERSON = {"name": "顾石安", "phone": "13900001234", "id_number": "990321198001011234", "address": "北川县柳堤路 9 号"}
BOTH = (
    "在北川县清屿家居买的儿童床三天就开裂，商家拒绝退款，要求退货并赔偿。"
    "该店还宣传“全国销量第一”，属于虚假宣传，请查处。"
)


def at(text: str) -> datetime:
    """`at("2026-04-14 10:00")` in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass
class World:
    """朔安市 with two counties, another city with one; one person per role."""

    city: Region
    county: Region
    district: Region
    far: Region
    city_market: Unit
    market: Unit
    district_market: Unit
    far_market: Unit
    farming: Unit
    office_unit: Unit
    officer: User
    second: User
    head: User
    plain: User
    district_officer: User
    far_officer: User
    city_officer: User
    office: User
    citizen: User
    other_citizen: User


def person(name: str, unit: Unit | None, role: str = "", *, ceiling: int = Confidentiality.INTERNAL) -> User:
    user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=unit)
    if role:
        RoleGrant.objects.create(user=user, role=role, unit=unit, ceiling=ceiling)
    return user


@pytest.fixture
def world(db: None) -> World:
    top = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)

    def region(code: str, name: str, parent: Region, level: str) -> Region:
        return Region.objects.create(code=code, name=name, parent=parent, level=level)

    city = region("990300", "朔安市", top, Region.Level.PREFECTURE)
    other_city = region("990100", "望澜市", top, Region.Level.PREFECTURE)
    county = region("990321", "北川县", city, Region.Level.COUNTY)
    district = region("990302", "朔安市城北区", city, Region.Level.COUNTY)
    far = region("990102", "望澜市澜东区", other_city, Region.Level.COUNTY)

    def unit(place: Region, name: str, family: str, **more: object) -> Unit:
        key = f"{place.code}-{family or 'office'}".replace("_", "-")
        return Unit.objects.create(key=key, name=name, region=place, level=place.level, family=family, **more)

    city_market = unit(city, "朔安市市场监督管理局", "market_regulation")
    market = unit(county, "北川县市场监督管理局", "market_regulation")
    district_market = unit(district, "城北区市场监督管理局", "market_regulation")
    far_market = unit(far, "澜东区市场监督管理局", "market_regulation")
    farming = unit(city, "朔安市农业农村局", "agriculture_rural")
    office_unit = unit(city, "朔安市质量强市工作领导小组办公室", "", kind=Unit.Kind.PANEL)
    secret = Confidentiality.SENSITIVE
    return World(
        city, county, district, far, city_market, market, district_market, far_market, farming, office_unit,
        officer=person("beichuan-officer", market, "officer", ceiling=Confidentiality.PERSONAL),
        second=person("beichuan-second", market, "officer", ceiling=secret),
        head=person("beichuan-head", market, "unit_head", ceiling=secret),
        plain=person("beichuan-plain", market, "officer"),
        district_officer=person("chengbei-officer", district_market, "officer", ceiling=secret),
        far_officer=person("landong-officer", far_market, "officer", ceiling=secret),
        city_officer=person("shuoan-officer", city_market, "officer", ceiling=secret),
        office=person("shuoan-office", office_unit, "office", ceiling=secret),
        citizen=person("citizen", None),
        other_citizen=person("other-citizen", None),
    )  # fmt: skip


def draft(content: str = BOTH, **changes: object) -> Draft:
    """A web intake about a shop in 北川县, received on 2026-06-01, by a named person."""
    base = Draft(
        channel="web",
        content=content,
        received_at=at("2026-06-01 10:00"),
        category="product_quality",
        product="儿童床",
        act="虚假宣传",
        respondent_name="北川县清屿家居有限公司",
        claims=("return", "damages"),
        places={"operation": "990321", "act": "990321"},
        identity=PERSON,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.fixture
def register(world: World) -> Callable[..., Registered]:
    """`register(kinds=("report",), …)`: an officer of 北川县 takes an intake."""

    def take(content: str = BOTH, *, user: User | None = None, **changes: object) -> Registered:
        user = user or world.officer
        return RegisterTicket(user=user, desk=user.unit, draft=draft(content, **changes)).execute()

    return take
