"""Forecasts against exact distributions, and their coverage where the truth is known."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hengjian.methods.forecasting import forecast, theil_sen, track

NAN = float("nan")


def test_the_line_is_that_of_scipy_and_shrugs_off_a_wrong_year() -> None:
    x, y = np.arange(7.0), np.array([80.1, 80.9, 82.2, 82.8, 84.1, 85.0, 85.8])
    line = theil_sen(x, y)
    reference = stats.theilslopes(y, x)
    assert line.slope == pytest.approx(reference.slope)
    y[3] = 30.0
    assert theil_sen(x, y).slope == pytest.approx(line.slope, abs=0.1)
    with pytest.raises(ValueError, match="same time"):
        theil_sen([1, 1], [2, 3])


def test_the_interval_spans_two_exact_ones() -> None:
    x, y = np.array([2020.0, 2021, 2022, 2023, 2024]), np.array([93.4, 93.1, 93.3, 93.65, 93.93])
    found = forecast(x, y, 2026)
    # Independently: line with residual variance on n − 2, random walk with drift on n − 2.
    line = stats.theilslopes(y, x)
    level = np.median(y - line.slope * x)
    rest = y - level - line.slope * x
    line_scale = sqrt(rest @ rest / 3 * (1 + 1 / 5 + (2026 - 2022) ** 2 / 10))
    drift = (y[-1] - y[0]) / 4
    walk_scale = sqrt(((np.diff(y) - drift) ** 2).sum() / 3 * (2 + 4 / 4))
    parts = [stats.t(3, level + line.slope * 2026, line_scale), stats.t(3, y[-1] + 2 * drift, walk_scale)]
    assert found.value == pytest.approx(np.mean([part.mean() for part in parts]))
    assert found.low == pytest.approx(min(part.ppf(0.1) for part in parts))
    assert found.high == pytest.approx(max(part.ppf(0.9) for part in parts))
    assert found.probability_below(94) == pytest.approx(np.mean([part.cdf(94) for part in parts]))


@pytest.mark.parametrize("n", [3, 5, 10])
@pytest.mark.parametrize("truth", ["line", "walk", "level"])
def test_intervals_cover_what_they_promise(n: int, truth: str) -> None:
    generator = np.random.default_rng(11)
    hit, trials = 0, 300
    for _trial in range(trials):
        noise = generator.normal(size=n + 2)
        line = 90 + 0.4 * np.arange(n + 2) + noise
        series = {"line": line, "walk": 90 + np.cumsum(0.4 + noise), "level": 90 + noise}[truth]
        found = forecast(np.arange(n), series[:n], n + 1, confidence=0.8)
        assert found.low is not None and found.high is not None
        hit += found.low <= series[-1] <= found.high
    # Two standard errors of 300 trials below the promise would be chance.
    assert hit / trials > 0.8 - 2 * sqrt(0.8 * 0.2 / trials)


def test_few_points_say_little() -> None:
    two = forecast([1, 2], [80, 82], 3)
    assert (two.value, two.low, two.high, two.probability_below(90)) == (84, None, None, None)
    three = forecast([1, 2, 3], [80, 82, 83], 4, confidence=0.95)
    six = forecast([1, 2, 3, 4, 5, 6], [78, 79, 81, 82, 82.5, 84], 7, confidence=0.95)
    assert three.low is not None and three.high is not None and six.low is not None and six.high is not None
    assert three.high - three.low > 2 * (six.high - six.low)
    exact = forecast([1, 2, 3], [1, 2, 3], 4)
    assert (exact.low, exact.value, exact.high) == (4, 4, 4)
    with pytest.raises(ValueError, match="at least 2"):
        forecast([1, 2], [80, NAN], 3)
    with pytest.raises(ValueError, match="before the last"):
        forecast([1, 2], [80, 82], 1.5)


def test_a_percentage_stays_a_percentage() -> None:
    found = forecast([1, 2, 3, 4], [97, 98.5, 99, 99.9], 8, bounds=(0, 100))
    assert found.value == found.high == 100
    assert found.probability_below(-1) == 0 and found.probability_below(101) == 1


def test_a_target_on_the_way() -> None:
    found = track([2021, 2022, 2023, 2024], [84, 84.5, 85.2, 85.6], 86, 2025, base=(2020, 83))
    assert found.gap == pytest.approx(0.4) and found.needed == pytest.approx(0.4)
    assert found.pace == pytest.approx(0.55, abs=0.05) and found.pace_share == pytest.approx(0.55 / 0.4, abs=0.1)
    assert found.planned == pytest.approx(83 + 3 * 4 / 5) and found.ahead == pytest.approx(85.6 - 85.4)
    assert found.probability is not None and 0.5 < found.probability < 1
    assert found.reached_about == pytest.approx(2024.7, abs=0.2)


def test_less_is_wanted() -> None:
    found = track([1, 2, 3], [42, 40, 39], 35, 5, at_least=False)
    mirrored = track([1, 2, 3], [-42, -40, -39], -35, 5)
    assert (found.gap, found.needed, found.pace) == (4, -2, -1.5)
    assert found.probability == pytest.approx(mirrored.probability)
    assert found.ahead == mirrored.ahead


def test_when_the_time_is_over_there_is_nothing_to_guess() -> None:
    missed = track([1, 2, 3], [80, 81, 82], 85, 3)
    assert (missed.probability, missed.needed, missed.forecast, missed.reached) == (0, None, None, False)
    met = track([1, 2, 3], [80, 84, 86], 85, 3)
    assert (met.probability, met.needed, met.gap) == (1, 0, 0)


def test_one_observation_gives_a_gap_and_a_needed_pace() -> None:
    found = track([2024], [90], 95, 2026)
    assert (found.gap, found.needed, found.pace, found.forecast, found.probability) == (5, 2.5, None, None, None)
    assert track([2024], [90], 95, 2026, base=(2022, 85)).planned == 90
    with pytest.raises(ValueError, match="0 observations"):
        track([], [], 95, 2026)


@given(st.lists(st.floats(0, 100), min_size=3, max_size=10), st.floats(-1e3, 1e3), st.floats(0.1, 10))
def test_a_later_origin_and_another_scale_change_nothing(values: list[float], shift: float, factor: float) -> None:
    x = np.arange(len(values), dtype=float)
    one = forecast(x, values, len(values) + 1)
    other = forecast(x + 7, [factor * v + shift for v in values], len(values) + 8)
    for a, b in ((one.low, other.low), (one.value, other.value), (one.high, other.high)):
        assert a is not None and b == pytest.approx(factor * a + shift, rel=1e-6, abs=1e-5)
    assert -inf < one.value < inf
