"""The facts that measures are computed from: kinds put together, in effect, with period and region."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hengjian.lake.columns import PAYLOAD, Type, resolve
from hengjian.lake.errors import LakeError, MeasureError
from hengjian.lake.expressions import EFFECT, IBIS, NUMBERS, all_of, condition, in_effect, period_number, place
from hengjian.lake.measures import Condition, Declaration, Level, Measure
from hengjian.lake.opening import Opened
from hengjian.methods.later import later
from hengjian.methods.periods import Frequency

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = later("ibis")


LEAVES = 1 << 40  # more than a ledger will ever have


@dataclass(frozen=True, slots=True)
class Source:
    """Facts of one or several kinds, with the fields that were asked for as columns.

    Attributes:
        table: columns leaf_index, id, subject, day, area, and one per field; after `arranged` also period and place.
        fields: field → (column, type).
    """

    table: ir.Table
    fields: dict[str, tuple[str, Type]]

    def read(self, field: str) -> tuple[Any, Type]:
        name, type_ = self.fields[field]
        return self.table[name], type_

    def holds(self, conditions: Iterable[Condition]) -> ir.BooleanValue | None:
        """All of the conditions, or None when there is none."""
        return all_of(condition(*self.read(wanted.field), wanted) for wanted in conditions)


def source(lake: Opened, measures: Sequence[Declaration]) -> Source | None:
    """The facts in effect of measures with the same kinds, date and region; None when the lake has none.

    Raises:
        MeasureError: a field that no kind has, or a date that is none.
        LakeError: a value that the lake could not read stands in one of the fields.
    """
    kinds = measures[0].kinds
    wanted = dict.fromkeys(field for measure in measures for field in measure.fields())
    where = {kind: {field: resolve(field, lake.columns(kind)) for field in wanted} for kind in kinds}
    types = {field: _type(field, kinds, [where[kind][field] for kind in kinds]) for field in wanted}
    if types[measures[0].date] not in ("date", "datetime"):
        raise MeasureError(_("字段“%(field)s”不是日期。请修改指标定义。") % {"field": measures[0].date})
    ends_files = lake.ends_files()
    ends = lake.session.table("ends", ends_files) if ends_files else None
    names = {field: f"f{number}" for number, field in enumerate(wanted)}
    parts = []
    for kind in kinds:
        files = lake.files(kind)
        if not files:
            continue
        _check_fit(lake, kind, [place[0] for place in where[kind].values() if place])
        table = lake.session.table(f"facts_{kind.replace('.', '_')}", files)
        chosen = {name: table[name] for name in ("leaf_index", "id", "subject", *EFFECT)}
        for field, name in names.items():
            found = where[kind][field]
            # A field may be younger than all files of an early state of the ledger.
            there = found if found is not None and found[0] in table.columns else None
            column = table[there[0]] if there else ibis.null()
            chosen[name] = column if there and there[1] == types[field] else column.cast(IBIS[types[field]])
        chosen["day"] = chosen[names[measures[0].date]].cast("date")
        chosen["area"] = chosen[names[measures[0].region]]
        parts.append(table.select(**chosen))
    if not parts:
        return None
    together = ibis.union(*parts) if len(parts) > 1 else parts[0]
    together = in_effect(together, kinds, ends, lake.snapshot).drop(*EFFECT)
    return Source(together, {field: (name, types[field]) for field, name in names.items()})


def arranged(
    lake: Opened,
    found: Source,
    measure: Measure,
    *,
    frequency: Frequency,
    year_start: int,
    level: Level | None,
    within: Sequence[str],
    first: date | None,
    last: date | None,
) -> Source:
    """The source with the columns `period` and `place`, within the days and regions asked for.

    Of a measure with `latest` only the last word about each subject in each period is left.
    """
    table = found.table.filter(found.table.day.notnull())
    if first is not None:
        table = table.filter(table.day >= first)
    if last is not None:
        table = table.filter(table.day <= last)
    table = table.mutate(period=period_number(table.day, frequency, year_start))
    if measure.latest:
        table = last_words(table)
    return Source(placed(lake, table, level, within), found.fields)


def subjects(table: ir.Table) -> list[ir.Value]:
    """What to group words by, so that each group is one subject.

    The names of subjects begin alike; engines that put numbers in order first need to look at few of them.
    """
    return [table.subject.hash(), table.subject]


def last_words(table: ir.Table) -> ir.Table:
    """The last fact about each subject in each period: by the greatest date, then the log order."""
    day = (table.day.year().cast("int64") * 12 + table.day.month()) * 31 + table.day.day()
    table = table.mutate(turn=day * LEAVES + table.leaf_index)
    last = table.group_by("subject", "period").aggregate(turn=table.turn.max()).select("turn")
    return table.semi_join(last, "turn").drop("turn")


def placed(lake: Opened, table: ir.Table, level: Level | None, within: Sequence[str]) -> ir.Table:
    """The table with the column `place`; see `expressions.place`."""
    files = lake.region_files()
    regions = lake.session.table("regions", files) if files and (level or within) else None
    return place(table, regions, level, within)


def _type(field: str, kinds: Sequence[str], places: Iterable[tuple[str, Type] | None]) -> Type:
    """The type that a field has in all kinds together."""
    types = {place[1] for place in places if place is not None}
    if not types:
        said = {"field": field.removeprefix(PAYLOAD), "kinds": "、".join(kinds)}
        raise MeasureError(_("事实种类 %(kinds)s 没有字段“%(field)s”。请修改指标定义。") % said)
    if len(types) == 1:
        return types.pop()
    return "decimal" if types <= set(NUMBERS) else "text"


def _check_fit(lake: Opened, kind: str, columns: Iterable[str]) -> None:
    for column in columns:
        count = sum(segment.unfit.get(column, 0) for _part, segment in lake.segments(kind))
        if count:
            said = {"kind": kind, "column": column, "count": count}
            raise LakeError(
                _(
                    "%(count)d 条“%(kind)s”事实的字段 %(column)s 不能按现在的类型读取，计算结果会不完整，因此没有计算。"
                    "请更正这些事实（hengjian lake status 列出它们），或修改字段类型。"
                )
                % said
            )
