"""Steps, roll-up, periods and report checks of the plans room."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.plans.rules import TRANSITIONS, Part, allowed, check_report, next_state, period_of, roll_up


def test_the_walk_of_a_duty() -> None:
    state = "pending"
    for verb, after in [
        ("assign", "assigned"),
        ("sign", "signed"),
        ("submit", "reported"),
        ("return", "signed"),
        ("submit", "reported"),
        ("accept_complete", "done"),
        ("close", "closed"),
        ("reopen", "signed"),
    ]:
        state = next_state(verb, state)
        assert state == after


def test_a_step_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="sign is not allowed in state pending"):
        next_state("sign", "pending")
    assert not allowed("close", "signed")
    assert not allowed("submit", "closed")


def test_a_withdrawn_duty_is_final() -> None:
    assert not any("withdrawn" in before for before, _ in TRANSITIONS.values())


def test_roll_up_by_each_method() -> None:
    parts = [Part(100, Decimal(3), done=True), Part(50, Decimal(1)), Part(0, Decimal(0)), Part(90, excluded=True)]
    assert roll_up(parts, "mean") == 50
    assert roll_up(parts, "weights") == 88  # (300 + 50) / 4 = 87.5, halves up
    assert roll_up(parts, "done") == 33


def test_zero_weights_fall_back_to_the_mean() -> None:
    assert roll_up([Part(40, Decimal(0)), Part(60, Decimal(0))], "weights") == 50
    assert roll_up([], "weights") == 0
    with pytest.raises(ValueError, match="unknown roll-up"):
        roll_up([], "median")


@given(st.lists(st.integers(0, 100), min_size=1), st.sampled_from(["mean", "weights"]))
def test_roll_up_lies_between_its_parts(values: list[int], method: str) -> None:
    assert min(values) <= roll_up([Part(value) for value in values], method) <= max(values)


def test_periods() -> None:
    assert period_of(date(2024, 2, 10), "month").end == date(2024, 2, 29)
    assert period_of(date(2026, 8, 19), "quarter").label == "2026-Q3"
    assert period_of(date(2026, 8, 19), "half").start == date(2026, 7, 1)
    assert period_of(date(2026, 12, 31), "year").label == "2026"
    with pytest.raises(ValueError, match="unknown cycle"):
        period_of(date(2026, 1, 1), "week")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["month", "quarter", "half", "year"]))
def test_periods_tile_the_calendar(day: date, cycle: str) -> None:
    period = period_of(day, cycle)
    assert period.start <= day <= period.end
    assert period_of(period.end + timedelta(days=1), cycle).start == period.end + timedelta(days=1)


def _codes(**changes: object) -> list[str]:
    report = {
        "no_change": False,
        "result": "完成抽查 120 批次",
        "percent": 40,
        "previous_percent": 30,
        "figure_label": "",
        "has_figure": False,
        "problems_text": "",
    }
    return [problem.code for problem in check_report(**{**report, **changes})]  # type: ignore[arg-type]


def test_reports() -> None:
    assert _codes() == []
    assert _codes(result=" ") == ["result_needed"]
    assert _codes(figure_label="抽查批次") == ["figure_incomplete"]
    assert _codes(percent=20) == ["decrease_reason"]
    assert _codes(percent=20, problems_text="检测设备停用") == []
    assert _codes(no_change=True, result="", percent=30) == []
    assert _codes(no_change=True, result="", percent=31) == ["no_change_percent"]
    assert _codes(percent=101) == ["percent_range"]
