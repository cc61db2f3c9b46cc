"""A lift rescue from the call to the release: the ladder, the minutes, the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hengjian.cases import jobs
from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.pages.models import Notification
from hengjian.parties.models import User
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.equipment.actions import PayCompensation
from hengjian.systems.equipment.models import Dispatch, Rescue
from tests.systems.equipment.conftest import LiftWorld

pytestmark = pytest.mark.django_db


def call(lifts: LiftWorld, at: datetime | None = None, **values: Any) -> Case:
    given = {"place": "澜东花园3幢2单元", "lift_code": "100001", "area_kind": "urban", "people": 3, **values}
    return (
        OpenCase(
            user=lifts.officer,
            type="lift_rescue",
            values=given,
            unit=lifts.market.county_market,
            region=lifts.county,
            opened_at=at,
        )
        .execute()
        .case
    )


def step(user: User, case: Case, code: str, at: datetime | None = None, **values: Any) -> Case:
    TakeStep(user=user, case=case, step=code, values=values, at=at).execute()
    case.refresh_from_db()
    return case


def clock(case: Case, code: str) -> Deadline:
    return Deadline.objects.filter(owner=case.ref, purpose=f"lift_rescue.{code}").latest("pk")


def test_the_contracted_maintainer_comes_first_and_everything_is_logged(lifts: LiftWorld) -> None:
    lifts.lift()
    start = timezone.now() - timedelta(minutes=40)
    case = call(lifts, start)
    rescue = Rescue.objects.get(case=case)
    assert rescue.lift is not None and rescue.lift.key == "100001" and rescue.people == 3
    step(lifts.officer, case, "dispatch", start + timedelta(minutes=1))
    sent = rescue.dispatches.get()
    assert (sent.level, sent.kind, sent.compensated) == (1, "contracted", False)
    assert Notification.objects.filter(user=lifts.fitter).exists()
    assert clock(case, "arrive_urban").due_at == start + timedelta(minutes=31)
    step(lifts.officer, case, "answer", start + timedelta(minutes=2))
    step(lifts.officer, case, "arrive", start + timedelta(minutes=20))
    assert clock(case, "arrive_urban").state == Deadline.State.MET
    step(lifts.officer, case, "release", start + timedelta(minutes=32), cause="door", injured=0)
    rescue.refresh_from_db()
    sent.refresh_from_db()
    assert (rescue.outcome, rescue.cause, rescue.level) == ("released", "door", 1)
    assert sent.arrived_at == start + timedelta(minutes=20)
    assert case.closed_at is not None and not Deadline.objects.filter(owner=case.ref, state="open").exists()


def test_outside_the_city_an_hour(lifts: LiftWorld) -> None:
    lifts.lift()
    start = timezone.now() - timedelta(minutes=10)
    case = step(lifts.officer, call(lifts, start, area_kind="other"), "dispatch", start)
    assert clock(case, "arrive_other").due_at == start + timedelta(minutes=60)
    assert not Deadline.objects.filter(owner=case.ref, purpose="lift_rescue.arrive_urban").exists()


def test_who_does_not_answer_is_passed_over_up_to_police_and_fire(lifts: LiftWorld) -> None:
    lifts.lift()
    start = timezone.now() - timedelta(minutes=20)
    case = step(lifts.officer, call(lifts, start), "dispatch", start)
    for minute in range(1, 6):
        step(
            lifts.officer, case, "next_body", start + timedelta(minutes=minute), answer="refused" if minute == 2 else ""
        )
    rescue = Rescue.objects.get(case=case)
    found = list(rescue.dispatches.values_list("number", "level", "kind", "answer", "compensated"))
    assert found == [
        (1, 1, "contracted", "silent", False),
        (2, 2, "nearest", "refused", True),
        (3, 2, "nearest", "silent", True),
        (4, 2, "property", "silent", False),
        (5, 3, "fire", "silent", False),
        (6, 3, "police", "waiting", False),
    ]
    near = rescue.dispatches.get(number=2)
    assert near.name == lifts.bodies["near"].title and near.distance == pytest.approx(
        Decimal("0.96"), abs=Decimal("0.05")
    )
    with pytest.raises(ActionRefused, match="都已派过"):
        step(lifts.officer, case, "next_body", start + timedelta(minutes=7))
    # The arrival counts from the first dispatch, however often another one was sent.
    assert clock(case, "arrive_urban").due_at == start + timedelta(minutes=30)


def test_silence_sends_the_next_one_by_itself(lifts: LiftWorld) -> None:
    lifts.lift()
    now = timezone.now()
    case = step(lifts.officer, call(lifts, now - timedelta(minutes=5)), "dispatch", now - timedelta(minutes=4))
    from hengjian.clocks import worker

    worker.run_due(now)
    jobs.run_due(now)
    rescue = Rescue.objects.get(case=case)
    assert rescue.level == 2
    assert list(rescue.dispatches.values_list("kind", "answer")) == [("contracted", "silent"), ("nearest", "waiting")]
    assert case.events.filter(code="escalate", system="worker").exists()


def test_the_desk_may_choose_whom_to_send(lifts: LiftWorld) -> None:
    lifts.lift()
    case = call(lifts)
    with pytest.raises(ActionRefused, match="不在值守"):
        step(lifts.officer, case, "dispatch", body="JY000")
    step(lifts.officer, case, "dispatch", body=lifts.bodies["fire"].key)
    assert Dispatch.objects.get().level == 3


def test_a_lift_nobody_knows_is_rescued_all_the_same(lifts: LiftWorld) -> None:
    case = step(lifts.officer, call(lifts, lift_code="", place="河湾大道 8 号"), "dispatch")
    rescue = Rescue.objects.get(case=case)
    assert rescue.lift is None and rescue.dispatches.get().kind == "nearest"


def test_whoever_stood_in_is_compensated_once(lifts: LiftWorld) -> None:
    lifts.lift()
    case = step(lifts.officer, call(lifts), "dispatch")
    step(lifts.officer, case, "next_body")
    sent = Dispatch.objects.get(number=2)
    pay = {"user": lifts.officer, "dispatch": sent, "on": timezone.localdate()}
    with pytest.raises(ActionRefused, match="没有代为救援"):
        PayCompensation(**pay, amount=Decimal(300)).execute()
    step(lifts.officer, case, "arrive")
    PayCompensation(**pay, amount=Decimal(300)).execute()
    sent.refresh_from_db()
    assert sent.compensation == 300
    with pytest.raises(ActionRefused, match="支付"):
        PayCompensation(**pay, amount=Decimal(300)).execute()


def test_another_unit_takes_no_step(lifts: LiftWorld) -> None:
    lifts.lift()
    case = call(lifts)
    for user in (lifts.market.other_officer, lifts.market.citizen, lifts.fitter):
        with pytest.raises(Forbidden):
            step(user, case, "dispatch")


def test_released_without_a_reported_arrival(lifts: LiftWorld) -> None:
    lifts.lift()
    case = step(lifts.officer, call(lifts), "dispatch")
    step(lifts.officer, case, "release", cause="external")
    rescue = Rescue.objects.get(case=case)
    assert rescue.arrived_at == rescue.ended_at
