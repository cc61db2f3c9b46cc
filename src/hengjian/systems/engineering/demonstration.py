"""The room's part of the demonstration: projects of the city 朔安 in every state, with their five."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.methods import fictional
from hengjian.parties.models import Region, User
from hengjian.registers.actions import CreateEntry
from hengjian.systems.engineering.actions import AppointHolder, FileCommitment
from hengjian.systems.engineering.models import Project
from hengjian.systems.engineering.rules import Role

CITY, DISTRICT, COUNTY = "990300", "990302", "990321"
# Name, kind, design life, begun so many days ago, how far it has come.
PROJECTS = (
    ("朔安市澜府安居工程一期", "housing", 50, 900, "filed"),
    ("城北区第三中学教学楼", "public", 50, 760, "accepted"),
    ("北川县农产品冷链物流中心", "industrial", 50, 640, "failed"),
    ("朔安市望河路改造工程", "municipal", 30, 420, "building"),
    ("城北区人民医院门诊综合楼", "public", 50, 380, "changed"),
    ("观岭苑二期", "housing", 50, 210, "building"),
    ("朔安市再生水厂扩建工程", "municipal", 50, 40, "applied"),
    ("北川县全民健身中心", "public", 50, 12, "incomplete"),
)
UNITS = {
    Role.OWNER: ("城市建设投资", None),
    Role.SURVEY: ("勘察设计院", None),
    Role.DESIGN: ("建筑设计研究院", None),
    Role.BUILDER: ("", "建筑施工"),
    Role.SUPERVISOR: ("", "工程监理"),
}


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`, through its actions."""
    officer = User.objects.filter(username="shuoan-housing-construction").select_related("unit").first()
    if officer is None or officer.unit is None:
        return
    Player(timezone.localtime(now), random, officer).run()


class Player:
    """One build, by the officer of the city's housing authority."""

    def __init__(self, now: datetime, random: Random, officer: User) -> None:
        assert officer.unit is not None
        self.now, self.random, self.officer, self.unit = now, random, officer, officer.unit
        self.regions = Region.objects.in_bulk([CITY, DISTRICT, COUNTY], field_name="code")

    def run(self) -> None:
        for number, row in enumerate(PROJECTS):
            self.play(number, *row)

    def play(self, number: int, name: str, kind: str, life: int, days: int, fate: str) -> None:
        started = (self.now - timedelta(days=days)).date()
        code = COUNTY if "北川" in name else DISTRICT if "城北" in name else CITY
        made = CreateEntry(
            user=self.officer,
            register="project",
            key=f"{code}{started.year}{number + 1:04d}01",
            values={
                "name": name,
                "place": fictional.address(self.random, code),
                "kind": kind,
                "extent": f"建筑面积 {self.random.randrange(62, 480) * 100} 平方米",
                "design_life": life,
                "started_on": started.isoformat(),
                "planned_end": (started + timedelta(days=700)).isoformat(),
            },
            unit=self.unit,
            region=self.regions[code],
            on=started,
        ).execute()
        assert isinstance(made, Project)
        self.five(made, started, leave_out=Role.DESIGN if fate == "incomplete" else None)
        case = self.open("project_supervision", made, min(self.now, self.at(started, 3)))
        if fate in ("applied", "incomplete"):
            return
        self.step(case, "grant", self.at(started, 6), supervisor_team="朔安市建设工程质量监督站")
        made.refresh_from_db()
        if fate == "changed":
            self.change(made)
            self.defect(made)
        elif fate in ("filed", "accepted", "failed"):
            self.accept(made, fate)

    def five(self, project: Project, since: date, leave_out: Role | None) -> None:
        """Appoint the five; one of them has not signed yet, where one is to be left out."""
        place = fictional.PLACES[CITY]
        for role, (words, trade) in UNITS.items():
            company = fictional.enterprises(self.random, 1, CITY, trades=[trade])[0] if trade else None
            holder = AppointHolder(
                user=self.officer,
                project=project,
                role=role,
                name=fictional.person(self.random),
                unit=company.name if company else f"{place}{words}有限公司",
                unit_code=company.code if company else "",
                licence=f"{'监' if role == Role.SUPERVISOR else '建'}99{self.random.randrange(10000, 99999)}",
                since=since,
            ).execute()
            if role != leave_out:
                FileCommitment(
                    user=self.officer, holder=holder, signed_on=since, authorised_on=since, filed_on=since
                ).execute()

    def change(self, project: Project) -> None:
        """The chief supervising engineer changed a few days ago and has not signed yet."""
        old = project.holders.get(role=Role.SUPERVISOR, until=None)
        AppointHolder(
            user=self.officer,
            project=project,
            role=Role.SUPERVISOR,
            name=fictional.person(self.random),
            unit=old.unit,
            unit_code=old.unit_code,
            licence="监9920417",
            since=(self.now - timedelta(days=3)).date(),
            reason="原总监理工程师调离本项目",
        ).execute()

    def defect(self, project: Project) -> None:
        case = self.open(
            "quality_defect",
            project,
            self.now - timedelta(days=11),
            defect="三层楼板混凝土强度回弹偏低",
            found_by="supervision",
            grade="severe",
            responsible="builder",
        )
        self.step(case, "order", self.now - timedelta(days=10), measures="委托检测机构钻芯复核，出具处理方案。")

    def accept(self, project: Project, fate: str) -> None:
        assert project.started_on is not None
        at = self.at(project.started_on, 600)
        case = self.open("project_acceptance", project, at)
        if fate == "failed":
            self.step(case, "fail", at + timedelta(days=5), "屋面防水须返工", "function", defects="屋面防水多处渗漏")
            return
        day = at + timedelta(days=6)
        self.step(case, "accept", day, accepted_on=timezone.localdate(day).isoformat())
        if fate == "filed":
            self.step(case, "file", day + timedelta(days=9), archive_number=f"SA-CJ-{day.year}-0{project.pk % 90 + 10}")

    def at(self, day: date, later: int) -> datetime:
        return timezone.make_aware(datetime(day.year, day.month, day.day, 10, 20)) + timedelta(days=later)

    def open(self, type: str, project: Project, at: datetime, **values: Any) -> Case:
        return (
            OpenCase(
                user=self.officer,
                type=type,
                values={"project": project.key, "name": project.name, **values},
                unit=self.unit,
                region=project.region,
                opened_at=at,
                subject=project.ref,
            )
            .execute()
            .case
        )

    def step(self, case: Case, step: str, at: datetime, note: str = "", code: str = "", **values: Any) -> None:
        TakeStep(user=self.officer, case=case, step=step, values=values, note=note, outcome_code=code, at=at).execute()
        case.refresh_from_db()
