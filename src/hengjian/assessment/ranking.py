"""Places under uncertain inputs and weights, items that no longer tell objects apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from hengjian.assessment.models import Mark, Round
from hengjian.assessment.offers import uncertainty
from hengjian.assessment.rules import Standing
from hengjian.methods import rank_intervals
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.answers import Answer, WrongAnswer
from hengjian.scoring.rules import score_item

REPLICATIONS = 2000
#: Share of the replications that an interval of places holds.
CONFIDENCE = 0.9
#: Half the width of a 90 % or 95 % interval in standard errors; indicators give 95 % intervals.
TO_ERROR = Decimal("3.92")


def shares_of(row: Round, found: Sequence[Standing]) -> tuple[list[Item], Any, Any]:
    """(items, objects × items of shares reached, weights): what rank and discrimination are judged by."""
    sheet = row.content.sheet
    items = [item for item in sheet.items if item.part in ("key", "basic")]
    shares = np.full((len(found), len(items)), math.nan)
    for line, one in enumerate(found):
        by_code = {item.code: item for item in one.scored.items}
        for column, item in enumerate(items):
            made = by_code[item.code]
            if made.counts and made.full:
                shares[line, column] = float((made.points or Decimal(0)) / made.full)
    weights = np.array([float(weight_of(row, item)) for item in items])
    return items, shares, weights


def weight_of(row: Round, item: Item) -> Decimal:
    """What an item can bring to the total."""
    sheet = row.content.sheet
    if sheet.combine == "sum":
        return item.points
    group = next(group for group in sheet.groups if item in group.items)
    return item.points / group.full * (group.weight or Decimal(0)) * sheet.total


@dataclass(frozen=True)
class Firmness:
    """Places computed again under uncertain inputs and weights.

    Attributes:
        shares, errors: (objects, items) share reached of each item, and its standard error.
        weights: (items,) points that an item can bring to the total.
        noise: share by which weights vary, 0 where no points are assumed.
        spread: of the places, objects in the order of the result.
    """

    items: list[Item]
    shares: Any
    errors: Any
    weights: Any
    noise: float
    spread: rank_intervals.RankSpread


def firmness(row: Round, found: Sequence[Standing]) -> Firmness | None:
    """How firm the places are; None where nothing varies.

    Inputs vary by the intervals of the indicators behind them, weights by the scheme's share where points are assumed.
    """
    if len(found) < 2:
        return None
    items, shares, weights = shares_of(row, found)
    errors = errors_of(row, found, items)
    noise = float(row.content.scheme.noise) if row.content.assumed else 0.0
    if not errors.any() and not noise:
        return None
    spread = rank_intervals.rank_intervals(
        shares, weights, REPLICATIONS, seed=row.pk, errors=errors, noise=noise, confidence=CONFIDENCE
    )
    return Firmness(items, shares, errors, weights, noise, spread)


def intervals(row: Round, found: Sequence[Standing]) -> dict[str, tuple[int, int]]:
    """Entry id → places that hold 90 % of the replications; the place itself where nothing varies."""
    judged = firmness(row, found)
    if judged is None:
        return {one.key: (one.rank, one.rank) for one in found}
    return {
        one.key: (min(int(low), one.rank), max(int(high), one.rank))
        for one, low, high in zip(found, judged.spread.low, judged.spread.high, strict=True)
    }


def errors_of(row: Round, found: Sequence[Standing], items: Sequence[Item]) -> Any:
    """(objects, items) standard errors of the shares, from the intervals of the numbers behind the marks that count."""
    places = {int(one.key): line for line, one in enumerate(found)}
    columns = {item.code: column for column, item in enumerate(items)}
    errors = np.zeros((len(found), len(items)))
    marks = Mark.objects.filter(entry__round=row, current=True).exclude(source={}).exclude(stage=Mark.Stage.SELF)
    for mark in marks:
        span = uncertainty(mark.source)
        if span is None or mark.item not in columns or mark.answer.get("value") != mark.source.get("value"):
            continue
        item = items[columns[mark.item]]
        low, high = (_share(item, mark.said, value) for value in span)
        errors[places[mark.entry_id], columns[mark.item]] = abs(high - low) / float(TO_ERROR)
    return errors


def _share(item: Item, answer: Answer, value: Decimal) -> float:
    try:
        points = score_item(item, replace(answer, value=value), 6).points
    except WrongAnswer:
        return 0.0
    return float((points or Decimal(0)) / item.points)


def discrimination(row: Round, found: Sequence[Standing]) -> list[tuple[Item, rank_intervals.Item, tuple[str, ...]]]:
    """Each item with what it still tells, and why it no longer does."""
    if len(found) < 3:
        return []
    items, shares, weights = shares_of(row, found)
    judged = rank_intervals.discrimination(shares, weights)
    return [(item, one, one.reasons()) for item, one in zip(items, judged, strict=True)]
