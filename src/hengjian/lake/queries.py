"""Figures from facts: tallies of measures at a state of the ledger, and the facts behind each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from hengjian.lake.columns import Type
from hengjian.lake.engines import Rows
from hengjian.lake.errors import MeasureError
from hengjian.lake.expressions import DECIMAL, NUMBERS, Snapshot, condition
from hengjian.lake.measures import Condition, Declaration, Level, Measure, Tally
from hengjian.lake.opening import Opened, opened, snapshot
from hengjian.lake.passes import Figures, Pass, by_scan, plain
from hengjian.lake.sources import Source, arranged, source
from hengjian.ledger.drafts import Disclosure
from hengjian.methods.later import later
from hengjian.methods.periods import Frequency

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = later("ibis")

__all__ = ["Ask", "BehindPage", "facts_behind", "snapshot", "tally", "tally_many"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: a measure, by which periods, regions and dimensions.

    Attributes:
        level: None adds all regions up.
        by: names of the measure's dimensions.
        year_start: the month in which years begin, for yearly figures.
    """

    measure: Measure
    frequency: Frequency = "month"
    level: Level | None = None
    by: tuple[str, ...] = ()
    year_start: int = 1

    def __post_init__(self) -> None:
        broken_down(self.measure, self.by)

    @property
    def scan(self) -> tuple[Any, ...]:
        """What must be equal for two questions to share one pass over the facts."""
        measure = self.measure
        fields = tuple(measure.dimensions[name] for name in self.by)
        periods = (self.frequency, self.year_start if self.frequency == "year" else 1)
        return (measure.kinds, measure.date, measure.region, measure.latest, periods, self.level, fields)


def broken_down(declared: Declaration, by: Iterable[str]) -> None:
    """Refuse break-downs that are not declared.

    Raises:
        MeasureError: one of the names is unknown.
    """
    for name in by:
        if name not in declared.dimensions:
            said = {"name": name, "known": "、".join(declared.dimensions) or _("（无）")}
            raise MeasureError(_("该指标没有名为“%(name)s”的分组。可用的分组：%(known)s。") % said)


def tally(
    measure: Measure,
    *,
    frequency: Frequency = "month",
    level: Level | None = None,
    regions: Iterable[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    by: tuple[str, ...] = (),
    tree_size: int | None = None,
    valid_on: date | None = None,
    disclosure: Disclosure = "internal",
    year_start: int = 1,
    engine: str | None = None,
) -> list[Tally]:
    """Count or add up a measure by period, region and dimensions; sorted by them. Where nothing happened is no row.

    Args:
        level: regions of this level; None adds all up (`Tally.region` is then empty).
        regions: only facts in these regions or anywhere below them.
        first, last: only facts whose date lies between them, both included.
        by: names of the measure's dimensions.
        tree_size: as the ledger was at this size. A figure that is kept is computed with its `tree_size`, and is then
            the same whenever it is computed again; without, as it is today.
        valid_on: see `ledger.queries.facts`; None judges ends as of today, or of the day of `tree_size`.
        disclosure: the reader's level.
        engine: `duckdb` or `spark`; None takes the setting.

    Raises:
        MeasureError: the measure names a field that the kinds do not have, or a value that does not fit.
        LakeError: the lake or the engine cannot be used, or the ledger never had this size.
    """
    asked = Ask(measure, frequency, level, by, year_start)
    state = snapshot(tree_size, valid_on, disclosure)
    return _tally_many([asked], state, regions, first, last, engine)[0]


def tally_many(
    asks: Sequence[Ask],
    *,
    regions: Iterable[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    tree_size: int | None = None,
    valid_on: date | None = None,
    disclosure: Disclosure = "internal",
    engine: str | None = None,
) -> list[list[Tally]]:
    """Many questions at one state of the ledger; those about the same kinds and breakdown share one pass. See `tally`.

    Returns:
        One list per question, in their order.
    """
    return _tally_many(asks, snapshot(tree_size, valid_on, disclosure), regions, first, last, engine)


def _tally_many(
    asks: Sequence[Ask],
    state: Snapshot,
    regions: Iterable[str] | None,
    first: date | None,
    last: date | None,
    engine: str | None,
) -> list[list[Tally]]:
    within = sorted(set(regions)) if regions is not None else []
    if regions is not None and not within:
        return [[] for _ask in asks]
    kinds = frozenset(kind for asked in asks for kind in asked.measure.kinds)
    with opened(state, kinds, engine) as lake:
        return tally_in(lake, asks, within, first, last)


def tally_in(
    lake: Opened, asks: Sequence[Ask], within: Sequence[str] = (), first: date | None = None, last: date | None = None
) -> list[list[Tally]]:
    """`tally_many` in a lake that is open; `within` are regions, none for all."""
    return by_scan(lake.session, asks, lambda chosen: _pass(lake, chosen, within, first, last))


def _pass(
    lake: Opened, asks: Sequence[Ask], within: Sequence[str], first: date | None, last: date | None
) -> Pass[Tally] | None:
    """The questions that share a scan as one aggregation; None when there are no facts."""
    shared = asks[0]
    found = _facts(lake, [asked.measure for asked in asks], shared, within, first, last)
    if found is None:
        return None
    keys = [found.fields[shared.measure.dimensions[name]] for name in shared.by]
    for name, (_column, type_) in zip(shared.by, keys, strict=True):
        if type_ in ("list", "json"):
            raise MeasureError(_("不能按列表字段“%(name)s”分组。请换一个分组字段。") % {"name": name})
    table = found.table
    aggregates: dict[str, ir.Value] = {}
    for number, asked in enumerate(asks):
        measure = asked.measure
        holds = found.holds(measure.where)
        aggregates[f"n{number}"] = table.count(where=holds)
        if measure.sum:
            column, type_ = found.read(measure.sum)
            if type_ not in NUMBERS:
                raise MeasureError(_("字段“%(field)s”不是数字，不能求和。请修改指标定义。") % {"field": measure.sum})
            aggregates[f"v{number}"] = column.cast(DECIMAL).sum(where=holds)
        elif measure.distinct:
            aggregates[f"v{number}"] = found.read(measure.distinct)[0].nunique(where=holds)
    columns = [column for column, _type in keys]
    expression = table.group_by("period", "place", *dict.fromkeys(columns)).aggregate(**aggregates)
    return Pass([expression], lambda rows: _tallies(rows[0], asks, columns))


def _facts(
    lake: Opened,
    measures: Sequence[Measure],
    shared: Ask,
    within: Sequence[str],
    first: date | None,
    last: date | None,
) -> Source | None:
    found = source(lake, measures)
    if found is None:
        return None
    return arranged(
        lake,
        found,
        shared.measure,
        frequency=shared.frequency,
        year_start=shared.year_start,
        level=shared.level,
        within=within,
        first=first,
        last=last,
    )


def _tallies(rows: Rows, asks: Sequence[Ask], columns: Sequence[str]) -> list[list[Tally]]:
    """The answers to the questions of a pass, each sorted by period, region and dimensions."""
    found = rows.columns()
    at, places = found["period"], [place or "" for place in found["place"]]
    said = list(zip(*([as_text(value) for value in found[name]] for name in columns), strict=True)) or [()] * len(at)
    order = sorted(range(len(at)), key=lambda row: (at[row], places[row], in_text_order(said[row])))
    days = {number: date(number // 12, number % 12 + 1, 1) for number in set(at)}
    by = asks[0].by
    none: Mapping[str, str | None] = {}
    keys = [(places[row], days[at[row]], dict(zip(by, said[row], strict=True)) if by else none) for row in order]
    figures = Figures({None: Decimal(0)})
    answers = []
    for number in range(len(asks)):
        counts = found[f"n{number}"]
        values = found.get(f"v{number}", counts)
        answers.append(
            [
                Tally(place, day, figures[values[row]], counts[row], dimensions)
                for row, (place, day, dimensions) in zip(order, keys, strict=True)
                if counts[row]
            ]
        )
    return answers


def in_text_order(values: Iterable[str | None]) -> list[tuple[bool, str]]:
    """A key that sorts texts with missing ones first."""
    return [(text is not None, text or "") for text in values]


def as_text(value: object) -> str | None:
    """A value of a dimension as text, the same from every engine."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{plain(value):f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True, slots=True)
class BehindPage:
    """One page of the facts behind a figure, in log order.

    Attributes:
        total: how many there are in all.
        facts: (leaf_index, id) of those on this page.
    """

    total: int
    facts: tuple[tuple[int, str], ...]


def facts_behind(
    measure: Measure,
    region: str,
    period: date,
    dimensions: Mapping[str, str | None] | None = None,
    tree_size: int | None = None,
    *,
    frequency: Frequency = "month",
    level: Level | None = None,
    regions: Iterable[str] | None = None,
    valid_on: date | None = None,
    disclosure: Disclosure = "internal",
    year_start: int = 1,
    offset: int = 0,
    limit: int = 100,
    engine: str | None = None,
) -> BehindPage:
    """The facts that a `Tally` was computed from: give its region, period and dimensions, and what `tally` was given.

    Args:
        region: `Tally.region`; empty where all regions were added up.
        dimensions: name → value as text, None for "no value"; those not named are not judged.
        offset, limit: which part of the list.

    Raises:
        MeasureError, LakeError: as `tally`.
    """
    wanted = dict(dimensions or {})
    asked = Ask(measure, frequency, level, tuple(wanted), year_start)
    within = sorted(set(regions)) if regions is not None else []
    state = snapshot(tree_size, valid_on, disclosure)
    with opened(state, frozenset(measure.kinds), engine) as lake:
        found = _facts(lake, [measure], asked, within, None, None)
        if found is None:
            return BehindPage(0, ())
        table = found.table
        chosen = [table.period == period.year * 12 + period.month - 1]
        if level is not None:
            chosen.append(table.place == region)
        holds = found.holds(measure.where)
        chosen += [holds] if holds is not None else []
        for name, value in wanted.items():
            chosen.append(_equals(*found.read(measure.dimensions[name]), value))
        behind = table.filter(*chosen)
        (count,) = lake.session.rows(behind.aggregate(total=behind.count()))
        page = behind.select("leaf_index", "id").order_by("leaf_index").limit(limit, offset=offset)
        rows = lake.session.rows(page)
    return BehindPage(int(count["total"]), tuple((row["leaf_index"], row["id"]) for row in rows))


def _equals(column: Any, type_: Type, value: str | None) -> ir.BooleanValue:
    """Whether a column has the value that `as_text` wrote."""
    if value is None:
        return column.isnull()
    if type_ == "datetime":
        return (column == ibis.literal(datetime.fromisoformat(value))).fill_null(False)
    if type_ == "boolean":
        return (column == (value == "true")).fill_null(False)
    if type_ == "float":
        return (column == float(value)).fill_null(False)
    return condition(column, type_, Condition(field="dimension", value=value))
