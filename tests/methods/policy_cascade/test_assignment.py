"""The assignment against scipy's solver."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from hengjian.methods.policy_cascade.assignment import best_assignment

gains = st.tuples(st.integers(1, 7), st.integers(1, 7)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-4, 9).map(lambda value: value / 4))
)


@given(gains)
def test_total_gain_equals_that_of_scipy(gain: np.ndarray) -> None:
    pairs = best_assignment(gain)
    rows, columns = linear_sum_assignment(np.maximum(gain, 0), maximize=True)
    assert sum(gain[i, j] for i, j in pairs) == np.maximum(gain[rows, columns], 0).sum()
    assert all(gain[i, j] > 0 for i, j in pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)


def test_many_equal_sentences_take_a_moment() -> None:
    assert best_assignment(np.eye(300)) == [(k, k) for k in range(300)]


def test_nothing_to_assign() -> None:
    assert best_assignment(np.zeros((3, 0))) == best_assignment(np.full((2, 2), -1.0)) == []
