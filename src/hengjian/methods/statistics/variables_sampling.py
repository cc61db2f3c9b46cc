"""Acceptance sampling by variables: one specification limit, normal values, spread known or estimated.

A lot is accepted when the quality statistic Q = (U − mean)/σ (or (mean − L)/σ) reaches k; σ is the known spread or the
sample's standard deviation s (ISO 3951-1, ANSI Z1.9). Needs far fewer units than attributes, and normal values.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

from hengjian.methods.later import later

stats: Any = later("scipy.stats")


@dataclass(frozen=True)
class VariablesPlan:
    """Measure `n` units, accept with Q ≥ `k`; `known`: the spread of the process is known."""

    n: int
    k: float
    known: bool = False

    def __post_init__(self) -> None:
        if self.n < (1 if self.known else 2):
            raise ValueError(f"{self.n} units are too few to measure a spread")


def variables_acceptance(plan: VariablesPlan, share: float) -> float:
    """Probability that a lot with this share beyond the limit is accepted; non-central t where s stands in for σ.

    Raises:
        ValueError: the share is outside (0, 1).
    """
    if not 0 < share < 1:
        raise ValueError(f"a share of {share} is not between 0 and 1")
    root, distance = sqrt(plan.n), float(stats.norm.isf(share))
    if plan.known:
        return float(stats.norm.cdf(root * (distance - plan.k)))
    return float(stats.nct.sf(plan.k * root, plan.n - 1, distance * root))


def find_variables_plan(
    producer: tuple[float, float], consumer: tuple[float, float], *, known: bool = False, largest: int = 10_000
) -> VariablesPlan:
    """The smallest plan through two points (share nonconforming, probability of acceptance); exact at the producer's.

    Args:
        producer: (good quality, least probability), e.g. (0.05, 0.95). consumer: (bad quality, highest probability).

    Raises:
        ValueError: the points are the wrong way round, or no plan up to `largest` fits.
    """
    good, keep = producer
    bad, leave = consumer
    if not (0 < good < bad < 1 and 0 < leave < keep < 1):
        raise ValueError("the producer's quality must be better, and its probability higher, than the consumer's")
    better, worse = float(stats.norm.isf(good)), float(stats.norm.isf(bad))
    least = max(
        ceil(((stats.norm.ppf(keep) - stats.norm.ppf(leave)) / (better - worse)) ** 2 - 1e-9),
        1 if known else 2,
    )
    for n in range(least, largest + 1):
        root = sqrt(n)
        k = (
            better - float(stats.norm.ppf(keep)) / root
            if known
            else float(stats.nct.isf(keep, n - 1, better * root)) / root
        )
        plan = VariablesPlan(n, k, known)
        if variables_acceptance(plan, bad) <= leave:
            return plan
    raise ValueError(f"no plan with at most {largest} units fits both points")


def estimated_share(n: int, quality: float) -> float:
    """Unbiased estimate of the share beyond one limit from Q of a sample of n, spread estimated (the M-method).

    With Q = k it is the largest share M that the plan accepts. G. J. Lieberman, G. J. Resnikoff, JASA 50 (1955) 457.

    Raises:
        ValueError: fewer than three units.
    """
    if n < 3:
        raise ValueError("the share can be estimated from three units on")
    point = 0.5 - quality * sqrt(n) / (2 * (n - 1))
    return float(stats.beta.cdf(min(max(point, 0.0), 1.0), n / 2 - 1, n / 2 - 1))
