"""The officer's and the enterprise's pages."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hengjian.trace.events.capture import add_events
from hengjian.trace.events.models import CaptureJob, Event, NamedQuery, PartyKey, Subscription
from tests.places import queries_of
from tests.trace.events.conftest import ITEM, LOT, SHOP, Chain, document, event

BASE = "/trace/events/"


def client_of(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def upload(client: Client, *events: dict[str, Any], data: bytes | None = None, **more: str) -> Any:
    content = json.dumps(document(*events)).encode() if data is None else data
    file = SimpleUploadedFile("三月.json", content)
    return client.post(f"{BASE}capture/", {"file": file, "behaviour": "rollback", **more}, follow=True)


def test_an_enterprise_uploads_a_document_and_reads_its_events(chain: Chain) -> None:
    client = client_of(chain.maker_user)
    goes = {"type": "owning_party", "destination": f"https://lanchuan.example/party/{SHOP}"}
    given = event(
        3,
        quantityList=[{"epcClass": f"{LOT}A", "quantity": 12.5, "uom": "KGM"}],
        destinationList=[goes],
        bizTransactionList=[{"type": "po", "bizTransaction": "https://example.com/po/1"}],
        sensorElementList=[{"sensorReport": [{"type": "Temperature", "value": 4.5, "uom": "CEL"}]}],
        **{"ex:note": "<script>alert(1)</script>"},
    )
    page = upload(client, given)
    assert "采集完成" in page.content.decode() and "三月.json" in page.content.decode()
    stored = Event.objects.get()
    text = client.get(f"{BASE}{stored.pk}/").content.decode()
    for part in ("发货", "在途", "01/04012345111118/21/3", "12.5 KGM", "望澜百汇超市有限公司", "采购订单", "4.5 ℃",
                 stored.hash_uri, "云岭乳业"):  # fmt: skip
        assert part in text, part
    assert "<script>alert" not in text
    english = client.get(f"{BASE}{stored.pk}/", headers={"Cookie": "django_language=en"}).content.decode()
    assert "Shipping" in english or client.cookies


def test_faults_are_listed_and_nothing_is_kept(chain: Chain) -> None:
    client = client_of(chain.maker_user)
    page = upload(client, event(1), event(2, action="SELL")).content.decode()
    assert "未采集" in page and "eventList[1].action" in page and "action_unknown" in page
    assert not Event.objects.exists()
    assert "部分采集" in upload(client, event(1), event(2, action="SELL"), behaviour="proceed").content.decode()
    for data in (b"\x89PNG\r\n", b"<a>", b"{"):
        assert "未采集" in upload(client, data=data).content.decode()
    assert "请填写" in client.post(f"{BASE}capture/", {"behaviour": "rollback"}).content.decode()
    assert "提交的是空文件" in upload(client, data=b"").content.decode() or CaptureJob.objects.count() == 5


def test_who_sees_which_events(chain: Chain) -> None:
    goes = {"type": "owning_party", "destination": f"https://lanchuan.example/party/{SHOP}"}
    add_events([event(1), event(2, destinationList=[goes])], chain.maker, None, system="test")
    seen = {chain.maker_user: (1, 2), chain.shop_user: (2,), chain.stranger_user: (), chain.place.officer: (1, 2),
            chain.place.county_officer: (2,)}  # fmt: skip
    for user, numbers in seen.items():
        client = client_of(user)
        text = client.get(BASE).content.decode()
        for number in (1, 2):
            assert (f"21/{number}<" in text) == (number in numbers), (user, number)
            status = client.get(f"{BASE}{number}/").status_code
            assert status == (200 if number in numbers else 404)
        found = client.get(BASE, {"q": f"{ITEM}1"}).content.decode()
        assert ("21/1<" in found) == (1 in numbers)
    for user in (None, chain.place.citizen):
        for path in ("", "1/", "jobs/", f"jobs/{uuid4()}/", "capture/", "queries/"):
            response = client_of(user).get(f"{BASE}{path}")
            # A list opens for everybody who is logged in, without the rows of others.
            closed = response.status_code in (302, 403, 404)
            assert closed or (path in ("", "jobs/") and "21/" not in response.content.decode()), path


def test_filters_find_by_any_way_of_writing(chain: Chain) -> None:
    add_events([event(1), event(2, bizStep="packing", disposition="recalled")], chain.maker, None, system="test")
    client = client_of(chain.place.officer)
    for query, number in (({"q": "urn:epc:id:sgtin:4012345.011111.1"}, 1), ({"step": "packing"}, 2),
                          ({"disposition": "recalled"}, 2), ({"time_to": "2026-09-02"}, 1)):  # fmt: skip
        text = client.get(BASE, query).content.decode()
        assert f"21/{number}<" in text and f"21/{3 - number}<" not in text, query
    assert client.get(BASE, {"export": "csv"}).status_code == 200


def test_lists_take_as_many_queries_for_many_rows(chain: Chain) -> None:
    client = client_of(chain.place.officer)
    add_events([event(1)], chain.maker, None, system="test")
    few = queries_of(client, BASE)
    add_events([event(n) for n in range(2, 20)], chain.maker, None, system="test")
    assert queries_of(client, BASE) == few
    maker = client_of(chain.maker_user)
    CaptureJob.objects.create(party=chain.maker, created_at=timezone.now())
    few = queries_of(maker, f"{BASE}jobs/")
    CaptureJob.objects.bulk_create([CaptureJob(party=chain.maker, created_at=timezone.now()) for _ in range(9)])
    assert queries_of(maker, f"{BASE}jobs/") == few


def test_identifiers_queries_and_subscriptions(chain: Chain) -> None:
    gln = "urn:epc:id:pgln:4012345.00003"
    named = event(1, destinationList=[{"type": "owning_party", "destination": gln}])
    add_events([named], chain.maker, None, system="test")
    shop = client_of(chain.shop_user)
    assert shop.get(f"{BASE}1/").status_code == 404
    shop.post(f"{BASE}queries/", {"do": "key", "key": gln})
    assert PartyKey.objects.get().unit == chain.shop and shop.get(f"{BASE}1/").status_code == 200
    twice = client_of(chain.maker_user).post(f"{BASE}queries/", {"do": "key", "key": gln})
    assert "已由" in twice.content.decode() and PartyKey.objects.count() == 1
    wrong = shop.post(f"{BASE}queries/", {"do": "query", "name": "a", "parameters": "EQ_colour=red"})
    assert "EQ_colour" in wrong.content.decode() and not NamedQuery.objects.exists()
    shop.post(f"{BASE}queries/", {"do": "query", "name": "收货", "parameters": "EQ_bizStep=receiving|accepting"})
    query = NamedQuery.objects.get()
    assert query.parameters == {"EQ_bizStep": ["receiving", "accepting"]}
    inside = {"do": "subscribe", "query": query.pk, "dest": "https://10.0.0.1/x"}
    assert "内部网络" in shop.post(f"{BASE}queries/", inside).content.decode()
    shop.post(f"{BASE}queries/", {**inside, "dest": "https://example.com/x", "hour": "8"})
    made = Subscription.objects.get()
    assert made.schedule == {"second": "0", "minute": "0", "hour": "8"}
    stranger = client_of(chain.stranger_user)
    assert "example.com/x" not in stranger.get(f"{BASE}queries/").content.decode()
    for action in ({"do": "unsubscribe", "subscription": made.pk}, {"do": "delete", "query": query.pk},
                   {"do": "unsubscribe", "subscription": "x"}, {"do": "delete", "query": "x"}):  # fmt: skip
        assert stranger.post(f"{BASE}queries/", action).status_code == 404
    Subscription.objects.update(state="broken")
    shop.post(f"{BASE}queries/", {"do": "resume", "subscription": made.pk})
    assert Subscription.objects.get().state == "active"
    shop.post(f"{BASE}queries/", {"do": "unsubscribe", "subscription": made.pk})
    shop.post(f"{BASE}queries/", {"do": "delete", "query": query.pk})
    assert not Subscription.objects.exists() and not NamedQuery.objects.exists()


@pytest.mark.parametrize("path", ["", "jobs/", "queries/", "capture/"])
def test_every_page_opens(chain: Chain, path: str) -> None:
    assert client_of(chain.maker_user).get(f"{BASE}{path}").status_code == 200
