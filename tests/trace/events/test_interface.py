"""The REST binding: every resource, who gets in, what is answered."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.methods.epcis import event_hash, read
from hengjian.parties.models import ApiToken
from hengjian.parties.tokens import digest_of
from hengjian.trace.events import capture as capturing
from hengjian.trace.events import jobs
from hengjian.trace.events.capture import add_events
from hengjian.trace.events.interface import capturing as capture_views
from hengjian.trace.events.models import CaptureJob, Event
from tests.trace.events.conftest import CONTEXT, ITEM, LOT, SHOP, Chain, document, event

URN = "urn:epc:id:sgtin:4012345.011111.1"
SCOPES = ["epcis.view", "epcis.capture", "epcis.subscribe"]


def bearer(chain: Chain, who: str = "maker", scopes: list[str] | None = None) -> Client:
    """A program of a unit."""
    unit, user = getattr(chain, who), getattr(chain, f"{who}_user")
    raw = f"hj_{len(who):08x}_" + "a" * 43
    ApiToken.objects.get_or_create(
        prefix=raw[3:11],
        defaults={
            "unit": unit, "name": "测试", "digest": digest_of(raw), "scopes": scopes or SCOPES, "created_by": user,
            "rate_limit": 10_000, "expires_at": timezone.now() + timedelta(days=1),
        },
    )  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {raw}"})


@pytest.fixture
def maker(chain: Chain) -> Client:
    return bearer(chain)


@pytest.fixture
def shop(chain: Chain) -> Client:
    return bearer(chain, "shop")


def put(client: Client, value: Any, path: str = "capture", media: str = "application/json", **headers: str) -> Any:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return client.post(f"/epcis/{path}", data, content_type=media, headers=headers)


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [item["epcList"][0].rpartition("/")[2] for item in events_in(response)]


def events_in(response: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = response.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found


def kind(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code and body["title"] and body["detail"]
    return response.status_code, body["type"].removeprefix("epcisException:").removesuffix("Exception")


# ---- capture


def test_a_document_becomes_a_job(maker: Client) -> None:
    response = put(maker, document(event(1), event(2)))
    assert response.status_code == 202 and response["GS1-Capture-Error-Behaviour"] == "rollback"
    job = maker.get(urlsplit(response["Location"]).path).json()
    assert (job["running"], job["success"], job["errors"], job["hengjian:added"]) == (False, True, [], 2)
    assert [item["captureID"] for item in maker.get("/epcis/capture").json()] == [job["captureID"]]


def test_errors_are_named_and_nothing_is_kept_unless_asked(maker: Client) -> None:
    bad = document(event(1), event(2, action="SELL"))
    job = maker.get(urlsplit(put(maker, bad)["Location"]).path).json()
    assert (job["success"], job["hengjian:added"]) == (False, 0)
    assert [(item["reason"], item["path"]) for item in job["errors"]] == [("action_unknown", "eventList[1].action")]
    response = put(maker, bad, **{"GS1-Capture-Error-Behaviour": "proceed"})
    assert maker.get(urlsplit(response["Location"]).path).json()["hengjian:added"] == 1


def test_large_documents_wait_for_the_worker(maker: Client, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(capture_views, "INLINE", 100)
    response = put(maker, document(event(1)))
    path = urlsplit(response["Location"]).path
    assert maker.get(path).json()["running"] is True and not Event.objects.exists()
    assert jobs.file_of(CaptureJob.objects.get().pk).exists()
    assert jobs.run_due(timezone.now()) == 1 and jobs.run_due(timezone.now()) == 0
    assert maker.get(path).json()["hengjian:added"] == 1
    assert not jobs.file_of(CaptureJob.objects.get().pk).exists()


def test_a_worker_killed_half_way_leaves_nothing_and_the_next_one_does_it(
    maker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture_views, "INLINE", 100)
    put(maker, document(event(1), event(2)))

    class Killed(BaseException):
        pass

    def killed(*args: Any) -> None:
        raise Killed  # after the events were written, before the transaction ends

    with monkeypatch.context() as patched:
        patched.setattr(capturing, "keep_master_data", killed)
        with pytest.raises(Killed):
            jobs.run_due(timezone.now())
    assert not Event.objects.exists() and CaptureJob.objects.get().state == "waiting"
    assert jobs.run_due(timezone.now()) == 0  # another worker's, until its lease runs out
    assert jobs.run_due(timezone.now() + timedelta(hours=2)) == 1
    assert Event.objects.count() == 2 and CaptureJob.objects.get().added == 2
    put(maker, document(event(1), event(2)))
    jobs.run_due(timezone.now())
    assert Event.objects.count() == 2


def test_what_is_too_large_is_refused_before_it_is_read(maker: Client, settings: Any) -> None:
    settings.HENGJIAN_EPCIS_LIMIT_MB = 0
    assert kind(put(maker, document(event(1)))) == (413, "CaptureLimitExceeded")


def test_xml_of_both_versions_is_captured(maker: Client) -> None:
    old = f"""<?xml version="1.0"?>
    <epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2"
    creationDate="2026-09-01T00:00:00Z"><EPCISBody><EventList><ObjectEvent><eventTime>2026-09-01T00:00:00Z</eventTime>
    <eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcList><epc>{URN}</epc></epcList><action>ADD</action>
    <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep></ObjectEvent></EventList></EPCISBody>
    </epcis:EPCISDocument>""".encode()
    for data in (old, old.replace(b"xsd:1", b"xsd:2").replace(b'"1.2"', b'"2.0"')):
        assert put(maker, data, media="application/xml").status_code == 202
    assert [(job.success, job.added) for job in CaptureJob.objects.order_by("created_at")] == [(True, 1), (True, 0)]
    assert Event.objects.get().biz_step == "commissioning"


def test_xml_tricks_and_depth_are_refused(maker: Client) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'
    put(maker, bomb, media="application/xml")
    put(maker, b'{"a":' * 200_000, media="application/json")
    put(maker, b"<a>" * 100_000, media="text/xml")
    found = [job.errors[0]["reason"] for job in CaptureJob.objects.order_by("created_at")]
    assert found[0] == "dtd" and set(found[1:]) <= {"too_deep", "syntax", "not_epcis"}


# ---- one event


def test_one_event(maker: Client) -> None:
    given = {"@context": CONTEXT, **event(1, eventID="urn:uuid:1", **{"ex:a": 1})}
    response = put(maker, given, "events")
    assert response.status_code == 201
    path = urlsplit(response["Location"]).path
    answered = maker.get(path)
    stored = answered.json()
    assert stored["eventID"] == "urn:uuid:1" and stored["recordTime"].endswith("Z") and stored["ex:a"] == 1
    assert event_hash(stored, read(answered.content).context) == Event.objects.get().hash_uri
    assert maker.get(path, headers={"If-None-Match": answered["ETag"]}).status_code == 304
    assert kind(put(maker, given, "events")) == (409, "ResourceAlreadyExists")
    other = {"@context": CONTEXT, **event(2, eventID="urn:uuid:1")}
    assert kind(put(maker, other, "events")) == (409, "ResourceAlreadyExists")
    unnamed = put(maker, {"@context": CONTEXT, **event(3)}, "events")
    assert "ni:" in unnamed["Location"]
    assert maker.get(unnamed["Location"]).json()["epcList"] == [f"{ITEM}3"]


def test_one_event_that_is_none(maker: Client) -> None:
    for value in (b"{", {}, {"type": "ObjectEvent"}, {"@context": CONTEXT, **event(1, action="SELL")},
                  document(event(1), event(2)), event(1), [], b"<a/>"):  # fmt: skip
        assert kind(put(maker, value, "events")) == (400, "Validation")
    assert kind(put(maker, b"x", "events", "text/plain")) == (415, "UnsupportedMediaType")
    assert kind(put(maker, b"x", "capture", "text/csv")) == (415, "UnsupportedMediaType")


# ---- queries in the address


def test_events_by_query_in_pages(maker: Client) -> None:
    put(maker, document(*(event(n) for n in range(1, 8))))
    first = maker.get("/epcis/events?perPage=3&EQ_bizStep=shipping|receiving")
    assert ids(first) == ["7", "6", "5"] and first["GS1-Next-Page-Token-Expires"]
    seen = ids(first)
    response = first
    while "Link" in response:
        assert response["Link"].endswith('; rel="next"')
        response = maker.get(response["Link"][1:].partition(">")[0])
        seen += ids(response)
    assert seen == ["7", "6", "5", "4", "3", "2", "1"]
    token = first["Link"].partition("nextPageToken=")[2].partition(">")[0]
    assert maker.delete(f"/epcis/nextPageToken/{token}").status_code == 204
    assert kind(maker.get(first["Link"][1:].partition(">")[0])) == (400, "QueryParameter")
    assert kind(maker.get(f"/epcis/events?perPage=3&EQ_bizStep=packing&nextPageToken={token}"))[0] == 400
    assert kind(maker.delete("/epcis/nextPageToken/none")) == (404, "NoSuchResource")
    assert maker.get("/epcis/events?GE_eventTime=2026-09-07T00:00:00+08:00").status_code == 200
    again = maker.get("/epcis/events?perPage=3&EQ_bizStep=shipping|receiving")
    assert maker.get("/epcis/events?perPage=3&EQ_bizStep=shipping|receiving",
                     headers={"If-None-Match": again["ETag"]}).status_code == 304  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("EQ_colour=red", (400, "QueryParameter")),
        ("perPage=0", (400, "QueryParameter")),
        ("perPage=x", (400, "QueryParameter")),
        ("nextPageToken=x", (400, "QueryParameter")),
        ("GE_eventTime=today", (400, "QueryParameter")),
        ("EQ_action=SELL", (400, "QueryParameter")),
        ("EQ_action=ADD&EQ_action=DELETE", (400, "QueryParameter")),
        ("maxEventCount=1", (413, "QueryTooLarge")),
        ("GT_quantity=1e999", (400, "QueryParameter")),
        ("EQ_readPoint=%00", (400, "Validation")),
        ("EQ_readPoint=" + "a" * 20_000, (414, "URITooLong")),
    ],
)
def test_wrong_queries(maker: Client, query: str, expected: tuple[int, str]) -> None:
    put(maker, document(event(1), event(2)))
    assert kind(maker.get(f"/epcis/events?{query}")) == expected


def test_prefixes_of_extensions(maker: Client) -> None:
    put(maker, document(event(1, **{"ex:a": "x"})))
    put(maker, document(event(2, **{"ex:a": "x"}), **{"@context": [CONTEXT[0], {"ex": "https://other.example/"}]}))
    assert set(ids(maker.get("/epcis/events?EQ_ex:a=x"))) == {"1", "2"}
    for namespace, number in (("https://example.com/ns/", "1"), ("https://other.example/", "2")):
        headers = {"GS1-Extensions": f"ex={namespace}"}
        assert ids(maker.get("/epcis/events?EQ_ex:a=x", headers=headers)) == [number]
    # Both prefixes are in one answer; the hashes must still come out.
    answered = read(maker.get("/epcis/events?EQ_ex:a=x").content)
    hashes = {event_hash(item, answered.context) for item in answered.events}
    assert hashes == {item.hash_uri for item in Event.objects.all()}


# ---- resources


def test_resources_below_the_top(maker: Client) -> None:
    lot = {"epcClass": f"{LOT}A", "quantity": 2, "uom": "KGM"}
    put(maker, document(event(1, bizLocation={"id": "https://example.com/here"}, quantityList=[lot]),
                        event(2, bizStep="https://example.com/own/step")))  # fmt: skip
    top = maker.get("/epcis/").json()["member"]
    assert {"capture", "events", "queries", "eventTypes", "epcs", "bizSteps"} <= set(top)
    wanted = {
        "eventTypes": ["ObjectEvent"],
        "epcs": [f"{LOT}A", f"{ITEM}1", f"{ITEM}2"],
        "bizSteps": ["https://example.com/own/step", "shipping"],
        "bizLocations": ["https://example.com/here"],
        "readPoints": ["https://id.gs1.org/414/4012345000009"],
        "dispositions": ["in_transit"],
    }
    for resource, members in wanted.items():
        assert maker.get(f"/epcis/{resource}").json()["member"] == members
        for member in members:
            path = f"/epcis/{resource}/{quote(member, safe='')}"
            assert maker.get(path).json()["member"] == ["events"]
            assert maker.get(f"{path}/events?perPage=10").status_code == 200
        assert kind(maker.get(f"/epcis/{resource}/nothing")) == (404, "NoSuchResource")
        assert kind(maker.get(f"/epcis/{resource}/nothing/events")) == (404, "NoSuchResource")
        assert kind(maker.get(f"/epcis/{resource}/%20")) == (404, "NoSuchResource")
    assert events_in(maker.get("/epcis/events?EQ_bizLocation=%20")) == []
    assert events_in(maker.get("/epcis/events?WD_bizLocation=%20&orderBy=eventTime")) == []
    assert ids(maker.get(f"/epcis/epcs/{quote(URN, safe='')}/events")) == ["1"]
    assert ids(maker.get("/epcis/bizSteps/shipping/events?EQ_disposition=active")) == []
    first = maker.get("/epcis/epcs?perPage=2")
    assert maker.get(first["Link"][1:].partition(">")[0]).json()["member"] == [f"{ITEM}2"]


def test_formats_of_identifiers_and_syntax(maker: Client) -> None:
    put(maker, document(event(1, epcList=[URN], readPoint={"id": "urn:epc:id:sgln:4012345.00000.0"})))
    for wish, epc in {"": f"{ITEM}1", "Always_GS1_Digital_Link": f"{ITEM}1", "Always_EPC_URN": URN,
                      "Never_Translates": URN, "No_Preference": URN}.items():  # fmt: skip
        response = maker.get("/epcis/events", headers={"GS1-EPC-Format": wish})
        assert events_in(response)[0]["epcList"] == [epc]
        assert event_hash(events_in(response)[0]) == Event.objects.get().hash_uri
    # A link is written as URN once the length of its company prefix was seen.
    put(maker, document(event(2)))
    urns = maker.get("/epcis/events?perPage=1", headers={"GS1-EPC-Format": "Always_EPC_URN"})
    assert events_in(urns)[0]["epcList"] == ["urn:epc:id:sgtin:4012345.011111.2"]
    for path in ("/epcis/events", f"/epcis/events/{quote(Event.objects.get(pk=1).identity, safe='')}"):
        response = maker.get(path, headers={"Accept": "application/xml"})
        assert response["Content-Type"] == "application/xml"
        answered = read(response.content)
        assert event_hash(answered.events[-1], answered.context) == Event.objects.get(pk=1).hash_uri
    assert maker.get("/epcis/events", headers={"Accept": "application/ld+json"})["Content-Type"] == (
        "application/ld+json"
    )
    assert kind(maker.get("/epcis/events", headers={"Accept": "image/png"})) == (406, "NotAcceptable")
    problem = maker.get("/epcis/events?EQ_x=1", headers={"Accept": "application/xml"})
    assert problem["Content-Type"] == "application/problem+xml" and b"QueryParameterException" in problem.content
    assert kind(maker.get("/epcis/events", headers={"GS1-EPC-Format": "Always_Roman"})) == (406, "NotAcceptable")


@pytest.mark.parametrize(("wish", "shown"), [
    ("Always_URN", ["urn:epcglobal:cbv:bizstep:shipping", "urn:epcglobal:cbv:bizstep:packing"]),
    ("No_Preference", ["urn:epcglobal:cbv:bizstep:shipping", "urn:epcglobal:cbv:bizstep:packing"]),
    ("Always_Web_URI", ["https://ref.gs1.org/cbv/BizStep-shipping", "https://ref.gs1.org/cbv/BizStep-packing"]),
    ("Never_Translates", ["urn:epcglobal:cbv:bizstep:shipping", "https://ref.gs1.org/cbv/BizStep-packing"]),
])  # fmt: skip
def test_forms_of_codes_in_xml(maker: Client, wish: str, shown: list[str]) -> None:
    put(maker, document(event(1), event(2, bizStep="https://ref.gs1.org/cbv/BizStep-packing")))
    response = maker.get(
        "/epcis/events?orderBy=eventTime&orderDirection=ASC",
        headers={"Accept": "application/xml", "GS1-CBV-XML-Format": wish},
    )
    assert response["GS1-CBV-XML-Format"] == wish
    assert re.findall(r"<bizStep>(.*?)</bizStep>", response.content.decode()) == shown
    back = read(response.content)
    kept = Event.objects.order_by("event_time")
    assert [event_hash(item, back.context) for item in back.events] == [item.hash_uri for item in kept]


def test_versions_and_options(maker: Client) -> None:
    response = maker.get("/epcis/events")
    assert response["GS1-EPCIS-Version"] == response["GS1-CBV-Version"] == "2.0.0"
    for headers in ({"GS1-EPCIS-Min": "2.1.0"}, {"GS1-EPCIS-Max": "1.2"}, {"GS1-CBV-Version": "3.0.0"}):
        assert kind(maker.get("/epcis/events", headers=headers)) == (406, "NotAcceptable")
    assert maker.get("/epcis/events", headers={"GS1-EPCIS-Min": "2.0.0", "GS1-EPCIS-Max": "2.1"}).status_code == 200
    described = Client().options("/epcis/capture")
    assert described.status_code == 204 and described["Allow"] == "GET, POST, OPTIONS"
    assert described["GS1-Capture-Error-Behaviour"] == "rollback, proceed"
    assert int(described["GS1-EPCIS-Capture-Limit"]) > 0
    assert "Always_EPC_URN" in Client().options("/epcis/events")["GS1-EPC-Format"]
    refused = maker.put("/epcis/events", b"{}", content_type="application/json")
    assert refused.status_code == 405 and refused["Allow"] == "GET, POST, OPTIONS"
    assert kind(maker.get("/epcis/nowhere/at/all")) == (404, "NoSuchResource")
    description = Client().get("/epcis/openapi.json").json()
    assert "/capture" in description["paths"]


# ---- who gets in


def test_who_gets_in(chain: Chain, maker: Client) -> None:
    assert kind(Client().get("/epcis/events")) == (401, "Security")
    assert Client().get("/epcis/events")["WWW-Authenticate"].startswith("Bearer")
    wrong = Client(headers={"Authorization": "Bearer hj_00000000_" + "b" * 43})
    assert kind(wrong.get("/epcis/events")) == (401, "Security")
    for scheme in ("Basic abc", "Bearer", "Bearer "):
        assert kind(Client(headers={"Authorization": scheme}).get("/epcis/"))[0] == 401
    reader = bearer(chain, "stranger", ["epcis.view"])
    assert reader.get("/epcis/events").status_code == 200
    assert kind(put(reader, document(event(1)))) == (403, "Security")
    citizen = Client()
    citizen.force_login(chain.place.citizen)
    assert kind(citizen.get("/epcis/events")) == (403, "Security")
    officer = Client(enforce_csrf_checks=True)
    officer.force_login(chain.place.officer)
    assert officer.get("/epcis/events").status_code == 200
    assert kind(put(officer, document(event(1)))) == (403, "Security")


def test_a_party_sees_its_own_and_what_names_it(chain: Chain, maker: Client, shop: Client) -> None:
    goes = {"type": "owning_party", "destination": f"https://lanchuan.example/party/{SHOP}"}
    put(maker, document(event(1), event(2, destinationList=[goes], bizStep="receiving")))
    assert ids(maker.get("/epcis/events")) == ["2", "1"] and ids(shop.get("/epcis/events")) == ["2"]
    assert shop.get("/epcis/epcs").json()["member"] == [f"{ITEM}2"]
    assert shop.get("/epcis/bizSteps").json()["member"] == ["receiving"]
    assert shop.get("/epcis/capture").json() == []
    hidden = quote(Event.objects.get(pk=1).identity, safe="")
    for path in (f"events/{hidden}", f"epcs/{quote(ITEM + '1', safe='')}", "bizSteps/shipping/events",
                 f"capture/{CaptureJob.objects.get().pk}"):  # fmt: skip
        assert kind(shop.get(f"/epcis/{path}")) == (404, "NoSuchResource")
        assert maker.get(f"/epcis/{path}").status_code == 200
    everyone = {chain.place.officer: ["2", "1"], chain.place.county_officer: ["2"]}
    for user, seen in everyone.items():
        client = Client()
        client.force_login(user)
        assert ids(client.get("/epcis/events")) == seen


def test_lists_take_as_many_queries_for_many_rows(chain: Chain, maker: Client) -> None:
    from tests.places import queries_of

    add_events([event(1)], chain.maker, None, system="test")
    few = queries_of(maker, "/epcis/events")
    add_events([event(n) for n in range(2, 25)], chain.maker, None, system="test")
    assert queries_of(maker, "/epcis/events") == few
