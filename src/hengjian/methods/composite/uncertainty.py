"""How firm a ranking is: the index again and again under other reasonable choices, and which choice matters.

Steps 7 of the handbook: M. Saisana, A. Saltelli, S. Tarantola, JRSS A 168 (2005) 307.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.composite.aggregation import Mean, aggregate
from hengjian.methods.composite.building import Recipe, build, prepare
from hengjian.methods.composite.normalisation import Normalisation, normalise
from hengjian.methods.composite.sensitivity import Sensitivity, sobol
from hengjian.methods.composite.treatment import Filling
from hengjian.methods.rank_intervals import CHUNK, RankSpread, ranks, summarise

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """What may be chosen otherwise.

    Attributes:
        fillings, normalisations, means: alternatives; the recipe's own choice is taken where a list is empty. `means`
            applies to the groups above the lowest level.
        noise: every weight is multiplied by a factor drawn from 1 ± noise.
    """

    fillings: Sequence[Filling] = ()
    normalisations: Sequence[Normalisation] = ()
    means: Sequence[Mean] = ()
    noise: float = 0.25

    def __post_init__(self) -> None:
        if not 0 <= self.noise < 1:
            raise ValueError("noise lies between 0 and 1")


class _Replicator:
    """Keeps what replications share: a normalised table per filling and normalisation."""

    def __init__(self, values: ArrayLike, recipe: Recipe, choices: Choices) -> None:
        self.recipe, self.choices = recipe, choices
        self.fillings = list(choices.fillings) or [recipe.filling]
        self.normalisations = list(choices.normalisations) or [recipe.normalisation]
        self.means = list(choices.means)
        self.nominal = build(values, recipe)
        self.tables = []
        rows = np.flatnonzero(self.nominal.kept)
        for filling in self.fillings:
            # The units that are ranked stay the same ones, or ranks could not be compared.
            treated, kept, _treatments, _missing = prepare(values, replace(recipe, filling=filling, least=0.0))
            chosen = np.searchsorted(np.flatnonzero(kept), rows)
            self.tables.append([normalise(treated, recipe.directions, how)[chosen] for how in self.normalisations])
        self.base = np.concatenate([np.asarray(node.weights, dtype=np.float64) for node in recipe.tree.nodes])
        ends = np.cumsum([len(node.weights) for node in recipe.tree.nodes])
        self.slices = [slice(end - len(node.weights), end) for node, end in zip(recipe.tree.nodes, ends, strict=True)]

    @property
    def dimensions(self) -> int:
        return 3 + len(self.base)

    def ranks(self, draws: Array) -> NDArray[np.intp]:
        """(replications, U) ranks for points of the unit cube: filling, normalisation, mean, then every weight.

        Points that share the first three choices are computed together.
        """
        choices = np.column_stack([
            np.minimum((draws[:, place] * count).astype(int), count - 1)
            for place, count in enumerate((len(self.fillings), len(self.normalisations), max(len(self.means), 1)))
        ])  # fmt: skip
        weights = self.base * (1 + self.choices.noise * (2 * draws[:, 3:] - 1))
        found = np.empty((len(draws), len(self.nominal.index)), dtype=np.intp)
        for filling, scale, mean in np.unique(choices, axis=0).tolist():
            same = np.flatnonzero((choices == (filling, scale, mean)).all(axis=1))
            for start in range(0, len(same), CHUNK):
                rows = same[start : start + CHUNK]
                scores = aggregate(
                    self.tables[filling][scale],
                    self.recipe.tree,
                    weights=[weights[rows, own] for own in self.slices],
                    upper=self.means[mean] if self.means else None,
                )
                found[rows] = ranks(scores[self.recipe.tree.index])
        return found


def rank_spread(
    values: ArrayLike, recipe: Recipe, choices: Choices, replications: int, *, seed: int, confidence: float = 0.90
) -> RankSpread:
    """Ranks under random choices; the same seed gives the same result. Arguments as `building.build`."""
    machine = _Replicator(values, recipe, choices)
    draws = np.random.default_rng(seed).random((replications, machine.dimensions))
    return summarise(machine.nominal.ranks, machine.ranks(draws), confidence)


def rank_sensitivity(values: ArrayLike, recipe: Recipe, choices: Choices, n: int, *, seed: int) -> Sensitivity:
    """Sobol indices of the mean absolute rank shift against the nominal ranking.

    Args:
        n: base sample, a power of 2; the index is computed n·(k + 2) times, k = 4: filling, normalisation, mean, and
            the weights together.
    """
    machine = _Replicator(values, recipe, choices)
    generator = np.random.default_rng(seed)
    # One coordinate chooses among prepared sets of weights, so that "the weights" are a single factor.
    sets = generator.random((max(n, 256), len(machine.base)))

    def shift(points: Array) -> Array:
        chosen = np.minimum((points[3] * len(sets)).astype(int), len(sets) - 1)
        found = machine.ranks(np.column_stack([points[:3].T, sets[chosen]]))
        return np.asarray(np.abs(found - machine.nominal.ranks).mean(axis=1))

    names = ("filling", "normalisation", "mean", "weights")
    return sobol(shift, dict.fromkeys(names, (0.0, 1.0)), n, seed=seed)
