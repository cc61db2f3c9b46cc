"""The planted model is found again; variants, gaps, unsound solutions; the same seed gives the same interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hengjian.methods.statistics import path_modelling
from hengjian.surveys.estimation import evaluate
from hengjian.surveys.figures import Evaluation, Limits, Variant
from hengjian.surveys.planting import Planted, draw_answers
from hengjian.surveys.words import FLAGS

PLANTED = Planted(
    latents={"image": 3, "quality": 4, "value": 3, "satisfaction": 3, "loyalty": 2},
    paths={
        ("image", "quality"): 0.6,
        ("quality", "value"): 0.55,
        ("image", "satisfaction"): 0.2,
        ("quality", "satisfaction"): 0.45,
        ("value", "satisfaction"): 0.25,
        ("satisfaction", "loyalty"): 0.7,
    },
    means={"image": 7.2, "quality": 7.0, "value": 6.1, "satisfaction": 6.8, "loyalty": 6.9},
    loading=0.97,
    spread=1.4,
)
SIZES = {"town": 700_000, "land": 300_000}
VARIANT = Variant(
    latents={name: [f"{name}{n}" for n in range(count)] for name, count in PLANTED.latents.items()},
    paths=list(PLANTED.paths),
    outcome="satisfaction",
    scale=(1, 10),
    scheme="path",
    scaled=False,
    missing="mean",
)
LIMITS = Limits(50, 200, 0.95, 0.05, 0.7, 0.5, 0.9)
STRATA = ["town"] * 250 + ["land"] * 250


def found(planted: Planted = PLANTED, variant: Variant = VARIANT, **shifts: float) -> Evaluation:
    return evaluate(draw_answers(planted, STRATA, shifts, 7), STRATA, SIZES, variant, LIMITS, seed=1)


@pytest.mark.parametrize("scheme", ["path", "factorial", "centroid"])
def test_planted_paths_and_index_lie_within_their_intervals(scheme: path_modelling.Scheme) -> None:
    # Eleven intervals at once: each at 99.5 %, so that a sound method does not miss one by chance.
    variant, limits = replace(VARIANT, scheme=scheme), replace(LIMITS, confidence=0.995)
    evaluation = evaluate(draw_answers(PLANTED, STRATA, {}, 7), STRATA, SIZES, variant, limits, seed=1)
    assert evaluation.valid and evaluation.replications == 200
    for path in evaluation.paths:
        assert path.low is not None and path.high is not None
        assert path.low <= PLANTED.paths[path.cause, path.effect] <= path.high, path
    for latent in evaluation.latents:
        assert latent.low is not None and latent.high is not None and latent.index is not None
        assert latent.low <= PLANTED.index(latent.code) <= latent.high, latent


def test_importance_is_the_total_effect() -> None:
    evaluation = found()
    total = PLANTED.paths["quality", "satisfaction"] + 0.55 * 0.25
    assert evaluation.latent("quality").importance == pytest.approx(total, abs=0.08)
    assert evaluation.latent("satisfaction").importance is None
    assert evaluation.latent("loyalty").importance is None  # it does not act on satisfaction


def test_the_weighted_mean_follows_the_population_and_the_index_the_answers() -> None:
    evaluation = found(town=1.0, land=-1.0)
    outcome = evaluation.latent("satisfaction")
    town, land = evaluation.strata
    assert town.index is not None and land.index is not None and outcome.weighted is not None
    assert outcome.index == pytest.approx((town.index + land.index) / 2, abs=1e-6)
    assert outcome.weighted == pytest.approx(0.7 * town.index + 0.3 * land.index, abs=1e-6)
    assert town.index - land.index == pytest.approx(2 / 9 * 100, abs=4)


@pytest.mark.parametrize("missing", ["mean", "listwise"])
def test_gaps_are_filled_or_left_out_and_said(missing: str) -> None:
    evaluation = found(replace(PLANTED, gaps=0.02), replace(VARIANT, missing=missing))
    assert next(flag.code for flag in evaluation.cautions) == {"mean": "filled", "listwise": "left_out"}[missing]
    assert (evaluation.n == 500) == (missing == "mean")
    assert evaluation.latent("satisfaction").index == pytest.approx(PLANTED.index("satisfaction"), abs=3)


def test_reversed_items_are_turned_round() -> None:
    rows = [[11 - row[0] if row[0] else None, *row[1:]] for row in draw_answers(PLANTED, STRATA, {}, 7)]
    turned = evaluate(rows, STRATA, SIZES, replace(VARIANT, reversed_items=frozenset({"image0"})), LIMITS, seed=1)
    assert turned.latents == found().latents
    unturned = evaluate(rows, STRATA, SIZES, VARIANT, LIMITS, seed=1)
    assert not unturned.valid
    assert {flag.code for flag in unturned.reasons} & {"negative_weight", "negative_loading"}


def test_too_few_answers_and_answers_all_alike_give_no_index() -> None:
    few = evaluate(draw_answers(PLANTED, STRATA[:20], {}, 7), STRATA[:20], SIZES, VARIANT, LIMITS, seed=1)
    assert ([flag.code for flag in few.reasons], few.latent("satisfaction").index) == (["too_few"], None)
    rows = [[9, *row[1:]] for row in draw_answers(PLANTED, STRATA, {}, 7)]
    alike = evaluate(rows, STRATA, SIZES, VARIANT, LIMITS, seed=1)
    assert alike.reasons[0].code == "alike" and alike.reasons[0].values == {"items": ["image0"]}
    none = evaluate([], [], SIZES, VARIANT, LIMITS, seed=1)
    assert none.reasons[0].code == "too_few" and none.n == 0


def test_items_that_repeat_each_other_everywhere_are_unsolvable_or_doubted() -> None:
    rows = draw_answers(PLANTED, STRATA, {}, 7)
    same = [[row[0]] * 15 for row in rows]
    assert not evaluate(same, STRATA, SIZES, VARIANT, LIMITS, seed=1).valid


def test_unreliable_questions_and_latents_that_nobody_tells_apart_are_pointed_out() -> None:
    noisy = found(replace(PLANTED, loading=0.55))
    assert {flag.code for flag in noisy.cautions} >= {"alpha"}
    mixed = replace(PLANTED, paths={**PLANTED.paths, ("image", "quality"): 0.97})
    assert any(flag.code == "htmt" for flag in found(mixed).cautions)


def test_a_stratum_with_a_single_answer_is_left_out_of_the_weights() -> None:
    strata = ["town"] * 499 + ["land"]
    evaluation = evaluate(draw_answers(PLANTED, strata, {}, 7), strata, SIZES, VARIANT, LIMITS, seed=1)
    assert any(flag.code == "thin_strata" and flag.values == {"strata": ["land"]} for flag in evaluation.cautions)
    assert evaluation.strata[1].index is None and evaluation.latent("satisfaction").weighted is not None


def test_more_answers_than_units_do_not_break_the_weights() -> None:
    evaluation = evaluate(
        draw_answers(PLANTED, STRATA, {}, 7), STRATA, {"town": 100, "land": 400}, VARIANT, LIMITS, seed=1
    )
    assert evaluation.latent("satisfaction").weighted is not None


def test_the_same_seed_gives_the_same_figures() -> None:
    assert found().to_dict() == found().to_dict()


def test_every_reason_of_the_method_has_its_words() -> None:
    assert set(path_modelling.REASONS) <= set(FLAGS)


def test_planting_more_than_the_whole_variance_is_refused() -> None:
    with pytest.raises(ValueError, match="more than explained"):
        Planted({"a": 2, "b": 2}, {("a", "b"): 1.1}, {"a": 7, "b": 7}).correlations()
    assert np.allclose(np.diag(PLANTED.correlations()), 1)
