"""The people of the demonstration and what they say of each item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

from hengjian import rulebook
from hengjian.assessment import offers
from hengjian.assessment.actions.bulk_marking import DepartmentMarks, SelfMarks
from hengjian.assessment.actions.evidence import UseFact
from hengjian.assessment.actions.filing import DecideTarget, FileTarget
from hengjian.assessment.actions.marking import (
    FinishItems,
    SubmitSelf,
)
from hengjian.assessment.actions.rounds import AdvanceRound, NamePanel, OpenRound, window
from hengjian.assessment.actions.schemes import CopyScheme, DecideScheme, EditScheme, SubmitScheme
from hengjian.assessment.models import Entry, Round, Scheme, TargetValue
from hengjian.assessment.objects import objects_of
from hengjian.methods import fictional
from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.rulebook.parameters import score_operators as ops
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.answers import Answer
from hengjian.scoring.operators import plain
from hengjian.scoring.rules import score_item

REGION = "990000"
# Why points were lost, by what the item is about.
REASONS = {
    "targets": ("抽检不合格批次主要集中在小微企业", "个别行业样本不合格率偏高", "上年基数较高，增长趋缓"),
    "macro": ("年度行动计划印发较晚", "牵头部门之间会商次数偏少", "专项经费落实不足"),
    "safety": ("部分县区监管档案不完整", "风险监测覆盖面不够", "个别投诉超期办结"),
    "foundations": ("检验检测能力仍有缺项", "人才培训覆盖面不足", "标准实施评价开展较少"),
}
REPORT = (
    "本年度按照质量强区工作部署，完善协调机制，分解落实年度行动计划，主要质量目标稳中有升。"
    "失分主要在监管档案和检测能力，已列入下一年度改进计划，逐项明确责任单位和完成时限。"
)


class Cast:
    """Who acts when, and what they answer: schemes, rounds and scores of one build."""

    def __init__(self, now: datetime, random: Random) -> None:
        self.now, self.random = now, random
        self.people = {user.username: user for user in User.objects.select_related("unit__region")}
        self.unit = Unit.objects.select_related("region").get(key=f"{REGION}-quality-office")
        self.region: Region = self.unit.region

    @property
    def office(self) -> User:
        return self.people["office"]

    @property
    def other(self) -> User:
        return self.people["office2"]

    def at(self, days: int) -> datetime:
        """Ten o'clock so many days ago."""
        day = (self.now - timedelta(days=days)).date()
        return min(datetime.combine(day, time(10), self.now.tzinfo), self.now)

    # ---- schemes and rounds

    def rule(self, variant: str) -> rulebook.Rule:
        return rulebook.at("assessment_schemes", REGION, self.now.date(), variant=variant)

    def scheme(self, month: int) -> Scheme:
        made = CopyScheme(
            user=self.office,
            unit=self.unit,
            region=self.region,
            rule=self.rule("anhui"),
            title="澜川自治区质量工作考核方案",
        ).execute()
        return self.adopted(self.edited(made, month, "按自治区实际确定考核年度和批准机关"))

    def edition(self, before: Scheme, month: int) -> Scheme:
        made = CopyScheme(user=self.office, unit=self.unit, region=self.region, scheme=before).execute()
        return self.adopted(self.edited(made, month, "调整考核年度起始月，与年度计划总结衔接"))

    def edited(self, scheme: Scheme, month: int, note: str) -> Scheme:
        definition = {**scheme.definition}
        undated = [
            {key: value for key, value in step.items() if key not in ("month", "day")}
            for step in definition["scheme"]["steps"]
        ]
        definition["scheme"] = definition["scheme"] | {
            "start_month": month, "approver": "自治区人民政府", "steps": undated, "bottom": 1,
        }  # fmt: skip
        return EditScheme(user=self.office, scheme=scheme, definition=definition, note=note).execute()

    def adopted(self, scheme: Scheme) -> Scheme:
        SubmitScheme(user=self.office, scheme=scheme).execute()
        return DecideScheme(user=self.other, scheme=scheme).execute()

    def open(self, scheme: Scheme, days: int) -> Round:
        """A round whose window ended just before it was opened."""
        content = scheme.content
        begun = self.at(days)
        year = begun.year - 1
        steps = [step.code for step in content.scheme.steps]
        plan = {"filing": 12, "self": 40, "department": 90, "site": 115, "panel": 135, "approval": 150}
        first, _last = window(content.scheme.start_month, year)
        label = f"{first.year}" if first.month == 1 else f"{first.year}—{first.year + 1}"
        row = OpenRound(
            user=self.office,
            scheme=scheme,
            title=f"{label}年度质量工作考核",
            unit=self.unit,
            region=self.region,
            year=year,
            objects=objects_of(content, scheme.unit, scheme.region),
            dues={code: begun.date() + timedelta(days=plan[code]) for code in steps if code in plan},
        ).execute()
        NamePanel(user=self.office, round=row, members=[self.people["panel"], self.people["panel2"]]).execute()
        return row

    def answering(self, entry: Entry) -> User:
        """Somebody who answers for the object; where the demonstration has nobody there, a liaison without a log-in."""
        mine = [user for user in self.people.values() if user.unit_id == entry.unit_id]
        if not mine:
            made = User(
                username=f"liaison-{entry.region.code}",
                display_name=fictional.person(self.random),
                position="质量工作联络员",
                unit=entry.unit,
            )
            made.set_unusable_password()
            made.save()
            since = RoleGrant.objects.filter(user=self.office).values_list("valid_from", flat=True).first()
            RoleGrant.objects.create(user=made, role="officer", unit=entry.unit, valid_from=since)
            self.people[made.username] = made
            mine = [made]
        return min(mine, key=lambda user: user.username)

    def scorer(self, unit: int) -> User | None:
        mine = [user for user in self.people.values() if user.unit_id == unit]
        return next((user for user in mine if not user.username.endswith("-head")), None)

    # ---- steps

    def targets(self, row: Round) -> None:
        """File and approve, for every object that has somebody to answer for it."""
        for entry in self.entries(row):
            user = self.answering(entry)
            for code in row.content.scheme.targets:
                value = Decimal(self.random.choice(("94", "94.5", "95", "96", "97", "98")))
                made = FileTarget(user=user, entry=entry, item=code, value=value, basis="上年实际并适当提高").execute()
                DecideTarget(user=self.office, entry=entry, target_value=made).execute()

    def entries(self, row: Round) -> list[Entry]:
        rows = list(row.entries.select_related("unit", "region"))
        for entry in rows:
            entry.round = row
        return rows

    def level(self, entry: Entry) -> float:
        """How well an object does, the same in every year but for a little."""
        return Random(f"{entry.region.code}").uniform(0.5, 0.97) + self.random.uniform(-0.02, 0.03)

    def answer(self, item: Item, share: float, group: str, target: Decimal | None) -> Answer:
        """An answer that gives about the share of the points, with a reason where points are lost."""
        answer = self.found(item, share, target)
        scored = score_item(item, answer)
        if not scored.lost:
            return answer
        note = self.random.choice(REASONS.get(group, REASONS["safety"]))
        return Answer(answer.value, answer.parts, answer.reference, answer.not_applicable, note)

    def found(self, item: Item, share: float, target: Decimal | None) -> Answer:
        operator = item.operator
        good = self.random.random() < share
        match operator:
            case ops.Tiers():
                return Answer(value=operator.tiers[0 if good else self.random.choice((1, 1, 2))].code)
            case ops.Missing() if operator.elements:
                lacking = 0 if good else 1
                return Answer(parts={one.code: Decimal(n < lacking) for n, one in enumerate(operator.elements)})
            case ops.Ratio():
                base = Decimal(plain(target if target is not None else Decimal(95)))
                drift = Decimal(str(round(self.random.uniform(-4, 1) * (1.2 - share), 2)))
                return Answer(value=min(base + drift, Decimal(100)), reference=base)
            case ops.Events():
                late = 0 if good else self.random.randint(2, 12)
                return Answer(
                    parts={rule.code: Decimal(late if n == 0 else 0) for n, rule in enumerate(operator.rules)}
                )
        return Answer(value=good)

    def judged(self, row: Round, entry: Entry, share: float, targets: Mapping[str, Decimal]) -> dict[str, Answer]:
        return {
            item.code: self.answer(item, share, group.code, targets.get(item.code))
            for group in row.content.sheet.groups
            for item in group.items
            if item.part in ("key", "basic")
        }

    def approved_targets(self, row: Round) -> dict[int, dict[str, Decimal]]:
        found: dict[int, dict[str, Decimal]] = {}
        for one in TargetValue.objects.filter(entry__round=row, state=TargetValue.State.APPROVED):
            found.setdefault(one.entry_id, {})[one.item] = one.value
        return found

    def self_scores(self, row: Round) -> dict[int, dict[str, Answer]]:
        """Every object scores itself, takes what the ledger offers, and hands in."""
        targets = self.approved_targets(row)
        found: dict[int, dict[str, Answer]] = {}
        for entry in self.entries(row):
            user = self.answering(entry)
            answers = self.judged(row, entry, min(self.level(entry) + 0.06, 1), targets.get(entry.pk, {}))
            found[entry.pk] = answers
            SelfMarks(user=user, entry=entry, answers=answers).execute()
            for code in ("m2", "s6"):
                for offer in offers.offered_facts(entry, code, most=2):
                    UseFact(user=user, entry=entry, item=code, fact=offer.fact).execute()
            entry.round = row
            SubmitSelf(user=user, entry=entry, report=REPORT, liaison=str(user)).execute()
        return found

    def departments(self, row: Round, own: Mapping[int, Mapping[str, Answer]], share: float = 1.0) -> None:
        """Scoring units go through their items; `share` of the units have come to an end."""
        by_unit: dict[int, list[str]] = {}
        for one in row.responsibilities.all():
            by_unit.setdefault(one.unit_id, []).append(one.item)
        done = round(len(by_unit) * share)
        for place, (unit, codes) in enumerate(by_unit.items()):
            user = self.scorer(unit)
            if user is None:
                continue
            finished = place < done
            for number, code in enumerate(codes):
                if not finished and number >= max(1, len(codes) // 2):
                    break
                item = row.content.sheet.item(code)
                answers = {pk: self.checked(item, said[code]) for pk, said in own.items() if code in said}
                DepartmentMarks(user=user, round=row, item=code, answers=answers).execute()
            if finished:
                FinishItems(user=user, round=row).execute()

    def checked(self, item: Item, own: Answer) -> Answer:
        """The department mostly agrees; now and then it finds less."""
        if self.random.random() > 0.12 or not isinstance(item.operator, ops.Tiers):
            return Answer(own.value, own.parts, own.reference, own.not_applicable, own.note or "核对佐证后评定")
        tiers = item.operator.tiers
        place = next(n for n, tier in enumerate(tiers) if tier.code == own.value)
        lower = tiers[min(place + 1, len(tiers) - 1)]
        return Answer(value=lower.code, note="佐证不足以支持自评档次，按下一档评定")

    def advance(self, row: Round, reason: str = "") -> None:
        AdvanceRound(user=self.office, round=row, reason=reason or "个别单位已电话核实，按期进入下一环节").execute()
