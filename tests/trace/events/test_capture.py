"""Capturing: what is kept, what is refused, what a repeat does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hengjian.ledger.queries import fact_by_id
from hengjian.methods.epcis import event_hash
from hengjian.parties.policies import Forbidden
from hengjian.trace.events import hooks
from hengjian.trace.events.capture import NotCaptured, add_events, capture_document
from hengjian.trace.events.models import CaptureJob, Event, EventTerm, EventThing, PartyKey
from hengjian.trace.events.queries import PUBLIC, SYSTEM, events_of
from tests.trace.events.conftest import ITEM, LOT, SHOP, Chain, document, event


def capture(chain: Chain, *events: dict[str, Any], **more: Any) -> CaptureJob:
    data = json.dumps(document(*events)).encode()
    return capture_document(data, chain.maker, chain.maker_user, **more)


def test_an_event_is_kept_as_it_came_and_told_to_the_ledger(chain: Chain) -> None:
    given = event(7, quantityList=[{"epcClass": f"{LOT}L1", "quantity": 12.5, "uom": "KGM"}], **{"ex:note": "早班"})
    job = capture(chain, given, name="a.json")
    assert (job.state, job.success, job.added, job.already, job.errors) == ("done", True, 1, 0, [])
    kept = Event.objects.get()
    assert kept.document == given and kept.hash_uri == event_hash(given, kept.prefixes)
    assert kept.party == chain.maker and kept.job == job.id and kept.identity == kept.hash_uri
    assert {(t.role, t.key, t.is_class, t.quantity, t.uom) for t in EventThing.objects.all()} == {
        ("epc", f"{ITEM}7", False, None, ""),
        ("epc", f"{LOT}L1", True, 12.5, "KGM"),
    }
    assert [(t.name, t.text) for t in EventTerm.objects.all()] == [("x:{https://example.com/ns/}note", "早班")]
    fact = fact_by_id(job.fact, disclosure="internal")
    assert fact.payload["added"] == 1 and fact.payload["document"] == f"sha256:{job.digest}"


def test_the_same_again_adds_nothing_in_whatever_form(chain: Chain) -> None:
    capture(chain, event(1), event(2))
    urn = event(1, epcList=["urn:epc:id:sgtin:4012345.011111.1"], eventTime="2026-09-02T00:00:00.000Z")
    job = capture(chain, urn, event(2), event(3), event(3))
    assert (job.success, job.added, job.already) == (True, 1, 3)
    assert list(Event.objects.values_list("id", flat=True)) == [1, 2, 3]


def test_rollback_keeps_nothing_and_names_every_event(chain: Chain) -> None:
    job = capture(chain, event(1), event(2, action="SELL"), event(3, epcList=["urn:epc:id:sgtin:06.x"]))
    assert (job.success, job.added, job.rejected) == (False, 0, 2) and not Event.objects.exists()
    assert [(item["reason"], item["path"]) for item in job.errors] == [
        ("action_unknown", "eventList[1].action"),
        ("identifier_malformed", "eventList[2].epcList[0]"),
    ]
    assert job.fact is None


def test_proceed_keeps_the_others(chain: Chain) -> None:
    job = capture(chain, event(1), event(2, action="SELL"), event(3), behaviour="proceed")
    assert (job.success, job.added, job.rejected) == (False, 2, 1)
    assert fact_by_id(job.fact, disclosure="internal").payload["rejected"] == 1


def test_an_event_id_stands_for_one_content(chain: Chain) -> None:
    capture(chain, event(1, eventID="urn:uuid:1"))
    job = capture(chain, event(5), event(2, eventID="urn:uuid:1"))
    assert [item["reason"] for item in job.errors] == ["event_id_taken"] and Event.objects.count() == 1
    job = capture(chain, event(2, eventID="urn:uuid:2"), event(3, eventID="urn:uuid:2"), behaviour="proceed")
    assert (job.added, job.rejected) == (1, 1)


def test_an_error_declaration_repeats_the_event_and_is_kept_beside_it(chain: Chain) -> None:
    capture(chain, event(1, eventID="urn:uuid:1"))
    wrong = event(
        1,
        eventID="urn:uuid:1",
        errorDeclaration={
            "declarationTime": "2026-10-01T08:00:00+08:00",
            "reason": "did_not_occur",
            "correctiveEventIDs": ["urn:uuid:9"],
        },
    )
    assert capture(chain, wrong).added == 1 and capture(chain, wrong).already == 1
    first, second = Event.objects.order_by("id")
    assert first.hash == second.hash and second.declaration
    found = {(t.name, t.text) for t in EventTerm.objects.all()}
    assert found == {("error", ""), ("error:reason", "did_not_occur"), ("error:corrective", "urn:uuid:9")}
    # Somebody else cannot declare it wrong, whether it has an eventID or not.
    capture(chain, event(2))
    for given in (
        dict(wrong, errorDeclaration={"declarationTime": "2026-10-02T08:00:00+08:00"}),
        event(2, errorDeclaration={"declarationTime": "2026-10-02T08:00:00+08:00"}),
    ):
        job = capture_document(json.dumps(document(given)).encode(), chain.shop, chain.shop_user)
        assert [item["reason"] for item in job.errors] == ["declaration_foreign"]


def test_who_may_read(chain: Chain) -> None:
    PartyKey.objects.create(key="https://id.gs1.org/417/4012345000030", unit=chain.shop, declared_at=timezone.now())
    by_key = {"type": "possessing_party", "destination": "urn:epc:id:pgln:4012345.00003"}
    by_code = {"type": "owning_party", "destination": f"https://lanchuan.example/id/party/{SHOP}"}
    capture(chain, event(1, destinationList=[by_key]), event(2, destinationList=[by_code]), event(3))
    seen = {
        name: {n for n in (1, 2, 3) if events_of(f"{ITEM}{n}", reader=reader).exists()}
        for name, reader in {
            "maker": chain.maker_user,
            "shop": chain.shop_user,
            "stranger": chain.stranger_user,
            "region": chain.place.officer,
            "county": chain.place.county_officer,
            "tourism": chain.place.other,
            "citizen": chain.place.citizen,
            "public": PUBLIC,
            "nobody": None,
            "system": SYSTEM,
        }.items()
    }
    assert seen == {
        "maker": {1, 2, 3}, "shop": {1, 2}, "stranger": set(), "region": {1, 2, 3}, "county": {1, 2},
        "tourism": set(), "citizen": set(), "public": set(), "nobody": set(), "system": {1, 2, 3},
    }  # fmt: skip


def test_who_captures_what_is_there_already_may_read_it(chain: Chain) -> None:
    capture(chain, event(1))
    assert not events_of(f"{ITEM}1", reader=chain.shop_user)
    job = capture_document(json.dumps(document(event(1))).encode(), chain.shop, chain.shop_user)
    assert (job.added, job.already) == (0, 1)
    assert events_of(f"{ITEM}1", reader=chain.shop_user).get().party == chain.maker


def test_nobody_captures_for_another_unit(chain: Chain) -> None:
    for user in (chain.shop_user, chain.place.citizen):
        with pytest.raises(Forbidden):
            capture_document(b"{}", chain.maker, user)
        with pytest.raises(Forbidden):
            add_events([event(1)], chain.maker, user)


def test_events_of_other_rooms_are_whole_or_nothing(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(hooks, "_handlers", [lambda events: told.append(len(events))])
    done = add_events([event(1), event(2)], chain.maker, None, system="test")
    assert [item.id for item in done.added] == [1, 2] and done.already == 0 and told == [2]
    assert add_events([event(2), event(3)], chain.maker, None, system="test").already == 1
    with pytest.raises(NotCaptured) as refused:
        add_events([event(4), event(5, eventTime="gestern")], chain.maker, None, system="test")
    assert refused.value.problems[0].reason == "time_format" and Event.objects.count() == 3


def test_what_a_hook_refuses_undoes_the_capture(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(events: hooks.NewEvents) -> None:
        assert [item.document["epcList"] for item in events] == [[f"{ITEM}1"]]
        raise RuntimeError("no")

    monkeypatch.setattr(hooks, "_handlers", [fail])
    with pytest.raises(RuntimeError):
        add_events([event(1)], chain.maker, None, system="test")
    assert not Event.objects.exists()


@pytest.mark.parametrize("table", ["event", "eventthing", "eventterm", "eventreader", "eventcontext"])
def test_the_database_refuses_changes(chain: Chain, table: str) -> None:
    capture(chain, event(1, **{"ex:a": 1}))
    for statement in (f"DELETE FROM trace_events_{table}", f"UPDATE trace_events_{table} SET id = id"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ex:a": "a\0b"}, "characters"),
        ({"ex:a": "\ud800"}, "characters"),
        ({"ex:a": {"ex:b": 1e999}}, "characters"),
        ({"eventTime": "0001-01-01T00:00:00+14:00"}, "time_range"),
        ({"eventTime": "9999-12-31T23:59:59-14:00"}, "time_range"),
    ],
)
def test_what_a_database_cannot_hold_is_named(chain: Chain, change: dict[str, Any], reason: str) -> None:
    data = json.dumps(document(event(1, **change))).replace("Infinity", "1e999").encode()
    job = capture_document(data, chain.maker, chain.maker_user)
    assert [item["reason"] for item in job.errors] == [reason]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"<a/>", b"\xff\xfe", b'{"a": 1}', b"x" * 100])
def test_what_is_no_document_is_a_failed_job(chain: Chain, data: bytes) -> None:
    job = capture_document(data, chain.maker, chain.maker_user)
    assert job.success is False and job.errors and job.errors[0]["message_zh"]
