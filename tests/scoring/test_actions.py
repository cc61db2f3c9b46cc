"""Panels: marks, consensus, closing, corrections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hengjian.ledger.models import Fact
from hengjian.parties.models import User
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.scoring import queries
from hengjian.scoring.actions import (
    AddMember,
    CloseSheet,
    FinishMarks,
    GiveMark,
    Recuse,
    ReviseSheet,
    SettleItem,
)
from hengjian.scoring.models import ScoreSheet
from hengjian.scoring.rules import Answer
from tests.places import Place
from tests.scoring.conftest import mark_all, opened


def test_two_experts_agree_and_the_head_closes(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    for expert, percent in zip(experts, (60, 70), strict=True):
        mark_all(sheet, expert, percent)
        FinishMarks(user=expert, sheet=sheet).execute()
    assert sheet.state == ScoreSheet.State.OPEN
    CloseSheet(user=place.head, sheet=sheet).execute()
    assert (sheet.total, sheet.state) == (Decimal(650), ScoreSheet.State.CLOSED)
    fact = Fact.objects.get(kind="score.closed")
    assert (fact.subject, fact.disclosure) == ("application:1", "shared")
    with pytest.raises(ActionRefused, match="不能再改"):
        GiveMark(user=experts[0], sheet=sheet, item="4.1.2", answer={"value": 10}).execute()


def test_difference_beyond_the_band_becomes_a_consensus_task(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    mark_all(sheet, experts[0], 60)
    mark_all(sheet, experts[1], 60, **{"4_7_2": 85})
    for expert in experts:
        FinishMarks(user=expert, sheet=sheet).execute()
    sheet.refresh_from_db()
    assert sheet.state == ScoreSheet.State.CONSENSUS
    task = sheet.tasks.get()
    assert (task.item, task.lowest, task.highest) == ("4.7.2", Decimal(48), Decimal(68))
    with pytest.raises(ActionRefused, match="分歧较大"):
        CloseSheet(user=place.head, sheet=sheet).execute()
    with pytest.raises(ActionRefused, match="合议意见"):
        SettleItem(user=experts[0], sheet=sheet, task=task, answer={"value": 70}, note=" ").execute()
    SettleItem(user=experts[0], sheet=sheet, task=task, answer={"value": 70}, note="补充材料后一致").execute()
    CloseSheet(user=place.head, sheet=sheet).execute()
    assert sheet.total == Decimal(608)


def test_unfinished_marks_are_named(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts[:1])
    GiveMark(user=experts[0], sheet=sheet, item="4.1.2", answer={"value": 60}).execute()
    with pytest.raises(ActionRefused, match="还有 22 项没有评分：组织治理"):
        FinishMarks(user=experts[0], sheet=sheet).execute()
    with pytest.raises(ActionRefused, match="1 名评审员没有提交"):
        CloseSheet(user=place.head, sheet=sheet).execute()


@pytest.mark.parametrize("answer", [{"value": 52}, {"value": "x"}, {"value": 105}, {"what": 1}, {"parts": [1]}])
def test_answers_that_do_not_fit_are_refused_and_nothing_is_kept(
    place: Place, experts: list[User], answer: dict[str, Any]
) -> None:
    sheet = opened(place, experts)
    with pytest.raises(ActionRefused):
        GiveMark(user=experts[0], sheet=sheet, item="4.1.2", answer=answer).execute()
    assert not sheet.marks.exists()


def test_own_people_of_the_scored_unit_are_no_assessors(place: Place) -> None:
    with pytest.raises(ActionRefused, match="须回避"):
        opened(place, [place.other], subject_unit=place.tourism)
    assert opened(place, [place.other], subject_unit=place.tourism, stage="self").members.count() == 1
    sheet = opened(place, [], subject_unit=place.tourism)
    with pytest.raises(ActionRefused, match="须回避"):
        AddMember(user=place.officer, sheet=sheet, member=place.other).execute()


def test_only_members_mark_and_strangers_do_not_see(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts[:1])
    for stranger in (experts[1], place.other, place.county_officer, place.citizen):
        with pytest.raises(Forbidden):
            GiveMark(user=stranger, sheet=sheet, item="4.1.2", answer={"value": 60}).execute()
        with pytest.raises(Forbidden):
            CloseSheet(user=stranger, sheet=sheet).execute()
    with pytest.raises((Forbidden, ActionRefused)):
        GiveMark(user=place.head, sheet=sheet, item="4.1.2", answer={"value": 60}).execute()


def test_marks_of_a_recused_assessor_do_not_count(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    mark_all(sheet, experts[0], 60)
    mark_all(sheet, experts[1], 90)
    Recuse(user=experts[1], sheet=sheet, reason="曾任该企业顾问").execute()
    FinishMarks(user=experts[0], sheet=sheet).execute()
    assert queries.result_now(sheet).total == Decimal(600)
    with pytest.raises(ActionRefused, match="已经回避"):
        GiveMark(user=experts[1], sheet=sheet, item="4.1.2", answer={"value": 60}).execute()


def test_nobody_closes_what_they_alone_marked(place: Place) -> None:
    sheet = opened(place, [place.head])
    mark_all(sheet, place.head, 60)
    FinishMarks(user=place.head, sheet=sheet).execute()
    with pytest.raises(ActionRefused, match="另一人"):
        CloseSheet(user=place.head, sheet=sheet).execute()
    CloseSheet(user=place.reviewer, sheet=sheet).execute()


def test_correction_is_a_new_version_and_supersedes_the_fact(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts[:1])
    mark_all(sheet, experts[0], 60)
    FinishMarks(user=experts[0], sheet=sheet).execute()
    CloseSheet(user=place.head, sheet=sheet).execute()
    new = ReviseSheet(user=place.head, sheet=sheet, reason="结果数据录错").execute()
    assert (new.version, new.marks.count(), new.total) == (2, 23, None)
    GiveMark(user=experts[0], sheet=new, item="4.7.2", answer=Answer(value=Decimal(80))).execute()
    FinishMarks(user=experts[0], sheet=new).execute()
    CloseSheet(user=place.head, sheet=new).execute()
    sheet.refresh_from_db()
    assert (sheet.state, sheet.total, new.total) == (ScoreSheet.State.SUPERSEDED, Decimal(600), Decimal(616))
    assert list(queries.sheets_of("application:1")) == [new]
    assert Fact.objects.filter(kind="score.closed").exclude(supersedes=None).count() == 1
    with pytest.raises(ActionRefused):
        ReviseSheet(user=place.head, sheet=sheet, reason="再改一次").execute()


def test_an_empty_answer_takes_the_mark_back(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    GiveMark(user=experts[0], sheet=sheet, item="4.1.2", answer={"value": 60}).execute()
    GiveMark(user=experts[0], sheet=sheet, item="4.1.2", answer={}).execute()
    assert not sheet.marks.exists()
