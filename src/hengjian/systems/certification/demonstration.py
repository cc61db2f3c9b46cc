"""The room's part of the demonstration: bodies, certificates, reports, centres, services and requests."""

from __future__ import annotations

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
from hengjian.registers.actions import ApproveEntry, CreateEntry, SetStatus
from hengjian.registers.models import EntryBase
from hengjian.systems.certification.actions import ImportCalibration

TOP = "990000"
FOLDER = Path(__file__).parent
PLACES = ("990100", "990100", "990200", "990300", "990500", "990700", "992100", "992200")


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`, through its actions."""
    rows = User.objects.filter(username__in=["market", "market-head"]).select_related("unit")
    people = {user.username: user for user in rows}
    if len(people) == 2 and people["market"].unit is not None:
        Player(timezone.localtime(now), random, people["market"], people["market-head"]).run()


class Player:
    """One build, by the officer of the region and the head."""

    def __init__(self, now: datetime, random: Random, officer: User, head: User) -> None:
        assert officer.unit is not None
        self.now, self.today, self.random = now, now.date(), random
        self.officer, self.head, self.unit = officer, head, officer.unit
        self.regions = Region.objects.in_bulk([TOP, *PLACES], field_name="code")
        self.data = yaml.safe_load((FOLDER / "demonstration.yaml").read_text(encoding="utf-8"))

    def run(self) -> None:
        bodies = [self.institution(number, code) for number, code in enumerate(PLACES)]
        self.suspend(bodies[3])
        for row in self.data["certificates"]:
            self.certificate(**row)
        for number in range(10):
            self.report(bodies[number % 4], number)
        event = self.enter(
            "liability_event",
            {**self.data["liability"], "institution": bodies[3].key, "found_on": self.day(140)},
        )
        ApproveEntry(user=self.head, entry=event).execute()
        for kind in ("test_centre", "international_cooperation", "quality_service"):
            for row in self.data[kind]:
                status = row.pop("status", "")
                self.enter(kind, row, status=status)
        for body, (finding, details, last) in zip(bodies, self.data["checks"], strict=False):
            self.supervise(body, finding, details, last)
        for number, row in enumerate(self.data["requests"]):
            self.request(row, number)
        dcc = (FOLDER / "demonstration.xml").read_bytes()
        region = self.regions[TOP]
        ImportCalibration(
            user=self.officer, data=dcc, name="LC-2026-00417.xml", unit=self.unit, region=region
        ).execute()

    def day(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def enter(self, register: str, values: dict[str, Any], key: str = "", region: str = TOP, **more: Any) -> EntryBase:
        more.setdefault("on", self.day(self.random.randrange(20, 300)))
        return CreateEntry(
            user=self.officer,
            register=register,
            key=key,
            values=values,
            unit=self.unit,
            region=self.regions[region],
            **more,
        ).execute()

    def institution(self, number: int, code: str) -> EntryBase:
        """A testing body; the first is also a certification body, the second one's approval ends soon."""
        company = fictional.enterprises(self.random, 1, code, trades=["检验检测"])[0]
        begun = self.day(6 * 365 - 60) if number == 1 else self.day(self.random.randrange(300, 1500))
        fields = self.random.sample(["00", "01", "02", "04", "09", "10", "12", "13", "14"], 4)
        values = {
            "name": company.name,
            "kind": "both" if number == 0 else "testing",
            "approval": "CNCA-R-2019-0042" if number == 0 else None,
            "cma": f"{begun.year % 100:02d}31{self.random.choice(fields)}11{number + 11:04d}",
            "cnas": f"L{14000 + number}" if number < 3 else None,
            "fields": fields,
            "scope": "巴氏杀菌乳 | 蛋白质 | GB 5009.5-2016\n通用硅酸盐水泥 | 抗压强度 | GB/T 17671-2021 | ≤ 300 kN",
            "place": company.address,
            "line": f"0990-00000{number:02d}",
            "corps": number == 7,
        }
        return self.enter("institution", values, key=company.code, region=code, valid_from=begun, on=begun)

    def suspend(self, body: EntryBase) -> None:
        """Its approval rested for two months of this year."""
        for days, status, reason in (
            (160, "suspended", "监督检查发现原始记录缺失"),
            (100, "valid", "整改验收合格，恢复"),
        ):
            SetStatus(user=self.officer, entry=body, status=status, on=self.day(days), reason=reason).execute()

    def certificate(
        self, trade: str, scheme: str, product: str, key: str, years: int, age: int, status: str = ""
    ) -> None:
        company = fictional.enterprises(self.random, 1, trades=[trade])[0]
        begun = self.day(age)
        end = begun.replace(year=begun.year + years, day=min(begun.day, 28)) - timedelta(days=1)
        values = {
            "scheme": scheme,
            "holder": company.code,
            "holder_name": company.name,
            "product": product,
            "body_name": "澜川质量认证中心",
        }
        made = self.enter("certificate", values, key=key, valid_from=begun, valid_to=end, on=begun)
        if status:
            ground = "nonconforming" if status == "withdrawn" else ""
            words = {"withdrawn": "监督抽查不合格", "suspended": "未按期接受监督评审"}[status]
            SetStatus(
                user=self.officer, entry=made, status=status, ground=ground, reason=words, on=self.day(45)
            ).execute()

    def report(self, body: EntryBase, number: int) -> None:
        company = fictional.enterprises(self.random, 1)[0]
        dated = self.day(130) if number == 3 else self.day(self.random.randrange(5, 90))
        values = {
            "institution": body.key,
            "cma": body.value("cma"),
            "dated": dated,
            "sample": self.random.choice(["巴氏杀菌乳", "普通硅酸盐水泥", "聚氯乙烯绝缘电缆", "儿童推车", "苹果"]),
            "client": company.code,
            "client_name": company.name,
            "standard": "产品执行标准",
            "conclusion": "nonconforming" if number % 5 == 4 else "conforming",
        }
        self.enter("test_report", values, key=f"WT{dated.year}-{1000 + number}", on=dated)

    def supervise(self, body: EntryBase, finding: str, details: str, last: str) -> None:
        opened = self.now - timedelta(days=self.random.randrange(30, 50))
        case = OpenCase(
            user=self.officer,
            type="agency_supervision",
            values={
                "institution": body.key,
                "name": body.title,
                "origin_kind": "random",
                "matter": "检验检测报告和原始记录抽查",
            },
            unit=self.unit,
            region=body.region,
            opened_at=opened,
            subject=body.ref,
        ).execute().case  # fmt: skip
        if not finding:
            return
        names = "、".join((fictional.person(self.random), fictional.person(self.random)))
        day = opened + timedelta(days=15)
        told = {"inspectors": names, "checked_on": day.date(), "finding": finding, "details": details}
        self.take(self.officer, case, "record", day, told)
        if last:
            self.take(self.head, case, last, day + timedelta(days=5), note="三十日内改正" if last == "order" else "")

    def request(self, row: dict[str, Any], number: int) -> None:
        company = fictional.enterprises(self.random, 1)[0]
        opened = self.now - timedelta(days=1 + 5 * number)
        case = OpenCase(
            user=self.officer,
            type="nqi_demand",
            values={"name": company.name, "enterprise": company.code, **row},
            unit=self.unit,
            region=self.regions[TOP],
            opened_at=opened,
            channel="web",
        ).execute().case  # fmt: skip
        if number >= 2:
            self.take(self.officer, case, "match", opened + timedelta(days=1), {"service": "NQI-0003"})
        if number >= 3:
            self.take(self.officer, case, "finish", opened + timedelta(days=8), {"result": "已完成服务，报告已交付。"})

    def take(
        self, user: User, case: Case, step: str, at: datetime, values: dict[str, Any] | None = None, note: str = ""
    ) -> None:
        TakeStep(user=user, case=case, step=step, values=values or {}, note=note, at=at).execute()
        case.refresh_from_db()
