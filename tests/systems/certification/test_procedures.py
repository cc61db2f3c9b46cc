from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.models import EntryBase
from hengjian.systems.certification.rules import Service, match
from tests.systems.market_world import MarketWorld


def take(user: Any, case: Case, step: str, note: str = "", **values: Any) -> Case:
    TakeStep(user=user, case=case, step=step, values=values, note=note).execute()
    case.refresh_from_db()
    return case


@pytest.fixture
def check(world: MarketWorld, lab: EntryBase) -> Case:
    values = {"institution": lab.key, "name": lab.title, "origin_kind": "random", "matter": "报告抽查"}
    return OpenCase(
        user=world.county_officer, type="agency_supervision", values=values, unit=world.county_market,
        region=world.county,
    ).execute().case  # fmt: skip


FOUND = {"inspectors": "甲、乙", "checked_on": timezone.localdate(), "finding": "improper", "details": "原始记录不全"}


def test_a_check_asks_for_details_and_two_people(world: MarketWorld, check: Case) -> None:
    for wrong in ({"details": ""}, {"inspectors": "甲"}):
        with pytest.raises(ActionRefused):
            take(world.county_officer, check, "record", **{**FOUND, **wrong})


def test_correction_is_followed_up(world: MarketWorld, check: Case) -> None:
    take(world.county_officer, check, "record", **FOUND)
    with pytest.raises(ActionRefused, match="不能直接办结"):
        take(world.county_head, check, "fine")
    take(world.county_head, check, "order", note="三十日内改正")
    take(world.county_officer, check, "corrected", correction="已补全")
    assert check.outcome == "corrected"


def test_grave_findings_suspend_the_body(world: MarketWorld, check: Case, lab: EntryBase) -> None:
    take(world.county_officer, check, "record", **{**FOUND, "finding": "fabricated"})
    take(world.county_head, check, "suspend", note="出具虚假报告")
    lab.refresh_from_db()
    assert (check.outcome, lab.status) == ("handed_over", "suspended")


def test_a_request_is_matched_served_and_rated(world: MarketWorld, enter: Any) -> None:
    service = enter(
        "quality_service", name="乳品检验", element="testing", provider="望澜质检所", content="乳制品蛋白质、微生物检验"
    )
    values = {
        "name": world.company.name,
        "enterprise": world.company.code,
        "element": "testing",
        "need": "检验牛奶蛋白质",
    }
    case = OpenCase(
        user=world.enterprise, type="nqi_demand", values=values, unit=world.county_market, region=world.county,
        filer=world.works,
    ).execute().case  # fmt: skip
    take(world.county_officer, case, "match", service=service.key)
    take(world.county_officer, case, "finish", result="报告已出")
    assert (case.outcome, case.data["service"]) == ("served", service.key)


def test_matching_says_why() -> None:
    services = [
        Service("A", "testing", "乳制品检验 蛋白质 微生物"),
        Service("B", "standards", "企业标准编写辅导 蛋白质"),
        Service("C", "metrology", "电子秤检定"),
    ]
    fits = match("想检验牛奶的蛋白质含量", "testing", services)
    assert [fit.key for fit in fits] == ["A", "B"]
    assert "蛋白" in fits[0].shared and "检验" in fits[0].shared
    assert match("", "unsure", services) == []
