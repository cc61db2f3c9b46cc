"""The room's procedures end to end: what they compute, write and open, and when their clocks run out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from hengjian.cases.models import Case, CaseLink
from hengjian.parties.models import Confidentiality, Unit
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import CreateEntry
from hengjian.registers.queries import entries, find
from tests.systems.market_world import MarketWorld
from tests.systems.supervision.conftest import enter, open_case, step

RECALL = {
    "product": "儿童推车",
    "maker_name": "望澜沐原童车有限公司",
    "regime": "consumer",
    "initiative": "voluntary",
    "learned_on": "2026-03-02",
    "defect": "折叠锁止装置可能意外松脱",
}


# ---- recall


def test_a_recall_from_plan_to_end(world: MarketWorld) -> None:
    case = open_case(world.market, "product_recall", "2026-03-02 10:00", RECALL)
    assert timezone.localtime(case.due_at).date() == date(2026, 3, 16)  # ten working days
    step(case, "plan", "2026-03-10 09:00", quantity=1000, remedy="免费更换锁止装置", ask_at="400-000-0000")
    entry = entries("recall").get()
    assert (entry.status, entry.confidentiality) == ("planned", Confidentiality.INTERNAL)
    assert timezone.localtime(case.due_at).date() == date(2026, 3, 13)  # three working days to publish
    step(case, "publish", "2026-03-12 09:00")
    assert entries("recall").get().status == "running"
    assert timezone.localtime(case.due_at).date() == date(2026, 6, 12)  # interim report after three months
    step(case, "interim", "2026-06-10 09:00", recalled=400)
    assert timezone.localtime(case.due_at).date() == date(2026, 9, 10)
    entry = entries("recall").get()
    assert (entry.value("recalled"), entry.value("completion")) == (400, "40.00")
    step(case, "reach", "2026-09-01 09:00", recalled=950)
    assert entries("recall").get().status == "active_stopped"  # the duty stays while one is out
    assert timezone.localtime(case.due_at).date() == date(2026, 9, 21)  # fifteen working days, Sunday the 20th is one
    step(case, "close", "2026-09-15 09:00", note="已完成")
    entry = entries("recall").get()
    assert (entry.status, entry.value("completion")) == ("closed", "95.00")
    assert case.outcome == "completed"


def test_food_recalls_have_clocks_by_class(world: MarketWorld) -> None:
    values = {**RECALL, "product": "奶粉", "regime": "food_1"}
    case = open_case(world.market, "product_recall", "2026-03-02 10:00", values)
    assert timezone.localtime(case.due_at).strftime("%Y-%m-%d %H:%M") == "2026-03-03 10:00"  # 24 hours
    step(case, "plan", "2026-03-02 18:00", quantity=10, remedy="退货", ask_at="热线")
    step(case, "publish", "2026-03-02 19:00")
    assert timezone.localtime(case.due_at).date() == date(2026, 3, 16)  # ten working days


# ---- accident reports


@pytest.mark.parametrize(("opened", "on_time"), [("2026-03-04 16:00", True), ("2026-03-05 09:00", False)])
def test_reports_are_due_two_working_days_after_learning(world: MarketWorld, opened: str, on_time: bool) -> None:
    case = open_case(world.market, "accident_report", opened, report(world))
    step(case, "receive", opened)
    assert case.data["on_time"] is on_time


def report(world: MarketWorld) -> dict[str, Any]:
    return {
        "holder": world.company.code,
        "holder_name": world.company.name,
        "role": "producer",
        "product": "电热水壶 KT-18",
        "event": "injury",
        "learned_on": "2026-03-02",
        "facts_told": "壶身开裂致一人烫伤。",
    }


def test_a_confirmed_defect_opens_the_recall(world: MarketWorld) -> None:
    case = open_case(world.market, "accident_report", "2026-03-03 09:00", report(world))
    step(case, "receive", "2026-03-03 10:00")
    step(case, "recall", "2026-03-10 10:00", note="壶身材料不耐热，同批次均存在。")
    opened = Case.objects.get(type="product_recall")
    assert opened.data["maker"] == world.company.code
    assert opened.origin == case.ref
    assert CaseLink.objects.filter(first=case, second=opened, kind="arisen").exists()


# ---- relief, guarantee


def test_relief_is_proposed_by_the_rulebook_and_the_payment_enters_the_account(world: MarketWorld) -> None:
    case = open_case(
        world.market,
        "injury_relief",
        "2026-03-02 09:00",
        {"product": "电暖器", "injured_on": "2026-02-20", "injury": "烫伤", "told": "经过", "loss": "10000"},
        identity={"name": "祁见微", "phone": "19900000001"},
    )
    step(case, "accept", "2026-03-03 09:00")
    step(case, "means_done", "2026-03-10 09:00", income_ratio="0.9")
    step(case, "appraised", "2026-03-30 09:00", cause="60", appraiser="望澜检验检测中心")
    assert case.data["granted"] == "4800.00"
    step(case, "grant", "2026-04-01 09:00", granted="4800")
    step(case, "pay", "2026-04-08 09:00", paid_on="2026-04-08")
    payout = entries("relief_payout").get()
    assert payout.value("granted") == "4800.00"
    assert "祁见微" not in str(payout.extras)


def test_the_account_of_relief_takes_no_entry_by_hand(world: MarketWorld) -> None:
    with pytest.raises(ActionRefused, match="自动登记"):
        CreateEntry(
            user=world.officer,
            register="relief_payout",
            values={"case_number": "x", "product": "x", "granted": "1", "paid_on": "2026-04-08"},
            unit=world.market,
            region=world.region,
        ).execute()


def test_a_guarantee_tells_what_may_be_chosen(world: MarketWorld) -> None:
    case = open_case(
        world.market,
        "three_guarantees",
        "2026-03-20 09:00",
        {
            "product": "手机",
            "goods": "goods",
            "seller_name": "澜东百货",
            "bought_on": "2026-03-10",
            "fault_on": "2026-03-19",
            "fault": "无法充电",
            "wish": "exchange",
        },
        identity={"name": "祁见微"},
    )
    step(case, "judge", "2026-03-20 10:00")
    assert case.data["entitled"] == ["exchange", "repair"]
    step(case, "repair", "2026-03-21 09:00")
    assert timezone.localtime(case.due_at).date() == date(2026, 4, 20)


# ---- enforcement


def handover(world: MarketWorld) -> Case:
    return open_case(
        world.market,
        "crime_handover",
        "2026-03-06 10:00",
        {"suspect": "某作坊", "crime": "生产、销售伪劣产品罪", "facts_found": "事实", "material": "移送书"},
    )


def test_the_hand_over_of_a_crime_and_its_short_clocks(world: MarketWorld) -> None:
    case = handover(world)
    assert timezone.localtime(case.due_at).date() == date(2026, 3, 9)  # three days, Monday
    step(case, "approve", "2026-03-09 09:00")
    assert timezone.localtime(case.due_at).strftime("%m-%d %H:%M") == "03-10 09:00"  # 24 hours
    step(case, "send", "2026-03-09 17:00", police="望澜市公安局")
    step(case, "receipt", "2026-03-10 09:00", receipt_number="望公收〔2026〕7号")
    step(case, "decline", "2026-03-12 09:00", note="金额未达立案标准")
    assert timezone.localtime(case.due_at).date() == date(2026, 3, 15)
    step(case, "reconsider", "2026-03-13 09:00", note="补充鉴定意见")
    step(case, "open", "2026-03-16 09:00", criminal_case="望公立字〔2026〕31号")
    assert (case.outcome, case.closed_at is not None) == ("opened", True)


def test_the_receipt_needs_its_number(world: MarketWorld) -> None:
    case = handover(world)
    step(case, "approve", "2026-03-09 09:00")
    step(case, "send", "2026-03-09 17:00", police="望澜市公安局")
    with pytest.raises(ActionRefused):
        step(case, "receipt", "2026-03-10 09:00")


def test_a_joint_case_that_finds_a_crime_starts_the_hand_over(world: MarketWorld) -> None:
    case = open_case(
        world.market,
        "joint_enforcement",
        "2026-03-02 10:00",
        {"matter": "跨县制售假化肥", "reach": "counties", "clues": "线索", "target_name": "某化肥经销部"},
    )
    step(case, "join", "2026-03-05 10:00")
    step(case, "hand", "2026-03-20 10:00", note="货值 38 万元，涉嫌犯罪。")
    opened = Case.objects.get(type="crime_handover")
    assert opened.data["suspect"] == "某化肥经销部"
    assert opened.data["source_case"] == case.number


def test_nothing_is_exposed_before_the_review_and_it_ends_by_itself(world: MarketWorld) -> None:
    case = open_case(
        world.market,
        "exposure",
        "2026-03-02 10:00",
        {
            "headline": "某厂以次充好案",
            "party_name": world.company.name,
            "party": world.company.code,
            "decision_number": "澜市监罚〔2026〕9号",
            "decided_on": "2026-02-27",
            "violation": "以次充好",
            "penalty": "罚款 5 万元",
        },
    )
    step(case, "tell", "2026-03-03 10:00")
    step(case, "submit", "2026-03-11 10:00")
    assert not entries("exposure_bulletin").exists()
    step(case, "show", "2026-03-12 10:00")
    entry = entries("exposure_bulletin").get()
    assert (entry.status, entry.valid_to) == ("shown", date(2029, 3, 12))


# ---- inspections


def inspection(world: MarketWorld) -> Case:
    return open_case(
        world.market,
        "inspection",
        "2026-03-02 10:00",
        {
            "name": "化肥质量专项督查",
            "kind": "special",
            "theme": "化肥",
            "inspected": world.county_market.key,
            "team": "组长单位和两名专家",
            "visit_from": "2026-03-03",
        },
    )


def finding(world: MarketWorld, parent: Case, at: str = "2026-03-05 10:00") -> Case:
    values = {"problem": "未按规定留样", "severity": "ordinary", "demand": "补齐留样"}
    return open_case(world.county_market, "inspection_finding", at, values, parent=parent)


def test_an_inspection_ends_when_every_finding_is_struck_off(world: MarketWorld) -> None:
    case = inspection(world)
    step(case, "begin", "2026-03-03 09:00")
    found = finding(world, case)
    step(case, "finish_visit", "2026-03-06 17:00", visit_to="2026-03-06")
    step(case, "give_feedback", "2026-03-10 09:00", summary="总体较好，一个问题。")
    with pytest.raises(ActionRefused, match="没有销号"):
        step(case, "close", "2026-03-20 09:00")
    step(found, "report", "2026-03-12 09:00", measures="已补齐")
    step(found, "back", "2026-03-13 09:00", note="样品标签不全")
    step(found, "report", "2026-03-16 09:00", measures="标签已补")
    step(found, "verify", "2026-03-17 09:00")
    step(case, "close", "2026-03-20 09:00")
    assert case.outcome == "rectified"


def test_a_check_writes_its_result_to_the_place(world: MarketWorld) -> None:
    place = enter(
        world.county_market,
        "checked_place",
        {"name": "澜东区第三中学食堂", "kind": "school"},
        on=date(2026, 1, 5),
    )
    values = {
        "place": place.key,
        "place_name": place.title,
        "theme": "食品安全",
        "visit_on": "2026-03-02",
        "inspectors": "两人",
    }
    case = open_case(world.county_market, "sector_check", "2026-03-02 15:00", values)
    step(case, "order", "2026-03-02 16:00", found="留样不足 48 小时")
    step(case, "correct", "2026-03-05 16:00", note="已整改")
    step(case, "recheck", "2026-03-06 16:00")
    place = find("checked_place", place.key)
    assert place is not None
    assert (place.value("last_checked_on"), place.value("last_result")) == ("2026-03-02", "corrected")


# ---- incidents


def test_the_level_follows_what_is_known(world: MarketWorld) -> None:
    case = open_case(
        world.market,
        "quality_incident",
        "2026-03-02 10:00",
        {
            "name": "某校食物中毒",
            "field": "food",
            "happened_at": "2026-03-02T08:00:00+08:00",
            "learned_at": "2026-03-02T09:30:00+08:00",
            "place": "澜东区",
            "harmed": 20,
            "school": True,
            "told": "经过",
        },
    )
    assert timezone.localtime(case.due_at).strftime("%H:%M") == "14:00"  # four hours
    step(case, "report", "2026-03-02 11:00", note="首报")
    assert case.data["level"] == "iv"
    step(case, "follow", "2026-03-03 09:00", note="续报", harmed=62)
    assert case.data["level"] == "ii"
    assert timezone.localtime(case.due_at).strftime("%m-%d %H:%M") == "03-04 09:00"  # a day after the last
    step(case, "end", "2026-03-06 09:00", note="全部出院")
    step(case, "conclude", "2026-03-20 09:00", cause="交叉污染", lessons="生熟分开")
    assert case.outcome == "concluded"


# ---- environment


def rating(world: MarketWorld, **values: Any) -> Any:
    given = {
        "holder": world.company.code,
        "holder_name": world.company.name,
        "year": 2025,
        "evaluator": "澜川自治区生态环境厅",
    }
    return enter(world.market, "environmental_rating", given | values, on=date(2026, 3, 2))


def test_the_band_is_computed_and_a_red_becomes_yellow_after_repair(world: MarketWorld) -> None:
    entry = rating(world, score="95", vetoes=["bypass"])
    assert entry.value("band") == "红"
    ecology = Unit.objects.create(
        key="ecology",
        name="澜川自治区生态环境厅",
        region=world.region,
        level="provincial",
        family="ecology_environment",
    )
    case = open_case(
        ecology,
        "environmental_repair",
        "2026-04-01 10:00",
        {
            "rating": entry.key,
            "holder": world.company.code,
            "holder_name": world.company.name,
            "kind": "repair",
            "reasons": "旁路已拆除",
        },
    )
    step(case, "change", "2026-04-20 10:00", note="核查属实", new_score="66")
    entry = find("environmental_rating", entry.key)
    assert entry is not None
    assert (entry.value("band"), entry.status) == ("黄", "repaired")


def test_an_energy_label_is_judged_by_measuring(world: MarketWorld) -> None:
    label = enter(
        world.market,
        "energy_label",
        {
            "model": "KFR-35",
            "product": "房间空调器",
            "maker": world.company.code,
            "maker_name": world.company.name,
            "grade": 1,
            "indicator": "APF",
            "declared": "5.0",
            "standard": "GB 21455-2019",
            "filed_on": "2025-05-01",
        },
        key="CEL-2025-0001",
    )
    values = {"label": label.key, "model": "KFR-35", "declared": "5.0", "better": "higher"}
    case = open_case(world.market, "energy_label_check", "2026-03-02 10:00", values)
    step(case, "judge", "2026-03-20 10:00", measured="4.2", tolerance="5")
    assert case.data["verdict"] == "failed"
    assert timezone.localtime(case.due_at).date() == date(2026, 4, 20)  # published within twenty working days


def test_air_is_rated_by_the_table_of_its_day(world: MarketWorld) -> None:
    old = enter(world.market, "air_day", {"city": "望澜", "day": "2026-02-28", "pm25": "70"}, key="2026-02-28")
    new = enter(world.market, "air_day", {"city": "望澜", "day": "2026-03-01", "pm25": "70"}, key="2026-03-01")
    assert (old.value("aqi"), old.value("table")) == (94, "hj633-2012")
    assert (new.value("aqi"), new.value("aqi_2012"), new.value("table")) == (110, 94, "hj633-2026")
