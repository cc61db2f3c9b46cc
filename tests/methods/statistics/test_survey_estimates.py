"""Estimators against closed forms, brute force and published designs."""

from __future__ import annotations

from itertools import combinations, product
from math import ceil, sqrt

import numpy as np
import pytest

from hengjian.methods.statistics.survey_estimates import (
    NoVariance,
    allocate,
    hajek_mean,
    inclusion_probabilities,
    output_weighted_pass_rate,
    sample_size,
    stratified_mean,
    stratified_ratio,
    stratified_total,
    systematic_sample,
)

POPULATION = {"a": [1.0, 4.0, 6.0, 7.0], "b": [10.0, 15.0, 12.0]}
SIZES = {name: float(len(values)) for name, values in POPULATION.items()}


# The stratified sample of Californian schools that the R package survey publishes: per stratum its size, schools drawn,
# and of (api00, enroll, api.stu, sch.wide) the sums and the cross-products, lower triangle.
SCHOOLS = {
    "E": (4421, 100, (67443, 41678, 35502, 91), (
        47038637, 27403761, 20100668, 23369449, 17044937, 14540460, 61802, 37902, 32160, 91)),
    "H": (755, 50, (31291, 66035, 53526, 26), (
        20167941, 40866208, 109279081, 33228427, 88952856, 74325088, 16997, 29563, 25085, 26)),
    "M": (1018, 50, (31830, 41624, 34785, 35), (
        20940396, 26115739, 42310204, 21734061, 35464569, 30316915, 23602, 27115, 23156, 35)),
}  # fmt: skip


def schools() -> tuple[np.ndarray, list[str], dict[str, float]]:
    """Values with exactly these sums and products; which values they are is all the same to the estimators."""
    parts, names = [], []
    for name, (_size, n, sums, lower) in SCHOOLS.items():
        products = np.zeros((4, 4))
        products[np.tril_indices(4)] = lower
        products = products + np.tril(products, -1).T
        mean = np.array(sums) / n
        scatter = products - n * np.outer(mean, mean)
        z = np.random.default_rng(1).normal(size=(n, 4))
        z = np.linalg.qr(z - z.mean(axis=0))[0]
        parts.append(mean + z @ np.linalg.cholesky(scatter).T)
        names += [name] * n
    return np.concatenate(parts), names, {name: float(size) for name, (size, *_rest) in SCHOOLS.items()}


def test_the_published_sample_of_schools() -> None:
    values, strata, sizes = schools()
    score, enrolled, tested, wide = values.T
    mean = stratified_mean(score, strata, sizes)
    assert (mean.value, mean.standard_error) == (pytest.approx(662.29, abs=5e-3), pytest.approx(9.4089, abs=5e-5))
    total = stratified_total(enrolled, strata, sizes)
    assert (total.value, total.standard_error) == (pytest.approx(3_687_178, abs=1), pytest.approx(114_642, abs=0.5))
    ratio = stratified_ratio(tested, enrolled, strata, sizes)
    assert ratio.value == pytest.approx(0.8369569, abs=5e-8)
    assert ratio.standard_error == pytest.approx(0.0077571, abs=5e-8)
    share = stratified_mean(wide, strata, sizes)
    assert (share.value, share.standard_error) == (pytest.approx(0.82795, abs=5e-6), pytest.approx(0.02434, abs=5e-6))
    free = stratified_mean(score, strata, sizes, fpc=False)
    assert free.standard_error == pytest.approx(9.5361, abs=5e-5)


def every_sample() -> list[tuple[list[float], list[str]]]:
    """All stratified samples of two units each."""
    return [
        ([*first, *second], ["a", "a", "b", "b"])
        for first, second in product(combinations(POPULATION["a"], 2), combinations(POPULATION["b"], 2))
    ]


def test_the_mean_is_unbiased_and_so_is_its_variance() -> None:
    true = np.mean([value for values in POPULATION.values() for value in values])
    found = [stratified_mean(values, strata, SIZES) for values, strata in every_sample()]
    assert np.mean([item.value for item in found]) == pytest.approx(true)
    assert np.mean([item.standard_error**2 for item in found]) == pytest.approx(np.var([item.value for item in found]))


def test_total_and_ratio() -> None:
    values, strata = every_sample()[5]
    mean, total = stratified_mean(values, strata, SIZES), stratified_total(values, strata, SIZES)
    assert total.value == pytest.approx(7 * mean.value)
    assert total.standard_error == pytest.approx(7 * mean.standard_error)
    twice = stratified_ratio([2 * value for value in values], values, strata, SIZES)
    assert (twice.value, twice.standard_error) == (pytest.approx(2), pytest.approx(0, abs=1e-12))
    share = stratified_ratio(values, [1.0] * 4, strata, SIZES)
    assert (share.value, share.standard_error) == (pytest.approx(mean.value), pytest.approx(mean.standard_error))


def test_without_correction_the_error_is_larger() -> None:
    values, strata = every_sample()[0]
    assert (
        stratified_mean(values, strata, SIZES, fpc=False).standard_error
        > stratified_mean(values, strata, SIZES).standard_error
    )


def test_what_strata_need() -> None:
    with pytest.raises(NoVariance, match="one observation"):
        stratified_mean([1.0, 2.0, 3.0], ["a", "a", "b"], SIZES)
    with pytest.raises(ValueError, match="no observation in stratum b"):
        stratified_mean([1.0, 2.0], ["a", "a"], SIZES)
    with pytest.raises(ValueError, match="no population size"):
        stratified_mean([1.0, 2.0], ["c", "c"], SIZES)
    with pytest.raises(ValueError, match="1 values are missing"):
        stratified_mean([1.0, 2.0, float("nan"), 4.0], ["a", "a", "b", "b"], SIZES)
    with pytest.raises(ValueError, match="5 observations of 4"):
        stratified_mean([1.0] * 7, ["a"] * 5 + ["b"] * 2, SIZES)


def test_unequal_probabilities() -> None:
    equal = hajek_mean([1.0, 2.0, 4.0, 5.0], [0.2] * 4)
    assert equal.value == 3
    assert equal.standard_error == pytest.approx(sqrt(np.var([1, 2, 4, 5], ddof=1) / 4))
    # Risky firms were drawn four times as often; the raw mean would say 0.5.
    assert hajek_mean([1, 1, 1, 1, 0, 0, 0, 0], [0.4] * 4 + [0.1] * 4).value == pytest.approx(0.2)
    with pytest.raises(ValueError, match=r"\(0, 1\]"):
        hajek_mean([1.0, 2.0], [0.0, 0.5])


def test_risk_tilted_draws() -> None:
    probabilities = inclusion_probabilities([50, 1, 2, 3, 4], 3)
    # 50 of 60 for three draws would be 2.5 times certain, then 4 of 10 for two draws.
    assert probabilities == pytest.approx([1, 0.2, 0.4, 0.6, 0.8])
    drawn = np.zeros(5)
    for start in np.linspace(0, 1, 1000, endpoint=False):
        sample = systematic_sample(probabilities, start)
        assert len(set(sample.tolist())) == 3
        drawn[sample] += 1
    assert drawn / 1000 == pytest.approx(probabilities, abs=2e-3)
    assert inclusion_probabilities([1, 1, 0], 2).tolist() == [1, 1, 0]
    with pytest.raises(ValueError, match="3 units cannot be drawn from 2"):
        inclusion_probabilities([1, 1, 0], 3)
    with pytest.raises(ValueError, match="start"):
        systematic_sample([0.5, 0.5], 1.0)


def test_weights_undo_the_tilt() -> None:
    generator = np.random.default_rng(5)
    size = generator.uniform(1, 20, 400)
    failing = (generator.random(400) < 0.02 * size).astype(float)
    probabilities = inclusion_probabilities(size, 60)
    order = generator.permutation(400)
    estimates, raw = [], []
    for start in generator.random(300):
        rows = order[systematic_sample(probabilities[order], start)]
        estimates.append(hajek_mean(failing[rows], probabilities[rows]).value)
        raw.append(failing[rows].mean())
    assert np.mean(estimates) == pytest.approx(failing.mean(), abs=0.015)
    assert np.mean(raw) > failing.mean() + 0.03


def test_allocation() -> None:
    sizes = {"large": 1540.0, "middle": 770.0, "small": 385.0}
    neyman = allocate(261, sizes, {"large": 2.6, "middle": 3.0, "small": 3.3})
    assert list(neyman.exact.values()) == pytest.approx([137.79, 79.49, 43.72], abs=5e-3)
    proportional = allocate(261, sizes)
    assert list(proportional.exact.values()) == pytest.approx([149.14, 74.57, 37.29], abs=5e-3)
    for found in (neyman, proportional):
        assert sum(found.sizes.values()) == 261
    tiny = allocate(10, {"a": 1000.0, "b": 3.0, "c": 1.0})
    assert tiny.sizes == {"a": 7, "b": 2, "c": 1}
    with pytest.raises(ValueError, match="cannot be shared"):
        allocate(5, {"a": 2.0, "b": 1.0})


def test_sample_sizes() -> None:
    assert sample_size(0.93, 0.01) == 2501
    assert sample_size(0.93, 0.01, population=3000) == ceil(2500.88 / (1 + 2500.88 / 3000))
    assert sample_size(0.93, 0.01, deff=2) == 5002


def test_output_weighted_pass_rate() -> None:
    output, inspected = [[300, 100], [50, 150]], [[100, 100], [100, 100]]
    found = output_weighted_pass_rate(output, [[95, 90], [80, 92]], inspected)
    assert found.value == pytest.approx(0.921667, abs=5e-7)
    assert found.regions == pytest.approx([0.9375, 0.8900])
    assert found.unweighted == pytest.approx(0.8925)
    weights, q = np.array(output) / 600, np.array([[0.95, 0.90], [0.80, 0.92]])
    assert found.standard_error == pytest.approx(sqrt((weights**2 * q * (1 - q) / 99).sum()))


def test_cells_without_a_sample_are_refused_or_noted() -> None:
    output, conforming, inspected = [[300, 100], [50, 150]], [[95, 0], [80, 92]], [[100, 0], [100, 100]]
    with pytest.raises(ValueError, match="region 0, industry 1"):
        output_weighted_pass_rate(output, conforming, inspected)
    collapsed = output_weighted_pass_rate(output, conforming, inspected, empty="collapse")
    assert collapsed.value == pytest.approx((300 * 0.95 + 100 * 0.92 + 50 * 0.80 + 150 * 0.92) / 600)
    dropped = output_weighted_pass_rate(output, conforming, inspected, empty="drop")
    assert dropped.value == pytest.approx((300 * 0.95 + 50 * 0.80 + 150 * 0.92) / 500)
    assert (collapsed.notes, dropped.notes) == (((0, 1, "collapse"),), ((0, 1, "drop"),))
