"""Statistical periods, against the calendar of the standard library."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.periods import Frequency, Period, parse_period, period_of, periods_between

days = st.dates(date(2, 1, 1), date(9997, 12, 31))
frequencies = st.sampled_from(get_args(Frequency))
starts = st.integers(1, 12)


@given(days, frequencies, starts)
def test_a_day_lies_in_exactly_one_period(day: date, frequency: Frequency, start: int) -> None:
    period = period_of(day, frequency, start)
    assert period.first <= day <= period.last
    assert period.contains(day)
    assert not period.previous.contains(day)
    assert not period.following.contains(day)
    assert period.following.first == period.last + timedelta(days=1)


@given(days, frequencies, starts)
def test_codes_are_read_back_and_sort_by_time(day: date, frequency: Frequency, start: int) -> None:
    period = period_of(day, frequency, start)
    assert parse_period(period.code) == period
    assert period.code < period.following.code
    assert period < period.following


@given(days, frequencies)
def test_a_year_back_is_as_many_steps_as_periods_in_a_year(day: date, frequency: Frequency) -> None:
    period = period_of(day, frequency)
    assert period.shift(-12 // period.months) == period.year_earlier


@given(st.integers(1, 9998), starts)
def test_months_have_the_length_of_the_calendar(year: int, month: int) -> None:
    assert Period(year, month, "month").days == calendar.monthrange(year, month)[1]
    assert sum(part.days for part in Period(year, 1, "year").split("quarter")) == 365 + calendar.isleap(year)


@pytest.mark.parametrize("code", ["", "26", "2026-13", "2026-Q5", "2026-H3", "2026-1", "0000", "2026@01", "2026-03-01"])
def test_what_is_no_period_is_refused_with_the_forms(code: str) -> None:
    with pytest.raises(ValueError, match="2026-Q1"):
        parse_period(code)


def test_names_for_people() -> None:
    assert parse_period("2026-03").said() == "2026年3月"
    assert parse_period("2026-03").said("en") == "Mar 2026"
    assert parse_period("2026-Q4").said() == "2026年第四季度"
    assert parse_period("2026-H2").said() == "2026年下半年"
    assert parse_period("2026-H2").said("en") == "H2 2026"
    assert parse_period("2026").said() == "2026年"
    assert parse_period("2026@07").said() == "2026年7月至2027年6月"


def test_periods_between_and_their_parts() -> None:
    assert [p.code for p in periods_between(parse_period("2025-11"), parse_period("2026-02"))] == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    assert list(periods_between(parse_period("2026"), parse_period("2025"))) == []
    with pytest.raises(ValueError, match="frequencies"):
        list(periods_between(parse_period("2026"), parse_period("2026-01")))
    assert [p.code for p in parse_period("2026@09").split("month")][:5:4] == ["2026-09", "2027-01"]
    with pytest.raises(ValueError, match="not made of"):
        parse_period("2026-03").split("year")
    with pytest.raises(ValueError, match="begins in month"):
        Period(2026, 2, "quarter")
