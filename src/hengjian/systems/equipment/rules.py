"""Decisions about lifts: what the public page says, who is sent, what insurance pays, statistics. Pure.

Days are plain dates; both ends of a period are included. Shares keep numerator and denominator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import asin, cos, radians, sin, sqrt
from typing import Literal, NamedTuple

ONE_DAY = timedelta(days=1)
EARTH_KM = 6371.0088
Light = Literal["green", "amber", "red", "grey"]


# ---- what the public page says


@dataclass(frozen=True)
class Dates:
    """The days of a lift that decide whether it is in order."""

    next_inspection: date | None
    next_self_test: date | None
    next_maintenance: date | None
    insured_until: date | None


class Item(NamedTuple):
    """One of the things that must be in order.

    Attributes:
        code: inspection, self_test, maintenance, insurance.
        until: the last day on which it is in order; None: not known, or never was.
        days: days left, negative when it lapsed; None without a day.
    """

    code: str
    light: Light
    until: date | None
    days: int | None


WARN_DAYS = {"inspection": 30, "self_test": 30, "maintenance": 3, "insurance": 30}


def items(dates: Dates, today: date) -> list[Item]:
    """Inspection, maintenance, insurance, self-test, each with its colour: red from the day after the last one."""
    found = [
        _item("inspection", dates.next_inspection, today),
        _item("maintenance", dates.next_maintenance, today),
        _item("insurance", dates.insured_until, today),
    ]
    if dates.next_self_test is not None:
        found.append(_item("self_test", dates.next_self_test, today))
    return found


def _item(code: str, until: date | None, today: date) -> Item:
    if until is None:
        return Item(code, "red" if code == "insurance" else "grey", None, None)
    days = (until - today).days
    light: Light = "red" if days < 0 else "amber" if days <= WARN_DAYS[code] else "green"
    return Item(code, light, until, days)


def overall(found: Iterable[Item]) -> Light:
    """The worst colour; grey weighs less than amber."""
    order: list[Light] = ["green", "grey", "amber", "red"]
    return max((item.light for item in found), key=order.index, default="grey")


# ---- who is sent


class Point(NamedTuple):
    """Degrees, WGS 84."""

    longitude: float
    latitude: float

    @classmethod
    def read(cls, text: str) -> Point | None:
        """From "longitude,latitude"; None when it is none."""
        parts = text.replace("，", ",").split(",")
        try:
            longitude, latitude = (float(part) for part in parts)
        except ValueError:
            return None
        return cls(longitude, latitude) if abs(longitude) <= 180 and abs(latitude) <= 90 else None


def distance(one: Point, other: Point) -> float:
    """Great-circle distance in kilometres (haversine)."""
    lon1, lat1, lon2, lat2 = (radians(value) for value in (*one, *other))
    root = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(root)))


@dataclass(frozen=True)
class Body:
    """A rescue body as the ladder sees it. `kind`: maintainer, property, rescue, fire, police."""

    key: str
    name: str
    kind: str
    code: str = ""
    point: Point | None = None
    line: str = ""


@dataclass(frozen=True)
class Rung:
    """One level of the ladder: kinds in order (`rulebook` family rescue_ladder), and those owed a compensation."""

    kinds: tuple[str, ...]
    compensated: frozenset[str] = frozenset()


class Candidate(NamedTuple):
    """Somebody who can be sent.

    Attributes:
        kind: as the ladder names it: contracted, nearest, property, rescue, fire, police.
        km: distance to the lift, where both places are known.
        compensated: whether it is owed a compensation for standing in.
    """

    level: int
    kind: str
    body: Body
    km: float | None
    compensated: bool


def candidates(
    ladder: Sequence[Rung],
    bodies: Iterable[Body],
    *,
    contracted: str = "",
    user: str = "",
    at: Point | None = None,
    sent: Iterable[str] = (),
) -> list[Candidate]:
    """Everybody who can be sent, in the order in which they are: by level, kind, distance, name.

    Args:
        contracted: credit code of the maintainer under contract.
        user: credit code of the user; its own rescue body counts as `property`, others of that kind do not.
        sent: keys of those that were sent already.
    """
    done = set(sent)
    there = [body for body in bodies if body.key not in done]
    found: list[Candidate] = []
    for level, rung in enumerate(ladder, start=1):
        for kind in rung.kinds:
            fitting = [body for body in there if _fits(kind, body, contracted, user)]
            ranked = sorted(((_km(body, at), body) for body in fitting), key=lambda pair: (pair[0], pair[1].name))
            for km, body in ranked:
                known = km if km != _FAR else None
                found.append(Candidate(level, kind, body, known, kind in rung.compensated))
    return found


_FAR = float("inf")


def _km(body: Body, at: Point | None) -> float:
    return distance(body.point, at) if body.point is not None and at is not None else _FAR


def _fits(kind: str, body: Body, contracted: str, user: str) -> bool:
    if kind == "contracted":
        return bool(contracted) and body.kind == "maintainer" and body.code == contracted
    if kind == "nearest":
        return body.kind == "maintainer" and body.code != contracted
    if kind == "property":
        return body.kind == "property" and (not user or body.code == user)
    return body.kind == kind


# ---- insurance


class Period(NamedTuple):
    """Days from `start` to `end`, both included."""

    start: date
    end: date


def gaps(periods: Iterable[Period], first: date, last: date) -> list[Period]:
    """The days between `first` and `last` on which nothing insures; a gap of one day is one."""
    found: list[Period] = []
    open_from = first
    for period in sorted(periods):
        if period.end < open_from:
            continue
        if period.start > last:
            break
        if period.start > open_from:
            found.append(Period(open_from, period.start - ONE_DAY))
        open_from = max(open_from, period.end + ONE_DAY)
    if open_from <= last:
        found.append(Period(open_from, last))
    return found


def insured_until(periods: Iterable[Period], today: date) -> date | None:
    """The last day of the unbroken cover that holds today; of the latest that ended, when none does."""
    runs: list[Period] = []
    for period in sorted(periods):
        if runs and period.start <= runs[-1].end + ONE_DAY:
            runs[-1] = Period(runs[-1].start, max(runs[-1].end, period.end))
        else:
            runs.append(period)
    begun = [run for run in runs if run.start <= today]
    return begun[-1].end if begun else None


@dataclass(frozen=True)
class Limits:
    """What a policy pays at most, in yuan."""

    per_person: Decimal
    per_event: Decimal
    aggregate: Decimal


class Payable(NamedTuple):
    """What is paid and which limit held it down: person, event, aggregate or nothing ("")."""

    amount: Decimal
    limited_by: str


def payable(assessed: Decimal, persons: int, limits: Limits, paid_for_event: Decimal, paid_in_all: Decimal) -> Payable:
    """What a claim is paid: the assessed loss, within the limits per person and event and what is left in total.

    >>> limits = Limits(Decimal(100), Decimal(300), Decimal(500))
    >>> payable(Decimal(100), 1, limits, Decimal(0), Decimal(450))
    Payable(amount=Decimal('50'), limited_by='aggregate')
    """
    ceilings = (
        ("person", limits.per_person * max(persons, 1)),
        ("event", limits.per_event - paid_for_event),
        ("aggregate", limits.aggregate - paid_in_all),
    )
    amount, why = assessed, ""
    for name, ceiling in ceilings:
        if ceiling < amount:
            amount, why = max(ceiling, Decimal(0)), name
    return Payable(amount, why)


# ---- statistics


class Share(NamedTuple):
    """A part of a whole; `percent` is None where the whole is nothing."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """With two decimals, halves up.

        >>> Share(33081, 35379).percent
        Decimal('93.50')
        """
        return self.rounded(2)

    def rounded(self, places: int) -> Decimal | None:
        """The percentage with so many decimals, halves up."""
        if not self.whole:
            return None
        return (Decimal(self.part) * 100 / self.whole).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def entrapment_rate(entrapments: int, lifts: int, months: int = 1) -> Decimal | None:
    """困人率: entrapments per month and lift in use, in percent with three decimals; None without lifts.

    >>> entrapment_rate(40171, 610490, 12)
    Decimal('0.548')
    """
    if not lifts or not months:
        return None
    return (Decimal(entrapments) * 100 / months / lifts).quantize(Decimal("0.001"), ROUND_HALF_UP)


def mean(values: Iterable[float]) -> Decimal | None:
    """Arithmetic mean with one decimal; None of nothing."""
    found = list(values)
    if not found:
        return None
    return Decimal(sum(found) / len(found)).quantize(Decimal("0.1"), ROUND_HALF_UP)
