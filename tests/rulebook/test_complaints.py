"""Rewards, jurisdiction and lines as their sources describe them (registers.md 3.1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hengjian import rulebook
from hengjian.rulebook.parameters.complaints import Categories, Channel, Intake, Jurisdiction, ReportReward

ON = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("level", "base", "amount", "joint"),
    [
        (1, "80000", "5000", False),
        (1, "100000", "5000", False),
        (2, "1000000", "30000", False),
        (3, None, "1000", False),
        (1, "25000000", "1000000", True),
        (1, "10000000", "500000", True),
        (1, "9999999.79", "499999.99", False),
        (3, "0", "1000", False),
    ],
)
def test_rewards(level: int, base: str | None, amount: str, joint: bool) -> None:
    rule = rulebook.at("report_rewards", "990000", ON).typed(ReportReward)
    reward = rule.reward(level, None if base is None else Decimal(base))
    assert (reward.amount, reward.joint) == (Decimal(amount), joint)


def test_rewards_refuse_what_makes_no_sense() -> None:
    rule = rulebook.at("report_rewards", "990000", ON).typed(ReportReward)
    with pytest.raises(ValueError, match="no reward level 4"):
        rule.reward(4, None)
    with pytest.raises(ValueError, match="cannot be -1"):
        rule.reward(1, Decimal(-1))
    assert [item.code for item in rule.exclusion(["paid", "victim", "else"])] == ["victim", "paid"]


def test_no_reward_measure_before_it_was_in_force() -> None:
    with pytest.raises(rulebook.RuleNotFound):
        rulebook.at("report_rewards", "990000", date(2021, 11, 30))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 4, 14), ("operation", "domicile", "platform")),
        (date(2026, 4, 15), ("platform", "operation", "domicile", "platform")),
    ],
)
def test_a_shop_without_a_published_address_goes_to_the_platform_from_order_121(
    on: date, expected: tuple[str, ...]
) -> None:
    rule = rulebook.at("complaint_jurisdiction", "990000", on).typed(Jurisdiction)
    assert rule.places("complaint", unpublished_shop=True) == expected
    assert rule.places("report", unpublished_shop=True)[0] == "act"


def test_lines_were_merged_in_different_ways() -> None:
    def mode(line: str, region: str, on: date) -> tuple[str, str]:
        channel = rulebook.at("channels", region, on, line).typed(Channel)
        return channel.mode, channel.into

    assert mode("12315", "990000", date(2020, 1, 1)) == ("own", "")
    assert mode("12315", "990000", ON) == ("parallel", "12345")
    assert mode("12301", "450000", ON) == ("merged", "12345")
    assert mode("12365", "450000", ON) == ("merged", "12345")
    assert mode("12365", "990000", ON) == ("merged", "12315")


def test_every_category_and_mark_can_be_read_aloud() -> None:
    categories = rulebook.at("complaint_categories", "990000", ON)
    assert categories.typed(Categories).category("food") is not None
    intake = rulebook.at("complaint_intake", "990000", ON)
    assert "虚假宣传" in intake.typed(Intake).words("report")
    for rule in (categories, intake, rulebook.at("report_rewards", "990000", ON)):
        assert all(sentence.text() for sentence in rulebook.explain(rule))
