"""The acceptance cases of the clock service: trigger, rule, due day as given by the reference table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Extension, Pause, Term, due, next_occurrence
from hengjian.rulebook.parameters.terms import Terms

CALENDAR = current_calendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


def statutory(variant: str, on: str) -> Term:
    """The term of the rule in force on a day."""
    spec = rulebook.at("terms", "650000", day(on), variant).typed(Terms).term
    assert spec is not None
    return Term.of(spec)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-02-14", "2026-03-03"),
        ("2026-02-15", "2026-03-03"),
        ("2026-09-19", "2026-09-29"),
        ("2026-09-20", "2026-09-30"),
        ("2016-09-28", "2016-10-12"),
    ],
)
def test_decision_on_a_complaint_seven_working_days(start: str, expected: str) -> None:
    term = statutory("complaint-decide", start)
    assert term == Term(7, "working_day")
    assert due(day(start), term, CALENDAR).value == day(expected)


@pytest.mark.parametrize(("amount", "expected"), [(7, "2016-10-12"), (15, "2016-10-24"), (45, "2016-12-05")])
def test_terms_over_the_national_day_of_2016(amount: int, expected: str) -> None:
    assert due(day("2016-09-28"), Term(amount, "working_day"), CALENDAR).value == day(expected)


def test_mediation_under_order_20_and_order_121() -> None:
    old = statutory("complaint-mediate", "2026-02-03")
    assert due(day("2026-02-03"), old, CALENDAR).value == day("2026-04-14")
    new = statutory("complaint-mediate", "2026-04-20")
    found = due(day("2026-04-20"), new, CALENDAR)
    assert found.value == day("2026-06-22")
    assert [step.kind for step in found.steps] == ["count", "roll"]
    assert "2026-06-19 是端午节" in found.steps[1].text()


def test_appraisal_pause_of_twelve_days() -> None:
    term = statutory("complaint-mediate", "2026-04-20")
    start = day("2026-05-06")
    pause = Pause(start, start + timedelta(days=12), "鉴定", "委托书")
    assert due(day("2026-04-20"), term, CALENDAR, [pause]).value == day("2026-07-01")


def test_order_changes_with_the_day_of_filing() -> None:
    assert rulebook.at("terms", "650000", day("2026-04-14"), "complaint-mediate").id.endswith("order-20-2019")
    assert rulebook.at("terms", "650000", day("2026-04-15"), "complaint-mediate").id.endswith("order-121-2025")


def test_report_checked_and_extended() -> None:
    rule = rulebook.at("terms", "650000", day("2026-03-16"), "report-check").typed(Terms)
    assert rule.term is not None and rule.extension is not None
    term, extension = Term.of(rule.term), Extension(rule.extension.amount, rule.extension.unit)
    assert due(day("2026-03-16"), term, CALENDAR).value == day("2026-04-07")
    assert due(day("2026-03-16"), term, CALENDAR, (), [extension]).value == day("2026-04-28")


def test_penalty_case_filed_in_april() -> None:
    start = day("2026-04-07")
    assert due(start, statutory("report-tell", "2026-04-07"), CALENDAR).value == day("2026-04-14")
    decide = statutory("penalty-decide", "2026-04-07")
    assert due(start, decide, CALENDAR).value == day("2026-07-06")
    assert due(start, decide, CALENDAR, (), [Extension(30, "calendar_day")]).value == day("2026-08-05")


def test_publishing_a_random_check() -> None:
    assert due(day("2026-09-22"), statutory("random-check-publish", "2026-09-22"), CALENDAR).value == day("2026-10-27")


def test_objection_of_two_months_ends_on_a_sunday() -> None:
    found = due(day("2020-12-21"), statutory("gi-objection", "2020-12-21"), CALENDAR)
    assert found.value == day("2021-02-22")
    assert "2021-02-21 是休息日，顺延至 2021-02-22" in found.steps[-1].text()


def test_objection_ends_in_the_national_day() -> None:
    assert due(day("2026-09-20"), statutory("appraisal-objection", "2026-09-20"), CALENDAR).value == day("2026-10-08")


def test_the_spring_festival_of_2020_before_and_after_it_was_lengthened() -> None:
    before, after = current_calendar(known_on=day("2020-01-22")), current_calendar(known_on=day("2020-01-27"))
    term = Term(7, "working_day")
    assert due(day("2020-01-22"), term, before).value == day("2020-02-06")
    assert due(day("2020-01-22"), term, after).value == day("2020-02-10")
    assert before.version != after.version


def test_a_term_into_a_year_without_notice_is_provisional() -> None:
    found = due(day("2026-11-20"), Term(45, "working_day"), CALENDAR)
    assert (found.value, found.provisional) == (day("2027-01-25"), True)
    assert found.steps[-1].kind == "provisional"
    assert not due(day("2026-11-20"), Term(7, "working_day"), CALENDAR).provisional


@pytest.mark.parametrize("years", [1, 5, 20, 70])
def test_far_years_never_raise_and_are_never_unmarked(years: int) -> None:
    found = due(day("2026-11-20"), Term(years, "year"), CALENDAR)
    assert found.provisional and found.day >= date(2026 + years, 11, 20)


def test_lift_maintenance_never_rolls() -> None:
    spec = rulebook.at("terms", "640000", day("2026-10-03"), "lift-maintenance").typed(Terms).recurrence
    assert spec is not None
    found = next_occurrence(spec, day("2020-01-01"), CALENDAR, last_done=day("2026-10-03"))
    assert (found, found.weekday()) == (day("2026-10-18"), 6)


def test_lift_inspection_years() -> None:
    spec = rulebook.at("terms", "640000", day("2026-04-20"), "lift-inspection").typed(Terms).recurrence
    assert spec is not None
    anchor, done, months = day("2019-06-18"), None, []
    for _ in range(10):
        done = next_occurrence(spec, anchor, CALENDAR, done)
        months.append(f"{done:%Y-%m}")
    years = (2020, 2023, 2026, 2028, 2030, 2032, 2034, 2035, 2036, 2037)
    assert months == [f"{year}-06" for year in years]
    # Done two months early: the next one does not move.
    assert f"{next_occurrence(spec, anchor, CALENDAR, day('2026-04-20')):%Y-%m}" == "2028-06"
    assert f"{next_occurrence(spec, anchor, CALENDAR, day('2026-03-31')):%Y-%m}" == "2026-06"
