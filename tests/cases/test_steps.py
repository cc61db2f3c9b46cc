"""Opening cases and taking declared steps: guards, codes, clocks, facts, late entries, two people at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian.cases import hooks
from hengjian.cases.actions import CorrectCase, OpenCase, TakeCase, TakeStep
from hengjian.cases.declarations import CaseType
from hengjian.cases.errors import ValuesRefused
from hengjian.cases.models import Case, CaseEvent, IssuedPaper
from hengjian.clocks import worker
from hengjian.clocks.models import Deadline
from hengjian.ledger.models import Fact
from hengjian.ledger.queries import facts_by_ref
from hengjian.pages.models import Notification
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.cases.conftest import VALUES, World, open_case

PDF = b"%PDF-1.4\n%%EOF\n"


def clock(case: Case, code: str) -> Deadline:
    return Deadline.objects.get(owner=case.ref, purpose=f"petition.{code}")


def test_a_case_runs_from_intake_to_its_end(world: World, case: Case) -> None:
    assert case.number == f"SQ{case.opened_at.year}-990100-00001"
    assert case.title == "学习机：退款" and case.clock == "answer" and case.due_at is not None
    TakeStep(user=world.officer, case=case, step="accept").execute()
    assert case.state == "working" and case.clock == "decide"
    assert clock(case, "answer").state == "met"
    TakeStep(user=world.officer, case=case, step="propose", note="建议办结").execute()
    with pytest.raises(Forbidden):
        TakeStep(user=world.officer, case=case, step="approve").execute()
    TakeStep(user=world.head, case=case, step="approve", note="同意").execute()
    case.refresh_from_db()
    assert (case.state, case.outcome, case.clock, case.due_at) == ("done", "settled", "", None)
    assert case.closed_at is not None and clock(case, "decide").state == "met"
    opened, closed = facts_by_ref(case.ref, disclosure="shared").order_by("leaf_index")
    assert (opened.kind, closed.kind) == ("petition.opened", "petition.closed")
    assert closed.payload["in_time"] is True and closed.payload["outcome"] == "settled"
    assert closed.payload["values"]["product"] == "学习机" and "assessment" not in closed.payload["values"]


def test_numbers_run_per_year_and_region(world: World, petition: CaseType) -> None:
    first, second = open_case(world), open_case(world)
    other = open_case(world, user=world.far_officer, unit=world.far, region=world.county)
    assert second.number.endswith("990100-00002") and first.number < second.number
    assert other.number.endswith("990200-00001")


def test_the_second_person_approves(world: World, case: Case) -> None:
    TakeStep(user=world.head, case=case, step="accept").execute()
    TakeStep(user=world.head, case=case, step="propose", note="建议办结").execute()
    with pytest.raises(ActionRefused, match="另一人"):
        TakeStep(user=world.head, case=case, step="approve").execute()


def test_a_step_out_of_turn_is_refused_with_what_is_possible(world: World, case: Case) -> None:
    with pytest.raises(ActionRefused) as error:
        TakeStep(user=world.officer, case=case, step="propose", note="急").execute()
    assert "待受理" in str(error.value.message) and "受理" in str(error.value.next_step)
    with pytest.raises(ActionRefused, match="没有"):
        TakeStep(user=world.officer, case=case, step="nonsense").execute()


def test_required_fields_codes_notes_and_files_are_asked_for(world: World, petition: CaseType) -> None:
    case = open_case(world, values={"product": "学习机", "claim": "refund"})
    with pytest.raises(ValuesRefused) as error:
        TakeStep(user=world.officer, case=case, step="accept").execute()
    assert error.value.errors == {"facts": "请填写。"}
    with pytest.raises(ActionRefused, match="说明"):
        TakeStep(user=world.officer, case=case, step="refuse", outcome_code="1").execute()
    with pytest.raises(ActionRefused, match="依据代码"):
        TakeStep(user=world.officer, case=case, step="refuse", note="不属职责", outcome_code="99").execute()
    TakeStep(user=world.officer, case=case, step="accept", values={"facts": "屏幕坏了"}).execute()
    assert case.data["facts"] == "屏幕坏了"
    with pytest.raises(ActionRefused, match="检测委托书"):
        TakeStep(user=world.officer, case=case, step="test").execute()
    TakeStep(user=world.officer, case=case, step="test", files=[("委托书.pdf", PDF)]).execute()
    assert case.paused and clock(case, "decide").state == "paused"
    with pytest.raises(ValuesRefused):
        TakeStep(user=world.officer, case=case, step="tested", values={"verdict": "maybe"}).execute()
    TakeStep(user=world.officer, case=case, step="tested", values={"verdict": "fail"}).execute()
    assert not case.paused and clock(case, "decide").state == "open"


def test_a_refusal_ends_the_case_with_its_code(world: World, case: Case) -> None:
    TakeStep(user=world.officer, case=case, step="refuse", note="不属职责", outcome_code="1").execute()
    assert (case.outcome, case.outcome_code) == ("refused", "1")
    assert Fact.objects.get(kind="petition.closed").payload["outcome_code"] == "1"


def test_time_spent_testing_moves_the_due_day(world: World, petition: CaseType) -> None:
    case = open_case(world, opened_at=moment(2026, 3, 2))
    TakeStep(user=world.officer, case=case, step="accept", at=moment(2026, 3, 3)).execute()
    before = clock(case, "decide").due_on
    TakeStep(user=world.officer, case=case, step="test", files=[("a.pdf", PDF)], at=moment(2026, 3, 10)).execute()
    given = {"verdict": "pass"}
    TakeStep(user=world.officer, case=case, step="tested", values=given, at=moment(2026, 3, 17)).execute()
    moved = clock(case, "decide")
    assert moved.due_on == before + timedelta(days=7)
    assert any(step.kind == "pause" for step in moved.steps)
    assert timezone.localdate(case.due_at) == moved.due_on  # type: ignore[arg-type]


def moment(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime(year, month, day, hour))


def test_late_entries_keep_their_order(world: World, petition: CaseType) -> None:
    case = open_case(world, opened_at=moment(2026, 3, 2))
    TakeStep(user=world.officer, case=case, step="accept", at=moment(2026, 3, 5)).execute()
    with pytest.raises(ActionRefused, match="早于"):
        TakeStep(user=world.officer, case=case, step="propose", note="x", at=moment(2026, 3, 4)).execute()
    later = timezone.now() + timedelta(days=1)
    with pytest.raises(ActionRefused, match="晚于现在"):
        TakeStep(user=world.officer, case=case, step="propose", note="x", at=later).execute()
    event = case.events.get(code="accept")
    assert event.occurred_at < event.recorded_at
    assert clock(case, "answer").closed_at == moment(2026, 3, 5)


def test_the_rules_of_the_day_hold_for_the_whole_case(world: World, petition: CaseType) -> None:
    case = open_case(world, opened_at=moment(2026, 4, 20), rules_on=date(2026, 4, 14))
    assert clock(case, "answer").rule_id == "terms.complaint-decide.order-20-2019"
    newer = open_case(world, opened_at=moment(2026, 4, 20))
    assert clock(newer, "answer").rule_id == "terms.complaint-decide.order-121-2025"
    with pytest.raises(ActionRefused, match="自 2020-01-01 起适用"):
        open_case(world, rules_on=date(2019, 1, 1))


def test_only_the_unit_that_answers_for_it_takes_steps(world: World, case: Case) -> None:
    for user in (world.farm_officer, world.far_officer, world.overseer, world.citizen, world.enterprise):
        with pytest.raises((Forbidden, ActionRefused)):
            TakeStep(user=user, case=case, step="accept").execute()
    assert case.events.count() == 1


def test_wrong_values_are_refused_as_a_whole(world: World, petition: CaseType) -> None:
    with pytest.raises(ValuesRefused) as error:
        open_case(world, values={"claim": "money", "amount": "-1", "colour": "red"})
    assert set(error.value.errors) == {"product", "claim", "amount", "colour"}
    assert not Case.objects.exists() and not Deadline.objects.exists()


def test_a_unit_without_the_duty_takes_none(world: World, petition: CaseType) -> None:
    with pytest.raises(ActionRefused, match="不承办"):
        open_case(world, user=world.office, unit=world.office_unit)


def test_the_same_token_makes_one_case(world: World, petition: CaseType) -> None:
    first = OpenCase(user=None, system="filer", type="petition", values=VALUES, unit=world.market, region=world.region,
                     token="abc", identity={"name": "苏和平"}).execute()  # fmt: skip
    again = OpenCase(user=None, system="filer", type="petition", values=VALUES, unit=world.market, region=world.region,
                     token="abc", identity={"name": "苏和平"}).execute()  # fmt: skip
    assert again.repeated and again.case == first.case and again.code == first.code


def test_documents_are_issued_and_kept(world: World, case: Case) -> None:
    TakeStep(user=world.officer, case=case, step="accept").execute()
    paper = IssuedPaper.objects.get(case=case)
    assert paper.title == "受理通知书" and paper.for_filer and paper.address.startswith("sha256:")


@pytest.fixture
def refusing_guard(petition: CaseType) -> Iterator[None]:
    def guard(context: hooks.StepContext) -> None:
        raise ActionRefused("先联系申请人。")

    hooks.register_guard("tests.refuse", guard)
    step = petition.transition("propose")
    object.__setattr__(step, "guards", ("tests.refuse",))
    yield
    object.__setattr__(step, "guards", ())


def test_guards_and_effects_take_part(world: World, case: Case, refusing_guard: None, petition: CaseType) -> None:
    seen: list[Any] = []

    def note(context: hooks.StepContext) -> None:
        seen.append((context.case.state, context.event and context.event.code))

    hooks.register_effect("tests.note", note)
    object.__setattr__(petition.transition("accept"), "effects", ("tests.note",))
    try:
        TakeStep(user=world.officer, case=case, step="accept").execute()
    finally:
        object.__setattr__(petition.transition("accept"), "effects", ())
    assert seen == [("working", "accept")]
    with pytest.raises(ActionRefused, match="先联系"):
        TakeStep(user=world.officer, case=case, step="propose", note="x").execute()
    case.refresh_from_db()
    assert case.state == "working"


def test_the_clock_takes_the_automatic_step(world: World, petition: CaseType) -> None:
    case = open_case(world, opened_at=moment(2026, 3, 2))
    TakeStep(user=world.officer, case=case, step="accept", at=moment(2026, 3, 3)).execute()
    run_worker()
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("done", "expired")
    assert case.events.get(code="expire").system == "worker"
    assert clock(case, "decide").state == "missed"


def run_worker() -> None:
    """All alarms that have come; those of clocks that were entered late ring as well."""
    Deadline.objects.filter(state="open").update(alarms_from=moment(2020, 1, 1), next_action_at=moment(2020, 1, 1))
    while worker.run_due(timezone.now()):
        pass


def test_reminders_reach_those_who_answer_for_it(world: World, petition: CaseType) -> None:
    case = open_case(world, opened_at=moment(2026, 3, 2))
    Notification.objects.all().delete()
    run_worker()
    told = set(Notification.objects.values_list("user__username", flat=True))
    assert told == {"officer", "officer-two", "cleared", "head"}
    TakeCase(user=world.officer, case=case).execute()
    assert Notification.objects.filter(text__contains="已于").exists()
    run_worker()
    assert Notification.objects.filter(user=world.officer_two).count() <= 2


def test_corrections_keep_what_was_said_before(world: World, case: Case) -> None:
    given = {"product": "学习机 X2", "phone": "13800001234"}
    CorrectCase(user=world.officer, case=case, values=given, reason="型号写错").execute()
    event = case.events.get(code="correct")
    assert event.data["before"]["product"] == "学习机" and event.data["after"]["product"] == "学习机 X2"
    assert case.data["phone"].startswith("vault:") and "1380000" not in str(event.data)
    assert case.title == "学习机 X2：退款"
    with pytest.raises(ActionRefused, match="没有改动"):
        CorrectCase(user=world.officer, case=case, values={"product": "学习机 X2"}, reason="再改").execute()


def test_events_are_numbered_without_gaps(world: World, case: Case) -> None:
    TakeStep(user=world.officer, case=case, step="accept").execute()
    TakeStep(user=world.officer, case=case, step="propose", note="x").execute()
    TakeStep(user=world.head, case=case, step="back", note="再核实").execute()
    assert list(case.events.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert case.version == 4 and CaseEvent.objects.get(number=4).old_state == "approval"
