"""Rank intervals against exact probabilities, items against their textbook formulas."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm

from hengjian.methods.rank_intervals import discrimination, rank_intervals, ranks

NAN = float("nan")


def test_two_units_change_places_as_often_as_the_normal_law_says() -> None:
    shares, errors = [[0.80, 0.60], [0.78, 0.60]], [[0.02, 0.0], [0.01, 0.0]]
    found = rank_intervals(shares, [60, 40], 20_000, seed=1, errors=errors, bounds=(0, 1))
    first = norm.cdf(0.02 / sqrt(0.02**2 + 0.01**2))
    assert found.distribution[0, 0] == pytest.approx(first, abs=0.01)
    assert found.nominal.tolist() == [1, 2]
    assert found.top(1).tolist() == pytest.approx([first, 1 - first], abs=0.01)


def test_weights_decide_between_units_with_opposite_strengths() -> None:
    # Unit 0 leads as long as the first weight is the larger one: half of the draws.
    found = rank_intervals([[1.0, 0.0], [0.0, 1.0]], [50, 50], 10_000, seed=3, noise=0.2)
    assert found.distribution[0, 0] == pytest.approx(0.5, abs=0.02)
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])


def test_the_same_seed_and_clear_distances() -> None:
    shares = np.linspace(0.5, 0.95, 10)[:, None].repeat(4, axis=1)
    one, again = (rank_intervals(shares, [25] * 4, 500, seed=5, errors=0.01 * np.ones(4)) for _time in range(2))
    np.testing.assert_array_equal(one.distribution, again.distribution)
    assert one.distribution.sum(axis=1) == pytest.approx(np.ones(10))
    assert one.apart(0, 9) and not one.apart(4, 4)
    assert (one.low <= one.nominal).all() and (one.nominal <= one.high).all()


def test_an_item_that_does_not_apply_is_no_zero() -> None:
    found = rank_intervals([[0.9, NAN], [0.8, 0.8]], [60, 40], 200, seed=1, errors=[0.001, 0.001])
    assert found.nominal.tolist() == [1, 2] and found.high.tolist() == [1, 2]


def test_equal_points_share_the_better_rank() -> None:
    assert ranks([5.0, 9.0, 9.0, NAN]).tolist() == [3, 1, 1, 4]
    assert ranks([[1.0, 2.0], [2.0, 1.0]]).tolist() == [[2, 1], [1, 2]]


@pytest.mark.parametrize(("change", "message"), [
    ({"weights": [1, -1]}, "not negative"), ({"noise": 1.0}, "noise"), ({"errors": None}, "neither"),
    ({"errors": [-0.1, 0.1]}, "not negative"), ({"shares": [[NAN, NAN], [1, 1]]}, "no item"),
    ({"weights": [1]}, "item"),
])  # fmt: skip
def test_what_cannot_be_ranked_is_said(change: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"shares": [[0.5, 0.5], [0.6, 0.4]], "weights": [1, 1], "errors": [0.1, 0.1], **change}
    with pytest.raises(ValueError, match=message):
        rank_intervals(given.pop("shares"), given.pop("weights"), 10, seed=1, **given)  # type: ignore[arg-type]


def test_items_that_no_longer_tell_units_apart() -> None:
    generator = np.random.default_rng(2)
    ability = generator.uniform(0.3, 0.9, 40)
    noisy = np.clip(ability + generator.normal(0, 0.05, 40), 0, 1)
    shares = np.column_stack([noisy, ability, np.ones(40), 1 - ability / 2, np.full(40, 0.7)])
    weights = np.array([30.0, 30, 20, 10, 10])
    items = discrimination(shares, weights)
    assert [item.reasons() for item in items] == [(), (), ("flat", "ceiling"), ("against",), ("flat",)]
    points = shares * weights
    for column, item in enumerate(items):
        own, rest = points[:, column], np.delete(points, column, axis=1).sum(axis=1)
        if np.ptp(own):
            assert item.rest_correlation == pytest.approx(np.corrcoef(own, rest)[0, 1])
        assert item.deviation == pytest.approx(shares[:, column].std(ddof=1))
    assert sum(item.variance_share for item in items) == pytest.approx(1)
    assert discrimination([[NAN], [NAN]], [1])[0].units == 0
