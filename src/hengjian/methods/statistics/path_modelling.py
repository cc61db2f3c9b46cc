"""Partial least squares path modelling (PLS-PM) for satisfaction indices (CCSI, ACSI and ECSI models).

H. Wold (1982), J.-B. Lohmöller (1989). All is computed from the covariance matrix of the manifest variables, so a
bootstrap replication costs one small matrix product instead of a pass over the scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.statistics.path_weights import Outer, outer_weights, structure
from hengjian.methods.statistics.path_weights import Scheme as Scheme
from hengjian.methods.statistics.reliability import heterotrait_monotrait, reliability

Array = NDArray[np.float64]
Mode = Literal["A", "B"]
Missing = Literal["refuse", "listwise", "mean"]
Reason = Literal["unsettled", "negative_weight", "negative_loading", "inadmissible"]
REASONS: dict[Reason, str] = {
    "unsettled": "the weights did not settle",
    "negative_weight": "an outer weight is negative",
    "negative_loading": "an indicator falls while its latent variable rises",
    "inadmissible": "the correlations of the latent variables are not admissible",
}


class NotSolvable(ValueError):
    """The data or the model admit no solution; the message says why."""


@dataclass(frozen=True)
class PathModel:
    """Latent variables with their manifest variables, and which latent variable acts on which.

    Attributes:
        blocks: latent variable → columns of its manifest variables, in an order in which causes stand before effects.
        paths: (cause, effect) pairs.
        modes: "A" (reflective, default) or "B" (formative) per latent variable.
    """

    blocks: Mapping[str, Sequence[int]]
    paths: Sequence[tuple[str, str]]
    modes: Mapping[str, Mode] | None = None

    def __post_init__(self) -> None:
        names = list(self.blocks)
        for cause, effect in self.paths:
            if cause not in self.blocks or effect not in self.blocks:
                raise ValueError(f"path {cause} → {effect}: no such latent variable; there are {', '.join(names)}")
            if names.index(cause) >= names.index(effect):
                raise ValueError(f"path {cause} → {effect}: name the causes first; a circle cannot be estimated")
        for name, block in self.blocks.items():
            if not len(block):
                raise ValueError(f"{name} has no manifest variable")
            if not any(name in path for path in self.paths):
                raise ValueError(f"{name} is connected with nothing")

    @property
    def names(self) -> list[str]:
        return list(self.blocks)

    @property
    def causes(self) -> NDArray[np.bool_]:
        """(L, L): [i, j] is whether i acts on j."""
        names = self.names
        matrix = np.zeros((len(names), len(names)), dtype=bool)
        for cause, effect in self.paths:
            matrix[names.index(cause), names.index(effect)] = True
        return matrix

    @property
    def membership(self) -> NDArray[np.bool_]:
        """(P, L): which manifest variable belongs to which latent one, in the order of the blocks."""
        columns = [len(block) for block in self.blocks.values()]
        matrix = np.zeros((sum(columns), len(columns)), dtype=bool)
        start = 0
        for latent, count in enumerate(columns):
            matrix[start : start + count, latent] = True
            start += count
        return matrix

    @property
    def columns(self) -> list[int]:
        """The columns of the data in the order of the blocks."""
        return [column for block in self.blocks.values() for column in block]


@dataclass(frozen=True)
class PathResult:
    """An estimated model; P manifest variables in the order of the blocks, L latent ones.

    Attributes:
        weights: (P,) outer weights; with them every latent variable has variance 1.
        loadings: (P,) correlations (or covariances, if not scaled) of manifest and own latent variable.
        paths: (L, L) direct effects, [cause, effect]; `total`: direct and indirect ones.
        r2: (L,) share explained; 0 for latent variables without a cause.
        correlations: (L, L) of the latent variables; htmt: heterotrait-monotrait ratios (NaN for single indicators).
        alpha, rho, ave: (L,) Cronbach's alpha, composite reliability, average variance extracted.
        index: (L,) on 0 to 100, where the ends of the answer scale were given; else NaN.
        iterations: until the weights stood still.
        reasons: why the solution should not be published; empty when it is sound.
    """

    names: tuple[str, ...]
    weights: Array
    loadings: Array
    paths: Array
    total: Array
    r2: Array
    correlations: Array
    htmt: Array
    alpha: Array
    rho: Array
    ave: Array
    index: Array
    iterations: int
    reasons: tuple[Reason, ...]

    @property
    def valid(self) -> bool:
        return not self.reasons

    @property
    def warnings(self) -> tuple[str, ...]:
        """The reasons in words."""
        return tuple(REASONS[reason] for reason in self.reasons)

    def path(self, cause: str, effect: str) -> float:
        return float(self.paths[self.names.index(cause), self.names.index(effect)])


def scale_index(mean: ArrayLike, weights: ArrayLike, low: float, high: float) -> Array:
    """Index on 0 to 100: 100·(Σ u_h·x̄_h − min·Σ u_h)/((max − min)·Σ u_h).

    Args:
        mean: (P,) means of the answers (or the answers of one person).
        weights: (P,) or (P, L) weights on the raw scale of the answers.
        low, high: ends of the answer scale.

    >>> round(float(scale_index([8, 7, 7], [0.3885, 0.3190, 0.2925], 1, 10)), 3)
    70.983
    """
    x, u = np.asarray(mean, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    sums = u.sum(axis=0)
    return np.asarray(100 * (x @ u - low * sums) / ((high - low) * sums))


def _prepared(data: ArrayLike, model: PathModel, missing: Missing) -> Array:
    rows = np.array(data, dtype=np.float64)[:, model.columns]
    # R's missing value arrives as a signalling NaN, which numpy's functions do not skip.
    rows[np.isnan(rows)] = np.nan
    lacking = np.isnan(rows)
    if lacking.any():
        if missing == "refuse":
            raise NotSolvable(f"{int(lacking.any(axis=1).sum())} respondents left an answer out; choose how to fill it")
        if missing == "listwise":
            rows = rows[~lacking.any(axis=1)]
        else:
            rows = np.where(lacking, np.nanmean(rows, axis=0), rows)
    if len(rows) < 3:
        raise NotSolvable(f"{len(rows)} complete answers are too few")
    if (np.ptp(rows, axis=0) == 0).any():
        same = [model.columns[place] for place in np.flatnonzero(np.ptp(rows, axis=0) == 0)]
        raise NotSolvable(f"everyone answered alike in column {', '.join(map(str, same))}")
    return rows


class _Variant:
    """A model with the choices of its estimation: what stays the same for every covariance matrix."""

    def __init__(
        self,
        model: PathModel,
        scheme: Scheme,
        scaled: bool,
        scale: tuple[float, float] | None,
        tolerance: float,
        most: int,
    ) -> None:
        self.names, self.member, self.causes = tuple(model.names), model.membership, model.causes
        modes = model.modes or {}
        self.formative = [place for place, name in enumerate(self.names) if modes.get(name, "A") == "B"]
        self.scheme, self.scaled, self.scale = scheme, scaled, scale
        self.tolerance, self.most = tolerance, most

    def solve(self, covariance: Array, mean: Array) -> _Solution:
        """Raises: NotSolvable, or LinAlgError where the model is singular."""
        spread = np.sqrt(np.diag(covariance))
        correlation = covariance / np.outer(spread, spread)
        matrix = correlation if self.scaled else covariance
        outer = outer_weights(matrix, self.member, self.causes, self.formative, self.scheme, self.tolerance, self.most)
        if outer is None:
            raise NotSolvable("a latent variable has no variance")
        crossed = matrix @ outer.weights
        # The sign of a latent variable is free: most of its indicators shall rise with it.
        flip = np.where(np.sign(np.where(self.member, crossed, 0)).sum(axis=0) < 0, -1.0, 1.0)
        weights, crossed = outer.weights * flip, crossed * flip
        latent = weights.T @ crossed
        direct, total, explained = structure(latent, self.causes)
        own = weights[self.member]
        index = np.full(len(self.names), np.nan)
        if self.scale is not None:
            raw = np.where(self.member, (own / (spread if self.scaled else 1.0))[:, None], 0.0)
            index = scale_index(mean, raw, *self.scale)
        return _Solution(outer, own, crossed[self.member], direct, total, explained, latent, index, correlation, spread)

    def report(self, solution: _Solution) -> PathResult:
        standard = solution.loadings if self.scaled else solution.loadings / solution.spread
        found: list[Reason] = []
        if not solution.outer.converged:
            found.append("unsettled")
        if (solution.weights < 0).any():
            found.append("negative_weight")
        if (standard < 0).any():
            found.append("negative_loading")
        if (solution.explained >= 1).any() or np.linalg.eigvalsh(solution.latent).min() < -1e-9:
            found.append("inadmissible")
        return PathResult(
            self.names, solution.weights, solution.loadings, solution.direct, solution.total, solution.explained,
            solution.latent, heterotrait_monotrait(solution.correlation, self.member),
            *reliability(solution.correlation, standard, self.member), solution.index, solution.outer.iterations,
            tuple(found),
        )  # fmt: skip


@dataclass(frozen=True)
class _Solution:
    outer: Outer
    weights: Array
    loadings: Array
    direct: Array
    total: Array
    explained: Array
    latent: Array
    index: Array
    correlation: Array
    spread: Array


def estimate(
    data: ArrayLike,
    model: PathModel,
    *,
    scheme: Scheme = "centroid",
    scaled: bool = True,
    scale: tuple[float, float] | None = None,
    missing: Missing = "refuse",
    tolerance: float = 1e-9,
    most: int = 300,
) -> PathResult:
    """Estimate the model.

    Args:
        data: (n, columns) answers of n respondents.
        scheme: inner weighting.
        scaled: whether the manifest variables are standardised; the variants differ, so results must name theirs.
        scale: (lowest, highest) answer, for indices on 0 to 100 (`scale_index`).
        missing: what to do with answers left out (NaN).

    Raises:
        NotSolvable: missing answers that are refused, a column without variance, too few respondents, or a singular
            model.
    """
    rows = _prepared(data, model, missing)
    variant = _Variant(model, scheme, scaled, scale, tolerance, most)
    return _solved(np.atleast_2d(np.cov(rows, rowvar=False)), rows.mean(axis=0), variant)


def estimate_moments(
    covariance: ArrayLike,
    mean: ArrayLike,
    model: PathModel,
    *,
    scheme: Scheme = "centroid",
    scaled: bool = True,
    scale: tuple[float, float] | None = None,
    tolerance: float = 1e-9,
    most: int = 300,
) -> PathResult:
    """Estimate the model from a published covariance matrix and means, without the answers themselves.

    Args:
        covariance: (columns, columns) of the manifest variables; mean: (columns,). The rest as `estimate`.

    Raises:
        NotSolvable: a variable without variance, or a singular model.
    """
    matrix, centre = np.asarray(covariance, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    if matrix.shape != (len(centre), len(centre)) or not np.allclose(matrix, matrix.T):
        raise ValueError("covariance: a symmetric matrix with a row for every mean")
    columns = model.columns
    if not (np.diag(matrix)[columns] > 0).all():
        raise NotSolvable("a variable has no variance")
    variant = _Variant(model, scheme, scaled, scale, tolerance, most)
    return _solved(matrix[np.ix_(columns, columns)], centre[columns], variant)


def _solved(covariance: Array, mean: Array, variant: _Variant) -> PathResult:
    try:
        return variant.report(variant.solve(covariance, mean))
    except np.linalg.LinAlgError as error:
        raise NotSolvable("indicators or latent variables repeat each other") from error


@dataclass(frozen=True)
class Lever:
    """A cause: its `effect`, direct and indirect, in standard deviations, and its `index` now, 0 to 100."""

    name: str
    effect: float
    index: float


def levers(result: PathResult, target: str) -> list[Lever]:
    """Importance against performance (重要性矩阵): causes of a latent variable, the strongest effect first."""
    place = result.names.index(target)
    found = [
        Lever(name, float(result.total[cause, place]), float(result.index[cause]))
        for cause, name in enumerate(result.names)
        if result.total[cause, place] != 0
    ]
    return sorted(found, key=lambda lever: -lever.effect)


@dataclass(frozen=True)
class Bootstrap:
    """What resampling tells: standard errors and percentile intervals of (paths, weights, index).

    Attributes:
        replications: those that could be solved; failed: those that could not.
        paths_error: (L, L); paths_low, paths_high: bounds. The same for weights (P,) and index (L,).
    """

    replications: int
    failed: int
    paths_error: Array
    paths_low: Array
    paths_high: Array
    weights_error: Array
    weights_low: Array
    weights_high: Array
    index_error: Array
    index_low: Array
    index_high: Array


def bootstrap(
    data: ArrayLike,
    model: PathModel,
    replications: int,
    *,
    seed: int,
    confidence: float = 0.95,
    scheme: Scheme = "centroid",
    scaled: bool = True,
    scale: tuple[float, float] | None = None,
    missing: Missing = "refuse",
    tolerance: float = 1e-7,
    most: int = 300,
) -> Bootstrap:
    """Resample respondents with replacement; the same seed gives the same result. Arguments as `estimate`."""
    rows = _prepared(data, model, missing)
    generator = np.random.default_rng(seed)
    variant = _Variant(model, scheme, scaled, scale, tolerance, most)
    size = len(rows)
    paths, weights, indices = [], [], []
    for _replication in range(replications):
        counts = np.bincount(generator.integers(0, size, size), minlength=size).astype(np.float64)
        mean = counts @ rows / size
        centred = rows - mean
        covariance = (centred.T * counts) @ centred / (size - 1)
        if (np.diag(covariance) <= 0).any():
            continue
        try:
            found = variant.solve(covariance, mean)
        except (np.linalg.LinAlgError, NotSolvable):
            continue
        if not found.outer.converged:
            continue
        paths.append(found.direct)
        weights.append(found.weights)
        indices.append(found.index)
    if len(paths) < 2:
        raise NotSolvable("no replication could be solved")
    tail = 100 * (1 - confidence) / 2

    def summary(items: list[Array]) -> tuple[Array, Array, Array]:
        stacked = np.stack(items)
        low, high = np.percentile(stacked, [tail, 100 - tail], axis=0)
        return stacked.std(axis=0, ddof=1), low, high

    return Bootstrap(len(paths), replications - len(paths), *summary(paths), *summary(weights), *summary(indices))
