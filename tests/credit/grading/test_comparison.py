"""Champion and challenger: the same enterprises under two packs, and which told better what came."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from hengjian.credit.grading.actions import ClassifyMonth
from hengjian.credit.grading.comparing import crossed, judged
from hengjian.credit.grading.models import Run
from hengjian.credit.records.models import CreditRecord
from hengjian.methods.credit_scorecards import separation, separation_of
from tests.credit.grading.conftest import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(world: World) -> tuple[Run, Run]:
    world.listed(world.enterprises[0], date(2026, 8, 10))
    for pack in ("quality-credit", "risk-class"):
        ClassifyMonth(user=None, system="test", pack=pack, month="2026-09").execute()
    champion, challenger = Run.objects.order_by("pack")
    return champion, challenger


def breach(world: World, number: int, day: date, **more: object) -> CreditRecord:
    place = world.places
    return CreditRecord.objects.create(
        enterprise=world.enterprises[number], organ=place.county_market, category="penalty", catalogue="N-03-02",
        severity="general", decided_on=day, min_until=day + timedelta(days=90), edition="2025",
        identity=f"{number}:{day}", state="published", **more,
    )  # fmt: skip


def test_who_is_where_and_who_told_better(world: World, runs: tuple[Run, Run]) -> None:
    champion, challenger = runs
    breach(world, 0, date(2026, 10, 8))
    breach(world, 1, champion.as_of)  # known already
    breach(world, 2, champion.as_of + timedelta(days=400))  # too late
    told = judged(champion, None)
    assert (told.total, told.later, told.index) == (6, 1, None)
    assert told.power is not None and told.power.bad == 1
    assert {row.grade: row.later for row in told.rows if row.later} == {"D": 1}
    table = dict(crossed(champion, challenger))
    assert sum(sum(row) for row in table.values()) == 6 and all(row[-1] == 0 for row in table.values())
    assert sum(table["D"]) == 1


def test_a_record_that_ended_is_used_no_more(world: World, runs: tuple[Run, Run]) -> None:
    gone = breach(world, 0, date(2026, 10, 8))
    CreditRecord.objects.filter(pk=gone.pk).update(sealed_at="2026-10-20T00:00:00Z")
    assert judged(runs[0], None).later == 0 and judged(runs[0], None).power is None


def test_the_page_and_who_may_read_it(world: World, runs: tuple[Run, Run]) -> None:
    address = reverse("credit_grading:comparison")
    client = Client()
    assert client.get(address).status_code == 302
    client.force_login(world.places.citizen)
    assert client.get(address).status_code == 403
    client.force_login(world.analyst)
    page = client.get(address, {"pack": "quality-credit", "against": "risk-class"}).content.decode()
    for words in ("企业信用风险分类", "企业质量信用等级", "两个规则包的等级", "还没有失信记录"):
        assert words in page, words
    for odd in ({"pack": "x", "against": "y", "month": "z"}, {"pack": "risk-class", "against": "risk-class"}):
        assert client.get(address, odd).status_code == 200


def test_separation_from_counts_is_that_of_the_cases() -> None:
    scores, bad = [10.0, 20.0, 20.0, 30.0], [True, True, False, False]
    assert separation(scores, bad) == separation_of({10.0: (1, 0), 20.0: (1, 1), 30.0: (0, 1)})
