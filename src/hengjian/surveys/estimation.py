"""From answers to the satisfaction index: the path model, its reliability, its interval, what follows from it.

The index of a latent variable is the mean of the respondents' scores; a score is the mean of the answers on 0 to 100,
weighted by the outer weights on the raw scale (GB/T 19038-2009; C. Fornell et al., J. Marketing 60 (1996) 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.statistics.path_modelling import (
    Bootstrap,
    NotSolvable,
    PathResult,
    bootstrap,
    estimate,
)
from hengjian.methods.statistics.survey_estimates import Estimate, stratified_mean
from hengjian.surveys.figures import (
    Evaluation,
    Flag,
    ItemFigure,
    LatentFigure,
    Limits,
    PathFigure,
    StratumFigure,
    Variant,
)

Array = NDArray[np.float64]


def _kept(value: float) -> float | None:
    """Eight digits are more than a survey can tell, and the same on every machine."""
    return round(float(value), 8) if np.isfinite(value) else None


def _matrix(rows: Sequence[Sequence[int | None]], variant: Variant) -> Array:
    data = np.array(
        [[np.nan if answer is None else float(answer) for answer in row] for row in rows], dtype=np.float64
    ).reshape(len(rows), len(variant.items))
    low, high = variant.scale
    for column, item in enumerate(variant.items):
        if item in variant.reversed_items:
            data[:, column] = low + high - data[:, column]
    return data


def _filled(data: Array, variant: Variant) -> tuple[Array, NDArray[np.bool_], list[Flag]]:
    """(answers without gaps, which rows remain, what was done)."""
    gaps = np.isnan(data)
    remain: NDArray[np.bool_] = np.ones(len(data), dtype=bool)
    if not gaps.any():
        return data, remain, []
    if variant.missing == "listwise":
        remain = np.logical_not(gaps.any(axis=1))
        return data[remain], remain, [Flag("left_out", {"n": int((~remain).sum())})]
    with np.errstate(invalid="ignore"):
        means = np.array([np.nanmean(column) if not np.isnan(column).all() else np.nan for column in data.T])
    share = round(100 * float(gaps.mean()), 1)
    return np.where(gaps, means, data), remain, [Flag("filled", {"n": int(gaps.sum()), "share": share})]


def _scores(rows: Array, weights: Array, variant: Variant) -> Array:
    """(n, L): every respondent's score on 0 to 100."""
    raw = weights / rows.std(axis=0, ddof=1) if variant.scaled else weights
    low, high = variant.scale
    found, start = [], 0
    for items in variant.latents.values():
        own = slice(start, start + len(items))
        found.append(100 * (rows[:, own] - low) @ raw[own] / ((high - low) * raw[own].sum()))
        start += len(items)
    return np.stack(found, axis=1)


def _weighted(scores: Array, strata: Sequence[str], sizes: Mapping[str, int]) -> tuple[Estimate | None, list[Flag]]:
    """The design-weighted mean; strata with fewer than two answers cannot take part, which is said."""
    names = np.asarray(strata)
    counts = {code: int((names == code).sum()) for code in sizes}
    usable = {code: float(size) for code, size in sizes.items() if counts[code] >= 2}
    thin = [code for code in sizes if code not in usable]
    flags = [Flag("thin_strata", {"strata": thin})] if thin else []
    inside = np.isin(names, list(usable))
    if not usable or not np.isfinite(scores[inside]).all():
        return None, flags
    # More answers than units: the sizes given were too small; without correction the error is not understated.
    fpc = all(counts[code] <= size for code, size in usable.items())
    whole = usable if fpc else {code: max(size, counts[code]) for code, size in usable.items()}
    return stratified_mean(scores[inside], names[inside], whole, fpc=fpc), flags


def _stratum(code: str, size: int, scores: Array, confidence: float) -> StratumFigure:
    n = len(scores)
    if n < 2:
        return StratumFigure(code, size, n, None, None, None)
    mean = stratified_mean(scores, [code] * n, {code: float(max(size, n))}, fpc=n <= size)
    low, high = mean.interval(confidence)
    return StratumFigure(code, size, n, _kept(mean.value), _kept(low), _kept(high))


def _judged(result: PathResult, drawn: Bootstrap | None, limits: Limits) -> tuple[list[Flag], list[Flag]]:
    """(reasons against the solution, cautions)."""
    reasons = [Flag(code, {"n": result.iterations} if code == "unsettled" else {}) for code in result.reasons]
    if drawn is not None:
        tried = drawn.replications + drawn.failed
        if drawn.failed > limits.failed_most * tried:
            reasons.append(Flag("failed", {"n": drawn.failed, "of": tried}))
    cautions = []
    for place, name in enumerate(result.names):
        if result.alpha[place] < limits.alpha_least:
            value = round(float(result.alpha[place]), 3)
            cautions.append(Flag("alpha", {"latent": name, "value": value, "least": limits.alpha_least}))
        if result.ave[place] < limits.ave_least:
            cautions.append(
                Flag("ave", {"latent": name, "value": round(float(result.ave[place]), 3), "least": limits.ave_least})
            )
        for other in range(place):
            if result.htmt[place, other] > limits.htmt_most:
                cautions.append(
                    Flag(
                        "htmt",
                        {
                            "latent": result.names[other],
                            "other": name,
                            "value": round(float(result.htmt[place, other]), 3),
                            "most": limits.htmt_most,
                        },
                    )
                )
    return reasons, cautions


def evaluate(
    rows: Sequence[Sequence[int | None]],
    strata: Sequence[str],
    sizes: Mapping[str, int],
    variant: Variant,
    limits: Limits,
    *,
    seed: int,
) -> Evaluation:
    """Estimate everything that a wave tells.

    Args:
        rows: (n, P) answers on the scale, None where left out, columns in the order of `variant.items`.
        strata: (n,) stratum of each respondent.
        sizes: stratum → units in the population.
        seed: of the bootstrap.
    """
    data = _matrix(rows, variant)
    full, remain, cautions = _filled(data, variant)
    kept = [code for code, stays in zip(strata, remain, strict=True) if stays]
    reasons: list[Flag] = []
    result: PathResult | None = None
    drawn: Bootstrap | None = None
    model, scale = variant.path_model(), (float(variant.scale[0]), float(variant.scale[1]))
    if len(full) < limits.least_answers:
        reasons.append(Flag("too_few", {"n": len(full), "least": limits.least_answers}))
    else:
        alike = [item for item, column in zip(variant.items, full.T, strict=True) if not np.ptp(column) > 0]
        try:
            if alike:
                raise NotSolvable("alike")
            result = estimate(full, model, scheme=variant.scheme, scaled=variant.scaled, scale=scale)
            drawn = bootstrap(
                full, model, limits.replications, seed=seed, confidence=limits.confidence, scheme=variant.scheme,
                scaled=variant.scaled, scale=scale,
            )  # fmt: skip
        except NotSolvable:
            result = None
            reasons.append(Flag("alike", {"items": alike}) if alike else Flag("unsolvable"))
    if result is not None:
        against, doubts = _judged(result, drawn, limits)
        reasons += against
        cautions += doubts
    return _assembled(full, data, kept, sizes, variant, limits, result, drawn, reasons, cautions)


def _assembled(
    full: Array, data: Array, strata: Sequence[str], sizes: Mapping[str, int], variant: Variant, limits: Limits,
    result: PathResult | None, drawn: Bootstrap | None, reasons: list[Flag], cautions: list[Flag],
) -> Evaluation:  # fmt: skip
    # Latent variables have variance 1, so total effects are in standard deviations and can be compared.
    names = list(variant.latents)
    outcome = names.index(variant.outcome)
    by_stratum = np.asarray(strata)
    scores = _scores(full, result.weights, variant) if result is not None else None
    latents, paths = [], []
    thin: list[Flag] = []
    for place, name in enumerate(names):
        mean: Estimate | None = None
        if scores is not None:
            mean, thin = _weighted(scores[:, place], strata, sizes)
        bounds = mean.interval(limits.confidence) if mean is not None else (np.nan, np.nan)
        caused = any(effect == name for _cause, effect in variant.paths)
        acts = result is not None and place != outcome and result.total[place, outcome] != 0
        latents.append(
            LatentFigure(
                code=name,
                index=_kept(result.index[place]) if result is not None else None,
                low=_kept(drawn.index_low[place]) if drawn is not None else None,
                high=_kept(drawn.index_high[place]) if drawn is not None else None,
                weighted=_kept(mean.value) if mean is not None else None,
                weighted_low=_kept(bounds[0]),
                weighted_high=_kept(bounds[1]),
                alpha=_kept(result.alpha[place]) if result is not None else None,
                rho=_kept(result.rho[place]) if result is not None else None,
                ave=_kept(result.ave[place]) if result is not None else None,
                r2=_kept(result.r2[place]) if result is not None and caused else None,
                importance=_kept(result.total[place, outcome]) if result is not None and acts else None,
            )
        )
    if result is not None:
        for cause, effect in variant.paths:
            at = names.index(cause), names.index(effect)
            paths.append(
                PathFigure(
                    cause,
                    effect,
                    float(_kept(result.paths[at]) or 0),
                    _kept(drawn.paths_low[at]) if drawn is not None else None,
                    _kept(drawn.paths_high[at]) if drawn is not None else None,
                    float(_kept(result.total[at]) or 0),
                )
            )
    reached = [
        _stratum(code, size, scores[by_stratum == code, outcome], limits.confidence)
        if scores is not None
        else StratumFigure(code, size, int((by_stratum == code).sum()), None, None, None)
        for code, size in sizes.items()
    ]
    htmt = (
        [
            (names[first], names[second], float(_kept(result.htmt[second, first]) or 0))
            for second in range(len(names))
            for first in range(second)
            if np.isfinite(result.htmt[second, first])
        ]
        if result is not None
        else []
    )
    return Evaluation(
        n=len(full),
        valid=not reasons,
        reasons=tuple(reasons),
        cautions=tuple(cautions + thin),
        latents=tuple(latents),
        items=tuple(_items(data, full, variant, result, latents)),
        paths=tuple(paths),
        strata=tuple(reached),
        htmt=tuple(htmt),
        iterations=result.iterations if result is not None else 0,
        replications=drawn.replications if drawn is not None else 0,
        failed=drawn.failed if drawn is not None else 0,
    )


def _items(
    data: Array, full: Array, variant: Variant, result: PathResult | None, latents: Sequence[LatentFigure]
) -> list[ItemFigure]:
    low, high = variant.scale
    # Without scaling the method gives covariances; loadings are read as correlations.
    spread = full.std(axis=0, ddof=1) if result is not None and not variant.scaled else np.ones(data.shape[1])
    found, column = [], 0
    for latent, items in zip(latents, variant.latents.values(), strict=True):
        own = slice(column, column + len(items))
        whole = float(np.abs(result.weights[own]).sum()) if result is not None else 0.0
        for item in items:
            given = data[:, column]
            mean = float(np.nanmean(given)) if not np.isnan(given).all() else np.nan
            if item in variant.reversed_items:
                mean = low + high - mean
            weight = float(result.weights[column]) if result is not None else np.nan
            share = weight / whole if whole else np.nan
            found.append(
                ItemFigure(
                    code=item,
                    latent=latent.code,
                    mean=_kept(mean),
                    missing=int(np.isnan(given).sum()),
                    weight=_kept(weight),
                    loading=_kept(float(result.loadings[column] / spread[column])) if result is not None else None,
                    importance=_kept(share * latent.importance) if latent.importance is not None else None,
                )
            )
            column += 1
    return found
