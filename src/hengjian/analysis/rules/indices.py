"""How firm a composite index is: what its parts weigh in effect, and which ranks other reasonable weights would give.
Pure; the methods are those of `methods.composite` and `methods.rank_intervals`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hengjian.methods.composite.aggregation import effective_weights
from hengjian.methods.rank_intervals import RankSpread, rank_intervals

#: Fewer regions tell nothing about correlations.
FEWEST = 4


@dataclass(frozen=True)
class Weight:
    """A part of an index: what it weighs by its definition and in effect, both as shares of 1.

    Attributes:
        effective: None where too few regions have all parts.
    """

    name: str
    nominal: float
    effective: float | None


@dataclass(frozen=True)
class Scored:
    """One region: its index and the normalised scores of the parts."""

    region: str
    index: float
    scores: Mapping[str, float]


def weights(nominal: Mapping[str, float], scored: Sequence[Scored]) -> list[Weight]:
    """The parts in the order of their nominal weight."""
    names = [name for name in nominal if all(name in each.scores for each in scored)]
    whole = sum(nominal[name] for name in names) or 1.0
    effective: list[float | None] = [None] * len(names)
    if len(scored) >= FEWEST and names:
        table = np.array([[each.scores[name] for name in names] for each in scored])
        found = effective_weights(table, [each.index for each in scored])
        effective = [float(value) for value in found]
    rows = [Weight(name, nominal[name] / whole, weight) for name, weight in zip(names, effective, strict=True)]
    return sorted(rows, key=lambda each: (-each.nominal, each.name))


def ranks(
    nominal: Mapping[str, float], scored: Sequence[Scored], *, noise: float, replications: int, seed: int
) -> RankSpread | None:
    """Ranks under weights that vary by ± `noise`; None for fewer than two regions or no parts."""
    names = [name for name in nominal if all(name in each.scores for each in scored)]
    if len(scored) < 2 or len(names) < 2:
        return None
    table = np.array([[each.scores[name] for name in names] for each in scored])
    bounds = (float(table.min()), float(table.max()) + 1e-9)
    return rank_intervals(table, [nominal[name] for name in names], replications, seed=seed, noise=noise, bounds=bounds)
