"""What a unit holds that another takes over in a reform: each room says what, how much, and how it moves.

    register_holding(Holding("plans.duties", _("在办的计划责任"), rows=open_duties, move=move_duties))

`move` runs inside the transaction of the succession and writes its room's own records of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from hengjian.parties.models import Unit, User

SAMPLE = 10


@dataclass(frozen=True)
class Move:
    """One handing over: from whom, to whom, from which day, on what ground, and who does it."""

    predecessor: Unit
    successor: Unit
    on: date
    document: str
    user: User | None
    system: str = ""


@dataclass(frozen=True)
class Holding:
    """Attributes:
    code: unique name, "room.things"; kept with the succession.
    label: words for the page.
    rows: what the unit holds now.
    move: hand it over; returns how many rows now belong to the successor.
    clashes: how many rows cannot simply move because the successor holds the same; the room joins them.
    named: words of a row for the preview.
    """

    code: str
    label: str | Promise
    rows: Callable[[Unit], QuerySet[Any]]
    move: Callable[[Move], int]
    clashes: Callable[[Unit, Unit], int] | None = None
    named: Callable[[Any], str] = str


@dataclass(frozen=True)
class Preview:
    """What would move: how many rows, the first of them in words, how many the successor has already."""

    holding: Holding
    count: int
    sample: list[str]
    clashes: int


_holdings: dict[str, Holding] = {}


def register_holding(holding: Holding) -> None:
    """From a room's `AppConfig.ready`."""
    if holding.code in _holdings:
        raise ValueError(f"the holding {holding.code} is registered twice")
    _holdings[holding.code] = holding


def holdings() -> list[Holding]:
    """All kinds, in the order of their names."""
    return [_holdings[code] for code in sorted(_holdings)]


def holding(code: str) -> Holding | None:
    return _holdings.get(code)


def preview(unit: Unit, successor: Unit | None = None) -> list[Preview]:
    """What the unit holds; kinds of which it holds nothing are left out."""
    found = []
    for kind in holdings():
        rows = kind.rows(unit)
        count = rows.count()
        if count:
            clashes = kind.clashes(unit, successor) if kind.clashes and successor is not None else 0
            found.append(Preview(kind, count, [kind.named(row) for row in rows[:SAMPLE]], clashes))
    return found
