"""Grades of enterprises by points and caps: explainable, exact, the same for one and for a million.

A *model* has groups of items. Each item turns a value (a count, a sum, the last word about something) into points; the
points of a group are added to its base and kept within its bounds; the groups add up to the score; bands turn the score
into a grade; a *cap* lets a grade be at most so good whatever the score (一票否决 is the cap at the worst grade).

Values are exact decimals, texts, or None where nothing is known. Points of an item are rounded half up to two places,
so that `grade` (one enterprise, with its explanation) and `grade_many` (arrays) always agree. Higher scores are better.

Sources of the structure: GB/T 31863-2015 names the three basic groups 理念、能力、表现 but gives no public point table;
the points stand in the rulebook, marked as assumed where nobody has published them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

Value = Decimal | str | None
CENT = Decimal("0.01")
SCALE = 100  # points are kept as whole hundredths in arrays
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Test:
    """A set of values: texts out of `one_of`, or numbers within all given bounds. None lies in no set."""

    one_of: frozenset[str] = frozenset()
    at_least: Decimal | None = None
    more_than: Decimal | None = None
    at_most: Decimal | None = None
    less_than: Decimal | None = None

    def holds(self, value: Value) -> bool:
        """Whether the value lies in the set; a text never lies within numeric bounds, nor a number among texts."""
        if value is None:
            return False
        if self.one_of:
            return isinstance(value, str) and value in self.one_of
        return (
            isinstance(value, Decimal)
            and (self.at_least is None or value >= self.at_least)
            and (self.more_than is None or value > self.more_than)
            and (self.at_most is None or value <= self.at_most)
            and (self.less_than is None or value < self.less_than)
        )


Why = Literal["each", "limited", "step", "other", "missing"]


@dataclass(frozen=True, slots=True)
class Item:
    """What one feature is worth.

    Attributes:
        feature: code of the feature whose value it reads.
        each: points per unit of a number; `limit` bounds them in size (a positive number). Or
        steps: the first set that holds the value gives the points; `other` where none does.
        missing: points where the value is None.
        absent: the value of an enterprise about which nothing was found (0 for counts, None for a last word).
    """

    code: str
    feature: str
    group: str
    each: Decimal | None = None
    limit: Decimal | None = None
    steps: tuple[tuple[Test, Decimal], ...] = ()
    other: Decimal = Decimal(0)
    missing: Decimal = Decimal(0)
    absent: Value = Decimal(0)

    def points(self, value: Value) -> tuple[Decimal, Why]:
        """Points of a value, rounded half up to two places, and by which part of the item they came about."""
        if value is None:
            return _round(self.missing), "missing"
        if self.each is not None:
            if not isinstance(value, Decimal):
                raise ValueError(f"item {self.code}: points per unit need a number, not {value!r}")
            points = self.each * value
            if self.limit is not None and abs(points) > self.limit:
                return _round(self.limit.copy_sign(points)), "limited"
            return _round(points), "each"
        for test, points in self.steps:
            if test.holds(value):
                return _round(points), "step"
        return _round(self.other), "other"


@dataclass(frozen=True, slots=True)
class Group:
    """Items whose points add to `base` and stay within `least` and `most`."""

    code: str
    base: Decimal
    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Cap:
    """Where `test` holds the feature's value, the grade is `grade` at best."""

    code: str
    feature: str
    test: Test
    grade: str


@dataclass(frozen=True, slots=True)
class Band:
    """A grade from a score up; the last band has no bound."""

    grade: str
    at_least: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """One item of a score: its value, its points and why, and the facts behind the value."""

    code: str
    feature: str
    group: str
    value: Value
    points: Decimal
    why: Why
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade with everything that explains it.

    Attributes:
        by_score: the grade that the score alone would give.
        groups: group → its points after the bounds.
        caps: codes of the caps that held, in the order of the model.
    """

    grade: str
    by_score: str
    score: Decimal
    items: tuple[Scored, ...]
    groups: Mapping[str, Decimal]
    caps: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """Groups, items, caps and bands from best to worst.

    Raises:
        ValueError: it contradicts itself; the message says where.
    """

    groups: tuple[Group, ...]
    items: tuple[Item, ...]
    caps: tuple[Cap, ...]
    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        groups, grades = [one.code for one in self.groups], [one.grade for one in self.bands]
        bounds = [one.at_least for one in self.bands[:-1]]
        if len(set(groups)) != len(groups) or len(set(grades)) != len(grades) or len(grades) < 2:
            raise ValueError("groups and grades must differ, and there must be two grades or more")
        if self.bands[-1].at_least is not None or None in bounds:
            raise ValueError("every band but the last needs a bound, the last has none")
        known = [bound for bound in bounds if bound is not None]
        if known != sorted(set(known), reverse=True):
            raise ValueError("bounds must go down from band to band")
        for item in self.items:
            if item.group not in groups:
                raise ValueError(f"item {item.code}: no group {item.group}")
            if (item.each is None) == (not item.steps):
                raise ValueError(f"item {item.code}: give either points per unit or steps")
        for cap in self.caps:
            if cap.grade not in grades:
                raise ValueError(f"cap {cap.code}: no grade {cap.grade}")
        codes = [*(item.code for item in self.items), *(cap.code for cap in self.caps)]
        if len(set(codes)) != len(codes):
            raise ValueError("items and caps must differ in their codes")
        if any(not group.least <= group.base <= group.most for group in self.groups):
            raise ValueError("the base of a group must lie within its bounds")

    @cached_property
    def grades(self) -> tuple[str, ...]:
        """From best to worst."""
        return tuple(band.grade for band in self.bands)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Codes of all features that the model reads, once each."""
        return tuple(dict.fromkeys([*(item.feature for item in self.items), *(cap.feature for cap in self.caps)]))

    def absent(self, feature: str) -> Value:
        """The value of a feature about which nothing was found."""
        return next((item.absent for item in self.items if item.feature == feature), None)

    def by_score(self, score: Decimal) -> str:
        """The grade of a score alone."""
        for band in self.bands:
            if band.at_least is None or score >= band.at_least:
                return band.grade
        raise AssertionError("the last band always holds")


def grade(model: Model, values: Mapping[str, Value], facts: Mapping[str, Sequence[str]] | None = None) -> Graded:
    """Grade one enterprise.

    Args:
        values: feature → value; a feature that is not named has its item's `absent`.
        facts: feature → what stands behind the value; kept with the item.
    """
    behind = facts or {}
    items = []
    sums = {group.code: group.base for group in model.groups}
    for item in model.items:
        value = values.get(item.feature, item.absent)
        points, why = item.points(value)
        sums[item.group] += points
        items.append(
            Scored(item.code, item.feature, item.group, value, points, why, tuple(behind.get(item.feature, ())))
        )
    kept = {group.code: min(max(sums[group.code], group.least), group.most) for group in model.groups}
    score = sum(kept.values(), Decimal(0))
    by_score = model.by_score(score)
    held = [cap for cap in model.caps if cap.test.holds(values.get(cap.feature, model.absent(cap.feature)))]
    rank = max([model.grades.index(name) for name in (by_score, *(cap.grade for cap in held))])
    return Graded(model.grades[rank], by_score, score, tuple(items), kept, tuple(cap.code for cap in held))


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of one feature: `values[i]` belongs to the enterprise at `rows[i]`; each row at most once."""

    rows: Ints
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Many:
    """Grades of many enterprises in one order.

    Attributes:
        grades: place of the grade in `Model.grades`.
        scores: hundredths of a point.
    """

    grades: npt.NDArray[np.int8]
    scores: Ints


def grade_many(model: Model, size: int, columns: Mapping[str, Column]) -> Many:
    """Grade `size` enterprises at once; the same result as `grade` for each of them.

    Points are looked up once per different value, so that the exact arithmetic of `Item.points` holds here too.
    """
    sums = {group.code: np.full(size, _hundredths(group.base), dtype=np.int64) for group in model.groups}
    for item in model.items:
        usual = _hundredths(item.points(item.absent)[0])
        sums[item.group] += usual
        column = columns.get(item.feature)
        if column is not None and len(column.rows):
            memo: dict[Value, int] = {}
            for value in set(column.values):
                memo[value] = _hundredths(item.points(value)[0]) - usual
            sums[item.group][column.rows] += np.fromiter((memo[value] for value in column.values), dtype=np.int64)
    scores = np.zeros(size, dtype=np.int64)
    for group in model.groups:
        scores += np.clip(sums[group.code], _hundredths(group.least), _hundredths(group.most))
    bounds = np.array([_hundredths(band.at_least) for band in model.bands if band.at_least is not None], dtype=np.int64)
    # Bounds go down: the number of bounds above a score is the place of its grade.
    grades = (len(bounds) - np.searchsorted(bounds[::-1], scores, side="right")).astype(np.int8)
    for cap in model.caps:
        rank = model.grades.index(cap.grade)
        column = columns.get(cap.feature)
        held = np.full(size, cap.test.holds(model.absent(cap.feature)))
        if column is not None and len(column.rows):
            memo_held = {value: cap.test.holds(value) for value in set(column.values)}
            held[column.rows] = np.fromiter((memo_held[value] for value in column.values), dtype=bool)
        grades[held] = np.maximum(grades[held], np.int8(rank))
    return Many(grades, scores)


def score_of(hundredths: int) -> Decimal:
    """The score of `Many.scores` as a decimal with two places."""
    return Decimal(int(hundredths)).scaleb(-2)


def _round(points: Decimal) -> Decimal:
    return points.quantize(CENT, ROUND_HALF_UP) + 0  # no negative zero


def _hundredths(points: Decimal) -> int:
    scaled = points * SCALE
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{points} has more than two places")
    return int(scaled)
