"""Air quality index: the acceptance values of the 2012 table, the two tables side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian import rulebook
from hengjian.methods.air_quality import DayIndex, day_index, good_days, sub_index
from hengjian.rulebook.parameters.air import AirQuality


def table(variant: str) -> AirQuality:
    return rulebook.at("air_quality", "000000", date(2026, 6, 1), variant).typed(AirQuality)


@pytest.mark.parametrize(("pm25", "index"), [(35, 50), (36, 52), (55, 75), (75, 100), (76, 102), (0, 0), (500, 500)])
def test_the_2012_table(pm25: int, index: int) -> None:
    rules = table("hj633-2012")
    assert sub_index(Decimal(pm25), rules.breakpoints["pm25"], rules.index) == index


def test_beyond_the_table_the_scale_ends() -> None:
    rules = table("hj633-2012")
    assert sub_index(Decimal(900), rules.breakpoints["pm25"], rules.index) == 500
    assert sub_index(Decimal(900), rules.breakpoints["o3"], rules.index) == 300
    with pytest.raises(ValueError, match="negative"):
        sub_index(Decimal(-1), rules.breakpoints["pm25"], rules.index)


def test_a_day_takes_its_worst_pollutant() -> None:
    rules = table("hj633-2012")
    day = {"pm25": Decimal(76), "o3": Decimal(120), "co": Decimal("1.1")}
    assert day_index(day, rules.breakpoints, rules.index) == DayIndex(102, ("pm25",))
    assert day_index({"pm25": Decimal(20)}, rules.breakpoints, rules.index) == DayIndex(29, ())
    assert day_index({}, rules.breakpoints, rules.index) is None


def test_a_day_can_be_good_by_the_old_table_and_not_by_the_new() -> None:
    old, new = table("hj633-2012"), table("hj633-2026")
    day = {"pm25": Decimal(70)}
    values = [day_index(day, rules.breakpoints, rules.index) for rules in (old, new)]
    assert [item.value <= 100 for item in values if item] == [True, False]


def test_the_new_table_holds_from_march_2026() -> None:
    assert rulebook.at("air_quality", "990000", date(2026, 3, 1)).id.endswith("2026")
    assert rulebook.at("air_quality", "990000", date(2026, 2, 28), "hj633-2012").id.endswith("2012")


def test_days_without_a_value_are_not_counted() -> None:
    assert good_days([50, 100, 101, None]) == (2, 3)


@given(st.lists(st.integers(0, 700), min_size=2, max_size=20))
def test_more_of_it_never_gives_a_lower_index(values: list[int]) -> None:
    rules = table("hj633-2012")
    found = [sub_index(Decimal(value), rules.breakpoints["pm25"], rules.index) for value in sorted(values)]
    assert found == sorted(found)
