"""An invented region with units, people and a plan for the tests of the plans room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from hengjian.parties.models import CollectiveMembership, Region, RoleGrant, Unit, User
from hengjian.plans.actions.imports import ConfirmImport, PlanSettings, StartImport
from hengjian.plans.actions.work import AssignDuties
from hengjian.plans.models import Duty, Plan

TEXT = """澜川自治区质量强区建设2026年行动计划

一、提升产品和服务质量

（一）开展质量提升行动。组织实施消费品质量提升工程。年内试点开展旅游服务质量监测评价。（市场监管局牵头，文化和旅游厅、工业和信息化厅配合）

（二）加强重点领域监管。9月底前完成老旧电梯安全评估。建立农产品质量追溯平台，追溯覆盖率达到95%以上。（市场监管局、农业农村厅按职责分工负责）

二、夯实质量基础

（三）加强质量工作考核。完善考核指标体系。（质量强区工作领导小组各成员单位按职责分工负责）
"""


@dataclass
class World:
    """Region 990000 with four units; one person per role."""

    region: Region
    office_unit: Unit
    market: Unit
    tourism: Unit
    industry: Unit
    farming: Unit
    members: Unit
    office: User
    office_two: User
    market_officer: User
    market_head: User
    tourism_officer: User
    citizen: User


def person(name: str, unit: Unit | None, role: str = "", *, region: Region | None = None) -> User:
    user = User.objects.create_user(name, password="correct-horse-9", display_name=name, unit=unit)
    if role:
        RoleGrant.objects.create(user=user, role=role, unit=None if region else unit, region=region)
    return user


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def build_world() -> World:
    region = Region.objects.create(code="990000", name="澜川自治区", short_name="澜川", level=Region.Level.PROVINCIAL)

    def unit(key: str, name: str, **more: object) -> Unit:
        return Unit.objects.create(key=key, name=name, region=region, level=region.level, **more)

    office_unit = unit("office", "质量强区工作领导小组办公室", short_name="质强办", kind=Unit.Kind.PANEL)
    market, tourism = unit("market", "市场监管局"), unit("tourism", "文化和旅游厅")
    industry, farming = unit("industry", "工业和信息化厅"), unit("farming", "农业农村厅")
    members = unit("members", "质量强区工作领导小组各成员单位", kind=Unit.Kind.COLLECTIVE)
    for member in (market, tourism, industry, farming):
        CollectiveMembership.objects.create(collective=members, member=member)
    return World(
        region, office_unit, market, tourism, industry, farming, members,
        office=person("office", office_unit, "office", region=region),
        office_two=person("office-two", office_unit, "office", region=region),
        market_officer=person("market-officer", market, "officer"),
        market_head=person("market-head", market, "unit_head"),
        tourism_officer=person("tourism-officer", tourism, "officer"),
        citizen=person("citizen", None),
    )  # fmt: skip


@pytest.fixture
def plan(world: World) -> Plan:
    """The text above, confirmed but not yet assigned."""
    return build_plan(world)


def build_plan(world: World) -> Plan:
    draft = StartImport(user=world.office, unit=world.office_unit, region=world.region, data=TEXT).execute()
    settings = PlanSettings(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
    return ConfirmImport(user=world.office, draft=draft, settings=settings).execute().plan


@pytest.fixture
def assigned(world: World, plan: Plan) -> Plan:
    AssignDuties(user=world.office, plan=plan).execute()
    return plan


@pytest.fixture
def duty_of(assigned: Plan) -> Callable[[str, Unit], Duty]:
    """The duty of a unit in the task with this code."""

    def find(code: str, unit: Unit) -> Duty:
        return Duty.objects.get(task__plan=assigned, task__code=code, unit=unit)

    return find
