"""What is estimated and what comes out: the variant of the model, its limits, all figures of a wave. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hengjian.methods.statistics.path_modelling import PathModel, Scheme


@dataclass(frozen=True)
class Flag:
    """Something that a reader must know: a code (`words.FLAGS` has the sentence) and its values."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """The model that is estimated and how.

    Attributes:
        latents: latent variable → codes of its items, causes before effects; items in the order of the columns.
        reversed_items: items whose high answers mean little.
        outcome: latent variable whose index is the result.
        scale: lowest and highest answer.
    """

    latents: Mapping[str, Sequence[str]]
    paths: Sequence[tuple[str, str]]
    outcome: str
    scale: tuple[int, int]
    scheme: Scheme
    scaled: bool
    missing: str
    reversed_items: frozenset[str] = frozenset()

    @property
    def items(self) -> list[str]:
        return [item for items in self.latents.values() for item in items]

    def path_model(self) -> PathModel:
        blocks, start = {}, 0
        for name, items in self.latents.items():
            blocks[name] = range(start, start + len(items))
            start += len(items)
        return PathModel(blocks, list(self.paths))


@dataclass(frozen=True)
class Limits:
    """By what a solution is judged (rulebook family `survey_evaluation`); shares from 0 to 1."""

    least_answers: int
    replications: int
    confidence: float
    failed_most: float
    alpha_least: float
    ave_least: float
    htmt_most: float


@dataclass(frozen=True)
class LatentFigure:
    """Index of a latent variable with its bootstrap interval, design-weighted mean with its interval, reliability;
    `importance` is the total effect on the outcome in standard deviations, None for what does not act on it."""

    code: str
    index: float | None
    low: float | None
    high: float | None
    weighted: float | None
    weighted_low: float | None
    weighted_high: float | None
    alpha: float | None
    rho: float | None
    ave: float | None
    r2: float | None
    importance: float | None


@dataclass(frozen=True)
class ItemFigure:
    """An item: mean of the answers as given, how many left it out, outer weight, loading (correlation with its latent
    variable); `importance`: share of the item in its latent variable times the importance of that."""

    code: str
    latent: str
    mean: float | None
    missing: int
    weight: float | None
    loading: float | None
    importance: float | None


@dataclass(frozen=True)
class PathFigure:
    """A direct effect with its bootstrap interval, and the total effect."""

    cause: str
    effect: str
    value: float
    low: float | None
    high: float | None
    total: float


@dataclass(frozen=True)
class StratumFigure:
    """A stratum: answers, population, mean score of the outcome with its interval (None below two answers)."""

    code: str
    size: int
    n: int
    index: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Evaluation:
    """All figures of a wave. `valid`: there are no `reasons` against the solution; `cautions` do not forbid its use."""

    n: int
    valid: bool
    reasons: tuple[Flag, ...]
    cautions: tuple[Flag, ...]
    latents: tuple[LatentFigure, ...]
    items: tuple[ItemFigure, ...]
    paths: tuple[PathFigure, ...]
    strata: tuple[StratumFigure, ...]
    htmt: tuple[tuple[str, str, float], ...]
    iterations: int
    replications: int
    failed: int

    def latent(self, code: str) -> LatentFigure:
        return next(item for item in self.latents if item.code == code)

    def to_dict(self) -> dict[str, Any]:
        """As JSON; the same answers, model and seed give the same text."""
        return dataclasses.asdict(self)
