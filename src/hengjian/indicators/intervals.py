"""Where the interval beside a value comes from: inputs, formula, source, and the same computed again from the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import NormalDist
from typing import Literal

from hengjian.indicators.declarations import Definition
from hengjian.indicators.models import Observation
from hengjian.indicators.rules import METHODS, Interval, interval

Z = NormalDist().inv_cdf(0.975)  # of 95 %


@dataclass(frozen=True)
class Explained:
    """One interval.

    Attributes:
        method: `wilson` and `exact` are computed from the counts; `given` came with the value, from the procedure that
            concluded with it.
        ends: lower and upper end in the unit of the value.
        own: whether the value keeps it; else pages compute it from the value's counts.
        again: the same from the counts; None where it is `given`.
        steps: of Wilson's formula: share, centre and half width in per cent.
    """

    method: Literal["wilson", "exact", "given"]
    ends: Interval
    own: bool
    again: Interval | None = None
    steps: Sequence[float] = ()

    @property
    def same(self) -> bool:
        return self.again is None or self.again == self.ends


def explained(row: Observation, declared: Definition) -> Explained | None:
    """The interval of a value; None where it has none: a full count, an amount, parts that are no counts."""
    stored = (row.low, row.high) if row.low is not None and row.high is not None else None
    method: Literal["wilson", "exact"] = "exact" if declared.interval == "exact" else "wilson"
    if stored is not None and declared.interval not in METHODS:
        return Explained("given", stored, own=True)
    computed = None
    if declared.scale == "percent" and row.numerator is not None:
        computed = interval(method, row.numerator, row.denominator)
    if computed is None:
        return Explained("given", stored, own=True) if stored is not None else None
    steps = wilson_steps(row.numerator, row.denominator) if method == "wilson" else ()
    return Explained(method, stored or computed, stored is not None, computed, steps)


def wilson_steps(numerator: Decimal | None, denominator: Decimal | None) -> tuple[float, float, float]:
    """Share, centre and half width of the score interval in per cent (E. B. Wilson, JASA 22 (1927) 209)."""
    assert numerator is not None and denominator
    trials = float(denominator)
    share = float(numerator) / trials
    narrower = 1 + Z * Z / trials
    centre = (share + Z * Z / (2 * trials)) / narrower
    half = Z / narrower * sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    return share * 100, centre * 100, half * 100
