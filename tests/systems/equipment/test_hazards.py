"""Listed supervision of major hazards: notice, plan, monthly reports, escalation, delisting, the public list; draws."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian.cases import jobs
from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case, IssuedPaper
from hengjian.clocks import worker
from hengjian.clocks.models import Deadline
from hengjian.demo.clock import at
from hengjian.pages.models import Notification
from hengjian.parties.models import Unit, User
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.equipment.related import drawable_lifts, drawable_maintainers, listed_hazards
from tests.systems.equipment.conftest import LiftWorld
from tests.systems.market_world import person

TODAY = timezone.localdate()


def open_case(lifts: LiftWorld, type: str, **values: Any) -> Case:
    given = {"owner": "望澜远岫热力有限公司", "hazard": "锅炉安全阀失效", **values}
    return (
        OpenCase(
            user=lifts.officer,
            type=type,
            values=given,
            unit=lifts.market.county_market,
            region=lifts.county,
        )
        .execute()
        .case
    )


def step(user: User, case: Case, code: str, note: str = "", **values: Any) -> None:
    TakeStep(user=user, case=case, step=code, note=note, values=values).execute()
    case.refresh_from_db()


def listed(lifts: LiftWorld, days: int = 60) -> Case:
    due = (timezone.localdate() + timedelta(days=days)).isoformat()
    case = open_case(lifts, "major_hazard", source="supervision", level="county", due_on=due)
    step(lifts.officer, case, "notify", measures="立即停用")
    return case


def clocks(case: Case, code: str) -> list[Deadline]:
    return list(Deadline.objects.filter(owner=case.ref, purpose=f"major_hazard.{code}").order_by("pk"))


def test_from_listing_to_delisting(lifts: LiftWorld) -> None:
    case = listed(lifts)
    running = [clock for clock in clocks(case, "rectify") if clock.running]
    assert [clock.due_on for clock in running] == [TODAY + timedelta(60)]
    assert IssuedPaper.objects.get(case=case).title == "重大隐患挂牌督办通知书"
    step(lifts.officer, case, "plan", plan="两个月内更换")
    step(lifts.officer, case, "report", note="已停用", progress="40")
    reports = clocks(case, "report")
    assert [clock.running for clock in reports] == [False, True]
    assert [row["number"] for row in listed_hazards(TODAY)] == [case.number]
    step(lifts.officer, case, "apply")
    step(lifts.officer, case, "accept", note="现场验收合格")
    step(lifts.market.county_head, case, "delist")
    assert (case.state, case.outcome) == ("delisted", "settled")
    assert list(listed_hazards(TODAY)) == []
    assert [row["number"] for row in listed_hazards(TODAY - timedelta(1))] == []


def test_past_its_day_it_is_escalated_by_itself_to_the_level_above(lifts: LiftWorld) -> None:
    above = lifts.market.county.parent
    assert above is not None
    city_market = Unit.objects.create(
        key="market-990100", name="望澜市市场监督管理局", region=above, level="prefecture", family="market_regulation"
    )
    chief = person("city-head", city_market, "unit_head")
    now = timezone.now()
    with at(now - timedelta(days=30)):
        case = listed(lifts, days=5)
        step(lifts.officer, case, "plan", plan="一周内更换")
    while worker.run_due(now) or jobs.run_due(now):
        pass
    case.refresh_from_db()
    assert case.data["escalated"] == 1 and case.state == "rectifying"
    told = Notification.objects.filter(ref=case.ref)
    assert told.filter(user=chief).exists() and told.filter(user=lifts.market.county_head).exists()
    assert next(iter(listed_hazards(TODAY)))["late"] is True


def test_a_day_in_the_past_is_no_term(lifts: LiftWorld) -> None:
    case = open_case(lifts, "major_hazard", source="supervision", level="county", due_on=TODAY.isoformat())
    with pytest.raises(ActionRefused, match="晚于今天"):
        step(lifts.officer, case, "notify", measures="立即停用")
    case.refresh_from_db()
    assert case.state == "listed"


def test_an_ordinary_hazard_is_raised(lifts: LiftWorld) -> None:
    case = open_case(lifts, "hidden_hazard", grade="ordinary")
    step(lifts.officer, case, "raise", note="无法整改", level="city", due_on=(TODAY + timedelta(30)).isoformat())
    opened = Case.objects.get(type="major_hazard")
    assert (case.outcome, opened.origin, opened.data["owner"]) == ("listed", case.ref, case.data["owner"])


def test_pools_for_draws(lifts: LiftWorld) -> None:
    lifts.lift(last_maintained_on=(TODAY - timedelta(40)).isoformat())
    market = lifts.market
    found = list(drawable_lifts(market.county_market, market.county, TODAY))
    assert [(item.id, item.stratum) for item in found] == [("lift:990100:100001", "有过期事项")]
    assert list(drawable_lifts(market.other_market, market.other_county, TODAY)) == []
    maintainers = {item.id: item for item in drawable_maintainers(market.county_market, market.county, TODAY)}
    assert maintainers[lifts.bodies["contracted"].key].weight == 2
    assert maintainers[lifts.bodies["near"].key].weight == 1
