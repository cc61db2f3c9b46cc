"""From the frozen list to the published result, and what must not be possible on the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian.clocks import worker
from hengjian.clocks.models import Deadline
from hengjian.demo import clock
from hengjian.draws import queries
from hengjian.draws.actions import (
    CancelDraw,
    PerformDraw,
    PublishResult,
    RecordResult,
    ReplaceTarget,
)
from hengjian.draws.exchange import replay
from hengjian.draws.models import Draw, Pool
from hengjian.draws.pools import Person, inspectors_of
from hengjian.draws.rules import Exclusion, Target
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.ledger.models import Fact
from hengjian.pages.models import Notification
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.draws.conftest import MONDAY, at, check_of, prepared
from tests.places import Place


def test_lists_are_committed_to_before_the_seed(place: Place, ready: Draw) -> None:
    fact = Fact.objects.get(kind="draw.prepared")
    assert ready.commitment in str(fact.payload)
    with clock.at(at(MONDAY)), pytest.raises(ActionRefused, match="才产生"):
        PerformDraw(user=place.officer, draw=ready, seed="1").execute()
    with clock.at(at(MONDAY)), pytest.raises(ActionRefused, match="必须晚于现在"):
        prepared(place, seed_after=timezone.now())


def test_drawing_and_replaying_the_published_file(drawn: Draw) -> None:
    assert drawn.state == Draw.State.DRAWN
    assert drawn.seed == "02 07 13 19 22 31 + 08"
    rows = list(queries.checks(drawn))
    assert [row.reserve for row in rows] == [False, False, True, True, True]  # 5 % of 40, three in reserve
    assert all(len({pairing.inspector for pairing in row.pairings.all()}) == 2 for row in rows)
    file = queries.exchange(drawn)
    assert replay(file).same
    assert "检查员" not in str(file)
    assert "检查员" not in str(list(Fact.objects.values_list("payload", flat=True)))


def test_a_changed_list_is_noticed_at_the_draw(place: Place, ready: Draw) -> None:
    pool = ready.pools.get(kind=Pool.Kind.TARGETS)
    pool.rows[3]["weight"] = 9
    pool.save()
    with clock.at(at("2026-09-16 09:00")), pytest.raises(ActionRefused, match="摘要不一致"):
        PerformDraw(user=place.officer, draw=ready, seed="1").execute()


def test_no_second_draw_and_no_cancelling_once_the_seed_is_known(place: Place, ready: Draw, drawn: Draw) -> None:
    with pytest.raises(ActionRefused):
        PerformDraw(user=place.officer, draw=drawn, seed="2").execute()
    with clock.at(at(MONDAY)):
        other = prepared(place)
    with clock.at(at("2026-09-16 09:00")), pytest.raises(ActionRefused, match="挑选结果"):
        CancelDraw(user=place.officer, draw=other, reason="重新安排").execute()
    with clock.at(at("2026-09-15 09:00")):
        CancelDraw(user=place.officer, draw=other, reason="名录有误").execute()
    assert Fact.objects.filter(kind="draw.cancelled").count() == 1


def test_seed_from_the_next_checkpoint_of_the_ledger(place: Place) -> None:
    sign_checkpoint()
    row = prepared(place, seed_kind="checkpoint", seed_after=None)
    with pytest.raises(ActionRefused, match="签名检查点"):
        PerformDraw(user=place.officer, draw=row).execute()
    sign_checkpoint()
    done = PerformDraw(user=place.officer, draw=row).execute()
    checkpoint = queries.first_checkpoint_after(done)
    assert checkpoint is not None and done.seed == bytes(checkpoint.root_hash).hex()
    assert replay(queries.exchange(done)).same


def test_relative_of_the_target_is_never_sent(place: Place) -> None:
    with clock.at(at(MONDAY)):
        row = prepared(
            place,
            targets=[Target(f"t{n}", f"企业{n}") for n in range(40)],
            exclusions=[Exclusion("JC0", f"t{n}") for n in range(40)],
        )
    with clock.at(at("2026-09-16 09:00")):
        PerformDraw(user=place.officer, draw=row, seed="7").execute()
    sent = {pairing.inspector for one in row.drawn.all() for pairing in one.pairings.all()}
    assert "JC0" not in sent


def test_draw_that_would_leave_one_inspector_is_refused_with_the_name(place: Place) -> None:
    with pytest.raises(ActionRefused, match=r"企业5.*只有 1 名"):
        prepared(place, exclusions=[Exclusion(f"JC{n}", "enterprise:91990005") for n in range(3)])


def test_stratum_without_quota_is_refused(place: Place) -> None:
    with pytest.raises(ActionRefused, match="没有规定类别“X”"):
        prepared(place, targets=[Target("a", stratum="X")])


def test_result_is_due_for_publication_after_20_working_days(place: Place, drawn: Draw) -> None:
    check = check_of(drawn)
    with clock.at(at("2026-09-23 09:00")):
        result = RecordResult(
            user=place.inspector, drawn=check, code="none_found", ended_on=date(2026, 9, 22)
        ).execute()
    assert result.publish_by == date(2026, 10, 27)
    with clock.at(at("2026-09-24 09:00")):
        with pytest.raises(Forbidden):
            PublishResult(user=place.inspector, drawn=check).execute()
        PublishResult(user=place.head, drawn=check).execute()
    assert not Deadline.objects.filter(owner=check.ref, state="open").exists()
    fact = Fact.objects.get(kind="draw.result")
    assert (fact.subject, fact.disclosure) == (check.target, "public")


def test_recorder_does_not_publish(place: Place, drawn: Draw) -> None:
    check = check_of(drawn)
    with clock.at(at("2026-09-23 09:00")):
        RecordResult(user=place.head, drawn=check, code="ordered", ended_on=date(2026, 9, 22)).execute()
        with pytest.raises(ActionRefused, match="须由另一人完成"):
            PublishResult(user=place.head, drawn=check).execute()


def test_correction_after_publication_supersedes_the_fact(place: Place, drawn: Draw) -> None:
    check = check_of(drawn)
    with clock.at(at("2026-09-23 09:00")):
        RecordResult(user=place.inspector, drawn=check, code="ordered", ended_on=date(2026, 9, 22)).execute()
        PublishResult(user=place.head, drawn=check).execute()
        again: dict[str, Any] = {"drawn": check, "code": "none_found", "ended_on": date(2026, 9, 22)}
        with pytest.raises(ActionRefused, match="更正须写明原因"):
            RecordResult(user=place.inspector, **again).execute()
        RecordResult(user=place.inspector, reason="录错", **again).execute()
        shown = queries.published_result(queries.checks(drawn).get(pk=check.pk))
        assert shown is not None and shown.code == "ordered"  # until the correction is published, too
        PublishResult(user=place.head, drawn=check).execute()
    assert Fact.objects.filter(kind="draw.result").exclude(supersedes=None).count() == 1


@pytest.mark.parametrize(("ended", "message"), [(date(2026, 9, 1), "抽取之后"), (date(2027, 1, 1), "不晚于今天")])
def test_impossible_days_are_refused(place: Place, drawn: Draw, ended: date, message: str) -> None:
    with clock.at(at("2026-09-23 09:00")), pytest.raises(ActionRefused, match=message):
        RecordResult(user=place.inspector, drawn=check_of(drawn), code="ordered", ended_on=ended).execute()


def test_replacing_takes_the_next_reserve(place: Place, drawn: Draw) -> None:
    following = ReplaceTarget(user=place.inspector, drawn=check_of(drawn), reason="企业已注销").execute()
    assert (following.reserve, following.order, following.state) == (True, 1, "waiting")
    assert following.pairings.count() == 2


def test_draw_is_finished_when_everything_is_published(place: Place, drawn: Draw) -> None:
    with clock.at(at("2026-09-23 09:00")):
        for check in drawn.drawn.filter(reserve=False):
            RecordResult(user=place.inspector, drawn=check, code="none_found", ended_on=date(2026, 9, 22)).execute()
            PublishResult(user=place.head, drawn=check).execute()
    drawn.refresh_from_db()
    assert drawn.state == Draw.State.FINISHED


def test_strangers_may_do_nothing(place: Place, drawn: Draw) -> None:
    for stranger in (place.other, place.county_officer, place.citizen):
        with pytest.raises(Forbidden):
            RecordResult(user=stranger, drawn=check_of(drawn), code="ordered", ended_on=date(2026, 9, 22)).execute()
        with pytest.raises(Forbidden):
            CancelDraw(user=stranger, draw=drawn, reason="x").execute()


def test_inspector_from_another_unit_works_on_own_checks_only(place: Place, ready: Draw) -> None:
    pool = [Person("A", "甲", "", place.citizen.pk), Person("B", "乙")]
    with clock.at(at(MONDAY)):
        row = prepared(place, inspectors=pool)
    with clock.at(at("2026-09-16 09:00")):
        PerformDraw(user=place.officer, draw=row, seed="7").execute()
        mine = check_of(row)
        RecordResult(user=place.citizen, drawn=mine, code="ordered", ended_on=date(2026, 9, 16)).execute()


def test_pool_of_inspectors_are_those_with_the_role(place: Place) -> None:
    assert [person.user for person in inspectors_of(place.market, timezone.localdate())] == [place.inspector.pk]


def test_publishers_are_reminded_and_inspectors_told(place: Place) -> None:
    people = [Person("A", "甲", "", place.inspector.pk), Person("B", "乙")]
    with clock.at(at(MONDAY)):
        row = prepared(place, inspectors=people)
    with clock.at(at("2026-09-16 09:00")):
        PerformDraw(user=place.officer, draw=row, seed="7").execute()
        assert Notification.objects.filter(user=place.inspector).count() == 2
        RecordResult(user=place.officer, drawn=check_of(row), code="ordered", ended_on=date(2026, 9, 16)).execute()
    due = Deadline.objects.get(purpose="draws.publish").due_on
    with clock.at(at(f"{due + timedelta(days=9)} 12:00")):
        worker.run_due(timezone.now())
        worker.run_due(timezone.now())
    assert Notification.objects.filter(user=place.head, text__contains="逾期").count() == 1
