"""What a change of a rate comes from: the rates of its parts, or their shares. Pure.

After E. M. Kitagawa (Journal of the American Statistical Association 50 (1955) 1168), without a rest: with w the share
of a part in the whole and r its rate, Δ = Σ Δr·(w₀+w₁)/2 + Σ Δw·(r₀+r₁)/2. The second sum is taken against the mean
rate of both times, so that a part with an average rate contributes nothing by growing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

#: Numerator and denominator.
Parts = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Contribution:
    """What one part adds to the change of the whole, in the unit of the rate (1 = 100 %).

    Attributes:
        rate: because its own rate changed. mix: because its share of the whole changed.
    """

    part: str
    rate: Decimal
    mix: Decimal

    @property
    def total(self) -> Decimal:
        return self.rate + self.mix


def contributions(before: Mapping[str, Parts], now: Mapping[str, Parts]) -> list[Contribution]:
    """One per part of either time, the largest first; they add up to the change of the whole.

    A part that is new or gone has no change of rate of its own: it contributes by its share alone.

    Raises:
        ValueError: a time without any denominator.
    """
    wholes = [_whole(before), _whole(now)]
    mean = sum((part / whole for part, whole in wholes), Decimal(0)) / 2
    result = []
    for name in dict.fromkeys([*before, *now]):
        (share0, rate0), (share1, rate1) = (
            _share(times.get(name), whole[1]) for times, whole in zip((before, now), wholes, strict=True)
        )
        first = rate0 if rate0 is not None else rate1
        last = rate1 if rate1 is not None else rate0
        if first is None or last is None:
            continue
        rate = (last - first) * (share0 + share1) / 2
        mix = (share1 - share0) * ((first + last) / 2 - mean)
        result.append(Contribution(name, rate, mix))
    return sorted(result, key=lambda each: (-abs(each.total), each.part))


def _whole(parts: Mapping[str, Parts]) -> Parts:
    numerator = sum((each[0] for each in parts.values()), Decimal(0))
    denominator = sum((each[1] for each in parts.values()), Decimal(0))
    if not denominator:
        raise ValueError("nothing to divide by: no part has a denominator")
    return numerator, denominator


def _share(parts: Parts | None, whole: Decimal) -> tuple[Decimal, Decimal | None]:
    """Share of the whole, and rate."""
    if parts is None or not parts[1]:
        return Decimal(0), None
    return parts[1] / whole, parts[0] / parts[1]
