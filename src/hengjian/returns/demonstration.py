"""The room's part of the demonstration: years of returns that were brought over, and the present periods at every
stage, with the mistakes that the checks of the regime are there to find."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db.models import F
from django.utils import timezone

from hengjian.ledger.actions import append_many
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.models import Fact
from hengjian.methods.periods import period_of, periods_between
from hengjian.parties.models import Unit, User
from hengjian.returns.actions import (
    CellInput,
    CommentCell,
    CompleteReturn,
    CorrectReturn,
    ExplainProblem,
    ExtendReturn,
    PassStage,
    SaveCells,
    SendBack,
)
from hengjian.returns.actions.storing import open_errors
from hengjian.returns.catalogue import form
from hengjian.returns.demonstration_figures import figures_of
from hengjian.returns.facts import APPROVED, ReturnApproved
from hengjian.returns.integrity.running import run_day
from hengjian.returns.models import Approval, Cell, Opening, Return, StageRecord
from hengjian.returns.opening import open_period
from hengjian.returns.rules import Sheet, plain_text

ORDER = 60
BROUGHT_OVER = "由原报表系统迁入"
# How many periods of each form are there.
PERIODS = {
    "product_quality": 6,
    "measuring_instruments": 4,
    "service_quality": 6,
    "engineering_acceptance": 6,
    "air_days": 13,
    "macro_quality": 3,
    "nqi_capacity": 2,
}
BEICHUAN, YUTAI, CHENGBEI, SHUOAN = "990321", "990322", "990302", "990300"
SONGKOU, SHIMEN, WANGLAN = "990421", "992121", "990100"


def build(now: datetime, random: Random) -> None:
    """Every form for its last periods; the newest quarter at every stage."""
    today = timezone.localdate(now)
    units = Unit.objects.filter(family="market_regulation", region__code__startswith="99")
    if not units.exists():
        return
    for code, count in PERIODS.items():
        declared = form(code)
        last = period_of(today, declared.frequency).previous
        for period in periods_between(last.shift(1 - count), last):
            if not declared.is_in_force(period.last):
                continue
            opened = _moment(min(period.last + timedelta(days=1), today), now)
            opening = open_period(declared, period, opened, fill=False)
            if opening is None:
                continue
            newest = code == "product_quality" and period == last
            bring_over(
                opening,
                random,
                now,
                leave={BEICHUAN, YUTAI, CHENGBEI, SHUOAN, SONGKOU, SHIMEN, WANGLAN} if newest else set(),
            )
            if newest:
                Stages(opening, random, now).play()
    run_day(today, now)


def _moment(day: date, now: datetime) -> datetime:
    """Some hour of a day, never after the present."""
    return min(timezone.make_aware(datetime(day.year, day.month, day.day, 10, 20)), now)


def bring_over(opening: Opening, random: Random, now: datetime, leave: set[str]) -> None:
    """Approved returns of a period, all at once: what a region's former reporting system held.

    Args:
        leave: regions that are left as they were opened.
    """
    today = timezone.localdate(now)
    entries = [
        entry
        for entry in opening.returns.select_related("unit", "region", "organiser").order_by("region__code")
        if entry.region.code not in leave
    ]
    cells: list[Cell] = []
    records: list[StageRecord] = []
    drafts = []
    for entry in entries:
        entry.opening = opening
        day = min(opening.due_on - timedelta(days=random.choice((1, 2, 2, 3, 5, -2, 0))), today)
        done = _moment(day, now)
        values = figures_of(entry, random, bool(leave))
        sheet = Sheet(opening.layout, values, opening.period.days)
        cells += [
            Cell(owner=entry, row=row, column=column, value=value, changed_at=done, origin=Cell.Origin.TYPED)
            for (row, column), value in values.items()
        ]
        entry.state, entry.filled = Return.State.APPROVED, len(values)
        entry.completed_at = entry.first_completed_at = done
        entry.approved_at = min(done + timedelta(days=4), now)
        rows = sheet.rows()
        for step, moment in ((StageRecord.Step.COMPLETED, done), (StageRecord.Step.APPROVED, entry.approved_at)):
            records.append(
                StageRecord(
                    owner=entry, number=1, step=step, note=BROUGHT_OVER, figures=rows, unit=entry.unit, at=moment
                )
            )
        drafts.append(_draft(entry, rows))
    Cell.objects.bulk_create(cells, batch_size=2000)
    StageRecord.objects.bulk_create(records)
    appended = append_many(drafts)
    stretch = Fact.objects.filter(leaf_index__gte=appended.first, leaf_index__lt=appended.first + appended.total)
    facts = dict(stretch.values_list("subject", "id"))
    for entry in entries:
        entry.fact = facts[entry.subject]
    Return.objects.bulk_update(
        entries, ["state", "filled", "completed_at", "first_completed_at", "approved_at", "fact"]
    )
    stages = Approval.objects.filter(owner__in=entries)
    stages.update(state=Approval.State.PASSED, at=_moment(min(opening.due_on + timedelta(days=3), today), now))


def _draft(entry: Return, rows: dict[str, dict[str, str]]) -> FactDraft:
    opening = entry.opening
    return FactDraft(
        kind=APPROVED.name,
        subject=entry.subject,
        payload=ReturnApproved(
            form=opening.form_code,
            form_version=opening.form_version,
            version=1,
            period=opening.period_code,
            region=entry.region.code,
            rows=rows,
        ),
        region=entry.region.code,
        occurred_on=opening.last,
        source=Source(unit=entry.unit.ref, system=BROUGHT_OVER),
        refs={"unit": entry.unit.ref},
        disclosure="public" if opening.form.public_figures else "shared",
    )


@dataclass
class Stages:
    """The newest quarter of the form on products, by the people of the demonstration: one county at each stage."""

    opening: Opening
    random: Random
    now: datetime

    def __post_init__(self) -> None:
        names = (
            "beichuan-market", "beichuan-market-head", "yutai-market", "yutai-market-head", "chengbei-market",
            "chengbei-market-head", "shuoan-market", "shuoan-market-head", "market", "market-head",
        )  # fmt: skip
        self.people: dict[str, User] = {user.username: user for user in User.objects.filter(username__in=names)}
        rows = self.opening.returns.select_related("unit", "region", "organiser", "opening")
        self.entries: dict[str, Return] = {entry.region.code: entry for entry in rows}

    def play(self) -> None:
        steps: tuple[Callable[[], None], ...] = (
            self.approved, self.waiting, self.checked, self.sent_back, self.extended, self.correcting,
        )  # fmt: skip
        for step in steps:
            with suppress(KeyError):  # a smaller world has fewer counties and people
                step()

    @staticmethod
    def days_ago(entry: Return, days: int) -> None:
        """Move what has been done on the return so far that many days back."""
        back = timedelta(days=days)
        for name in ("completed_at", "first_completed_at"):
            if getattr(entry, name) is not None:
                setattr(entry, name, getattr(entry, name) - back)
        entry.save(update_fields=["completed_at", "first_completed_at"])
        entry.cells.update(changed_at=F("changed_at") - back)
        for rows in (entry.changes, entry.explanations, entry.records, entry.objections):
            rows.update(at=F("at") - back)
        entry.approvals.exclude(at=None).update(at=F("at") - back)

    def fill(self, code: str, who: str, **changed: str) -> Return:
        entry = self.entries[code]
        values = {key: plain_text(value) for key, value in figures_of(entry, self.random).items()}
        industry = next(iter(values))[0]
        values |= {(industry, column): text for column, text in changed.items()}
        cells = [CellInput(row, column, text) for (row, column), text in values.items()]
        SaveCells(user=self.people[who], entry=entry, cells=cells).execute()
        return entry

    def passed(self, entry: Return, order: int, who: str) -> None:
        PassStage(user=self.people[who], approval=entry.approvals.get(order=order)).execute()

    def approved(self) -> None:
        entry = self.fill(BEICHUAN, "beichuan-market")
        first = entry.cells.order_by("pk").first()
        assert first is not None
        CommentCell(
            user=self.people["beichuan-market"],
            entry=entry,
            row=first.row,
            column="output",
            text="新增一条生产线，8 月投产",
        ).execute()
        CompleteReturn(user=self.people["beichuan-market"], entry=entry).execute()
        self.passed(entry, 0, "beichuan-market-head")
        self.passed(entry, 1, "market-head")

    def waiting(self) -> None:
        entry = self.fill(YUTAI, "yutai-market", firms="0")
        who, row = self.people["yutai-market"], entry.cells.order_by("pk")[0].row
        reason = "该行业企业本季末注销，产值为注销前发生数"
        for code in dict.fromkeys(problem.code for problem in open_errors(entry)):
            ExplainProblem(user=who, entry=entry, check_code=code, row=row, text=reason).execute()
        CompleteReturn(user=who, entry=entry).execute()
        self.days_ago(entry, 3)

    def checked(self) -> None:
        entry = self.fill(CHENGBEI, "chengbei-market")
        CompleteReturn(user=self.people["chengbei-market"], entry=entry).execute()
        self.passed(entry, 0, "chengbei-market-head")
        entry.refresh_from_db()
        self.days_ago(entry, 2)

    def sent_back(self) -> None:
        entry = self.fill(SHUOAN, "shuoan-market")
        cell = entry.cells.filter(column="internal_loss").order_by("pk")[0]
        assert cell.value is not None
        wrong = CellInput(cell.row, cell.column, plain_text(cell.value * 10), cell.version)
        SaveCells(user=self.people["shuoan-market"], entry=entry, cells=[wrong]).execute()
        CompleteReturn(user=self.people["shuoan-market"], entry=entry).execute()
        self.passed(entry, 0, "shuoan-market-head")
        entry.refresh_from_db()
        self.days_ago(entry, 4)
        SendBack(
            user=self.people["market-head"],
            approval=entry.approvals.get(order=1),
            reason="内部损失约为上季的 10 倍，请核对原始凭证",
            cells={(cell.row, "internal_loss"): "疑似多填一位"},
        ).execute()
        entry.refresh_from_db()
        self.days_ago(entry, 1)

    def extended(self) -> None:
        ExtendReturn(
            user=self.people["market-head"],
            entry=self.entries[SONGKOU],
            until=timezone.localdate(self.now) + timedelta(days=6),
            reason="遭受洪涝灾害，企业台账正在恢复",
        ).execute()

    def correcting(self) -> None:
        bring_over(self.opening, self.random, self.now, leave=set(self.entries) - {WANGLAN})
        entry = self.entries[WANGLAN]
        entry.refresh_from_db()
        CorrectReturn(user=None, system="demonstration", entry=entry, reason="漏计一家新投产企业的产值").execute()
