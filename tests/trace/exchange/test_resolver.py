"""The page behind a code: Digital Links, own identifiers, what it shows and what it keeps to itself."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.methods.gs1.compression import compress
from hengjian.registers.actions import CreateEntry, EntryRefused
from hengjian.registers.models import EntryBase
from hengjian.trace.events.capture import add_events
from hengjian.trace.exchange.certificates import WithdrawCertificate
from hengjian.trace.exchange.models import Lookup
from tests.trace.exchange.conftest import TraceWorld

GTIN = "06901234567892"


@pytest.fixture
def product(trace: TraceWorld) -> EntryBase:
    values = {
        "name": "禾声番茄酱",
        "maker": trace.farm.key,
        "maker_name": trace.farm.name,
        "measure": "罐",
        "spec": "198 克",
        "shelf_days": 540,
    }
    return CreateEntry(
        user=trace.market.county_officer,
        register="trace_product",
        key="6901234567892",
        values=values,
        unit=trace.market.county_market,
        region=trace.market.county,
    ).execute()


def capture(trace: TraceWorld, key: str, **more: Any) -> None:
    event = {
        "type": "ObjectEvent",
        "action": "ADD",
        "eventTime": (timezone.now() - timedelta(days=2)).isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "commissioning",
        "epcList": [key],
        **more,
    }
    add_events([event], party=trace.farm, user=trace.farmer)


def text(answer: Any) -> str:
    return answer.content.decode()


def test_addresses_answer_as_the_syntax_says(product: EntryBase, client: Client) -> None:
    for path, status in (
        (f"/01/{GTIN}", 200),
        ("/01/6901234567892", 200),
        (f"/01/{GTIN}/10/L%2D1", 200),
        (f"/01/{GTIN}/10/L1/21/S1?17=270131", 200),
        ("/01/06901234567893", 400),
        (f"/21/S1/01/{GTIN}", 404),
        (f"/01/{GTIN}/21/S1/10/L1", 400),
        (f"/01/{GTIN}/99/x", 400),
        ("/01/123", 400),
        ("/01/00000096385074", 404),
        ("/00/006901234000000018", 404),
        ("/00/006901234000000019", 400),
        ("/id/nonsense/1", 404),
        ("/id/certificate/HG1", 404),
        ("/id/pesticide/" + "1" * 32, 200),
        ("/id/pesticide/" + "9" * 32, 400),
    ):
        assert client.get(path, follow=True).status_code == status, path


def test_the_page_tells_what_is_known_and_no_partner(trace: TraceWorld, product: EntryBase, client: Client) -> None:
    made = trace.certificate(product_code="6901234567892")
    trace.collected(made, "60")
    page = text(client.get(f"/01/{GTIN}/10/L1", follow=True))
    assert "可以追溯" in page
    assert "禾声番茄酱" in page
    assert "198 克" in page
    assert trace.farm.name in page
    assert "澜东区禾声牧场" in page
    assert made.key in page
    assert "收货" in page
    assert "河湾区" in page
    assert trace.shop.name not in page
    assert "19900001234" not in page
    assert "<strong>60" not in page
    assert (timezone.localdate() + timedelta(days=540)).isoformat() in page


def test_an_expired_item_and_a_withdrawn_certificate_are_red(
    trace: TraceWorld, product: EntryBase, client: Client
) -> None:
    assert "已过期" in text(client.get(f"/01/{GTIN}/10/L9", {"17": "200100"}, follow=True))
    made = trace.certificate(product_code="6901234567892")
    WithdrawCertificate(user=trace.farmer, certificate=made, reason="检出超标").execute()
    assert "合格证已撤回" in text(client.get(f"/01/{GTIN}/10/L1", follow=True))
    assert "合格证已撤回" in text(client.get(f"/id/certificate/{made.key}"))


def test_a_running_recall_stands_above_everything(
    trace: TraceWorld, product: EntryBase, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hengjian.trace.chain.recalls import RecallState

    state = RecallState("召1", "番茄酱", "", "某局", date(2026, 3, 1), "玻璃碎片", "划伤", "停止食用，退回商店", True)
    monkeypatch.setattr("hengjian.trace.exchange.passport.recall_states", lambda keys: dict.fromkeys(keys, state))
    page = text(client.get(f"/01/{GTIN}/10/L1?17=200101", follow=True))
    assert "正在召回，请停止使用" in page
    assert "停止食用，退回商店" in page
    assert "已过期" not in page


def test_items_are_counted_and_many_look_ups_warn(trace: TraceWorld, product: EntryBase, client: Client) -> None:
    key = f"https://id.gs1.org/01/{GTIN}/21/S1"
    capture(trace, key)
    first = text(client.get(f"/01/{GTIN}/21/S1", follow=True))
    assert "第一次被查询" in first
    client.head(f"/01/{GTIN}/21/S1")
    Lookup.objects.filter(key=key).update(count=29, day=timezone.localdate() - timedelta(days=3))
    again = text(client.get(f"/01/{GTIN}/21/S1", follow=True))
    assert "共被查询 30 次" in again
    assert "请留意" in again
    assert set(Lookup.objects.values_list("region", flat=True)) == {"990102"}


def test_events_that_were_declared_wrong_are_not_shown(trace: TraceWorld, product: EntryBase, client: Client) -> None:
    key = f"https://id.gs1.org/01/{GTIN}/21/S2"
    event = {
        "type": "ObjectEvent",
        "action": "ADD",
        "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "eventTime": "2026-03-01T08:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "commissioning",
        "epcList": [key],
    }
    add_events([event], party=trace.farm, user=trace.farmer)
    wrong = {
        **event,
        "errorDeclaration": {"declarationTime": "2026-03-02T08:00:00.000+08:00", "reason": "did_not_occur"},
    }
    add_events([wrong], party=trace.farm, user=trace.farmer)
    assert "没有查到批次" in text(client.get(f"/01/{GTIN}/21/S2", follow=True))


def test_an_imported_lot_leads_to_its_maker_abroad(trace: TraceWorld, client: Client) -> None:
    office = {"user": None, "system": "test", "unit": trace.market.county_market, "region": trace.market.county}

    def enter(register: str, key: str, **values: Any) -> EntryBase:
        return CreateEntry(**office, register=register, key=key, values=values).execute()  # type: ignore[arg-type]

    enter("overseas_maker", "CNOR0042", name="Fjordvik Meieri", country="挪威", products="乳制品")
    enter("food_importer", "9900600012", name="进口商", holder=trace.shop.key, makers="CNOR0042", products="乳制品")
    given = {
        "product": "全脂奶粉",
        "importer": trace.shop.key,
        "maker": "CNOR0042",
        "lot": f"https://any.example/01/{GTIN}/10/IM1",
        "origin": "挪威",
        "arrived": "2026-03-01",
        "result": "passed",
    }
    with pytest.raises(EntryRefused, match="CNOR9999"):
        enter("imported_lot", "990020260001-01", **{**given, "maker": "CNOR9999"})
    with pytest.raises(EntryRefused):
        enter("imported_lot", "990020260001-01", **{**given, "lot": f"https://any.example/01/{GTIN}"})
    lot = enter("imported_lot", "990020260001-01", **given)
    assert lot.value("lot") == f"https://id.gs1.org/01/{GTIN}/10/IM1"
    page = text(client.get(f"/01/{GTIN}/10/IM1", follow=True))
    assert "全脂奶粉" in page
    assert "CNOR0042" in page
    assert "挪威" in page


def test_an_item_shares_the_way_of_its_box_while_it_lies_in_it(
    trace: TraceWorld, product: EntryBase, client: Client
) -> None:
    item, box = f"https://id.gs1.org/01/{GTIN}/21/S3", "https://id.gs1.org/00/006901234000000018"
    packing: dict[str, Any] = {"type": "AggregationEvent", "parentID": box, "childEPCs": [item], "epcList": None}

    def event(hour: int, **more: Any) -> dict[str, Any]:
        given = {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "eventTime": f"2026-03-01T{hour:02}:00:00.000+08:00",
            "eventTimeZoneOffset": "+08:00",
            "epcList": [box],
            **more,
        }
        return {name: value for name, value in given.items() if value is not None}

    events = [
        event(6, action="ADD", bizStep="commissioning", epcList=[item]),
        event(7, bizStep="storing"),
        event(8, action="ADD", bizStep="packing", **packing),
        event(9, bizStep="shipping"),
        event(10, action="DELETE", bizStep="unpacking", **packing),
        event(11, bizStep="holding"),
    ]
    add_events(events, party=trace.farm, user=trace.farmer)
    page = text(client.get(f"/01/{GTIN}/21/S3", follow=True))
    assert [word for word in ("生产", "包装", "发出", "拆包") if f">2026-03-01</time>{word}" in page] == [
        "生产",
        "包装",
        "发出",
        "拆包",
    ]
    assert "储存" not in page
    assert "封存" not in page


def test_linksets_links_and_headers(trace: TraceWorld, product: EntryBase, client: Client) -> None:
    address = f"/01/{GTIN}"
    page = client.get(address, {"17": "270131", "from": "tv"})
    assert (page.status_code, page["Location"]) == (
        307,
        f"http://testserver/trace/exchange/public/01/{GTIN}?17=270131&from=tv",
    )
    assert (
        page["Link"] == f'<http://testserver{address}?linkType=linkset>; rel="linkset"; type="application/linkset+json"'
    )
    assert "Accept" in page["Vary"]
    assert page["Access-Control-Allow-Origin"] == "*"
    options = client.options(address)
    assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert client.post(address).status_code == 405
    for answer, kind in (
        (client.get(address, {"linkType": "linkset"}), "application/linkset+json"),
        (client.get(address, {"linkType": "all"}), "application/linkset+json"),
        (client.get(address, headers={"accept": "application/linkset+json"}), "application/linkset+json"),
        (client.get(address, headers={"accept": "application/json"}), "application/json"),
        (client.get(address, headers={"accept": "application/ld+json"}), "application/ld+json"),
    ):
        assert answer["Content-Type"] == kind
        assert "json-ld#context" in answer["Link"]
        (links,) = json.loads(answer.content)["linkset"]
        assert links["anchor"].endswith(address)
        assert links["https://ref.gs1.org/voc/recallStatus"][0]["href"].endswith("#recall")
        (default,) = links["https://ref.gs1.org/voc/defaultLink"]
        assert set(default) == {"href", "title"}
        assert client.get(address)["Location"] == default["href"]
        for name in ("pip", "traceability", "certificationInfo", "recallStatus"):
            (one,) = links[f"https://ref.gs1.org/voc/{name}"]
            assert client.get(address, {"linkType": f"gs1:{name}"})["Location"] == one["href"]
    assert client.get(address, {"linkType": "gs1:hasRetailers"}).status_code == 404
    assert client.get("/01/00000096385074", {"linkType": "all"}).status_code == 404
    described = client.get("/.well-known/gs1resolver").json()
    assert "01" in described["supportedPrimaryKeys"]
    assert described["supportedLinkType"] == [{"namespace": "https://ref.gs1.org/voc/", "prefix": "gs1:"}]
    english = text(client.get(address, headers={"accept-language": "en"}, follow=True))
    assert "禾声番茄酱" in english


def test_a_linkset_has_every_level_up_to_the_key(product: EntryBase, client: Client) -> None:
    links = client.get(f"/01/{GTIN}/10/L1/21/S1/", {"linkType": "linkset"}).json()["linkset"]
    tails = [row["anchor"].removeprefix("http://testserver") for row in links]
    assert tails == [f"/01/{GTIN}/10/L1/21/S1", f"/01/{GTIN}/10/L1", f"/01/{GTIN}"]


def test_compressed_links_are_answered_as_the_link_they_stand_for(product: EntryBase, client: Client) -> None:
    elements = {"01": GTIN, "10": "L-1/2", "17": "270131"}
    for path in (f"/{compress(elements)}", f"/01/{GTIN}/{compress({'10': 'L-1/2', '17': '270131'})}"):
        answer = client.get(path, {"from": "tv"})
        assert answer.status_code == 307
        assert answer["Location"].endswith(f"/public/01/{GTIN}/10/L-1%2F2?17=270131&from=tv")
        same = f"<http://testserver/01/{GTIN}/10/L-1%2F2?17=270131>"
        assert f'{same}; rel="owl:sameAs"' in answer["Link"]
        (first, *_more) = client.get(path, {"linkType": "linkset"}).json()["linkset"]
        assert first["anchor"] == f"http://testserver/01/{GTIN}/10/L-1%2F2"
    assert client.get("/ARHKVAdpQg").status_code == 404  # well-formed, but nobody knows the product
    assert client.get("/enterprises").status_code == 301  # words are left to the other addresses
    home = reverse("trace_exchange:public_home")
    assert client.get(home, {"code": f"https://x.cn/{compress(elements)}"})["Location"] == f"/01/{GTIN}/10/L-1%2F2"


def test_a_lot_with_a_slash_is_found_where_the_chain_knows_it(
    trace: TraceWorld, product: EntryBase, client: Client
) -> None:
    capture(trace, f"https://id.gs1.org/01/{GTIN}/10/A%2F7/21/%2B%2F%25")
    capture(trace, f"https://id.gs1.org/01/{GTIN}/21/%2B%2F%25")
    assert "可以追溯" in text(client.get(f"/01/{GTIN}/10/A%2F7/21/%2B%2F%25", follow=True))
    assert "可以追溯" in text(client.get(f"/01/{GTIN}/21/%2B%2F%25", follow=True))
    assert client.get(f"/01/{GTIN}/10/B%2F7").status_code == 400
    assert client.get(f"/01/{GTIN}/foo").status_code == 400


@pytest.mark.parametrize("query", ["17=271301", "17=27013", "10=L1", "01=06901234567892", "3103=1250", "30=123456789"])
def test_attributes_of_the_query_must_be_allowed(product: EntryBase, client: Client, query: str) -> None:
    answer = client.get(f"/01/{GTIN}?{query}", follow=True)
    assert answer.status_code == 400
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_typed_codes_lead_on_and_nothing_is_guessed(trace: TraceWorld, product: EntryBase, client: Client) -> None:
    made = trace.certificate()
    home = reverse("trace_exchange:public_home")

    def to(code: str) -> str:
        answer = client.get(home, {"code": code})
        return str(answer.headers.get("Location", "")) or text(answer)

    assert to("6901234567892 ") == f"/01/{GTIN}"
    assert to(f"https://any.example/x/01/{GTIN}/10/A") == f"/01/{GTIN}/10/A"
    assert to(made.key.lower()) == f"/id/certificate/{made.key}"
    assert to(f"https://here/id/certificate/{made.key}") == f"/id/certificate/{made.key}"
    assert "可能是以下几种" in to("1234567890128")
    assert "认不出" in to("你好")


def test_the_complaint_form_is_filled_in(trace: TraceWorld, product: EntryBase, client: Client) -> None:
    from html import unescape
    from re import search

    page = text(client.get(f"/01/{GTIN}/10/L1", follow=True))
    link = search(r'href="(/complaints/public/new/[^"]*)"', page)
    assert link is not None
    form = text(client.get(unescape(link[1])))
    assert "禾声番茄酱" in form
    assert f'name="respondent_name" value="{trace.farm.name}"' in form
