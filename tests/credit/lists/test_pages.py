"""Pages: lists and entries, receipts of departments, the check, what the public sees; nothing of entries that left."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hengjian.credit.lists.actions import LeaveList
from hengjian.credit.lists.models import ListEntry
from hengjian.credit.records.looks import looks_at
from hengjian.parties.models import User
from hengjian.publishing.lists import public_list, shown_rows
from tests.credit.lists.conftest import World

pytestmark = pytest.mark.django_db


def get(user: User | None, name: str, *args: object, **query: str) -> tuple[int, str]:
    client = Client()
    if user is not None:
        client.force_login(user)
    response = client.get(reverse(f"credit_lists:{name}", args=args), query)
    return response.status_code, response.content.decode()


def test_pages_of_the_officer(world: World) -> None:
    entry = world.enter(world.enterprises[0])
    officer = world.places.county_officer
    for name, words in (
        ("index", "严重违法失信名单"),
        ("entries", world.enterprises[0].name),
        ("catalogue", "不予授予荣誉"),
        ("tasks", "待接收"),
        ("check", "查询目的"),
    ):
        status, page = get(officer, name)
        assert status == 200 and words in page, name
    status, page = get(officer, "entry", entry.number)
    assert status == 200 and "澜东市监罚〔2026〕18号" in page and "2029-11-09" in page


def test_another_county_and_outsiders_see_no_rows(world: World) -> None:
    entry = world.enter(world.enterprises[0])
    name = world.enterprises[0].name
    for user in (world.places.other_officer, world.places.enterprise, world.places.citizen, None):
        for page in ("entries", "tasks"):
            assert name not in get(user, page)[1], (user, page)
        assert get(user, "entry", entry.number)[0] in (302, 403, 404)
    assert get(None, "check")[0] == 302 and get(world.places.citizen, "check")[0] == 403


def test_the_public_sees_who_is_listed_and_nobody_who_left(world: World) -> None:
    entry, name = world.enter(world.enterprises[0]), world.enterprises[0].name
    assert "严重违法失信名单" in get(None, "public_index")[1]
    assert name in get(None, "public", "serious_breach")[1]
    declared = public_list("credit-serious-breach")
    assert declared is not None and [row["name"] for row in shown_rows(declared, entry.entered_on)] == [name]
    assert get(None, "public", "nothing")[0] == 404
    LeaveList(user=None, system="test", entry=entry, how="repaired", reason="修复").execute()
    assert name not in get(None, "public", "serious_breach")[1]
    assert not shown_rows(declared, entry.entered_on)
    officer = world.places.county_officer
    for page in ("entries", "tasks"):
        assert name not in get(officer, page)[1]
    status, page = get(officer, "entry", entry.number)
    assert status == 200 and name not in page and "澜东市监罚" not in page
    assert get(world.places.officer, "entry", entry.number)[0] == 404


def test_a_department_answers_on_the_page(world: World) -> None:
    entry = world.enter(world.enterprises[0])
    task = entry.tasks.get(measure="no_subsidy")
    client = Client()
    client.force_login(world.finance_officer)
    address = reverse("credit_lists:task", args=[task.pk])
    assert "已接收，开始执行" in client.get(address).content.decode()
    answer = reverse("credit_lists:answer", args=[task.pk])
    client.post(answer, {"kind": "taken"})
    page = client.post(answer, {"kind": "applied", "matter": "2026 年质量补助"}, follow=True).content.decode()
    assert "2026 年质量补助" in page
    refused = client.post(answer, {"kind": "applied", "matter": " "})
    assert refused.status_code == 400 and "没有填写适用的事项" in refused.content.decode()
    client.force_login(world.places.other_officer)
    assert client.get(address).status_code == 404


def test_the_check_says_what_holds_and_is_logged(world: World) -> None:
    one = world.enterprises[0]
    world.enter(one)
    client = Client()
    client.force_login(world.finance_officer)
    ask = {"enterprise": one.code, "matter": "subsidy", "purpose": "受理质量补助申请"}
    page = client.post(reverse("credit_lists:check"), ask).content.decode()
    assert "限制财政资金支持" in page
    look = looks_at(one).first()
    assert look is not None and look.purpose == "受理质量补助申请"
    page = client.post(reverse("credit_lists:check"), ask | {"enterprise": world.enterprises[1].name}).content.decode()
    assert "没有限制" in page
    page = client.post(reverse("credit_lists:check"), ask | {"enterprise": "查无此企业"}).content.decode()
    assert "没有找到唯一的企业" in page


def test_the_queries_of_the_lists_do_not_grow(world: World) -> None:
    client = Client()
    client.force_login(world.places.county_officer)
    counts: dict[str, list[int]] = {"entries": [], "tasks": []}
    for enterprise in world.enterprises[:3]:
        world.enter(enterprise)
        for name, found in counts.items():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"credit_lists:{name}")).status_code == 200
            found.append(len(queries))
    assert ListEntry.objects.count() == 3
    for found in counts.values():
        assert found[1] == found[2], found
