"""Hints against hand computation, scipy, and figures with planted mistakes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hengjian.methods.outliers import (
    Tolerance,
    centre,
    compare_with_others,
    compare_with_past,
    hampel,
    robust_z,
)

NAN = float("nan")


def test_the_scale_is_that_of_scipy() -> None:
    x = np.random.default_rng(1).normal(size=51)
    assert centre(x).scale == pytest.approx(stats.median_abs_deviation(x, scale="normal"))
    # Half of them equal: the MAD is 0, the mean absolute deviation steps in.
    assert centre([5, 5, 5, 5, 9]).scale == pytest.approx(1.2533141 * 0.8)
    assert robust_z([7, 7, 7]).tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="no value"):
        centre([NAN])


def test_a_minority_cannot_hide_itself() -> None:
    # Two wrong ones inflate the standard deviation so that neither is 3 of them away; the robust scale is unmoved.
    x = [10, 11, 9, 10, 12, 8, 10, 60, 62, NAN]
    plain = np.array(x[:-1])
    assert (np.abs((plain - plain.mean()) / plain.std(ddof=1)) < 3).all()
    found = robust_z(x)
    assert (np.abs(found[[7, 8]]) > 3.5).all() and (np.abs(found[:7]) < 3.5).all() and np.isnan(found[9])


def test_a_moving_window_finds_the_spike_and_follows_the_trend() -> None:
    series = np.arange(30.0)
    series[12] = 90
    found = hampel(series)
    assert np.flatnonzero(found.outlying).tolist() == [12]
    # By hand: window 9 … 15 with 90 in the middle: median 13, deviations 4 3 2 77 0 1 2.
    assert (found.median[12], found.scale[12]) == (13, pytest.approx(2 * 1.4826022))
    assert not hampel([1.0, NAN, 3.0]).outlying.any()
    with pytest.raises(ValueError, match="reach"):
        hampel([1.0], 0)


def test_seasonal_figures_change_against_last_month_not_against_last_year() -> None:
    assert compare_with_past(300, last_period=100, last_year=290) == ()
    hints = compare_with_past(300, last_period=100, last_year=120)
    assert [hint.reason for hint in hints] == ["last_year", "last_period"]
    assert (hints[0].score, hints[0].low, hints[0].high) == (2.5, 60, 180)
    assert [hint.reason for hint in compare_with_past(300, last_period=100)] == ["last_period"]
    # Three instead of one is thrice as many, and nothing to ask about.
    assert compare_with_past(3, last_period=1, tolerance=Tolerance(least=5)) == ()


def test_units_are_mixed_up_by_powers_of_ten() -> None:
    (hint,) = compare_with_past(3_520_000, last_period=351, last_year=340)
    assert hint.reason == "unit" and hint.score == pytest.approx(10_000, rel=0.05)
    (hint,) = compare_with_past(0.953, last_period=95.1, history=[94.8, 95.5, 95.2])
    assert hint.reason == "unit" and hint.score == pytest.approx(0.01, rel=0.01)
    assert [hint.reason for hint in compare_with_past(3_520, last_period=900)] == ["last_period"]


def test_nothing_where_there_was_something() -> None:
    (hint,) = compare_with_past(0, last_period=40, last_year=38)
    assert (hint.reason, hint.reference) == ("zero", 38)
    assert compare_with_past(0, last_period=0, last_year=38) == ()
    assert compare_with_past(0) == ()


def test_far_from_the_own_past_and_from_others() -> None:
    history = [50, 52, None, 49, 51, 50, 48]
    (hint,) = compare_with_past(70, history=history)
    assert hint.reason == "past" and hint.reference == 50 and hint.score > 3.5
    assert compare_with_past(53, history=history) == ()
    assert compare_with_past(70, history=history[:3]) == ()  # too few to judge by
    others = compare_with_others(70, [50, 52, NAN, 49, 51, 50])
    assert others is not None and others.reason == "others"
    same = compare_with_others(8, [7, 7, 7, 7, 7])
    assert same is not None and same.score == float("inf")


numbers = st.floats(-1e6, 1e6)


@given(st.lists(numbers, min_size=5, max_size=40), numbers, st.floats(0.01, 100), st.floats(-1e4, 1e4))
def test_a_change_of_unit_changes_no_verdict(among: list[float], value: float, factor: float, shift: float) -> None:
    def moved(x: float) -> float:
        return factor * x + shift

    one = compare_with_others(value, among)
    scale = centre(among).scale
    edge = abs(abs(value - centre(among).median) - 3.5 * scale)
    if edge < 1e-6 * (1 + abs(value) + scale) or scale < 1e-3:
        return
    other = compare_with_others(moved(value), [moved(x) for x in among])
    assert (one is None) == (other is None)
