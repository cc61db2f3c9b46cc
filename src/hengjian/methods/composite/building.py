"""The whole chain from raw indicators to an index, every step on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.composite.aggregation import Tree, aggregate, effective_weights
from hengjian.methods.composite.normalisation import Normalisation, normalise
from hengjian.methods.composite.treatment import DEFAULT_LIMITS, Filling, Limits, Treated, impute, screen, table, treat
from hengjian.methods.rank_intervals import ranks

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """How an index is made.

    Attributes:
        tree: groups and weights; directions: 1 or −1 per indicator.
        filling, groups: what is done about missing values.
        least: share of indicators a unit needs to be ranked at all (after filling).
        limits: when and how far outliers are pulled in; None leaves them.
    """

    tree: Tree
    directions: tuple[int, ...]
    normalisation: Normalisation = field(default_factory=Normalisation)
    filling: Filling = "none"
    groups: tuple[str, ...] | None = None
    least: float = 0.0
    limits: Limits | None = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        if len(self.directions) != len(self.tree.indicators):
            raise ValueError(f"{len(self.directions)} directions for {len(self.tree.indicators)} indicators")


@dataclass(frozen=True)
class Index:
    """An index; U units that passed the screen.

    Attributes:
        kept: (all units,) which were ranked; `scores`: group → (U,), the index under `tree.index`.
        ranks: (U,) 1 is best. treatments: per indicator. normalised: (U, indicators).
        effective: (indicators,) what each weighs in effect; nominal: what the tree says.
        missing: number of values that were filled.
    """

    name: str
    kept: NDArray[np.bool_]
    scores: dict[str, Array]
    ranks: NDArray[np.intp]
    treatments: tuple[Treated, ...]
    normalised: Array
    effective: Array
    nominal: Array
    missing: int

    @property
    def index(self) -> Array:
        return self.scores[self.name]


def prepare(values: ArrayLike, recipe: Recipe) -> tuple[Array, NDArray[np.bool_], tuple[Treated, ...], int]:
    """(treated table of the kept units, kept, treatments, values filled): everything before normalisation."""
    raw = table(values)
    filled = impute(raw, recipe.filling, recipe.groups)
    kept = screen(filled, recipe.least)
    used = filled[kept]
    if recipe.limits is None:
        treatments = tuple(Treated(column, "none") for column in used.T)
    else:
        treatments = tuple(treat(column, recipe.limits) for column in used.T)
    return (
        np.column_stack([item.values for item in treatments]),
        kept,
        treatments,
        int((np.isnan(raw) & ~np.isnan(filled)).sum()),
    )


def build(values: ArrayLike, recipe: Recipe) -> Index:
    """Impute, screen, treat, normalise, weight, aggregate.

    Args:
        values: (units, indicators) in the order of `recipe.tree.indicators`.

    Raises:
        ValueError: the table does not fit the recipe.
    """
    treated, kept, treatments, missing = prepare(values, recipe)
    if treated.shape[1] != len(recipe.tree.indicators):
        raise ValueError(f"{treated.shape[1]} columns for {len(recipe.tree.indicators)} indicators")
    normalised = normalise(treated, recipe.directions, recipe.normalisation)
    scores = aggregate(normalised, recipe.tree)
    index = scores[recipe.tree.index]
    nominal = recipe.tree.nominal()
    return Index(
        recipe.tree.index, kept, scores, ranks(index), treatments, normalised, effective_weights(normalised, index),
        np.array([nominal[name] for name in recipe.tree.indicators]), missing,
    )  # fmt: skip


def contribution(index: Index, tree: Tree, unit: int) -> Sequence[tuple[str, float]]:
    """(indicator, points) that make up the score of one unit, the largest first; exact for arithmetic means."""
    values = index.normalised[unit]
    there = ~np.isnan(values)
    share = dict.fromkeys(tree.indicators, 0.0)
    weight: dict[str, float] = {tree.index: 1.0}
    present = dict(zip(tree.indicators, there.tolist(), strict=True))
    for node in tree.nodes:
        present[node.name] = any(present[part] for part in node.parts)
    for node in reversed(tree.nodes):
        whole = sum(w for part, w in zip(node.parts, node.weights, strict=True) if present[part])
        for part, own in zip(node.parts, node.weights, strict=True):
            weight[part] = weight[node.name] * own / whole if present[part] and whole else 0.0
    for place, name in enumerate(tree.indicators):
        share[name] = weight[name] * float(values[place]) if there[place] else 0.0
    return sorted(share.items(), key=lambda item: -item[1])
