"""How firm a ranking by points is, and which items of a score sheet still tell units apart.

Ranks are computed again under uncertain points and other reasonable weights; the same seed gives the same result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.later import later

stats: Any = later("scipy.stats")

Array = NDArray[np.float64]
Ranks = NDArray[np.intp]
#: Replications that are computed together; bounds the memory.
CHUNK = 256


@dataclass(frozen=True)
class RankSpread:
    """(U,) per unit: nominal rank, and what the replications say of it.

    Attributes:
        low, high: interval of ranks that holds the share `confidence` of the replications.
        distribution: (U, U): share of replications in which unit i has rank j + 1.
    """

    nominal: Ranks
    mean: Array
    median: Array
    low: Array
    high: Array
    distribution: Array
    replications: int

    def top(self, places: int) -> Array:
        """(U,) share of replications in which a unit is among the first `places`."""
        return np.asarray(self.distribution[:, :places].sum(axis=1))

    @property
    def shift(self) -> float:
        """Mean absolute difference between nominal and replicated ranks, over units and replications."""
        places = np.arange(1, self.distribution.shape[1] + 1)
        distance = np.abs(places[None, :] - self.nominal[:, None])
        return float((self.distribution * distance).sum(axis=1).mean())

    def apart(self, one: int, other: int) -> bool:
        """Whether the rank intervals of two units do not overlap."""
        return bool(self.high[one] < self.low[other] or self.high[other] < self.low[one])


def ranks(scores: ArrayLike) -> Ranks:
    """(…, U) 1 for the highest score; equal scores share the better rank; units without a score come last."""
    s = np.nan_to_num(np.asarray(scores, dtype=np.float64), nan=-np.inf)
    return np.asarray(stats.rankdata(-s, method="min", axis=-1), dtype=np.intp)


def summarise(nominal: Ranks, found: Ranks, confidence: float) -> RankSpread:
    """The spread from the ranks of all replications.

    Args:
        nominal: (U,). found: (replications, U).
    """
    units, tail = found.shape[1], 50 * (1 - confidence)
    # A rank is a whole number: the interval ends at ranks that occurred, and is never narrower than asked for.
    low = np.percentile(found, tail, axis=0, method="lower")
    high = np.percentile(found, 100 - tail, axis=0, method="higher")
    counts = np.zeros((units, units))
    np.add.at(counts, (np.broadcast_to(np.arange(units), found.shape), found - 1), 1.0)
    return RankSpread(nominal, found.mean(axis=0), np.median(found, axis=0), low, high, counts / len(found), len(found))


def rank_intervals(
    shares: ArrayLike,
    weights: ArrayLike,
    replications: int,
    *,
    seed: int,
    errors: ArrayLike | None = None,
    noise: float = 0.0,
    bounds: tuple[float, float] = (0.0, 1.0),
    confidence: float = 0.90,
) -> RankSpread:
    """Ranks by Σ weight·share under uncertain shares and weights.

    Args:
        shares: (U, I) what a unit reached of each item, normally points over attainable points; NaN where an item does
            not apply: its weight then goes to the unit's other items in proportion.
        weights: (I,) attainable points, not negative.
        replications: at least 1; 1,000 and more for the tails.
        errors: (U, I) or (I,) standard errors of the shares; normal, cut off at `bounds`. Left out: exact.
        noise: every weight is multiplied by a factor from 1 ± noise and the weights keep their sum.
        confidence: of the rank intervals.

    Raises:
        ValueError: shapes do not fit, a negative weight or error, nothing that varies.
    """
    x, w = np.array(shares, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if x.ndim != 2 or w.shape != (x.shape[1],) or not len(x):
        raise ValueError("shares: units × items, and a weight for every item")
    if not (w >= 0).all() or w.sum() <= 0 or not np.isfinite(w).all():
        raise ValueError("weights are not negative and not all zero")
    if not 0 <= noise < 1 or not 0 < confidence < 1 or replications < 1:
        raise ValueError("noise in [0, 1), confidence in (0, 1), at least one replication")
    x[np.isnan(x)] = np.nan
    there = ~np.isnan(x)
    if not there.any(axis=1).all():
        raise ValueError(f"unit {int(np.flatnonzero(~there.any(axis=1))[0])} has no item at all")
    filled = np.where(there, x, 0.0)
    spread = np.zeros_like(x)
    if errors is not None:
        spread = np.where(there, np.broadcast_to(np.asarray(errors, dtype=np.float64), x.shape), 0.0)
        if not (spread >= 0).all():
            raise ValueError("standard errors are not negative")
    if not spread.any() and noise == 0:
        raise ValueError("neither points nor weights vary; name errors or a noise of the weights")
    generator = np.random.default_rng(seed)

    def scores(values: Array, weight: Array) -> Array:
        whole = weight @ there.T  # (chunk, U)
        return np.asarray(np.einsum("kui,ki->ku", values, weight) / whole)

    found = []
    for start in range(0, replications, CHUNK):
        count = min(CHUNK, replications - start)
        factors = 1 + noise * (2 * generator.random((count, len(w))) - 1)
        values = filled + spread * generator.standard_normal((count, *x.shape))
        values = np.where(there, np.clip(values, np.minimum(bounds[0], filled), np.maximum(bounds[1], filled)), 0.0)
        found.append(ranks(scores(values, w * factors)))
    return summarise(ranks(scores(filled[None], w[None])[0]), np.concatenate(found), confidence)


@dataclass(frozen=True)
class Item:
    """What an item of a score sheet contributes to telling units apart.

    Attributes:
        units: how many have it. mean, deviation: of the shares reached (deviation 0 with one unit).
        ceiling: share of units with full marks; floor: with none.
        rest_correlation: correlation of its points with the points of all other items (corrected item-total
            correlation); NaN where one of them does not vary.
        variance_share: its part of the variance of the total, cov(item, total)/var(total); the parts sum to 1. NaN
            where the total does not vary.
    """

    units: int
    mean: float
    deviation: float
    ceiling: float
    floor: float
    rest_correlation: float
    variance_share: float

    def reasons(self, *, ceiling: float = 0.9, deviation: float = 0.02, correlation: float = 0.0) -> tuple[str, ...]:
        """Why it no longer discriminates: "flat", "ceiling", "floor", "against"; empty when it does."""
        found = []
        if self.deviation <= deviation:
            found.append("flat")
        if self.ceiling >= ceiling:
            found.append("ceiling")
        if self.floor >= ceiling:
            found.append("floor")
        if self.rest_correlation < correlation:
            found.append("against")
        return tuple(found)


def discrimination(shares: ArrayLike, weights: ArrayLike) -> list[Item]:
    """One `Item` per column of (U, I) shares reached, with (I,) attainable points as weights; NaN: does not apply."""
    x, w = np.array(shares, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if x.ndim != 2 or w.shape != (x.shape[1],):
        raise ValueError("shares: units × items, and a weight for every item")
    x[np.isnan(x)] = np.nan
    points = np.nan_to_num(x) * w
    total = points.sum(axis=1)
    variance = float(total.var())
    items = []
    for column in range(x.shape[1]):
        known = x[~np.isnan(x[:, column]), column]
        if not len(known):
            items.append(Item(0, *[float("nan")] * 6))
            continue
        own, rest = points[:, column], total - points[:, column]
        correlation = float("nan")
        rows = ~np.isnan(x[:, column])
        if rows.sum() > 2 and np.ptp(own[rows]) > 0 and np.ptp(rest[rows]) > 1e-12:
            correlation = float(np.corrcoef(own[rows], rest[rows])[0, 1])
        part = float(np.mean((own - own.mean()) * (total - total.mean()))) / variance if variance > 0 else float("nan")
        items.append(Item(
            len(known), float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else 0.0,
            float(np.mean(known >= 1 - 1e-12)), float(np.mean(known <= 1e-12)), correlation, part,
        ))  # fmt: skip
    return items
