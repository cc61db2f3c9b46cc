"""When a record is shown, from when it can be repaired, when it ends. Pure; the numbers come from the rulebook."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hengjian.rulebook.parameters.credit_records import CatalogueEntry, CreditRepair


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Publication:
    """What the rule makes of one record.

    Attributes:
        severity: "" where nothing speaks against the body.
        published: whether the public sees it.
        min_until: first day on which it can be repaired; None: never needed.
        max_until: first day on which it is shown and used no more; None: until something else ends it.
    """

    severity: str = ""
    published: bool = True
    min_until: date | None = None
    max_until: date | None = None


def publication(
    rule: CreditRepair,
    entry: CatalogueEntry,
    *,
    decided_on: date,
    severity: str = "",
    measures: Sequence[str] = (),
    procedure: str = "",
    fine_level: str = "",
    sector: str = "",
    valid_until: date | None = None,
    person_years: int | None = None,
) -> Publication:
    """Severity, first and last day of a record by the rule in force on its day of decision (order 36 of 2026, art. on
    severities: the clock starts at the date of the legal document).

    Args:
        severity: as the organ decided it; empty: as the rule derives it from measures, procedure and size of the fine.
        valid_until: last day of what was granted; favourable and neutral records end after it.
        person_years: adverse information about a natural person is used no longer than so many years.
    """
    if entry.effect != "adverse":
        end = date.fromordinal(valid_until.toordinal() + 1) if valid_until else None
        return Publication(published=entry.disclosure == "public", max_until=end)
    found = severity or rule.severity_of(measures, procedure, fine_level, entry.category)
    end = add_months(decided_on, rule.term(found).most)
    if person_years is not None:
        end = min(end, add_months(decided_on, person_years * 12))
    return Publication(
        severity=found,
        published=entry.disclosure == "public" and rule.is_published(found, measures, procedure),
        min_until=min(add_months(decided_on, rule.least(found, sector)), end),
        max_until=end,
    )


@dataclass(frozen=True)
class Standing:
    """What is known of a record when its repair is asked for."""

    today: date
    min_until: date | None
    fulfilled_on: date | None
    committed: bool
    disputed: bool = False
    repairable: bool = True
    refused_until: date | None = None
    barred_until: date | None = None


def repair_obstacles(standing: Standing) -> list[str]:
    """Which conditions of repair are not met: codes `not_adverse`, `not_repairable`, `barred`, `refused`, `too_early`,
    `not_fulfilled`, `not_committed`, `disputed`, in the order in which they are told."""
    if standing.min_until is None:
        return ["not_adverse"]
    if not standing.repairable:
        return ["not_repairable"]
    found = []
    if standing.barred_until is not None and standing.today < standing.barred_until:
        found.append("barred")
    if standing.refused_until is not None and standing.today < standing.refused_until:
        found.append("refused")
    if standing.today < standing.min_until:
        found.append("too_early")
    if standing.fulfilled_on is None or standing.fulfilled_on > standing.today:
        found.append("not_fulfilled")
    if not standing.committed:
        found.append("not_committed")
    if standing.disputed:
        found.append("disputed")
    return found


def ends(max_until: date | None, unfulfilled: bool, rule: CreditRepair, today: date) -> bool:
    """Whether publication and use end today: at the maximum, and unless the sector's rule keeps what was not
    fulfilled."""
    return max_until is not None and max_until <= today and not (unfulfilled and rule.unfulfilled == "continue")
