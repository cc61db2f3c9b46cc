"""Weights: given, from the data (entropy, CRITIC, principal components) or from judgements (budgets, AHP)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
#: Random consistency index for 3 … 10 criteria (T. L. Saaty, The Analytic Hierarchy Process, 1980).
RANDOM_INDEX = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}


class NegativeWeights(ValueError):
    """A method gave a negative weight: more of the indicator would lower the index. Such weights are never used."""


def scaled(weights: ArrayLike) -> Array:
    """The weights summing to 1.

    Raises:
        NegativeWeights: one is negative.
        ValueError: they are not finite or all zero.
    """
    w = np.asarray(weights, dtype=np.float64)
    if (w < 0).any():
        raise NegativeWeights(f"weight {np.flatnonzero(w < 0).tolist()} is negative: {np.round(w, 4).tolist()}")
    if not np.isfinite(w).all() or w.sum() <= 0:
        raise ValueError("weights are finite and not all zero")
    return np.asarray(w / w.sum())


def entropy_weights(values: ArrayLike) -> Array:
    """Weights by how unequally an indicator is spread over the units: w ∝ 1 − e, e = −Σ p·ln p / ln m, p = x/Σx.

    Args:
        values: (units, indicators) with values of one sign in every column.

    Raises:
        ValueError: a column mixes signs, sums to zero, or everything is spread evenly.
    """
    x = np.asarray(values, dtype=np.float64)
    if ((x > 0).any(axis=0) & (x < 0).any(axis=0)).any() or (x.sum(axis=0) == 0).any():
        raise ValueError("entropy weights need columns of one sign that do not sum to zero")
    p = x / x.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        e = -np.where(p > 0, p * np.log(p), 0).sum(axis=0) / np.log(len(x))
    return scaled(np.maximum(1 - e, 0))


def critic_weights(values: ArrayLike) -> Array:
    """Contrast times conflict: w ∝ s_j·Σ_k (1 − r_jk) (D. Diakoulaki et al., Comput. Oper. Res. 22 (1995) 763).

    Args:
        values: (units, indicators), normalised.
    """
    x = np.asarray(values, dtype=np.float64)
    return scaled(x.std(axis=0, ddof=1) * (1 - np.corrcoef(x, rowvar=False)).sum(axis=0))


def pca_weights(values: ArrayLike) -> Array:
    """Loadings of the first principal component of the standardised indicators, scaled to sum 1.

    Raises:
        NegativeWeights: an indicator runs against the others.
    """
    x = np.asarray(values, dtype=np.float64)
    _values, vectors = np.linalg.eigh(np.corrcoef(x, rowvar=False))
    first = vectors[:, -1]
    return scaled(first if first.sum() > 0 else -first)


def budget_weights(allocations: ArrayLike) -> Array:
    """Mean of the shares that experts gave to the indicators, (experts, indicators); every expert counts the same.

    Raises:
        NegativeWeights: somebody gave less than nothing. ValueError: somebody gave nothing at all.
    """
    given = np.atleast_2d(np.asarray(allocations, dtype=np.float64))
    return scaled(np.mean([scaled(row) for row in given], axis=0))


@dataclass(frozen=True)
class Ahp:
    """Weights from pairwise judgements, with what tells whether the judgements fit together."""

    weights: Array
    eigenvalue: float
    consistency_ratio: float

    @property
    def consistent(self) -> bool:
        """Saaty's rule: a ratio below 0.1."""
        return self.consistency_ratio < 0.1


def ahp_weights(judgements: ArrayLike) -> Ahp:
    """Principal eigenvector of a reciprocal matrix of judgements.

    Raises:
        ValueError: not square, not positive, not reciprocal, or more than ten criteria.
    """
    a = np.asarray(judgements, dtype=np.float64)
    n = len(a)
    if a.shape != (n, n) or not (a > 0).all() or not np.allclose(a * a.T, 1, rtol=1e-6):
        raise ValueError("judgements: a square matrix of positive numbers with a_ij = 1/a_ji")
    if n > max(RANDOM_INDEX):
        raise ValueError(f"{n} criteria are too many to compare in pairs; group them")
    values, vectors = np.linalg.eig(a)
    largest = int(np.argmax(values.real))
    weights = scaled(np.abs(vectors[:, largest].real))
    eigenvalue = float(values[largest].real)
    ratio = (eigenvalue - n) / (n - 1) / RANDOM_INDEX[n] if n > 2 else 0.0
    return Ahp(weights, eigenvalue, max(ratio, 0.0))
