"""Days that follow from the terms of the rulebook."""

from __future__ import annotations

from datetime import date

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due
from hengjian.rulebook.parameters.terms import Terms


def day_after(start: date, variant: str, region: str) -> date:
    """The last day of a term that starts on a day.

    Raises:
        rulebook.RuleNotFound: the rulebook has no such term for that day.
    """
    spec = rulebook.at("terms", region, start, variant).typed(Terms).term
    assert spec is not None, variant
    return due(start, Term(spec.amount, spec.unit, spec.roll), current_calendar(region)).day
