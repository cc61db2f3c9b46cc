"""How well manifest variables measure their latent one, and whether two latent variables are told apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def cronbach(correlation: Array) -> float:
    """Standardised alpha of a block from its (P, P) correlations; 1 for a single indicator.

    L. J. Cronbach, Psychometrika 16 (1951) 297.
    """
    count = len(correlation)
    if count < 2:
        return 1.0
    mean = float(correlation.sum() - count) / (count * (count - 1))
    return count * mean / (1 + (count - 1) * mean)


def reliability(correlation: Array, loadings: Array, member: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """(alpha, composite reliability, average variance extracted), each (L,); 1 for single indicators.

    Args:
        correlation: (P, P) of the manifest variables. loadings: (P,) with the own latent variable. member: (P, L).
    """
    size = member.shape[1]
    alpha, rho, ave = np.ones(size), np.ones(size), np.ones(size)
    for latent in range(size):
        own = np.flatnonzero(member[:, latent])
        load = loadings[own]
        alpha[latent] = cronbach(correlation[np.ix_(own, own)])
        if len(own) > 1:
            rho[latent] = load.sum() ** 2 / (load.sum() ** 2 + (1 - load**2).sum())
        ave[latent] = float(np.mean(load**2))
    return alpha, rho, ave


def heterotrait_monotrait(correlation: Array, member: NDArray[np.bool_]) -> Array:
    """(L, L) mean correlation between two blocks over the geometric mean of those within; NaN for single indicators.

    J. Henseler, C. M. Ringle, M. Sarstedt, JAMS 43 (2015) 115: above 0.85 or 0.90 two latent variables are hardly told
    apart.
    """
    size = member.shape[1]
    within, result = np.full(size, np.nan), np.full((size, size), np.nan)
    blocks = [np.flatnonzero(member[:, latent]) for latent in range(size)]
    absolute = np.abs(correlation)
    for latent, own in enumerate(blocks):
        if len(own) > 1:
            within[latent] = absolute[np.ix_(own, own)][np.triu_indices(len(own), 1)].mean()
    for first in range(size):
        for second in range(first):
            between = absolute[np.ix_(blocks[first], blocks[second])].mean()
            result[first, second] = result[second, first] = between / np.sqrt(within[first] * within[second])
    return result
