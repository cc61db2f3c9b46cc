"""The room's part of the demonstration: lifts of the city 朔安, a year of rescues, hazards, policies and checks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.methods import fictional
from hengjian.parties.models import Region, Unit, User
from hengjian.registers.actions import CreateEntry, SetStatus
from hengjian.registers.models import EntryBase
from hengjian.systems.equipment.actions import (
    InsureLifts,
    PayCompensation,
    RecordCheck,
    RecordMaintenance,
)
from hengjian.systems.equipment.models import Dispatch, Lift

CITY = "990300"
DISTRICT = "990302"
LIFTS = 72
RESCUES = 14
PLACES = (
    ("housing", "澜府", ("1", "2", "3", "5", "6", "8")),
    ("housing", "观岭苑", ("1", "2", "3", "4")),
    ("housing", "柳堤家园", ("1", "2", "3", "4", "5", "6")),
    ("office", "长庚大厦", ("A", "B")),
    ("shop", "望河广场", ("东", "西")),
    ("hospital", "朔安市第一医院门诊楼", ("1", "2")),
    ("hotel", "白塔宾馆", ("主楼",)),
    ("station", "朔安站", ("北",)),
)
MAKERS = ("云渡电梯", "北辰野电梯", "星垣机电", "远岫电梯")
HAZARDS = (("燃气锅炉安全阀超期未校验", 70), ("液氨储罐超设计使用年限未评估", 40), ("起重机械限位失效", 3))
MEASURES = "立即停用，委托检验机构检验评估，治理完成前专人值守"
CAUSES = ("door", "door", "door", "external", "external", "human", "control", "drive", "safety", "unknown")


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`, through its actions."""
    people = {user.username: user for user in User.objects.filter(username__in=("dispatch", "shuoan-market-head"))}
    if len(people) < 2:
        return
    Player(now, random, people["dispatch"], people["shuoan-market-head"]).run()


class Player:
    """One build, by the dispatcher and the head of the city's market regulation."""

    def __init__(self, now: datetime, random: Random, officer: User, head: User) -> None:
        assert officer.unit is not None
        self.now, self.random, self.officer, self.head = timezone.localtime(now), random, officer, head
        self.today: date = self.now.date()
        self.unit: Unit = officer.unit
        self.city = Region.objects.get(code=CITY)
        self.district = Region.objects.get(code=DISTRICT)
        self.maintainers = fictional.enterprises(random, 2, CITY, trades=["电梯维保"])
        # The maintainer with an account; without one, nobody records by phone.
        fitter = User.objects.filter(username="enterprise-lift").select_related("unit").first()
        self.account = fitter.unit if fitter is not None else None
        if self.account is not None:
            named = [item for item in fictional.roster() if item.code == self.account.key.upper()]
            self.maintainers = [*named, *[item for item in self.maintainers if item not in named]][:2]
        self.properties = fictional.enterprises(random, 3, CITY, trades=["物业管理"])

    def run(self) -> None:
        self.bodies()
        lifts = [self.lift(number) for number in range(LIFTS)]
        self.insure(lifts)
        self.attend(lifts)
        self.rescues(lifts)
        self.hazards()
        self.safety()

    def enter(self, register: str, values: dict[str, Any], **more: Any) -> EntryBase:
        return CreateEntry(
            user=self.officer,
            register=register,
            values=values,
            unit=self.unit,
            region=more.pop("region", self.city),
            **more,
        ).execute()

    def point(self) -> str:
        return f"{self.random.uniform(100.02, 100.12):.5f},{self.random.uniform(38.02, 38.10):.5f}"

    def bodies(self) -> None:
        names = [(item.name, item.code, "maintainer") for item in self.maintainers]
        names += [(self.properties[0].name, self.properties[0].code, "property")]
        names += [
            ("朔安市电梯应急救援中心站", "", "rescue"),
            ("城北消防救援站", "", "fire"),
            ("城北派出所", "", "police"),
        ]
        for number, (name, code, kind) in enumerate(names):
            values: dict[str, Any] = {"name": name, "kind": kind, "city": CITY, "point": self.point()}
            values["duty_line"] = f"0990-20{number}6333"
            if code:
                values["code"] = code
            if kind == "maintainer":
                values |= {"licence": f"TS33990{number}-2028", "staff": 12 + 5 * number}
                if self.account is not None and self.account.key.upper() == code:
                    values["account"] = self.account.key
            self.enter("rescue_body", values)

    def lift(self, number: int) -> Lift:
        random = self.random
        kind, site, houses = PLACES[number % len(PLACES)]
        house = houses[number // len(PLACES) % len(houses)]
        name = f"{site}{house}{'幢' if kind == 'housing' else '座' if kind == 'office' else '区'}{number // 48 + 1}单元"
        owner = self.properties[number % 3]
        maintainer = self.maintainers[0 if number % 3 else 1]
        # Every twelfth comes up in its fourth year and is a few weeks late.
        installed = self.today - timedelta(days=random.randrange(400, 4600) if number % 12 else 1461 + 50)
        maintained = self.today - timedelta(days=random.choices((3, 8, 13, 17, 24), (30, 35, 25, 6, 4))[0])
        values = {
            "site": name,
            "place": fictional.address(random, DISTRICT),
            "place_kind": kind,
            "point": self.point(),
            "kind": "escalator" if kind in ("shop", "station") and number % 2 else "traction",
            "stops": random.choice((6, 11, 18, 26, 33)),
            "maker": f"{random.choice(MAKERS)}有限公司",
            "serial": f"DT{random.randrange(100000, 999999)}",
            "certificate": f"梯11澜C{number + 10001:05d}({str(installed.year)[2:]})",
            "use_unit": owner.name,
            "use_unit_code": owner.code,
            "duty_line": "0990-2166333",
            "maint_unit": maintainer.name,
            "maint_unit_code": maintainer.code,
            "install_inspected_on": installed.isoformat(),
            "last_maintained_on": maintained.isoformat(),
        }
        inspected = max(installed, self.today - timedelta(days=random.randrange(15, 330)))
        if number % 12 == 0:
            inspected = installed + timedelta(days=355)
        values["last_inspected_on"] = values["last_self_test_on"] = inspected.isoformat()
        made = self.enter("lift", values, key=f"{300001 + number}", region=self.district)
        assert isinstance(made, Lift)
        return made

    def attend(self, lifts: list[Lift]) -> None:
        """Inspections of the last months, maintenance by the maintainer's people, one lift standing still."""
        for number, lift in enumerate(lifts):
            if number % 24 and lift.next_inspection is not None and lift.next_inspection < self.today:
                done = self.today - timedelta(days=number % 9 + 1)
                RecordCheck(
                    user=self.officer,
                    lift=lift,
                    kind="periodic",
                    on=done,
                    passed=True,
                    body="朔安市特种设备检验所",
                    report=f"SA-DT-{self.today.year}-{number:04d}",
                ).execute()
        fitter = User.objects.filter(unit=self.account).first() if self.account is not None else None
        if fitter is not None and fitter.unit is not None:
            for lift in [lift for lift in lifts if lift.maintainer_id == fitter.unit_id][:4]:
                at = self.now - timedelta(days=self.random.randrange(0, 2), hours=3)
                RecordMaintenance(user=fitter, lift=lift, unit=fitter.unit, done_at=at, replaced="门刀滚轮").execute()
        SetStatus(
            user=self.officer,
            entry=lifts[-1],
            status="stopped",
            on=self.today - timedelta(days=9),
            reason="装修改造停用",
        ).execute()

    def insure(self, lifts: list[Lift]) -> None:
        insurer = fictional.enterprises(self.random, 1, "990000", trades=["保险"])[0]
        for number, owner in enumerate(self.properties):
            start = self.today - timedelta(days=(40, 200, 371)[number])
            policy = self.enter(
                "liability_policy",
                {
                    "line": "lift",
                    "insurer": insurer.name,
                    "insured": owner.name,
                    "insured_code": owner.code,
                    "objects": "所管住宅小区和大厦的电梯",
                    "scheme": "lift-residential",
                    "premium": f"{93 * 32}.00",
                    "per_person": "800000",
                    "per_event": "3000000",
                    "aggregate": "3000000",
                },
                key=f"LTZX{start.year}{number + 1:06d}",
                valid_from=start,
                valid_to=start + timedelta(days=364),
            )
            codes = [lift.key for lift in lifts if lift.use_unit_code == owner.code]
            InsureLifts(user=self.officer, policy=policy, codes=codes, city=CITY).execute()
            if number == 0:
                self.claim(policy)

    def claim(self, policy: EntryBase) -> None:
        case = self.open(
            "insurance_claim",
            self.now - timedelta(days=12),
            policy=policy.key,
            claimant=fictional.person(self.random),
            event="电梯困人四十分钟受惊就医",
            event_on=(self.today - timedelta(days=15)).isoformat(),
            claimed_on=(self.today - timedelta(days=13)).isoformat(),
            claimed="4200.00",
            injured=1,
        )
        at = self.now - timedelta(days=8)
        self.step(case, "assess", at, assessed="3860.00", injured=1, cause_found="门系统故障，使用单位维护责任。")

    def open(self, type: str, at: datetime, region: Region | None = None, **values: Any) -> Case:
        return (
            OpenCase(
                user=self.officer,
                type=type,
                values=values,
                unit=self.unit,
                region=region or self.city,
                opened_at=at,
            )
            .execute()
            .case
        )

    def step(
        self, case: Case, step: str, at: datetime, note: str = "", user: User | None = None, **values: Any
    ) -> None:
        TakeStep(user=user or self.officer, case=case, step=step, values=values, note=note, at=at).execute()
        case.refresh_from_db()

    def call(self, lift: Lift, at: datetime) -> Case:
        return self.open(
            "lift_rescue",
            at,
            self.district,
            lift_code=lift.key,
            place=f"{lift.site}（{lift.place}）",
            area_kind="urban",
            people=self.random.randrange(1, 5),
            urgent=self.random.random() < 0.2,
        )

    def rescues(self, lifts: list[Lift]) -> None:
        """A year of rescues that ended, and two that are under way."""
        random = self.random
        for number in range(RESCUES):
            at = self.now - timedelta(days=340 - number * 24, minutes=random.randrange(0, 600))
            case = self.call(random.choice(lifts[: LIFTS // 2]), at)
            at += timedelta(seconds=random.randrange(40, 110))
            self.step(case, "dispatch", at)
            if number % 5 == 3:
                at += timedelta(minutes=3)
                self.step(case, "next_body", at, answer="silent")
            at += timedelta(seconds=random.randrange(30, 150))
            self.step(case, "answer", at)
            at += timedelta(minutes=random.randrange(6, 24), seconds=random.randrange(60))
            self.step(case, "arrive", at)
            at += timedelta(minutes=random.randrange(3, 16))
            self.step(case, "release", at, cause=random.choice(CAUSES), injured=0, measures="断电盘车放人，停梯检查。")
        owed = Dispatch.objects.filter(compensated=True).exclude(arrived_at=None).order_by("pk")
        for sent in owed[:1]:
            PayCompensation(user=self.officer, dispatch=sent, amount=Decimal(300), on=self.today).execute()
        case = self.call(lifts[5], self.now - timedelta(minutes=14))
        self.step(case, "dispatch", self.now - timedelta(minutes=13))
        self.step(case, "answer", self.now - timedelta(minutes=12))
        case = self.call(lifts[11], self.now - timedelta(minutes=2))
        self.step(case, "dispatch", self.now - timedelta(minutes=1))

    def hazards(self) -> None:
        owner = fictional.enterprises(self.random, 3, CITY, trades=["供热", "化工"])
        given: dict[str, Any] = {"source": "supervision", "level": "city", "place": owner[0].address}
        for number, (item, (hazard, days)) in enumerate(zip(owner, HAZARDS, strict=True)):
            at = self.now - timedelta(days=days)
            due = (at + timedelta(days=60 if number else 85)).date()
            case = self.open(
                "major_hazard",
                at,
                owner=item.name,
                owner_code=item.code,
                hazard=hazard,
                due_on=due.isoformat(),
                **given,
            )
            if number == 2:
                continue
            self.step(case, "notify", at + timedelta(days=1), measures=MEASURES)
            self.step(case, "plan", at + timedelta(days=9), plan="一周内停用降压，委托检验；两个月内更换并验收。")
            if number == 0:
                self.step(case, "report", at + timedelta(days=35), note="安全阀已拆检送校。", progress="60")
                self.step(case, "apply", at + timedelta(days=60))
        check = self.open(
            "equipment_check",
            self.now - timedelta(days=12),
            target=self.maintainers[-1].name,
            target_code=self.maintainers[-1].code,
            target_kind="maintainer",
        )
        self.step(
            check,
            "find",
            self.now - timedelta(days=8),
            checked_on=(self.today - timedelta(days=8)).isoformat(),
            devices=6,
            findings="两台电梯维护保养记录与现场不符，半年维护保养项目缺项。",
        )

    def safety(self) -> None:
        for owner in self.properties[:2]:
            self.enter(
                "safety_duty",
                {
                    "use_unit": owner.name,
                    "use_unit_code": owner.code,
                    "equipment": ["lift"],
                    "number_of": 32,
                    "director": fictional.person(self.random),
                    "officers": fictional.person(self.random),
                    "started_on": (self.today - timedelta(days=120)).isoformat(),
                    "last_daily": (self.today - timedelta(days=1)).isoformat(),
                    "last_weekly": (self.today - timedelta(days=4)).isoformat(),
                    "last_monthly": (self.today - timedelta(days=22)).isoformat(),
                },
            )
        for colour, name in (("red", "液氨储罐区泄漏"), ("orange", "燃气锅炉房超压"), ("yellow", "叉车厂内行驶")):
            item = fictional.enterprises(self.random, 1, CITY, trades=["化工"])[0]
            self.enter(
                "risk_point",
                {
                    "name": name,
                    "unit_name": item.name,
                    "unit_code": item.code,
                    "colour": colour,
                    "place": "生产区",
                    "consequence": "人员伤亡",
                    "measures": "联锁报警，专人巡检，定期演练。",
                    "level": "company" if colour == "red" else "workshop",
                    "assessed_on": (self.today - timedelta(days=30)).isoformat(),
                },
            )
