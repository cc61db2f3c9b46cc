"""Points, caps and bands; one enterprise and many give the same."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.methods import credit_grading as cg
from hengjian.methods.credit_scorecards import Bin, Scaling, migration, separation, stability, weights_of_evidence

D = Decimal


def model(**changes: Any) -> cg.Model:
    parts: dict[str, Any] = {
        "groups": (cg.Group("base", D(50), D(0), D(60)), cg.Group("record", D(40), D(0), D(40))),
        "items": (
            cg.Item("penalties", "penalties", "record", each=D("-7.5"), limit=D(20)),
            cg.Item(
                "complaints",
                "complaints",
                "record",
                steps=((cg.Test(at_most=D(2)), D(0)), (cg.Test(more_than=D(2), at_most=D(5)), D(-3))),
                other=D(-8),
            ),
            cg.Item(
                "tax",
                "tax",
                "base",
                steps=((cg.Test(one_of=frozenset({"A"})), D(6)), (cg.Test(one_of=frozenset({"D"})), D(-9))),
                missing=D(-1),
                absent=None,
            ),
        ),
        "caps": (cg.Cap("listed", "listed", cg.Test(at_least=D(1)), "D"),),
        "bands": (cg.Band("A", D(90)), cg.Band("B", D(80)), cg.Band("C", D(60)), cg.Band("D")),
    }
    return cg.Model(**(parts | changes))


def test_every_point_is_explained() -> None:
    found = cg.grade(model(), {"penalties": D(2), "complaints": D(4), "tax": "A"}, {"penalties": ("f1", "f2")})
    assert [(item.code, item.points, item.why) for item in found.items] == [
        ("penalties", D("-15.00"), "each"),
        ("complaints", D("-3.00"), "step"),
        ("tax", D("6.00"), "step"),
    ]
    assert found.items[0].facts == ("f1", "f2")
    assert found.groups == {"base": D("56.00"), "record": D("22.00")}
    assert (found.score, found.grade, found.by_score, found.caps) == (D("78.00"), "C", "C", ())


def test_limits_missing_values_and_bounds_of_groups() -> None:
    found = cg.grade(model(), {"penalties": D(9), "complaints": D(50), "tax": None})
    assert [(item.points, item.why) for item in found.items] == [
        (D("-20.00"), "limited"),
        (D("-8.00"), "other"),
        (D("-1.00"), "missing"),
    ]
    assert cg.grade(model(), {"tax": "A"}).score == D("96.00")
    assert str(cg.grade(model(), {}).items[0].points) == "0.00"
    capped = model(groups=(cg.Group("base", D(50), D(0), D(52)), cg.Group("record", D(40), D(0), D(40))))
    assert cg.grade(capped, {"tax": "A"}).groups["base"] == D(52)


def test_a_cap_holds_whatever_the_score() -> None:
    found = cg.grade(model(), {"tax": "A", "listed": D(1)})
    assert (found.by_score, found.grade, found.caps) == ("A", "D", ("listed",))


@pytest.mark.parametrize(("score", "grade"), [("90", "A"), ("89.99", "B"), ("80", "B"), ("60", "C"), ("59.99", "D")])
def test_bounds_belong_to_the_better_grade(score: str, grade: str) -> None:
    assert model().by_score(D(score)) == grade


@pytest.mark.parametrize(
    "wrong",
    [
        {"bands": (cg.Band("A", D(90)), cg.Band("B", D(80)))},
        {"bands": (cg.Band("A", D(80)), cg.Band("B", D(90)), cg.Band("C"))},
        {"bands": (cg.Band("A", D(90)), cg.Band("A"))},
        {"caps": (cg.Cap("x", "x", cg.Test(at_least=D(1)), "Z"),)},
        {"items": (cg.Item("x", "x", "nowhere", each=D(1)),)},
        {"items": (cg.Item("x", "x", "base"),)},
        {"groups": (cg.Group("base", D(70), D(0), D(60)), cg.Group("record", D(40), D(0), D(40)))},
    ],
)
def test_a_model_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        model(**wrong)


PERSON = st.fixed_dictionaries(
    {},
    optional={
        "penalties": st.integers(0, 12).map(D),
        "complaints": st.integers(0, 12).map(D),
        "tax": st.sampled_from(["A", "B", "D"]),
        "listed": st.integers(0, 2).map(D),
    },
)


@given(st.lists(PERSON, max_size=30))
def test_many_at_once_give_what_each_alone_gives(people: list[dict[str, Any]]) -> None:
    columns = {}
    for feature in model().features:
        rows = [number for number, person in enumerate(people) if feature in person]
        columns[feature] = cg.Column(np.array(rows, dtype=np.int64), [people[row][feature] for row in rows])
    many = cg.grade_many(model(), len(people), columns)
    for number, person in enumerate(people):
        alone = cg.grade(model(), person)
        assert model().grades[many.grades[number]] == alone.grade
        assert cg.score_of(many.scores[number]) == alone.score


def test_stability_by_hand() -> None:
    found = stability({"A": 80, "B": 20}, {"A": 60, "B": 40})
    assert found is not None
    assert found.index == pytest.approx((0.6 - 0.8) * math.log(0.6 / 0.8) + (0.4 - 0.2) * math.log(0.4 / 0.2))
    assert stability({}, {"A": 1}) is None
    same = stability({"A": 3, "B": 0}, {"A": 6, "B": 0})
    assert same is not None and same.index == 0


def test_migration_keeps_the_order() -> None:
    assert migration([("A", "B", 3), ("B", "B", 5), ("A", "B", 1)], ["A", "B"]) == [[0, 4], [0, 5]]
    with pytest.raises(ValueError, match="'X'"):
        migration([("A", "X", 1)], ["A", "B"])


def test_scaling_doubles_the_odds() -> None:
    scale = Scaling(points=600, odds=1 / 50, double=20)
    assert scale.points_of(1 / 50) == pytest.approx(600)
    assert scale.points_of(2 / 50) == pytest.approx(580)
    assert scale.odds_of(580) == pytest.approx(2 / 50)
    assert scale.probability_of(600) == pytest.approx(1 / 51)
    assert scale.b == pytest.approx(20 / math.log(2))


def test_evidence_and_separation() -> None:
    weights, value = weights_of_evidence([Bin("low", 10, 40), Bin("high", 30, 20)])
    assert weights["low"] == pytest.approx(math.log((40 / 60) / (10 / 40)))
    assert value > 0
    perfect = separation([1, 2, 8, 9], [True, True, False, False])
    assert (perfect.ks, perfect.gini) == (1, 1)
    assert separation([5, 5], [True, False]).gini == 0
