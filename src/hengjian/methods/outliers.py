"""Hints on reported figures that look wrong: far from the others, from the own past, or written in another unit.

A hint never blocks anything. It names a reason by code and brings the numbers that the reason rests on, so that a page
can say "12 times last month (35.2)" in its own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log10
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Reason = Literal["unit", "others", "past", "last_period", "last_year", "zero"]

#: Makes the median absolute deviation of normal values their standard deviation: 1/Φ⁻¹(3/4).
MAD_TO_SD = 1.4826022185056018
#: The same for the mean absolute deviation: √(π/2).
MEAN_TO_SD = 1.2533141373155003
#: B. Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers (1993), chapter 3.
FAR = 3.5
#: Mix-ups seen in returns: 元 for 万元, per cent for a fraction, persons for thousands, 万元 for 亿元.
UNIT_FACTORS = (100.0, 1000.0, 10_000.0)


@dataclass(frozen=True)
class Centre:
    """Where values lie and how far they spread, both unmoved by a minority of wrong ones."""

    median: float
    scale: float


def centre(values: ArrayLike) -> Centre:
    """Median and robust standard deviation of a sample; NaN is left out.

    The scale is 1.4826·MAD; where more than half of the values are equal and the MAD is 0, 1.2533 times the mean
    absolute deviation takes its place.

    Raises:
        ValueError: there is no value.
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[~np.isnan(x)]
    if not len(x):
        raise ValueError("no value to compare with")
    middle = float(np.median(x))
    distance = np.abs(x - middle)
    scale = MAD_TO_SD * float(np.median(distance)) or MEAN_TO_SD * float(distance.mean())
    return Centre(middle, scale)


def robust_z(values: ArrayLike) -> Array:
    """(n,) distance of each value from the median in robust standard deviations; 0 where all are equal, NaN stays."""
    x = np.asarray(values, dtype=np.float64)
    found = centre(x)
    if found.scale == 0:
        return np.where(np.isnan(x), np.nan, 0.0)
    return np.asarray((x - found.median) / found.scale)


@dataclass(frozen=True)
class Hampel:
    """(n,) per point of a series: whether it stands out, and the median and scale of the window around it."""

    outlying: NDArray[np.bool_]
    median: Array
    scale: Array


def hampel(series: ArrayLike, reach: int = 3, far: float = 3.0) -> Hampel:
    """Points of a series further than `far` robust deviations from the median of the window around them.

    F. R. Hampel's identifier (JASA 69 (1974) 383) in a moving window of 2·reach + 1 points, shorter at the ends.
    Missing values are left out and never outlying. In a window without any spread, whatever differs stands out.

    Raises:
        ValueError: `reach` is below 1 or the series is no vector.
    """
    x = np.asarray(series, dtype=np.float64)
    if reach < 1 or x.ndim != 1:
        raise ValueError("a series and a reach of at least one point")
    middle, scale = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for place in range(len(x)):
        window = x[max(0, place - reach) : place + reach + 1]
        window = window[~np.isnan(window)]
        if len(window):
            middle[place] = np.median(window)
            scale[place] = MAD_TO_SD * np.median(np.abs(window - middle[place]))
    with np.errstate(invalid="ignore"):
        return Hampel(np.abs(x - middle) > far * scale, middle, scale)


@dataclass(frozen=True)
class Hint:
    """Why a figure should be looked at again.

    Attributes:
        reason: "unit" a power of ten beside what was expected (the score is near it); "others" far from the other units
            of the period; "past" far from the own history; "last_period", "last_year" changed by more than allowed;
            "zero" nothing, where there was something.
        value: the figure; reference: what it was compared with.
        low, high: what would have passed (equal to the reference where there is no span).
        score: robust deviations for "others" and "past", else the ratio value/reference (NaN when that is 0).
    """

    reason: Reason
    value: float
    reference: float
    low: float
    high: float
    score: float


@dataclass(frozen=True)
class Tolerance:
    """How much is let pass.

    Attributes:
        far: robust deviations from the others or the own past.
        change: allowed relative change against the last period or the same period last year (0.5: half more or less).
        least: absolute change below which nothing is hinted, in the unit of the value; small counts jump.
        enough: values needed before a comparison with others or with the past is made.
    """

    far: float = FAR
    change: float = 0.5
    least: float = 0.0
    enough: int = 5


def compare_with_others(value: float, others: ArrayLike, tolerance: Tolerance = Tolerance()) -> Hint | None:
    """A hint when the value is far from those of other units in the same period; None with fewer than `enough`."""
    return _far("others", value, others, tolerance)


def compare_with_past(
    value: float,
    *,
    last_period: float | None = None,
    last_year: float | None = None,
    history: Sequence[float | None] = (),
    tolerance: Tolerance = Tolerance(),
) -> tuple[Hint, ...]:
    """Hints on one figure from its own past, the most telling first.

    Where both the last period and the same period last year are known, a change is only hinted when *both* comparisons
    are exceeded: a seasonal peak changes against last month, not against last year.

    Args:
        last_period: figure of the period before; last_year: of the same period a year before.
        history: earlier figures of the same place, None where one is missing; for seasonal figures give the same
            period of each year.
    """
    if not isfinite(value):
        raise ValueError(f"{value} is no figure")
    compared: tuple[tuple[Reason, float | None], ...] = (("last_year", last_year), ("last_period", last_period))
    known = [(reason, number) for reason, number in compared if number is not None and isfinite(number)]
    past = [number for number in history if number is not None and isfinite(number)]
    references = [number for _reason, number in known] + ([float(np.median(past))] if past else [])
    if value == 0 and references and all(number != 0 for number in references):
        if abs(references[0]) > tolerance.least:
            return (Hint("zero", value, references[0], references[0], references[0], 0.0),)
        return ()
    unit = _unit(value, references)
    if unit:
        return (unit,)
    hints = [_changed(reason, value, number, tolerance) for reason, number in known]
    found = [hint for hint in hints if hint] if all(hints) else []
    far = _far("past", value, past, tolerance)
    return tuple(found + ([far] if far else []))


def _far(reason: Reason, value: float, among: ArrayLike, tolerance: Tolerance) -> Hint | None:
    x = np.asarray(among, dtype=np.float64)
    x = x[~np.isnan(x)]
    if len(x) < tolerance.enough:
        return None
    found = centre(x)
    distance = value - found.median
    low, high = found.median - tolerance.far * found.scale, found.median + tolerance.far * found.scale
    if low <= value <= high or abs(distance) <= tolerance.least:
        return None
    score = distance / found.scale if found.scale else float(np.copysign(np.inf, distance))
    return Hint(reason, value, found.median, low, high, score)


def _changed(reason: Reason, value: float, reference: float, tolerance: Tolerance) -> Hint | None:
    allowed = max(tolerance.change * abs(reference), tolerance.least)
    if abs(value - reference) <= allowed:
        return None
    ratio = value / reference if reference else float("nan")
    return Hint(reason, value, reference, reference - allowed, reference + allowed, ratio)


def _unit(value: float, references: Sequence[float]) -> Hint | None:
    """A hint when every reference is beside the value by the same power of ten, give or take a quarter."""
    if not references or any(number * value <= 0 for number in references):
        return None
    for factor in UNIT_FACTORS:
        for expected in (factor, 1 / factor):
            if all(abs(log10(value / number / expected)) < 0.1 for number in references):
                reference = references[0]
                return Hint("unit", value, reference, reference, reference, value / reference)
    return None
