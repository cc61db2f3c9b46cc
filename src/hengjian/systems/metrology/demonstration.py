"""The room's part of the demonstration: instruments of the city 朔安 with a year of verifications, and the rest."""

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
from hengjian.registers.actions import CreateEntry, SetStatus
from hengjian.registers.models import EntryBase
from hengjian.systems.metrology.actions import RecordVerification
from hengjian.systems.metrology.models import Instrument

TOP, CITY = "990000", "990300"
DATA = Path(__file__).with_suffix(".yaml")
BODY = "朔安市计量测试所"
ENOUGH = "电力 | 用能单位 | 4 | 4\n电力 | 用能设备 | 40 | 39\n天然气 | 用能单位 | 2 | 2\n蒸汽 | 次级用能单位 | 10 | 8"
SHORT = "电力 | 用能单位 | 3 | 3\n电力 | 用能设备 | 60 | 51\n水 | 次级用能单位 | 20 | 15"


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`, through its actions."""
    wanted = ["market", "market-head", "shuoan-market", "shuoan-market-head"]
    people = {user.username: user for user in User.objects.filter(username__in=wanted).select_related("unit")}
    if len(people) == len(wanted):
        Player(timezone.localtime(now), random, people).run()


class Player:
    """One build: instruments by the city, standards and services by the region."""

    def __init__(self, now: datetime, random: Random, people: dict[str, User]) -> None:
        self.now, self.today, self.random, self.people = now, now.date(), random, people
        self.regions = Region.objects.in_bulk([TOP, CITY], field_name="code")
        self.data = yaml.safe_load(DATA.read_text(encoding="utf-8"))

    def run(self) -> None:
        for row in self.data["instruments"]:
            for number in range(row.pop("number")):
                self.instrument(row, number)
        for kind in ("reference_standards", "needs", "services", "resources", "plans"):
            for row in self.data[kind]:
                self.enter("market", **row)
        for field in ("market", "petrol", "shop", "optician"):
            self.commit(field)
        for tonnes, fate in ((38200, "passed"), (15600, "rectifying"), (11300, "reviewing"), (6100, "listed")):
            self.energy_user(tonnes, fate)
        for number, need in enumerate(self.data["requests"]):
            self.request(need, number)

    def enter(self, username: str, register: str, values: dict[str, Any], **more: Any) -> EntryBase:
        user = self.people[username]
        assert user.unit is not None
        more.setdefault("on", self.today - timedelta(days=self.random.randrange(60, 400)))
        return CreateEntry(
            user=user,
            register=register,
            values=values,
            unit=user.unit,
            region=self.regions[TOP if username == "market" else CITY],
            **more,
        ).execute()

    # ---- instruments

    def instrument(self, row: dict[str, Any], number: int) -> None:
        """One instrument; most were verified this year, some late, some failed, some stand still."""
        first = self.today - timedelta(days=self.random.randrange(*row["first_days"]))
        last = max(first, self.today - timedelta(days=self.random.randrange(*row.get("last_days", [120, 480]))))
        values = {
            **row["values"],
            "serial": f"{self.random.randrange(10**7):07d}",
            "first_verified_on": first,
            "last_verified_on": first if row.get("once") else last,
            "last_result": "passed",
            "certificate": f"朔计检{last.year}-{self.random.randrange(10**5):05d}",
        }
        made = self.enter("shuoan-market", "instrument", values, on=first)
        assert isinstance(made, Instrument)
        if row.get("once") or made.next_due is None or made.next_due > self.today:
            return
        fate = number % 8
        if fate == 5:
            return  # not verified: overdue
        officer = self.people["shuoan-market"]
        if fate == 6:
            on = max(last, made.next_due - timedelta(days=20))
            SetStatus(user=officer, entry=made, status="stopped", on=on, reason="经营户歇业").execute()
            return
        offset = 25 if fate == 4 else -self.random.randrange(2, 20)
        day = min(self.today, max(last + timedelta(days=1), made.next_due + timedelta(days=offset)))
        self.verify(made, day, "failed" if fate == 7 else "passed")

    def verify(self, entry: Instrument, day: date, result: str) -> None:
        RecordVerification(
            user=self.people["shuoan-market"],
            instrument=entry,
            verified_on=day,
            body=BODY,
            result=result,
            certificate=f"朔计检{day.year}-{self.random.randrange(10**5):05d}",
            seal=f"SA{self.random.randrange(10**6):06d}" if result == "passed" else "",
        ).execute()

    # ---- energy, commitments, requests

    def commit(self, field: str) -> None:
        company = fictional.enterprises(self.random, 1, CITY, trades=["商贸零售"])[0]
        values = {
            "enterprise": company.code,
            "name": company.name,
            "field": field,
            "instruments": self.random.randrange(3, 60),
            "verified_all": True,
            "fair_scale": field in ("market", "shop"),
            "promise": "计量器具依法检定，不短斤少两，公平秤随时可用，接受顾客监督。",
        }
        self.enter("shuoan-market", "metrology_commitment", values)

    def energy_user(self, tonnes: int, fate: str) -> None:
        trade = self.random.choice(["水泥建材", "钢材", "化工", "供热"])
        company = fictional.enterprises(self.random, 1, CITY, trades=[trade])[0]
        officer, head = self.people["shuoan-market"], self.people["shuoan-market-head"]
        designated = tonnes < 10000
        values = {"name": company.name, "trade": trade, "tonnes": tonnes, "designated": designated}
        self.enter("shuoan-market", "energy_user", values, key=company.code)
        if fate == "listed" or officer.unit is None:
            return
        opened = self.now - timedelta(days=self.random.randrange(50, 80))
        case = OpenCase(
            user=officer,
            type="energy_metering_review",
            values={"enterprise": company.code, "name": company.name, "tonnes": tonnes, "designated": designated},
            unit=officer.unit,
            region=self.regions[CITY],
            opened_at=opened,
        ).execute().case  # fmt: skip
        fit = {"fit": ENOUGH if fate == "passed" else SHORT}
        self.take(officer, case, "self_check", opened + timedelta(days=10), fit)
        if fate == "reviewing":
            return
        managed = {"management": "建立了能源计量管理制度和器具台账，检定证书齐全。"}
        self.take(officer, case, "visit", opened + timedelta(days=24), managed)
        if fate == "passed":
            self.take(head, case, "pass", opened + timedelta(days=30))
        else:
            self.take(
                head,
                case,
                "order",
                opened + timedelta(days=30),
                note="用能设备电表和次级单位水表未配齐，三个月内补配。",
            )

    def request(self, need: str, fate: int) -> None:
        company = fictional.enterprises(self.random, 1, CITY, trades=["乳制品"])[0]
        officer = self.people["shuoan-market"]
        assert officer.unit is not None
        opened = self.now - timedelta(days=3 + 6 * fate)
        case = OpenCase(
            user=officer,
            type="metrology_request",
            values={"enterprise": company.code, "name": company.name, "need": need, "quantity": 4 + fate},
            unit=officer.unit,
            region=self.regions[CITY],
            opened_at=opened,
        ).execute().case  # fmt: skip
        if fate >= 1:
            self.take(officer, case, "accept", opened + timedelta(days=1), {"service": "JF-0001"})
        if fate >= 2:
            self.take(officer, case, "finish", opened + timedelta(days=9), {"result": "已上门检定，证书已送达。"})

    def take(
        self, user: User, case: Case, step: str, at: datetime, values: dict[str, Any] | None = None, note: str = ""
    ) -> None:
        TakeStep(user=user, case=case, step=step, values=values or {}, note=note, at=at).execute()
        case.refresh_from_db()
