"""Figures that units report on forms, and figures that a procedure concluded with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from hengjian.indicators.computing.standing import holds
from hengjian.indicators.computing.task import Cell, Sizes, Table, Task
from hengjian.indicators.declarations import Definition, FromFactValue, FromReturn
from hengjian.indicators.keys import safe_key
from hengjian.indicators.rules import PLACES as DIGITS
from hengjian.indicators.rules import Parts, add_up, add_up_reported, quantity
from hengjian.ledger import queries as ledger
from hengjian.ledger.drafts import INTERNAL
from hengjian.ledger.models import Fact
from hengjian.methods.periods import Frequency, Period, parse_period, period_of
from hengjian.returns.facts import APPROVED

TOTAL = "total"  # the row of a form that adds up the others


def from_returns(task: Task) -> tuple[Table, Sizes]:
    """Approved cells of a form, added up over regions and, where all shorter periods are there, over time."""
    source = task.declared.source
    assert isinstance(source, FromReturn)
    table: Table = defaultdict(dict)
    sizes: Sizes = defaultdict(dict)
    for payload in approved(source.form, task.tree_size):
        period, region = parse_period(str(payload["period"])), str(payload["region"])
        for dimensions, parts in _parts(source, payload["rows"]).items():
            cell = Cell(period.frequency, period, dimensions)
            table[cell][region] = parts
            sizes[cell][region] = 1
    for cell in list(table):
        own = {region: (Decimal(n), None) for region, n in sizes[cell].items()}
        table[cell] = add_up_reported(table[cell], task.places.tree)
        sizes[cell] = {region: int(n) for region, (n, _) in add_up(own, task.places.tree).items()}
    add_up_time(table, sizes, task.declared)
    return {cell: rows for cell, rows in table.items() if task.within(cell.period)}, sizes


def approved(form: str, tree_size: int) -> list[Mapping[str, Any]]:
    """What the approved returns of a form say, at a state of the ledger: one query for all regions and periods."""
    rows = ledger.facts(disclosure=INTERNAL, kinds=[APPROVED.name], tree_size=tree_size)
    return list(rows.filter(subject__startswith=f"return:{form}:").values_list("payload", flat=True))


Rows = Mapping[str, Mapping[str, str]]


def _parts(source: FromReturn, rows: Rows) -> dict[str, Parts]:
    """Break-down → parts of one return; half a share is none."""
    found: dict[str, Parts] = {}
    numerator = _cells(source.numerator, rows, source.numerator_factor)
    denominator = _cells(source.denominator, rows, source.denominator_factor) if source.denominator else None
    if numerator is not None and (denominator is not None or not source.denominator):
        found[""] = (numerator, denominator)
    for name, cell in source.by.items():
        column = cell.removeprefix("*.")
        for row in rows:
            figure = number(rows[row].get(column))
            if row != TOTAL and figure is not None:
                found[safe_key({name: row})] = (figure * source.numerator_factor, None)
    return found


def _cells(names: str, rows: Rows, factor: Decimal) -> Decimal | None:
    """The sum of the named cells; None where one of them is empty."""
    total = Decimal(0)
    for name in names.split("+"):
        row, _dot, column = name.strip().partition(".")
        figure = number(rows.get(row, {}).get(column))
        if figure is None:
            return None
        total += figure
    return total * factor


def add_up_time(table: Table, sizes: Sizes, declared: Definition) -> None:
    """Longer periods from shorter ones: parts are added where none of the shorter ones is missing."""
    for frequency in declared.frequencies[1:]:
        wanted: dict[Cell, set[str]] = defaultdict(set)
        for cell, rows in list(table.items()):
            if cell.frequency == declared.frequency:
                wanted[Cell(frequency, _longer(cell.period, frequency), cell.dimensions)] |= rows.keys()
        for longer, regions in wanted.items():
            parts_of = longer.period.split(declared.frequency)
            shorter = [Cell(declared.frequency, one, longer.dimensions) for one in parts_of]
            for region in regions:
                if all(region in table.get(cell, {}) for cell in shorter):
                    parts = [table[cell][region] for cell in shorter]
                    table.setdefault(longer, {})[region] = _sum(parts)
                    sizes.setdefault(longer, {})[region] = sum(sizes[cell].get(region, 0) for cell in shorter)


def _longer(period: Period, frequency: Frequency) -> Period:
    return period_of(period.first, frequency)


def _sum(parts: list[Parts]) -> Parts:
    wholes = [whole for _part, whole in parts if whole is not None]
    return sum((part for part, _whole in parts), Decimal(0)), sum(wholes, Decimal(0)) if wholes else None


@dataclass(frozen=True)
class Concluded:
    """What one fact says."""

    cell: Cell
    region: str
    value: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int
    fact: str


def from_conclusions(task: Task) -> list[Concluded]:
    """The latest figure that facts give for each region and period."""
    source = task.declared.source
    assert isinstance(source, FromFactValue)
    rows = ledger.facts(disclosure=INTERNAL, kinds=[source.facts], tree_size=task.tree_size)
    found: dict[tuple[Cell, str], Concluded] = {}
    for fact in rows.iterator():
        told = _concluded(fact, source, task)
        if told is not None and task.within(told.cell.period):
            found[told.cell, told.region] = told
    return list(found.values())


def _concluded(fact: Fact, source: FromFactValue, task: Task) -> Concluded | None:
    payload: Mapping[str, Any] = fact.payload
    numerator = number(inside(payload, source.numerator)) if source.numerator else None
    denominator = number(inside(payload, source.denominator)) if source.denominator else None
    value = number(inside(payload, source.value)) if source.value else share(task.declared, numerator, denominator)
    if value is None:
        return None
    try:
        given = inside(payload, source.period) if source.period else None
        period = parse_period(str(given)) if given else period_of(fact.occurred_on, task.declared.frequency)
    except ValueError:
        return None
    if not all(holds(condition, as_text(inside(payload, condition.field)), period) for condition in source.where):
        return None
    by = {name: as_text(inside(payload, field)) for name, field in source.by.items()}
    if any(not code for code in by.values()):
        return None
    size = number(inside(payload, source.size)) if source.size else None
    return Concluded(
        cell=Cell(period.frequency, period, safe_key(by)),
        region=str(inside(payload, source.region) or fact.region) if source.region else fact.region,
        value=value,
        numerator=numerator,
        denominator=denominator,
        low=number(inside(payload, source.low)) if source.low else None,
        high=number(inside(payload, source.high)) if source.high else None,
        n=int(size) if size is not None else 1,
        fact=str(fact.id),
    )


def share(declared: Definition, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """The number that two parts make on the indicator's scale; None where one is missing or nothing was counted."""
    if numerator is None or not denominator:
        return None
    value = quantity(declared.scale, numerator, denominator).value
    return None if value is None else value.quantize(DIGITS)


def inside(payload: Mapping[str, Any], path: str) -> Any:
    """The value of a field, by its path with dots; None where there is none."""
    at: Any = payload
    for name in path.removeprefix("payload.").split("."):
        at = at.get(name) if isinstance(at, Mapping) else None
    return at


def number(value: Any) -> Decimal | None:
    """A number as decimal, None for anything else."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def as_text(value: Any) -> str | None:
    """A payload value as the lake gives it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
