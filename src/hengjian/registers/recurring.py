"""Dates that the system fills in: the end of validity, and when a recurring duty is next due."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due, next_occurrence
from hengjian.registers.declarations import RecurrenceUse, RegisterType
from hengjian.registers.models import EntryBase
from hengjian.registers.storing import store, value_of
from hengjian.rulebook.parameters.terms import RecurrenceSpec, Terms

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def _terms(variant: str, region: str, on: date) -> Terms:
    return rulebook.at("terms", region, on, variant).typed(Terms)


def end_of_validity(declared: RegisterType, start: date, region: str) -> date | None:
    """The last day of validity by the declared term, or None without one.

    Both ends are inclusive: five years from 2026-03-01 end on 2031-02-28. The end is a property of the document, not a
    deadline, so it does not move to a working day.

    Raises:
        RuleNotFound: the rulebook has no such term on the first day.
    """
    if not declared.validity.term:
        return None
    spec = _terms(declared.validity.term, region, start).term
    if spec is None:
        raise ValueError(f"register {declared.code}: {declared.validity.term} is a recurrence, not a term")
    term = Term.of(spec)
    last = due(start, term._replace(roll="none"), current_calendar(region)).day
    return last if spec.unit == "working_day" else last - ONE_DAY


def renewal_day(declared: RegisterType, end: date, region: str) -> date | None:
    """The last day on which renewal may be applied for, counted back from the end of validity; None without a rule."""
    if not declared.validity.renew_before:
        return None
    spec = _terms(declared.validity.renew_before, region, end).term
    if spec is None:
        raise ValueError(f"register {declared.code}: {declared.validity.renew_before} is a recurrence, not a term")
    if spec.unit in ("month", "year"):
        months = end.year * 12 + end.month - 1 - spec.amount * (12 if spec.unit == "year" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(end.day, monthrange(year, month + 1)[1]))
    if spec.unit == "working_day":
        return date.fromordinal(current_calendar(region).back(end.toordinal(), spec.amount))
    return end - timedelta(days=spec.amount)


def runs(declared: RegisterType, item: RecurrenceUse, entry: EntryBase) -> bool:
    """Whether the duty is on for the entry as it stands."""
    statuses = item.statuses or tuple(status.code for status in declared.statuses if status.counts)
    if entry.status not in statuses:
        return False
    return all(str(value_of(entry, declared.field(code)) or "") == wanted for code, wanted in item.when.items())


def next_due(declared: RegisterType, item: RecurrenceUse, entry: EntryBase, on: date) -> date | None:
    """The next day on which the duty falls, or None while it does not run or its anchor is unknown."""
    anchor = value_of(entry, declared.field(item.anchor))
    if anchor is None or not runs(declared, item, entry):
        return None
    done = value_of(entry, declared.field(item.last_done)) if item.last_done else None
    region = entry.region.code
    spec: RecurrenceSpec | None = _terms(item.rule, region, on).recurrence
    if spec is None:
        raise ValueError(f"register {declared.code}: {item.rule} is a term, not a recurrence")
    last_done = date.fromisoformat(done) if done else None
    return next_occurrence(spec, date.fromisoformat(anchor), current_calendar(region), last_done)


def compute_recurrences(entry: EntryBase, declared: RegisterType, on: date) -> None:
    """Fill in the next day of every recurring duty. Does not save."""
    for item in declared.recurrences:
        found = next_due(declared, item, entry, on)
        store(entry, declared, {item.next_due: found.isoformat() if found else None})
