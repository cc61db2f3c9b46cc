"""Intervals of proportions against published figures and their definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hengjian.methods.statistics.proportions import exact_interval, wilson_interval


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
