"""Steps of the chain against published values and independent computation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hengjian.methods.composite.aggregation import (
    Node,
    Tree,
    aggregate,
    copeland,
    directions_agree,
    effective_weights,
    weighted_mean,
)
from hengjian.methods.composite.building import Recipe, build, contribution
from hengjian.methods.composite.normalisation import Normalisation, NoSpread, normalise
from hengjian.methods.composite.treatment import denominate, impute, kurtosis, screen, skewness, treat
from hengjian.methods.composite.uncertainty import Choices, rank_sensitivity, rank_spread
from hengjian.methods.composite.weighting import (
    NegativeWeights,
    ahp_weights,
    budget_weights,
    critic_weights,
    entropy_weights,
    pca_weights,
    scaled,
)
from hengjian.methods.rank_intervals import ranks

NAN = float("nan")


def test_min_max_of_a_known_table() -> None:
    # R's data set mtcars, first row; ends of each column beside it.
    columns = [[21, 10.4, 33.9], [6, 4, 8], [160, 71.1, 472], [110, 52, 335]]
    first = normalise(np.array(columns, dtype=float).T, [1] * 4, Normalisation(high=1))[0]
    assert first == pytest.approx([0.4510638, 0.5, 0.2217511, 0.2049470], abs=5e-8)


def test_directions_goalposts_and_ranks() -> None:
    x = [[1.0, 10.0], [2.0, 30.0], [4.0, 20.0]]
    assert normalise(x, [1, -1])[:, 1].tolist() == [100, 0, 50]
    fixed = Normalisation("goalposts", 60, 100, ((0, 4), (0, 20)))
    assert normalise(x, [1, -1], fixed).tolist() == [[70, 80], [80, 60], [100, 60]]
    assert normalise(x, [1, -1], Normalisation("rank"))[:, 1].tolist() == [3, 1, 2]
    assert normalise(x, [1, 1], Normalisation("borda"))[:, 0].tolist() == [0, 1, 2]
    assert normalise(x, [1, 1], Normalisation("reference"))[:, 0].tolist() == [25, 50, 100]
    z = normalise(x, [1, 1], Normalisation("zscore"))
    assert z.mean(axis=0) == pytest.approx([0, 0]) and z.std(axis=0, ddof=1) == pytest.approx([1, 1])
    with pytest.raises(ValueError, match="1 or −1"):
        normalise(x, [1, 0])
    with pytest.raises(ValueError, match="1 pairs of bounds"):
        normalise(x, [1, 1], Normalisation("goalposts", bounds=((0, 1),)))


def test_an_indicator_without_spread_becomes_missing() -> None:
    with pytest.warns(NoSpread, match="indicator 1"):
        found = normalise([[1, 5], [2, 5]], [1, 1])
    assert np.isnan(found[:, 1]).all() and found[:, 0].tolist() == [0, 100]


def test_means_leave_out_what_is_missing() -> None:
    x = [[1, 3, 1], [2, NAN, NAN], [3, NAN, 1]]
    found = weighted_mean(x, [1, 1, 1], least=2 / 3)
    assert found[0] == pytest.approx(1.6667, abs=5e-5)
    assert math.isnan(found[1]) and found[2] == 2
    assert weighted_mean([[2.0, 8.0]], [1, 1], "geometric")[0] == pytest.approx(4)
    assert weighted_mean([[2.0, 6.0]], [1, 1], "harmonic")[0] == pytest.approx(3)
    assert weighted_mean([[3.0, 4.0]], [1, 1], "power", exponent=2)[0] == pytest.approx(math.sqrt(12.5))
    for exponent, name in ((1, "arithmetic"), (0, "geometric"), (-1, "harmonic")):
        same = weighted_mean([[2.0, 6.0, NAN]], [1, 2, 3], "power", exponent=exponent)
        assert same == pytest.approx(weighted_mean([[2.0, 6.0, NAN]], [1, 2, 3], name))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="positive"):
        weighted_mean([[0.0, 1.0]], [1, 1], "geometric")
    with pytest.raises(NegativeWeights):
        weighted_mean([[0.0, 1.0]], [1, -1])
    with pytest.raises(NegativeWeights, match="group x"):
        Node("x", ("a", "b"), (1, -1))


def test_the_human_development_index_of_the_technical_note() -> None:
    income = (math.log(3829) - math.log(100)) / (math.log(75000) - math.log(100))
    assert income == pytest.approx(0.5506, abs=5e-5)
    assert weighted_mean([[0.6971, 0.3447, income]], [1, 1, 1], "geometric")[0] == pytest.approx(0.510, abs=5e-4)


def test_entropy_weights_of_the_published_example() -> None:
    rows = [(2, 30, 86, -5), (4, 26, 77, -12), (3, 22, 93, -4), (6, 34, 65, -10), (5, 31, 80, -8), (6, 29, 79, -9),
            (8, 37, 55, -15), (10, 21, 69, -11)]  # fmt: skip
    assert entropy_weights(rows) == pytest.approx([0.505083, 0.082986, 0.057690, 0.354240], abs=5e-7)
    with pytest.raises(ValueError, match="one sign"):
        entropy_weights([[1, -1], [2, 3]])


def test_pairwise_judgements() -> None:
    found = ahp_weights([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    assert found.weights == pytest.approx([0.6370, 0.2583, 0.1047], abs=5e-5)
    assert (found.eigenvalue, found.consistency_ratio) == (
        pytest.approx(3.0385, abs=5e-5),
        pytest.approx(0.0332, abs=5e-5),
    )
    assert found.consistent
    assert not ahp_weights([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]).consistent
    with pytest.raises(ValueError, match="1/a_ji"):
        ahp_weights([[1, 2], [2, 1]])


def test_weights_from_data_are_never_negative() -> None:
    generator = np.random.default_rng(1)
    common = generator.normal(size=200)
    x = np.column_stack([common + generator.normal(size=200) for _column in range(3)])
    assert pca_weights(x) == pytest.approx([1 / 3] * 3, abs=0.05)
    with pytest.raises(NegativeWeights, match="negative"):
        pca_weights(np.column_stack([x, -common + generator.normal(size=200)]))
    weights = critic_weights(np.column_stack([x[:, 0], x[:, 0] + 1e-9 * x[:, 1], generator.normal(size=200)]))
    assert weights[2] > weights[0]  # what is said twice counts less than what nobody else says
    assert scaled([1, 3]).tolist() == [0.25, 0.75]
    assert budget_weights([[50, 50], [10, 30]]).tolist() == [0.375, 0.625]
    with pytest.raises(NegativeWeights):
        budget_weights([[120, -20]])


@given(st.lists(st.floats(-100, 100), min_size=5, max_size=60).filter(lambda items: np.std(items) > 1e-3))
def test_moments_are_those_of_scipy(items: list[float]) -> None:
    x = np.array(items)
    assert skewness(x) == pytest.approx(stats.skew(x, bias=False), rel=1e-6, abs=1e-6)
    assert kurtosis(x) == pytest.approx(stats.kurtosis(x, bias=False), rel=1e-6, abs=1e-6)


def test_outliers_are_pulled_in_point_by_point() -> None:
    plain = np.arange(40.0)
    assert treat(plain).how == "none"
    one = treat(np.append(plain, 400.0))
    assert (one.how, one.points, one.values.max()) == ("winsorised", 1, 39)
    low = treat(np.append(plain, [-900.0, -800.0]))
    assert (low.how, low.points, low.values.min()) == ("winsorised", 2, 0)
    heavy = np.exp(np.linspace(0, 12, 100))
    logged = treat(heavy)
    assert logged.how == "log" and logged.passed
    assert (np.diff(logged.values) > 0).all()  # the order stays
    mirrored = treat(-heavy)
    assert mirrored.how == "log" and (np.diff(mirrored.values) < 0).all()


def test_the_published_example_of_winsorising() -> None:
    x = np.array([*range(1, 11), 30, 100], dtype=float)
    assert (skewness(x), kurtosis(x)) == (pytest.approx(3.063241, abs=5e-7), pytest.approx(9.741391, abs=5e-7))
    done = treat(x)
    assert (done.how, done.points, done.values.max()) == ("winsorised", 1, 30)
    assert skewness(done.values) == pytest.approx(1.712038, abs=5e-7)
    assert kurtosis(done.values) == pytest.approx(1.815781, abs=5e-7)


def test_denominate_screen_impute() -> None:
    assert denominate([[10, 4], [3, 1]], [[5, 2], [0, 4]], 100)[0].tolist() == [200, 200]
    assert math.isnan(denominate([[10.0]], [[0.0]])[0, 0])
    x = [[1, NAN], [3, 4], [NAN, NAN], [5, 8]]
    assert screen(x, 0.5).tolist() == [True, True, False, True]
    assert impute(x, "mean")[2].tolist() == [3, 6]
    grouped = impute(x, "group_mean", ["a", "a", "b", "b"])
    assert grouped[0].tolist() == [1, 4] and grouped[2].tolist() == [5, 8]
    assert math.isnan(impute([[1, NAN], [2, 3]], "group_mean", ["a", "b"])[0, 1])  # nobody of the group has it


def test_signalling_nan_is_a_missing_value() -> None:
    signalling = np.array([0x7FF00000000007A2], dtype=np.uint64).view(np.float64)[0]
    assert normalise([[signalling], [1.0], [3.0]], [1])[2, 0] == 100


TREE = Tree(
    ("a", "b", "c", "d"),
    (Node("x", ("a", "b"), (1, 3)), Node("y", ("c", "d"), (1, 1)), Node("all", ("x", "y"), (2, 1))),
)


def test_the_tree_adds_up() -> None:
    scores = aggregate([[100, 0, 50, NAN], [0, 100, 100, 0]], TREE)
    assert scores["x"].tolist() == [25, 75] and scores["y"].tolist() == [50, 50]
    assert scores["all"] == pytest.approx([(2 * 25 + 50) / 3, (2 * 75 + 50) / 3])
    assert TREE.nominal() == pytest.approx({"a": 1 / 6, "b": 1 / 2, "c": 1 / 6, "d": 1 / 6})
    for nodes, message in (
        ((Node("x", ("a", "z"), (1, 1)),), "z is not defined"),
        ((Node("x", ("a", "b"), (1, 1)), Node("y", ("a", "x"), (1, 1))), "a belongs to another group"),
        ((Node("x", ("a", "b"), (1, 1)),), "c, d belongs to no group"),
    ):
        with pytest.raises(ValueError, match=message):
            Tree(("a", "b", "c", "d"), nodes)


def sample(units: int = 30) -> np.ndarray:
    generator = np.random.default_rng(5)
    common = generator.normal(size=units)
    return np.column_stack([50 + 10 * (w * common + generator.normal(size=units)) for w in (2, 1, 1, 0.5)])


def test_a_whole_index_explains_itself() -> None:
    values = sample()
    values[3, 2] = NAN
    recipe = Recipe(TREE, (1, 1, 1, 1), filling="median")
    found = build(values, recipe)
    assert found.missing == 1 and found.kept.all()
    assert sorted(found.ranks) == list(range(1, 31))
    parts = contribution(found, TREE, 7)
    assert sum(points for _name, points in parts) == pytest.approx(found.index[7])
    assert found.effective.sum() == pytest.approx(1)
    assert found.nominal == pytest.approx([1 / 6, 1 / 2, 1 / 6, 1 / 6])
    assert effective_weights(found.normalised, found.index, bins=5).sum() == pytest.approx(1)
    assert directions_agree(np.column_stack([found.index, -found.index]), found.index, ["up", "down"]) == ["down"]


def test_copeland_counts_wins() -> None:
    x = [[3, 3, 3], [2, 2, 2], [1, 1, 9]]
    assert copeland(x, [1, 1, 1]).tolist() == [2, 0, -2]
    assert ranks([1.0, 3.0, 3.0, NAN]).tolist() == [3, 1, 1, 4]


def test_rank_intervals_and_their_causes() -> None:
    values, recipe = sample(), Recipe(TREE, (1, 1, 1, 1))
    firm = rank_spread(values, recipe, Choices(noise=0.0), 20, seed=1)
    assert (firm.low == firm.nominal).all() and (firm.high == firm.nominal).all()
    choices = Choices(normalisations=[Normalisation(low=1), Normalisation("rank")], means=["arithmetic", "geometric"])
    loose, again = (rank_spread(values, recipe, choices, 200, seed=1) for _time in range(2))
    np.testing.assert_array_equal(loose.distribution, again.distribution)
    assert (loose.low <= loose.median).all() and (loose.median <= loose.high).all()
    assert loose.distribution.sum(axis=1) == pytest.approx(np.ones(30))
    assert firm.shift == 0 < loose.shift < 30
    only_scale = Choices(normalisations=choices.normalisations, noise=0.0)
    found = rank_sensitivity(values, recipe, only_scale, 64, seed=1)
    assert found.factors[int(np.argmax(found.total))] == "normalisation"
    assert found.total[[0, 2, 3]] == pytest.approx([0, 0, 0], abs=1e-9)


def test_an_indicator_without_a_value_is_told_like_one_without_spread() -> None:
    with pytest.warns(NoSpread, match="indicator 1"):
        found = normalise([[1, NAN], [2, NAN]], [1, 1])
    assert np.isnan(found[:, 1]).all() and found[:, 0].tolist() == [0, 100]


def test_many_sets_of_weights_at_once() -> None:
    values, generator = sample(12), np.random.default_rng(2)
    values[4, 1] = NAN
    sets = generator.uniform(0.5, 2, (5, 6))
    together = aggregate(values, TREE, weights=[sets[:, :2], sets[:, 2:4], sets[:, 4:]], upper="geometric")
    for row, own in enumerate(sets):
        nodes = (
            Node("x", ("a", "b"), tuple(own[:2])), Node("y", ("c", "d"), tuple(own[2:4])),
            Node("all", ("x", "y"), tuple(own[4:]), "geometric"),
        )  # fmt: skip
        for name, scores in aggregate(values, Tree(TREE.indicators, nodes)).items():
            assert together[name][row] == pytest.approx(scores)
