"""The estimates against the textbook algorithm on scores, written independently, and against worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hengjian.methods.statistics.path_modelling import NotSolvable, PathModel, Scheme, bootstrap, estimate

Array = NDArray[np.float64]
BLOCKS = {"image": [0, 1, 2], "quality": [3, 4, 5, 6], "value": [7, 8], "satisfaction": [9, 10, 11], "loyalty": [12]}
PATHS = [
    ("image", "quality"), ("image", "satisfaction"), ("quality", "value"), ("quality", "satisfaction"),
    ("value", "satisfaction"), ("satisfaction", "loyalty"), ("image", "loyalty"),
]  # fmt: skip
MODEL = PathModel(BLOCKS, PATHS)


def answers(n: int = 400, seed: int = 7) -> Array:
    """Answers from 1 to 10 that follow the model."""
    generator = np.random.default_rng(seed)
    noise = lambda: generator.normal(size=n)  # noqa: E731
    image = noise()
    quality = 0.6 * image + 0.8 * noise()
    value = 0.7 * quality + 0.7 * noise()
    satisfaction = 0.2 * image + 0.5 * quality + 0.3 * value + 0.6 * noise()
    loyalty = 0.7 * satisfaction + 0.7 * noise()
    latent = {
        "image": image, "quality": quality, "value": value, "satisfaction": satisfaction, "loyalty": loyalty,
    }  # fmt: skip
    columns = [0.8 * latent[name] + 0.6 * noise() for name, block in BLOCKS.items() for _column in block]
    return np.clip(np.round(6 + 1.8 * np.column_stack(columns)), 1, 10)


def textbook(data: Array, scheme: Scheme) -> tuple[Array, Array]:
    """Lohmöller's algorithm as it is written in textbooks: scores, one latent variable after the other."""
    x = (data - data.mean(axis=0)) / data.std(axis=0)
    names, n = list(BLOCKS), len(x)
    weights = {name: np.ones(len(block)) for name, block in BLOCKS.items()}
    for _round in range(500):
        scores = {name: x[:, block] @ weights[name] for name, block in BLOCKS.items()}
        scores = {name: score / score.std() for name, score in scores.items()}
        for name, block in BLOCKS.items():
            inner = np.zeros(n)
            causes = [a for a, b in PATHS if b == name]
            effects = [b for a, b in PATHS if a == name]
            for other in causes + effects:
                r = np.corrcoef(scores[name], scores[other])[0, 1]
                inner += (np.sign(r) if scheme == "centroid" else r) * scores[other]
            if scheme == "path" and causes:
                matrix = np.column_stack([scores[other] for other in causes])
                fitted = matrix @ np.linalg.lstsq(matrix, scores[name], rcond=None)[0]
                inner = fitted + sum(np.corrcoef(scores[name], scores[e])[0, 1] * scores[e] for e in effects)
            weights[name] = x[:, block].T @ inner / n
    scores = {name: x[:, block] @ weights[name] for name, block in BLOCKS.items()}
    table = np.column_stack([scores[name] / scores[name].std() for name in names])
    direct = np.zeros((len(names), len(names)))
    for effect in names:
        causes = [names.index(a) for a, b in PATHS if b == effect]
        if causes:
            direct[causes, names.index(effect)] = np.linalg.lstsq(
                table[:, causes], table[:, names.index(effect)], rcond=None
            )[0]
    return direct, table


@pytest.mark.parametrize("scheme", ["centroid", "factorial", "path"])
def test_agrees_with_the_textbook(scheme: Scheme) -> None:
    data = answers()
    direct, table = textbook(data, scheme)
    found = estimate(data, MODEL, scheme=scheme)
    assert found.valid
    np.testing.assert_allclose(found.paths, direct, atol=1e-7)
    np.testing.assert_allclose(found.correlations, np.corrcoef(table, rowvar=False), atol=1e-7)
    loyalty = found.names.index("loyalty")
    assert found.r2[loyalty] == pytest.approx(1 - np.var(table[:, loyalty] - table @ direct[:, loyalty]), abs=1e-7)


def test_total_effects_follow_every_way() -> None:
    found = estimate(answers(), MODEL)
    ways = found.path("image", "quality") * found.path("quality", "value") * found.path("value", "satisfaction")
    ways += found.path("image", "quality") * found.path("quality", "satisfaction")
    ways += found.path("image", "satisfaction")
    assert found.total[0, 3] == pytest.approx(ways)


def test_the_index_is_the_weighted_mean_of_the_answers() -> None:
    data = answers()
    found = estimate(data, MODEL, scale=(1, 10))
    own = found.weights[MODEL.membership[:, 3]] / data[:, BLOCKS["satisfaction"]].std(axis=0, ddof=1)
    mean = data[:, BLOCKS["satisfaction"]].mean(axis=0)
    assert found.index[3] == pytest.approx(100 * (own @ mean - own.sum()) / (9 * own.sum()))
    everyone_content = np.where(np.arange(13) >= 9, np.minimum(data + 2, 10), data)
    assert estimate(everyone_content, MODEL, scale=(1, 10)).index[3] > found.index[3]


def test_reliability_of_parallel_indicators() -> None:
    found = estimate(answers(4000), MODEL)
    # Loadings of 0.8: reliability of four parallel indicators is 4·0.64/(1 + 3·0.64), Spearman and Brown.
    assert found.alpha[1] == pytest.approx(4 * 0.64 / (1 + 3 * 0.64), abs=0.02)
    assert found.rho[1] > found.alpha[1] - 0.01
    assert found.ave[1] == pytest.approx(found.loadings[3:7] @ found.loadings[3:7] / 4)
    assert np.isnan(found.htmt[4, 0])  # a single indicator has no monotrait correlation
    assert 0 < found.htmt[1, 0] < 0.9


def test_scaled_and_unscaled_are_different_variants() -> None:
    data = answers()
    data[:, 3] *= 5
    one, other = estimate(data, MODEL), estimate(data, MODEL, scaled=False)
    assert abs(one.path("image", "quality") - other.path("image", "quality")) > 1e-3


def test_a_formative_block_is_weighted_by_regression() -> None:
    data = answers()
    found = estimate(data, PathModel(BLOCKS, PATHS, {"image": "B"}), scheme="factorial")
    assert found.iterations < 100
    assert found.r2[1] >= estimate(data, MODEL, scheme="factorial").r2[1] - 1e-6


def test_what_is_wrong_is_said() -> None:
    data = answers()
    upside_down = data.copy()
    upside_down[:, 4] = 11 - upside_down[:, 4]
    found = estimate(upside_down, MODEL)
    assert {"negative_weight", "negative_loading"} & set(found.reasons) and not found.valid
    assert len(found.warnings) == len(found.reasons)
    assert "unsettled" in estimate(data, MODEL, most=1).reasons
    with pytest.raises(NotSolvable, match="column 2"):
        estimate(np.where(np.arange(13) == 2, 5.0, data), MODEL)
    holes = data.copy()
    holes[3, 3] = holes[9, 4] = np.nan
    with pytest.raises(NotSolvable, match="2 respondents"):
        estimate(holes, MODEL)
    assert estimate(holes, MODEL, missing="listwise").valid
    assert estimate(holes, MODEL, missing="mean").valid
    with pytest.raises(ValueError, match="causes first"):
        PathModel(BLOCKS, [("loyalty", "image")])
    with pytest.raises(ValueError, match="connected with nothing"):
        PathModel({**BLOCKS, "more": [1]}, PATHS)


def test_bootstrap_repeats_itself_and_covers() -> None:
    data = answers()
    first, again = (bootstrap(data, MODEL, 200, seed=3, scale=(1, 10)) for _time in range(2))
    np.testing.assert_array_equal(first.paths_error, again.paths_error)
    found = estimate(data, MODEL, scale=(1, 10))
    inside = (first.index_low < found.index) & (found.index < first.index_high)
    assert inside.all()
    assert first.failed == 0
    # Quality acts on value with 0.7·0.8²/… ; its error is near (1 − ρ²)/√n.
    rho = found.path("quality", "value")
    assert first.paths_error[1, 2] == pytest.approx((1 - rho**2) / 20, rel=0.35)
