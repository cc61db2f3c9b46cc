from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.systems.metrology.rules import (
    History,
    Period,
    months_later,
    next_due,
    quarter,
    quarter_of,
    quarters_around,
)


def test_months_end_at_the_last_day() -> None:
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(1, 240))
def test_a_due_day_lies_ahead(day: date, months: int) -> None:
    due = next_due("periodic", months, History(last_verified=day))
    assert due is not None and due > day
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months


def test_schemes() -> None:
    known = History(first_verified=date(2020, 3, 1), last_verified=date(2024, 3, 1))
    assert next_due("first_replace", 72, known) == date(2026, 3, 1)
    assert next_due("periodic", 12, known) == date(2025, 3, 1)
    assert next_due("periodic", None, known) is None
    assert next_due("periodic", None, History(last_verified=date(2024, 3, 1), until=date(2025, 1, 1))) == date(
        2025, 1, 1
    )
    assert next_due("periodic", 12, History(last_verified=date(2024, 3, 1), failed=True)) is None


def test_quarters() -> None:
    assert quarter("2026Q1") == Period("2026Q1", date(2026, 1, 1), date(2026, 3, 31))
    assert quarter("2026q4").last == date(2026, 12, 31)
    assert quarter("2026").last == date(2026, 12, 31)
    assert quarter_of(date(2026, 11, 21)).name == "2026Q4"
    assert [period.name for period in quarters_around(date(2026, 2, 1), 1, 1)] == ["2026Q2", "2026Q1", "2025Q4"]
    for wrong in ("", "2026Q", "2026Q5", "26Q1", "2026Q1x", "abc"):
        with pytest.raises(ValueError, match="no quarter"):
            quarter(wrong)
