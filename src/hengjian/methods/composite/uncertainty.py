"""How firm a ranking is: the index again and again under other reasonable choices, and which choice matters.

Steps 7 of the handbook: M. Saisana, A. Saltelli, S. Tarantola, JRSS A 168 (2005) 307.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.composite.aggregation import Mean, Node, Tree, aggregate
from hengjian.methods.composite.building import Recipe, build, prepare
from hengjian.methods.composite.normalisation import Normalisation, normalise
from hengjian.methods.composite.sensitivity import Sensitivity, sobol
from hengjian.methods.composite.treatment import Filling
from hengjian.methods.rank_intervals import RankSpread, ranks, summarise

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
        self.weights = sum(len(node.weights) for node in recipe.tree.nodes)
        self.inner = {part for node in recipe.tree.nodes for part in node.parts}

    @property
    def dimensions(self) -> int:
        return 3 + self.weights

    def ranks(self, draw: Array) -> NDArray[np.intp]:
        """Ranks for a point of the unit cube: filling, normalisation, mean, then one coordinate per weight."""
        filling = self._pick(draw[0], len(self.fillings))
        scale = self._pick(draw[1], len(self.normalisations))
        mean = self.means[self._pick(draw[2], len(self.means))] if self.means else None
        factors = 1 + self.choices.noise * (2 * draw[3:] - 1)
        nodes, at = [], 0
        for node in self.recipe.tree.nodes:
            count = len(node.weights)
            weights = tuple((np.array(node.weights) * factors[at : at + count]).tolist())
            at += count
            upper = mean if mean is not None and not set(node.parts) <= set(self.recipe.tree.indicators) else node.mean
            nodes.append(Node(node.name, node.parts, weights, upper, node.least, node.exponent))
        tree = Tree(self.recipe.tree.indicators, tuple(nodes))
        return ranks(aggregate(self.tables[filling][scale], tree)[tree.index])

    @staticmethod
    def _pick(point: float, count: int) -> int:
        return min(int(point * count), count - 1)


def rank_spread(
    values: ArrayLike, recipe: Recipe, choices: Choices, replications: int, *, seed: int, confidence: float = 0.90
) -> RankSpread:
    """Ranks under random choices; the same seed gives the same result. Arguments as `building.build`."""
    machine = _Replicator(values, recipe, choices)
    generator = np.random.default_rng(seed)
    found = np.stack([machine.ranks(generator.random(machine.dimensions)) for _replication in range(replications)])
    return summarise(machine.nominal.ranks, found, confidence)


def rank_sensitivity(values: ArrayLike, recipe: Recipe, choices: Choices, n: int, *, seed: int) -> Sensitivity:
    """Sobol indices of the mean absolute rank shift against the nominal ranking.

    Args:
        n: base sample, a power of 2; the index is computed n·(k + 2) times, k = 4: filling, normalisation, mean, and
            the weights together.
    """
    machine = _Replicator(values, recipe, choices)
    generator = np.random.default_rng(seed)
    # One coordinate chooses among prepared sets of weights, so that "the weights" are a single factor.
    sets = generator.random((max(n, 256), machine.weights))

    def shift(points: Array) -> Array:
        result = np.empty(points.shape[1])
        for place, point in enumerate(points.T):
            draw = np.concatenate([point[:3], sets[min(int(point[3] * len(sets)), len(sets) - 1)]])
            result[place] = np.abs(machine.ranks(draw) - machine.nominal.ranks).mean()
        return result

    names = ("filling", "normalisation", "mean", "weights")
    return sobol(shift, dict.fromkeys(names, (0.0, 1.0)), n, seed=seed)
