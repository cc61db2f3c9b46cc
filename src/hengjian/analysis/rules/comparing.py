"""What may be compared, what changed, and where a region stands. Pure.

A rank is an interval: two regions whose intervals overlap are not told apart. A change smaller than what the intervals
leave open is said to be that; values under different editions of a rule, different versions of a definition, or of
different selections are never subtracted without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from hengjian.analysis.rules.reading import Reading

Verdict = Literal["better", "worse", "same", "within", "moved", "unlike"]
Side = Literal["ahead", "level", "behind"]
MOST_REGIONS, FEWEST_REGIONS = 6, 2


class NotComparable(ValueError):
    """Figures that must not stand on one axis. `problem` says which way: "family", "scale", "one", "many"."""

    def __init__(self, problem: str, names: Sequence[str] = ()) -> None:
        super().__init__(f"{problem}: {', '.join(names)}")
        self.problem, self.names = problem, tuple(names)


@dataclass(frozen=True)
class Change:
    """From an earlier value to this one.

    Attributes:
        amount: in the unit of the figure: percentage points, index points, pieces.
        verdict: `within` what the intervals leave open; `moved`: higher or lower without being better or worse (no
            direction, or other objects were chosen by risk); `unlike`: not comparable, see `why`.
        why: "edition", "version" or "selection".
    """

    amount: Decimal
    verdict: Verdict
    why: str = ""


def change(now: Reading, before: Reading | None) -> Change | None:
    """None: one of the two has no value."""
    if before is None or now.value is None or before.value is None:
        return None
    amount = now.value - before.value
    if now.edition != before.edition:
        return Change(amount, "unlike", "edition")
    if now.version != before.version and now.version and before.version:
        return Change(amount, "unlike", "version")
    if not amount:
        return Change(amount, "same")
    if now.selection == "risk_oriented":
        return Change(amount, "moved", "selection")
    widths = [half for half in (now.half_width, before.half_width) if half is not None]
    if widths and amount**2 <= sum((half**2 for half in widths), Decimal(0)):
        return Change(amount, "within")
    if now.direction not in ("higher", "lower"):
        return Change(amount, "moved")
    return Change(amount, "better" if (amount > 0) == (now.direction == "higher") else "worse")


def gap(reading: Reading, target: Decimal) -> Decimal | None:
    """How much is missing to a target, in the figure's own unit; zero or less: it is reached. None: no value."""
    if reading.value is None:
        return None
    return reading.value - target if reading.direction == "lower" else target - reading.value


@dataclass(frozen=True)
class Standing:
    """The places that a region may have among `of` regions: from `best` to `worst`."""

    best: int
    worst: int
    of: int

    @property
    def exact(self) -> bool:
        return self.best == self.worst


def standing(own: Reading, all_of_them: Iterable[Reading]) -> Standing | None:
    """Where a region stands among the regions that have a value (itself included or not).

    A region is surely ahead when its whole interval is; without intervals equal values share their places. None: no
    value, or the indicator has no better and worse.
    """
    if own.value is None or own.direction not in ("higher", "lower"):
        return None
    sides = list(beside(own, all_of_them).values())
    return Standing(sides.count("ahead") + 1, len(sides) + 1 - sides.count("behind"), len(sides) + 1)


def beside(own: Reading, all_of_them: Iterable[Reading]) -> dict[str, Side]:
    """Region → where it surely is, seen from one; those without a value, and the one itself, left out."""
    if own.value is None:
        return {}
    sign = -1 if own.direction == "lower" else 1
    low, high = _ends(own, sign)
    found: dict[str, Side] = {}
    for other in all_of_them:
        if other.value is None or other.region == own.region:
            continue
        least, most = _ends(other, sign)
        found[other.region] = "ahead" if least > high else "behind" if most < low else "level"
    return found


def _ends(reading: Reading, sign: int) -> tuple[Decimal, Decimal]:
    """The interval with greater as better."""
    assert reading.value is not None
    low = reading.value if reading.low is None else reading.low
    high = reading.value if reading.high is None else reading.high
    return (low, high) if sign > 0 else (-high, -low)


def require_one_axis(readings: Iterable[Reading]) -> None:
    """Figures for one chart or column are of one family and scale.

    Raises:
        NotComparable: they are not.
    """
    seen: dict[tuple[str, str], str] = {}
    for reading in readings:
        seen.setdefault((reading.family, reading.scale), reading.title)
    if len({scale for _family, scale in seen}) > 1:
        raise NotComparable("scale", list(seen.values()))
    if len(seen) > 1:
        raise NotComparable("family", list(seen.values()))


def require_regions(codes: Sequence[str]) -> None:
    """A comparison is of 2 to 6 regions.

    Raises:
        NotComparable: there are fewer or more.
    """
    if len(codes) < FEWEST_REGIONS:
        raise NotComparable("one")
    if len(codes) > MOST_REGIONS:
        raise NotComparable("many")
