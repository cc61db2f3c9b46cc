"""Figures counted in facts, by the lake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from hengjian.indicators.computing.task import Answers, Cell, Sizes, Table, Task
from hengjian.indicators.declarations import Definition, FromFacts
from hengjian.indicators.keys import safe_key
from hengjian.indicators.rules import Parts, add_up
from hengjian.lake.measures import Level, Measure, Tally
from hengjian.lake.queries import Ask
from hengjian.methods.periods import Frequency, period_of

# The lake's word for each level of regions.
LEVELS: Mapping[str, Level] = {"provincial": "province", "prefecture": "prefecture", "county": "county"}
Counted = dict[tuple[Cell, str], tuple[Decimal, int]]  # cell and region code → figure and number of facts


def asks(declared: Definition) -> list[Ask]:
    """What has to be asked of the lake."""
    source = declared.source
    if not isinstance(source, FromFacts):
        return []
    measures = [source.numerator, *([source.denominator] if source.denominator else [])]
    return [
        Ask(measure, frequency, level, by)
        for measure in measures
        for frequency in _frequencies(declared, measure)
        for by in _break_downs(source)
        for level in _levels(measure)
    ]


def _additive(measure: Measure) -> bool:
    """Whether the figures of months add up to that of their year: not where different things or last words count."""
    return measure.count == "facts" and not measure.latest


def _frequencies(declared: Definition, measure: Measure) -> Sequence[Frequency]:
    return declared.frequencies[:1] if _additive(measure) else declared.frequencies


def _levels(measure: Measure) -> Sequence[Level]:
    """Different things are counted on each level anew, because one enterprise may be found in two counties."""
    return ("county",) if measure.count == "facts" else tuple(LEVELS.values())


def _break_downs(source: FromFacts) -> Iterator[tuple[str, ...]]:
    """The whole, then each break-down that both parts know."""
    yield ()
    for name in source.numerator.dimensions:
        if source.denominator is None or name in source.denominator.dimensions:
            yield (name,)


def count(task: Task, answers: Answers[Ask, Tally]) -> tuple[Table, Sizes]:
    """Parts and numbers of facts of every cell and region."""
    source = task.declared.source
    assert isinstance(source, FromFacts)
    table: Table = defaultdict(dict)
    sizes: Sizes = defaultdict(dict)
    numerators = _counted(task, source.numerator, answers)
    if source.denominator is None:
        for (cell, region), (amount, facts) in numerators.items():
            table[cell][region], sizes[cell][region] = (amount, None), facts
        return table, sizes
    for (cell, region), (whole, facts) in _counted(task, source.denominator, answers).items():
        part = numerators.get((cell, region), (Decimal(0), 0))[0]
        table[cell][region] = (whole - part if source.complement else part, whole)
        sizes[cell][region] = facts
    return table, sizes


def _counted(task: Task, measure: Measure, answers: Answers[Ask, Tally]) -> Counted:
    """Figure and number of facts, for every region that has some in it or below it."""
    found: Counted = {}
    own: dict[Cell, dict[str, Parts]] = defaultdict(dict)
    for asked in asks(task.declared):
        if asked.measure != measure:
            continue
        for cell, row in _cells(task, asked, answers[asked]):
            if measure.count == "facts":
                for wider in _wider(task.declared, cell) if _additive(measure) else (cell,):
                    value, facts = own[wider].get(row.region, (Decimal(0), Decimal(0)))
                    own[wider][row.region] = (value + row.value, (facts or Decimal(0)) + row.facts)
            elif LEVELS.get(task.places.level.get(row.region, "")) == asked.level:
                found[cell, row.region] = (row.value, row.facts)
    for cell, parts in own.items():
        for region, (amount, facts) in add_up(parts, task.places.tree).items():
            found[cell, region] = (amount, int(facts or 0))
    return found


def _wider(declared: Definition, cell: Cell) -> Iterator[Cell]:
    """The cell and those of the longer periods that it lies in."""
    for frequency in declared.frequencies:
        yield Cell(frequency, period_of(cell.period.first, frequency), cell.dimensions)


def _cells(task: Task, asked: Ask, rows: Sequence[Tally]) -> Iterator[tuple[Cell, Tally]]:
    for row in rows:
        if any(not code for code in row.dimensions.values()):
            continue  # a fact that does not say is in the whole only
        period = period_of(row.period, asked.frequency)
        if task.within(period):
            yield Cell(asked.frequency, period, safe_key(row.dimensions)), row
