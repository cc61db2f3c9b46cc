"""The room's part of the demonstration: checks at every stage, from frozen lists to published results."""

from __future__ import annotations

from collections.abc import Callable
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


FINISHED, GOING = "检验检测机构能力抽查", "重点工业产品生产企业抽查"
WAITING, CANCELLED = "企业标准自我声明公开监督抽查（下半年）", "加油机计量专项抽查"


def build(now: datetime, random: Random) -> None:
    """The last day: a check whose seed is still to come, prepared this morning."""
    play(now, random, Player.wait)


def play(now: datetime, random: Random, step: Callable[[Player], None]) -> None:
    people = {user.username: user for user in User.objects.filter(username__in=(OFFICER, HEAD))}
    if len(people) == 2:
        step(Player(now, random, people[OFFICER], people[HEAD]))


class Player:
    """The room's steps; each is one day's work of the region's market regulation."""

    def __init__(self, now: datetime, random: Random, officer: User, head: User) -> None:
        assert officer.unit is not None
        self.now, self.random, self.officer, self.head = now, random, officer, head
        self.unit = officer.unit
        names = Random("draws:inspectors")  # the same people on every day
        self.inspectors = [
            Person(f"ZF9900{n:03}", fictional.person(names), "" if n % 4 else self.unit.key) for n in range(1, 13)
        ]

    def wait(self) -> None:
        self.prepare(WAITING, "标准自我声明公开", 160, "by-risk", **self.lottery)

    @property
    def lottery(self) -> dict[str, Any]:
        after = self.now + timedelta(days=2)
        return {
            "seed_source": f"{after:%Y年%-m月%-d日}双色球开奖号码，按公布顺序，空格分开",
            "seed_after": after,
        }

    def prepare_finished(self) -> None:
        self.prepare(FINISHED, "检验检测机构资质与报告", 40, "key", seed_kind=Draw.Seed.CHECKPOINT)

    def prepare_going(self) -> None:
        self.prepare(GOING, "工业产品质量", 120, "key", seed_kind=Draw.Seed.CHECKPOINT)

    def cancel(self) -> None:
        draw = self.prepare(CANCELLED, "强制检定计量器具", 24, "general", **self.lottery)
        CancelDraw(user=self.officer, draw=draw, reason="名录漏列三家新设加油站，补全后重新锁定").execute()

    def perform(self) -> None:
        """Draw whatever waits for a checkpoint."""
        sign_checkpoint()
        for draw in Draw.objects.filter(state=Draw.State.PREPARED, seed_kind=Draw.Seed.CHECKPOINT):
            PerformDraw(user=self.officer, draw=draw).execute()

    def half(self) -> None:
        """The first half of the finished check, published at once."""
        rows = self.open(FINISHED)
        for drawn in rows[: len(rows) // 2]:
            self.record(drawn, publish=True)

    def rest(self) -> None:
        for drawn in self.open(FINISHED):
            self.record(drawn, publish=True)

    def begin(self) -> None:
        """Of the check that goes on: one enterprise is gone, a few are done, half of them published."""
        rows = self.open(GOING)
        ReplaceTarget(user=self.officer, drawn=rows[1], reason="企业已注销登记").execute()
        for place, drawn in enumerate(rows[::3]):
            self.record(drawn, publish=place % 2 == 0)

    def open(self, title: str) -> list[Drawn]:
        """What a check has still to visit."""
        rows = Drawn.objects.filter(draw__title__endswith=title, state=Drawn.State.WAITING)
        return list(rows.select_related("draw").order_by("order"))

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

    def record(self, drawn: Drawn, publish: bool) -> None:
        code = self.random.choice(RESULTS)
        RecordResult(
            user=self.officer,
            drawn=drawn,
            code=code,
            ended_on=timezone.localdate(self.now),
            note=NOTES.get(code, "现场检查未发现问题。"),
        ).execute()
        if publish:
            PublishResult(user=self.head, drawn=drawn).execute()


def _step(work: Callable[[Player], None]) -> Callable[[datetime, Random], None]:
    return lambda now, random: play(now, random, work)


#: (days before the end, what happens then): the last months.
EARLIER = [
    (88, _step(Player.prepare_finished)),
    (85, _step(Player.perform)),
    (70, _step(Player.half)),
    (52, _step(Player.rest)),
    (40, _step(Player.cancel)),
    (26, _step(Player.prepare_going)),
    (23, _step(Player.perform)),
    (9, _step(Player.begin)),
]
