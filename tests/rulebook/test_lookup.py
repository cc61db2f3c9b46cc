"""Which rule holds where and when."""

from __future__ import annotations

from datetime import date

import pytest

from hengjian import rulebook
from hengjian.rulebook.base import covers, region_prefix
from hengjian.rulebook.parameters.grades import Grades
from hengjian.rulebook.parameters.terms import Terms

ON = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("region", "expected"),
    [("640104", "yinchuan"), ("640100", "yinchuan"), ("640200", "common"), ("330304", "ouhai"), ("990000", "common")],
)
def test_the_default_convention_of_a_region(region: str, expected: str) -> None:
    assert rulebook.at("traffic_lights", region, ON).variant == expected


def test_a_convention_can_be_chosen_anywhere() -> None:
    assert rulebook.at("traffic_lights", "650000", ON, "suqian").id == "traffic_lights.suqian.2025"
    names = [rule.variant for rule in rulebook.variants("traffic_lights", "650000", ON)]
    assert names == ["common", "ouhai", "suqian", "yichang", "yinchuan"]


def test_the_most_specific_region_wins() -> None:
    assert rulebook.at("grades", "632800", ON, "water").id == "grades.water.qinghai-2018"
    assert rulebook.at("grades", "650000", ON, "water").id == "grades.water.2018"
    assert rulebook.at("grades", "632800", date(2015, 1, 1), "water").id == "grades.water.2014"


def test_not_found_says_what_exists() -> None:
    with pytest.raises(rulebook.RuleNotFound) as caught:
        rulebook.at("terms", "650000", date(2010, 1, 1), "complaint-decide")
    error = caught.value
    assert (error.family, error.region, error.on, error.variant) == (
        "terms",
        "650000",
        date(2010, 1, 1),
        "complaint-decide",
    )
    assert [rule.id.rsplit(".", 1)[1] for rule in error.nearest] == ["order-62-2014", "order-20-2019", "order-121-2025"]
    for text in (error.message_zh, error.message_en):
        assert "650000" in text and "2010-01-01" in text and "2014-03-15" in text
    with pytest.raises(rulebook.RuleNotFound, match="award-notice"):
        rulebook.at("terms", "650100", ON, "award-notice")
    with pytest.raises(rulebook.RuleNotFound):
        rulebook.get("terms.nothing.here")
    with pytest.raises(KeyError):
        rulebook.at("nothing", "650000", ON)


def test_codes_and_prefixes() -> None:
    assert [region_prefix(code) for code in ("000000", "650000", "652900", "652901", "652901003")] == [
        "",
        "65",
        "6529",
        "652901",
        "652901003",
    ]
    assert covers("000000", "990101") and covers("652900", "652901") and not covers("652900", "652000")


def test_typed_refuses_another_family() -> None:
    with pytest.raises(TypeError, match="Grades"):
        rulebook.get("grades.water.2018").typed(Terms)


def test_every_rule_explains_itself_and_has_a_source() -> None:
    for rule in rulebook.all_rules():
        told = [sentence.text() for sentence in rulebook.explain(rule)]
        assert all(text.endswith("。") for text in told), told
        assert any(rule.source.document in text for text in told)
        assert rulebook.get(rule.id) is rule
        assert (told[-1].startswith("待核")) is rule.to_verify


def test_two_versions_side_by_side() -> None:
    old, new = rulebook.get("grades.water.2014"), rulebook.get("grades.water.2018")
    assert [(d.path, d.kind, d.after) for d in rulebook.diff(old, new)] == [("bands[A].max_rank", "added", "10")]
    rows = rulebook.side_by_side([old, new])
    assert [row.values for row in rows if row.path == "bands[A].at_least"] == [("90", "90")]
    assert rulebook.diff(new, new) == []


def test_the_version_follows_the_content() -> None:
    rule = rulebook.get("grades.water.2018")
    edited = rule.model_copy(update={"parameters": rule.typed(Grades).model_copy(update={"veto_grade": "C"})})
    retitled = rule.model_copy(update={"title": "另一个题名"})
    assert edited.version != rule.version == retitled.version
