"""Answers drawn from a known model: for the demonstration, and to test that what was planted is found again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Planted:
    """A true model over standardised latent variables.

    Attributes:
        latents: latent variable → number of its items, causes before effects.
        paths: (cause, effect) → direct effect; what is left of the variance is noise.
        means: latent variable → mean answer; `spread`: standard deviation of an answer.
        loading: correlation of an item with its latent variable.
        gaps: share of the questions that are left out.
    """

    latents: Mapping[str, int]
    paths: Mapping[tuple[str, str], float]
    means: Mapping[str, float]
    spread: float = 1.7
    loading: float = 0.92
    gaps: float = 0.0

    def correlations(self) -> NDArray[np.float64]:
        """(L, L): of the true latent variables.

        Raises:
            ValueError: the paths explain more than the whole variance of a latent variable.
        """
        names = list(self.latents)
        found = np.eye(len(names))
        for place, name in enumerate(names):
            direct = np.array([self.paths.get((cause, name), 0.0) for cause in names[:place]])
            shared = found[:place, :place] @ direct
            if direct @ shared >= 1:
                raise ValueError(f"{name} is more than explained")
            found[:place, place] = found[place, :place] = shared
        return found

    def index(self, name: str, scale: tuple[int, int] = (1, 10)) -> float:
        """The true index of a latent variable, but for rounding and cutting at the ends of the scale."""
        return 100 * (self.means[name] - scale[0]) / (scale[1] - scale[0])


def draw_answers(
    planted: Planted,
    strata: Sequence[str],
    shifts: Mapping[str, float],
    seed: int,
    scale: tuple[int, int] = (1, 10),
) -> list[list[int | None]]:
    """One row of answers per respondent, items in the order of the latent variables.

    Args:
        strata: stratum of each respondent.
        shifts: stratum → what is added to every answer there.
        seed: of the generator.
    """
    generator = np.random.default_rng(seed)
    names = list(planted.latents)
    truth = generator.multivariate_normal(np.zeros(len(names)), planted.correlations(), size=len(strata))
    moved = np.array([shifts.get(stratum, 0.0) for stratum in strata])
    columns = []
    for place, name in enumerate(names):
        for _item in range(planted.latents[name]):
            noise = generator.standard_normal(len(strata)) * np.sqrt(1 - planted.loading**2)
            answer = planted.means[name] + moved + planted.spread * (planted.loading * truth[:, place] + noise)
            columns.append(np.clip(np.rint(answer), *scale))
    table = np.stack(columns, axis=1)
    gaps = generator.random(table.shape) < planted.gaps
    return [
        [None if gap else int(value) for value, gap in zip(row, lost, strict=True)]
        for row, lost in zip(table, gaps, strict=True)
    ]
