"""The room's part of the demonstration: checks at every stage, from frozen lists to published results."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from hengjian import rulebook
from hengjian.draws.actions import CancelDraw, PerformDraw, PrepareDraw, PublishResult, RecordResult, ReplaceTarget
from hengjian.draws.models import Draw, Drawn
from hengjian.draws.pools import Person
from hengjian.draws.rules import Exclusion, Target
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.methods import fictional
from hengjian.parties.models import User

OFFICER, HEAD = "market", "market-head"
RESULTS = ("none_found", "none_found", "none_found", "ordered", "not_disclosed", "unreachable")
NOTES = {
    "ordered": "产品标签未标明执行标准编号，已当场下达责令改正通知书。",
    "not_disclosed": "企业标准已实施，未在公共服务平台公开。",
    "unreachable": "登记住所无人办公，电话无人接听。",
}


def build(now: datetime, random: Random) -> None:
    """Four checks of the region's market regulation: waiting for its seed, going on, finished, cancelled."""
    people = {user.username: user for user in User.objects.filter(username__in=(OFFICER, HEAD))}
    if len(people) == 2:
        Player(now, random, people[OFFICER], people[HEAD]).run()


class Player:
    def __init__(self, now: datetime, random: Random, officer: User, head: User) -> None:
        assert officer.unit is not None
        self.now, self.random, self.officer, self.head = now, random, officer, head
        self.unit = officer.unit
        self.inspectors = [
            Person(f"ZF9900{n:03}", fictional.person(random), "" if n % 4 else self.unit.key) for n in range(1, 13)
        ]

    def run(self) -> None:
        figure: dict[str, Any] = {
            "seed_source": f"{self.now + timedelta(days=2):%Y年%-m月%-d日}双色球开奖号码，按公布顺序，空格分开",
            "seed_after": self.now + timedelta(days=2),
        }
        self.prepare("企业标准自我声明公开监督抽查（下半年）", "标准自我声明公开", 160, "by-risk", **figure)
        cancelled = self.prepare("加油机计量专项抽查", "强制检定计量器具", 24, "general", **figure)
        CancelDraw(user=self.officer, draw=cancelled, reason="名录漏列三家新设加油站，补全后重新锁定").execute()
        going = self.prepare("重点工业产品生产企业抽查", "工业产品质量", 120, "key", seed_kind=Draw.Seed.CHECKPOINT)
        done = self.prepare("检验检测机构能力抽查", "检验检测机构资质与报告", 40, "key", seed_kind=Draw.Seed.CHECKPOINT)
        sign_checkpoint()
        for draw in (going, done):
            PerformDraw(user=self.officer, draw=draw).execute()
        self.check(done, every=1)
        self.check(going, every=3)

    def prepare(self, title: str, matter: str, size: int, rule: str, **seed: Any) -> Draw:
        found = fictional.enterprises(self.random, size)
        layers = "AAAAABBBBCCD" if rule == "by-risk" else ("",)
        targets = [
            Target(f"enterprise:{item.code}", item.name, self.random.choice(layers), item.code) for item in found
        ]
        # One inspector's relative runs the first enterprise; another steps back altogether.
        exclusions = [
            Exclusion(self.inspectors[0].id, targets[0].id),
            Exclusion(self.inspectors[1].id, targets[1].id),
        ]
        return PrepareDraw(
            user=self.officer,
            title=f"{self.now:%Y}年{title}",
            matter=matter,
            unit=self.unit,
            region=self.unit.region,
            rule=rulebook.at("random_checks", self.unit.region.code, timezone.localdate(self.now), variant=rule),
            targets=targets,
            inspectors=self.inspectors,
            exclusions=exclusions,
            checks_by=timezone.localdate(self.now) + timedelta(days=45),
            targets_source="市场主体名录",
            inspectors_source="执法检查人员名录",
            **seed,
        ).execute()

    def check(self, draw: Draw, every: int) -> None:
        """Record what the checks found, publish most of it; of a draw that goes on only some."""
        today = timezone.localdate(self.now)
        rows = list(draw.drawn.filter(reserve=False).order_by("order"))
        for place, drawn in enumerate(rows):
            if every > 1 and place == 1:
                ReplaceTarget(user=self.officer, drawn=drawn, reason="企业已注销登记").execute()
            elif place % every == 0:
                self.record(drawn, today, publish=every == 1 or place % (2 * every) == 0)

    def record(self, drawn: Drawn, today: Any, publish: bool) -> None:
        code = self.random.choice(RESULTS)
        RecordResult(
            user=self.officer, drawn=drawn, code=code, ended_on=today, note=NOTES.get(code, "现场检查未发现问题。")
        ).execute()
        if publish:
            PublishResult(user=self.head, drawn=drawn).execute()
