"""Maximum likelihood against the published solution of a well-known model, and planted models."""

from __future__ import annotations

import numpy as np
import pytest

from hengjian.methods.statistics.structural_equations import EquationModel, fit
from tests.methods.statistics.moments import moments


def test_the_model_of_democracy_is_that_of_lavaan() -> None:
    names, covariance, _mean, n = moments("democracy")
    at = {name: place for place, name in enumerate(names)}
    model = EquationModel(
        {
            "industry": [at[f"x{item}"] for item in (1, 2, 3)],
            "earlier": [at[f"y{item}"] for item in (1, 2, 3, 4)],
            "later": [at[f"y{item}"] for item in (5, 6, 7, 8)],
        },
        [("industry", "earlier"), ("industry", "later"), ("earlier", "later")],
        [(at[f"y{one}"], at[f"y{other}"]) for one, other in ((1, 5), (2, 4), (2, 6), (3, 7), (4, 8), (6, 8))],
    )
    found = fit(covariance, n, model)
    assert (found.degrees, found.chi_square) == (35, pytest.approx(38.125, abs=5e-4))
    assert found.probability == pytest.approx(0.329, abs=5e-4)
    assert (found.cfi, found.rmsea) == (pytest.approx(0.9954, abs=5e-5), pytest.approx(0.0347, abs=5e-5))
    assert (found.tli, found.srmr) == (pytest.approx(0.993, abs=5e-4), pytest.approx(0.044, abs=5e-4))
    given = [found.loadings[at[name]] for name in ("x2", "x3", "y2", "y3", "y4", "y6", "y7", "y8")]
    assert given == pytest.approx([2.180, 1.819, 1.257, 1.058, 1.265, 1.186, 1.280, 1.266], abs=6e-4)
    effects = {("industry", "earlier"): (1.483, 0.399), ("industry", "later"): (0.572, 0.221)}
    for path, (effect, error) in effects.items():
        assert (found.paths[path], found.errors[path]) == (
            pytest.approx(effect, abs=6e-4),
            pytest.approx(error, abs=6e-4),
        )
    assert found.valid


def implied(loadings: list[list[float]], correlation: float) -> np.ndarray:
    """Covariance of standardised variables of two correlated factors."""
    matrix = np.zeros((sum(map(len, loadings)), 2))
    matrix[: len(loadings[0]), 0], matrix[len(loadings[0]) :, 1] = loadings[0], loadings[1]
    whole = matrix @ np.array([[1, correlation], [correlation, 1]]) @ matrix.T
    np.fill_diagonal(whole, 1)
    return whole


def test_an_exact_model_is_found_exactly() -> None:
    covariance = implied([[0.8, 0.7, 0.6], [0.9, 0.5, 0.7]], 0.4)
    found = fit(covariance * 200 / 199, 200, EquationModel({"a": [0, 1, 2], "b": [3, 4, 5]}))
    assert found.chi_square == pytest.approx(0, abs=1e-4) and found.degrees == 8
    assert found.cfi == 1 and found.rmsea == 0 and found.srmr == pytest.approx(0, abs=1e-4)
    assert list(found.standardised.values()) == pytest.approx([0.8, 0.7, 0.6, 0.9, 0.5, 0.7], abs=1e-4)
    # In another unit nothing but the loadings change.
    unit = np.diag([1, 10, 100, 0.1, 1, 5])
    other = fit(unit @ covariance @ unit * 200 / 199, 200, EquationModel({"a": [0, 1, 2], "b": [3, 4, 5]}))
    assert list(other.standardised.values()) == pytest.approx(list(found.standardised.values()), abs=1e-3)


def test_the_wrong_model_does_not_fit() -> None:
    covariance = implied([[0.8, 0.7, 0.6], [0.9, 0.5, 0.7]], 0.2)
    wrong = fit(covariance, 200, EquationModel({"a": [0, 1, 3], "b": [2, 4, 5]}))
    assert wrong.probability < 1e-4 and wrong.rmsea > 0.1 and wrong.cfi < 0.9


def test_what_cannot_be_estimated_is_said() -> None:
    with pytest.raises(ValueError, match="4 unknowns and only 3"):
        fit(np.array([[1, 0.5], [0.5, 1]]), 50, EquationModel({"a": [0, 1]}))
    with pytest.raises(ValueError, match="repeat each other"):
        fit(np.ones((3, 3)), 50, EquationModel({"a": [0, 1, 2]}))
    with pytest.raises(ValueError, match="of its own"):
        EquationModel({"a": [0, 1], "b": [1, 2]})
    # A correlation too high for its neighbours asks for a negative variance.
    odd = np.array([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]])
    assert "negative_variance" in fit(odd, 100, EquationModel({"a": [0, 1, 2]})).reasons
