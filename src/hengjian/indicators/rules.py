"""Arithmetic of indicators: what may be added to what, and how regions make up a whole. Pure.

A percentage and an index point are different types. Shares are added by their parts, never averaged; index points and
scores are not added at all; numbers of different scales never meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import ClassVar, Self

from hengjian.indicators.declarations import Scale
from hengjian.methods.statistics.proportions import exact_interval, wilson_interval

PLACES = Decimal("0.0000000001")  # as many as values are stored with


class NotAddable(TypeError):
    """The two numbers have no sum or mean that means something."""


@dataclass(frozen=True)
class Quantity:
    """A number of one scale."""

    scale: ClassVar[Scale]

    @property
    def value(self) -> Decimal | None:
        """The figure as it is shown; None where there is nothing to divide by."""
        raise NotImplementedError

    def __add__(self, other: object) -> Self:
        raise NotAddable(f"{self.scale} values cannot be added")

    def _same(self, other: object) -> Self:
        if not isinstance(other, type(self)):
            told = other.scale if isinstance(other, Quantity) else type(other).__name__
            raise NotAddable(f"a {self.scale} and a {told} are different things")
        return other

    @staticmethod
    def mean(values: Sequence[Quantity], weights: Sequence[Decimal]) -> Decimal | None:
        """The weighted mean of numbers of one scale that has one (index points, scores).

        Raises:
            NotAddable: the scales differ, or they are shares or counts, whose parts must be added instead.
            ValueError: lengths differ, or a weight is negative.
        """
        if len(values) != len(weights) or any(weight < 0 for weight in weights):
            raise ValueError("as many weights as values, none negative")
        kinds = {type(item) for item in values}
        if len(kinds) > 1:
            raise NotAddable("different scales: " + ", ".join(sorted(kind.scale for kind in kinds)))
        if kinds and not kinds <= {IndexPoint, Score}:
            raise NotAddable(f"{kinds.pop().scale} values are not averaged: add their parts")
        known = [(item.value, weight) for item, weight in zip(values, weights, strict=True) if item.value is not None]
        total = sum((weight for _value, weight in known), Decimal(0))
        if not total:
            return None
        return sum((value * weight for value, weight in known), Decimal(0)) / total


@dataclass(frozen=True)
class Share(Quantity):
    """A part of a whole; sums add parts to parts and wholes to wholes."""

    numerator: Decimal
    denominator: Decimal
    times: ClassVar[int] = 1

    @property
    def value(self) -> Decimal | None:
        if not self.denominator:
            return None
        return (self.numerator * self.times / self.denominator).quantize(PLACES, ROUND_HALF_UP)

    def __add__(self, other: object) -> Self:
        more = self._same(other)
        return type(self)(self.numerator + more.numerator, self.denominator + more.denominator)


class Percent(Share):
    """93.5 is 93.5 %."""

    scale = "percent"
    times = 100


class Rate(Share):
    """So much per one unit of the denominator."""

    scale = "ratio"


class Mean(Share):
    """A sum over its number of cases."""

    scale = "mean"


@dataclass(frozen=True)
class Plain(Quantity):
    """A number without parts."""

    amount: Decimal

    @property
    def value(self) -> Decimal | None:
        return self.amount


class Count(Plain):
    """How many."""

    scale = "count"

    def __add__(self, other: object) -> Self:
        return type(self)(self.amount + self._same(other).amount)


class Amount(Plain):
    """How much."""

    scale = "amount"

    def __add__(self, other: object) -> Self:
        return type(self)(self.amount + self._same(other).amount)


class IndexPoint(Plain):
    """A point of an index."""

    scale = "index_point"


class Score(Plain):
    """A score."""

    scale = "score"


SHARE_TYPES: Mapping[str, type[Share]] = {kind.scale: kind for kind in (Percent, Rate, Mean)}
PLAIN_TYPES: Mapping[str, type[Plain]] = {kind.scale: kind for kind in (Count, Amount, IndexPoint, Score)}


def quantity(scale: Scale, numerator: Decimal, denominator: Decimal | None = None) -> Quantity:
    """The number of a scale: from its parts, or from the one number that it is.

    Raises:
        ValueError: a share without denominator.
    """
    if scale in PLAIN_TYPES:
        return PLAIN_TYPES[scale](numerator)
    if denominator is None:
        raise ValueError(f"a {scale} needs a denominator")
    return SHARE_TYPES[scale](numerator, denominator)


Parts = tuple[Decimal, Decimal | None]
Interval = tuple[Decimal, Decimal]
METHODS: Mapping[str, Callable[[int, int], tuple[float, float]]] = {"wilson": wilson_interval, "exact": exact_interval}


def interval(method: str, numerator: Decimal, denominator: Decimal | None) -> Interval | None:
    """The 95 % interval of a percentage of counts; None where it has none (no counts, nothing inspected)."""
    if method not in METHODS or not denominator:
        return None
    if numerator != int(numerator) or denominator != int(denominator) or not 0 <= numerator <= denominator:
        return None
    low, high = METHODS[method](int(numerator), int(denominator))
    return tuple(Decimal(repr(end * 100)).quantize(PLACES) for end in (low, high))  # type: ignore[return-value]


@dataclass(frozen=True)
class Tree:
    """Regions above each region, by code: `above["991101"] == ("991100", "990000")`."""

    above: Mapping[str, tuple[str, ...]]

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """Region → the regions directly below."""
        found: dict[str, list[str]] = {}
        for code, chain in self.above.items():
            if chain:
                found.setdefault(chain[0], []).append(code)
        return found


def add_up(rows: Mapping[str, Parts], tree: Tree) -> dict[str, Parts]:
    """Parts of each region and of every region above it; rows are disjoint (each thing counted in one of them)."""
    found: dict[str, list[Decimal | None]] = {}
    for region, (numerator, denominator) in rows.items():
        for code in (region, *tree.above.get(region, ())):
            held = found.setdefault(code, [Decimal(0), None])
            held[0] = (held[0] or Decimal(0)) + numerator
            if denominator is not None:
                held[1] = (held[1] or Decimal(0)) + denominator
    return {code: (numerator or Decimal(0), denominator) for code, (numerator, denominator) in found.items()}


def add_up_reported(rows: Mapping[str, Parts], tree: Tree) -> dict[str, Parts]:
    """As `add_up` for figures that a region may also report as a whole: its own figure then stands for all below."""
    children = tree.children
    done: dict[str, Parts | None] = {}

    def total(code: str) -> Parts | None:
        if code not in done:
            below = [part for child in children.get(code, ()) if (part := total(child)) is not None]
            done[code] = rows.get(code) or (_summed(below) if below else None)
        return done[code]

    wanted = {code for region in rows for code in (region, *tree.above.get(region, ()))}
    return {code: parts for code in sorted(wanted) if (parts := total(code)) is not None}


def _summed(parts: Iterable[Parts]) -> Parts:
    numerators, denominators = zip(*parts, strict=True)
    known = [item for item in denominators if item is not None]
    return sum(numerators, Decimal(0)), sum(known, Decimal(0)) if known else None


def cumulate(series: Sequence[tuple[int, Parts]]) -> list[Parts]:
    """Running sums within each year: (year, parts) in order of time."""
    found: list[Parts] = []
    year, numerator, denominator = None, Decimal(0), None
    for at, (more, whole) in series:
        if at != year:
            year, numerator, denominator = at, Decimal(0), None
        numerator += more
        if whole is not None:
            denominator = (denominator or Decimal(0)) + whole
        found.append((numerator, denominator))
    return found
