"""Like-for-like: two times compared over what was looked at in both. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hengjian.methods.ratios import Ratio
from hengjian.methods.statistics.proportions import wilson_interval

Parts = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Panel:
    """Both times over the common parts.

    Attributes:
        common: parts that both times have; `share`: how much of the present whole they are, in per cent.
    """

    common: tuple[str, ...]
    before: Ratio
    now: Ratio
    share: Ratio

    @property
    def change(self) -> Decimal | None:
        """In percentage points."""
        first, last = self.before.percent(4), self.now.percent(4)
        return None if first is None or last is None else last - first


def like_for_like(before: Mapping[str, Parts], now: Mapping[str, Parts]) -> Panel | None:
    """None: nothing was looked at both times."""
    common = tuple(sorted(name for name in now if name in before and now[name][1] and before[name][1]))
    if not common:
        return None
    whole = sum((each[1] for each in now.values()), Decimal(0))
    return Panel(
        common,
        _sum(before[name] for name in common),
        _sum(now[name] for name in common),
        Ratio(sum((now[name][1] for name in common), Decimal(0)), whole),
    )


def _sum(parts: Iterable[Parts]) -> Ratio:
    pairs = list(parts)
    return Ratio(sum((each[0] for each in pairs), Decimal(0)), sum((each[1] for each in pairs), Decimal(0)))


def wilson_percent(numerator: Decimal, denominator: Decimal) -> tuple[Decimal, Decimal] | None:
    """The 95 % Wilson interval of a count in per cent; None where the parts are no counts."""
    whole = denominator == denominator.to_integral_value() and numerator == numerator.to_integral_value()
    if not whole or not 0 <= numerator <= denominator or not denominator:
        return None
    low, high = wilson_interval(int(numerator), int(denominator))
    return Decimal(repr(low * 100)), Decimal(repr(high * 100))
