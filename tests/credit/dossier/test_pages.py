"""The pages for everybody, for officers and for the enterprise itself; who is kept out of what."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from hengjian.credit.records.looks import looks_at
from hengjian.credit.records.models import Look
from tests.credit.dossier.conftest import Told, signed_in

pytestmark = pytest.mark.django_db
TABS = ("", "identity", "penalties", "complaints", "licences", "timeline", "all")


def public_url(told: Told) -> str:
    return reverse("credit_dossier:public", args=[told.code])


def inside_url(told: Told) -> str:
    return reverse("credit_dossier:dossier", args=[told.code])


def test_the_public_page_says_what_is_public_and_nothing_more(told: Told) -> None:
    client = Client()
    for tab in TABS:
        page = client.get(public_url(told), {"tab": tab}).content.decode()
        assert told.enterprise.name in page
        for secret in ("酸奶胀包", "氨制冷", "液氨", "已撤下的标题", "查看记录"):
            assert secret not in page, (tab, secret)
    assert "生产不合格灭菌乳" in client.get(public_url(told), {"tab": "penalties"}).content.decode()
    assert "共登记 2 件" in client.get(public_url(told), {"tab": "complaints"}).content.decode()
    for tab in ("risks", "looks", "nothing"):
        assert client.get(public_url(told), {"tab": tab}).status_code == 404


def test_an_officer_says_why_once_and_every_look_is_logged(told: Told) -> None:
    client = signed_in(told.market.county_officer)
    asked = client.get(inside_url(told), {"tab": "risks"})
    assert "查看目的" in asked.content.decode() and "氨制冷" not in asked.content.decode()
    assert not Look.objects.exists()
    assert client.post(inside_url(told), {"purpose": "other", "note": ""}).status_code == 422
    client.post(inside_url(told) + "?tab=risks", {"purpose": "enforcement", "note": "案件 8 号"})
    page = client.get(inside_url(told), {"tab": "risks"}).content.decode()
    assert "氨制冷机房" in page and "案件办理：案件 8 号" in page
    client.get(inside_url(told))
    assert [look.what for look in looks_at(told.enterprise)] == ["质量信用档案：概况", "质量信用档案：风险"]
    assert {look.purpose for look in Look.objects.all()} == {"案件办理：案件 8 号"}
    for tab in TABS:
        assert client.get(inside_url(told), {"tab": tab}).status_code == 200


def test_the_enterprise_sees_its_own_and_who_looked(told: Told) -> None:
    officer = signed_in(told.market.county_officer)
    officer.post(inside_url(told), {"purpose": "permit", "note": ""})
    officer.get(inside_url(told))
    client = signed_in(told.market.enterprise)
    page = client.get(inside_url(told), {"tab": "looks"}).content.decode()
    assert "行政许可、资质审查" in page and told.market.county_market.name in page
    assert "提出异议" in client.get(inside_url(told), {"tab": "penalties"}).content.decode()
    assert client.get(inside_url(told), {"tab": "risks"}).status_code == 404
    assert Look.objects.count() == 1
    assert client.get(reverse("credit_dossier:mine")).status_code == 200


@pytest.mark.parametrize("who", ["citizen", "other_officer", "enterprise"])
def test_others_see_the_public_page(told: Told, who: str) -> None:
    client = signed_in(getattr(told.market, who))
    url = reverse("credit_dossier:dossier", args=[told.elsewhere.code if who == "enterprise" else told.code])
    answer = client.get(url, {"tab": "risks"})
    assert answer.status_code == 302 and "/enterprises/" in answer["Location"]
    assert Client().get(url).status_code == 302


def test_a_query_finds_by_name_and_code(told: Told, django_assert_max_num_queries: object) -> None:
    client = Client()
    url = reverse("credit_dossier:public_search")
    assert client.get(url).status_code == 200
    answer = client.get(url, {"q": told.code})
    assert answer.status_code == 302 and answer["Location"] == public_url(told)
    brand = told.enterprise.name[2:5]
    assert told.enterprise.name in client.get(url, {"q": brand}).content.decode()
    assert told.enterprise.name in client.get(reverse("credit_dossier:suggest"), {"q": brand}).content.decode()
    assert "没有找到" in client.get(url, {"q": "查无此企业名"}).content.decode()
    assert client.get(url, {"q": "a\x00b", "page": "-1", "region": "x", "status": "y"}).status_code in (200, 400)
    assert client.get(reverse("credit_dossier:search")).status_code == 302
    assert signed_in(told.market.citizen).get(reverse("credit_dossier:search")).status_code == 403
    assert signed_in(told.market.officer).get(reverse("credit_dossier:search"), {"q": brand}).status_code == 200


def test_times_that_cannot_be_used_are_said(told: Told) -> None:
    page = Client().get(public_url(told), {"known_on": "2999-01-01", "valid_on": "x"}).content.decode()
    assert "这一天还没有到" in page
    earlier = Client().get(public_url(told), {"valid_on": "2026-04-01", "tab": "penalties"}).content.decode()
    assert "生产不合格灭菌乳" not in earlier and "所选时点" in earlier
    assert "与 2026-04-01 相比" in Client().get(public_url(told), {"since": "2026-04-01"}).content.decode()
