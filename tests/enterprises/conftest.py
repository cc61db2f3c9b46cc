"""Departments of an invented region that deliver records of enterprises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from hengjian.documents.sheets import write_csv
from hengjian.documents.uploads import check_upload
from hengjian.enterprises.actions.intake import SUFFIXES, AssignColumns, ConfirmIntake, StartIntake
from hengjian.enterprises.batches import advance
from hengjian.enterprises.models import IntakeBatch
from hengjian.methods import uscc
from hengjian.parties.models import Region, RoleGrant, Unit, User

HEAD = ("企业名称", "统一社会信用代码", "法定代表人", "住所", "成立日期", "登记状态")


def code_of(number: int, region: str = "990102", first: str = "91") -> str:
    """A valid unified code."""
    organisation = f"MA{number:06d}"
    body = f"{first}{region}{organisation}{uscc.organisation_check_character(organisation)}"
    return body + uscc.check_character(body)


@dataclass
class World:
    region: Region
    county: Region
    other_county: Region
    market: Unit
    county_market: Unit
    other_market: Unit
    farm: Unit
    works: Unit
    head: User
    officer: User
    county_officer: User
    other_officer: User
    farm_officer: User
    enterprise: User
    citizen: User


def person(name: str, unit: Unit | None, *roles: str, region: Region | None = None) -> User:
    user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=unit)
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, unit=None if region else unit, region=region)
    return user


@pytest.fixture
def world(db: None, settings: object, tmp_path: object) -> Iterator[World]:
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)
    county = Region.objects.create(code="990102", name="澜东区", level=Region.Level.COUNTY, parent=region)
    other = Region.objects.create(code="990103", name="河湾区", level=Region.Level.COUNTY, parent=region)

    def unit(key: str, name: str, place: Region, family: str = "market_regulation", **more: object) -> Unit:
        return Unit.objects.create(key=key, name=name, region=place, level=place.level, family=family, **more)

    market = unit("market", "澜川自治区市场监督管理局", region)
    county_market = unit("market-990102", "澜东区市场监督管理局", county)
    other_market = unit("market-990103", "河湾区市场监督管理局", other)
    farm = unit("farm", "澜川自治区农业农村厅", region, "agriculture_rural")
    works = unit(code_of(1).lower(), "望澜远岫检测技术有限公司", county, "", kind=Unit.Kind.ENTERPRISE)
    yield World(
        region, county, other, market, county_market, other_market, farm, works,
        head=person("head", market, "unit_head"),
        officer=person("officer", market, "officer"),
        county_officer=person("county-officer", county_market, "officer"),
        other_officer=person("other-officer", other_market, "officer"),
        farm_officer=person("farm-officer", farm, "officer"),
        enterprise=person("enterprise", works, "enterprise"),
        citizen=person("citizen", None),
    )  # fmt: skip


def deliver(
    user: User,
    rows: Sequence[Sequence[str]],
    head: Sequence[str] = HEAD,
    *,
    unit: Unit | None = None,
    name: str = "主体.csv",
    skip_wrong: bool = True,
    confirm: bool = True,
) -> IntakeBatch:
    """Hand in a sheet and take it in, as an officer does on the pages."""
    data = write_csv(head, [(*row, *[""] * (len(head) - len(row))) for row in rows])
    unit = unit or user.unit
    assert unit is not None
    batch = StartIntake(
        user=user, unit=unit, region=unit.region, data=data, checked=check_upload(data, name, SUFFIXES)
    ).execute()
    if batch.state == IntakeBatch.State.MAPPING:
        AssignColumns(user=user, batch=batch, columns=batch.columns).execute()
    advance(batch, 60)
    batch.refresh_from_db()
    if confirm and batch.good:
        ConfirmIntake(user=user, batch=batch, skip_wrong=skip_wrong).execute()
        advance(batch, 60)
        batch.refresh_from_db()
    return batch
