"""From indicators up the tree to the index: weighted means with a floor on availability, and the Copeland ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.composite.weighting import NegativeWeights

Array = NDArray[np.float64]
Mean = Literal["arithmetic", "geometric", "harmonic", "power"]


def weighted_mean(
    values: ArrayLike, weights: ArrayLike, mean: Mean = "arithmetic", *, least: float = 0.0, exponent: float = 1.0
) -> Array:
    """(…, units) mean over the indicators of each unit; missing ones are left out and the weights rescaled.

    Args:
        values: (…, units, indicators).
        weights: (…, indicators), not negative; leading axes (replications, say) are broadcast.
        least: share of indicators that must be present, else NaN; with 0 a unit needs at least one.
        exponent: of the mean "power"; below 1 a strong indicator makes up less for a weak one, 0 is geometric.

    Raises:
        NegativeWeights: a weight is negative.
        ValueError: a mean other than the arithmetic one over values that are not positive.
    """
    x, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if (w < 0).any():
        raise NegativeWeights(f"weight {np.flatnonzero(w < 0).tolist()} is negative")
    there = ~np.isnan(x)
    if mean == "power" and exponent == 0:
        mean = "geometric"
    if mean != "arithmetic" and (x[there] <= 0).any():
        raise ValueError(f"a {mean} mean needs positive values; normalise to a scale that begins above 0")
    share = np.where(there, w[..., None, :], 0.0)
    total = share.sum(axis=-1)
    filled = np.where(there, x, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if mean == "arithmetic":
            result = (share * filled).sum(axis=-1) / total
        elif mean == "geometric":
            result = np.exp((share * np.log(filled)).sum(axis=-1) / total)
        elif mean == "harmonic":
            result = total / (share / filled).sum(axis=-1)
        else:
            result = ((share * filled**exponent).sum(axis=-1) / total) ** (1 / exponent)
    return np.where((there.mean(axis=-1) >= least) & (total > 0), result, np.nan)


def copeland(values: ArrayLike, weights: ArrayLike) -> Array:
    """(units,) wins minus losses in comparisons with every other unit, indicator by indicator, by weight.

    It ranks without letting a strong indicator make up for a weak one.
    """
    x, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    difference = np.sign(x[:, None, :] - x[None, :, :])
    return np.asarray(np.sign((np.nan_to_num(difference) * w).sum(axis=2)).sum(axis=1))


@dataclass(frozen=True)
class Node:
    """A group of the tree: its name and the names of what it is made of, with their weights within the group.

    `least` is the share of parts that a unit needs; `exponent` belongs to the mean "power".
    """

    name: str
    parts: tuple[str, ...]
    weights: tuple[float, ...]
    mean: Mean = "arithmetic"
    least: float = 0.0
    exponent: float = 1.0

    def __post_init__(self) -> None:
        if len(self.parts) != len(self.weights) or not self.parts:
            raise ValueError(f"group {self.name}: a weight for every part, and at least one part")
        if any(weight < 0 for weight in self.weights):
            raise NegativeWeights(f"group {self.name}: a negative weight would let the index fall while a part rises")
        if not 0 < sum(self.weights) < float("inf"):
            raise ValueError(f"group {self.name}: weights are finite and not all zero")


@dataclass(frozen=True)
class Tree:
    """Groups from the lowest level up; the last one is the index."""

    indicators: tuple[str, ...]
    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        known = set(self.indicators)
        used: set[str] = set()
        for node in self.nodes:
            if missing := set(node.parts) - known:
                raise ValueError(f"group {node.name}: {', '.join(sorted(missing))} is not defined before it")
            if again := set(node.parts) & used:
                raise ValueError(f"group {node.name}: {', '.join(sorted(again))} belongs to another group already")
            if node.name in known:
                raise ValueError(f"{node.name} is defined twice")
            known.add(node.name)
            used |= set(node.parts)
        if left := known - used - {self.nodes[-1].name}:
            raise ValueError(f"{', '.join(sorted(left))} belongs to no group")

    @property
    def index(self) -> str:
        return self.nodes[-1].name

    def nominal(self) -> dict[str, float]:
        """Weight of every indicator in the index, as the tree says it."""
        share = {self.index: 1.0}
        for node in reversed(self.nodes):
            for part, weight in zip(node.parts, node.weights, strict=True):
                share[part] = share[node.name] * weight / sum(node.weights)
        return {name: share[name] for name in self.indicators}


def aggregate(
    values: ArrayLike, tree: Tree, *, weights: Sequence[ArrayLike] | None = None, upper: Mean | None = None
) -> dict[str, Array]:
    """(…, units) scores of every group by name, the index last.

    Args:
        values: (units, indicators) in the order of `tree.indicators`.
        weights: other weights than the tree's, per group (…, parts); with leading axes that many indices at once.
        upper: another mean for the groups that are made of groups.
    """
    x = np.asarray(values, dtype=np.float64)
    columns: dict[str, Array] = {name: x[:, place] for place, name in enumerate(tree.indicators)}
    for place, node in enumerate(tree.nodes):
        block = np.stack(np.broadcast_arrays(*[columns[part] for part in node.parts]), axis=-1)
        own = node.weights if weights is None else weights[place]
        mean = upper if upper is not None and not set(node.parts) <= set(tree.indicators) else node.mean
        columns[node.name] = weighted_mean(block, own, mean, least=node.least, exponent=node.exponent)
    return {node.name: columns[node.name] for node in tree.nodes}


def effective_weights(values: ArrayLike, scores: ArrayLike, *, bins: int = 0) -> Array:
    """(indicators,) squared correlation of each indicator with the index, scaled to sum 1 (linear correlation ratio).

    P. Paruolo, M. Saisana, A. Saltelli, JRSS A 176 (2013) 609: what an indicator weighs in effect is seldom what was
    written into the tree. With `bins` the non-linear ratio Var(E[index | indicator])/Var(index) in that many classes.
    """
    x, s = np.asarray(values, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    found = np.zeros(x.shape[1])
    for column in range(x.shape[1]):
        both = ~np.isnan(x[:, column]) & ~np.isnan(s)
        a, b = x[both, column], s[both]
        if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
            continue
        if bins:
            edges = np.quantile(a, np.linspace(0, 1, bins + 1)[1:-1])
            place = np.searchsorted(edges, a, side="right")
            means = [(b[place == one].mean(), (place == one).sum()) for one in np.unique(place)]
            found[column] = sum(n * (mean - b.mean()) ** 2 for mean, n in means) / (len(b) * b.var())
        else:
            found[column] = np.corrcoef(a, b)[0, 1] ** 2
    total = found.sum()
    return found / total if total > 0 else found


def directions_agree(values: ArrayLike, scores: ArrayLike, names: Sequence[str]) -> list[str]:
    """Indicators that fall while the index rises: their direction or their place in the tree should be looked at."""
    x, s = np.asarray(values, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    against = []
    for column, name in enumerate(names):
        both = ~np.isnan(x[:, column]) & ~np.isnan(s)
        if both.sum() > 2 and np.ptp(x[both, column]) > 0 and np.corrcoef(x[both, column], s[both])[0, 1] < 0:
            against.append(name)
    return against
