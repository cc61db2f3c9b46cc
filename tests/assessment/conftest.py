"""A region with three cities, scoring departments and one person per role, and rounds brought to any step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hengjian import rulebook
from hengjian.assessment.actions.filing import DecideTarget, FileTarget
from hengjian.assessment.actions.marking import DepartmentMark, FinishItems, PanelMark, SelfMark, SubmitSelf
from hengjian.assessment.actions.results import ApproveResults, ComputeResults
from hengjian.assessment.actions.rounds import AdvanceRound, NamePanel, OpenRound
from hengjian.assessment.actions.schemes import CopyScheme, DecideScheme, SubmitScheme
from hengjian.assessment.models import Entry, Round, Scheme
from hengjian.assessment.objects import objects_of
from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.rulebook.parameters import score_operators as ops
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.answers import Answer
from tests.places import person

REPORT = "本年度质量工作按计划推进，目标基本完成，失分项已列出改进措施。"


@dataclass
class World:
    """Who is who.

    Attributes:
        office, office2: two people of the leading group's office (the second person).
        assessed: city code → officer who answers for the city.
        scorers: family → officer of the scoring department.
        panel: two experts.
    """

    region: Region
    cities: list[Region]
    unit: Unit
    office: User
    office2: User
    assessed: dict[str, User]
    scorers: dict[str, User]
    panel: list[User]
    viewer: User
    citizen: User
    enterprise: User
    extra: dict[str, Any] = field(default_factory=dict)


LEADS = ("market_regulation", "agriculture_rural", "housing_construction")


def build_world() -> World:
    """The people and units of the tests."""
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)
    unit = Unit.objects.create(
        key="990000-quality-office", name="质量强区工作领导小组办公室", short_name="质强办", kind=Unit.Kind.PANEL,
        region=region, level=region.level,
    )  # fmt: skip
    cities, assessed = [], {}
    for number, name in enumerate(("望澜市", "溪州市", "朔安市"), start=1):
        code = f"990{number}00"
        city = Region.objects.create(code=code, name=name, short_name=name[:2], level="prefecture", parent=region)
        market = Unit.objects.create(
            key=f"{code}-market",
            name=f"{name}市场监督管理局",
            family="market_regulation",
            region=city,
            level=city.level,
        )
        cities.append(city)
        assessed[code] = person(f"city-{code}", market, "officer")
    scorers = {}
    for family, name in zip(LEADS, ("市场监管局", "农业农村厅", "住房城乡建设厅"), strict=True):
        made = Unit.objects.create(key=f"990000-{family}", name=name, family=family, region=region, level=region.level)
        scorers[family] = person(family, made, "officer")
    office = person("office", unit)
    office2 = person("office2", unit)
    for user in (office, office2):
        RoleGrant.objects.create(user=user, role="office", region=region)
    viewer = person("viewer", None)
    RoleGrant.objects.create(user=viewer, role="viewer", region=region)
    school = Unit.objects.create(key="school", name="教育厅", region=region, level=region.level)
    firm = Unit.objects.create(
        key="firm", name="澜川乳业", kind=Unit.Kind.ENTERPRISE, region=cities[0], level=cities[0].level
    )
    return World(
        region, cities, unit, office, office2, assessed, scorers,
        [person("panel-1", school, "officer"), person("panel-2", school, "officer")],
        viewer, person("citizen", None), person("firm", firm, "enterprise"),
    )  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def approved_scheme(world: World, variant: str = "anhui") -> Scheme:
    rule = rulebook.at("assessment_schemes", "990000", date(2026, 1, 1), variant=variant)
    scheme = CopyScheme(user=world.office, unit=world.unit, region=world.region, rule=rule).execute()
    SubmitScheme(user=world.office, scheme=scheme).execute()
    return DecideScheme(user=world.office2, scheme=scheme).execute()


def opened(world: World, variant: str = "anhui", **more: Any) -> Round:
    scheme = more.pop("scheme", None) or approved_scheme(world, variant)
    given = {"title": "2026年度质量工作考核", "year": 2026, **more}
    objects = objects_of(scheme.content, world.unit, world.region)
    made = OpenRound(
        user=world.office, scheme=scheme, unit=world.unit, region=world.region, objects=objects, **given
    ).execute()
    NamePanel(user=world.office, round=made, members=world.panel).execute()
    return made


def good_answer(item: Item, share: Decimal = Decimal(1), note: str = "") -> Answer:
    """An answer that gives about this share of the points."""
    operator = item.operator
    match operator:
        case ops.Exists():
            return Answer(value=share >= 1, note=note)
        case ops.Tiers():
            tier = next((t for t in operator.tiers if t.share <= share), operator.tiers[-1])
            return Answer(value=tier.code, note=note)
        case ops.Missing() if operator.elements:
            lacking = 0 if share >= 1 else 1
            return Answer(parts={e.code: Decimal(i < lacking) for i, e in enumerate(operator.elements)}, note=note)
        case ops.Missing():
            return Answer(value=Decimal(0 if share >= 1 else 1), note=note)
        case ops.Ratio():
            return Answer(value=Decimal(95) * share, reference=Decimal(95), note=note)
        case ops.Events():
            first = operator.rules[0]
            return Answer(parts={first.code: Decimal(0 if share >= 1 else 2)}, note=note)
        case ops.Interval() if not operator.parts:
            return Answer(
                value=(operator.low + (operator.high - operator.low) * share).quantize(Decimal("0.1")), note=note
            )
    raise AssertionError(operator)


def advance(world: World, row: Round, reason: str = "测试") -> Round:
    return AdvanceRound(user=world.office, round=row, reason=reason).execute()


def owner(world: World, entry: Entry) -> User:
    return world.assessed[entry.region.code]


def file_targets(world: World, row: Round) -> None:
    for entry in row.entries.all():
        for code in row.content.scheme.targets:
            made = FileTarget(user=owner(world, entry), entry=entry, item=code, value=Decimal(95)).execute()
            DecideTarget(user=world.office, entry=entry, target_value=made).execute()


def score_self(world: World, row: Round) -> None:
    for entry in row.entries.all():
        for item in row.content.sheet.items:
            if item.part in ("key", "basic"):
                SelfMark(user=owner(world, entry), entry=entry, item=item.code, answer=good_answer(item)).execute()
        SubmitSelf(user=owner(world, entry), entry=entry, report=REPORT).execute()


def score_departments(world: World, row: Round, shares: tuple[str, ...] = ("1", "0.8", "0.6")) -> None:
    entries = list(row.entries.all())
    people = {user.unit_id: user for user in (*world.scorers.values(), world.office)}
    for one in row.responsibilities.all():
        item = row.content.sheet.item(one.item)
        if item.part not in ("key", "basic"):
            continue
        for entry, share in zip(entries, shares, strict=False):
            answer = good_answer(item, Decimal(share), "核对材料后评定")
            DepartmentMark(user=people[one.unit_id], entry=entry, item=one.item, answer=answer).execute()
    for unit in dict.fromkeys(row.responsibilities.values_list("unit", flat=True)):
        FinishItems(user=people[unit], round=row).execute()


def to_panel(world: World, row: Round) -> Round:
    """A round with targets, self scores and department scores, at the panel."""
    file_targets(world, row)
    advance(world, row)
    score_self(world, row)
    advance(world, row)
    score_departments(world, row)
    advance(world, row)
    return advance(world, row)


def to_approved(world: World, row: Round) -> Round:
    to_panel(world, row)
    ComputeResults(user=world.office, round=row).execute()
    ApproveResults(user=world.office2, round=row, paper="澜政阅〔2026〕3号").execute()
    return row


def settle(world: World, entry: Entry, code: str, share: str, note: str = "评审组复核") -> None:
    item = entry.round.content.sheet.item(code)
    PanelMark(user=world.panel[0], entry=entry, item=code, answer=good_answer(item, Decimal(share), note)).execute()
