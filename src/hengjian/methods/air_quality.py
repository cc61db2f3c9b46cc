"""Air quality index of a day and counts of good days (HJ 633: linear between breakpoints, rounded up)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class DayIndex:
    """Index of a day. `leading`: the pollutants that reach it, where it is above 50 (首要污染物)."""

    value: int
    leading: tuple[str, ...]


def sub_index(concentration: Decimal, breakpoints: Sequence[Decimal], index: Sequence[int]) -> int:
    """Individual index (IAQI) of one pollutant.

    Args:
        concentration: in the unit of the breakpoints, not negative.
        breakpoints: rising from 0; as many as the standard defines.
        index: the values that belong to them; may be longer.

    Returns:
        The whole number that the linear interpolation is rounded up to. Above the last breakpoint the last index
        value: the scale ends there.

    Raises:
        ValueError: the concentration is negative.
    """
    if concentration < 0:
        raise ValueError(f"a concentration cannot be negative: {concentration}")
    steps = list(zip(breakpoints, index, strict=False))
    for (low, low_index), (high, high_index) in pairwise(steps):
        if concentration <= high:
            exact = (concentration - low) * (high_index - low_index) / (high - low) + low_index
            return int(exact.to_integral_value(ROUND_CEILING))
    return steps[-1][1]


def day_index(
    concentrations: Mapping[str, Decimal], breakpoints: Mapping[str, Sequence[Decimal]], index: Sequence[int]
) -> DayIndex | None:
    """The highest individual index of a day's pollutants; None when none of them was measured."""
    found = {
        name: sub_index(value, breakpoints[name], index)
        for name, value in concentrations.items()
        if name in breakpoints
    }
    if not found:
        return None
    value = max(found.values())
    return DayIndex(value, tuple(name for name, one in found.items() if one == value) if value > 50 else ())


def good_days(values: Iterable[int | None], good_up_to: int = 100) -> tuple[int, int]:
    """(good days, days with a valid index): numerator and denominator of the good-day ratio (优良天数比例)."""
    known = [value for value in values if value is not None]
    return sum(value <= good_up_to for value in known), len(known)
