"""Acceptance sampling by attributes: plans by lot size and AQL, operating characteristics, declared levels.

The single-plan tables are generated from the rule that they follow, not stored: with letters and the preferred AQL
values in order, the acceptance number depends only on how far the AQL lies from the letter's own. That rule is data
(rulebook family `acceptance_sampling`). Normal and tightened single plans of ISO 2859-1:1999 (GB/T 2828.1-2012) and
MIL-STD-105E agree with it; reduced plans do not and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any, Literal, Protocol

from hengjian.methods.later import later

stats: Any = later("scipy.stats")
optimize: Any = later("scipy.optimize")


Severity = Literal["normal", "tightened"]
Model = Literal["binomial", "hypergeometric", "poisson"]


class LotRow(Protocol):
    """Code letters of lots up to a size, one for each inspection level; None: all larger ones."""

    @property
    def up_to(self) -> int | None: ...
    @property
    def letters(self) -> str: ...


class NumberRow(Protocol):
    """Acceptance numbers by distance; the first stands where letter and AQL add up to `first`, counted from 0."""

    @property
    def first(self) -> int: ...
    @property
    def numbers(self) -> Sequence[int | str]: ...
    @property
    def small(self) -> Sequence[int]: ...


class Tables(Protocol):
    """What a scheme sets (`rulebook.parameters.acceptance_sampling` says what each field means)."""

    @property
    def sizes(self) -> Mapping[str, int]: ...
    @property
    def only_tightened(self) -> Sequence[str]: ...
    @property
    def levels_of_quality(self) -> Sequence[float]: ...
    @property
    def inspection_levels(self) -> Sequence[str]: ...
    @property
    def lots(self) -> Sequence[LotRow]: ...
    @property
    def normal(self) -> NumberRow: ...
    @property
    def tightened(self) -> NumberRow: ...
    @property
    def small_up_to(self) -> str: ...


@dataclass(frozen=True)
class Plan:
    """A single sampling plan: inspect `n`, accept with at most `accept` nonconforming."""

    n: int
    accept: int
    letter: str = ""

    @property
    def reject(self) -> int:
        return self.accept + 1


def code_letter(lot: int, tables: Tables, level: str = "II") -> str:
    """Sample size code letter of a lot.

    Raises:
        ValueError: the lot has fewer than two units, or there is no such level.
    """
    if lot < 2:
        raise ValueError(f"a lot of {lot} cannot be sampled; inspect it whole")
    levels = list(tables.inspection_levels)
    if level not in levels:
        raise ValueError(f"no inspection level {level!r}; there are {', '.join(levels)}")
    letters = next(row.letters for row in tables.lots if row.up_to is None or lot <= row.up_to)
    return letters[levels.index(level)]


def single_plan(letter: str, aql: float, tables: Tables, severity: Severity = "normal") -> Plan:
    """The single plan of a code letter and an AQL; arrows are followed to the next plan, size and numbers together.

    Raises:
        ValueError: no such letter or AQL.
    """
    letters = [name for name in tables.sizes if severity == "tightened" or name not in tables.only_tightened]
    limits = list(tables.levels_of_quality)
    if letter not in letters:
        raise ValueError(f"no code letter {letter!r} for {severity} inspection")
    if aql not in limits:
        raise ValueError(f"AQL {aql:g} is not a preferred value; there are {', '.join(f'{item:g}' for item in limits)}")
    row, column = (tables.normal if severity == "normal" else tables.tightened), limits.index(aql)
    small = letters.index(tables.small_up_to)
    at, step = letters.index(letter), 0
    while True:
        numbers = [*row.numbers, *(row.small if at <= small else ())]
        distance = column - (row.first - at)
        cell = "down" if distance < 0 else "up" if distance >= len(numbers) else numbers[distance]
        if isinstance(cell, int):
            return Plan(tables.sizes[letters[at]], cell, letters[at])
        # An arrow that leaves the table turns round, and a path that has begun keeps its direction.
        step = step or (1 if cell == "down" else -1)
        if not 0 <= at + step < len(letters):
            step = -step
        at += step


def acceptance_probability(plan: Plan, share: float, *, model: Model = "binomial", lot: int | None = None) -> float:
    """Probability that a lot with this share nonconforming is accepted.

    Args:
        share: nonconforming share in [0, 1]; for "poisson" nonconformities per unit.
        model: "hypergeometric" needs the lot size and takes round(lot·share) nonconforming units.

    Raises:
        ValueError: share below 0 (or above 1 where it is a share), or no lot for the hypergeometric model.
    """
    if share < 0 or (share > 1 and model != "poisson"):
        raise ValueError(f"a share of {share} is not possible")
    if model == "poisson":
        return float(stats.poisson.cdf(plan.accept, plan.n * share))
    if model == "hypergeometric":
        if lot is None or lot < plan.n:
            raise ValueError("the hypergeometric model needs a lot at least as large as the sample")
        return float(stats.hypergeom.cdf(plan.accept, lot, round(lot * share), plan.n))
    return float(stats.binom.cdf(plan.accept, plan.n, share))


def quality_at(plan: Plan, probability: float) -> float:
    """The share nonconforming that is accepted with this probability (0.10: the consumer's risk quality), binomial."""
    if not 0 < probability < 1:
        raise ValueError(f"a probability of {probability} is not between 0 and 1")
    return float(optimize.brentq(lambda share: acceptance_probability(plan, share) - probability, 0.0, 1.0, xtol=1e-14))


def find_plan(producer: tuple[float, float], consumer: tuple[float, float], *, largest: int = 100_000) -> Plan:
    """The smallest single plan through two points (quality, at least / at most this acceptance probability), binomial.

    Args:
        producer: (good quality, least probability of acceptance), e.g. (0.05, 0.95).
        consumer: (bad quality, highest probability of acceptance), e.g. (0.15, 0.075).

    Raises:
        ValueError: the points are the wrong way round, or no plan up to `largest` fits.
    """
    good, keep = producer
    bad, leave = consumer
    if not (0 <= good < bad <= 1 and 0 < leave < keep < 1):
        raise ValueError("the producer's quality must be better, and its probability higher, than the consumer's")
    for accept in range(largest):
        # The smallest sample that turns the bad lot away with this number; it must still let the good one through.
        low, high = accept + 1, largest
        if stats.binom.cdf(accept, high, bad) > leave:
            break
        while low < high:
            middle = (low + high) // 2
            if stats.binom.cdf(accept, middle, bad) <= leave:
                high = middle
            else:
                low = middle + 1
        if stats.binom.cdf(accept, low, good) >= keep:
            return Plan(low, accept)
    raise ValueError(f"no plan with at most {largest} units fits both points")


@dataclass(frozen=True)
class MultiplePlan:
    """Stages of (units, accept up to, reject from); an accept number of -1 cannot accept at that stage."""

    stages: tuple[tuple[int, int, int], ...]

    def characteristics(self, share: float) -> tuple[float, float]:
        """(probability of acceptance, average sample number) at a share nonconforming, binomial."""
        accepted, units = 0.0, 0.0
        alive: dict[int, float] = {0: 1.0}
        for n, accept, reject in self.stages:
            units += n * sum(alive.values())
            following: dict[int, float] = {}
            for found, weight in alive.items():
                for more in range(n + 1):
                    chance = weight * float(stats.binom.pmf(more, n, share))
                    total = found + more
                    if total <= accept:
                        accepted += chance
                    elif total < reject:
                        following[total] = following.get(total, 0.0) + chance
            alive = following
        return accepted, units


Verdict = Literal["contradicted", "not_contradicted"]


@dataclass(frozen=True)
class DeclaredLevel:
    """A check of a declared quality level: up to `limit` nonconforming of `n` do not contradict the declaration.

    Attributes:
        declared: the share nonconforming that was declared.
        risk: probability of contradicting a true declaration.
        limiting_quality: share nonconforming that goes uncontradicted with probability 0.10.
        population: the audited population where it is small, else None.
    """

    n: int
    limit: int
    declared: float
    risk: float
    limiting_quality: float
    population: int | None = None

    @property
    def ratio(self) -> float:
        """Limiting quality ratio: how many times the declared share it takes to be found out nine times in ten."""
        return self.limiting_quality / self.declared

    def verdict(self, found: int) -> Verdict:
        """What `found` nonconforming units say.

        "contradicted": the declaration does not hold. "not_contradicted" says no more than that: it never confirms the
        declared level.
        """
        if not 0 <= found <= self.n:
            raise ValueError(f"{found} of {self.n} units")
        return "contradicted" if found > self.limit else "not_contradicted"


def declared_level(n: int, limit: int, declared: float, *, population: int | None = None) -> DeclaredLevel:
    """What a check says about a declared quality level (ISO 2859-4, GB/T 2828.4).

    Args:
        population: number of units audited, where it is small: then hypergeometric with floor(population·declared)
            nonconforming units (the question of GB/T 2828.11, whose own tables may differ); else binomial.

    Raises:
        ValueError: the declared share is outside (0, 1), the limit is not below n, or n above the population.
    """
    if not 0 < declared < 1 or not 0 <= limit < n or (population is not None and n > population):
        raise ValueError(f"declared share {declared}, limit {limit} of {n}: not a check")
    plan = Plan(n, limit)
    if population is None:
        return DeclaredLevel(n, limit, declared, 1 - acceptance_probability(plan, declared), quality_at(plan, 0.10))
    risk = float(stats.hypergeom.sf(limit, population, _nonconforming(population, declared), n))
    # The probability of going uncontradicted falls with every nonconforming unit of the population.
    low, high = 0, population
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if stats.hypergeom.cdf(limit, population, middle, n) <= 0.10 else (middle + 1, high)
    return DeclaredLevel(n, limit, declared, risk, low / population, population)


def _nonconforming(population: int, share: float) -> int:
    return floor(population * share + 1e-9)


def largest_sample(limit: int, declared: float, risk: float = 0.05, *, population: int | None = None) -> int:
    """The largest sample whose risk of contradicting a true declaration stays within `risk`.

    Args:
        population: audited population; then hypergeometric with floor(population·declared) nonconforming units
            (GB/T 2828.11's question; its own tables may differ).

    Raises:
        ValueError: even the smallest sample exceeds the risk.
    """

    def too_risky(n: int) -> bool:
        if population is None:
            return float(stats.binom.sf(limit, n, declared)) > risk
        # A hair of tolerance: 5 of 100 with one nonconforming is exactly 5 %.
        return float(stats.hypergeom.sf(limit, population, _nonconforming(population, declared), n)) > risk + 1e-12

    most = population if population is not None else 10_000_000
    low, high = limit + 1, most
    if too_risky(low):
        raise ValueError(f"one sample of {low} already exceeds the risk of {risk:g}")
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (low, middle - 1) if too_risky(middle) else (middle, high)
    return low


def operating_curve(plan: Plan, shares: Sequence[float]) -> list[tuple[float, float]]:
    """(share nonconforming, probability of acceptance) for a chart."""
    return [(share, acceptance_probability(plan, share)) for share in shares]
