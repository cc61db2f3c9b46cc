"""Parts, doubles, links; reopening, rating, withdrawing; clocks by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian.cases.actions import (
    AddNote,
    ExtendCaseClock,
    LinkCases,
    MergeCases,
    OpenCase,
    Part,
    PauseClock,
    RateCase,
    ReopenCase,
    ResumeClock,
    SplitCase,
    SupplementCase,
    TakeCase,
    TakeStep,
    UrgeCase,
    WithdrawCase,
)
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case, CaseLink
from hengjian.clocks.models import Deadline
from hengjian.ledger.queries import facts_by_ref
from hengjian.pages.models import Notification
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.cases.conftest import VALUES, World, open_case

FILER: dict[str, Any] = {"user": None, "system": "filer"}


def finish(world: World, case: Case) -> Case:
    TakeStep(user=world.officer, case=case, step="accept").execute()
    TakeStep(user=world.officer, case=case, step="propose", note="和解").execute()
    TakeStep(user=world.head, case=case, step="approve").execute()
    return case


def test_parts_run_for_themselves(world: World, petition: CaseType, tip: CaseType) -> None:
    case = open_case(world, identity={"name": "苏和平"})
    parts = [Part("tip", {"lead": "夸大宣传"})]
    (made,) = SplitCase(user=world.officer, case=case, parts=parts, reason="含举报线索").execute()
    part = made.case
    assert part.parent == case and part.identity == case.identity and part.opened_at == case.opened_at
    assert CaseLink.objects.get().kind == "split" and case.events.filter(code="split").exists()
    finish(world, case)
    part.refresh_from_db()
    assert case.closed_at is not None and part.closed_at is None


def test_the_same_matter_filed_twice_is_handled_once(world: World, petition: CaseType) -> None:
    main, double = open_case(world), open_case(world)
    MergeCases(user=world.officer, case=main, other=double, reason="同一事项").execute()
    double.refresh_from_db()
    assert (double.state, double.outcome, double.merged_into) == ("merged", "merged", main)
    assert Deadline.objects.get(owner=double.ref).state == "cancelled"
    with pytest.raises(ActionRefused):
        TakeStep(user=world.officer, case=double, step="accept").execute()
    far = open_case(world, user=world.far_officer, unit=world.far, region=world.county)
    with pytest.raises(Forbidden):
        MergeCases(user=world.officer, case=main, other=far, reason="x").execute()


def test_links_are_made_once_and_read_both_ways(world: World, petition: CaseType) -> None:
    one, two = open_case(world), open_case(world)
    LinkCases(user=world.officer, case=one, other=two).execute()
    with pytest.raises(ActionRefused, match="已建立"):
        LinkCases(user=world.officer, case=two, other=one).execute()


def test_a_closed_case_is_taken_up_again_in_its_term(world: World, case: Case) -> None:
    finish(world, case)
    closed = facts_by_ref(case.ref, disclosure="shared").get(kind="petition.closed")
    ReopenCase(**FILER, case=case, reason="对方没有退款").execute()
    assert (case.state, case.outcome, case.closed_at, case.clock) == ("working", "", None, "decide")
    clock = Deadline.objects.get(owner=case.ref, purpose="petition.decide")
    assert clock.state == "open" and clock.closed_at is None
    assert closed.id not in set(facts_by_ref(case.ref, disclosure="shared").values_list("id", flat=True))
    finish_again = TakeStep(user=world.officer, case=case, step="propose", note="再次和解")
    finish_again.execute()
    TakeStep(user=world.head, case=case, step="approve").execute()
    assert case.closed_at is not None


def test_after_the_term_it_stays_closed(world: World, case: Case) -> None:
    finish(world, case)
    long_ago = timezone.now() - timedelta(days=40)
    Case.objects.filter(pk=case.pk).update(closed_at=long_ago)
    case.refresh_from_db()
    with pytest.raises(ActionRefused, match="已超过"):
        ReopenCase(**FILER, case=case, reason="对方没有退款").execute()
    with pytest.raises(Forbidden):
        ReopenCase(user=world.officer, case=case, reason="x").execute()


def test_a_rating_is_given_once_and_a_poor_one_is_followed_up(world: World, case: Case) -> None:
    with pytest.raises(ActionRefused, match="办结之后"):
        RateCase(**FILER, case=case, rating=5).execute()
    finish(world, case)
    RateCase(**FILER, case=case, rating=1, reason="没人联系我").execute()
    assert case.rating == 1
    assert facts_by_ref(case.ref, disclosure="shared").get(kind="petition.closed").payload["rating"] == 1
    assert Notification.objects.filter(user=world.head, text__contains="满意度").exists()
    with pytest.raises(ActionRefused, match="已经评价"):
        RateCase(**FILER, case=case, rating=5).execute()


def test_who_filed_it_withdraws_it(world: World, petition: CaseType) -> None:
    case = OpenCase(user=world.citizen, type="petition", values=VALUES, unit=world.market, region=world.region,
                    owner=world.citizen).execute().case  # fmt: skip
    with pytest.raises(Forbidden):
        WithdrawCase(user=world.citizen_two, case=case).execute()
    SupplementCase(user=world.citizen, case=case, note="补充发票").execute()
    WithdrawCase(user=world.citizen, case=case, reason="已解决").execute()
    assert case.outcome == "withdrawn" and not case.events.filter(by=world.citizen).exists()


def test_the_clock_stands_still_and_says_why(world: World, case: Case) -> None:
    with pytest.raises(ActionRefused, match="变更说明"):
        PauseClock(user=world.officer, case=case, reason="").execute()
    with pytest.raises((Forbidden, ActionRefused)):
        PauseClock(user=world.farm_officer, case=case, reason="x").execute()
    PauseClock(user=world.officer, case=case, reason="等待鉴定", document="鉴定委托书").execute()
    assert case.paused
    ResumeClock(user=world.officer, case=case).execute()
    assert not case.paused and case.events.filter(kind="clock").count() == 2


def test_the_law_says_who_extends_and_how_often(world: World, case: Case) -> None:
    TakeStep(user=world.officer, case=case, step="accept").execute()
    before = case.due_at
    with pytest.raises((Forbidden, ActionRefused)):
        ExtendCaseClock(user=world.officer, case=case, reason="案情复杂").execute()
    ExtendCaseClock(user=world.head, case=case, reason="案情复杂").execute()
    assert before is not None and case.due_at is not None and case.due_at > before
    clock = Deadline.objects.get(owner=case.ref, purpose="petition.decide")
    assert any("市场监管部门负责人" in step.text() for step in clock.steps)
    with pytest.raises(ActionRefused, match="已用完"):
        ExtendCaseClock(user=world.head, case=case, reason="再延").execute()


def test_cases_are_taken_and_given_to_colleagues(world: World, case: Case) -> None:
    TakeCase(user=world.officer, case=case).execute()
    with pytest.raises(ActionRefused, match="负责人"):
        TakeCase(user=world.officer_two, case=case).execute()
    TakeCase(user=world.head, case=case, handler=world.officer_two).execute()
    assert case.handler == world.officer_two
    with pytest.raises(ActionRefused, match="本单位"):
        TakeCase(user=world.head, case=case, handler=world.farm_officer).execute()


def test_notes_and_urging(world: World, case: Case) -> None:
    AddNote(user=world.officer, case=case, note="已电话联系", public=True).execute()
    with pytest.raises(Forbidden):
        UrgeCase(user=world.head, case=case, reason="快").execute()
    UrgeCase(user=world.overseer, case=case, reason="请三日内答复").execute()
    assert Notification.objects.filter(user=world.head, text__contains="督办").exists()
    assert case.events.get(code="urge").public is False
