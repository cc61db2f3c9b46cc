"""Beside a model of rules: is the population stable, who moved, and how a fitted challenger is put on the same scale.

Population stability index: PSI = Σ (a − e) · ln(a / e) over the grades, a and e the shares now and before. Scorecard:
points = A − B · ln(odds), B = PDO / ln 2, odds of bad to good; so many points fewer double the odds. Shares and
logarithms are floats: these are diagnostics, never a grade.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# A grade that nobody has would make the logarithm infinite; so small a share does not move the sum.
LEAST_SHARE = 1e-4


@dataclass(frozen=True, slots=True)
class Stability:
    """PSI and the part of each grade: grade → (share before, share now, its part of the index)."""

    index: float
    parts: Mapping[str, tuple[float, float, float]]


def stability(before: Mapping[str, int], now: Mapping[str, int]) -> Stability | None:
    """The population stability index of two counts by grade; None where one of them counts nobody.

    >>> round(stability({"A": 50, "B": 50}, {"A": 50, "B": 50}).index, 6)
    0.0
    """
    total_before, total_now = sum(before.values()), sum(now.values())
    if not total_before or not total_now:
        return None
    parts = {}
    for name in dict.fromkeys([*before, *now]):
        was, is_ = before.get(name, 0) / total_before, now.get(name, 0) / total_now
        e, a = max(was, LEAST_SHARE), max(is_, LEAST_SHARE)
        parts[name] = (was, is_, (a - e) * math.log(a / e))
    return Stability(math.fsum(part for _was, _is, part in parts.values()), parts)


def migration(pairs: Iterable[tuple[str, str, int]], order: Sequence[str]) -> list[list[int]]:
    """Row = grade before, column = grade now, in the given order; pairs are (before, now, how many).

    Raises:
        ValueError: a grade that is not in the order.
    """
    place = {name: number for number, name in enumerate(order)}
    matrix = [[0] * len(order) for _name in order]
    for before, now, count in pairs:
        if before not in place or now not in place:
            raise ValueError(f"grade {before if before not in place else now!r} is not one of {', '.join(order)}")
        matrix[place[before]][place[now]] += count
    return matrix


@dataclass(frozen=True, slots=True)
class Scaling:
    """points = A − B · ln(odds of bad to good).

    Attributes:
        points: what `odds` are worth.
        odds: bad to good, above 0.
        double: PDO: so many points fewer double the odds, above 0.
    """

    points: float
    odds: float
    double: float

    def __post_init__(self) -> None:
        if self.odds <= 0 or self.double <= 0:
            raise ValueError("odds and PDO must be above 0")

    @property
    def b(self) -> float:
        return self.double / math.log(2)

    @property
    def a(self) -> float:
        return self.points + self.b * math.log(self.odds)

    def points_of(self, odds: float) -> float:
        """Points of odds of bad to good."""
        if odds <= 0:
            raise ValueError("odds must be above 0")
        return self.a - self.b * math.log(odds)

    def odds_of(self, points: float) -> float:
        return math.exp((self.a - points) / self.b)

    def probability_of(self, points: float) -> float:
        """The probability of bad."""
        odds = self.odds_of(points)
        return odds / (1 + odds)


@dataclass(frozen=True, slots=True)
class Bin:
    """Enterprises whose feature lies in one range: how many turned out bad, how many good."""

    name: str
    bad: int
    good: int


def weights_of_evidence(bins: Sequence[Bin], add: float = 0.5) -> tuple[dict[str, float], float]:
    """WOE = ln(share of good / share of bad) per bin, and the information value of the feature.

    `add` is put to both counts of a bin in which one is 0.

    Raises:
        ValueError: no bad or no good at all.
    """
    bad, good = sum(one.bad for one in bins), sum(one.good for one in bins)
    if not bad or not good:
        raise ValueError("weights of evidence need bad and good cases")
    weights, value = {}, []
    for one in bins:
        more = add if not one.bad or not one.good else 0.0
        share_bad, share_good = (one.bad + more) / bad, (one.good + more) / good
        weights[one.name] = math.log(share_good / share_bad)
        value.append((share_good - share_bad) * weights[one.name])
    return weights, math.fsum(value)


@dataclass(frozen=True, slots=True)
class Separation:
    """How well a score parts bad from good: KS (0 to 1), Gini = 2 · AUC − 1, and the counts."""

    ks: float
    gini: float
    bad: int
    good: int


def separation(scores: Sequence[float], bad: Sequence[bool]) -> Separation:
    """KS and Gini of scores (higher is better) against outcomes.

    Raises:
        ValueError: different lengths, or no bad or no good.
    """
    if len(scores) != len(bad):
        raise ValueError("one outcome per score")
    counts: dict[float, list[int]] = {}
    for score, is_bad in zip(scores, bad, strict=True):
        counts.setdefault(score, [0, 0])[0 if is_bad else 1] += 1
    return separation_of({score: (both[0], both[1]) for score, both in counts.items()})


def separation_of(counts: Mapping[float, tuple[int, int]]) -> Separation:
    """The same from how many (bad, good) have each score.

    Raises:
        ValueError: no bad or no good.
    """
    bads, goods = (sum(both[which] for both in counts.values()) for which in (0, 1))
    if not bads or not goods:
        raise ValueError("separation needs bad and good cases")
    seen_bad = seen_good = 0
    ks = area = 0.0
    for score in sorted(counts):
        here_bad, here_good = counts[score]
        area += here_good * (seen_bad + here_bad / 2)  # ties count half
        seen_bad, seen_good = seen_bad + here_bad, seen_good + here_good
        ks = max(ks, abs(seen_bad / bads - seen_good / goods))
    return Separation(ks, 2 * area / (bads * goods) - 1, bads, goods)
