"""How many things stand in a state at the end of a period, by the last word of the ledger about each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from hengjian.indicators.computing.task import Answers, Cell, Sizes, Table, Task
from hengjian.indicators.declarations import END, START, Definition, FromStanding
from hengjian.indicators.keys import safe_key
from hengjian.indicators.rules import Parts, add_up
from hengjian.lake.measures import Condition, Scalar, Standing, Stood
from hengjian.lake.standings import StandingAsk
from hengjian.methods.periods import Frequency, Period, period_of


def asks(declared: Definition) -> list[StandingAsk]:
    """What has to be asked of the lake."""
    source = declared.source
    if not isinstance(source, FromStanding):
        return []
    standing = Standing(
        kinds=source.kinds,
        where=source.where,
        meets=source.meets,
        sum=source.sum,
        date=source.date,
        region=source.region,
        dimensions=source.by,
    )
    return [
        StandingAsk(standing, frequency, "county", by)
        for frequency in _asked(declared)
        for by in ((), *((name,) for name in source.by))
    ]


def _asked(declared: Definition) -> Sequence[Frequency]:
    """A longer period ends as its last month does; it is asked for itself only where its first day matters, too."""
    source = declared.source
    assert isinstance(source, FromStanding)
    begins = any(_names_start(condition) for condition in (*source.where, *source.meets))
    return declared.frequencies if begins else declared.frequencies[:1]


def _names_start(condition: Condition) -> bool:
    value = condition.value
    return START in value if isinstance(value, tuple) else value == START


def stand(task: Task, answers: Answers[StandingAsk, Stood]) -> tuple[Table, Sizes]:
    """Parts and numbers of things of every cell and region."""
    table: Table = defaultdict(dict)
    numbers: Table = defaultdict(dict)
    share = task.declared.denominator is not None
    for asked in asks(task.declared):
        for row in answers[asked]:
            for cell in _cells(task, asked, row):
                _add(table[cell], row.region, (row.part, row.whole if share else None))
                _add(numbers[cell], row.region, (Decimal(row.things), None))
    tree = task.places.tree
    sizes = {
        cell: {region: int(things) for region, (things, _whole) in add_up(own, tree).items()}
        for cell, own in numbers.items()
    }
    return {cell: add_up(own, tree) for cell, own in table.items()}, sizes


def _cells(task: Task, asked: StandingAsk, row: Stood) -> Iterator[Cell]:
    """The cells that a figure belongs to: of its own period, and of the longer ones that end with it."""
    if any(not code for code in row.dimensions.values()):
        return  # a thing of which that is not known is in the whole only
    own = period_of(row.period, asked.frequency)
    for frequency in _told(task.declared, asked):
        period = period_of(own.first, frequency)
        if period.last == own.last and task.within(period):
            yield Cell(frequency, period, safe_key(row.dimensions))


def _told(declared: Definition, asked: StandingAsk) -> Sequence[Frequency]:
    """The frequencies that the answer to a question tells."""
    return declared.frequencies if len(_asked(declared)) == 1 else (asked.frequency,)


def _add(held: dict[str, Parts], region: str, more: Parts) -> None:
    """Break-downs whose codes differ only in what a key cannot hold are one."""
    part, whole = held.get(region, (Decimal(0), None))
    held[region] = (part + more[0], whole if more[1] is None else (whole or Decimal(0)) + more[1])


def holds(condition: Condition, text: str | None, period: Period) -> bool:
    """Whether a value that the lake gives as text meets a condition; as in the lake, a missing value meets none but
    `is_null`."""
    if condition.op in ("is_null", "not_null"):
        return (text is None) == (condition.op == "is_null")
    if text is None:
        return False
    if condition.op in ("in", "not_in"):
        assert isinstance(condition.value, tuple)
        found = any(_typed(text, one) == _known(one, period) for one in condition.value)
        return found == (condition.op == "in")
    assert condition.value is not None and not isinstance(condition.value, tuple)
    wanted: Any = _known(condition.value, period)
    if condition.op == "contains":
        return str(wanted) in text
    held = _typed(text, wanted)
    if held is None:
        return False
    answers = {
        "eq": held == wanted,
        "ne": held != wanted,
        "ge": held >= wanted,
        "gt": held > wanted,
        "le": held <= wanted,
        "lt": held < wanted,
    }
    return answers[condition.op]


def _known(value: Scalar, period: Period) -> Scalar:
    if value == START:
        return period.first
    return period.last if value == END else value


def _typed(text: str, like: Scalar) -> Any:
    """The text as what it is compared with; None when it is none."""
    if isinstance(like, bool):
        return text.casefold() in ("true", "1")
    if isinstance(like, str) and like not in (START, END):
        return text
    try:
        return date.fromisoformat(text[:10]) if isinstance(like, date | str) else Decimal(text)
    except (ValueError, InvalidOperation):
        return None
