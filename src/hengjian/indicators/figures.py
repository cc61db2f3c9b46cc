"""Computing a value again as the ledger was: the method behind every figure of the room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils import timezone

from hengjian.indicators.changes import kinds_of
from hengjian.indicators.computing import Computed, Task, compute
from hengjian.indicators.computing.deriving import derive_from
from hengjian.indicators.computing.task import Places
from hengjian.indicators.declarations import Definition, FromFacts, FromIndicators
from hengjian.indicators.keys import subject_of
from hengjian.indicators.models import DefinitionVersion, Observation
from hengjian.indicators.rules import PLACES as DIGITS
from hengjian.indicators.telling import definition_of
from hengjian.ledger.figures import FactQuery, Result, register_method
from hengjian.ledger.log import LogReader
from hengjian.ledger.models import ComputedFigure, Fact
from hengjian.methods.periods import parse_period

METHOD = "indicator/1"


def recomputed(
    declared: Definition, region: str, period: str, dimensions: str, tree_size: int, inputs: Mapping[str, Any]
) -> Computed | None:
    """The value of one region, period and break-down at a state of the ledger; None: there is none."""
    when = parse_period(period)
    places = Places.load()
    # Running sums need the whole year; nothing later than the period can matter.
    first = when.first.replace(month=1, day=1) if declared.accumulates else when.first
    if isinstance(declared.source, FromIndicators):
        task = Task(declared, places, tree_size, when.last, first, when.last)
        found = derive_from(task, inputs.get("values", {}))
    else:
        run = compute([declared], tree_size=tree_size, today=when.last, places=places, first=first, last=when.last)
        _declared, found, problem = next(run)
        if problem:
            raise ValueError(problem)
    for item in found:
        if (item.region, item.period, item.dimensions) == (region, when, dimensions):
            return item
    return None


@dataclass(frozen=True)
class Again:
    """A value computed a second time."""

    item: Computed | None
    same: bool


def reproduce(row: Observation) -> Again:
    """Compute a stored value again from the ledger as it was then."""
    found = recomputed(definition_of(row), row.region.code, row.period, row.dimensions, row.tree_size or 0, row.inputs)
    value = None if found is None else found.value
    parts = (None, None) if found is None else (found.numerator, found.denominator)
    same = all(
        _plain(old) == _plain(new)
        for old, new in zip((row.value, row.numerator, row.denominator), (value, *parts), strict=True)
    )
    return Again(found, same)


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(DIGITS)


def text_of(value: Decimal | None) -> str:
    """A value as figures keep it."""
    return "" if value is None else f"{value.quantize(DIGITS).normalize():f}"


def run(_facts: Iterator[Fact], parameters: Mapping[str, Any]) -> Result:
    """The registered method: the lake counts, at the state of the ledger that stands in the parameters."""
    version = DefinitionVersion.objects.get(indicator=parameters["indicator"], number=parameters["definition"])
    declared = version.definition
    found = recomputed(
        declared,
        parameters["region"],
        parameters["period"],
        parameters["dimensions"],
        parameters["tree_size"],
        parameters.get("inputs", {}),
    )
    if found is None:
        return Result("", declared.unit)
    return Result(text_of(found.value), declared.unit, _parts(found.numerator, found.denominator))


def _parts(numerator: Decimal | None, denominator: Decimal | None) -> dict[str, str]:
    return {"numerator": text_of(numerator), "denominator": text_of(denominator)}


def keep_figures(rows: Sequence[Observation]) -> None:
    """Give values that were computed from the ledger a figure each, by which anyone can compute them again."""
    chosen = [
        row
        for row in rows
        if row.figure is None and row.tree_size and row.origin != Observation.Origin.ENTERED and row.batch_id is None
    ]
    roots: dict[int, bytes] = {}
    reader = LogReader()
    counts: dict[tuple[FactQuery, int], int] = {}
    fresh = []
    for row in chosen:
        size = row.tree_size or 0
        if size not in roots:
            roots[size] = reader.root(size)
        query = query_of(row)
        if (query, size) not in counts:
            counts[query, size] = query.facts(size).count()
        row.figure = uuid4()
        fresh.append(
            ComputedFigure(
                id=row.figure,
                name=f"indicator:{row.indicator}",
                subject=subject_of(row.indicator, row.region.code, row.period, row.dimensions),
                region=row.region.code,
                period=row.period,
                value=text_of(row.value),
                unit=definition_of(row).unit[:40],
                method=METHOD,
                rule=row.rule[:160],
                parameters={
                    "indicator": row.indicator,
                    "definition": row.definition.number,
                    "region": row.region.code,
                    "period": row.period,
                    "dimensions": row.dimensions,
                    "tree_size": size,
                    "inputs": {"values": row.inputs.get("values", {})},
                },
                query=query.model_dump(mode="json"),
                parts=_parts(row.numerator, row.denominator),
                facts=counts[query, size],
                tree_size=size,
                root_hash=roots[size],
                computed_at=timezone.now(),
            )
        )
    ComputedFigure.objects.bulk_create(fresh, batch_size=200)


def query_of(row: Observation) -> FactQuery:
    """The facts that can matter for a value, wide enough that no change of one of them is overlooked."""
    declared = definition_of(row)
    source = declared.source
    by_day = isinstance(source, FromFacts) and all(
        part is None or part.date == "occurred_on" for part in (source.numerator, source.denominator)
    )
    first = row.first.replace(month=1, day=1) if declared.accumulates else row.first
    return FactQuery(
        kinds=kinds_of(declared) or ("indicator.observed",),
        valid_on=max(row.last, timezone.localdate(row.recorded_at)),
        occurred_from=first if by_day else None,
        occurred_to=row.last if by_day else None,
    )


def register() -> None:
    """Called when the app is ready."""
    register_method(METHOD, run)
