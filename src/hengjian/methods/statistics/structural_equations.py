"""Structural equation models by maximum likelihood: does a questionnaire measure what its model says (confirmatory).

K. G. Jöreskog, Biometrika 57 (1970) 239, in the form of J. J. McArdle and R. P. McDonald, Br. J. Math. Stat. Psychol.
37 (1984) 234: Σ = F(I − A)⁻¹S(I − A)⁻ᵀFᵀ. Path modelling (`path_modelling`) gives indices; this gives tests of fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengjian.methods.later import later

stats: Any = later("scipy.stats")
optimize: Any = later("scipy.optimize")

Array = NDArray[np.float64]
Reason = Literal["unsettled", "negative_variance"]


@dataclass(frozen=True)
class EquationModel:
    """Latent variables, how they act on each other, and what else goes together.

    Attributes:
        blocks: latent variable → columns of its manifest variables; the first one sets the scale (loading 1).
        paths: (cause, effect) among latent variables; those without a cause correlate freely.
        together: pairs of columns whose residuals correlate.
    """

    blocks: Mapping[str, Sequence[int]]
    paths: Sequence[tuple[str, str]] = ()
    together: Sequence[tuple[int, int]] = ()

    def __post_init__(self) -> None:
        used = [column for block in self.blocks.values() for column in block]
        if len(set(used)) != len(used) or not all(len(block) for block in self.blocks.values()):
            raise ValueError("every latent variable has columns of its own")
        for name in (name for path in self.paths for name in path):
            if name not in self.blocks:
                raise ValueError(f"no latent variable {name}; there are {', '.join(self.blocks)}")
        if any(one not in used or other not in used or one == other for one, other in self.together):
            raise ValueError("residuals that go together belong to two columns of the model")

    @property
    def columns(self) -> list[int]:
        return [column for block in self.blocks.values() for column in block]


@dataclass(frozen=True)
class EquationResult:
    """An estimated model.

    Attributes:
        loadings: column → loading; standardised: column → correlation with its latent variable.
        paths, errors: (cause, effect) → effect and its standard error.
        chi_square, degrees, probability: test against any covariance matrix at all.
        cfi, tli, rmsea, srmr: fit indices; common marks are CFI and TLI from 0.95, RMSEA up to 0.06, SRMR up to 0.08.
        reasons: why the solution should not be published.
    """

    loadings: dict[int, float]
    standardised: dict[int, float]
    paths: dict[tuple[str, str], float]
    errors: dict[tuple[str, str], float]
    chi_square: float
    degrees: int
    probability: float
    cfi: float
    tli: float
    rmsea: float
    srmr: float
    reasons: tuple[Reason, ...]

    @property
    def valid(self) -> bool:
        return not self.reasons


class _Matrices:
    """The free places of A (effects) and S (variances and covariances); manifest variables first, then latent ones."""

    def __init__(self, model: EquationModel, spread: Array) -> None:
        columns, names = model.columns, list(model.blocks)
        self.p, self.size = len(columns), len(columns) + len(names)
        self.fixed = np.zeros((self.size, self.size))
        self.effects: list[tuple[int, int]] = []
        start: list[float] = []
        at = {name: self.p + place for place, name in enumerate(names)}
        variances = [0.5 * float(value) for value in spread]
        for name, block in model.blocks.items():
            first = columns.index(block[0])
            self.fixed[first, at[name]] = 1.0
            variances.append(0.5 * float(spread[first]))
            for column in block[1:]:
                self.effects.append((columns.index(column), at[name]))
                start.append(sqrt(float(spread[columns.index(column)] / spread[first])))
            if len(block) == 1:
                variances[first] = 0.0  # a single indicator is taken as exact
        self.loadings = len(self.effects)
        for cause, effect in model.paths:
            self.effects.append((at[effect], at[cause]))
            start.append(0.0)
        caused = {effect for _cause, effect in model.paths}
        outside = [at[name] for name in names if name not in caused]
        self.pairs = [(place, place) for place in range(self.size) if variances[place] > 0]
        self.variances = len(self.pairs)
        start += [variances[place] for place, _same in self.pairs]
        free = [(columns.index(one), columns.index(other)) for one, other in model.together]
        free += [(one, other) for place, one in enumerate(outside) for other in outside[:place]]
        self.pairs += free
        self.start = np.array(start + [0.0] * len(free))

    def fill(self, parameters: Array) -> tuple[Array, Array]:
        effects, moments = self.fixed.copy(), np.zeros((self.size, self.size))
        count = len(self.effects)
        for (row, column), value in zip(self.effects, parameters[:count], strict=True):
            effects[row, column] = value
        for (row, column), value in zip(self.pairs, parameters[count:], strict=True):
            moments[row, column] = moments[column, row] = value
        return effects, moments

    def implied(self, parameters: Array) -> tuple[Array, Array, Array]:
        """(covariance of the manifest variables, (I − A)⁻¹, covariance of all)."""
        effects, moments = self.fill(parameters)
        inverse: Array = np.asarray(np.linalg.inv(np.eye(self.size) - effects), dtype=np.float64)
        whole = inverse @ moments @ inverse.T
        return whole[: self.p, : self.p], inverse, whole

    def gradient(self, parameters: Array, outer: Array) -> Array:
        """Of a function of the implied covariance whose derivative by it is `outer`."""
        _implied, inverse, whole = self.implied(parameters)
        seen = inverse[: self.p]
        by_moments = seen.T @ outer @ seen
        by_effects = 2 * (whole[:, : self.p] @ outer @ seen)
        return np.array(
            [by_effects[column, row] for row, column in self.effects]
            + [by_moments[row, column] * (1 if row == column else 2) for row, column in self.pairs]
        )


def fit(covariance: ArrayLike, n: int, model: EquationModel) -> EquationResult:
    """Estimate a model from the covariance matrix of n respondents (divisor n − 1).

    Raises:
        ValueError: the matrix is not positive definite, or the model has more unknowns than the matrix has numbers.
    """
    columns = model.columns
    observed = np.asarray(covariance, dtype=np.float64)[np.ix_(columns, columns)] * (n - 1) / n
    scale = np.sqrt(np.diag(observed))
    if not (scale > 0).all() or np.linalg.eigvalsh(observed / np.outer(scale, scale))[0] < 1e-10:
        raise ValueError("the covariance matrix is not positive definite: variables repeat each other or do not vary")
    made = _Matrices(model, np.diag(observed))
    p, unknown = made.p, len(made.start)
    degrees = p * (p + 1) // 2 - unknown
    if degrees < 0:
        raise ValueError(f"{unknown} unknowns and only {p * (p + 1) // 2} variances and covariances")
    constant = float(np.linalg.slogdet(observed)[1]) + p

    def discrepancy(parameters: Array) -> tuple[float, Array]:
        implied = made.implied(parameters)[0]
        sign, logarithm = np.linalg.slogdet(implied)
        if sign <= 0 or np.linalg.eigvalsh(implied)[0] <= 0:
            return 1e10, np.zeros(unknown)
        inverse: Array = np.asarray(np.linalg.inv(implied), dtype=np.float64)
        outer: Array = inverse - inverse @ observed @ inverse
        return float(logarithm + np.trace(observed @ inverse)) - constant, made.gradient(parameters, outer)

    found = optimize.minimize(discrepancy, made.start, jac=True, method="BFGS", options={"maxiter": 2000, "gtol": 1e-8})
    parameters = np.asarray(found.x)
    value, slope = discrepancy(parameters)
    implied, _inverse, whole = made.implied(parameters)
    chi_square = max(n * value, 0.0)
    base, base_degrees = -n * float(np.linalg.slogdet(observed / np.outer(scale, scale))[1]), p * (p - 1) // 2
    excess, base_excess = max(chi_square - degrees, 0.0), max(base - base_degrees, chi_square - degrees, 0.0)
    per, base_per = chi_square / degrees if degrees else 0.0, base / base_degrees if base_degrees else 0.0
    rest = (observed - implied) / np.outer(scale, scale)
    reasons: list[Reason] = []
    if np.abs(slope * np.maximum(np.abs(parameters), 1)).max() > 1e-4:
        reasons.append("unsettled")
    if (parameters[len(made.effects) :][: made.variances] < 0).any():
        reasons.append("negative_variance")
    at = {name: p + place for place, name in enumerate(model.blocks)}
    loadings = {block[0]: 1.0 for block in model.blocks.values()} | {
        columns[row]: float(parameters[place]) for place, (row, _column) in enumerate(made.effects[: made.loadings])
    }
    standard = {
        column: float(whole[columns.index(column), at[name]] / sqrt(whole[at[name], at[name]] * implied[place, place]))
        for name, block in model.blocks.items()
        for column in block
        for place in [columns.index(column)]
    }
    errors = _errors(made, parameters, implied, n)
    paths = list(enumerate(model.paths, start=made.loadings))
    return EquationResult(
        loadings, standard, {path: float(parameters[place]) for place, path in paths},
        {path: float(errors[place]) for place, path in paths}, chi_square, degrees,
        float(stats.chi2.sf(chi_square, degrees)) if degrees else 1.0, 1 - excess / base_excess if base_excess else 1.0,
        (base_per - per) / (base_per - 1) if base_per > 1 and degrees else 1.0,
        sqrt(excess / (degrees * (n - 1))) if degrees else 0.0,
        sqrt(float((rest[np.tril_indices(p)] ** 2).mean())), tuple(reasons),
    )  # fmt: skip


def _errors(made: _Matrices, parameters: Array, implied: Array, n: int) -> Array:
    """Standard errors from the expected information; NaN where it is singular."""
    inverse = np.linalg.inv(implied)
    step = 1e-6
    slopes = []
    for place in range(len(parameters)):
        moved = np.zeros(len(parameters))
        moved[place] = step * max(1.0, abs(parameters[place]))
        slopes.append((made.implied(parameters + moved)[0] - made.implied(parameters - moved)[0]) / (2 * moved[place]))
    weighted = np.stack([inverse @ slope for slope in slopes])
    information = n / 2 * np.einsum("aij,bji->ab", weighted, weighted)
    try:
        variances = np.diag(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return np.full(len(parameters), np.nan)
    return np.where(variances > 0, np.sqrt(np.abs(variances)), np.nan)
