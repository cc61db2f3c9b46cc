"""Pages: who sees classes, looks are logged, adjustments take two people, nothing of other regions."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from hengjian.credit.grading.actions import AskAdjustment, ClassifyMonth, DecideAdjustment, EndAdjustment
from hengjian.credit.grading.models import Classification, Run
from hengjian.credit.grading.queries import grade_of, may_see_class
from hengjian.credit.records.looks import looks_at
from hengjian.parties.models import User
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.credit.grading.conftest import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 10)


@pytest.fixture
def graded(world: World) -> World:
    world.listed(world.enterprises[0], DAY)
    for month in ("2026-08", "2026-09"):
        for pack in ("quality-credit", "risk-class"):
            ClassifyMonth(user=None, system="test", pack=pack, month=month).execute()
    return world


def get(user: User | None, name: str, *args: object, **query: str) -> tuple[int, str]:
    client = Client()
    if user is not None:
        client.force_login(user)
    response = client.get(reverse(f"credit_grading:{name}", args=args), query)
    return response.status_code, response.content.decode()


def test_the_month_at_a_glance(graded: World) -> None:
    status, page = get(graded.analyst, "overview", pack="risk-class")
    assert status == 200
    for words in ("企业信用风险分类", "2026-09", "群体稳定性指数", "待核", "61%—100%", "内部分类"):
        assert words in page, words
    status, page = get(graded.analyst, "overview", pack="quality-credit", month="2026-08")
    assert status == 200 and "首次分级 6 户" in page and "内部分类" not in page
    assert get(graded.analyst, "runs")[0] == 200


@pytest.mark.parametrize("name", ["overview", "classes", "adjustments", "runs"])
def test_nobody_else_sees_classes(graded: World, name: str) -> None:
    places = graded.places
    assert get(None, name)[0] == 302
    for user in (places.citizen, places.enterprise):
        status, page = get(user, name)
        assert status in (403, 200) and graded.enterprises[0].name not in page
        assert not may_see_class(user)
    assert get(places.citizen, "enterprise", graded.enterprises[0].key)[0] == 404


def test_an_officer_sees_the_own_region_only_and_every_look_is_logged(graded: World) -> None:
    here, there = graded.enterprises[0], graded.enterprises[3]
    officer = graded.places.county_officer
    status, page = get(officer, "classes", pack="risk-class")
    assert status == 200 and here.name in page and there.name not in page
    assert looks_at(here).count() == 1 and not looks_at(there).exists()
    assert get(officer, "enterprise", there.key, pack="risk-class")[0] == 404
    client = Client()
    client.force_login(officer)
    address = reverse("credit_grading:enterprise", args=[here.key]) + "?pack=risk-class"
    asked = client.get(address).content.decode()
    assert "查看目的" in asked and "限制条件" not in asked
    shown = client.post(address, {"asks": "purpose", "purpose": "拟定抽查名单"}).content.decode()
    assert "列入严重违法失信名单" in shown
    look = looks_at(here).first()
    assert look is not None and (look.purpose, look.unit) == ("拟定抽查名单", graded.places.county_market)
    assert client.get(address.replace("risk-class", "quality-credit")).status_code == 200


def test_the_queries_of_the_list_do_not_grow(graded: World, django_assert_max_num_queries: object) -> None:
    client = Client()
    client.force_login(graded.analyst)
    address = reverse("credit_grading:classes")
    client.get(address)
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        client.get(address, {"pack": "quality-credit"})


def test_two_people_adjust_a_grade_and_it_ends(graded: World) -> None:
    one, officer, head = graded.enterprises[1], graded.places.county_officer, graded.places.county_head
    ask = {"enterprise": one, "pack": "risk-class", "until": date(2027, 3, 1), "reason": "现场核查发现重大隐患"}
    with pytest.raises(Forbidden):
        AskAdjustment(user=graded.places.other_officer, grade="C", **ask).execute()  # type: ignore[arg-type]
    with pytest.raises(ActionRefused, match="最长一年"):
        AskAdjustment(user=officer, grade="C", **ask | {"until": date(2029, 1, 1)}).execute()  # type: ignore[arg-type]
    row = AskAdjustment(user=officer, grade="C", **ask).execute()  # type: ignore[arg-type]
    with pytest.raises(ActionRefused, match="已有一项调整"):
        AskAdjustment(user=officer, grade="D", **ask).execute()  # type: ignore[arg-type]
    assert (
        get(head, "adjustment", row.pk)[0] == 200 and get(graded.places.other_officer, "adjustment", row.pk)[0] == 404
    )
    with pytest.raises(Forbidden):
        DecideAdjustment(user=officer, adjustment=row, agrees=True).execute()
    DecideAdjustment(user=head, adjustment=row, agrees=True).execute()
    found = grade_of(one, "risk-class")
    assert found is not None and (found.grade, found.computed, found.adjusted) == ("C", "B", True)
    ClassifyMonth(user=None, system="test", pack="risk-class", month="2026-10").execute()
    found = grade_of(one, "risk-class")
    assert found is not None and found.grade == "C"
    EndAdjustment(user=head, adjustment=row).execute()
    found = grade_of(one, "risk-class")
    assert found is not None and (found.grade, found.adjusted) == ("B", False)


def test_replay_from_the_page(graded: World) -> None:
    run = Run.objects.get(pack="risk-class", month="2026-09")
    client = Client()
    client.force_login(graded.analyst)
    page = client.post(reverse("credit_grading:replay", args=[run.pk]), follow=True).content.decode()
    assert "没有其他差异" in page
    Classification.objects.filter(enterprise=graded.enterprises[2], pack="risk-class").update(grade="A", computed="A")
    page = client.post(reverse("credit_grading:replay", args=[run.pk]), follow=True).content.decode()
    assert graded.enterprises[2].key in page
