"""The room's part of the demonstration: the intake of a quarter by every line, in every state, up to this morning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from hengjian.cases.actions.filer import RateCase
from hengjian.cases.actions.opening import OpenCase
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.actions.transfers import AnswerTransfer, SendCase
from hengjian.cases.models import Case
from hengjian.methods import fictional
from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.systems.complaints.actions.sorting import JoinTicket
from hengjian.systems.complaints.actions.tickets import FILER, Registered, RegisterTicket
from hengjian.systems.complaints.demonstration_matters import MATTERS, Matter
from hengjian.systems.complaints.intake import Draft
from hengjian.systems.complaints.models import Ticket

# County → accounts of its officer and head.
COUNTIES = {
    "990321": ("beichuan-market", "beichuan-market-head"),
    "990302": ("chengbei-market", "chengbei-market-head"),
    "990322": ("yutai-market", "yutai-market-head"),
    "990102": ("landong-market", "landong-market-head"),
}

# The city itself, its bureau's officer, and what many complain about there.
CITY, CITY_DESK = "990300", "shuoan-market"
CROWD = next(matter for matter in MATTERS if matter.product == "电热水器")
LINES = ("12315", "12345", "12345", "12315", "web", "web", "12365", "visit", "letter")
# How far each one in turn has come, and how many days ago it came in.
COURSES = (
    ("settled", 74), ("settled", 66), ("terminated", 61), ("declined", 52), ("settled", 47), ("testing", 40),
    ("performing", 33), ("mediating", 27), ("mediating", 20), ("calling", 36), ("accepted", 9), ("supplementing", 6),
    ("registered", 8), ("registered", 2), ("registered", 1), ("withdrawn", 12), ("refused_twice", 5), ("sent", 3),
)  # fmt: skip


def build(now: datetime, random: Random) -> None:
    """Make what the room shows up to `now`, through its actions."""
    names = {name for pair in COUNTIES.values() for name in pair} | {"citizen", CITY_DESK}
    people = {user.username: user for user in User.objects.filter(username__in=names).select_related("unit__region")}
    if names - people.keys():
        return
    Player(now, random, people).run()


class Player:
    """One build."""

    def __init__(self, now: datetime, random: Random, people: Mapping[str, User]) -> None:
        self.now, self.random, self.people = timezone.localtime(now), random, people
        self.turn = 0
        grants = RoleGrant.objects.filter(role="officer", unit__isnull=False).select_related("user__unit__region")
        self.officers = {grant.unit_id: grant.user for grant in grants.order_by("-pk")}

    def run(self) -> None:
        complaints = [matter for matter in MATTERS if matter.claims]
        for number, (course, days) in enumerate(COURSES):
            county = (
                list(COUNTIES)[number % 3] if course in ("testing", "refused_twice", "sent") else self.county(number)
            )
            made = self.take(complaints[number % len(complaints)], county, days)
            case = made.opened[0].case
            getattr(self, course)(case, self.officer(case), days)
        self.reports()
        self.questions()
        self.twice()
        self.aid()
        self.crowd()

    # ---- intake

    def county(self, number: int) -> str:
        return list(COUNTIES)[number % len(COUNTIES)]

    def officer(self, case: Case) -> User:
        """The officer of the unit that answers for the case."""
        return self.officers[case.unit_id]

    def head(self, case: Case) -> User:
        return self.people[COUNTIES[case.region.code][1]]

    def moment(self, days: float, hour: int = 10) -> datetime:
        """So many days ago, at an hour of the day's work; never later than now."""
        found = (self.now - timedelta(days=days)).replace(hour=hour, minute=self.random.randrange(60), second=0)
        return min(found, self.now - timedelta(minutes=30))

    def take(self, matter: Matter, county: str, days: float, *, line: str = "") -> Registered:
        """One intake: by the desk of the county, or by a citizen on the web."""
        self.turn += 1
        random = self.random
        line = line or LINES[self.turn % len(LINES)]
        (shop,) = fictional.enterprises(random, 1, county, trades=[matter.trade])
        low, high = matter.amount
        draft = Draft(
            channel=line,
            content=matter.text,
            received_at=self.moment(days, 9 + self.turn % 8),
            category=matter.category,
            kinds=matter.kinds,
            source_number=f"{line}-{self.now.year}-{880000 + 37 * self.turn}" if line.isdigit() else "",
            product=matter.product,
            act=matter.act,
            occurred_on=timezone.localdate(self.moment(days + 2)),
            claims=matter.claims,
            amount=Decimal(random.randrange(low, high)) if high else None,
            respondent_name=shop.name,
            respondent_code=shop.code,
            respondent_address=shop.address,
            places={"operation": county, "act": county},
            address=shop.address,
            publish_consent=random.random() < 0.6,
            entrust_consent=random.random() < 0.5,
            reward_wanted=bool(matter.act),
            identity={"name": fictional.person(random), "phone": fictional.phone(random)},
        )
        if line == "web":
            return RegisterTicket(user=None, system=FILER, draft=draft).execute()
        desk = self.people[COUNTIES[county][0]]
        return RegisterTicket(user=desk, desk=desk.unit, draft=draft).execute()

    def step(self, case: Case, user: User, code: str, days: float, **more: Any) -> None:
        TakeStep(user=user, case=case, step=code, at=self.later(case, days), **more).execute()

    def later(self, case: Case, days: float) -> datetime:
        """A moment of work so many days ago, after the case's last event."""
        last = case.events.order_by("-number").values_list("occurred_at", flat=True)[0]
        return min(max(self.moment(max(days, 0), 14), last + timedelta(minutes=20)), self.now)

    def crowd(self) -> None:
        """Several people about one business in the city itself: its bureau has work, and a crowd shows."""
        random, desk = self.random, self.people[CITY_DESK]
        shop = random.choice([item for item in fictional.roster() if (item.region, item.trade) == (CITY, CROWD.trade)])
        for number, days in enumerate((12, 9, 5, 2)):
            draft = Draft(
                channel="12345",
                content=CROWD.text,
                received_at=self.moment(days, 10 + number),
                category=CROWD.category,
                kinds=("complaint",),
                source_number=f"12345-{self.now.year}-{990100 + number}",
                product=CROWD.product,
                claims=CROWD.claims,
                amount=Decimal(random.randrange(*CROWD.amount)),
                respondent_name=shop.name,
                respondent_code=shop.code,
                respondent_address=shop.address,
                places={"operation": CITY},
                address=shop.address,
                publish_consent=True,
                entrust_consent=True,
                identity={"name": fictional.person(random), "phone": fictional.phone(random)},
            )
            case = RegisterTicket(user=desk, desk=desk.unit, draft=draft).execute().opened[0].case
            if number < 2:
                self.accepted(case, desk, days)

    # ---- courses of a complaint

    def registered(self, case: Case, user: User, days: float) -> None:
        """Waits for the decision."""

    def supplementing(self, case: Case, user: User, days: float) -> None:
        self.step(case, user, "ask_identity", days - 1, note="请提供本人身份证明复印件，网上上传或者到窗口提交均可。")

    def accepted(self, case: Case, user: User, days: float) -> None:
        self.step(case, user, "accept", days - 3)

    def mediating(self, case: Case, user: User, days: float) -> None:
        self.accepted(case, user, days)
        session = (self.now + timedelta(days=2)).replace(hour=9, minute=30)
        place = f"{case.region.name}市场监督管理局二楼调解室"
        values = {"session_at": session.strftime("%Y-%m-%dT%H:%M"), "place": place}
        self.step(case, user, "convene", days - 7, values=values, note="请双方携带发票、合同等凭证。")

    def session(self, case: Case, user: User, days: float, result: str, note: str) -> None:
        self.mediating(case, user, days)
        held = self.later(case, days - 11).strftime("%Y-%m-%dT%H:%M")
        values = {"held_at": held, "attended": ["complainant", "respondent"], "result": result}
        self.step(case, user, "session", days - 11, values=values, note=note)

    def performing(self, case: Case, user: User, days: float) -> None:
        self.session(case, user, days, "agreed", "双方当场达成一致，约定十日内履行。")
        amount = str(self.random.randrange(120, 2600))
        values = {"agreement": "被投诉人退还货款并承担往返运费，投诉人退回商品。", "settled_amount": amount}
        self.step(case, user, "agree", days - 11, values=values)

    def calling(self, case: Case, user: User, days: float) -> None:
        self.performing(case, user, days)
        self.step(case, user, "performed", min(days - 20, 2), note="投诉人确认已收到退款。")

    def settled(self, case: Case, user: User, days: float) -> None:
        self.performing(case, user, days)
        self.step(case, user, "performed", days - 20)
        grade = self.random.choice("55443")
        self.step(case, user, "call_back", days - 23, values={"satisfaction": grade}, note="电话回访。")

    def terminated(self, case: Case, user: User, days: float) -> None:
        self.session(case, user, days, "refused", "双方对责任认定分歧较大。")
        self.step(case, user, "terminate", days - 14, outcome_code="3", note="双方明确表示无法达成协议。")
        RateCase(
            user=None, system=FILER, case=case, rating=2, at=self.later(case, days - 16), reason="希望再沟通"
        ).execute()

    def declined(self, case: Case, user: User, days: float) -> None:
        note = "该争议已由人民法院立案受理。"
        self.step(case, user, "decline", days - 4, outcome_code="2", note=note)

    def withdrawn(self, case: Case, user: User, days: float) -> None:
        self.accepted(case, user, days)
        self.step(case, user, "withdraw", days - 5, note="双方自行和解。")

    def testing(self, case: Case, user: User, days: float) -> None:
        self.mediating(case, user, days)
        values = {
            "applicant_kind": "parties", "applicant": "争议双方", "product": case.data.get("product", "商品"),
            "question": "是否符合明示的质量要求", "basis": "产品执行标准和合同约定",
        }  # fmt: skip
        test = OpenCase(
            user=user, type="arbitration_test", values=values, unit=case.unit, region=case.region, parent=case,
            opened_at=self.later(case, days - 10),
        ).execute().case  # fmt: skip
        commissioned = {"body": f"{case.region.name}产品质量检验所", "fee": "680"}
        self.step(test, user, "accept", days - 12, values=commissioned)

    def sent(self, case: Case, user: User, days: float) -> None:
        """On its way to another county, which has not answered yet."""
        other = Unit.objects.get(key="990322-market-regulation")
        self.send(case, user, other if case.unit_id != other.pk else user.unit, "实际经营地在你县。", days - 1)  # type: ignore[arg-type]

    def refused_twice(self, case: Case, user: User, days: float) -> None:
        """Two units have sent it back; the third dispatch goes to the unit of last resort."""
        for number, (key, name) in enumerate(
            (("990322-market-regulation", "yutai-market"), ("990302-market-regulation", "chengbei-market"))
        ):
            receiver = Unit.objects.get(key=key)
            if receiver.pk != case.unit_id:
                transfer = self.send(case, user, receiver, "疑在你处经营，请核实办理。", days - number)
                answer = "经核查不在本辖区经营。"
                AnswerTransfer(
                    user=self.people[name],
                    transfer=transfer,
                    accepts=False,
                    answer=answer,
                    at=self.later(case, days - number - 1),
                ).execute()
        self.send(case, user, Unit.objects.get(key="990300-market-regulation"), "两个单位均退回，请上级指定。", 1)

    def send(self, case: Case, user: User, receiver: Unit, reason: str, days: float) -> Any:
        return SendCase(user=user, case=case, receiver=receiver, reason=reason, at=self.later(case, days)).execute()

    # ---- the rest

    def reports(self) -> None:
        """Leads in every state, one with a reward that is being paid."""
        leads = [matter for matter in MATTERS if matter.kinds == ("report",)]
        for number, (course, days) in enumerate(
            (("registered", 3), ("checking", 9), ("filed", 30), ("punished", 70), ("not_filed", 25))
        ):
            case = self.take(leads[number % len(leads)], list(COUNTIES)[number % 3], days).opened[0].case
            user = self.officer(case)
            if course == "registered":
                continue
            self.step(case, user, "check", days - 1)
            if course == "not_filed":
                self.step(case, user, "not_file", days - 10, outcome_code="1", note="现场检查未发现所反映的情形。")
                self.step(case, user, "tell_unfiled", days - 11)
            elif course in ("filed", "punished"):
                self.step(case, user, "file", days - 9, note="现场查获涉案商品，已先行登记保存。")
                self.step(case, user, "tell_filed", days - 11)
            if course == "punished":
                self.step(
                    case,
                    self.head(case),
                    "punish",
                    days - 40,
                    values={"penalty": "26000"},
                    note="没收违法所得并处罚款。",
                )
                self.step(case, user, "tell_result", days - 42)
                self.reward(case, days - 46)

    def reward(self, report: Case, days: float) -> None:
        user = self.officer(report)
        case = OpenCase(
            user=user, type="reward", values={"report_number": report.number, "base": "26000"}, unit=report.unit,
            region=report.region, identity=report.identity, opened_at=self.moment(days),
        ).execute().case  # fmt: skip
        values = {"level": "2", "base": "26000", "natural_person": "true"}
        self.step(case, user, "propose", days - 2, values=values, note="提供部分证据，线索与查处结果相符。")
        self.step(case, self.head(case), "approve", days - 4)
        self.step(case, user, "tell", days - 5)

    def questions(self) -> None:
        """Questions and ideas, answered and waiting."""
        for number, matter in enumerate(
            item for item in MATTERS if item.kinds and item.kinds[0] in ("consultation", "suggestion")
        ):
            for days in (16, 2):
                case = self.take(matter, self.county(number), days, line="12345").opened[0].case
                if days > 10:
                    code = "answer" if case.type == "consultation" else "adopt"
                    note = (
                        "可在“登记册”公开页按单位名称查询许可证编号和有效期。"
                        if code == "answer"
                        else "已纳入农贸市场整治方案。"
                    )
                    self.step(case, self.officer(case), code, days - 3, note=note)

    def twice(self) -> None:
        """The same matter again by another line, put into the first."""
        county = next(iter(COUNTIES))
        first = self.take(MATTERS[0], county, 4, line="12315").ticket
        second = self.take(MATTERS[0], county, 3, line="12345").ticket
        Ticket.objects.filter(pk=second.pk).update(
            respondent_name=first.respondent_name,
            respondent_code=first.respondent_code,
            respondent_key=first.respondent_key,
        )
        second.refresh_from_db()
        user = self.people[COUNTIES[county][0]]
        JoinTicket(user=user, ticket=second, other=first, reason="同一消费者同一纠纷，来自两条热线").execute()

    def aid(self) -> None:
        """IP-rights aid: one sent on and overdue for feedback, one done, one new."""
        user = self.people["shuoan-market"]
        assert user.unit is not None
        city = Region.objects.get(code="990300")
        for number, days in enumerate((26, 14, 2)):
            holder, infringer = fictional.enterprises(self.random, 2, "990300")
            values = {
                "right_kind": ("trade_mark", "gi", "patent")[number], "right_number": f"99{731200 + number}",
                "right_name": holder.name[2:5], "holder_code": holder.code, "infringer": infringer.name,
                "infringer_code": infringer.code,
                "content": "在市场上发现使用近似标识的同类商品，已购买样品并拍照留存。",
                "aid": ["enforcement", "opinion"],
            }  # fmt: skip
            identity = {"name": fictional.person(self.random), "phone": fictional.phone(self.random)}
            case = OpenCase(
                user=user, type="ip_aid", values=values, unit=user.unit, region=city, identity=identity, channel="web",
                opened_at=self.moment(days),
            ).execute().case  # fmt: skip
            if days == 2:
                continue
            self.step(case, user, "accept", days - 2)
            self.step(
                case, user, "move", days - 5, values={"receiver": "北川县市场监督管理局"}, note="侵权行为地在北川县。"
            )
            if number == 0:
                self.step(
                    case, user, "feedback", days - 14, values={"result": "stopped"}, note="已责令停止使用并下架。"
                )
                self.step(case, user, "close", days - 16)
