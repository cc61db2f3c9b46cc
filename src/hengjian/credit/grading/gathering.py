"""What the facts say about enterprises: the values of a pack's features at a state of the ledger, as of a day."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hengjian.credit.grading.packs import Pack, Use
from hengjian.lake.expressions import DECIMAL
from hengjian.lake.measures import Condition, Declaration
from hengjian.lake.opening import Opened, opened, snapshot
from hengjian.lake.sources import Source, source
from hengjian.ledger.canonical import canonical
from hengjian.methods.credit_grading import Value
from hengjian.methods.later import later

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = later("ibis")

SUBJECT = "enterprise:"


@dataclass(frozen=True, slots=True)
class Found:
    """The value of a feature for one subject, and the places in the log of the facts behind it, in order."""

    value: Value
    leaves: tuple[int, ...]


#: use → subject → what was found; subjects about which nothing was found are not there.
Findings = Mapping[str, Mapping[str, Found]]


def gather(
    pack: Pack, as_of: date, tree_size: int, subjects: Collection[str] | None = None, lake: Opened | None = None
) -> dict[str, Any]:
    """Read every feature of the pack.

    Args:
        as_of: facts after this day do not count, ends are judged as of it.
        tree_size: size of the log that is read.
        subjects: only these; None reads all.
        lake: open already, with all kinds of the pack (`opened_for`); None opens it.

    Returns:
        `Findings`.

    Raises:
        hengjian.lake.errors.LakeError: a feature cannot be computed; the message says why.
    """
    if subjects is not None and not subjects:
        return {use.code: {} for use in pack.uses}
    state = snapshot(tree_size, as_of, "internal")
    if lake is not None:
        there = replace(lake, snapshot=state)
        return {use.code: _found(there, use, as_of, subjects) for use in pack.uses}
    with opened(state, kinds_of([pack])) as found:
        return {use.code: _found(found, use, as_of, subjects) for use in pack.uses}


def kinds_of(packs: Iterable[Pack]) -> frozenset[str]:
    """The kinds of facts that packs read."""
    return frozenset(kind for pack in packs for use in pack.uses for kind in use.spec.kinds)


@contextmanager
def opened_for(packs: Sequence[Pack], tree_size: int) -> Iterator[Opened]:
    """The lake for several gradings at one state of the ledger, opened once."""
    with opened(snapshot(tree_size), kinds_of(packs)) as lake:
        yield lake


def _found(lake: Opened, use: Use, as_of: date, subjects: Collection[str] | None) -> dict[str, Found]:
    spec = use.spec
    wanted = {"value": spec.field, "thing": spec.thing, "until": spec.until, "who": spec.subject}
    inside = [one for one in spec.where if one.key]
    wanted |= {f"mapping{number}": one.field for number, one in enumerate(inside)}
    declared = Declaration(
        kinds=spec.kinds,
        where=tuple(Condition(field=one.field, op=one.op, value=one.value) for one in spec.where if not one.key),
        dimensions={name: field for name, field in wanted.items() if field},
    )
    read = source(lake, [declared])
    if read is None:
        return {}
    table = read.table
    who = ibis.literal(SUBJECT) + read.read(spec.subject)[0] if spec.subject else table.subject
    table = table.mutate(who=who).filter(table.day <= as_of)
    table = table.filter(table.who.startswith(SUBJECT))
    if subjects is not None:
        table = table.filter(table.who.isin(sorted(subjects)))
    if use.months is not None:
        table = table.filter(table.day > months_before(as_of, use.months))
    if not spec.windowed:
        keys = [table.who, table[read.fields[spec.thing][0]]] if spec.thing else [table.who]
        order = ibis.window(group_by=keys, order_by=[table.day.desc(), table.leaf_index.desc()])
        table = table.mutate(turn=ibis.row_number().over(order))
        table = table.filter(table.turn == 0)
        if spec.until:
            until = table[read.fields[spec.until][0]]
            table = table.filter(until.isnull() | (until.cast("date") >= as_of))
    for one in inside:
        # The canonical text of a mapping has no spaces, and a quote inside a text is escaped: nothing else looks so.
        mapping = table[read.fields[one.field][0]]
        table = table.filter(mapping.contains(f'"{one.key}":{canonical(one.value)}').fill_null(False))
    holds = Source(table, read.fields).holds(declared.where)
    if holds is not None:
        table = table.filter(holds)
    rows = lake.session.rows(
        table.group_by("who").aggregate(value=_value(table, read, spec.field, spec.count), leaves=_leaves(table))
    )
    text = spec.count == "latest" and read.fields[spec.field][1] not in ("integer", "decimal", "float")
    return {
        row["who"]: Found(_read(row["value"], text), tuple(sorted(row["leaves"])))
        for row in rows
        if row["value"] is not None
    }


def _leaves(table: ir.Table) -> ir.Value:
    return table.leaf_index.collect()


def _value(table: ir.Table, read: Source, field: str, count: str) -> ir.Value:
    if not field:
        return table.count()
    column = table[read.fields[field][0]]
    return column.cast(DECIMAL).sum() if count == "sum" else column.max()  # one row is left of the last words


def _read(value: Any, text: bool) -> Value:
    return str(value) if text else Decimal(value).normalize() + 0


def months_before(day: date, months: int) -> date:
    """The day so many months earlier; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
