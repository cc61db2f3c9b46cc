"""Scores: codes decide, names say most, the rest orders."""

from __future__ import annotations

import pytest

from hengjian.enterprises.matching.scoring import Asked, Known, score

from ..search.world import code_for

NAME = "包头市鑫达商贸有限责任公司"
ONE, OTHER = code_for(1), code_for(2)


def known(name: str = NAME, code: str = ONE, region: str = "150200", **more: object) -> Known:
    return Known((name,), code, region, "company", "active", **more)  # type: ignore[arg-type]


def test_two_valid_codes_are_never_one_body() -> None:
    for name in (NAME, "包头市鑫达商贸有限公司"):
        found = score(Asked(name=name, code=OTHER, region="150200"), known())
        assert found.verdict == "different" and found.score <= 0.02
        assert found.reasons[0].finding == "different"


def test_equal_codes_are_one_body_unless_the_kinds_contradict() -> None:
    assert score(Asked(code=ONE), known()).verdict == "same"
    assert score(Asked(name="包头市蓝天印务有限公司", code=ONE), known()).verdict == "same"
    twice = score(Asked(name="包头市第三中学", code=ONE), known())
    assert twice.verdict == "review" and twice.reasons[0].finding == "issued_twice"


def test_a_code_with_a_reading_error() -> None:
    found = score(Asked(name=NAME, code=ONE.replace("0", "O")), known())
    assert found.verdict == "same" and found.reasons[0].finding == "repaired"
    wrong = score(Asked(name=NAME, code="123"), known())
    assert wrong.verdict == "same" and wrong.reasons[0].finding == "invalid"


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (Asked(name="包头市鑫达商贸有限公司"), "same"),
        (Asked(name="鑫达商贸有限公司", region="150203"), "same"),
        (Asked(name="包头市鑫达贸易有限公司", region="150200"), "different"),
        (Asked(name="包头市鑫大商贸有限公司", region="150200", address="钢铁大街 1 号"), "different"),
        (Asked(name="赤峰市鑫达商贸有限公司", region="150400"), "different"),
        (Asked(name="包头市鑫达商贸有限责任公司昆区分公司", region="150200"), "different"),
        (Asked(name="包头市鑫达商贸"), "same"),
    ],
)
def test_names(asked: Asked, verdict: str) -> None:
    assert score(asked, known(address="昆都仑区钢铁大街1号")).verdict == verdict


def test_scores_order_what_is_alike() -> None:
    """Equal names do not all end at one figure (nomenklatura #334)."""
    asked = Asked(name=NAME, region="150203", address="昆都仑区钢铁大街1号")
    scores = [
        score(asked, known(address="包头市昆都仑区钢铁大街 1 号", region="150203")),
        score(asked, known(address="包头市昆都仑区钢铁大街 1 号")),
        score(asked, known()),
        score(asked, known(address="东河区巴彦塔拉西大街99号", region="150202")),
        score(asked, known("鑫达商贸有限公司", region="150203")),
        score(asked, known(region="150400")),
    ]
    figures = [one.score for one in scores]
    assert len(set(figures)) == len(figures) and max(figures) < 1
    assert figures[:4] == sorted(figures[:4], reverse=True)


def test_a_former_name_counts_nearly_as_much() -> None:
    renamed = Known(("包头市蓝天印务有限公司", NAME), ONE, "150200", "company", "active")
    found = score(Asked(name=NAME), renamed)
    assert found.verdict == "same" and found.reasons[-1].part == "former_name"
    assert found.score < score(Asked(name=NAME), known()).score
