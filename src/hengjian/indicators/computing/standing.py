"""How many things stand in a state at the end of a period, by the last word of the ledger about each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from hengjian.indicators.computing.task import Cell, Sizes, Table, Task
from hengjian.indicators.declarations import END, START, FromStanding
from hengjian.indicators.keys import safe_key
from hengjian.indicators.rules import Parts, add_up
from hengjian.lake.measures import Condition, Measure, Scalar, Tally
from hengjian.lake.queries import Ask
from hengjian.methods.periods import Frequency, Period, period_of, periods_between

SUBJECT = "subject"


@dataclass(frozen=True)
class Word:
    """The last word about one thing in one month."""

    month: date
    subject: str
    region: str
    values: Mapping[str, str | None]


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


def fields_of(source: FromStanding) -> list[str]:
    """Every field that has to be known about each thing."""
    named = [condition.field for condition in (*source.where, *source.meets)]
    named += [source.sum] if source.sum else []
    named += list(source.by.values())
    return list(dict.fromkeys(named))


def _short(field: str) -> str:
    """A field as name of a break-down, which has no dots."""
    return field.replace(".", "__")


def asks(sources: Iterable[FromStanding]) -> list[Ask]:
    """Every month's last word about each thing; sources that read the same kinds share one question."""
    groups: dict[tuple[tuple[str, ...], str, str], dict[str, None]] = {}
    for source in sources:
        groups.setdefault((source.kinds, source.date, source.region), {}).update(dict.fromkeys(fields_of(source)))
    found = []
    for (kinds, day, region), fields in groups.items():
        dimensions = {SUBJECT: "subject", **{_short(name): name for name in fields}}
        measure = Measure(kinds=kinds, latest=True, date=day, region=region, dimensions=dimensions)
        found.append(Ask(measure, "month", "county", tuple(dimensions)))
    return found


def answers(source: FromStanding, asked: Ask) -> bool:
    """Whether a question of `asks` answers this source."""
    measure = asked.measure
    if not measure.latest or SUBJECT not in asked.by or asked.frequency != "month":
        return False
    same = (measure.kinds, measure.date, measure.region) == (source.kinds, source.date, source.region)
    return same and all(_short(name) in asked.by for name in fields_of(source))


def words(source: FromStanding, rows: Sequence[Tally]) -> list[Word]:
    """The answers to `asks`, in order of time."""
    fields = fields_of(source)
    found = [
        Word(
            row.period,
            str(row.dimensions[SUBJECT]),
            row.region,
            {name: row.dimensions[_short(name)] for name in fields},
        )
        for row in rows
    ]
    return sorted(found, key=lambda word: word.month)


def stand(task: Task, rows: Sequence[Tally]) -> tuple[Table, Sizes]:
    """Parts and numbers of things of every cell and region."""
    source = task.declared.source
    assert isinstance(source, FromStanding)
    told = words(source, rows)
    table: Table = defaultdict(dict)
    sizes: Sizes = defaultdict(dict)
    if not told:
        return table, sizes
    for frequency in task.declared.frequencies:
        for period, state in _states(told, frequency, task):
            for cell, held in _cells(source, period, frequency, state, task.declared.denominator is not None).items():
                shown: dict[str, Parts] = {region: (part, whole) for region, (part, whole, _n) in held.items()}
                numbers: dict[str, Parts] = {region: (Decimal(n), None) for region, (_p, _w, n) in held.items()}
                table[cell] = add_up(shown, task.places.tree)
                sizes[cell] = {region: int(n) for region, (n, _) in add_up(numbers, task.places.tree).items()}
    return table, sizes


def _states(told: list[Word], frequency: Frequency, task: Task) -> Iterable[tuple[Period, Mapping[str, Word]]]:
    """Each period with the last word about every thing at its end."""
    state: dict[str, Word] = {}
    at = 0
    first = period_of(told[0].month, frequency)
    for period in periods_between(first, period_of(task.today, frequency)):
        while at < len(told) and told[at].month <= period.last:
            state[told[at].subject] = told[at]
            at += 1
        if task.within(period):
            yield period, state


Three = tuple[Decimal, Decimal | None, int]


def _cells(
    source: FromStanding, period: Period, frequency: Frequency, state: Mapping[str, Word], share: bool
) -> dict[Cell, dict[str, Three]]:
    """Parts by break-down and region."""
    found: dict[Cell, dict[str, Three]] = defaultdict(dict)
    for word in state.values():
        if not all(holds(condition, word.values[condition.field], period) for condition in source.where):
            continue
        amount = Decimal(1)
        if source.sum:
            text = word.values[source.sum]
            amount = Decimal(text) if text else Decimal(0)
        meets = all(holds(condition, word.values[condition.field], period) for condition in source.meets)
        part, whole = (amount if meets else Decimal(0)), (amount if share else None)
        keys = [""]
        for name, field in source.by.items():
            code = word.values[field]
            if code:
                keys.append(safe_key({name: code}))
        for key in keys:
            cell = Cell(frequency, period, key)
            held = found[cell].get(word.region, (Decimal(0), None, 0))
            total = None if whole is None else (held[1] or Decimal(0)) + whole
            found[cell][word.region] = (held[0] + part, total, held[2] + 1)
    return found
