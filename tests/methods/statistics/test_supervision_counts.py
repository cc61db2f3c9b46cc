"""Counts of national checks as they were published, and the traps that they contain."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from hengjian import rulebook
from hengjian.methods.ratios import Ratio
from hengjian.methods.statistics.quality_economics import grade_rate, quality_loss_rate, top_grade_rate
from hengjian.methods.statistics.supervision_counts import Check, SupervisionCounts, failing_run, like_for_like
from hengjian.rulebook.parameters.quality_indices import GradeCoefficients


def failing(ratio: Ratio, places: int) -> Decimal:
    share = ratio.percent(places)
    assert share is not None
    return 100 - share


# SAMR notices on national checks: enterprises (failed), batches (failed), published fail percent.
@pytest.mark.parametrize(("firms", "bad_firms", "batches", "bad", "published", "batch", "firm"), [
    (18397, 1786, 19440, 1827, "9.4", "9.398", "9.708"), (26472, 3302, 28265, 3476, "12.3", "12.298", "12.474"),
    (23764, 3437, 25250, 3601, "14.3", "14.261", "14.463"),
])  # fmt: skip
def test_national_checks(
    firms: int, bad_firms: int, batches: int, bad: int, published: str, batch: str, firm: str
) -> None:
    counts = SupervisionCounts(batches, batches, bad, firms, bad_firms)
    assert failing(counts.batch_pass, 3) == Decimal(batch)
    assert failing(counts.enterprise_pass, 3) == Decimal(firm)
    assert failing(counts.batch_pass, 1) == Decimal(published)


def test_what_was_drawn_but_not_inspected_is_in_no_rate() -> None:
    counts = SupervisionCounts(drawn=5594, inspected=5573, failed=687)
    assert counts.not_inspected == 21
    assert failing(counts.batch_pass, 1) == Decimal("12.3")
    with pytest.raises(ValueError, match="does not hold"):
        SupervisionCounts(10, 11, 0)


def test_what_was_not_published_follows_by_counts() -> None:
    # 2023: 28 265 batches of which 3 476 failed; 16 021 in production, 6.7 % of them. Circulation: 19.6 %.
    production = SupervisionCounts(16021, 16021, round(16021 * 0.067))
    circulation = SupervisionCounts(28265, 28265, 3476) - production
    assert circulation.inspected == 12244
    assert failing(circulation.batch_pass, 1) == Decimal("19.6")
    assert production + circulation == SupervisionCounts(28265, 28265, 3476)
    with pytest.raises(ValueError, match="does not hold"):
        production - circulation


def test_shares_of_firms_are_no_weights_for_batches() -> None:
    # 2023 by size: 0.8, 2.2, 13.2 % of 1.9, 5.2, 93.0 % of the firms. The mean so weighted is not the published rate.
    weighted = (Decimal("0.8") * Decimal("1.9") + Decimal("2.2") * Decimal("5.2") + Decimal("13.2") * 93) / 100
    assert weighted.quantize(Decimal("0.01")) == Decimal("12.41")
    assert failing(SupervisionCounts(28265, 28265, 3476).batch_pass, 2) == Decimal("12.30")


# SAMR notices on food checks.
@pytest.mark.parametrize(("failed", "batches", "percent"), [
    (187_572, 6_563_388, "2.86"), (190_872, 6_997_389, "2.73"), (70_174, 2_921_763, "2.40"),
])  # fmt: skip
def test_food_checks(failed: int, batches: int, percent: str) -> None:
    assert failing(Ratio(batches - failed, batches), 2) == Decimal(percent)


def test_only_products_of_both_years_tell_a_change() -> None:
    panel = like_for_like(
        {"kettle": Ratio(9, 10), "toy": Ratio(1, 10)}, {"kettle": Ratio(8, 10), "cable": Ratio(10, 10)}
    )
    assert (panel.products, panel.before, panel.after) == (("kettle",), Ratio(9, 10), Ratio(8, 10))
    # All products together rose from 50 to 90 %, the only one checked twice fell.
    assert (panel.all_before, panel.all_after) == (Ratio(10, 20), Ratio(18, 20))


DAY = date(2026, 1, 10)


def check(months: int, outcome: str) -> Check:
    on = DAY + timedelta(30 * months)
    return Check(on, "x" in outcome, inspected="-" not in outcome, recheck="r" in outcome)


@pytest.mark.parametrize(("outcomes", "run"), [
    (["x", "x"], 2), (["x", "o"], 0), (["o", "x"], 1), (["x", "-", "x"], 2), (["x", "ro", "x"], 2), (["x", "rx"], 1),
    (["x", "o", "x", "x", "x"], 3), ([], 0),
])  # fmt: skip
def test_failing_again_and_again(outcomes: list[str], run: int) -> None:
    checks = [check(place, outcome) for place, outcome in enumerate(outcomes)]
    assert len(failing_run(reversed(checks))) == run


def test_only_failures_close_to_each_other_are_a_run() -> None:
    checks = [check(0, "x"), check(13, "x"), check(14, "x")]
    assert [item.on for item in failing_run(checks, within_days=365)] == [check(13, "x").on, check(14, "x").on]


def test_grades_and_losses() -> None:
    coefficients = rulebook.at("grade_coefficients", "000000", DAY).typed(GradeCoefficients).coefficients
    grades = [Decimal(300), Decimal(500), Decimal(200)]
    assert grade_rate(grades, coefficients, Decimal(1000)).percent(1) == Decimal("105.0")
    assert top_grade_rate(grades).percent() == Decimal("30.00")
    assert quality_loss_rate(Decimal(3), Decimal("1.5"), Decimal(1000)).percent() == Decimal("0.45")
    with pytest.raises(ValueError, match="more than the output"):
        grade_rate(grades, coefficients, Decimal(999))
