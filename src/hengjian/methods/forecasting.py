"""Whether a target will be reached: the way so far, the pace that is needed, and a forecast for three to ten points.

So few points cannot tell whether a figure moves along a line (each year's deviation is its own) or wanders (each year
starts from the last one). Both are computed, each with its small-sample distribution (Student's t with n − 2 degrees
of freedom). The interval spans the intervals of both, so that it covers what it promises whichever of them is true; the
forecast and the probability of reaching a target are the means of both. Intervals are wide where little is known -
that is the finding, not a fault: with three points hardly any forecast excludes anything.

Line: slope and level by the medians of H. Theil (1950) and P. K. Sen (JASA 63 (1968) 1379), which one wrong value does
not move; wandering: random walk with drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.later import later

stats: Any = later("scipy.stats")

Array = NDArray[np.float64]
LONGEST_REACH = 1e9


@dataclass(frozen=True)
class Line:
    """A robust straight line: value(x) = level + slope·x."""

    slope: float
    level: float

    def at(self, x: float) -> float:
        return self.level + self.slope * x


def theil_sen(times: ArrayLike, values: ArrayLike) -> Line:
    """The line whose slope is the median of the slopes between all pairs of points.

    Raises:
        ValueError: fewer than two points, or two at the same time.
    """
    x, y = _series(times, values)
    slopes = [(y[j] - y[i]) / (x[j] - x[i]) for i, j in combinations(range(len(x)), 2)]
    slope = float(np.median(slopes))
    return Line(slope, float(np.median(y - slope * x)))


@dataclass(frozen=True)
class _Predictive:
    """A shifted and scaled t distribution."""

    value: float
    scale: float
    freedom: int

    def below(self, number: float) -> float:
        if self.scale == 0:
            # Ties count half, so that a series that stands exactly on the target says neither yes nor no.
            return 0.5 if number == self.value else float(number > self.value)
        return float(stats.t.cdf((number - self.value) / self.scale, self.freedom))


@dataclass(frozen=True)
class Forecast:
    """A figure at a time to come.

    Attributes:
        at: the time. value: centre of the forecast, inside `bounds`.
        low, high: interval that covers with at least `confidence`; None with two points, which leave no error to judge
            by.
        points: how many observations it rests on.
    """

    at: float
    value: float
    low: float | None
    high: float | None
    confidence: float
    points: int
    bounds: tuple[float, float]
    parts: tuple[_Predictive, ...]

    def probability_below(self, number: float) -> float | None:
        """Probability of a figure below `number`; None where there is no interval."""
        if not self.parts:
            return None
        if number <= self.bounds[0]:
            return 0.0
        if number > self.bounds[1]:
            return 1.0
        return float(np.mean([part.below(number) for part in self.parts]))


def forecast(
    times: ArrayLike,
    values: ArrayLike,
    at: float,
    *,
    confidence: float = 0.80,
    bounds: tuple[float, float] = (-float("inf"), float("inf")),
) -> Forecast:
    """The figure at a time after the last observation.

    Args:
        times: (n,) in any unit (years, say), in any order, none twice; n ≥ 2.
        values: (n,); a missing one (NaN) is left out.
        at: when, not before the last observation.
        confidence: of the interval.
        bounds: what the figure cannot leave ((0, 100) for a percentage); forecast and interval are cut off there.

    Raises:
        ValueError: fewer than two points, two at one time, or a time before the last observation.
    """
    x, y = _series(times, values)
    if at < x[-1]:
        raise ValueError(f"{at:g} lies before the last observation at {x[-1]:g}")
    if not 0 < confidence < 1 or bounds[0] >= bounds[1]:
        raise ValueError("confidence lies between 0 and 1, and the lower bound below the upper one")
    line, walk = _line(x, y, at), _walk(x, y, at)
    value = float(np.clip((line.value + walk.value) / 2, *bounds))
    if len(x) == 2:
        return Forecast(at, value, None, None, confidence, 2, bounds, ())
    parts = (line, walk)
    half = float(stats.t.ppf((1 + confidence) / 2, len(x) - 2))
    low, high = np.clip(
        [min(part.value - half * part.scale for part in parts), max(part.value + half * part.scale for part in parts)],
        *bounds,
    ).tolist()
    return Forecast(at, value, low, high, confidence, len(x), bounds, parts)


def _line(x: Array, y: Array, at: float) -> _Predictive:
    line, n = theil_sen(x, y), len(x)
    if n == 2:
        return _Predictive(line.at(at), 0.0, 0)
    centred = x - x.mean()
    residual = y - line.at(0) - line.slope * x
    # About the robust line the squares are at least those of least squares: the interval errs to the wide side.
    spread = sqrt(float(residual @ residual) / (n - 2))
    return _Predictive(line.at(at), spread * sqrt(1 + 1 / n + (at - x.mean()) ** 2 / float(centred @ centred)), n - 2)


def _walk(x: Array, y: Array, at: float) -> _Predictive:
    n, whole, ahead = len(x), float(x[-1] - x[0]), float(at - x[-1])
    drift = float(y[-1] - y[0]) / whole
    value = float(y[-1]) + drift * ahead
    if n == 2:
        return _Predictive(value, 0.0, 0)
    gaps = np.diff(x)
    steps = np.diff(y) - drift * gaps
    variance = float((steps**2 / gaps).sum()) / (n - 2)
    return _Predictive(value, sqrt(variance * (ahead + ahead**2 / whole)), n - 2)


@dataclass(frozen=True)
class Tracking:
    """How a target stands; what a traffic light needs.

    Attributes:
        latest, latest_at: last observation. reached: whether it meets the target.
        gap: what is lacking, 0 when reached; in the unit of the figure.
        pace: change per unit of time so far (robust slope); None with one observation.
        needed: change per unit of time from the last observation until the target is due; 0 when reached, None when
            the time is over.
        planned: where a straight way from the base to the target would be at `latest_at`; None without a base.
        forecast: at the due time; None with one observation or when the time is over.
        probability: that the target is met when it is due; 1 or 0 when the time is over, None with fewer than three
            observations.
        reached_about: when the robust line meets the target; None when it never will, or has.
    """

    latest: float
    latest_at: float
    target: float
    due: float
    at_least: bool
    gap: float
    reached: bool
    pace: float | None
    needed: float | None
    planned: float | None
    forecast: Forecast | None
    probability: float | None
    reached_about: float | None

    @property
    def ahead(self) -> float | None:
        """How far it is ahead of the planned way, negative when behind; in the unit of the figure."""
        if self.planned is None:
            return None
        return self.latest - self.planned if self.at_least else self.planned - self.latest

    @property
    def pace_share(self) -> float | None:
        """Pace so far over the needed one; 1 is just enough. None where nothing is needed or no pace is known."""
        return self.pace / self.needed if self.pace is not None and self.needed else None


def track(
    times: ArrayLike,
    values: ArrayLike,
    target: float,
    due: float,
    *,
    at_least: bool = True,
    base: tuple[float, float] | None = None,
    confidence: float = 0.80,
    bounds: tuple[float, float] = (-float("inf"), float("inf")),
) -> Tracking:
    """Where a figure stands on the way to its target.

    Args:
        times, values: observations as in `forecast`; at least one.
        target: the figure to reach; due: when.
        at_least: whether more is wanted (合格率 ≥ 92) or less (PM2.5 ≤ 35).
        base: (time, value) where the way began; left out: the first observation, if there are two.

    Raises:
        ValueError: no observation, or as `forecast`.
    """
    x, y = _series(times, values, least=1)
    sign = 1.0 if at_least else -1.0
    latest, now = float(y[-1]), float(x[-1])
    lacking = max(0.0, sign * (target - latest))
    reached = lacking == 0
    line = theil_sen(x, y) if len(x) > 1 else None
    over = now >= due
    ahead = forecast(x, y, due, confidence=confidence, bounds=bounds) if line and not over else None
    probability = float(reached) if over else None
    if ahead is not None and (below := ahead.probability_below(target)) is not None:
        probability = 1 - below if at_least else below
    begin = base or ((float(x[0]), float(y[0])) if len(x) > 1 else None)
    planned = None
    if begin is not None and due > begin[0]:
        share = min(1.0, max(0.0, (now - begin[0]) / (due - begin[0])))
        planned = begin[1] + share * (target - begin[1])
    about = None
    if line is not None and not reached and sign * line.slope > 0:
        meets = (target - line.level) / line.slope
        about = max(meets, now) if isfinite(meets) and abs(meets) < LONGEST_REACH else None
    needed = 0.0 if reached else (None if over else sign * lacking / (due - now))
    return Tracking(
        latest, now, target, due, at_least, lacking, reached, line.slope if line else None, needed, planned, ahead,
        probability, about,
    )  # fmt: skip


def _series(times: ArrayLike, values: ArrayLike, least: int = 2) -> tuple[Array, Array]:
    """Both sorted by time, without missing values."""
    x, y = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError("times and values: two vectors of the same length")
    known = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[known], y[known]
    if len(x) < least:
        raise ValueError(f"{len(x)} observations; at least {least} are needed")
    order = np.argsort(x)
    x, y = x[order], y[order]
    if (np.diff(x) == 0).any():
        raise ValueError("two observations at the same time")
    return x, y
