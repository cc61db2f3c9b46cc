"""Do indicators belong together: against scipy and planted structure."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hengjian.methods.composite.aggregation import Node, Tree, aggregate
from hengjian.methods.composite.coherence import coherence, correlation, links

NAN = float("nan")
GENERATOR = np.random.default_rng(3)
COMMON = GENERATOR.normal(size=60)
TABLE = np.column_stack([
    COMMON + 0.5 * GENERATOR.normal(size=60), COMMON + 0.5 * GENERATOR.normal(size=60),
    -COMMON + 0.5 * GENERATOR.normal(size=60), COMMON + 0.01 * GENERATOR.normal(size=60), COMMON,
])  # fmt: skip
TREE = Tree(
    ("a", "b", "c", "d", "e"),
    (Node("x", ("a", "b", "c"), (1, 1, 1)), Node("y", ("d", "e"), (1, 1)), Node("all", ("x", "y"), (1, 1))),
)


def test_correlations_are_those_of_scipy() -> None:
    x, y = TABLE[:, 0], TABLE[:, 1]
    reference = stats.pearsonr(x, y)
    found = correlation(x, y)
    assert found.value == pytest.approx(reference.statistic)
    low, high = reference.confidence_interval(0.95)
    assert (found.low, found.high, found.n) == (pytest.approx(low), pytest.approx(high), 60)
    ranked = correlation(np.append(x, NAN), np.append(y, 5.0), ranks=True)
    assert ranked.value == pytest.approx(stats.spearmanr(x, y).statistic) and ranked.n == 60
    assert np.isnan(correlation([1, 1, 1, 1], [1, 2, 3, 4]).value) and np.isnan(correlation([1, 2], [1, 2]).value)
    assert correlation([1, 2, 3, 4], [2, 4, 6, 8]).low == pytest.approx(1)


def test_groups_tell_what_runs_against_and_what_repeats() -> None:
    lower, pair, top = coherence(aggregate(TABLE, TREE), TABLE, TREE)
    assert {frozenset(one[:2]) for one in lower.against} == {frozenset("ac"), frozenset("bc")}
    assert lower.repeated == () and [one[:2] for one in pair.repeated] == [("d", "e")]
    assert pair.alpha > 0.99 and pair.explained > 0.99 and lower.alpha < 0.5
    r = np.corrcoef(TABLE[:, :3], rowvar=False)
    assert lower.explained == pytest.approx(np.linalg.eigvalsh(r)[-1] / 3)
    assert top.name == "all"


def test_links_with_figures_outside() -> None:
    found = links(
        COMMON, np.column_stack([GENERATOR.normal(size=60), -COMMON, np.ones(60)]), ["noise", "mirror", "flat"]
    )
    assert [link.name for link in found] == ["mirror", "noise", "flat"]
    assert found[0].linear.value == pytest.approx(-1) and found[1].linear.low < 0 < found[1].linear.high
    with pytest.raises(ValueError, match="3 figures"):
        links(COMMON, np.ones((60, 3)), ["one"])
