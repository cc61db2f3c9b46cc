"""The calendar of TSG T7001-2023."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import next_occurrence
from hengjian.methods.lift_inspections import Check, Years, first_days, standing
from hengjian.rulebook.parameters.terms import Terms

SPEC = rulebook.at("terms", "990000", date(2026, 11, 21), "lift-inspection").typed(Terms).recurrence
assert SPEC is not None
YEARS = Years(SPEC.years, SPEC.then_every_years or 1, SPEC.early_months)
BASE = date(2019, 6, 18)


def test_the_years_of_the_acceptance_case() -> None:
    found = [(day.year, day.month) for day in first_days(BASE, YEARS, 9)]
    assert found == [(year, 6) for year in (2020, 2023, 2026, 2028, 2030, 2032, 2034, 2035, 2036)]


def test_two_months_early_does_not_move_the_next() -> None:
    assert standing(BASE, YEARS, [Check(date(2026, 4, 20), "periodic")]).next_inspection == date(2028, 6, 30)
    # Three months before its month counts for nothing that comes.
    assert standing(BASE, YEARS, [Check(date(2026, 3, 31), "periodic")]).next_inspection == date(2026, 6, 30)


def test_what_was_not_passed_counts_for_nothing() -> None:
    failed = standing(BASE, YEARS, [Check(date(2026, 5, 4), "periodic", passed=False)])
    assert failed.next_inspection == date(2020, 6, 30)


def test_a_major_repair_replaces_the_inspection_of_its_year_only() -> None:
    before = Check(date(2023, 6, 1), "periodic")
    assert standing(BASE, YEARS, [before, Check(date(2026, 1, 9), "major_repair")]).next_inspection == date(2028, 6, 30)
    # 2025 has a self-test, not an inspection: the one of 2026 stays.
    repaired = standing(BASE, YEARS, [before, Check(date(2025, 1, 9), "major_repair")])
    assert repaired.next_inspection == date(2026, 6, 30)
    assert repaired.next_self_test == date(2027, 6, 30)


def test_a_restart_after_a_year_moves_the_month() -> None:
    found = standing(BASE, YEARS, [Check(date(2023, 6, 1), "periodic"), Check(date(2025, 9, 10), "restart")])
    assert (found.anchor, found.next_inspection) == (date(2019, 9, 10), date(2026, 9, 30))


def test_an_alteration_starts_the_calendar_anew() -> None:
    found = standing(BASE, YEARS, [Check(date(2023, 6, 1), "periodic"), Check(date(2025, 3, 3), "alteration")])
    assert (found.anchor, found.next_inspection, found.next_self_test) == (
        date(2025, 3, 3), date(2026, 3, 31), date(2027, 3, 31),
    )  # fmt: skip


def test_self_tests_fall_in_the_other_years_until_every_year_is_inspected() -> None:
    done = Check(date(2026, 6, 20), "periodic")
    assert standing(BASE, YEARS, [done]).next_self_test == date(2027, 6, 30)
    assert standing(BASE, YEARS, [done, Check(date(2027, 5, 20), "self_test")]).next_self_test == date(2029, 6, 30)
    assert standing(date(2005, 6, 18), YEARS, [done]).next_self_test is None


def test_nothing_before_the_first_inspection() -> None:
    with pytest.raises(ValueError, match="before the first inspection"):
        standing(BASE, YEARS, [Check(date(2018, 1, 1), "periodic")])


@given(
    st.dates(date(2000, 1, 1), date(2026, 12, 31)),
    st.lists(
        st.tuples(
            st.integers(0, 30 * 365),
            st.sampled_from(["periodic", "major_repair", "restart", "alteration"]),
            st.booleans(),
        ),
        max_size=6,
    ),
)
def test_the_generic_clock_agrees(base: date, done: list[tuple[int, str, bool]]) -> None:
    """What a lift's columns keep (anchor, counted) is enough for the engine's own recurrence to find the same day."""
    checks = [Check(date.fromordinal(base.toordinal() + days), kind, ok) for days, kind, ok in done]  # type: ignore[arg-type]
    found = standing(base, YEARS, checks)
    assert SPEC is not None
    again = next_occurrence(SPEC, found.anchor, current_calendar(), found.counted)
    assert again == found.next_inspection
    assert found.next_inspection > base
