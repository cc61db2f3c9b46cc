"""Properties and edges of the pure clock rules; working days are counted again by a plain loop."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import (
    CalendarRangeError,
    Extension,
    Pause,
    Step,
    Term,
    WorkCalendar,
    due,
    elapsed_share,
    extension_problem,
    next_occurrence,
    paused_days,
    working_days_between,
)
from hengjian.rulebook.parameters.terms import ExtensionSpec, RecurrenceSpec, TermSpec

CALENDAR = current_calendar()
ONE = timedelta(days=1)
days = st.dates(date(2012, 1, 1), date(2025, 12, 31))
day_terms = st.one_of(
    st.tuples(st.integers(1, 120), st.sampled_from(["working_day", "calendar_day"])),
    st.tuples(st.integers(1, 11), st.sampled_from(["month", "year"])),
).map(lambda pair: Term(*pair))


@st.composite
def pauses(draw: st.DrawFn, near: date) -> list[Pause]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        start = near + timedelta(days=draw(st.integers(-20, 90)))
        found.append(Pause(start, start + timedelta(days=draw(st.integers(0, 40)))))
    return found


@given(days, st.integers(1, 90))
def test_working_days_agree_with_a_plain_loop(start: date, amount: int) -> None:
    day, left = start, amount
    while left:
        day += ONE
        left -= CALENDAR.is_workday(day)
    assert due(start, Term(amount, "working_day"), CALENDAR).value == day
    assert working_days_between(start, day, CALENDAR) == amount
    assert CALENDAR.back(day.toordinal() + 1, 1) == day.toordinal()


@given(days, days, day_terms)
def test_a_later_start_never_ends_earlier(a: date, b: date, term: Term) -> None:
    low, high = sorted((a, b))
    assert due(low, term, CALENDAR).day <= due(high, term, CALENDAR).day


@given(days, day_terms)
def test_a_longer_term_never_ends_earlier(start: date, term: Term) -> None:
    longer = term._replace(amount=term.amount + 1)
    assert due(start, term, CALENDAR).day <= due(start, longer, CALENDAR).day


@given(days, day_terms)
def test_statutory_terms_end_on_a_working_day(start: date, term: Term) -> None:
    assert CALENDAR.is_workday(due(start, term, CALENDAR).day)
    back = due(start, term._replace(roll="previous"), CALENDAR).day
    plain = due(start, term._replace(roll="none"), CALENDAR).day
    assert back <= plain <= due(start, term, CALENDAR).day
    assert CALENDAR.is_workday(back)


@given(st.data(), days, st.integers(1, 60), st.sampled_from(["working_day", "calendar_day"]))
def test_paused_days_do_not_count(data: st.DataObject, start: date, amount: int, unit: str) -> None:
    """The end found by walking day by day over the union of the pauses."""
    given_pauses = data.draw(pauses(start))
    term = Term(amount, unit, "none")  # type: ignore[arg-type]
    day, left = start, amount
    while left:
        day += ONE
        paused = any(p.start <= day < p.end for p in given_pauses if p.end)  # type: ignore[operator]
        left -= not paused and (unit == "calendar_day" or CALENDAR.is_workday(day))
    assert due(start, term, CALENDAR, given_pauses).value == day


@given(st.data(), days, day_terms)
def test_the_union_of_pauses_counts_like_its_disjoint_parts(data: st.DataObject, start: date, term: Term) -> None:
    overlapping = data.draw(pauses(start))
    parts = paused_days(overlapping, date.min + ONE, date.max - ONE)
    disjoint = [Pause(low, high) for low, high in parts]
    expected = due(start, term, CALENDAR, disjoint).value
    assert due(start, term, CALENDAR, overlapping).value == expected
    assert due(start, term, CALENDAR, list(reversed(overlapping))).value == expected
    total = {
        low + timedelta(days=i) for p in overlapping if p.end for low in [p.start] for i in range((p.end - low).days)
    }
    assert sum((high - low).days for low, high in parts) == len(total)


@given(days, st.integers(1, 60), st.integers(1, 30))
def test_an_extension_runs_on_from_the_end(start: date, amount: int, more: int) -> None:
    for unit in ("working_day", "calendar_day"):
        whole = due(start, Term(amount + more, unit), CALENDAR).value  # type: ignore[arg-type]
        assert due(start, Term(amount, unit), CALENDAR, (), [Extension(more, unit)]).value == whole  # type: ignore[arg-type]


@given(days, day_terms)
def test_the_last_step_names_the_due_day(start: date, term: Term) -> None:
    found = due(start, term, CALENDAR, [Pause(start + 3 * ONE, start + 9 * ONE)], [Extension(5, "calendar_day")])
    told = [step for step in found.steps if step.kind != "provisional"]
    assert found.day.isoformat() in told[-1].text()
    assert [Step.from_dict(step.to_dict()).text() for step in found.steps] == [step.text() for step in found.steps]


def test_months_end_on_the_same_number_or_the_last_day() -> None:
    plain = lambda start, n: due(start, Term(n, "month", "none"), CALENDAR).value  # noqa: E731
    assert plain(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert plain(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert plain(date(2024, 11, 30), 3) == date(2025, 2, 28)
    assert due(date(2024, 2, 29), Term(1, "year", "none"), CALENDAR).value == date(2025, 2, 28)


def test_a_pause_after_the_end_adds_nothing() -> None:
    term = Term(10, "calendar_day", "none")
    late = [Pause(date(2024, 3, 12), date(2024, 4, 1))]
    assert due(date(2024, 3, 1), term, CALENDAR, late).value == date(2024, 3, 11)


def test_the_day_of_the_trigger_is_not_counted_and_its_pause_neither() -> None:
    term = Term(10, "calendar_day", "none")
    assert due(date(2024, 3, 1), term, CALENDAR, [Pause(date(2024, 3, 1), date(2024, 3, 2))]).value == date(2024, 3, 11)


def test_an_open_pause_needs_a_day_to_count_to() -> None:
    term, open_pause = Term(10, "calendar_day", "none"), [Pause(date(2024, 3, 5))]
    with pytest.raises(ValueError, match="paused"):
        due(date(2024, 3, 1), term, CALENDAR, open_pause)
    found = due(date(2024, 3, 1), term, CALENDAR, open_pause, as_of=date(2024, 3, 9))
    assert found.value == date(2024, 3, 15)


def test_a_granted_day_is_taken_as_written() -> None:
    saturday = date(2024, 3, 16)
    granted = Extension(until=saturday, granted_on=date(2024, 3, 8), approver="局长")
    earlier, later = Pause(date(2024, 3, 4), date(2024, 3, 6)), Pause(date(2024, 3, 11), date(2024, 3, 13))
    term = Term(10, "calendar_day")
    assert due(date(2024, 3, 1), term, CALENDAR, [earlier], [granted]).value == saturday
    # A pause after the grant adds to it, and then the end rolls again.
    assert due(date(2024, 3, 1), term, CALENDAR, [earlier, later], [granted]).value == date(2024, 3, 18)


def test_minutes_ignore_calendars_and_count_the_union_of_pauses() -> None:
    start = datetime(2026, 2, 17, 23, 50, tzinfo=UTC)
    assert due(start, Term(30, "minute"), None).value == datetime(2026, 2, 18, 0, 20, tzinfo=UTC)
    overlapping = [
        Pause(start + timedelta(minutes=5), start + timedelta(minutes=15)),
        Pause(start + timedelta(minutes=10), start + timedelta(minutes=20)),
    ]
    found = due(start, Term(30, "minute"), None, overlapping)
    assert found.value == start + timedelta(minutes=45)
    assert not found.provisional and found.calendar_version == ""
    assert found.steps[0].text() == "自 2026-02-17 23:50 起算 30 分钟，至 2026-02-18 00:20。"


def test_what_cannot_be_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="datetime"):
        due(date(2026, 1, 1), Term(30, "minute"), CALENDAR)
    with pytest.raises(ValueError, match="calendar"):
        due(date(2026, 1, 1), Term(3, "working_day"), None)
    with pytest.raises(CalendarRangeError):
        due(date(2100, 12, 1), Term(500, "working_day"), CALENDAR)
    with pytest.raises(ValueError, match="before"):
        Pause(date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(ValueError, match="positive"):
        Extension()
    with pytest.raises(ValueError, match="both"):
        WorkCalendar({date(2026, 1, 4): "元旦"}, [date(2026, 1, 4)], (date(2026, 1, 1), date(2026, 12, 31)))


def test_elapsed_share_of_a_year() -> None:
    year = (date(2016, 1, 1), date(2016, 12, 31))
    assert elapsed_share(*year, date(2016, 6, 30)) == pytest.approx(182 / 366)
    assert elapsed_share(*year, date(2015, 12, 31)) == 0.0
    assert elapsed_share(*year, date(2016, 1, 1)) == pytest.approx(1 / 366)
    assert elapsed_share(*year, date(2016, 12, 31)) == elapsed_share(*year, date(2017, 5, 1)) == 1.0
    with pytest.raises(ValueError, match="before"):
        elapsed_share(year[1], year[0], year[0])


def test_working_days_between_is_signed() -> None:
    assert working_days_between(date(2026, 9, 30), date(2026, 10, 10), CALENDAR) == 3
    assert working_days_between(date(2026, 10, 10), date(2026, 9, 30), CALENDAR) == -3
    assert working_days_between(date(2026, 9, 30), date(2026, 9, 30), CALENDAR) == 0


def test_limits_of_extensions() -> None:
    spec = ExtensionSpec(times=1, amount=15, unit="working_day", approver="负责人")
    last = date(2026, 4, 7)
    assert extension_problem(None, 0, last, last) == "not_allowed"
    assert extension_problem(spec, 1, last, last) == "used_up"
    assert extension_problem(spec, 0, last + ONE, last) == "too_late"
    assert extension_problem(spec, 0, last, last) is None


def test_a_recurrence_from_the_anchor_does_not_drift() -> None:
    spec = RecurrenceSpec(every=TermSpec(amount=1, unit="month", roll="none"), rebase=False)
    anchor, done, found = date(2025, 12, 31), date(2025, 12, 31), []
    for _ in range(3):
        done = next_occurrence(spec, anchor, CALENDAR, done)
        found.append(done)
    assert found == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


def test_steps_tell_holidays_on_the_way_and_translate() -> None:
    step = due(date(2016, 9, 28), Term(7, "working_day"), CALENDAR).steps[0]
    assert step.text() == (
        "自 2016-09-28 次日起算 7 个工作日，至 2016-10-12；其间国庆节 10-01～10-07、10-08 调休上班、10-09 调休上班。"
    )
    english = {
        step.sentence.pattern: "%(term)s from %(start)s end on %(end)s (%(special)s)",
        "%(n)s 个工作日": "%(n)s working days",
    }
    assert step.text(lambda text: english.get(text, text)).startswith(
        "7 working days from 2016-09-28 end on 2016-10-12"
    )


def test_a_pause_over_the_rest_days_before_the_last_day() -> None:
    """60 days end on a holiday, 2026-06-19, so on Monday the 22nd; paused from the 20th, on the day of resuming."""
    start, term = date(2026, 4, 20), Term(60, "calendar_day")
    assert due(start, term, CALENDAR, [Pause(date(2026, 6, 20), date(2026, 6, 25))]).value == date(2026, 6, 25)
    assert due(start, term, CALENDAR, [Pause(date(2026, 6, 20), date(2026, 6, 27))]).value == date(2026, 6, 29)
    assert due(start, term, CALENDAR, [Pause(date(2026, 6, 23), date(2026, 6, 27))]).value == date(2026, 6, 22)
    told = due(start, term, CALENDAR, [Pause(date(2026, 6, 20), date(2026, 6, 25))]).steps
    assert [step.kind for step in told] == ["count", "resume"]
