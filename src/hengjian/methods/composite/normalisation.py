"""Making indicators comparable: every method takes a (units, indicators) table and the direction of each indicator."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.composite.treatment import table
from hengjian.methods.later import later

stats: Any = later("scipy.stats")

Array = NDArray[np.float64]
Method = Literal["minmax", "zscore", "rank", "borda", "goalposts", "reference"]


@dataclass(frozen=True)
class Normalisation:
    """How to normalise.

    Attributes:
        method: "minmax" to [low, high]; "zscore" to mean 0 and deviation 1; "rank" 1 … n (n is best); "borda" 0 … n−1;
            "goalposts" to [low, high] between fixed bounds, clipped, comparable over the years; "reference" as a
            share of the best value.
        low, high: ends of the scale.
        bounds: for goalposts: (lower, upper) per indicator, in its own unit.
    """

    method: Method = "minmax"
    low: float = 0.0
    high: float = 100.0
    bounds: Sequence[tuple[float, float]] = ()


class NoSpread(UserWarning):
    """An indicator has the same value everywhere, or none at all; it cannot tell units apart and becomes missing."""


def _minmax(x: Array, how: Normalisation) -> Array:
    low, high = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(how.low + (how.high - how.low) * (x - low) / (high - low))


def _zscore(x: Array, how: Normalisation) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0, ddof=1))


def _rank(x: Array, how: Normalisation) -> Array:
    return np.asarray(stats.rankdata(x, axis=0, nan_policy="omit"), dtype=np.float64)


def _borda(x: Array, how: Normalisation) -> Array:
    return _rank(x, how) - 1


def _reference(x: Array, how: Normalisation) -> Array:
    best = np.nanmax(x, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(how.high * x / best)


_METHODS: dict[str, Callable[[Array, Normalisation], Array]] = {
    "minmax": _minmax,
    "zscore": _zscore,
    "rank": _rank,
    "borda": _borda,
    "reference": _reference,
}


def normalise(values: ArrayLike, directions: ArrayLike, how: Normalisation = Normalisation()) -> Array:
    """The normalised table: more is better for every indicator.

    Args:
        values: (units, indicators).
        directions: (indicators,) 1 where more is better, −1 where less is.

    Raises:
        ValueError: directions are not ±1, goalposts without bounds for every indicator or with an empty span.
    """
    x = table(values)
    signs = np.asarray(directions, dtype=np.float64)
    if signs.shape != (x.shape[1],) or not np.isin(signs, (-1, 1)).all():
        raise ValueError("directions: 1 or −1 for every indicator")
    if how.method == "goalposts":
        if len(how.bounds) != x.shape[1]:
            raise ValueError(f"{len(how.bounds)} pairs of bounds for {x.shape[1]} indicators")
        low, high = np.array(how.bounds, dtype=np.float64).T
        if (low >= high).any():
            raise ValueError("the lower bound of every indicator lies below the upper one")
        share = np.clip((x - low) / (high - low), 0, 1)
        return np.asarray(how.low + (how.high - how.low) * np.where(signs > 0, share, 1 - share))
    empty = np.isnan(x).all(axis=0)
    # A column without a single value is flat too; a number stands in for it so that numpy has something to compare.
    x = np.where(empty, 0.0, x)
    flat = np.nanmax(x, axis=0) == np.nanmin(x, axis=0)
    if flat.any():
        places = ", ".join(map(str, np.flatnonzero(flat)))
        warnings.warn(f"indicator {places} has no spread", NoSpread, stacklevel=2)
    result = _METHODS[how.method](x * signs, how)
    return np.where(flat, np.nan, result)
