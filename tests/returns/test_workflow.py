"""From the calendar to the ledger: opening, filling, checks, stages, sending back, correcting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hengjian.demo.clock import at
from hengjian.ledger.models import Fact
from hengjian.ledger.queries import facts
from hengjian.pages.models import Notification
from hengjian.parties.models import RoleGrant
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.returns.actions import (
    CellInput,
    CommentCell,
    CompleteReturn,
    CorrectReturn,
    DeclareNoChange,
    ExplainProblem,
    ExtendReturn,
    PassStage,
    RemindReturn,
    SaveCells,
    SendBack,
    WithdrawReturn,
)
from hengjian.returns.jobs import remind_due
from hengjian.returns.models import CellChange, Opening, Return, StageRecord
from hengjian.returns.opening import due_day, open_due
from hengjian.returns.queries import approved_cells, approved_rows, latest_period
from hengjian.returns.standing import waiting_for
from tests.places import person
from tests.returns.conftest import GOOD, Q1, Q2, World, complete, fill, pass_all, reported


def moment(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def test_the_worker_opens_what_is_due_once(world: World) -> None:
    now = timezone.now()
    open_due(now)
    assert open_due(now) == 0
    opening = Opening.objects.get(form_code="trial")
    assert opening.period_code == "2026-Q2"
    assert opening.due_on == date(2026, 7, 15)
    assert opening.returns.count() == 6
    first = opening.returns.get(region=world.counties[0])
    assert [item.unit for item in first.approvals.all()] == [world.units[0], world.market]
    assert first.organiser == world.market


def test_a_due_day_off_moves_to_a_working_day(world: World) -> None:
    day, rule = due_day(world.form, Q1.shift(-1))
    assert rule.variant == "statistics-quarterly"
    assert day == date(2026, 1, 15)
    assert due_day(world.form, Q1)[0] == date(2026, 4, 15)
    assert due_day(world.form, Q2.shift(3))[0] >= date(2027, 4, 15)


def test_an_expired_survey_opens_nothing(world: World) -> None:
    with at(moment("2028-04-02 10:00")):
        open_due(timezone.now())
    assert not Opening.objects.filter(form_code="trial").exists()


def test_all_the_way_into_the_ledger(world: World) -> None:
    entry = world.open()[0]
    saved = fill(entry, world.officer, GOOD)
    assert not saved.refused
    assert not saved.conflicts
    assert entry.state == Return.State.DRAFT
    complete(entry, world.officer)
    assert entry.state == Return.State.COMPLETE
    pass_all(entry, world.head, world.approver)
    assert entry.state == Return.State.APPROVED
    fact = Fact.objects.get(id=entry.fact)
    assert fact.subject == "return:trial:990301:2026-Q2"
    assert fact.occurred_on == date(2026, 6, 30)
    assert fact.payload["rows"]["sum"] == {"all": "150", "good": "145"}
    assert "rate" not in fact.payload["rows"]["one"]
    found = approved_cells("trial", "sum", "good", ["990301", "990302"], Q1, Q2)
    assert found == {("990301", "2026-Q2"): (Decimal(145), entry.fact)}
    assert approved_rows("trial", ["990301"], Q2, Q2)["990301", "2026-Q2"][0]["one"]["all"] == "100"
    assert latest_period("trial", ["990301"]) == Q2
    assert latest_period("trial", ["990302"]) is None


def test_nobody_passes_what_he_reported_or_passed(world: World) -> None:
    entry = world.open()[0]
    fill(entry, world.head, GOOD)
    complete(entry, world.head)
    own, above = entry.approvals.all()
    with pytest.raises(ActionRefused, match="另一人"):
        PassStage(user=world.head, approval=own).execute()
    with pytest.raises(Forbidden):
        PassStage(user=world.other, approval=own).execute()
    with pytest.raises(ActionRefused, match="不是这个环节"):
        PassStage(user=world.approver, approval=above).execute()


def test_a_grant_over_the_region_passes_the_own_stage_only(world: World) -> None:
    above = person("regional", world.market)
    RoleGrant.objects.create(user=above, role="reviewer", region=world.province)
    entry = world.open()[0]
    fill(entry, world.officer, GOOD)
    complete(entry, world.officer)
    own, province = entry.approvals.all()
    assert waiting_for(above) == 0
    with pytest.raises(ActionRefused, match="第1县市场监管局审核"):
        PassStage(user=above, approval=own).execute()
    PassStage(user=world.head, approval=own).execute()
    assert (waiting_for(above), waiting_for(world.officer)) == (1, 0)
    province.refresh_from_db()
    assert PassStage(user=above, approval=province).execute().state == Return.State.APPROVED


def test_errors_are_mended_or_explained_before_it_is_complete(world: World) -> None:
    entry = world.open()[0]
    fill(entry, world.officer, {**GOOD, "one.good": 101})
    assert entry.errors == 1
    with pytest.raises(ActionRefused, match="1 项审核错误"):
        CompleteReturn(user=world.officer, entry=entry).execute()
    ExplainProblem(user=world.officer, entry=entry, check_code="within", row="one", text="含上期复检").execute()
    assert entry.errors == 0
    fill(entry, world.officer, {"one.good": 102})
    assert entry.errors == 1, "an explanation holds for the figures it was given for"
    fill(entry, world.officer, {"one.good": 101})
    complete(entry, world.officer)
    assert entry.state == Return.State.COMPLETE


def test_a_figure_that_cannot_be_one_is_only_mended(world: World) -> None:
    entry = world.open()[0]
    fill(entry, world.officer, {"one.all": "10.5", "one.good": "-1"})
    assert entry.errors == 2
    with pytest.raises(ActionRefused, match="只能改正"):
        ExplainProblem(
            user=world.officer, entry=entry, check_code="whole", row="one", column="all", text="就是这样"
        ).execute()


def test_an_empty_return_is_not_complete(world: World) -> None:
    entry = world.open()[0]
    with pytest.raises(ActionRefused, match="没有填写任何数据"):
        CompleteReturn(user=world.officer, entry=entry).execute()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("12万", "纯数字"),
        ("3%", "分子、分母"),
        ("abc", "不是数字"),
        ("0.1234567", "6 位"),
        ("1" * 30, "过大"),
        ("=1+1", "不是数字"),
        ("1e5", "不是数字"),
    ],
)
def test_what_is_no_figure_is_told_and_the_rest_saved(world: World, text: str, told: str) -> None:
    entry = world.open()[0]
    saved = fill(entry, world.officer, {"one.all": text, "one.good": "1,234"})
    assert told in saved.refused["one", "all"]
    assert entry.cells.get(row="one", column="good").value == 1234
    assert not entry.cells.filter(row="one", column="all").exists()


def test_computed_and_unknown_cells_are_refused(world: World) -> None:
    entry = world.open()[0]
    saved = fill(entry, world.officer, {"sum.all": 1, "one.rate": 1, "head.all": 1, "no.no": 1})
    assert len(saved.refused) == 4
    assert not entry.cells.exists()


def test_two_people_at_once_lose_nothing(world: World) -> None:
    entry = world.open()[0]
    fill(entry, world.officer, {"one.all": 10})
    theirs = SaveCells(user=world.head, entry=entry, cells=[CellInput("one", "all", "20", 1)]).execute()
    assert theirs.versions["one", "all"] == 2
    mine = SaveCells(
        user=world.officer,
        entry=entry,
        cells=[CellInput("one", "all", "30", 1), CellInput("two", "all", "7", 0)],
    ).execute()
    (conflict,) = mine.conflicts
    assert (conflict.theirs, conflict.by, conflict.version) == (20, "county-head", 2)
    assert entry.cells.get(row="one").value == 20
    assert entry.cells.get(row="two").value == 7
    again = SaveCells(user=world.officer, entry=entry, cells=[CellInput("one", "all", "30", 2)]).execute()
    assert again.versions["one", "all"] == 3
    assert list(CellChange.objects.filter(row="one").order_by("pk").values_list("before", "after")) == [
        (None, 10),
        (10, 20),
        (20, 30),
    ]


def test_sent_back_with_reasons_for_cells(world: World) -> None:
    entry = world.open()[0]
    fill(entry, world.officer, GOOD)
    complete(entry, world.officer)
    approval = entry.approvals.first()
    with pytest.raises(ActionRefused, match="变更说明"):
        SendBack(user=world.head, approval=approval).execute()
    SendBack(user=world.head, approval=approval, reason="请核对", cells={("one", "good"): "与台账不符"}).execute()
    entry.refresh_from_db()
    assert entry.state == Return.State.RETURNED
    assert entry.objections.filter(row="one", settled_at=None).count() == 1
    assert Notification.objects.filter(user=world.officer, text__contains="退回修改").exists()
    fill(entry, world.officer, {"one.good": 90})
    complete(entry, world.officer)
    assert not entry.objections.filter(settled_at=None).exists()
    assert [record.step for record in entry.records.all()] == ["completed", "returned", "completed"]
    assert [record.figures["one"]["good"] for record in entry.records.all()] == ["95", "95", "90"]


def test_withdrawn_before_the_first_check_only(world: World) -> None:
    entry = world.open()[0]
    fill(entry, world.officer, GOOD)
    complete(entry, world.officer)
    WithdrawReturn(user=world.officer, entry=entry).execute()
    assert entry.state == Return.State.DRAFT
    complete(entry, world.officer)
    PassStage(user=world.head, approval=entry.approvals.get(order=0)).execute()
    with pytest.raises(ActionRefused, match="已经开始审核"):
        WithdrawReturn(user=world.officer, entry=entry).execute()
    with pytest.raises(ActionRefused, match="不能修改"):
        fill(entry, world.officer, {"one.all": 1})


def test_a_correction_supersedes_and_the_old_figures_stay(world: World) -> None:
    entry = reported(world.open()[0])
    first = entry.fact
    size = Fact.objects.count()
    with pytest.raises(ActionRefused, match="变更说明"):
        CorrectReturn(user=world.officer, entry=entry).execute()
    CorrectReturn(user=world.officer, entry=entry, reason="漏计一家企业").execute()
    assert approved_cells("trial", "one", "all", ["990301"], Q2, Q2)["990301", "2026-Q2"][0] == 100
    fill(entry, world.officer, {"one.all": 110})
    complete(entry, world.officer)
    pass_all(entry, world.head, world.approver)
    assert entry.number == 2
    assert entry.fact != first
    now = approved_cells("trial", "one", "all", ["990301"], Q2, Q2)
    assert now == {("990301", "2026-Q2"): (Decimal(110), entry.fact)}
    assert approved_cells("trial", "one", "all", ["990301"], Q2, Q2, tree_size=size)["990301", "2026-Q2"] == (
        100,
        first,
    )
    corrected = facts(disclosure="internal", kinds=["return.approved"]).get()
    assert corrected.payload["reason"] == "漏计一家企业"
    assert StageRecord.objects.filter(owner=entry, step="approved", number=1).get().figures["one"]["all"] == "100"


def test_no_change_takes_the_last_period_over(world: World) -> None:
    reported(world.open(Q1)[0])
    entry = world.open(Q2)[0]
    assert DeclareNoChange(user=world.officer, entry=entry).execute() == 4
    assert entry.no_change
    assert entry.cells.get(row="one", column="good").origin == "copied"
    fill(entry, world.officer, {"one.good": 94})
    assert not entry.no_change
    other = Return.objects.get(opening=entry.opening, region=world.counties[1])
    with pytest.raises(ActionRefused, match="上期没有"):
        DeclareNoChange(user=world.other, entry=other).execute()


def test_remarks_extension_and_reminders(world: World) -> None:
    entry = world.open()[0]
    CommentCell(user=world.officer, entry=entry, row="one", column="all", text="停产检修").execute()
    assert fill(entry, world.officer, {"one.all": 5}).versions == {("one", "all"): 1}
    assert RemindReturn(user=world.approver, entry=entry).execute() == 2
    with pytest.raises(Forbidden):
        RemindReturn(user=world.officer, entry=entry).execute()
    with pytest.raises(ActionRefused, match="须晚于"):
        ExtendReturn(user=world.approver, entry=entry, until=entry.due_on, reason="灾害").execute()
    ExtendReturn(user=world.approver, entry=entry, until=entry.due_on + timedelta(days=5), reason="灾害").execute()
    assert entry.due_on == date(2026, 7, 20)


def test_the_worker_reminds_before_and_after_the_day(world: World) -> None:
    entries = world.open()
    reported(entries[5])
    assert remind_due(timezone.now()) == 0
    with at(moment("2026-07-13 09:00")):
        assert remind_due(timezone.now()) == 5
        assert remind_due(timezone.now()) == 0
    with at(moment("2026-07-16 09:00")):
        assert remind_due(timezone.now()) == 5
        assert remind_due(timezone.now()) == 0
    assert Notification.objects.filter(user=world.officer, text__contains="逾期").count() == 1


@pytest.mark.parametrize("who", ["other", "approver", "citizen", "office"])
def test_only_the_own_unit_fills(world: World, who: str) -> None:
    entry = world.open()[0]
    user: Any = getattr(world, who)
    with pytest.raises(Forbidden):
        fill(entry, user, GOOD)
