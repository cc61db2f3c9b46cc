"""Plans by variables against the manual of the R package AcceptanceSampling, Z1.9 and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from hengjian.methods.statistics.variables_sampling import (
    VariablesPlan,
    estimated_share,
    find_variables_plan,
    variables_acceptance,
)


# The manual's k for an estimated spread comes from a root finder that stops at 1.2e-4; this one is exact at the point.
@pytest.mark.parametrize(("known", "n", "k", "error"), [(True, 26, 1.322271, 5e-7), (False, 49, 1.326562, 1.2e-4)])
def test_plans_through_two_points(known: bool, n: int, k: float, error: float) -> None:
    found = find_variables_plan((0.05, 0.95), (0.15, 0.075), known=known)
    assert (found.n, found.k) == (n, pytest.approx(k, abs=error))
    assert variables_acceptance(found, 0.05) == pytest.approx(0.95)
    assert variables_acceptance(found, 0.15) <= 0.075


@pytest.mark.parametrize(("share", "probability"), [(0.01, 0.9416725), (0.05, 0.2089206), (0.10, 0.01650732)])
def test_estimated_spread(share: float, probability: float) -> None:
    assert variables_acceptance(VariablesPlan(35, 1.89), share) == pytest.approx(probability, abs=5e-8)


def test_the_largest_share_that_z19_accepts() -> None:
    # Lot of 3 201 to 10 000, level II, AQL 1.5: n 75, k 1.84097, M 3.17 %.
    assert 100 * estimated_share(75, 1.84097) == pytest.approx(3.17, abs=5e-3)
    assert estimated_share(10, -9) == 1 and estimated_share(10, 9) == 0


def test_a_simulated_lot() -> None:
    generator = np.random.default_rng(8)
    samples = generator.normal(size=(20_000, 12))
    limit = norm.isf(0.08)
    quality = (limit - samples.mean(axis=1)) / samples.std(axis=1, ddof=1)
    assert np.mean(quality >= 1.2) == pytest.approx(variables_acceptance(VariablesPlan(12, 1.2), 0.08), abs=0.01)
    assert np.mean([estimated_share(12, one) for one in quality[:4000]]) == pytest.approx(0.08, abs=0.003)


def test_what_is_no_plan() -> None:
    with pytest.raises(ValueError, match="better"):
        find_variables_plan((0.2, 0.95), (0.1, 0.05))
    with pytest.raises(ValueError, match="too few"):
        VariablesPlan(1, 1.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        variables_acceptance(VariablesPlan(5, 1.0), 0.0)
    with pytest.raises(ValueError, match="three"):
        estimated_share(2, 1.0)
