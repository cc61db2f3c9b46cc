"""However the index is read, a record gets the same answer; rows are those of Django's own query."""

from __future__ import annotations

from random import Random

import pytest
from django.utils import timezone

from hengjian.enterprises.loading import with_regions
from hengjian.enterprises.matching import Asked, candidates, match, match_many
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search import store
from hengjian.enterprises.search.indexing import fold

from ..search import world

pytestmark = pytest.mark.django_db


def asked_otherwise(names: list[str], number: int = 60) -> list[Asked]:
    """Names as other departments write them: a form changed, a part left out, one character wrong."""
    random = Random(3)
    found = []
    for _ in range(number):
        name = random.choice(names)
        how = random.randrange(4)
        if how == 0:
            name = name.replace("有限责任公司", "有限公司").replace("（", "(")
        elif how == 1:
            name = name[random.randrange(4) :]
        elif how == 2:
            at = random.randrange(len(name))
            name = name[:at] + random.choice("新鑫大华源") + name[at + 1 :]
        found.append(Asked(name=name, region="990100", address="新区路 1 号" if random.random() < 0.3 else ""))
    return found


def answers(asked: list[Asked]) -> list[list[tuple[int, float, str]]]:
    return [[(one.enterprise.pk, one.score, one.verdict) for one in match(record)] for record in asked]


@pytest.mark.parametrize("short", [0, 1, 500])
def test_long_lists_answer_like_short_ones(short: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_otherwise(list(world.build()))
    fold(timezone.now(), least=0)
    before = answers(asked)
    assert sum(map(bool, before)) > 40
    monkeypatch.setattr(store, "_SHORT", short)
    assert answers(asked) == before
    together = match_many(asked)
    assert [[(one.enterprise.pk, one.score, one.verdict) for one in found] for found in together] == before


def test_changed_ones_are_found_however_many_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_otherwise(list(world.build()))
    before = answers(asked)
    monkeypatch.setattr(candidates, "_FEW_BRANDS", 0)
    assert answers(asked) == before


def test_names_of_frequent_words_only_have_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every word of a name is frequent, the words together still tell who is meant."""
    rows = world.build()
    fold(timezone.now(), least=0)
    monkeypatch.setattr(store, "FEW", 0)
    for name in list(rows)[:10]:
        found = match(Asked(name=name))
        assert found and found[0].enterprise == rows[name], name


def test_rows_are_those_of_the_query() -> None:
    world.build()
    numbers = list(Enterprise.objects.values_list("pk", flat=True))
    plain = Enterprise.objects.select_related("region").in_bulk(numbers)
    read = with_regions(numbers)
    assert sorted(read) == sorted(plain)
    for pk, row in plain.items():
        for field in Enterprise._meta.concrete_fields:
            assert getattr(read[pk], field.attname) == getattr(row, field.attname)
        assert read[pk].region == row.region and read[pk].region.name == row.region.name
        assert not read[pk]._state.adding and read[pk]._state.db == row._state.db
    assert with_regions([]) == {}
