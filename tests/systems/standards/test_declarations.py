from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from hengjian import rulebook
from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due
from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry, ChangeFiledEntry, EntryRefused, SetFiledStatus, SetStatus
from hengjian.rulebook.parameters.terms import Terms
from hengjian.systems.standards import jobs
from hengjian.systems.standards.models import Standard, StandardDeclaration
from tests.systems.market_world import MarketWorld
from tests.systems.standards.conftest import MILK

Add = Callable[..., Standard]
Declare = Callable[..., StandardDeclaration]


def now() -> datetime:
    return timezone.now()


def test_a_number_says_level_and_nature(add_standard: Add) -> None:
    standard = add_standard("gb 19645—2010", "食品安全国家标准 巴氏杀菌乳")
    assert (standard.key, standard.level, standard.nature, standard.base) == (
        "GB 19645-2010",
        "national",
        "mandatory",
        "GB 19645",
    )


@pytest.mark.parametrize("wrong", ["GB 1234", "19645-2010", ""])
def test_the_directory_refuses_what_is_no_number(add_standard: Add, wrong: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        add_standard(wrong)
    assert "key" in caught.value.errors


def test_a_declaration_is_public_at_once(add_standard: Add, declare: Declare) -> None:
    add_standard("GB 19645-2010", indicators=MILK)
    made = declare(executes="GB 19645-2010")
    assert (made.status, made.approved_at, made.confidentiality) == ("current", None, 0)
    fact = Fact.objects.get(kind="standard_declaration.entered")
    assert fact.subject == f"enterprise:{made.enterprise}" and fact.disclosure == "public"
    assert not made.is_flagged


def test_a_gb_is_picked_not_typed(add_standard: Add, declare: Declare) -> None:
    with pytest.raises(EntryRefused) as caught:
        declare(executes="GB 9999-2020")
    assert "executes" in caught.value.errors
    with pytest.raises(EntryRefused) as caught:
        declare(own_number="GB 19645-2010", own_name="x", indicators=MILK)
    assert "own_number" in caught.value.errors


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "executes"),
        ({"own_number": "Q/ABC 001-2026", "own_name": "某"}, "indicators"),
        ({"own_number": "Q/ABC 001-2026", "indicators": "酸度 | ≤ 18 °T"}, "own_name"),
        ({"own_number": "Q/ABC 001-2026", "own_name": "某", "indicators": "酸度"}, "indicators"),
        ({"own_number": "Q/ABC 001-2026", "own_name": "某", "indicators": "a | ≥ 1\na | ≥ 2"}, "indicators"),
    ],
)
def test_what_a_declaration_needs(declare: Declare, values: dict[str, str], field: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        declare(**values)
    assert field in caught.value.errors


def test_below_a_recommended_standard_must_be_said(add_standard: Add, declare: Declare) -> None:
    add_standard("GB/T 100-2020", indicators="蛋白质 | ≥ 3.2 g/100g")
    own = {"own_number": "Q/ABC 001-2026", "own_name": "纯牛奶", "indicators": "蛋白质 | ≥ 30 g/kg"}
    with pytest.raises(EntryRefused) as caught:
        declare(**own, below_standard="GB/T 100-2020")
    assert "蛋白质" in caught.value.errors["below_notice"]
    made = declare(**own, below_standard="GB/T 100-2020", below_notice="蛋白质低于推荐性标准")
    assert made.value("below_notice")


def test_nothing_may_promise_less_than_a_mandatory_standard(add_standard: Add, declare: Declare) -> None:
    add_standard("GB 19645-2010", indicators=MILK)
    with pytest.raises(EntryRefused) as caught:
        declare(executes="GB 19645-2010", indicators="蛋白质 | ≥ 2.8 g/100g")
    assert "indicators" in caught.value.errors


def test_a_withdrawn_standard_flags_from_the_day_of_withdrawal(add_standard: Add, declare: Declare) -> None:
    today = timezone.localdate()
    add_standard("GB/T 100-2010", withdrawn_on=today)
    add_standard("GB/T 200-2010", withdrawn_on=today + timedelta(days=30))
    flagged = declare(executes="GB/T 100-2010")
    assert (flagged.is_flagged, flagged.flagged_on, flagged.ended_standard) == (True, today, "GB/T 100-2010")
    later = declare(executes="GB/T 200-2010")
    assert (later.is_flagged, later.flagged_on) == (False, today + timedelta(days=30))
    cited = declare(own_number="Q/A B1-2026", own_name="x", indicators="a | ≥ 1", cites="GB/T 100-2010")
    assert cited.is_flagged


def test_the_flag_follows_the_directory(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    today = timezone.localdate()
    standard = add_standard("GB/T 100-2010")
    made = declare(executes="GB/T 100-2010")
    assert jobs.run_due(now()) == 0
    ahead = {"withdrawn_on": today + timedelta(days=5)}
    ChangeEntry(user=world.officer, entry=standard, values=ahead, reason="公告").execute()
    assert jobs.run_due(now()) == 1
    assert jobs.run_due(now()) == 0
    made.refresh_from_db()
    assert (made.flagged_on, made.is_flagged) == (today + timedelta(days=5), False)
    ChangeEntry(user=world.officer, entry=standard, values={"withdrawn_on": ""}, reason="更正").execute()
    jobs.run_due(now())
    made.refresh_from_db()
    assert made.flagged_on is None


def test_replacing_a_mandatory_gb_opens_a_review_for_every_declaration(
    world: MarketWorld, add_standard: Add, declare: Declare
) -> None:
    standard = add_standard("GB 19645-2010")
    follows, cites = (
        declare(executes="GB 19645-2010"),
        declare(own_number="Q/A B1-2026", own_name="x", indicators="a | ≥ 1", cites="GB/T 5-2010；GB 19645—2010"),
    )
    ended = declare(executes="GB 19645-2010")
    SetFiledStatus(user=world.enterprise, entry=ended, status="withdrawn", reason="停产").execute()
    near = declare(own_number="Q/A B2-2026", own_name="x", indicators="a | ≥ 1", cites="GB 19645.1-2010")
    new = {"replaced_by": "GB 19645-2026", "withdrawn_on": timezone.localdate()}
    ChangeEntry(user=world.officer, entry=standard, values=new, reason="新标准发布").execute()
    jobs.run_due(now())
    jobs.run_due(now())
    standard.refresh_from_db()
    assert standard.status == "replaced"
    reviews = Case.objects.filter(type="declaration_review")
    assert {case.data["declaration"] for case in reviews} == {follows.key, cites.key}
    assert near.key not in {case.data["declaration"] for case in reviews}
    review = reviews.get(subject=follows.ref)
    assert (review.unit, review.filer, review.data["replaced_by"]) == (
        world.county_market,
        world.works,
        "GB 19645-2026",
    )
    assert review.due_at is not None


def test_a_recommended_standard_opens_no_review(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    standard = add_standard("GB/T 100-2010")
    declare(executes="GB/T 100-2010")
    SetStatus(user=world.officer, entry=standard, status="withdrawn", reason="公告").execute()
    jobs.run_due(now())
    assert not Case.objects.exists()


def test_a_standard_comes_into_force_on_its_day(add_standard: Add) -> None:
    today = timezone.localdate()
    due = add_standard("GB 1-2026", status="upcoming", effective_on=today)
    ahead = add_standard("GB 2-2026", status="upcoming", effective_on=today + timedelta(days=1))
    jobs.run_due(now())
    due.refresh_from_db()
    ahead.refresh_from_db()
    assert (due.status, ahead.status) == ("current", "upcoming")


def test_review_is_answered_and_closed(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    standard = add_standard("GB 19645-2010")
    add_standard("GB 19645-2026")
    made = declare(executes="GB 19645-2010")
    SetStatus(user=world.officer, entry=standard, status="replaced", reason="公告").execute()
    jobs.run_due(now())
    case = Case.objects.get()
    TakeStep(user=world.enterprise, case=case, step="answer", values={"answer": "已按新标准修订"}).execute()
    case.refresh_from_db()
    with pytest.raises(ActionRefused, match="仍引用"):
        TakeStep(user=world.county_officer, case=case, step="revised").execute()
    revised = {"executes": "GB 19645-2026"}
    ChangeFiledEntry(user=world.enterprise, entry=made, values=revised, reason="换标").execute()
    TakeStep(user=world.county_officer, case=case, step="revised").execute()
    case.refresh_from_db()
    made.refresh_from_db()
    assert (case.outcome, made.is_flagged) == ("revised", False)


def test_silence_leads_to_a_check(world: MarketWorld, add_standard: Add, declare: Declare) -> None:
    standard = add_standard("GB 19645-2010")
    made = declare(executes="GB 19645-2010")
    SetStatus(user=world.officer, entry=standard, status="replaced", reason="公告").execute()
    jobs.run_due(now())
    review = Case.objects.get()
    TakeStep(user=world.county_officer, case=review, step="silent", note="多次联系未答复").execute()
    check = Case.objects.get(type="standard_check")
    assert check.data["declaration"] == made.key and check.origin == review.ref


def open_check(world: MarketWorld, made: StandardDeclaration) -> Case:
    values = {"declaration": made.key, "enterprise": made.enterprise, "enterprise_name": made.enterprise_name}
    return (
        OpenCase(
            user=world.county_officer,
            type="standard_check",
            values=values,
            unit=world.county_market,
            region=world.county,
        )
        .execute()
        .case
    )


def test_a_check_is_published_within_twenty_working_days(
    world: MarketWorld, add_standard: Add, declare: Declare
) -> None:
    add_standard("GB 19645-2010")
    case = open_check(world, declare(executes="GB 19645-2010"))
    told = {"inspectors": "甲、乙", "checked_on": timezone.localdate(), "result": "ordered"}
    with pytest.raises(ActionRefused, match="没有写明"):
        TakeStep(user=world.county_officer, case=case, step="record", values=told).execute()
    with pytest.raises(ActionRefused, match="两人"):
        alone = {**told, "inspectors": "甲", "findings": "指标未公开"}
        TakeStep(user=world.county_officer, case=case, step="record", values=alone).execute()
    full = {**told, "findings": "指标未公开"}
    TakeStep(user=world.county_officer, case=case, step="record", values=full).execute()
    case.refresh_from_db()
    assert case.state == "checked" and case.clock
    with pytest.raises(ActionRefused, match="责令改正"):
        TakeStep(user=world.county_head, case=case, step="publish").execute()
    TakeStep(user=world.county_head, case=case, step="order").execute()
    case.refresh_from_db()
    TakeStep(user=world.county_officer, case=case, step="corrected", values={"correction": "已公开指标"}).execute()
    case.refresh_from_db()
    assert case.outcome == "corrected"


def test_the_publication_clock_of_a_check_that_ended_on_22_september_2026() -> None:
    rule = rulebook.at("terms", "990000", date(2026, 9, 22), "random-check-publish").typed(Terms)
    assert rule.term is not None
    assert due(date(2026, 9, 22), Term.of(rule.term), current_calendar()).day == date(2026, 10, 27)
