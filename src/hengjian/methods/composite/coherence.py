"""Whether indicators belong together (step 4 of the handbook), and what the index has to do with others (step 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.composite.aggregation import Tree
from hengjian.methods.composite.treatment import table
from hengjian.methods.later import later
from hengjian.methods.statistics.reliability import cronbach

stats: Any = later("scipy.stats")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Correlation:
    """A correlation over n pairs with its interval (Fisher's z); NaN where a side does not vary or n is below 4."""

    value: float
    low: float
    high: float
    n: int


def correlation(one: ArrayLike, other: ArrayLike, *, ranks: bool = False, confidence: float = 0.95) -> Correlation:
    """Pearson's correlation of two vectors, pairs with a missing value left out; with `ranks` Spearman's."""
    x, y = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y, n = x[both], y[both], int(both.sum())
    if ranks and n:
        x, y = stats.rankdata(x), stats.rankdata(y)
    if n < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return Correlation(float("nan"), float("nan"), float("nan"), n)
    value = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    if abs(value) == 1:
        return Correlation(value, value, value, n)
    # For ranks the variance of z is a little larger (E. C. Fieller et al., Biometrika 44 (1957) 470).
    half = float(stats.norm.ppf((1 + confidence) / 2)) * sqrt((1.06 if ranks else 1.0) / (n - 3))
    return Correlation(value, tanh(atanh(value) - half), tanh(atanh(value) + half), n)


@dataclass(frozen=True)
class GroupCoherence:
    """How a group of a tree hangs together.

    Attributes:
        alpha: Cronbach's alpha, standardised. explained: variance that the first principal component explains.
        against: pairs of parts that run against each other (negative correlation): averaging hides both.
        repeated: pairs that say the same thing: it counts twice.
    """

    name: str
    alpha: float
    explained: float
    against: tuple[tuple[str, str, float], ...]
    repeated: tuple[tuple[str, str, float], ...]


def coherence(
    scores: dict[str, Array], values: ArrayLike, tree: Tree, *, against: float = 0.0, repeated: float = 0.92
) -> list[GroupCoherence]:
    """Every group of the tree with at least two parts, from the lowest up.

    Args:
        scores: group → (units,) as `aggregation.aggregate` gives them.
        values: (units, indicators) normalised, in the order of `tree.indicators`.
        against, repeated: below and above which correlations are reported.
    """
    x = table(values)
    columns = {name: x[:, place] for place, name in enumerate(tree.indicators)} | scores
    found = []
    for node in tree.nodes:
        if len(node.parts) < 2:
            continue
        matrix = np.eye(len(node.parts))
        for first in range(len(node.parts)):
            for second in range(first):
                r = correlation(columns[node.parts[first]], columns[node.parts[second]]).value
                matrix[first, second] = matrix[second, first] = r
        pairs = [
            (node.parts[second], node.parts[first], float(matrix[first, second]))
            for first in range(len(node.parts))
            for second in range(first)
        ]
        whole = not np.isnan(matrix).any()
        found.append(GroupCoherence(
            node.name, cronbach(matrix), float(np.linalg.eigvalsh(matrix)[-1] / len(matrix)) if whole else float("nan"),
            tuple(pair for pair in pairs if pair[2] < against), tuple(pair for pair in pairs if pair[2] > repeated),
        ))  # fmt: skip
    return found


@dataclass(frozen=True)
class Link:
    """An index beside another figure: linear and rank correlation."""

    name: str
    linear: Correlation
    ranks: Correlation


def links(index: ArrayLike, others: ArrayLike, names: Sequence[str]) -> list[Link]:
    """The index beside figures that are not part of it, (units, figures); the strongest first."""
    x = table(others)
    if x.shape[1] != len(names):
        raise ValueError(f"{x.shape[1]} figures and {len(names)} names")
    found = [
        Link(name, correlation(index, x[:, place]), correlation(index, x[:, place], ranks=True))
        for place, name in enumerate(names)
    ]
    return sorted(found, key=lambda link: -abs(link.linear.value) if link.linear.value == link.linear.value else 1.0)
