"""Intervals, supervision counts and enterprise indicators against published figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hengjian.methods.statistics.proportions import SupervisionCounts, exact_interval, wilson_interval
from hengjian.methods.statistics.quality_economics import grade_rate, quality_loss_rate, top_grade_rate


@pytest.mark.parametrize(("successes", "trials", "wilson", "exact"), [
    (24789, 28265, (87.314, 88.080), (87.314, 88.083)), (18, 20, (69.90, 97.21), (68.30, 98.77)),
])  # fmt: skip
def test_intervals(successes: int, trials: int, wilson: tuple[float, float], exact: tuple[float, float]) -> None:
    places = 5e-4 if trials > 1000 else 5e-3
    for found, expected in ((wilson_interval(successes, trials), wilson), (exact_interval(successes, trials), exact)):
        assert [100 * bound for bound in found] == pytest.approx(expected, abs=places)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_the_share_and_the_exact_one_its_tails(case: tuple[int, int]) -> None:
    successes, trials = case
    for low, high in (wilson_interval(successes, trials), exact_interval(successes, trials)):
        assert 0 <= low <= successes / trials <= high <= 1
    low, high = exact_interval(successes, trials)
    if successes:
        assert binom.sf(successes - 1, trials, low) == pytest.approx(0.025, abs=1e-9)
    if successes < trials:
        assert binom.cdf(successes, trials, high) == pytest.approx(0.025, abs=1e-9)


def test_what_is_no_proportion() -> None:
    for successes, trials in ((3, 2), (-1, 5), (0, 0)):
        with pytest.raises(ValueError, match="no proportion"):
            wilson_interval(successes, trials)


# SAMR notices on national checks: enterprises (failed), batches (failed), published fail percent.
@pytest.mark.parametrize(("firms", "bad_firms", "batches", "bad", "published", "batch", "firm"), [
    (18397, 1786, 19440, 1827, "9.4", "9.398", "9.708"), (26472, 3302, 28265, 3476, "12.3", "12.298", "12.474"),
    (23764, 3437, 25250, 3601, "14.3", "14.261", "14.463"),
])  # fmt: skip
def test_national_checks(
    firms: int, bad_firms: int, batches: int, bad: int, published: str, batch: str, firm: str
) -> None:
    counts = SupervisionCounts(batches, batches, bad, firms, bad_firms)
    passed, firms_passed = counts.batch_pass, counts.enterprise_pass
    assert 100 - (passed.percent(3) or 0) == Decimal(batch)
    assert 100 - (firms_passed.percent(3) or 0) == Decimal(firm)
    assert 100 - (passed.percent(1) or 0) == Decimal(published)


def test_what_was_drawn_but_not_inspected_is_in_no_rate() -> None:
    counts = SupervisionCounts(drawn=5594, inspected=5573, failed=687)
    assert counts.not_inspected == 21
    assert 100 - (counts.batch_pass.percent(1) or 0) == Decimal("12.3")
    with pytest.raises(ValueError, match="does not hold"):
        SupervisionCounts(10, 11, 0)


def test_grades_and_losses() -> None:
    coefficients = [Decimal("1.5"), Decimal(1), Decimal("0.5")]
    grades = [Decimal(300), Decimal(500), Decimal(200)]
    assert grade_rate(grades, coefficients, Decimal(1000)).percent(1) == Decimal("105.0")
    assert top_grade_rate(grades).percent() == Decimal("30.00")
    assert quality_loss_rate(Decimal(3), Decimal("1.5"), Decimal(1000)).percent() == Decimal("0.45")
    with pytest.raises(ValueError, match="more than the output"):
        grade_rate(grades, coefficients, Decimal(999))
