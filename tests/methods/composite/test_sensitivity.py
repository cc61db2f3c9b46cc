"""Sobol indices against the exact ones of a known function."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hengjian.methods.composite.sensitivity import sobol

Array = NDArray[np.float64]
SIDES = dict.fromkeys(("x", "y", "z"), (-np.pi, np.pi))


def ishigami(points: Array) -> Array:
    """Ishigami's function with a = 7, b = 0.1."""
    x, y, z = points
    return np.asarray(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def test_the_indices_of_ishigami() -> None:
    found = sobol(ishigami, SIDES, 4096, seed=1)
    # From a and b: V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2.
    a, b, pi = 7.0, 0.1, np.pi
    variance = a**2 / 8 + b * pi**4 / 5 + b**2 * pi**8 / 18 + 0.5
    first = np.array([0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8, 0]) / variance
    total = first + np.array([1, 0, 1]) * (b**2 * pi**8 * (1 / 18 - 1 / 50)) / variance
    assert first == pytest.approx([0.31391, 0.44241, 0], abs=5e-6)
    assert total == pytest.approx([0.55759, 0.44241, 0.24368], abs=5e-6)
    assert found.first == pytest.approx(first, abs=0.01)
    assert found.total == pytest.approx(total, abs=0.01)
    assert found.spread == pytest.approx(variance, rel=0.02)


def test_where_nothing_varies_nothing_matters() -> None:
    found = sobol(lambda points: np.zeros(points.shape[1]), SIDES, 16, seed=1)
    assert found.spread == 0 and found.first.tolist() == found.total.tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="power of 2"):
        sobol(ishigami, SIDES, 1000, seed=1)
