"""The methods that ship: output-weighted pass rate, competitiveness index, shares of sums, means, composites. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import isnan, sqrt
from typing import Any

import numpy as np

from hengjian.indicators.derived import Ingredients, Input, Made, register
from hengjian.indicators.rules import PLACES, SHARE_TYPES
from hengjian.indicators.rules import Tree as Regions
from hengjian.methods.composite.aggregation import Node, Tree, aggregate
from hengjian.methods.composite.normalisation import Normalisation, normalise
from hengjian.methods.later import later
from hengjian.methods.statistics import competitiveness
from hengjian.methods.statistics.quality_economics import grade_rate
from hengjian.methods.statistics.survey_estimates import output_weighted_pass_rate
from hengjian.rulebook.parameters.quality_indices import Competitiveness, GradeCoefficients, WeightedPassRate

stats: Any = later("scipy.stats")

COLLAPSED = {
    "what": "coverage",
    "title": "有产值而无样本的行业取各地区合计的合格率",
    "title_en": "Industries with output but without samples take the rate of all regions together",
}
DROPPED = {
    "what": "coverage",
    "title": "有产值而无样本的行业未计入",
    "title_en": "Industries with output but without samples are left out",
}


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(PLACES)


def weighted_pass_rate(given: Ingredients) -> Iterator[Made]:
    """制造业产品质量合格率: conforming shares of region × industry, weighted by industrial output.

    Roles: `rate` (a percentage) and `output` (an amount), both broken down by the same thing.
    """
    rates, outputs = given.broken_down("rate"), given.broken_down("output")
    if given.rule is None or not rates or not outputs:
        return
    rule = given.rule.typed(WeightedPassRate)
    z = float(stats.norm.ppf((1 + float(rule.confidence)) / 2))
    for region in sorted({above for code in outputs for above in (code, *given.tree.above.get(code, ()))}):
        sampled = given.below(region, rates)
        rest = given.below(region, [code for code in outputs if not _overlaps(code, sampled, given.tree)])
        places = [code for code in (*sampled, *rest) if code in outputs]
        industries = sorted({name for place in places for name in (*outputs[place], *rates.get(place, {}))})
        cells = [
            [(outputs[place].get(name), rates.get(place, {}).get(name)) for name in industries] for place in places
        ]
        if not any(rate is not None for row in cells for _output, rate in row):
            continue
        volume = np.array([[float((o.value if o else None) or 0) for o, _r in row] for row in cells])
        passed = np.array([[float((r.numerator if r else None) or 0) for _o, r in row] for row in cells])
        seen = np.array([[float((r.denominator if r else None) or 0) for _o, r in row] for row in cells])
        if not volume[seen > 0].sum():
            continue
        try:
            found = output_weighted_pass_rate(volume, passed, seen, empty=rule.empty_cells)
        except ValueError:
            # No region has a sample of an industry: nothing to take its rate from.
            found = output_weighted_pass_rate(volume, passed, seen, empty="drop")
        dropped = any(policy == "drop" for _r, _i, policy in found.notes)
        counted = volume.sum() - sum(volume[r, i] for r, i, policy in found.notes if policy == "drop")
        half = None if isnan(found.standard_error) else z * found.standard_error
        yield Made(
            region,
            _decimal(found.value * 100),
            tuple(item for row in cells for pair in row for item in pair if item is not None),
            numerator=_decimal(found.value * counted),
            denominator=_decimal(counted),
            low=None if half is None else _decimal(max(0.0, found.value - half) * 100),
            high=None if half is None else _decimal(min(1.0, found.value + half) * 100),
            parts={
                "unweighted": f"{found.unweighted * 100:.4f}",
                "cells": len(places) * len(industries),
                "empty": [[places[r], industries[i], policy] for r, i, policy in found.notes],
            },
            assumptions=(*([COLLAPSED] if found.notes and not dropped else []), *([DROPPED] if dropped else [])),
        )


def _overlaps(code: str, others: list[str], tree: Regions) -> bool:
    """Whether a region is one of the others, holds one of them or lies in one."""
    own = tree.above.get(code, ())
    return any(code == other or code in tree.above.get(other, ()) or other in own for other in others)


def competitiveness_index(given: Ingredients) -> Iterator[Made]:
    """制造业质量竞争力指数 of every region that has all twelve indicators. Roles: their published names."""
    if given.rule is None:
        return
    rule = given.rule.typed(Competitiveness)
    names = [name for name, _direction in competitiveness.INDICATORS]
    columns = {name: given.whole(name) for name in names}
    regions = sorted(set.intersection(*(set(column) for column in columns.values())))
    regions = [code for code in regions if all(columns[name][code].value is not None for name in names)]
    if not regions:
        return
    x = np.array([[float(columns[name][code].value or 0) for name in names] for code in regions])
    bounds = [(float(rule.bounds[name][0]), float(rule.bounds[name][1])) for name in names]
    how = Normalisation("goalposts", float(rule.low), float(rule.high), bounds)
    directions = [direction for _name, direction in competitiveness.INDICATORS]
    scores = normalise(x, directions, how)
    tree = competitiveness.tree({name: float(weight) for name, weight in rule.weights.items()})
    groups = aggregate(scores, tree)
    for place, code in enumerate(regions):
        yield Made(
            code,
            _decimal(groups[tree.index][place]),
            tuple(columns[name][code] for name in names),
            parts={
                "groups": {name: f"{float(column[place]):.4f}" for name, column in groups.items()},
                "scores": {name: f"{float(scores[place, at]):.4f}" for at, name in enumerate(names)},
                "weights": {name: f"{weight:.4f}" for name, weight in tree.nominal().items()},
            },
        )


def share_of_sums(given: Ingredients) -> Iterator[Made]:
    """The numerator indicators over the denominator indicators, region by region.

    Roles: `numerator`, and further ones that begin with it; `denominator` likewise.
    """
    over = [role for role in given.source.inputs if role.startswith("numerator")]
    under = [role for role in given.source.inputs if role.startswith("denominator")]
    columns = {role: given.whole(role) for role in (*over, *under)}
    for code in sorted(set.intersection(*(set(column) for column in columns.values()))):
        used = tuple(columns[role][code] for role in columns)
        if any(item.value is None for item in used):
            continue
        part, whole = (_total([columns[role][code] for role in roles]) for roles in (over, under))
        yield Made(code, SHARE_TYPES[given.declared.scale](part, whole).value, used, numerator=part, denominator=whole)


def _total(items: list[Input]) -> Decimal:
    return sum((item.value or Decimal(0) for item in items), Decimal(0))


def grade_of_products(given: Ingredients) -> Iterator[Made]:
    """产品质量等级品率. Roles: `grade1`, `grade2`, `grade3` (output value of each grade, the best first), `output`."""
    if given.rule is None:
        return
    coefficients = given.rule.typed(GradeCoefficients).coefficients
    roles = [f"grade{number}" for number in range(1, len(coefficients) + 1)]
    columns = {role: given.whole(role) for role in (*roles, "output")}
    for code in sorted(set.intersection(*(set(column) for column in columns.values()))):
        used = tuple(columns[role][code] for role in columns)
        if any(item.value is None for item in used):
            continue
        grades = [columns[role][code].value or Decimal(0) for role in roles]
        try:
            found = grade_rate(grades, coefficients, columns["output"][code].value or Decimal(0))
        except ValueError:
            continue  # more graded than produced: the inputs are wrong, and their own checks say so
        part, whole = Decimal(found.part), Decimal(found.whole)
        value = SHARE_TYPES["percent"](part, whole).value
        yield Made(code, value, used, numerator=part, denominator=whole)


def mean_of_parts(given: Ingredients) -> Iterator[Made]:
    """The plain mean of an index over its break-down (domains of satisfaction). Role: `of`."""
    for code, parts in sorted(given.broken_down("of").items()):
        known = [item for item in parts.values() if item.value is not None]
        if not known:
            continue
        mean = sum((item.value or Decimal(0) for item in known), Decimal(0)) / len(known)
        half = _half(known)
        yield Made(
            code,
            mean.quantize(PLACES),
            tuple(known),
            low=None if half is None else (mean - half).quantize(PLACES),
            high=None if half is None else (mean + half).quantize(PLACES),
            parts={"of": len(known)},
        )


def _half(known: list[Input]) -> Decimal | None:
    """Half the interval of a mean of independent estimates; None where one of them has no interval."""
    widths = [(item.high - item.low) / 2 for item in known if item.low is not None and item.high is not None]
    if len(widths) < len(known):
        return None
    return Decimal(repr(sqrt(sum(float(width) ** 2 for width in widths)) / len(known)))


def composite(given: Ingredients) -> Iterator[Made]:
    """A composite of regions of one level: min-max to 0 – 100, equal weights; only regions with every input."""
    roles = list(given.source.inputs)
    columns = {role: given.whole(role) for role in roles}
    complete = set.intersection(*(set(column) for column in columns.values()))
    complete = {code for code in complete if all(columns[role][code].value is not None for role in roles)}
    for level in sorted({given.level.get(code, "") for code in complete}):
        regions = sorted(code for code in complete if given.level.get(code, "") == level)
        if len(regions) < 3:
            continue  # the best and the worst of two say nothing
        x = np.array([[float(columns[role][code].value or 0) for role in roles] for code in regions])
        spread = x.max(axis=0) > x.min(axis=0)
        if not spread.any():
            continue
        signs = [-1 if given.directions[role] == "lower" else 1 for role in roles]
        kept = [at for at, there in enumerate(spread) if there]
        scores = normalise(x[:, kept], [signs[at] for at in kept], Normalisation("minmax", 0.0, 100.0))
        names = tuple(roles[at] for at in kept)
        tree = Tree(names, (Node("composite", names, (1.0,) * len(names)),))
        total = aggregate(scores, tree)["composite"]
        for place, code in enumerate(regions):
            shown = {name: f"{float(scores[place, at]):.4f}" for at, name in enumerate(names)}
            yield Made(
                code,
                _decimal(total[place]),
                tuple(columns[role][code] for role in roles),
                parts={"scores": shown, "among": len(regions)},
            )


def register_all() -> None:
    """Called when the app is ready."""
    register("weighted_pass_rate/1", weighted_pass_rate)
    register("competitiveness_index/1", competitiveness_index)
    register("share_of_sums/1", share_of_sums)
    register("grade_of_products/1", grade_of_products)
    register("mean_of_parts/1", mean_of_parts)
    register("composite/1", composite)
