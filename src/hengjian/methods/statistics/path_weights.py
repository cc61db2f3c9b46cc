"""The core of partial least squares path modelling: outer weights, and the structure among latent variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scheme = Literal["centroid", "factorial", "path"]


@dataclass(frozen=True)
class Outer:
    weights: Array  # (P, L)
    covariance: Array  # (L, L)
    iterations: int
    converged: bool


def outer_weights(
    matrix: Array,
    member: NDArray[np.bool_],
    causes: NDArray[np.bool_],
    formative: Sequence[int],
    scheme: Scheme,
    tolerance: float,
    most: int,
) -> Outer | None:
    """The iteration between outer and inner estimates, in the space of the manifest variables.

    Args:
        matrix: (P, P) covariances of the manifest variables. member: (P, L). causes: (L, L), [i, j]: i acts on j.
        formative: latent variables in mode B.

    Returns:
        None when a latent variable has no variance.
    """
    linked = causes | causes.T
    weights = member.astype(np.float64)
    previous = np.zeros_like(weights)
    covariance = np.eye(len(causes))
    for iteration in range(1, most + 1):
        crossed = matrix @ weights
        scale = np.sqrt(np.einsum("pl,pl->l", weights, crossed))
        if not (scale > 0).all():
            return None
        weights, crossed = weights / scale, crossed / scale
        if np.abs(weights - previous).max() < tolerance:
            return Outer(weights, weights.T @ crossed, iteration, True)
        previous = weights
        covariance = weights.T @ crossed
        if scheme == "centroid":
            inner = np.sign(covariance) * linked
        elif scheme == "factorial":
            inner = covariance * linked
        else:
            inner = covariance * causes.T
            for effect in np.flatnonzero(causes.any(axis=0)):
                own = np.flatnonzero(causes[:, effect])
                inner[own, effect] = np.linalg.solve(covariance[np.ix_(own, own)], covariance[own, effect])
            # [i, j] is the weight of i in the inner estimate of j: successors by correlation, causes by regression.
        weights = np.where(member, crossed @ inner, 0.0)
        for latent in formative:
            own = np.flatnonzero(member[:, latent])
            weights[own, latent] = np.linalg.solve(matrix[np.ix_(own, own)], weights[own, latent])
    return Outer(previous, covariance, most, False)


def structure(covariance: Array, causes: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """(direct effects, total effects, R²) from the correlations of the latent variables."""
    size = len(covariance)
    direct, explained = np.zeros((size, size)), np.zeros(size)
    for effect in np.flatnonzero(causes.any(axis=0)):
        own = np.flatnonzero(causes[:, effect])
        direct[own, effect] = np.linalg.solve(covariance[np.ix_(own, own)], covariance[own, effect])
        explained[effect] = direct[own, effect] @ covariance[own, effect]
    total = np.linalg.inv(np.eye(size) - direct) - np.eye(size)
    return direct, total, explained
