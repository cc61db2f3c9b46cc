"""Public test documents through the interface (read in place, where they are at hand), and the concrete cases of GS1's
conformance requirements as black-box tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from hengjian.methods.epcis import event_hash, open_stream, read
from hengjian.trace.events.capture import capture_document
from hengjian.trace.events.models import Event
from hengjian.trace.events.output import Wish, document_of
from tests.methods.epcis.shared import files, needs_data
from tests.trace.events.conftest import Chain, document, event
from tests.trace.events.test_interface import bearer, ids, put


def media(path: Path) -> str:
    return "application/xml" if path.suffix == ".xml" else "application/json"


def sent(client: Client, path: Path) -> dict[str, Any]:
    response = put(client, path.read_bytes(), media=media(path))
    if response.status_code != 202:
        problem: dict[str, Any] = response.json()
        return problem
    job: dict[str, Any] = client.get(urlsplit(response["Location"]).path).json()
    return job


def documents(invalid: bool) -> list[Path]:
    found = files("openepcis", ".json", ".jsonld", ".xml")
    return [path for path in found if ("Invalid" in path.parts) == invalid and "Queries" not in path.parts]


@needs_data
def test_every_valid_document_is_captured_and_given_back_with_its_hashes(chain: Chain) -> None:
    client = bearer(chain)
    wrong = []
    for path in documents(invalid=False):
        with path.open("rb") as stream:
            if open_stream(stream).document.kind not in ("EPCISDocument", "EPCISQueryDocument"):
                continue
        job = sent(client, path)
        # Documents of the collection use one eventID for several events: only that may be refused.
        others = [item for item in job.get("errors", []) if item["reason"] != "event_id_taken"]
        if others or ("success" not in job):
            wrong.append((path.name, others or job))
    assert not wrong
    assert Event.objects.count() > 50
    for stored in Event.objects.select_related("context"):
        for xml in (False, True):
            back = read(document_of([stored], Wish(xml=xml, epc="Never_Translates")))
            assert event_hash(back.events[0], back.context) == stored.hash_uri, (stored.pk, xml)


@needs_data
def test_every_invalid_document_is_refused_with_a_reason(chain: Chain) -> None:
    client = bearer(chain)
    refused = documents(invalid=True)
    assert len(refused) >= 20
    for path in refused:
        job = sent(client, path)
        assert job.get("success") is not True and job.get("errors"), path.name
        assert all(item["reason"] and item["message"] for item in job["errors"])
    assert not Event.objects.exists()


def test_sensor_elements(chain: Chain) -> None:
    """TCR-53: events with sensor data are captured and found by every sensor parameter."""
    client = bearer(chain)
    report = {"type": "Temperature", "value": 26.0, "minValue": 12.2, "maxValue": 22, "uom": "CEL"}
    sensed = event(1, sensorElementList=[
        {"sensorMetadata": {"time": "2026-09-02T14:00:00Z", "deviceID": "urn:epc:id:giai:4000001.111"},
         "sensorReport": [report]}])  # fmt: skip
    only = event(3, epcList=[], sensorElementList=[{"sensorReport": [report]}])
    assert put(client, document(sensed, event(2), only)).status_code == 202
    assert Event.objects.count() == 3
    for query in ("EXISTS_sensorElementList=true", "EXISTS_sensorElement=true", "EQ_type=Temperature",
                  "GE_value_CEL=26", "LT_value_CEL=26.1", "GE_maxValue_CEL=22", "LE_minValue_CEL=12.2"):  # fmt: skip
        answered = client.get(f"/epcis/events?{query}").json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        assert len(answered) == 2, query
    for query in ("EQ_deviceID=urn:epc:id:giai:4000001.111", "GE_time=2026-09-02T14:00:00Z"):
        assert ids(client.get(f"/epcis/events?{query}")) == ["1"]
    bad = event(4, sensorElementList=[{"sensorMetadata": {}}])
    put(client, document(bad))
    assert Event.objects.count() == 3


def test_association_events(chain: Chain) -> None:
    """TCR-54: a parent and children are needed; both are found by their parameters."""
    client = bearer(chain)
    good = event(1, type="AssociationEvent", action="ADD", epcList=None, bizStep="assembling",
                 parentID="urn:epc:id:grai:4012345.55555.987", childEPCs=["urn:epc:id:giai:4000001.12345"],
                 childQuantityList=[{"epcClass": "urn:epc:idpat:sgtin:4012345.098765.*", "quantity": 10}])  # fmt: skip
    assert put(client, document(good)).status_code == 202 and Event.objects.count() == 1
    for query in ("MATCH_parentID=urn:epc:id:grai:4012345.55555.987", "MATCH_epc=urn:epc:id:giai:4000001.12345",
                  "MATCH_epcClass=urn:epc:idpat:sgtin:4012345.098765.*", "eventType=AssociationEvent",
                  "MATCH_anyEPC=urn:epc:id:grai:4012345.55555.987"):  # fmt: skip
        response = client.get(f"/epcis/events?{query}")
        assert len(response.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]) == 1, query
    for change in ({"parentID": None}, {"childEPCs": None, "childQuantityList": None}):
        without = {name: value for name, value in {**good, **change}.items() if value is not None}
        assert (
            capture_document(json.dumps(document(without)).encode(), chain.maker, None, system="test").success is False
        )
