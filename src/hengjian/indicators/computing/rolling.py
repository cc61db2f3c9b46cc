"""Regions above those that have figures of their own: their parts are added, or their values weighted, never averaged.

A region's own figure stands for all below it. Where only some of the regions below have one, the result says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from hengjian.indicators.computing.task import Computed, Places, Table, Task
from hengjian.indicators.models import Observation
from hengjian.indicators.rules import PLACES as DIGITS
from hengjian.indicators.rules import Quantity, interval, quantity
from hengjian.methods.periods import Period, parse_period


@dataclass(frozen=True)
class Own:
    """A figure that a region has itself."""

    region: str
    period: Period
    dimensions: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    pk: int | None = None

    @classmethod
    def of(cls, item: Computed) -> Own:
        return cls(item.region, item.period, item.dimensions, item.value, item.numerator, item.denominator)


def imported(task: Task) -> list[Own]:
    """What was imported or entered."""
    rows = Observation.objects.filter(
        indicator=task.declared.code,
        current=True,
        origin__in=[Observation.Origin.IMPORT, Observation.Origin.ENTERED],
    ).exclude(status=Observation.Status.WITHDRAWN)
    found = [
        Own(row.region.code, row.when, row.dimensions, row.value, row.numerator, row.denominator, row.pk)
        for row in rows.select_related("region")
    ]
    return [item for item in found if task.within(item.period)]


def roll_up(task: Task, own: Iterable[Own]) -> list[Computed]:
    """Values of the regions above; nothing where the definition says that regions do not add up."""
    if task.declared.roll_up == "none":
        return []
    weights = _weights(task) if task.declared.roll_up == "weighted" else {}
    groups: dict[tuple[Period, str], dict[str, Own]] = defaultdict(dict)
    for figure in own:
        groups[figure.period, figure.dimensions][figure.region] = figure
    children = task.places.tree.children
    found: list[Computed] = []
    for (period, dimensions), rows in groups.items():
        above = {code for region in rows for code in task.places.tree.above.get(region, ())} - rows.keys()
        for region in sorted(above, key=lambda code: len(task.places.tree.above[code])):
            if not task.wanted(region):
                continue
            parts = _standing_for(region, rows, children)
            made = _added(task, parts) if not weights else _weighted(task, parts, weights.get(period.code, {}))
            if made is not None:
                inputs = {"values": {"of": sorted(part.pk for part in parts if part.pk is not None)}}
                item = replace(made, region=region, period=period, dimensions=dimensions, inputs=inputs)
                found.append(_with_mark(item, rows.keys(), task.places, children))
    return found


def _standing_for(region: str, rows: Mapping[str, Own], children: Mapping[str, list[str]]) -> list[Own]:
    """The figures that make the region up: of each branch below the highest that there is."""
    if region in rows:
        return [rows[region]]
    return [item for child in children.get(region, ()) for item in _standing_for(child, rows, children)]


EMPTY = Computed("", parse_period("2000"), "", None)


def _added(task: Task, parts: list[Own]) -> Computed | None:
    scale = task.declared.scale
    total: Quantity | None = None
    numerator, denominator = Decimal(0), Decimal(0)
    for item in parts:
        part = item.numerator if item.numerator is not None else item.value
        if part is None or (task.declared.denominator is not None and item.denominator is None):
            return None  # without its parts a share cannot be added up
        one = quantity(scale, part, item.denominator)
        total = one if total is None else total + one
        numerator, denominator = numerator + part, denominator + (item.denominator or Decimal(0))
    if total is None:
        return None
    whole = denominator if task.declared.denominator is not None else None
    bounds = interval(task.declared.interval, numerator, whole)
    return replace(
        EMPTY,
        value=total.value,
        numerator=numerator,
        denominator=whole,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        n=len(parts),
    )


def _weighted(task: Task, parts: list[Own], weights: Mapping[str, Decimal]) -> Computed | None:
    known = [(item, weights[item.region]) for item in parts if item.region in weights and item.value is not None]
    if len(known) < len(parts) or not known:
        return None  # a region without its weight would be left out unseen
    values = [quantity(task.declared.scale, item.value or Decimal(0), Decimal(1)) for item, _weight in known]
    mean = Quantity.mean(values, [weight for _item, weight in known])
    return None if mean is None else replace(EMPTY, value=mean.quantize(DIGITS), n=len(known))


def _weights(task: Task) -> dict[str, dict[str, Decimal]]:
    """Period → region → weight."""
    rows = Observation.objects.filter(
        indicator=task.declared.weights, current=True, dimensions="", value__isnull=False
    ).exclude(status=Observation.Status.WITHDRAWN)
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for period, region, value in rows.values_list("period", "region__code", "value"):
        if value is not None:
            found[period][region] = value
    return found


def marked(task: Task, item: Computed, table: Table) -> Computed:
    """A figure from returns with the mark that some regions below have not reported."""
    for cell, rows in table.items():
        if cell.period == item.period and cell.dimensions == item.dimensions:
            return _with_mark(item, rows.keys(), task.places, task.places.tree.children)
    return item


def _with_mark(item: Computed, having: Iterable[str], places: Places, children: Mapping[str, list[str]]) -> Computed:
    """Say how many of the regions directly below stand behind a sum, where it is not all."""
    there = set(having)
    below = children.get(item.region, [])
    with_figures = {code for code in below if code in there or any(code in places.tree.above[one] for one in there)}
    if not below or not with_figures or len(with_figures) == len(below):
        return item
    some, every = len(with_figures), len(below)
    mark = {
        "what": "coverage",
        "title": f"只汇总了 {every} 个下级地区中的 {some} 个",
        "title_en": f"Only {some} of {every} regions below are in it",
    }
    return replace(item, assumptions=(*item.assumptions, mark))
