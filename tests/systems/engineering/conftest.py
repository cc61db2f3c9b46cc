"""A project of the county's housing authority with its five."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.parties.models import Unit, User
from hengjian.registers.actions import CreateEntry
from hengjian.systems.engineering.actions import AppointHolder, FileCommitment
from hengjian.systems.engineering.models import Project, RoleHolder
from hengjian.systems.engineering.rules import Role
from tests.systems.market_world import MarketWorld, build, person

NAMES = {
    Role.OWNER: ("祁望野", "望澜城建投资有限公司"),
    Role.SURVEY: ("穆以宁", "望澜勘察设计院"),
    Role.DESIGN: ("温见微", "望澜建筑设计有限公司"),
    Role.BUILDER: ("邵止境", "望澜石溪建设工程有限公司"),
    Role.SUPERVISOR: ("岳听澜", "望澜云渡工程监理有限公司"),
}


@dataclass
class Site:
    """The market world with a housing authority, its officer and head."""

    market: MarketWorld
    unit: Unit
    officer: User
    head: User
    stranger: User

    def project(self, key: str = "990102-2014-001", started: str = "2014-09-01", **values: Any) -> Project:
        given = {
            "name": "澜东安居工程一期",
            "kind": "housing",
            "design_life": 50,
            "started_on": started,
            "extent": "建筑面积 23 600 平方米",
            **values,
        }
        made = CreateEntry(
            user=self.officer,
            register="project",
            key=key,
            values=given,
            unit=self.unit,
            region=self.market.county,
            on=date.fromisoformat(started),
        ).execute()
        assert isinstance(made, Project)
        return made

    def appoint(self, project: Project, role: Role, since: date = date(2014, 9, 1), **more: Any) -> RoleHolder:
        name, unit = NAMES[role]
        given = {"name": name, "unit": unit, "since": since, **more}
        return AppointHolder(user=self.officer, project=project, role=role, **given).execute()

    def commit(self, holder: RoleHolder) -> RoleHolder:
        on = holder.since
        return FileCommitment(user=self.officer, holder=holder, signed_on=on, authorised_on=on, filed_on=on).execute()

    def all_five(self, project: Project) -> None:
        for role in Role:
            self.commit(self.appoint(project, role))

    def open(self, project: Project, type: str = "project_supervision", **values: Any) -> Case:
        return (
            OpenCase(
                user=self.officer,
                type=type,
                values={"project": project.key, "name": project.name, **values},
                unit=self.unit,
                region=self.market.county,
            )
            .execute()
            .case
        )

    def step(self, case: Case, code: str, user: User | None = None, **more: Any) -> Case:
        TakeStep(user=user or self.officer, case=case, step=code, **more).execute()
        case.refresh_from_db()
        return case

    def supervised(self, project: Project) -> None:
        self.step(self.open(project), "grant", values={"supervisor_team": "澜东区质量监督站"})
        project.refresh_from_db()


@pytest.fixture
def site(db: None) -> Site:
    market = build()
    unit = Unit.objects.create(
        key="housing-990102",
        name="澜东区住房和城乡建设局",
        region=market.county,
        level="county",
        family="housing_construction",
    )
    other = Unit.objects.create(
        key="housing-990103",
        name="河湾区住房和城乡建设局",
        region=market.other_county,
        level="county",
        family="housing_construction",
    )
    return Site(
        market,
        unit,
        person("housing-officer", unit, "officer"),
        person("housing-head", unit, "unit_head"),
        person("housing-stranger", other, "officer"),
    )


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese, whatever language the test before spoke."""
    with translation.override("zh-hans"):
        yield
