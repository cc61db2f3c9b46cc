"""Pure decisions of the plans room: which step may follow which, roll-up, report periods."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

# What each verb needs and where it leads. `None` = the state stays.
TRANSITIONS: dict[str, tuple[frozenset[str], str | None]] = {
    "assign": (frozenset({"pending"}), "assigned"),
    "sign": (frozenset({"assigned"}), "signed"),
    "submit": (frozenset({"signed", "done"}), "reported"),
    "withdraw_report": (frozenset({"reported"}), "signed"),
    "accept": (frozenset({"reported"}), "signed"),
    "accept_complete": (frozenset({"reported"}), "done"),
    "return": (frozenset({"reported"}), "signed"),
    "extend": (frozenset({"assigned", "signed", "reported"}), None),
    "urge": (frozenset({"assigned", "signed", "reported", "done"}), None),
    "close": (frozenset({"done"}), "closed"),
    "reopen": (frozenset({"closed"}), "signed"),
    "suspend": (frozenset({"assigned", "signed", "reported", "done"}), "suspended"),
    "resume": (frozenset({"suspended"}), "signed"),
    "withdraw": (frozenset({"pending", "assigned", "signed", "reported", "done", "suspended"}), "withdrawn"),
}
OPEN_STATES = frozenset({"assigned", "signed", "reported", "done"})


def allowed(verb: str, state: str) -> bool:
    """Whether `verb` may be done to a duty in `state`. Raises KeyError for an unknown verb."""
    return state in TRANSITIONS[verb][0]


def next_state(verb: str, state: str) -> str:
    """The state after `verb`.

    Raises:
        ValueError: the verb is not allowed in this state.
    """
    before, after = TRANSITIONS[verb]
    if state not in before:
        raise ValueError(f"{verb} is not allowed in state {state}")
    return after or state


@dataclass(frozen=True)
class Part:
    """One duty (or sub-task) in a roll-up: percent 0..100, weight >= 0; excluded parts (withdrawn) do not count."""

    percent: int
    weight: Decimal = Decimal(1)
    done: bool = False
    excluded: bool = False


def roll_up(parts: Iterable[Part], method: str) -> int:
    """Percent of the whole, 0..100, halves up.

    `mean`: simple mean. `weights`: weighted mean; when all weights are zero the simple mean is taken, so that the whole
    does not stay at 0 %. `done`: share of finished parts. No parts give 0.

    Raises:
        ValueError: unknown method.
    """
    counted = [part for part in parts if not part.excluded]
    if method not in ("mean", "weights", "done"):
        raise ValueError(f"unknown roll-up {method!r}")
    if not counted:
        return 0
    if method == "done":
        value = Decimal(100 * sum(part.done for part in counted)) / len(counted)
    else:
        total = sum((part.weight for part in counted), Decimal(0))
        if method == "mean" or total == 0:
            value = Decimal(sum(part.percent for part in counted)) / len(counted)
        else:
            value = sum((part.percent * part.weight for part in counted), Decimal(0)) / total
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True)
class Period:
    """A report period with its last day."""

    label: str
    start: date
    end: date


def period_of(day: date, cycle: str) -> Period:
    """The report period that contains `day`.

    `cycle`: `month` (2026-08), `quarter` (2026-Q3), `half` (2026-H2), `year` (2026).

    Raises:
        ValueError: unknown cycle.
    """
    months = {"month": 1, "quarter": 3, "half": 6, "year": 12}.get(cycle)
    if months is None:
        raise ValueError(f"unknown cycle {cycle!r}")
    part = (day.month - 1) // months
    first, last = part * months + 1, (part + 1) * months
    label = {
        "month": f"{day.year}-{first:02d}",
        "quarter": f"{day.year}-Q{part + 1}",
        "half": f"{day.year}-H{part + 1}",
        "year": f"{day.year}",
    }[cycle]
    return Period(label, date(day.year, first, 1), date(day.year, last, calendar.monthrange(day.year, last)[1]))


def missed_periods(begun: date, until: date, cycle: str, reported: set[str]) -> list[str]:
    """Labels of the periods that ended before `until` without a report, oldest first; the period of `begun` counts only
    when the duty was held from its first day on (a duty handed over in mid-month need not report for that month).
    """
    missed: list[str] = []
    period = period_of(begun, cycle)
    if begun > period.start:
        period = period_of(period.end + timedelta(days=1), cycle)
    while period.end < until:
        if period.label not in reported:
            missed.append(period.label)
        period = period_of(period.end + timedelta(days=1), cycle)
    return missed


@dataclass(frozen=True)
class Problem:
    """Why a report cannot be submitted: the field and the message id."""

    field: str
    code: str


def check_report(
    *,
    no_change: bool,
    result: str,
    percent: int,
    previous_percent: int,
    figure_label: str,
    has_figure: bool,
    problems_text: str,
) -> list[Problem]:
    """What a report lacks before it may be submitted (saving a draft is always possible).

    "No change this period" needs nothing else and keeps the percentage. Otherwise a result is needed; a label without a
    value (or a value without a label) is refused, because such a figure cannot be verified. A lower percentage than
    before needs the problem that explains it.
    """
    problems: list[Problem] = []
    if not 0 <= percent <= 100:
        problems.append(Problem("percent", "percent_range"))
    if no_change:
        if percent != previous_percent:
            problems.append(Problem("percent", "no_change_percent"))
        return problems
    if not result.strip():
        problems.append(Problem("result", "result_needed"))
    if percent < previous_percent and not problems_text.strip():
        problems.append(Problem("problems", "decrease_reason"))
    if bool(figure_label.strip()) != has_figure:
        problems.append(Problem("figure_value", "figure_incomplete"))
    return problems
