"""The room's part of the demonstration: a small directory, declarations of enterprises, reviews and checks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.utils import timezone

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.methods import fictional
from hengjian.parties.models import Region, User
from hengjian.registers.actions import CreateEntry
from hengjian.registers.models import EntryBase
from hengjian.systems.standards import jobs
from hengjian.systems.standards.models import StandardDeclaration

TOP = "990000"
DATA = Path(__file__).with_suffix(".yaml")
#: result, findings and last step of the checks that are shown
CHECKS = (
    ("", "", ""),
    ("none_found", "", ""),
    ("ordered", "公开的指标表缺少检验方法，责令三十日内改正。", "order"),
    ("none_found", "", "publish"),
    ("ordered", "执行标准编号与包装标注不一致。", "corrected"),
)


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`, through its actions."""
    rows = User.objects.filter(username__in=["market", "market-head"]).select_related("unit")
    people = {user.username: user for user in rows}
    if len(people) == 2 and people["market"].unit is not None:
        Player(timezone.localtime(now), random, people["market"], people["market-head"]).run()


class Player:
    """One build, by the standards officer of the region and the head."""

    def __init__(self, now: datetime, random: Random, officer: User, head: User) -> None:
        assert officer.unit is not None
        self.now, self.today, self.random = now, now.date(), random
        self.officer, self.head, self.unit = officer, head, officer.unit
        self.region = Region.objects.get(code=TOP)
        self.data = yaml.safe_load(DATA.read_text(encoding="utf-8"))

    def run(self) -> None:
        for row in self.data["standards"]:
            begun = date.fromisoformat(row["values"].get("effective_on", "2020-01-01"))
            values = {"name": row["name"], **row["values"]}
            self.enter("standard", values, key=row["key"], status=row["status"], on=min(begun, self.today))
        for row in self.data["items"]:
            status = row.pop("status")
            self.enter("standard_system_item", row, status=status, on=self.today - timedelta(days=200))
        for row in self.data["alliances"]:
            self.enter("standard_alliance", {"name": row["name"], **row["values"]}, status=row["status"])
        for row in self.data["decisions"]:
            held = self.today - timedelta(days=row["days"])
            lead = {"lead": self.unit.key, "meeting_on": held, "due": held + timedelta(days=120)}
            self.enter("coordination_decision", {"matter": row["matter"], **lead, **row["values"]}, on=held)
        for row in self.data["abroad"]:
            values = {"name": row["name"], "number": row["number"], **row["values"]}
            self.enter("standard_abroad", values, status=row["status"])
        declarations = list(self.declare())
        jobs.follow_up(self.today)
        self.answer_reviews()
        for declaration, (result, findings, step) in zip(self.random.sample(declarations, 5), CHECKS, strict=True):
            self.check(declaration, result, findings, step)

    def enter(
        self, register: str, values: dict[str, Any], key: str = "", on: date | None = None, status: str = ""
    ) -> EntryBase:
        return CreateEntry(
            user=self.officer,
            register=register,
            key=key,
            values=values,
            unit=self.unit,
            region=self.region,
            status=status,
            on=on or self.today - timedelta(days=self.random.randrange(30, 300)),
        ).execute()

    def declare(self) -> Iterator[StandardDeclaration]:
        """Two enterprises for each product that follows the directory, one for each own standard."""
        for row in self.data["declared"]:
            for company in fictional.enterprises(self.random, 2, trades=[row["trade"]]):
                yield self.file(company, row, executes=row["executes"])
        for serial, row in enumerate(self.data["own"], 1):
            company = fictional.enterprises(self.random, 1, trades=[row["trade"]])[0]
            letters = "".join(self.random.choice("BCDFGHJKLMNP") for _turn in range(3))
            number = f"Q/{letters} {serial:03d}-2025"
            yield self.file(company, row, own_number=number, own_name=row["name"], cites=row["cites"])

    def file(self, company: fictional.Enterprise, row: dict[str, str], **more: str) -> StandardDeclaration:
        values = {
            "enterprise": company.code,
            "enterprise_name": company.name,
            "product_name": row["product"],
            "common_name": row["product"],
            "model": self.random.choice(["标准型", "A 型", "B 型", "通用"]),
            "product_class": row["product_class"],
            "indicators": row["indicators"],
            **more,
        }
        on = self.today - timedelta(days=self.random.randrange(20, 420))
        made = self.enter("standard_declaration", values, on=on)
        assert isinstance(made, StandardDeclaration)
        return made

    def answer_reviews(self) -> None:
        """One review is closed, one waits for the check of its answer, the others for the enterprise."""
        reviews = list(Case.objects.filter(type="declaration_review").order_by("pk")[:2])
        for case in reviews:
            told = {"answer": "已对照新标准逐项核对，产品指标不变，正在换版。"}
            TakeStep(user=self.officer, case=case, step="answer", values=told).execute()
        if reviews:
            case = Case.objects.get(pk=reviews[0].pk)
            TakeStep(user=self.officer, case=case, step="unaffected", note="新标准未改变该产品适用的指标。").execute()

    def check(self, declaration: StandardDeclaration, result: str, findings: str, step: str) -> None:
        """A drawn declaration, checked as far as `step`."""
        opened = self.now - timedelta(days=self.random.randrange(25, 60))
        values = {
            "declaration": declaration.key,
            "enterprise": declaration.enterprise,
            "enterprise_name": declaration.enterprise_name,
            "product": declaration.title,
            "draw": f"{opened.year} 年企业标准双随机抽查",
        }
        case = OpenCase(
            user=self.officer,
            type="standard_check",
            values=values,
            unit=self.unit,
            region=self.region,
            opened_at=opened,
            subject=declaration.ref,
        ).execute().case  # fmt: skip
        if not result:
            return
        day = opened + timedelta(days=12)
        names = "、".join((fictional.person(self.random), fictional.person(self.random)))
        told = {"inspectors": names, "checked_on": day.date(), "result": result, "findings": findings}
        self.take(self.officer, case, "record", day, told)
        if step:
            self.take(self.head, case, "publish" if step == "publish" else "order", day + timedelta(days=4))
        if step == "corrected":
            done = {"correction": "已更正包装标注并重新公开。"}
            self.take(self.officer, case, "corrected", day + timedelta(days=9), done)

    def take(self, user: User, case: Case, step: str, at: datetime, values: dict[str, Any] | None = None) -> None:
        TakeStep(user=user, case=case, step=step, values=values or {}, at=at).execute()
        case.refresh_from_db()
