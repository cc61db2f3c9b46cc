"""Sobol indices of any function of independent uniform inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.later import later

stats: Any = later("scipy.stats")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sensitivity:
    """What share of the variance of a result each factor explains, alone (`first`) and with its interactions (`total`).

    `spread` is that variance; where it is 0 nothing matters and all shares are 0.
    """

    factors: tuple[str, ...]
    first: Array
    total: Array
    spread: float


def sobol(
    function: Callable[[Array], Array], factors: dict[str, tuple[float, float]], n: int, *, seed: int
) -> Sensitivity:
    """Sobol indices by the estimators of A. Saltelli et al., Comput. Phys. Commun. 181 (2010) 259.

    Args:
        function: (k, points) → (points,); called once with n·(k + 2) points in all.
        factors: name → (low, high), independent and uniform; k of them.
        n: base sample, a power of 2.

    Raises:
        ValueError: n is no power of 2.
    """
    if n < 2 or n & (n - 1):
        raise ValueError(f"the base sample must be a power of 2, not {n}")
    generator = np.random.default_rng(seed)
    seen: list[Array] = []

    def recorded(points: Array) -> Array:
        result = np.asarray(function(points), dtype=np.float64)
        seen.append(result.ravel())
        return result

    with np.errstate(divide="ignore", invalid="ignore"):
        found = stats.sobol_indices(
            func=recorded,
            n=n,
            dists=[stats.uniform(low, high - low) for low, high in factors.values()],
            rng=generator,
        )
    spread = float(np.concatenate(seen).var())
    first, total = np.asarray(found.first_order), np.asarray(found.total_order)
    if spread == 0:
        first, total = np.zeros(len(factors)), np.zeros(len(factors))
    return Sensitivity(tuple(factors), first, total, spread)
