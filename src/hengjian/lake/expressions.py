"""One portable expression (ibis) per group of measures; nothing here knows which engine will run it."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hengjian.lake.columns import Type
from hengjian.lake.errors import MeasureError
from hengjian.lake.measures import Condition, Level, Scalar
from hengjian.ledger.drafts import Disclosure, readable
from hengjian.methods.later import later
from hengjian.methods.periods import MONTHS, Frequency

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = later("ibis")

DECIMAL = "decimal(38, 12)"
IBIS: Mapping[Type, str] = {
    "text": "string",
    "integer": "int64",
    "float": "float64",
    "decimal": DECIMAL,
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "list": "string",
    "json": "string",
}
NUMBERS: tuple[Type, ...] = ("integer", "float", "decimal")
ANCESTORS = ("national", "province", "prefecture", "county", "township")
COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a reader may see: the log's first `tree_size` facts, as they stand on `day`.

    Attributes:
        starts: whether facts that occur after `day` are left out (`valid_on` of the ledger's queries).
        sealed: leaves that are sealed and may still lie in the files.
    """

    tree_size: int
    day: date
    starts: bool
    disclosure: Disclosure
    sealed: tuple[int, ...] = ()


#: The columns that decide which facts are in effect, besides leaf_index.
EFFECT = ("disclosure", "retracts", "ends_on", "occurred_on")


def in_effect(table: ir.Table, kinds: Sequence[str], ends: ir.Table | None, snapshot: Snapshot) -> ir.Table:
    """The facts of some kinds that are in effect, exactly as `ledger.queries.facts` decides it."""
    conditions = [
        table.leaf_index < snapshot.tree_size,
        table.disclosure.isin(readable(snapshot.disclosure)),
        table.retracts.isnull(),
        table.ends_on.isnull() | (table.ends_on > snapshot.day),
    ]
    if snapshot.sealed:
        conditions.append(~table.leaf_index.isin(snapshot.sealed))
    if snapshot.starts:
        conditions.append(table.occurred_on <= snapshot.day)
    shown = table.filter(*conditions)
    if ends is not None:
        over = ends.filter(
            ends.kind.isin(kinds),
            ends.by_leaf < snapshot.tree_size,
            ends.from_day.isnull() | (ends.from_day <= snapshot.day),
        ).select("target")
        shown = shown.anti_join(over, shown.leaf_index == over.target)
    return shown


def period_number(day: ir.Value, frequency: Frequency, year_start: int) -> ir.Value:
    """The months since the year 0 at which the day's period begins."""
    months = MONTHS[frequency]
    offset = year_start - 1 if frequency == "year" else 0
    number = day.year().cast("int64") * 12 + day.month().cast("int64") - 1
    if months == 1:
        return number
    return ((number - offset) // months) * months + offset


def place(table: ir.Table, regions: ir.Table | None, level: Level | None, within: Sequence[str]) -> ir.Table:
    """Add the column `place` (the ancestor of `level`, or the own region above it); keep only what lies `within`."""
    if level is None and not within:
        return table.mutate(place=ibis.literal(""))
    if regions is None:
        shown = table.filter(table.area.isin(within)) if within else table
        return shown.mutate(place=ibis.literal("") if level is None else shown.area)
    wanted = ANCESTORS if within else (level,)
    joined = table.left_join(regions.select("code", *wanted), table.area == regions.code)
    if within:
        inside = [joined.area.isin(within)] + [joined[name].isin(within) for name in ANCESTORS]
        joined = joined.filter(functools.reduce(operator.or_, [one.fill_null(False) for one in inside]))
    where = ibis.literal("") if level is None else ibis.coalesce(joined[level], joined.area)
    return joined.mutate(place=where)


def condition(column: ir.Value, type_: Type, wanted: Condition) -> ir.BooleanValue:
    """The condition on a column. Missing values fail every comparison.

    Raises:
        MeasureError: the value does not fit the column.
    """
    op = wanted.op
    if op == "is_null":
        return column.isnull()
    if op == "not_null":
        return column.notnull()
    if op == "contains":
        return _contains(column, type_, wanted)
    if type_ in ("list", "json"):
        raise _misfit(wanted, _("列表字段只能用 contains、is_null 和 not_null"))
    values = wanted.value if isinstance(wanted.value, tuple) else (wanted.value,)
    read = [_literal(value, type_, wanted) for value in values if value is not None]
    compared = column
    if type_ == "datetime":
        compared = column.cast("date")
    elif type_ in NUMBERS and (type_ == "float" or any(isinstance(value, Decimal) for value in read)):
        compared, read = column.cast(DECIMAL), [ibis.literal(Decimal(value), type=DECIMAL) for value in read]
    if op == "in":
        answer = compared.isin(read)
    elif op == "not_in":
        answer = ~compared.isin(read)
    else:
        answer = COMPARE[op](compared, read[0])
    return answer.fill_null(False)


def _contains(column: ir.Value, type_: Type, wanted: Condition) -> ir.BooleanValue:
    if type_ == "text":
        return column.contains(str(wanted.value)).fill_null(False)
    if type_ != "list":
        raise _misfit(wanted, _("contains 只用于列表和文本字段"))
    from hengjian.ledger.canonical import canonical

    value = wanted.value
    if isinstance(value, (Decimal, date)):  # both are text in a payload
        value = str(value)
    # The canonical text of a list has no spaces, and a quote inside a text is escaped: no other place can look like it.
    items = ibis.literal(",") + column.substr(1, column.length() - 2) + ","
    return items.contains(f",{canonical(value)},").fill_null(False)


def _literal(value: Scalar, type_: Type, wanted: Condition) -> Any:
    """The declared value as one of the column's type."""
    if type_ == "text":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if type_ == "boolean":
        if isinstance(value, bool):
            return value
        raise _misfit(wanted, _("应为 true 或 false"))
    if type_ in ("date", "datetime"):
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            raise _misfit(wanted, _("应为日期，如 2026-01-31")) from None
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise _misfit(wanted, _("应为数字"))
    return int(number) if number == number.to_integral_value() and type_ == "integer" else number


def _misfit(wanted: Condition, why: str) -> MeasureError:
    said = {"field": wanted.field, "op": wanted.op, "value": wanted.value, "why": why}
    return MeasureError(_("条件“%(field)s %(op)s %(value)s”不能计算：%(why)s。请修改指标定义。") % said)


def all_of(conditions: Iterable[ir.BooleanValue]) -> ir.BooleanValue | None:
    """All of them, or None when there is none."""
    listed = list(conditions)
    return functools.reduce(operator.and_, listed) if listed else None
