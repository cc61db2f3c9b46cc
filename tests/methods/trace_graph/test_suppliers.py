"""Outbreak scores: the network of 13 deliveries of the traceability note (D.4), and deliveries in a circle (D.3)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hengjian.methods.trace_graph import Delivery, relate, score

NETWORK = [
    Delivery(code, supplier, recipient)
    for code, supplier, recipient in (
        ("a1", "farm1", "prod1"),
        ("a2", "farm1", "prod1"),
        ("b1", "farm2", "prod1"),
        ("b2", "farm2", "prod2"),
        ("c1", "farm3", "prod2"),
        ("P11", "prod1", "trader"),
        ("P12", "prod1", "trader"),
        ("P21", "prod2", "trader"),
        ("P22", "prod2", "trader"),
        ("M11", "trader", "market1"),
        ("M12", "trader", "market2"),
        ("M21", "trader", "market2"),
        ("M22", "trader", "market3"),
    )
]
INTO = [
    ("a1", "P11"), ("b1", "P11"), ("a2", "P12"), ("b2", "P21"), ("c1", "P21"), ("c1", "P22"),
    ("P11", "M11"), ("P12", "M12"), ("P21", "M21"), ("P22", "M22"),
]  # fmt: skip
CASES = {"market2": 1.0, "market3": 2.0}
THIRD = Fraction(1, 3)


def test_scores_of_the_reference_network() -> None:
    found = score(NETWORK, INTO, stations=CASES).stations
    expected = {
        "farm1": THIRD, "farm2": THIRD, "farm3": 1, "prod1": THIRD, "prod2": 1, "trader": 1,
        "market1": 0, "market2": THIRD, "market3": 2 * THIRD,
    }  # fmt: skip
    assert found == pytest.approx({name: float(value) for name, value in expected.items()})


def test_deliveries_in_a_circle_lose_nothing_behind_it() -> None:
    circle = [Delivery("d1", "A", "B"), Delivery("d2", "B", "C"), Delivery("d3", "C", "A"), Delivery("d4", "C", "D")]
    into = [("d1", "d2"), ("d2", "d3"), ("d3", "d1"), ("d2", "d4")]
    found = score(circle, into, stations={"D": 1.0}).deliveries
    assert found == {"d1": 1.0, "d2": 1.0, "d3": 1.0, "d4": 1.0}


def test_proven_innocence_takes_away() -> None:
    found = score(NETWORK, INTO, stations={"market3": 1.0, "market1": -1.0})
    assert found.stations["prod1"] == -1
    assert found.stations["trader"] == 0
    assert (found.positive["trader"], found.negative["trader"]) == (1, 1)


def test_a_station_that_kills_contamination_cuts_the_path() -> None:
    assert score(NETWORK, INTO, stations=CASES, safe=frozenset({"prod2"})).stations["farm3"] == 0


def test_cross_contamination_follows_the_days() -> None:
    deliveries = [Delivery("in", "A", "B", 5), Delivery("early", "B", "C", 4), Delivery("late", "B", "D", 6)]
    assert relate(deliveries, ["B"]) == [("in", "late")]
    assert relate(deliveries, ["B"], by_day=False) == [("in", "early"), ("in", "late")]


def test_what_names_no_delivery_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown deliveries: zz"):
        score(NETWORK, [("a1", "zz")], stations=CASES)
    with pytest.raises(ValueError, match="weight"):
        score(NETWORK, INTO)
