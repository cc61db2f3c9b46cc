"""Estimates from samples with their design variance: stratified, ratio, unequal probabilities; sizes and allocation.

Closed forms of W. G. Cochran, Sampling Techniques (3rd ed. 1977), chapters 5 and 6, and C.-E. Särndal et al., Model
Assisted Survey Sampling (1992), section 5.7 (Hájek).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.later import later

stats: Any = later("scipy.stats")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """An estimate with its design-based standard error, in the unit of the value; `n` is the sample size."""

    value: float
    standard_error: float
    n: int

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Normal interval value ± z·SE."""
        half = float(stats.norm.ppf((1 + confidence) / 2)) * self.standard_error
        return self.value - half, self.value + half

    @property
    def cv(self) -> float:
        """Coefficient of variation."""
        return self.standard_error / abs(self.value) if self.value else float("inf")


class NoVariance(ValueError):
    """A stratum with a single observation has no variance; join it with another one."""


def _numbers(values: ArrayLike) -> Array:
    x = np.asarray(values, dtype=np.float64)
    if not np.isfinite(x).all():
        raise ValueError(
            f"{int((~np.isfinite(x)).sum())} values are missing or no numbers; leave them out or fill them"
        )
    return x


@dataclass(frozen=True)
class _Strata:
    """H strata: their names, sizes and counts of observations, and (n,) the place of each observation among them."""

    names: list[str]
    sizes: Array
    counts: Array
    place: NDArray[np.intp]

    def sums(self, values: Array) -> Array:
        return np.asarray(np.bincount(self.place, weights=values, minlength=len(self.names)), dtype=np.float64)

    def total(self, values: Array) -> float:
        """Expanded total: Σ N_h·mean_h."""
        return float(self.sizes @ (self.sums(values) / self.counts))


def _strata(strata: ArrayLike, sizes: Mapping[str, float]) -> _Strata:
    given = np.asarray(strata)
    if given.ndim != 1:
        raise ValueError("strata: one name per observation")
    codes: dict[str, int] = {}
    place = np.array([codes.setdefault(str(name), len(codes)) for name in given.tolist()], dtype=np.intp)
    if lacking := sorted(codes.keys() - sizes.keys()):
        raise ValueError(f"no population size for stratum {', '.join(lacking)}")
    if empty := [name for name in sizes if name not in codes]:
        raise ValueError(f"no observation in stratum {', '.join(empty)}; collapse it or leave it out of the population")
    found = _Strata(
        list(codes),
        np.array([sizes[name] for name in codes], dtype=np.float64),
        np.bincount(place, minlength=len(codes)).astype(np.float64),
        place,
    )
    for over in np.flatnonzero(found.counts > found.sizes):
        raise ValueError(f"stratum {found.names[over]}: {found.counts[over]:g} observations of {found.sizes[over]:g}")
    return found


def _variance_of_total(values: Array, strata: _Strata, fpc: bool) -> float:
    single = strata.counts < 2
    # A stratum that was observed whole adds nothing.
    for place in np.flatnonzero(single & ~(fpc & (strata.counts == strata.sizes))):
        raise NoVariance(f"stratum {strata.names[place]} has one observation")
    means = strata.sums(values) / strata.counts
    squares = strata.sums((values - means[strata.place]) ** 2)
    fraction = strata.counts / strata.sizes if fpc else np.zeros(len(means))
    parts = strata.sizes**2 * (1 - fraction) * squares / np.where(single, 1, strata.counts - 1) / strata.counts
    return float(parts.sum())


def stratified_total(values: ArrayLike, strata: ArrayLike, sizes: Mapping[str, float], *, fpc: bool = True) -> Estimate:
    """Total of a population from a simple random sample in each stratum.

    Args:
        values: (n,) observations.
        strata: (n,) stratum names.
        sizes: stratum name → number of units in the population.
        fpc: whether the finite-population correction is applied.

    Raises:
        ValueError: a stratum without size or observation, more observations than units, a missing value.
        NoVariance: a stratum with one observation.
    """
    y = _numbers(values)
    parts = _strata(strata, sizes)
    return Estimate(parts.total(y), sqrt(_variance_of_total(y, parts, fpc)), len(y))


def stratified_mean(values: ArrayLike, strata: ArrayLike, sizes: Mapping[str, float], *, fpc: bool = True) -> Estimate:
    """Mean of a population; give 0/1 values for a proportion. Arguments and errors as `stratified_total`."""
    total = stratified_total(values, strata, sizes, fpc=fpc)
    size = sum(sizes.values())
    return Estimate(total.value / size, total.standard_error / size, total.n)


def stratified_ratio(
    numerator: ArrayLike, denominator: ArrayLike, strata: ArrayLike, sizes: Mapping[str, float], *, fpc: bool = True
) -> Estimate:
    """Ratio of two totals (combined ratio estimator); its variance by linearisation. Errors as `stratified_total`.

    Raises:
        ZeroDivisionError: the denominator's total is 0.
    """
    y, x = _numbers(numerator), _numbers(denominator)
    parts = _strata(strata, sizes)
    total_x = parts.total(x)
    ratio = parts.total(y) / total_x
    return Estimate(ratio, sqrt(_variance_of_total(y - ratio * x, parts, fpc)) / abs(total_x), len(y))


def hajek_mean(values: ArrayLike, probabilities: ArrayLike) -> Estimate:
    """Mean under unequal inclusion probabilities, weights 1/π (Hájek); with-replacement variance by linearisation.

    Risk-tilted checks must be estimated so: the raw mean would measure the rule that chose them.

    Args:
        values: (n,) observations, n ≥ 2.
        probabilities: (n,) inclusion probabilities in (0, 1].

    Raises:
        ValueError: shapes differ, fewer than two observations, or a probability outside (0, 1].
    """
    y, pi = _numbers(values), _numbers(probabilities)
    if y.shape != pi.shape or y.ndim != 1 or len(y) < 2:
        raise ValueError("values and probabilities: two vectors of the same length, at least two observations")
    if not ((pi > 0) & (pi <= 1)).all():
        raise ValueError("inclusion probabilities lie in (0, 1]")
    weights = 1 / pi
    size = float(weights.sum())
    mean = float(weights @ y) / size
    scores = weights * (y - mean) / size
    n = len(y)
    return Estimate(mean, sqrt(n / (n - 1) * float(scores @ scores)), n)


def inclusion_probabilities(sizes: ArrayLike, n: int) -> Array:
    """(N,) probabilities proportional to size that sum to n; units that would exceed 1 are taken for certain.

    Args:
        sizes: (N,) size times risk score, say; not negative.
        n: sample size, at most the number of units with a positive size.

    Raises:
        ValueError: a negative size, or too few units with a positive one.
    """
    x = np.asarray(sizes, dtype=np.float64)
    if x.ndim != 1 or not (x >= 0).all() or not np.isfinite(x).all():
        raise ValueError("sizes: a vector of numbers of zero or more")
    if not 0 < n <= int((x > 0).sum()):
        raise ValueError(f"{n} units cannot be drawn from {int((x > 0).sum())} with a positive size")
    certain = np.zeros(len(x), dtype=bool)
    while True:
        free = ~certain
        rest = n - int(certain.sum())
        probabilities = np.where(certain, 1.0, rest * x / x[free].sum() if rest else 0.0)
        over = free & (probabilities >= 1)
        if not over.any():
            return probabilities
        certain |= over


def systematic_sample(probabilities: ArrayLike, start: float) -> NDArray[np.intp]:
    """Positions drawn systematically with these inclusion probabilities; the same start draws the same units.

    Args:
        probabilities: (N,) in [0, 1], in the order in which units stand (shuffle or sort them first).
        start: random number in [0, 1).
    """
    pi = np.asarray(probabilities, dtype=np.float64)
    if not ((pi >= 0) & (pi <= 1 + 1e-12)).all() or not 0 <= start < 1:
        raise ValueError("probabilities lie in [0, 1], the start in [0, 1)")
    ends = np.cumsum(pi)
    points = np.arange(start, round(float(ends[-1]), 9), 1.0)
    return np.asarray(np.minimum(np.searchsorted(ends, points + 1e-12, side="left"), len(pi) - 1))


@dataclass(frozen=True)
class Allocation:
    """Sample sizes per stratum: `exact` as the formula gives them, `sizes` as whole numbers that keep the total."""

    exact: dict[str, float]
    sizes: dict[str, int]


def allocate(
    n: int,
    sizes: Mapping[str, float],
    deviations: Mapping[str, float] | None = None,
    costs: Mapping[str, float] | None = None,
    *,
    least: int = 2,
) -> Allocation:
    """Share a sample among strata: proportional, or Neyman with deviations, or with costs per unit as well.

    n_h ∝ N_h, N_h·S_h or N_h·S_h/√c_h. Whole numbers by largest remainder, at least `least` (for a variance) and at
    most N_h in each stratum.

    Raises:
        ValueError: n is smaller than `least` in every stratum, or larger than the population.
    """
    names = list(sizes)
    if n > sum(sizes.values()) or n < sum(min(least, sizes[name]) for name in names):
        raise ValueError(f"{n} cannot be shared among {len(names)} strata of {sum(sizes.values()):g} units")
    weight = {
        name: sizes[name] * (deviations[name] if deviations else 1.0) / sqrt(costs[name] if costs else 1.0)
        for name in names
    }
    whole = sum(weight.values())
    if whole <= 0:
        raise ValueError("all weights are zero")
    exact = {name: n * weight[name] / whole for name in names}
    low = {name: min(least, int(sizes[name])) for name in names}
    chosen = {name: max(low[name], min(int(exact[name]), int(sizes[name]))) for name in names}
    while (short := n - sum(chosen.values())) != 0:
        step = 1 if short > 0 else -1
        free = [name for name in names if (chosen[name] < int(sizes[name]) if step > 0 else chosen[name] > low[name])]
        name = max(free, key=lambda name: step * (exact[name] - chosen[name]))
        chosen[name] += step
    return Allocation(exact, chosen)


def sample_size(
    share: float, margin: float, confidence: float = 0.95, *, population: float | None = None, deff: float = 1.0
) -> int:
    """Observations for a proportion within ± margin: n = deff·z²·q(1−q)/d², then n/(1 + n/N) for a finite population.

    Raises:
        ValueError: share, margin or confidence outside (0, 1), or deff not positive.
    """
    if not (0 < share < 1 and 0 < margin < 1 and 0 < confidence < 1 and deff > 0):
        raise ValueError("share, margin and confidence lie between 0 and 1, deff is positive")
    z = float(stats.norm.ppf((1 + confidence) / 2))
    n = deff * z * z * share * (1 - share) / (margin * margin)
    if population is not None:
        n = n / (1 + n / population)
    return ceil(n - 1e-9)


EmptyCell = Literal["refuse", "collapse", "drop"]


@dataclass(frozen=True)
class OutputWeighted:
    """An output-weighted pass rate.

    Attributes:
        value: the rate of the whole in [0, 1]; `standard_error` under simple random sampling within cells (NaN where a
            cell with a single sample leaves none). Samples come from supervision, so that is an assumption: print it
            beside the interval.
        regions: (R,) the rate of each region.
        unweighted: what the mean of the cells would say, for comparison.
        notes: cells that had no sample and what was done: (region index, industry index, policy).
    """

    value: float
    standard_error: float
    regions: Array
    unweighted: float
    notes: tuple[tuple[int, int, EmptyCell], ...]


def output_weighted_pass_rate(
    output: ArrayLike,
    conforming: ArrayLike,
    inspected: ArrayLike,
    *,
    empty: EmptyCell = "refuse",
    population: ArrayLike | None = None,
) -> OutputWeighted:
    """制造业产品质量合格率: shares of conforming samples, weighted by industrial output of region × industry.

    q_ri = x_ri/n_ri; Q_r = Σ_i (V_ri/V_r.) q_ri; Q = Σ_r (V_r./V..) Q_r;
    Var(Q) = Σ W_ri²·(1 − f_ri)·q_ri(1 − q_ri)/(n_ri − 1).

    Args:
        output: (R, I) industrial output, ≥ 0.
        conforming, inspected: (R, I) counts.
        empty: cells with output but without a sample: "refuse", "collapse" (take the industry's rate over all regions)
            or "drop" (leave the cell's output out of the weights). What was done is in `notes`.
        population: (R, I) units in each cell, for the finite-population correction.

    Raises:
        ValueError: shapes differ, counts do not fit, an empty cell that is refused or cannot be filled.
    """
    v, x, n = (_numbers(item) for item in (output, conforming, inspected))
    if v.shape != x.shape or v.shape != n.shape or v.ndim != 2:
        raise ValueError("output, conforming and inspected: matrices of the same shape, regions × industries")
    if (v < 0).any() or (x < 0).any() or (x > n).any():
        raise ValueError("output is not negative and no more samples conform than were inspected")
    v = v.copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        q = np.where(n > 0, x / n, np.nan)
        industry = np.where(n.sum(axis=0) > 0, x.sum(axis=0) / n.sum(axis=0), np.nan)
    notes: list[tuple[int, int, EmptyCell]] = []
    for row, column in np.argwhere((n == 0) & (v > 0)).tolist():
        if empty == "refuse" or (empty == "collapse" and np.isnan(industry[column])):
            raise ValueError(f"region {row}, industry {column}: output without a sample")
        notes.append((row, column, empty))
        if empty == "collapse":
            q[row, column] = industry[column]
        else:
            v[row, column] = 0.0
    rates = np.where(v > 0, q, 0.0)
    per_region = v.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        regions = (v * rates).sum(axis=1) / per_region
    weights = v / v.sum()
    fraction = np.zeros_like(n) if population is None else n / np.asarray(population, dtype=np.float64)
    sampled = (n > 0) & (v > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        cells = weights**2 * (1 - fraction) * rates * (1 - rates) / (n - 1)
    error = sqrt(float(cells[sampled].sum())) if not (n[sampled] < 2).any() else float("nan")
    return OutputWeighted(float((weights * rates).sum()), error, regions, float(np.mean(q[sampled])), tuple(notes))
