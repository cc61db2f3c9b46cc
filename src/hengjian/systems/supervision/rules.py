"""Pure decisions of the room: shares, guarantee, level of an incident, environmental band, energy label, sums, lists.

Numbers of laws come in as rules of the rulebook; no Django here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.guarantees import Guarantees, Remedy

NOT_RATED = "未评"
#: What campaigns count, in the order of the table; money has two decimals.
FIGURES = (
    "inspected",
    "staff",
    "found",
    "corrected",
    "cases",
    "closed",
    "handed_over",
    "fined",
    "goods_value",
    "saved",
)
MONEY = frozenset({"fined", "goods_value", "saved"})


def share(part: int | Decimal | None, whole: int | Decimal | None) -> Decimal | None:
    """`part` of `whole` in per cent with two decimals, half up; None when there is nothing to compare with."""
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def growth(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Change against the year before in per cent; None without a year before."""
    if now is None or not before:
        return None
    return ((now - before) * 100 / before).quantize(Decimal("0.01"), ROUND_HALF_UP)


# ---- 三包


def guaranteed(
    rules: Guarantees, bought: date, fault: date, *, repairs: int = 0, longest: int = 0, lost: int = 0
) -> tuple[Remedy, ...]:
    """What the buyer may choose; the day of the purchase is not counted."""
    return rules.remedies((fault - bought).days, repairs=repairs, longest_repair=longest, lost=lost)


# ---- environmental credit


def environmental_band(grades: Grades, score: Decimal | None, vetoed: bool, shut_down: bool) -> str:
    """The band (绿, 蓝, 黄, 红); a veto beats every score; who is shut down, or has no score, is not rated."""
    if shut_down:
        return NOT_RATED
    if vetoed:
        return grades.veto_grade
    return NOT_RATED if score is None else grades.grade(score)


@dataclass(frozen=True)
class Shares:
    """How many enterprises stand in each band, the best first; `rated` is the denominator of the shares."""

    bands: tuple[tuple[str, int, Decimal | None], ...]
    rated: int
    unrated: int

    @property
    def total(self) -> int:
        return self.rated + self.unrated


def count_bands(bands: Iterable[str], order: Sequence[str]) -> Shares:
    """Numbers and shares of the rated by band.

    Args:
        order: bands from best to worst; one that is not among them counts as unrated.
    """
    counts = Counter(bands)
    rated = sum(counts[band] for band in order)
    return Shares(
        tuple((band, counts[band], share(counts[band], rated)) for band in order), rated, counts.total() - rated
    )


# ---- energy labels


def label_verdict(declared: Decimal, measured: Decimal, tolerance: Decimal, better: str) -> str:
    """ "passed" when the measured value is as declared or better, within the tolerance in per cent."""
    allowed = abs(declared) * tolerance / 100
    if better == "higher":
        return "passed" if measured >= declared - allowed else "failed"
    return "passed" if measured <= declared + allowed else "failed"


# ---- campaigns


@dataclass(frozen=True)
class Row:
    """One unit's figures of one period."""

    unit: str
    period: str
    figures: Mapping[str, Decimal]


@dataclass
class Sums:
    """Figures added up: by unit, by period, over all; and who has reported nothing for which period."""

    units: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    periods: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    total: dict[str, Decimal] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)


def add_up(rows: Iterable[Row], expected_units: Sequence[str], expected_periods: Sequence[str]) -> Sums:
    """Totals of the rows; two rows of one unit and period both count.

    Args:
        expected_units, expected_periods: who should report and for which periods; in the order of the table.
    """
    sums = Sums(total=dict.fromkeys(FIGURES, Decimal(0)))
    seen = set()
    for name in expected_units:
        sums.units[name] = dict.fromkeys(FIGURES, Decimal(0))
    for name in expected_periods:
        sums.periods[name] = dict.fromkeys(FIGURES, Decimal(0))
    for row in rows:
        seen.add((row.unit, row.period))
        unit = sums.units.setdefault(row.unit, dict.fromkeys(FIGURES, Decimal(0)))
        period = sums.periods.setdefault(row.period, dict.fromkeys(FIGURES, Decimal(0)))
        for code in FIGURES:
            value = row.figures.get(code, Decimal(0))
            unit[code] += value
            period[code] += value
            sums.total[code] += value
    sums.periods = dict(sorted(sums.periods.items()))
    sums.missing = [
        (unit, period) for period in expected_periods for unit in expected_units if (unit, period) not in seen
    ]
    return sums


def periods_between(first: date, last: date, rhythm: str) -> list[str]:
    """`2026-05` for every month, or `2026-Q2` for every quarter, that has ended or begun between the two days."""
    found: list[str] = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        name = f"{year}-{month:02d}" if rhythm == "month" else f"{year}-Q{(month + 2) // 3}"
        if not found or found[-1] != name:
            found.append(name)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def period_end(name: str) -> date:
    """The last day of `2026-05` or `2026-Q2`."""
    year, part = int(name[:4]), name[5:]
    month = int(part[1]) * 3 if part.startswith("Q") else int(part)
    first_after = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return first_after - timedelta(days=1)


# ---- lists of two days


@dataclass(frozen=True)
class Change:
    """One matter on two days: `kind` added, removed, changed, same; `fields`: codes that differ."""

    key: str
    kind: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    fields: tuple[str, ...] = ()


def compare_lists(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]], fields: Sequence[str]
) -> list[Change]:
    """The matters of both days side by side, by key: what is gone, new, worded differently, the same."""
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            found.append(Change(key, "added" if old is None else "removed", old, new))
            continue
        differing = tuple(code for code in fields if (old.get(code) or None) != (new.get(code) or None))
        found.append(Change(key, "changed" if differing else "same", old, new, differing))
    return found
