"""The calendar table against two published packages, day by day, and the editions of the years that were changed."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.rulebook.parameters.calendar import CalendarYear

FIRST, LAST = date(2012, 1, 1), date(2026, 12, 31)


def every_day() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def test_every_day_equals_both_packages() -> None:
    ours, other = current_calendar(), holidays.country_holidays("CN", years=range(2011, 2028))
    days = every_day()
    assert len(days) == 5479
    assert [d for d in days if ours.is_workday(d) != chinese_calendar.is_workday(d)] == []
    assert [d for d in days if ours.is_workday(d) != other.is_working_day(d)] == []


def test_the_statutory_days_of_2027_are_provisional() -> None:
    ours, other = current_calendar(), holidays.country_holidays("CN", years=[2027])
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [d for d in days if ours.is_workday(d) != other.is_working_day(d)] == []
    rule = rulebook.at("calendar", rulebook.NATIONAL, date(2027, 6, 1))
    assert rule.to_verify and rule.typed(CalendarYear).provisional
    assert ours.confirmed == (FIRST, LAST)


@pytest.mark.parametrize(
    ("changed", "before", "after", "day", "worked_before"),
    [
        ("2015", date(2015, 5, 12), date(2015, 5, 13), date(2015, 9, 3), True),
        ("2019", date(2019, 3, 20), date(2019, 3, 21), date(2019, 5, 2), True),
        ("2020", date(2020, 1, 25), date(2020, 1, 26), date(2020, 1, 31), True),
        ("2020 made-up day", date(2020, 1, 25), date(2020, 1, 26), date(2020, 2, 1), True),
        ("2019 made-up day", date(2019, 3, 20), date(2019, 3, 21), date(2019, 4, 28), False),
    ],
)
def test_a_later_notice_is_a_new_edition(
    changed: str, before: date, after: date, day: date, worked_before: bool
) -> None:
    old, new = current_calendar(known_on=before), current_calendar(known_on=after)
    assert old.is_workday(day) is worked_before
    assert new.is_workday(day) is not worked_before
    assert old.version != new.version


def test_what_was_known_before_a_notice_is_provisional() -> None:
    assert current_calendar(known_on=date(2019, 6, 1)).confirmed == (FIRST, date(2019, 12, 31))


def test_regions_add_their_own_days() -> None:
    eid = date(2025, 3, 31)
    assert current_calendar().is_workday(eid)
    assert not current_calendar("650100").is_workday(eid)
    assert current_calendar("650100").is_workday(date(2025, 4, 27))
    assert current_calendar("110000").version == current_calendar().version


def test_every_year_has_its_notice() -> None:
    for year in range(2012, 2027):
        rule = rulebook.at("calendar", "110000", date(year, 7, 1))
        assert rule.id == f"calendar.cn.{year}"
        assert all("发明电〔" in source.number for source in rule.sources)
        assert len(rule.sources) == len(rule.typed(CalendarYear).editions)
