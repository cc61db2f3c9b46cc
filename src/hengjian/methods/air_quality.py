"""Air quality: index of a day by any edition of HJ 633, valid means by GB 3095, good days and constant-standard series.

An edition is data (rulebook family `air_quality`): its breakpoints, and the rules in which editions differ. The same
air can be 良 by one edition and 轻度污染 by the next, so every series says which edition judged it.

Measures are named by pollutant; daily means carry the bare name, ozone's is the highest 8-hour mean: pm25, pm10, so2,
no2, co, o3. Hourly values end in `_1h`: so2_1h, no2_1h, co_1h, o3_1h. µg/m³, CO mg/m³.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from itertools import groupby, pairwise
from typing import Protocol

from hengjian.methods.ratios import Ratio


class Edition(Protocol):
    """What an edition of HJ 633 sets.

    Attributes:
        index: index values, rising from 0.
        breakpoints: measure → concentrations that belong to them; shorter where the standard defines no more.
        daily: measures of the daily report.
        beyond: measure → index above its last breakpoint; None: the other averaging time of the pollutant decides.
            Measures that are not named reach the end of the scale.
        rounded: measure → decimals to which a concentration is rounded first (GB/T 8170); unnamed ones are not.
        only_polluted: whether a day with a pollutant missing has an index only where the others put it above
            `good_up_to`.
        leading_above: a leading pollutant is named above this index.
        names_exceeding: whether 超标污染物 are named.
        good_up_to: days with an index up to this are good.
    """

    @property
    def index(self) -> Sequence[int]: ...
    @property
    def breakpoints(self) -> Mapping[str, Sequence[Decimal]]: ...
    @property
    def daily(self) -> Collection[str]: ...
    @property
    def beyond(self) -> Mapping[str, int | None]: ...
    @property
    def rounded(self) -> Mapping[str, int]: ...
    @property
    def only_polluted(self) -> bool: ...
    @property
    def leading_above(self) -> int: ...
    @property
    def names_exceeding(self) -> bool: ...
    @property
    def good_up_to(self) -> int: ...


@dataclass(frozen=True, slots=True)
class DayIndex:
    """Index of a day.

    Attributes:
        value: the index. leading: the pollutants that reach it, ties together, where it is high enough (首要污染物).
        exceeding: pollutants above 100, where the edition names them (超标污染物).
    """

    value: int
    leading: tuple[str, ...] = ()
    exceeding: tuple[str, ...] = ()


def round_half_even(number: Decimal, places: int) -> Decimal:
    """Rounding after GB/T 8170-2008: half to even, in one step.

    >>> [str(round_half_even(Decimal(text), 0)) for text in ("60.5", "61.5", "60.51")]
    ['60', '62', '61']
    """
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def sub_index(concentration: Decimal, breakpoints: Sequence[Decimal], index: Sequence[int]) -> int:
    """Individual index (IAQI): linear between breakpoints, rounded up to a whole number.

    Args:
        concentration: in the unit of the breakpoints, not negative.
        breakpoints: rising from 0. index: the values that belong to them; may be longer.

    Returns:
        Above the last breakpoint the index that belongs to it.

    Raises:
        ValueError: the concentration is negative or no number.
    """
    if not concentration.is_finite() or concentration < 0:
        raise ValueError(f"a concentration is a number of zero or more, not {concentration}")
    steps = list(zip(breakpoints, index, strict=False))
    for (low, low_index), (high, high_index) in pairwise(steps):
        if concentration <= high:
            exact = (concentration - low) * (high_index - low_index) / (high - low) + low_index
            return int(exact.to_integral_value(ROUND_CEILING))
    return steps[-1][1]


def measure_index(measure: str, concentration: Decimal, edition: Edition) -> int | None:
    """Individual index of a measure by an edition; None where the edition leaves it to the other averaging time.

    Raises:
        KeyError: the edition has no such measure. ValueError: as `sub_index`.
    """
    breakpoints = edition.breakpoints[measure]
    if measure in edition.rounded:
        concentration = round_half_even(concentration, edition.rounded[measure])
    if concentration > breakpoints[-1] and measure in edition.beyond:
        return edition.beyond[measure]
    return sub_index(concentration, breakpoints, edition.index)


def day_index(
    concentrations: Mapping[str, Decimal], edition: Edition, *, excused: Collection[str] = ()
) -> DayIndex | None:
    """The index of a day: the highest individual index of the measures of the daily report.

    Args:
        concentrations: valid daily means by measure; what was not measured is left out. Where ozone's 8-hour mean lies
            beyond its table, `o3_1h` decides (2012); where it is missing the 8-hour value counts as the end of its
            table, so that the worst days are not the ones that go unreported.
        excused: pollutants not monitored by plan that were never leading on polluted days in three years; their absence
            does not withhold the index (2026).

    Returns:
        None when nothing was measured, or a pollutant is missing and the edition withholds the index.

    Raises:
        ValueError: a concentration below 0.
    """
    found: dict[str, int] = {}
    for measure, concentration in concentrations.items():
        if measure not in edition.breakpoints or measure not in edition.daily:
            continue
        one = measure_index(measure, concentration, edition)
        if one is None and _other(measure) not in concentrations:
            one = edition.index[len(edition.breakpoints[measure]) - 1]
        if one is not None:
            pollutant = measure.removesuffix("_1h")
            found[pollutant] = max(one, found.get(pollutant, 0))
    if not found:
        return None
    value = max(found.values())
    missing = {measure for measure in edition.daily if not measure.endswith("_1h")} - set(concentrations) - set(excused)
    if missing and edition.only_polluted and value <= edition.good_up_to:
        return None
    leading = tuple(name for name, one in found.items() if one == value) if value > edition.leading_above else ()
    over = tuple(name for name, one in found.items() if one > edition.good_up_to) if edition.names_exceeding else ()
    return DayIndex(value, leading, over)


def _other(measure: str) -> str:
    return measure.removesuffix("_1h") if measure.endswith("_1h") else f"{measure}_1h"


# ---- valid means (GB 3095)


def daily_mean(hours: Sequence[Decimal | None], least: int) -> Decimal | None:
    """Mean of a day's hourly values; None with fewer than `least` (GB 3095: 20) of them."""
    known = [value for value in hours if value is not None]
    return sum(known, Decimal(0)) / len(known) if known and len(known) >= least else None


def highest_eight_hours(hours: Sequence[Decimal | None], least: int) -> Decimal | None:
    """Highest 8-hour mean of ozone that ends within the day.

    Args:
        hours: hourly values of the day in order, None where one is missing.
        least: values that an 8-hour mean needs (GB 3095: 6).
    """
    windows = [hours[end - 8 : end] for end in range(8, len(hours) + 1)]
    means = [mean for window in windows if (mean := daily_mean(window, least)) is not None]
    return max(means, default=None)


class Validity(Protocol):
    """How many valid values a mean needs."""

    @property
    def days_of_month(self) -> int: ...
    @property
    def days_of_february(self) -> int: ...
    @property
    def days_of_year(self) -> int: ...


def month_is_valid(days: int, month: int, validity: Validity) -> bool:
    """Whether so many daily values make a valid monthly mean."""
    return days >= (validity.days_of_february if month == 2 else validity.days_of_month)


def year_is_valid(days: int, validity: Validity) -> bool:
    """Whether so many daily values make a valid annual mean."""
    return days >= validity.days_of_year


# ---- good days


def good_days(values: Iterable[int | None], good_up_to: int = 100) -> tuple[int, int]:
    """(good days, days with a valid index): numerator and denominator of the good-day ratio (优良天数比例)."""
    known = [value for value in values if value is not None]
    return sum(value <= good_up_to for value in known), len(known)


@dataclass(frozen=True)
class DatedEdition:
    """An edition with its name and the days on which it is in force (both included; None: open)."""

    name: str
    edition: Edition
    first: date
    last: date | None = None

    def in_force(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class GoodYear:
    """Good days of one year, judged twice.

    Attributes:
        own: by the edition in force on each day. editions: their names, in order.
        constant: every day by one edition, for comparison over the years; constant_edition: its name.
        recast: how many of its days that edition was not in force on; such a figure is no official result.
        unknown: days without a valid index by the edition in force.
    """

    year: int
    own: Ratio
    editions: tuple[str, ...]
    constant: Ratio
    constant_edition: str
    recast: int
    unknown: int


def good_years(
    days: Mapping[date, Mapping[str, Decimal]], editions: Sequence[DatedEdition], constant: str
) -> list[GoodYear]:
    """Good-day ratios by year under the editions in force, and again under one constant edition.

    Args:
        days: day → valid daily means by measure.
        editions: what was in force when; `constant`: the name of the one that judges every day.

    Raises:
        LookupError: no edition is in force on a day, or none is called `constant`.
    """
    try:
        one = next(item for item in editions if item.name == constant)
    except StopIteration:
        raise LookupError(f"no edition {constant!r}; there are {', '.join(item.name for item in editions)}") from None

    def count(judged: Sequence[tuple[date, DatedEdition]]) -> Ratio:
        found = [(day_index(days[day], by.edition), by.edition) for day, by in judged]
        known = [(item, edition) for item, edition in found if item is not None]
        return Ratio(sum(item.value <= edition.good_up_to for item, edition in known), len(known))

    result = []
    for year, group in groupby(sorted(days), key=lambda day: day.year):
        own = []
        for day in group:
            found = next((item for item in editions if item.in_force(day)), None)
            if found is None:
                raise LookupError(f"no edition is in force on {day}")
            own.append((day, found))
        ratio = count(own)
        result.append(GoodYear(
            year, ratio, tuple(dict.fromkeys(item.name for _day, item in own)),
            count([(day, one) for day, _item in own]), constant,
            sum(not one.in_force(day) for day, _item in own), len(own) - int(ratio.whole),
        ))  # fmt: skip
    return result
