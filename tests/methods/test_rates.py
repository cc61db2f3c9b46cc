from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods.adoption import consistency_rate, count_degrees
from hengjian.methods.ratios import Ratio
from hengjian.methods.verification_rates import Due, FitLine, verification_rates

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = date(2026, 6, 30)


def test_a_ratio_keeps_its_parts() -> None:
    assert Ratio(1, 3).percent() == Decimal("33.33")
    assert Ratio(2, 3).percent(0) == Decimal(67)
    assert Ratio(1, 8).percent(1) == Decimal("12.5")
    assert Ratio(0, 0).percent() is None
    assert Ratio(1, 2) + Ratio(1, 4) == Ratio(2, 6)
    assert Ratio(5, 4).missing == 0
    with pytest.raises(ValueError, match="zero or more"):
        Ratio(-1, 2)


def test_consistency_rate_of_the_reference() -> None:
    degrees = ["IDT"] * 210 + ["MOD"] * 165 + ["NEQ"] * 18 + [""] * 7
    rate = consistency_rate(count_degrees(degrees))
    assert (rate.part, rate.whole, rate.percent()) == (375, 393, Decimal("95.42"))


def test_consistency_by_another_definition() -> None:
    counts = {"IDT": 210, "MOD": 165, "NEQ": 18, "": 7}
    assert consistency_rate(counts, ("IDT",), ("IDT", "MOD", "NEQ", "")) == Ratio(210, 400)
    with pytest.raises(ValueError, match="part of"):
        consistency_rate(counts, ("IDT",), ("MOD",))
    with pytest.raises(ValueError, match="no degree"):
        count_degrees(["EQV"])


def test_verification_rates_of_the_reference() -> None:
    """1 250 due, 20 stopped earlier, 1 175 in time, 1 128 of them passed: 95.53 % and 96.00 %."""
    items = (
        [Due(DAY, stopped_on=DAY - timedelta(1))] * 20
        + [Due(DAY, DAY, passed=True)] * 1128
        + [Due(DAY, DAY - timedelta(3), passed=False)] * 47
        + [Due(DAY)] * 55
    )
    rates = verification_rates(items, FIRST, LAST)
    assert (rates.timely.part, rates.timely.whole, rates.timely.percent()) == (1175, 1230, Decimal("95.53"))
    assert rates.passed.percent() == Decimal("96.00")
    assert (rates.stopped, rates.open) == (20, 55)


def test_a_late_verification_raises_coverage_not_timeliness() -> None:
    before = verification_rates([Due(DAY, DAY, True), Due(DAY)], FIRST, LAST)
    after = verification_rates([Due(DAY, DAY, True), Due(DAY, DAY + timedelta(40), True)], FIRST, LAST)
    assert before.timely == after.timely == Ratio(1, 2)
    assert (before.coverage, after.coverage) == (Ratio(1, 2), Ratio(2, 2))


def test_stopped_on_the_due_day_is_too_late() -> None:
    assert verification_rates([Due(DAY, stopped_on=DAY)], FIRST, LAST).timely == Ratio(0, 1)
    assert verification_rates([Due(DAY, stopped_on=DAY - timedelta(1))], FIRST, LAST).timely == Ratio(0, 0)


def test_nobody_is_late_before_the_day() -> None:
    early = verification_rates([Due(DAY), Due(DAY, DAY - timedelta(30), True)], FIRST, LAST, DAY - timedelta(10))
    assert (early.timely, early.open) == (Ratio(1, 1), 0)
    on_the_day = verification_rates([Due(DAY)], FIRST, LAST, DAY)
    assert on_the_day.open == 1


def test_periods() -> None:
    assert verification_rates([Due(date(2025, 12, 31))], FIRST, LAST).timely == Ratio(0, 0)
    with pytest.raises(ValueError, match="before it begins"):
        verification_rates([], LAST, FIRST)


dues = st.builds(
    Due,
    due_on=st.dates(FIRST, LAST),
    verified_on=st.none() | st.dates(FIRST, LAST),
    passed=st.booleans(),
    stopped_on=st.none() | st.dates(FIRST, LAST),
)


@given(st.lists(dues, max_size=30), st.lists(dues, max_size=30))
def test_rates_add_up_and_stay_in_order(some: list[Due], others: list[Due]) -> None:
    both = verification_rates(some + others, FIRST, LAST)
    assert verification_rates(some, FIRST, LAST) + verification_rates(others, FIRST, LAST) == both
    assert both.timely.part <= both.coverage.part <= both.coverage.whole
    assert both.passed.part <= both.passed.whole == both.coverage.part
    assert both.coverage.part + both.open == both.coverage.whole
    assert both.coverage.whole + both.stopped == len(some + others)


def test_fit_of_energy_meters() -> None:
    line = FitLine("electricity", "unit", fitted=18, needed=20, required=95)
    assert (line.rate.percent(), line.meets, line.lacking) == (Decimal("90.00"), False, 1)
    assert FitLine("electricity", "unit", 19, 20, 95).meets is True
    assert FitLine("steam", "device", 0, 0, 70).meets is None
    assert FitLine("waste heat", "device", 1, 4, None).lacking == 0
