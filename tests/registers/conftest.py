"""An invented region with units, people and a register for the tests of the room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.registers.catalogue import forget, register
from hengjian.registers.declarations import RegisterType

LAB = """
register: test_lab
title: 试验机构
title_en: Test laboratories
area: certification
legal: [{document: 某办法, number: 第1号, valid_from: 2015-01-01}]
key: {label: 证书编号, label_en: Certificate, pattern: '[A-Z]{2}\\d{4}'}
title_field: name
subject_field: holder
fields:
  - {code: name, title: 机构名称, title_en: Name, required: true, public: true, listed: true, searched: true}
  - {code: holder, title: 法人代码, title_en: Credit code, type: enterprise, public: true, listed: true}
  - {code: kind, title: 类别, title_en: Kind, type: choice, public: true, listed: true, filtered: true,
     choices: [{code: food, title: 食品, title_en: Food}, {code: toy, title: 玩具, title_en: Toys}]}
  - {code: fields, title: 领域, title_en: Scope, type: multi_choice,
     choices: [{code: a, title: 理化}, {code: b, title: 微生物}]}
  - {code: staff, title: 人数, title_en: Staff, type: integer, minimum: 1, listed: true, unit: 人}
  - {code: capital, title: 注册资本, title_en: Capital, type: money, unit: 元}
  - {code: share, title: 合格率, title_en: Share, type: percent, minimum: 0, maximum: 100, decimals: 1}
  - {code: founded, title: 成立日期, title_en: Founded, type: date, public: true}
  - {code: active, title: 是否营业, title_en: Active, type: boolean, public: true}
  - {code: head, title: 负责人, title_en: Head, type: person_name, public: true, mask: name}
  - {code: phone, title: 电话, title_en: Phone, type: phone, public: true, mask: phone}
  - {code: checked, title: 上次检查, title_en: Last check, type: date}
  - {code: next_check, title: 下次检查, title_en: Next check, type: date, listed: true}
  - {code: note, title: 备注, title_en: Note, type: long_text, internal: true, max_length: 500}
statuses:
  - {code: valid, title: 有效, title_en: Valid, light: green, next: [paused, revoked]}
  - {code: paused, title: 暂停, title_en: Paused, light: amber, counts: false, next: [valid, revoked]}
  - {code: revoked, title: 撤销, title_en: Revoked, light: red, counts: false, final: true}
  - {code: expired, title: 过期, title_en: Expired, light: red, counts: false}
validity: {warn_days: 60, expires_to: expired}
recurrences:
  - {code: check, title: 定期检查, title_en: Check, rule: lift-maintenance, anchor: founded, last_done: checked,
     next_due: next_check, remind_days: 5}
keepers: [market_regulation]
facts: {prefix: testlab, subject: 'enterprise:{holder}', disclosure: public}
"""
CODE = "91990100MA0000007"


@dataclass
class World:
    """Region 990000 with a city and two counties; market regulation in each, one person per role."""

    region: Region
    city: Region
    county: Region
    other_county: Region
    market: Unit
    county_market: Unit
    other_market: Unit
    tourism: Unit
    works: Unit
    officer: User
    head: User
    county_officer: User
    other_officer: User
    tourism_officer: User
    enterprise: User
    citizen: User


def person(name: str, unit: Unit | None, role: str = "", *, region: Region | None = None) -> User:
    user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=unit)
    if role:
        RoleGrant.objects.create(user=user, role=role, unit=None if region else unit, region=region)
    return user


@pytest.fixture
def world(db: None) -> World:
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)
    city = Region.objects.create(
        code="990100", name="望澜市", short_name="望澜", level=Region.Level.PREFECTURE, parent=region
    )
    county = Region.objects.create(code="990102", name="澜东区", level=Region.Level.COUNTY, parent=city)
    other = Region.objects.create(code="990103", name="河湾区", level=Region.Level.COUNTY, parent=city)

    def unit(key: str, name: str, place: Region, family: str = "market_regulation", **more: object) -> Unit:
        return Unit.objects.create(key=key, name=name, region=place, level=place.level, family=family, **more)

    market = unit("market", "澜川自治区市场监督管理局", region)
    county_market = unit("market-990102", "澜东区市场监督管理局", county)
    other_market = unit("market-990103", "河湾区市场监督管理局", other)
    tourism = unit("tourism", "文化和旅游厅", region, "culture_tourism")
    works = unit("91990100ma0000000x", "望澜远岫检测技术有限公司", county, "", kind=Unit.Kind.ENTERPRISE)
    return World(
        region, city, county, other, market, county_market, other_market, tourism, works,
        officer=person("officer", market, "officer"),
        head=person("head", market, "unit_head"),
        county_officer=person("county-officer", county_market, "officer"),
        other_officer=person("other-officer", other_market, "officer"),
        tourism_officer=person("tourism-officer", tourism, "officer"),
        enterprise=person("enterprise", works, "enterprise"),
        citizen=person("citizen", None),
    )  # fmt: skip


def declare(text: str) -> RegisterType:
    return register(RegisterType.model_validate(yaml.safe_load(text)), "test")


@pytest.fixture
def lab() -> Iterator[RegisterType]:
    """A register with fields of most types, declared for one test."""
    declared = declare(LAB)
    yield declared
    forget(declared.code)
