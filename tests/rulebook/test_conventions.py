"""Light conventions, ladders, report cycles and grades as their sources describe them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hengjian import rulebook
from hengjian.rulebook.parameters.escalation import Escalation
from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.reporting import Reporting
from hengjian.rulebook.parameters.traffic_lights import LightFacts, TrafficLights

ON = date(2026, 6, 1)


def colour(variant: str, **given: Any) -> str:
    facts = {"state": "signed", "days_to_due": 60, "percent": 50, "scheduled": 50} | given
    return rulebook.at("traffic_lights", "650000", ON, variant).typed(TrafficLights).light(LightFacts(**facts)).colour


@pytest.mark.parametrize(
    ("behind", "expected"), [(-5, "green"), (0, "green"), (9.9, "green"), (10, "amber"), (30, "amber"), (30.1, "red")]
)
def test_yinchuan_by_points_behind_schedule(behind: float, expected: str) -> None:
    assert colour("yinchuan", percent=Decimal(60), scheduled=Decimal(60) + Decimal(str(behind))) == expected


@pytest.mark.parametrize(("months", "expected"), [(0, "green"), (1, "amber"), (2, "amber"), (3, "red"), (9, "red")])
def test_yinchuan_not_started(months: int, expected: str) -> None:
    assert colour("yinchuan", started=False, percent=0, scheduled=0, months_since_start=months) == expected


def test_yichang_near_yellow_behind_red() -> None:
    assert colour("yichang") == "green"
    assert colour("yichang", days_to_due=3) == "amber"
    assert colour("yichang", days_to_due=4) == "green"
    assert colour("yichang", percent=49) == "red"
    assert colour("yichang", days_to_due=-1) == "red"


def test_suqian_slips_stay_until_closed() -> None:
    assert colour("suqian", days_to_due=2) == "blue"
    assert colour("suqian", percent=40) == "amber"
    assert colour("suqian", returned=True) == "amber"
    assert colour("suqian", days_to_due=-1) == "red"
    assert colour("suqian", previous="amber") == "amber"
    assert colour("suqian", previous="red", days_to_due=2) == "red"
    assert colour("suqian", previous="red", state="closed") == "green"


def test_ouhai_a_missed_month_never_turns_green_again() -> None:
    assert colour("ouhai") == "green"
    assert colour("ouhai", missed_now=True, missed_times=1) == "red"
    assert colour("ouhai", missed_now=False, missed_times=1) == "amber"
    assert colour("ouhai", missed_times=1, state="closed", percent=100) == "amber"


def test_common_tells_why() -> None:
    rule = rulebook.at("traffic_lights", "990000", ON).typed(TrafficLights)
    light = rule.light(LightFacts("signed", -19, Decimal(40), Decimal("100"), due=date(2026, 5, 7)))
    assert (light.colour, light.label) == ("red", "逾期 19 天")
    assert light.reason == "到期日 2026-05-07，已逾期 19 天"
    behind = rule.light(LightFacts("signed", 30, Decimal("20"), Decimal("33.35")))
    assert behind.reason == "完成 20%，序时 33.4%，落后 13.4 个百分点"
    assert rule.light(LightFacts("assigned", 30, 0, 2, started=False)).colour == "grey"
    assert rule.light(LightFacts("closed", -3, 100, 100)).colour == "blue"


def test_the_ladder_has_the_seven_steps_in_order() -> None:
    rule = rulebook.at("escalation", "990000", ON).typed(Escalation)
    assert [step.code for step in rule.steps] == [
        "remind",
        "urge",
        "notice",
        "circular",
        "summon",
        "listing",
        "accountability",
    ]
    assert {item.working_days_before for item in rule.reminders} >= {3, 0}
    sanming = rulebook.at("escalation", "350400", ON).typed(Escalation)
    assert [step.after_step_ignored for step in sanming.steps] == [False, True, True]
    assert sanming.may_start_higher


def test_report_days() -> None:
    monthly = rulebook.at("reporting", "990000", ON).typed(Reporting)
    assert monthly.due_day is not None
    assert monthly.due_day.after(date(2026, 12, 31)) == date(2027, 1, 5)
    once = rulebook.at("reporting", "150000", date(2015, 9, 1)).typed(Reporting)
    assert (once.cycle, once.due_on) == ("once", date(2015, 12, 15))
    # The region's single report of 2015 is over; the default is the nation's again.
    assert rulebook.at("reporting", "150000", ON).variant == "monthly"


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ("100", "A"),
        ("90", "A"),
        ("89.5", "A"),
        ("89.4", "B"),
        ("79.5", "B"),
        ("79.49", "C"),
        ("59.5", "C"),
        ("59.4", "D"),
    ],
)
def test_grades_between_the_bands_follow_the_rounding_rule(score: str, expected: str) -> None:
    assert rulebook.at("grades", "650000", ON).typed(Grades).grade(Decimal(score)) == expected


def test_rank_gate_and_veto() -> None:
    water = rulebook.get("grades.water.2018").typed(Grades)
    assert water.grade(Decimal(95), rank=10) == "A"
    assert water.grade(Decimal(95), rank=11) == "B"
    assert water.grade(Decimal("89.9"), rank=1) == "B"
    assert water.grade(Decimal(99), rank=1, vetoed=True) == "D"
    with pytest.raises(ValueError, match="rank"):
        water.grade(Decimal(95))
    with pytest.raises(ValueError, match="between"):
        water.grade(Decimal(101))
    assert rulebook.get("grades.water.2014").typed(Grades).grade(Decimal(95), rank=20) == "A"
    assert rulebook.at("grades", "620100", ON).typed(Grades).grade(Decimal(60)) == "合格"
