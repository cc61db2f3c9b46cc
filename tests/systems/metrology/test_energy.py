from __future__ import annotations

import pytest
from django.utils import timezone

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import CreateEntry
from hengjian.registers.models import EntryBase
from hengjian.systems.metrology.cycles import fit_rule, fit_table
from tests.systems.market_world import MarketWorld

ENOUGH = "电力 | 用能单位 | 2 | 2\n电力 | 用能设备 | 20 | 19\n蒸汽 | device | 10 | 7"
SHORT = ENOUGH.replace("| 20 | 19", "| 20 | 18")


@pytest.fixture
def user(world: MarketWorld) -> EntryBase:
    return CreateEntry(
        user=world.county_officer, register="energy_user", key=world.company.code, unit=world.county_market,
        region=world.county, values={"name": world.company.name, "tonnes": "12000"},
    ).execute()  # fmt: skip


@pytest.fixture
def review(world: MarketWorld, user: EntryBase) -> Case:
    values = {"enterprise": world.company.code, "name": world.company.name, "tonnes": "12000"}
    return OpenCase(
        user=world.county_officer, type="energy_metering_review", values=values, unit=world.county_market,
        region=world.county, filer=world.works,
    ).execute().case  # fmt: skip


def take(user: object, case: Case, step: str, note: str = "", **values: object) -> Case:
    TakeStep(user=user, case=case, step=step, values=values, note=note).execute()  # type: ignore[arg-type]
    case.refresh_from_db()
    return case


def test_key_users() -> None:
    fit = fit_rule()
    assert fit.is_key_user(10_000) and not fit.is_key_user(9_999)
    assert fit.is_key_user(5_000, designated=True)


def test_the_table_has_one_way_of_writing() -> None:
    assert fit_table("electricity\tunit\t2\t2") == "电力 | 用能单位 | 2 | 2"
    assert fit_table(fit_table(ENOUGH)) == fit_table(ENOUGH)


@pytest.mark.parametrize(
    "wrong", ["电力 | 用能单位 | 2", "风力 | 用能单位 | 2 | 2", "电力 | 车间 | 2 | 2", "电力 | 用能单位 | 二 | 2"]
)
def test_a_wrong_line_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match="第 2 行"):
        fit_table(f"电力 | 用能单位 | 2 | 2\n{wrong}")


def test_enough_meters_pass(world: MarketWorld, review: Case, user: EntryBase) -> None:
    take(world.enterprise, review, "self_check", fit=ENOUGH)
    take(world.county_officer, review, "visit", management="有台账")
    take(world.county_head, review, "pass")
    user.refresh_from_db()
    assert (review.outcome, user.value("review_result")) == ("passed", "passed")
    assert user.value("reviewed_on") == timezone.localdate().isoformat()


def test_too_few_meters_must_be_put_right(world: MarketWorld, review: Case, user: EntryBase) -> None:
    take(world.enterprise, review, "self_check", fit=ENOUGH)
    take(world.county_officer, review, "visit", management="有台账", fit_checked=SHORT)
    assert "18/20 = 90.00% < 95%" in review.data["shortfall"]
    with pytest.raises(ActionRefused, match="未达到"):
        take(world.county_head, review, "pass")
    take(world.county_head, review, "order", note="补配一台")
    take(world.county_officer, review, "rectified", fit_checked=ENOUGH, rectification="已补配")
    user.refresh_from_db()
    assert (review.outcome, review.data["shortfall"]) == ("rectified", "")
    assert user.value("review_result") == "rectified"
