"""Air quality index by both editions: published values, the rules in which they differ, valid means, good days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian import rulebook
from hengjian.methods.air_quality import (
    DatedEdition,
    DayIndex,
    daily_mean,
    day_index,
    good_days,
    good_years,
    highest_eight_hours,
    measure_index,
    month_is_valid,
    sub_index,
    year_is_valid,
)
from hengjian.methods.ratios import Ratio
from hengjian.rulebook.parameters.air import AirLimits, AirQuality

CLEAN = {"pm10": Decimal(30), "so2": Decimal(8), "no2": Decimal(20), "co": Decimal("0.5"), "o3": Decimal(60)}


def table(variant: str) -> AirQuality:
    return rulebook.at("air_quality", "000000", date(2026, 6, 1), variant).typed(AirQuality)


OLD, NEW = table("hj633-2012"), table("hj633-2026")


@pytest.mark.parametrize(("measure", "concentration", "old", "new"), [
    ("pm25", "75", 100, 114), ("pm25", "60", 82, 100), ("pm25", "61", 83, 101), ("pm25", "42", 59, 64),
    ("pm25", "120", 158, 158), ("pm25", "59", None, 98), ("pm10", "150", 100, 112), ("pm10", "121", 86, 101),
    ("pm10", "120", None, 100), ("o3", "161", 101, 101), ("o3", "200", 137, 137), ("no2", "65", 82, 82),
    ("co", "1.2", 30, 30), ("so2", "18", 18, 18), ("pm25", "35", 50, 50), ("pm25", "0", 0, 0), 
    ("pm25", "500", 500, 500), ("pm25", "900", 500, 500),
])  # fmt: skip
def test_both_editions(measure: str, concentration: str, old: int | None, new: int) -> None:
    assert measure_index(measure, Decimal(concentration), NEW) == new
    if old is not None:
        assert measure_index(measure, Decimal(concentration), OLD) == old


def test_beyond_the_tables_of_gases() -> None:
    # SO2 1 h above 800: 2012 leaves it to the 24-hour mean, 2026 says 200. O3 8 h above 800: to the hour, or 300.
    assert measure_index("so2_1h", Decimal(801), OLD) is None
    assert measure_index("so2_1h", Decimal(801), NEW) == 200
    assert measure_index("so2_1h", Decimal(800), OLD) == measure_index("so2_1h", Decimal(800), NEW) == 200
    assert measure_index("o3", Decimal(801), OLD) is None
    assert measure_index("o3", Decimal(801), NEW) == 300
    day = {**CLEAN, "pm25": Decimal(20), "o3": Decimal(820)}
    assert day_index({**day, "o3_1h": Decimal(1000)}, OLD) == DayIndex(400, ("o3",), ("o3",))
    assert day_index(day, OLD) == DayIndex(300, ("o3",), ("o3",))  # nothing else is known: the end of the table
    assert day_index({**day, "o3_1h": Decimal(1000)}, NEW) == DayIndex(300, ("o3",), ())


def test_seven_measures_then_six() -> None:
    day = {**CLEAN, "pm25": Decimal(20), "o3_1h": Decimal(250)}
    assert day_index(day, OLD) == DayIndex(125, ("o3",), ("o3",))
    assert day_index(day, NEW) == DayIndex(30, ())  # 30 µg/m³ of PM10 and 60 of O3


def test_the_new_edition_rounds_concentrations_first() -> None:
    for given_value, rounded in (("60.4", 100), ("60.5", 100), ("60.51", 101), ("61.5", 102)):
        assert measure_index("pm25", Decimal(given_value), NEW) == rounded
    assert measure_index("pm25", Decimal("60.4"), OLD) == 82
    assert measure_index("pm25", Decimal("75.1"), OLD) == 101
    assert measure_index("co", Decimal("2.05"), NEW) == 50  # half to even: 2.0


def test_a_missing_pollutant() -> None:
    day = {**CLEAN, "pm25": Decimal(40)}
    del day["no2"]
    assert day_index(day, OLD) == DayIndex(57, ("pm25",))
    assert day_index(day, NEW) is None  # nobody can say that NO2 was not worse
    assert day_index(day, NEW, excused={"no2"}) == DayIndex(60, ("pm25",))
    assert day_index({**day, "pm25": Decimal(75)}, NEW) == DayIndex(114, ("pm25",))
    assert day_index({}, OLD) is day_index({"lead": Decimal(1)}, NEW) is None


def test_leading_pollutants_tie() -> None:
    day = {**CLEAN, "pm25": Decimal(75), "pm10": Decimal(150)}
    assert day_index(day, OLD) == DayIndex(100, ("pm10", "pm25"), ())
    assert day_index({**CLEAN, "pm25": Decimal(20)}, OLD) == DayIndex(30, ())
    assert day_index({**day, "pm25": Decimal(76), "o3": Decimal(165)}, OLD) == DayIndex(105, ("o3",), ("o3", "pm25"))


def test_what_is_no_concentration() -> None:
    for bad in ("-1", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="zero or more"):
            sub_index(Decimal(bad), OLD.breakpoints["pm25"], OLD.index)
    with pytest.raises(KeyError):
        measure_index("lead", Decimal(1), OLD)


def test_editions_and_limits_by_day() -> None:
    assert rulebook.at("air_quality", "990000", date(2026, 3, 1)).variant == "hj633-2026"
    assert rulebook.at("air_quality", "990000", date(2026, 2, 28)).variant == "hj633-2012"
    limits = [
        rulebook.at("air_limits", "990000", date(year, 6, 1)).typed(AirLimits).limits for year in (2020, 2026, 2031)
    ]
    assert [item["pm25"].day for item in limits] == [75, 60, 50]
    sulphur = [(item["so2"].year, item["so2"].hour) for item in limits]
    assert sulphur == [(Decimal(year), Decimal(hour)) for year, hour in ((60, 500), (60, 500), (20, 150))]
    for edition, item in zip((OLD, NEW), limits, strict=False):
        for name, limit in item.items():
            # Index 100 stands at the daily limit of class II.
            assert limit.day == edition.breakpoints[name][2]
    assert [sentence.text() for sentence in NEW.sentences()][-1].startswith("指数不超过 100")


def test_valid_means() -> None:
    hours: list[Decimal | None] = [Decimal(value) for value in range(24)]
    assert daily_mean(hours, 20) == Decimal("11.5")
    assert daily_mean([None] * 4 + hours[4:], 20) == Decimal("13.5")
    assert daily_mean([None] * 5 + hours[5:], 20) is None
    assert highest_eight_hours(hours, 6) == Decimal("19.5")
    assert highest_eight_hours(hours[:21] + [None] * 3, 6) == Decimal("17.5")  # 15 … 20: six of eight
    assert highest_eight_hours([None] * 24, 6) is None
    validity = rulebook.at("air_limits", "000000", date(2026, 6, 1)).typed(AirLimits)
    assert [month_is_valid(days, month, validity) for days, month in ((27, 1), (26, 1), (25, 2), (24, 2))] == [
        True, False, True, False,
    ]  # fmt: skip
    assert year_is_valid(324, validity) and not year_is_valid(323, validity)


def test_days_without_a_value_are_not_counted() -> None:
    assert good_days([50, 100, 101, None]) == (2, 3)


def test_the_same_air_under_one_standard() -> None:
    editions = [
        DatedEdition("2012", OLD, date(2012, 3, 2), date(2026, 2, 28)),
        DatedEdition("2026", NEW, date(2026, 3, 1)),
    ]
    days = {}
    for year in (2025, 2026):
        for step in range(100):
            # Every second day at 70 µg/m³: good by the old table, polluted by the new one.
            days[date(year, 1, 1) + timedelta(step)] = {**CLEAN, "pm25": Decimal(70 if step % 2 else 30)}
    del days[date(2026, 4, 1)]["no2"]  # day 90, clean: no index by the new edition
    before, after = good_years(days, editions, "2026")
    assert (before.own, before.constant, before.recast, before.editions) == (
        Ratio(100, 100), Ratio(50, 100), 100, ("2012",),
    )  # fmt: skip
    # To 28 February 59 days, all good by the old table; then 41, 21 of them even steps less the one without an index.
    assert after.own == Ratio(59 + sum(step % 2 == 0 for step in range(59, 100)) - 1, 99)
    assert after.constant == Ratio(49, 99)
    assert (after.editions, after.recast, after.unknown) == (("2012", "2026"), 59, 1)
    with pytest.raises(LookupError, match="no edition 'x'"):
        good_years(days, editions, "x")
    with pytest.raises(LookupError, match="2010-01-01"):
        good_years({date(2010, 1, 1): CLEAN}, editions, "2012")


@given(st.lists(st.integers(0, 700), min_size=2, max_size=20), st.sampled_from([OLD, NEW]))
def test_more_of_it_never_gives_a_lower_index(values: list[int], edition: AirQuality) -> None:
    found = [sub_index(Decimal(value), edition.breakpoints["pm25"], edition.index) for value in sorted(values)]
    assert found == sorted(found)
