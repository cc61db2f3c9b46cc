"""Denominate, screen, impute, treat outliers: what happens to indicators before they are made comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Filling = Literal["none", "mean", "median", "group_mean", "group_median"]


def table(values: ArrayLike) -> Array:
    """The values as a float table with one kind of NaN (R's missing value is a signalling one that numpy misreads).

    Raises:
        ValueError: it is no matrix.
    """
    result = np.array(values, dtype=np.float64)
    if result.ndim != 2:
        raise ValueError("give a table: units × indicators")
    result[np.isnan(result)] = np.nan
    return result


def denominate(values: ArrayLike, denominators: ArrayLike, scale: ArrayLike = 1.0) -> Array:
    """Values per denominator (inhabitants, output), times `scale`; NaN where the denominator is 0 or missing."""
    below = np.asarray(denominators, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, table(values) / below * np.asarray(scale, dtype=np.float64), np.nan)


def screen(values: ArrayLike, least: float) -> NDArray[np.bool_]:
    """(units,) whether at least this share of a unit's indicators is present."""
    return np.asarray((~np.isnan(table(values))).mean(axis=1) >= least)


def impute(values: ArrayLike, filling: Filling, groups: Sequence[str] | None = None) -> Array:
    """Fill what is missing by the indicator's mean or median, over all units or over the unit's group.

    A group in which nobody has the indicator leaves it missing: a number from elsewhere would be an invention.

    Raises:
        ValueError: a group filling without groups.
    """
    result = table(values)
    if filling == "none":
        return result
    centre = np.nanmedian if filling.endswith("median") else np.nanmean
    if filling.startswith("group"):
        if groups is None or len(groups) != len(result):
            raise ValueError("name the group of every unit")
        parts = [np.flatnonzero(np.asarray(groups) == name) for name in dict.fromkeys(groups)]
    else:
        parts = [np.arange(len(result))]
    for rows in parts:
        block = result[rows]
        known = ~np.isnan(block).all(axis=0)
        block[:, known] = np.where(np.isnan(block[:, known]), centre(block[:, known], axis=0), block[:, known])
        result[rows] = block
    return result


def skewness(x: Array) -> float:
    """Adjusted Fisher-Pearson skewness G1 (type 2 of D. N. Joanes and C. A. Gill, The Statistician 47 (1998) 183)."""
    x = x[~np.isnan(x)]
    n = len(x)
    if n < 3:
        return 0.0
    deviations = x - x.mean()
    second = float(np.mean(deviations**2))
    if second <= 0:
        return 0.0
    return float(np.sqrt(n * (n - 1)) / (n - 2) * np.mean(deviations**3) / second**1.5)


def kurtosis(x: Array) -> float:
    """Excess kurtosis G2, corrected for the sample size (type 2, as `skewness`)."""
    x = x[~np.isnan(x)]
    n = len(x)
    if n < 4:
        return 0.0
    deviations = x - x.mean()
    second = float(np.mean(deviations**2))
    if second <= 0:
        return 0.0
    excess = float(np.mean(deviations**4)) / second**2 - 3
    return ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3))


@dataclass(frozen=True)
class Limits:
    """When an indicator counts as distorted: |skewness| and kurtosis both at or above these; at most so many points."""

    skewness: float = 2.0
    kurtosis: float = 3.5
    points: int = 5

    def distorted(self, x: Array) -> bool:
        return abs(skewness(x)) >= self.skewness and kurtosis(x) >= self.kurtosis


@dataclass(frozen=True)
class Treated:
    """A treated indicator and what was done: "none", "winsorised" (`points` values) or "log"."""

    values: Array
    how: Literal["none", "winsorised", "log"]
    points: int = 0
    passed: bool = True


DEFAULT_LIMITS = Limits()


def treat(values: ArrayLike, limits: Limits = DEFAULT_LIMITS) -> Treated:
    """Pull in outliers point by point; where the allowed points do not suffice, take logarithms of the original.

    Winsorising sets the most extreme values to the next one on the side to which the distribution leans. The logarithm
    is ln(x − min + 0.01·range), which admits zeros and negative values; indicators that lean to the left are mirrored.
    """
    x = np.array(values, dtype=np.float64)
    x[np.isnan(x)] = np.nan
    if not limits.distorted(x):
        return Treated(x, "none")
    pulled = x.copy()
    for points in range(1, limits.points + 1):
        if skewness(pulled) > 0:
            top = np.nanmax(pulled)
            pulled[pulled == top] = np.nanmax(np.where(pulled == top, np.nan, pulled))
        else:
            bottom = np.nanmin(pulled)
            pulled[pulled == bottom] = np.nanmin(np.where(pulled == bottom, np.nan, pulled))
        if not limits.distorted(pulled):
            return Treated(pulled, "winsorised", points)
    low, high = np.nanmin(x), np.nanmax(x)
    margin = 0.01 * (high - low)
    logged = np.log(x - low + margin) if skewness(x) > 0 else -np.log(high - x + margin)
    return Treated(logged, "log", 0, not limits.distorted(logged))
