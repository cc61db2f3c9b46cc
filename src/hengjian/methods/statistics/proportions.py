"""Confidence intervals of proportions; the rates themselves are `methods.ratios.Ratio`."""

from __future__ import annotations

from math import sqrt
from typing import Any

from hengjian.methods.later import later

stats: Any = later("scipy.stats")


Interval = tuple[float, float]


def _checked(successes: int, trials: int, confidence: float) -> None:
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is no proportion")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence} is not between 0 and 1")


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Score interval of a binomial proportion (E. B. Wilson, JASA 22 (1927) 209).

    Raises:
        ValueError: not 0 ≤ successes ≤ trials with trials > 0, or confidence outside (0, 1).
    """
    _checked(successes, trials, confidence)
    z = float(stats.norm.ppf((1 + confidence) / 2))
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    # Exactly 0 or 1 at the ends, where rounding would leave a crumb outside.
    return (0.0 if successes == 0 else max(0.0, centre - half), 1.0 if successes == trials else min(1.0, centre + half))


def exact_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Exact interval by inverting the binomial tails (C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404).

    Raises:
        ValueError: as `wilson_interval`.
    """
    _checked(successes, trials, confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(stats.beta.ppf(tail, successes, trials - successes + 1))
    high = 1.0 if successes == trials else float(stats.beta.ppf(1 - tail, successes + 1, trials - successes))
    return low, high
