"""An invented region with an organising office, enterprises, a panel of experts and one small programme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
import yaml
from django.utils import timezone

from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.programmes import catalogue
from hengjian.programmes.actions import AddMember, CreateEdition, PublishCall, SaveDraft, SubmitApplication
from hengjian.programmes.actions.editions import EditionContent
from hengjian.programmes.declarations import Programme
from hengjian.programmes.models import Application, Edition

CODES = ("91650100MA77A0001X", "91650100MA77A0002N")

PRIZE = """
programme: test_prize
title: 示例奖
title_en: Example prize
area: honours
number: SLJ
legal: [{document: 示例办法, status: to_verify}]
holder_field: organisation
stages: [paper, site]
reviews:
  - {stage: paper, points: 100, reviewers: 2, weight: 0.4, line: 50, band: 20}
  - {stage: site, points: 100, reviewers: 2, weight: 0.6, band: 20}
quota: 3
line: 60
eligibility:
  requirements: [{field: founded_on, years: 3, title: 成立满三年, title_en: Three years old}]
levels:
  - {code: gold, title: 金奖, title_en: Gold, at_least: 90}
  - {code: silver, title: 银奖, title_en: Silver}
award: {term: city-naming, recheck: recheck-before}
fields:
  - {code: organisation, title: 组织名称, title_en: Organisation, required: true, public: true, listed: true}
  - {code: founded_on, title: 成立日期, title_en: Founded on, type: date, required: true}
  - {code: phone, title: 联系电话, title_en: Telephone, type: phone, required: true}
  - {code: summary, title: 做法, title_en: Practice, type: long_text, max_length: 500}
"""


@dataclass
class World:
    """Region 990000; an office that organises, two counties' worth of strangers, four enterprises, three experts."""

    region: Region
    county: Region
    office: Unit
    other: Unit
    officer: User
    head: User
    second: User
    stranger: User
    citizen: User
    enterprises: list[Unit]
    applicants: list[User]
    experts: list[User] = field(default_factory=list)


def person(name: str, unit: Unit | None, *roles: str, region: Region | None = None) -> User:
    user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=unit)
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, unit=None if region else unit, region=region)
    return user


@pytest.fixture
def world(db: None) -> World:
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)
    county = Region.objects.create(
        code="990100", name="望川市", short_name="望川", level=Region.Level.PREFECTURE, parent=region
    )

    def unit(key: str, name: str, place: Region = region, **more: object) -> Unit:
        return Unit.objects.create(key=key, name=name, region=place, level=place.level, **more)

    office = unit("market", "市场监管局", family="market_regulation")
    other = unit("city-market", "望川市市场监管局", county, family="market_regulation")
    academy = unit("academy", "质量研究院", kind=Unit.Kind.INSTITUTION)
    enterprises = [unit(f"works-{n}", f"第{n}制造有限公司", county, kind=Unit.Kind.ENTERPRISE) for n in range(1, 6)]
    return World(
        region,
        county,
        office,
        other,
        officer=person("officer", office, "officer"),
        head=person("head", office, "unit_head"),
        second=person("second", office, "reviewer"),
        stranger=person("stranger", other, "officer", "unit_head"),
        citizen=person("citizen", None),
        enterprises=enterprises,
        applicants=[person(f"applicant-{n}", unit, "enterprise") for n, unit in enumerate(enterprises, start=1)],
        experts=[person(f"expert-{n}", academy) for n in range(1, 4)],
    )


@pytest.fixture
def prize() -> Iterator[Programme]:
    declared = catalogue.register(Programme.model_validate(yaml.safe_load(PRIZE)))
    yield declared
    catalogue.forget(declared.code)


def call(world: World, code: str = "test_prize", **more: object) -> Edition:
    """A published call that is open today."""
    today = timezone.localdate()
    given = {"title": "第一届", "year": today.year, "opens_on": today, "closes_on": today + timedelta(days=20)}
    content = EditionContent(**{**given, "call": "请于截止日前申报。", **more})  # type: ignore[arg-type]
    edition = CreateEdition(
        user=world.officer, programme=code, unit=world.office, region=world.region, content=content
    ).execute()
    PublishCall(user=world.head, edition=edition).execute()
    for expert in world.experts:
        AddMember(user=world.officer, edition=edition, member=expert).execute()
    return edition


@pytest.fixture
def edition(world: World, prize: Programme) -> Edition:
    return call(world)


def draft(world: World, edition: Edition, n: int = 1, **values: object) -> Application:
    """A draft of the n-th enterprise."""
    given = {"organisation": world.enterprises[n - 1].name, "founded_on": "2010-05-01", "summary": "做法", **values}
    return SaveDraft(
        user=world.applicants[n - 1], edition=edition, unit=world.enterprises[n - 1], values=given
    ).execute()


def submitted(world: World, edition: Edition, n: int = 1, **values: object) -> Application:
    application = draft(world, edition, n, **values)
    return SubmitApplication(
        user=world.applicants[n - 1], application=application, personal={"phone": "13800001234"}
    ).execute()


def close_call(edition: Edition) -> Edition:
    """As if the closing day had passed."""
    day = timezone.localdate() - timedelta(days=1)
    Edition.objects.filter(pk=edition.pk).update(opens_on=date(2026, 1, 1), closes_on=day)
    edition.refresh_from_db()
    return edition
