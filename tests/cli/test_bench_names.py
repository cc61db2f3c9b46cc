"""The benchmark of names: how its figures are made, and that its queries are fair."""

from __future__ import annotations

import pytest

from hengjian.cli import bench_names


def test_figures_of_scores() -> None:
    truth = [True, True, False, False]
    assert bench_names.f1([True, False, True, False], truth) == 0.5
    assert bench_names.ordered([0.9, 0.8, 0.2, 0.1], truth) == 1
    assert bench_names.ordered([0.1, 0.2, 0.8, 0.9], truth) == 0
    assert bench_names.ordered([0.5, 0.5, 0.5, 0.5], truth) == 0.5
    queries = [("a", ["x", "a"], 1), ("b", ["y", "b"], 1)]
    found = bench_names.summary([0.9, 0.8, 0.2, 0.1], truth, [[0.1, 0.9], [0.5, 0.5]], queries, 0.008)
    # A tie is no first place.
    assert found == pytest.approx({"first": 50.0, "micros": 1000.0, "f1": 1.0, "order": 100.0})


def test_queries_have_one_right_answer_each() -> None:
    queries = list(bench_names.made_queries(300))
    assert len(queries) > 20
    for asked, names, right in queries:
        assert len(names) == len(set(names)) <= bench_names.CANDIDATES + 1 and asked not in names
        assert bench_names.compare_names(asked, names[right]).verdict == "same"


def test_the_labelled_pairs_are_found_in_a_checkout() -> None:
    pairs = list(bench_names.gold_pairs(bench_names.GOLD))
    assert len(pairs) > 400 and {pair[4] for pair in pairs} == {True, False}
