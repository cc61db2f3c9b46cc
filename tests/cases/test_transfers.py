"""Sending cases on: acceptance, refusal, mandatory feedback, 督办, the unit of last resort."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hengjian.cases.actions import AnswerTransfer, ReportBack, SendCase, TakeStep
from hengjian.cases.models import Case, Transfer
from hengjian.clocks.models import Deadline
from hengjian.pages.models import Notification
from hengjian.parties.models import Unit
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.cases.conftest import World
from tests.cases.test_steps import run_worker


def send(world: World, case: Case, receiver: Unit | None = None, **more: object) -> Transfer:
    action = SendCase(user=world.officer, case=case, receiver=receiver or world.farming, reason="属其职责", **more)  # type: ignore[arg-type]
    return action.execute()


def test_the_receiver_takes_over_and_reports_back(world: World, case: Case) -> None:
    transfer = send(world, case)
    feedback = Deadline.objects.get(owner=transfer.ref)
    assert feedback.purpose == "transfer.feedback" and feedback.unit == world.farming.ref
    with pytest.raises(ActionRefused, match="已转出"):
        TakeStep(user=world.officer, case=case, step="accept").execute()
    for user in (world.officer, world.far_officer):
        with pytest.raises(Forbidden):
            AnswerTransfer(user=user, transfer=transfer, accepts=True).execute()
    AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=True).execute()
    case.refresh_from_db()
    assert case.unit == world.farming and case.handler is None
    assert Deadline.objects.get(owner=case.ref).unit == world.farming.ref
    ReportBack(user=world.farm_officer, transfer=transfer, answer="已联系经营者").execute()
    feedback.refresh_from_db()
    assert transfer.state == "answered" and feedback.state == "met"
    assert Notification.objects.filter(user=world.officer, text__contains="反馈").exists()


def test_a_refusal_gives_its_reason_and_leaves_the_case_where_it_was(world: World, case: Case) -> None:
    transfer = send(world, case)
    with pytest.raises(ActionRefused, match="退回理由"):
        AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=False).execute()
    AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=False, answer="非农产品").execute()
    case.refresh_from_db()
    assert case.unit == world.market and Deadline.objects.get(owner=transfer.ref).state == "cancelled"
    with pytest.raises(ActionRefused, match="已退回"):
        AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=True).execute()


def test_two_refusals_bring_it_to_the_unit_of_last_resort(world: World, case: Case) -> None:
    far = world.far_officer
    for receiver, user in ((world.farming, world.farm_officer), (world.far, far)):
        transfer = send(world, case, receiver)
        AnswerTransfer(user=user, transfer=transfer, accepts=False, answer="不属职责").execute()
    third = send(world, case, world.farming)
    assert third.receiver == world.office_unit and "退回" in third.basis
    with pytest.raises(ActionRefused, match="兜底"):
        AnswerTransfer(user=world.office, transfer=third, accepts=False, answer="也不属职责").execute()
    AnswerTransfer(user=world.office, transfer=third, accepts=True).execute()
    case.refresh_from_db()
    assert case.unit == world.office_unit


def test_silence_past_the_due_day_is_brought_before_both_heads(world: World, case: Case) -> None:
    transfer = send(world, case)
    AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=True).execute()
    Notification.objects.all().delete()
    late = timezone.now() - timedelta(days=60)
    Deadline.objects.filter(owner=transfer.ref).update(due_at=late, due_on=late.date(), started_at=late)
    run_worker()
    told = set(Notification.objects.filter(text__contains="督办").values_list("user__username", flat=True))
    assert {"head", "farm-head"} <= told and "far-officer" not in told
    assert case.events.filter(code="supervise").count() == 1
    run_worker()
    assert case.events.filter(code="supervise").count() == 1


def test_the_end_of_the_case_is_its_feedback(world: World, case: Case) -> None:
    transfer = send(world, case)
    AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=True).execute()
    case.refresh_from_db()
    TakeStep(user=world.farm_officer, case=case, step="refuse", note="不属职责", outcome_code="1").execute()
    transfer.refresh_from_db()
    assert transfer.state == "answered" and "不予受理" in transfer.answer


def test_asking_for_help_leaves_the_case_with_the_sender(world: World, case: Case) -> None:
    transfer = send(world, case, hands_over=False)
    AnswerTransfer(user=world.farm_officer, transfer=transfer, accepts=True).execute()
    case.refresh_from_db()
    assert case.unit == world.market
    TakeStep(user=world.officer, case=case, step="accept").execute()
    with pytest.raises((Forbidden, ActionRefused)):
        TakeStep(user=world.farm_officer, case=case, step="propose", note="x").execute()


def test_who_may_not_send_it(world: World, case: Case) -> None:
    with pytest.raises((Forbidden, ActionRefused)):
        SendCase(user=world.farm_officer, case=case, receiver=world.farming, reason="x").execute()
    with pytest.raises(ActionRefused, match="已在该单位"):
        SendCase(user=world.officer, case=case, receiver=world.market, reason="x").check_state()
    with pytest.raises(ActionRefused, match="不能接收"):
        send(world, case, world.firm)
