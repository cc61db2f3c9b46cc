"""Pure decisions: when an instrument is due, quarters, whether energy meters suffice."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from hengjian.methods.line_tables import read_lines
from hengjian.methods.verification_rates import FitLine
from hengjian.rulebook.parameters.metrology import LEVEL_TITLES, Level, MeteringFit


def months_later(day: date, months: int) -> date:
    """The same day of a later month, else its last day.

    >>> months_later(date(2024, 8, 31), 6)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class History:
    """What is known of an instrument. `until`: the end of validity that its last certificate states."""

    installed: date | None = None
    first_verified: date | None = None
    last_verified: date | None = None
    until: date | None = None
    failed: bool = False


def next_due(scheme: str, months: int | None, history: History) -> date | None:
    """The day by which it must be verified again, or replaced; None: not known, or out of use after a failure.

    A new instrument is due before it is used. A certificate may end earlier than the cycle, never later.
    """
    if history.failed:
        return None
    start = history.first_verified if scheme == "first_replace" else history.last_verified
    if start is None:
        return history.installed
    ends = [] if months is None else [months_later(start, months)]
    if history.until is not None:
        ends.append(history.until)
    return min(ends) if ends else None


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, with a name such as "2026Q1"."""

    name: str
    first: date
    last: date


def quarter(name: str) -> Period:
    """The quarter "2026Q1", or the whole year "2026".

    Raises:
        ValueError: it is neither.
    """
    year, _mark, number = name.upper().partition("Q")
    if not (year.isdigit() and len(year) == 4 and 1900 < int(year) <= 2100) or number not in ("", "1", "2", "3", "4"):
        raise ValueError(f"{name!r} is no quarter such as 2026Q1")
    if "Q" in name.upper() and not number:
        raise ValueError(f"{name!r} is no quarter such as 2026Q1")
    start = date(int(year), 3 * int(number) - 2 if number else 1, 1)
    return Period(
        f"{year}Q{number}" if number else year, start, months_later(start, 3 if number else 12) - timedelta(1)
    )


def quarter_of(day: date) -> Period:
    return quarter(f"{day.year}Q{(day.month + 2) // 3}")


def quarters_around(day: date, back: int = 4, ahead: int = 1) -> list[Period]:
    """Quarters from `back` before the one of the day to `ahead` after it, latest first."""
    here = quarter_of(day).first
    return [quarter_of(months_later(here, 3 * step)) for step in range(ahead, -back - 1, -1)]


LEVELS: Mapping[str, Level] = {
    **{level: level for level in get_args(Level)},
    **{title: level for level, title in LEVEL_TITLES.items()},
    "次级用能单位": "subunit",
    "用能设备": "device",
}


def read_fit(text: str, fit: MeteringFit, complain: Callable[[int, str, str], ValueError]) -> list[FitLine]:
    """Carrier | level | needed | fitted, one per line.

    Args:
        complain: (line, "carrier" | "level" | "number", cell) → what to raise.

    Raises:
        LineError: a line has not four cells. What `complain` gives: a cell is wrong.
    """
    found = []
    for line in read_lines(text, 4, 4):
        carrier, level, needed, fitted = line.cells
        row = fit.row(carrier)
        if row is None:
            raise complain(line.number, "carrier", carrier)
        if level not in LEVELS:
            raise complain(line.number, "level", level)
        if not (needed.isdecimal() and fitted.isdecimal() and len(needed) < 8 and len(fitted) < 8):
            raise complain(line.number, "number", f"{needed} | {fitted}")
        found.append(FitLine(row.code, LEVELS[level], int(fitted), int(needed), row.rate(LEVELS[level])))
    return found


def write_fit(lines: list[FitLine], fit: MeteringFit) -> str:
    """The table in its one way of writing."""
    return "\n".join(
        f"{_title(fit, line.carrier)} | {LEVEL_TITLES[LEVELS[line.level]]} | {line.needed} | {line.fitted}"
        for line in lines
    )


def _title(fit: MeteringFit, carrier: str) -> str:
    row = fit.row(carrier)
    return row.title if row is not None else carrier


def lacking(lines: list[FitLine]) -> list[FitLine]:
    """Those that do not reach what the standard asks for."""
    return [line for line in lines if line.meets is False]
