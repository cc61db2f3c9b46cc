"""The shipped schemes: whole, marked where no source states a number, and computing as their rules say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from hengjian import rulebook
from hengjian.assessment.rules import (
    Contender,
    Definition,
    SchemeProblem,
    comparable,
    definition_of,
    deviations,
    gap,
    must_rectify,
    standings,
)
from hengjian.ledger.kinds import kind_of
from hengjian.methods.organisations import default_organisations
from hengjian.rulebook.parameters.assessment_schemes import AssessmentSchemes, Step
from hengjian.scoring.answers import Answer
from tests.assessment.conftest import good_answer

D = Decimal
ON = date(2026, 1, 1)
VARIANTS = sorted({rule.variant for rule in rulebook.versions("assessment_schemes")})


def shipped(variant: str, on: date = ON, region: str = "990000") -> Definition:
    return definition_of(rulebook.at("assessment_schemes", region, on, variant=variant), region, on)


def points_of(found: Definition, group: str) -> Decimal:
    return next(one.full for one in found.sheet.groups if one.code == group)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_shipped_scheme_is_whole(variant: str) -> None:
    found = shipped(variant)
    assert Definition.from_dict(found.to_dict()) == found
    families = default_organisations().families
    assert set(found.scheme.leads.values()) <= set(families)
    for kinds in found.scheme.facts.values():
        for kind in kinds:
            assert kind_of(kind)
    rule = rulebook.at("assessment_schemes", "990000", ON, variant=variant)
    assert rule.status == "to_verify" and rule.assumptions and rulebook.explain(rule)


def test_points_that_the_sources_state() -> None:
    anhui = shipped("anhui")
    measures = sum(points_of(anhui, group) for group in ("macro", "safety", "foundations"))
    assert (anhui.sheet.total, points_of(anhui, "targets"), measures) == (D(100), D(40), D(60))
    taizhou = shipped("taizhou")
    assert [points_of(taizhou, group) for group in ("mechanism", "results", "safety")] == [D(30), D(50), D(20)]
    thousand = shipped("thousand")
    assert (thousand.sheet.total, len(thousand.sheet.items)) == (D(1000), 23)
    xuzhou = shipped("xuzhou")
    known = [item for item in xuzhou.sheet.items if not item.assumed]
    assert points_of(xuzhou, "macro") == D(20) and sum(item.points for item in known) == D(5)
    assert xuzhou.sheet.item("1.1.4").operator.each == D("0.1")  # type: ignore[union-attr]
    food = shipped("food-safe-city").sheet
    by_part = {part: [item.points for item in food.items if item.part == part] for part in ("key", "basic")}
    bonus = [item.points for item in food.items if item.part == "encouragement"]
    assert [(len(one), sum(one)) for one in (*by_part.values(), bonus)] == [(19, D(58)), (22, D(42)), (9, D(16))]
    assert food.most == D(116)
    assert shipped("gansu").scheme.bottom == 3 and shipped("gansu").scheme.start_month == 1
    assert shipped("national-2013").scheme.start_month == 7


def test_water_works_weighs_two_sheets_and_changes_its_gates_in_2018() -> None:
    found = shipped("water-works", date(2016, 1, 1))
    assert [(group.code, group.weight) for group in found.sheet.groups] == [
        ("overall", D("0.6")),
        ("projects", D("0.4")),
    ]
    answers = {item.code: good_answer(item, D(1)) for item in found.sheet.items}
    halved = {code: good_answer(found.sheet.item(code), D("0.5")) for code in answers if code.startswith("projects")}
    rows = standings(found, [Contender("a", answers), Contender("b", {**answers, **halved})])
    assert [row.scored.total for row in rows] == [D(100), D(80)]  # 0.6 × 100 + 0.4 × 50
    many = [Contender(f"{number:02}", answers) for number in range(3)] + [Contender("z", {**answers, **halved})]
    assert {row.scored.grade for row in standings(found, many)} == {"A", "B"}
    later = shipped("water-works", date(2019, 1, 1), "630000")  # Qinghai: rank ≤ 2 besides
    scores = [Contender("a", answers)]
    for number, share in enumerate(("0.99", "0.98", "0.97")):
        own = {**answers, "projects.4": good_answer(later.sheet.item("projects.4"), D(share) - D("0.3"))}
        scores.append(Contender(f"b{number}", own))
    assert [row.scored.grade for row in standings(later, scores)] == ["A", "A", "B", "B"]


def test_signed_intervals_add_and_take_away() -> None:
    bank = shipped("bank-consumer")
    answers = {code: Answer(value=D(value)) for code, value in (("1", "-3"), ("2", "4"), ("3", "-0.5"))}
    (row,) = standings(bank, [Contender("a", answers)])
    assert (row.scored.total, row.scored.grade) == (D("100.5"), "")


def anhui_rows(*totals: str) -> tuple[Definition, list[Contender]]:
    """Contenders with these totals by the Anhui sheet, lost on one item each."""
    found = shipped("anhui")
    full = {item.code: good_answer(item) for item in found.sheet.items}
    made = []
    for number, total in enumerate(totals):
        lost = D(100) - D(total)
        made.append(Contender(f"c{number}", full, extra=(("扣分", -lost),) if lost else ()))
    return found, made


def test_ties_share_a_place_and_vetoes_stand_last() -> None:
    found, people = anhui_rows("95", "97", "97", "80")
    people[1] = Contender("c1", people[1].answers, vetoes=("regional-event",), extra=people[1].extra)
    rows = standings(found, people)
    assert [(row.key, row.rank, row.scored.grade) for row in rows] == [
        ("c2", 1, "A"), ("c0", 2, "A"), ("c3", 3, "B"), ("c1", 4, "D"),
    ]  # fmt: skip
    assert [row.rank for row in standings(found, anhui_rows("97", "97", "90")[1])] == [1, 1, 3]


@pytest.mark.parametrize(("total", "grade"), [("89.5", "A"), ("89.49", "B"), ("79.5", "B"), ("59.49", "D")])
def test_rounding_between_the_bands_is_explicit(total: str, grade: str) -> None:
    found, people = anhui_rows(total)
    assert standings(found, people)[0].scored.grade == grade


def test_gap_names_the_fewest_items() -> None:
    found = shipped("anhui")
    answers = {item.code: good_answer(item) for item in found.sheet.items}
    for code, share in (("t1", "0.5"), ("m4", "0"), ("s1", "0"), ("f1", "0")):
        answers[code] = good_answer(found.sheet.item(code), D(share))
    (row,) = standings(found, [Contender("a", answers)])
    assert row.scored.total == D("81.5") and row.scored.grade == "B"
    way = gap(found, row)
    assert way is not None and (way.grade, way.points) == ("A", D("8.0"))  # 89.5 rounds up to 90
    assert [item.code for item in way.items] == ["t1", "f1"]
    full = {item.code: good_answer(item) for item in found.sheet.items}
    assert gap(found, standings(found, [Contender("a", full)])[0]) is None


def test_who_has_to_rectify() -> None:
    gansu = shipped("gansu")
    full = {item.code: good_answer(item) for item in gansu.sheet.items}
    people = [Contender(f"c{n}", full, extra=(("扣分", D(-n * 5)),)) for n in range(10)]
    rows = standings(gansu, people)
    assert must_rectify(gansu, rows) == {"c7", "c8", "c9"}  # the last three
    assert rows[8].scored.grade == "合格" and rows[9].scored.grade == "不合格" if rows[9].scored.total < 60 else True


def test_deviations_come_widest_first() -> None:
    sheet = shipped("anhui").sheet
    marks: dict[str, dict[str, Answer]] = {
        "m2": {"self": Answer(value="good"), "department": Answer(value="fair")},
        "m4": {"self": Answer(value="good"), "department": Answer(value="none")},
        "m5": {"self": Answer(value="good"), "department": Answer(value="good")},
    }
    assert [(one.item, one.width) for one in deviations(sheet, marks)] == [("m4", D("4.00")), ("m2", D("0.90"))]


def test_only_the_same_items_are_compared() -> None:
    one, other = shipped("anhui").sheet, shipped("gansu").sheet
    codes = {item.code for item, _old in comparable(one, other)}
    assert "t1" in codes and "t4" not in codes


@pytest.mark.parametrize(
    "broken",
    [
        {"leads": {"nothing": "finance"}},
        {"sources": [{"item": "zz", "kind": "facts", "code": "x"}]},
        {"rectify_grades": ["E"]},
    ],
)
def test_a_scheme_that_speaks_of_what_is_not_there_is_refused(broken: dict[str, Any]) -> None:
    data = shipped("anhui").to_dict()
    data["scheme"] |= broken
    with pytest.raises(SchemeProblem):
        Definition.from_dict(data).check()


def test_parameters_that_make_no_sense_are_refused() -> None:
    steps = [{"code": code} for code in ("self", "panel", "approval", "circular")]
    base: dict[str, Any] = {"blocks": [{"sheet": "x"}], "steps": steps}
    AssessmentSchemes.model_validate(base)
    for wrong in (
        {"steps": steps[::-1]},
        {"steps": steps[:-1]},
        {"blocks": [{"sheet": "x", "weight": "0.5"}, {"sheet": "y", "code": "b", "weight": "0.4"}]},
    ):
        with pytest.raises(ValidationError):
            AssessmentSchemes.model_validate({**base, **wrong})
    assert Step(code="self", month=2, day=29).due(2025) == date(2026, 2, 28)
    with pytest.raises(ValidationError):
        Step(code="self", month=2)
