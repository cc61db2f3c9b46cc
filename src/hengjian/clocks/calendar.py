"""The rulebook's calendar as a `WorkCalendar`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from hengjian import rulebook
from hengjian.clocks.workdays import WorkCalendar
from hengjian.rulebook.base import covers
from hengjian.rulebook.parameters.calendar import CalendarYear, DaysOff, Edition


@lru_cache(maxsize=256)
def current_calendar(region: str = rulebook.NATIONAL, known_on: date | None = None) -> WorkCalendar:
    """The working days of a region as published by `known_on` (None = everything in the rulebook).

    The nation's days, plus what the most specific regional rules add. Built once per set of editions.
    """
    picked: list[tuple[str, int]] = []
    for rule in rulebook.versions("calendar"):
        if covers(rule.region, region):
            editions = rule.typed(CalendarYear).editions
            known = sum(known_on is None or item.known_from <= known_on for item in editions)
            if known:
                picked.append((rule.id, known - 1))
    return _build(tuple(picked))


@lru_cache(maxsize=32)
def _build(picked: tuple[tuple[str, int], ...]) -> WorkCalendar:
    off: dict[date, str] = {}
    work: set[date] = set()
    confirmed: list[int] = []
    newest = date.min
    chosen: list[tuple[CalendarYear, Edition]] = []
    for rule_id, number in picked:
        year = rulebook.get(rule_id).typed(CalendarYear)
        chosen.append((year, year.editions[number]))
    for year, edition in sorted(chosen, key=lambda pair: (pair[0].adds_to_national, pair[0].year)):
        off |= _named(edition.days_off)
        work |= set(edition.work_days)
        newest = max(newest, edition.known_from)
        if not year.provisional and not year.adds_to_national:
            confirmed.append(year.year)
    if not confirmed:
        raise ValueError("no published working-day calendar: the rulebook family calendar is empty for that day")
    last = first = confirmed[0]
    for number in confirmed:
        # A gap ends the confirmed years: what lies behind it is provisional.
        if number > last + 1:
            break
        last = number
    return WorkCalendar(off, work - set(off), (date(first, 1, 1), date(last, 12, 31)), newest)


def _named(runs: tuple[DaysOff, ...]) -> dict[date, str]:
    return {day: run.name for run in runs for day in run.days()}
