"""Candidates from the index, alone and many at a time."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hengjian.enterprises.matching import Asked, match, match_many
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search.indexing import fold
from hengjian.enterprises.search.rebuilding import reindex

from ..search import world

pytestmark = pytest.mark.django_db


@pytest.fixture(params=("fresh", "folded", "rebuilt"))
def made(request: pytest.FixtureRequest) -> dict[str, Enterprise]:
    rows = world.build(indexed=request.param != "rebuilt")
    if request.param == "folded":
        fold(timezone.now(), least=0)
    if request.param == "rebuilt":
        reindex()
    return rows


def test_one_by_one(made: dict[str, Enterprise]) -> None:
    food, heavy = made["澜州市绿源食品有限公司"], made["澜川重工集团股份有限公司"]
    for asked, row, verdict in (
        (Asked(name="澜州市绿源食品有限责任公司"), food, "same"),
        (Asked(name="绿源食品有限公司", region="990100"), food, "same"),
        (Asked(name="澜州市綠源食品有限公司", code=food.code), food, "same"),
        (Asked(code=food.code), food, "same"),
        (Asked(code="990100000001234"), heavy, "same"),
        (Asked(code=heavy.code[8:17]), heavy, "same"),
        (Asked(name="澜川机械厂"), heavy, "same"),
        (Asked(name="澜州市绿源食品有限公司", code=world.code_for(999)), food, "different"),
    ):
        found = match(asked)
        assert found and found[0].enterprise == row and found[0].verdict == verdict, (asked, found)
        assert found[0].reasons


def test_like_names_are_told_apart(made: dict[str, Enterprise]) -> None:
    found = match(Asked(name="石泉县鑫达商贸有限责任公司"))
    assert found[0].enterprise.name == "石泉县鑫达商贸有限公司" and found[0].verdict == "same"
    assert [one.verdict for one in found[1:]].count("same") == 0
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_nothing_to_go_by(made: dict[str, Enterprise]) -> None:
    assert match(Asked()) == [] == match(Asked(name="　")) == match(Asked(name="完全没有这家实业有限公司"))


def test_many_as_one_by_one(made: dict[str, Enterprise]) -> None:
    asked = [Asked(name=name) for name in made] * 20
    together = match_many(asked)
    assert [[(one.enterprise.pk, one.score) for one in found] for found in together] == [
        [(one.enterprise.pk, one.score) for one in match(one_asked)] for one_asked in asked[: len(made)]
    ] * 20
    for name, found in zip(made, together, strict=False):
        assert found[0].enterprise == made[name] and found[0].verdict == "same"
