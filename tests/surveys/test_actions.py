"""The verbs: design, field, imports with undo, evaluation, the second person, corrections."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hengjian.demo import clock
from hengjian.ledger.queries import current, facts
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.surveys.actions import (
    ApproveResult,
    CloseWave,
    ComputeResult,
    ConfirmAnswerImport,
    DropAnswerImport,
    DropWave,
    EnterAnswers,
    ExtendWave,
    MakeInvitations,
    OpenWave,
    PublishResult,
    RecordContact,
    ReturnResult,
    ReviseDesign,
    StartAnswerImport,
    UndoAnswerImport,
)
from hengjian.surveys.actions.answering import begin
from hengjian.surveys.field import report_of
from hengjian.surveys.jobs import run_due
from hengjian.surveys.models import Comment, Evaluated, Response, Wave
from hengjian.surveys.rules import Design, Stratum
from tests.places import Place
from tests.surveys.conftest import MONDAY, at, imported, made, rows_of


def revised(place: Place, wave: Wave, **more: Any) -> ReviseDesign:
    given: dict[str, Any] = {
        "title": wave.title,
        "starts_on": wave.starts_on,
        "ends_on": wave.ends_on,
        "strata": wave.layers,
        "design": Design(margin=0.05),
    }
    return ReviseDesign(user=place.officer, wave=wave, **{**given, **more})


def test_a_wave_is_planned_and_revised_until_somebody_was_invited(place: Place, prepared: Wave) -> None:
    assert [(row["answers"], row["approached"]) for row in prepared.strata] == [(58, 116), (39, 78)]
    revised(place, prepared).execute()
    assert sum(row["answers"] for row in prepared.strata) == 384
    MakeInvitations(user=place.officer, wave=prepared, counts={"s1": 3, "s2": 0}).execute()
    with pytest.raises(ActionRefused, match="邀请码"):
        revised(place, prepared).execute()


@pytest.mark.parametrize(
    "wrong",
    [
        {"sector": "moon"},
        {"survey": "no_such_survey"},
        {"period": "2026-13"},
        {"ends_on": date(2026, 8, 1)},
        {"design": Design(margin=0)},
    ],
)
def test_what_cannot_be_planned_is_refused(place: Place, wrong: dict[str, Any]) -> None:
    with pytest.raises(ActionRefused):
        made(place, **wrong)
    assert not Wave.objects.exists()


def test_only_the_unit_runs_its_wave(place: Place, running: Wave) -> None:
    for person in (place.other, place.county_officer, place.citizen, place.head):
        if person == place.head:
            continue
        for action in (
            CloseWave(user=person, wave=running),
            MakeInvitations(user=person, wave=running, counts={"s1": 1}),
            EnterAnswers(user=person, wave=running, stratum="s1"),
            StartAnswerImport(user=person, wave=running, name="x", rows=[]),
        ):
            with pytest.raises(Forbidden):
                action.execute()


def test_a_wave_that_never_began_can_be_deleted_with_a_reason(place: Place, prepared: Wave) -> None:
    with pytest.raises(ActionRefused, match="变更说明"):
        DropWave(user=place.officer, wave=prepared).execute()
    DropWave(user=place.officer, wave=prepared, reason="改为下半年").execute()
    assert not Wave.objects.exists()


def test_invitations_are_bounded_and_go_on_counting(place: Place, prepared: Wave) -> None:
    for counts in ({}, {"s9": 1}, {"s1": -1}, {"s1": 0}, {"s1": 20_001}):
        with pytest.raises(ActionRefused):
            MakeInvitations(user=place.officer, wave=prepared, counts=counts).execute()
    for _time in range(2):
        MakeInvitations(user=place.officer, wave=prepared, counts={"s1": 2, "s2": 1}).execute()
    assert list(prepared.invitations.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_the_worker_closes_what_is_over_and_drafts_go(place: Place, running: Wave) -> None:
    with clock.at(at(MONDAY)):
        begin(running, None)
        assert run_due(at(MONDAY)) == 0
    with clock.at(at("2026-10-01 00:10")):
        assert run_due(at("2026-10-01 00:10")) == 1 == 1 + run_due(at("2026-10-01 00:20"))
    running.refresh_from_db()
    assert (running.state, running.report["drafts"], Response.objects.count()) == ("closed", 1, 0)


def test_extending_asks_for_a_later_day_and_a_reason(place: Place, running: Wave) -> None:
    with pytest.raises(ActionRefused, match="晚于"):
        ExtendWave(user=place.officer, wave=running, ends_on=date(2026, 9, 30), reason="回收不足").execute()
    ExtendWave(user=place.officer, wave=running, ends_on=date(2026, 10, 15), reason="回收不足").execute()
    assert running.ends_on == date(2026, 10, 15)


def test_interviews_and_calls_make_the_response_rate(place: Place, running: Wave) -> None:
    items = {item.code: 7 for item in running.declared.items}
    with clock.at(at(MONDAY)):
        MakeInvitations(user=place.officer, wave=running, counts={"s1": 10}).execute()
        for used in ("often", "never"):
            given = {"items": items, "choices": {"used": used}, "comment": "好"}
            EnterAnswers(user=place.inspector, wave=running, stratum="s2", given=given, seconds=240).execute()
        for outcome in ("no_contact", "refused", "ineligible"):
            RecordContact(user=place.inspector, wave=running, stratum="s2", outcome=outcome).execute()
        with pytest.raises(ActionRefused):
            RecordContact(user=place.inspector, wave=running, stratum="s2", outcome="asleep").execute()
        with pytest.raises(ActionRefused):
            EnterAnswers(user=place.inspector, wave=running, stratum="s7").execute()
        report = report_of(running)
    # One answer of ten invited, one interview, one not reached, one refused; who does not belong does not count.
    assert (report["answered"], report["approached"], report["screened"]) == (1, 13, 1)
    assert Response.objects.get(state="screened").answers == {"choices": {"used": "never"}}


def test_an_import_is_entered_once_and_undone_as_a_whole(place: Place, running: Wave) -> None:
    rows = rows_of(running, ["s1"] * 50)
    with clock.at(at(MONDAY)):
        batch = imported(place, running, rows)
        assert (Response.objects.count(), Comment.objects.count(), batch.rows) == (50, 2, [])
        with pytest.raises(ActionRefused):
            ConfirmAnswerImport(user=place.officer, batch=batch).execute()
        with pytest.raises(ActionRefused, match="变更说明"):
            UndoAnswerImport(user=place.officer, batch=batch).execute()
        UndoAnswerImport(user=place.officer, batch=batch, reason="文件有误").execute()
        assert (Response.objects.count(), Comment.objects.count()) == (0, 0)
        other = StartAnswerImport(user=place.officer, wave=running, name="x", rows=rows[:1]).execute()
        DropAnswerImport(user=place.officer, batch=other).execute()
        assert other.rows == [] and not Response.objects.exists()
        with pytest.raises(ActionRefused, match="少于"):
            StartAnswerImport(user=place.officer, wave=running, name="x", rows=rows, approached=10).execute()
        faulty = StartAnswerImport(
            user=place.officer, wave=running, name="x", rows=rows[:1], errors=[{"row": 3, "column": "", "message": "x"}]
        ).execute()
        with pytest.raises(ActionRefused, match="1 处"):
            ConfirmAnswerImport(user=place.officer, batch=faulty).execute()
        ConfirmAnswerImport(user=place.officer, batch=faulty, skip_wrong=True).execute()
    assert Response.objects.count() == 1


def test_answers_that_change_send_the_figures_back(place: Place, computed: Evaluated) -> None:
    wave = computed.wave
    imported(place, wave, rows_of(wave, ["s2"] * 5, seed=9))
    computed.refresh_from_db()
    wave.refresh_from_db()
    assert (computed.state, wave.state, wave.report["complete"]) == ("returned", "closed", 125)
    assert "重新测评" in computed.decision


def test_the_figures_are_approved_by_somebody_else_and_become_a_fact(place: Place, computed: Evaluated) -> None:
    wave = computed.wave
    assert computed.valid and computed.n == 119  # one of 120 answered in a tenth of the usual time
    with pytest.raises(Forbidden):
        ApproveResult(user=place.officer, result=computed).execute()
    place.head.unit = place.market
    computed.computed_by = place.head
    computed.save()
    with pytest.raises(ActionRefused, match="另一人"):
        ApproveResult(user=place.head, result=computed).execute()
    computed.computed_by = place.officer
    computed.save()
    ApproveResult(user=place.head, result=computed).execute()
    fact = current(wave.ref, "survey.concluded", disclosure="shared")
    assert fact is not None and fact.payload["index"] == str(computed.index)
    wave.refresh_from_db()
    assert wave.state == "concluded"
    with pytest.raises(ActionRefused):
        imported(place, wave, rows_of(wave, ["s1"]))
    PublishResult(user=place.head, wave=wave).execute()
    with pytest.raises(ActionRefused, match="已经公布"):
        PublishResult(user=place.head, wave=wave).execute()


def test_a_correction_supersedes_the_fact_and_a_return_keeps_it(place: Place, concluded: Evaluated) -> None:
    wave = concluded.wave
    ComputeResult(user=place.officer, wave=wave, scheme="centroid", scaled=True, missing="listwise").execute()
    second = wave.results.get(number=2)
    assert (second.scheme, second.scaled, second.missing) == ("centroid", True, "listwise")
    ReturnResult(user=place.head, result=second, reason="沿用原变体").execute()
    wave.refresh_from_db()
    assert wave.state == "concluded"
    ComputeResult(user=place.officer, wave=wave, drop_fast=False, drop_straight=False).execute()
    third = wave.results.get(number=3)
    assert third.n == 120
    ApproveResult(user=place.head, result=third).execute()
    told = facts(disclosure="shared").filter(kind="survey.concluded")
    assert current(wave.ref, "survey.concluded", disclosure="shared").id == third.fact  # type: ignore[union-attr]
    assert str(told.get(id=third.fact).supersedes) == str(concluded.fact)


def test_the_same_answers_give_the_same_figures_again(place: Place, computed: Evaluated) -> None:
    ComputeResult(user=place.officer, wave=computed.wave).execute()
    again = computed.wave.results.get(number=2)
    assert (again.figures, again.data_hash) == (computed.figures, computed.data_hash)
    computed.refresh_from_db()
    assert computed.state == "returned"


def test_few_answers_are_concluded_as_invalid_without_an_index(place: Place, running: Wave) -> None:
    with clock.at(at(MONDAY)):
        imported(place, running, rows_of(running, ["s1"] * 30))
        CloseWave(user=place.officer, wave=running).execute()
        ComputeResult(user=place.officer, wave=running).execute()
        result = running.results.get()
        assert not result.valid and result.index is None
        ApproveResult(user=place.head, result=result).execute()
    payload = current(running.ref, "survey.concluded", disclosure="shared").payload  # type: ignore[union-attr]
    assert (payload["index"], payload["valid"]) == (None, False)
    assert payload["reasons"] == ["有效答卷 29 份，少于 50 份，不出指数"]


def test_marks_say_what_nobody_fixed(place: Place) -> None:
    with clock.at(at(MONDAY)):
        wave = made(place, sizes_assumed=True, strata=[Stratum("s1", "全区", 900_000)])
        OpenWave(user=place.officer, wave=wave).execute()
        imported(place, wave, rows_of(wave, ["s1"] * 20), approached=None)
        CloseWave(user=place.officer, wave=wave).execute()
        ComputeResult(user=place.officer, wave=wave).execute()
    codes = [flag["code"] for flag in wave.results.get().figures["marks"]]
    assert codes == ["filled", "sizes", "no_rate", "rule"] or codes == ["sizes", "no_rate", "rule"]
