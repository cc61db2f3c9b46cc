"""Both syntaxes and back: the hashes stay, the structure holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hengjian.methods.epcis import Document, WriteError, event_hash, read, to_json, validate, write_json, write_xml
from tests.methods.epcis.shared import files

JSON_FILES = [
    path
    for path in files("openepcis", ".json") + files("gs1", ".jsonld") + files("event-hash", ".jsonld")
    if "Invalid" not in path.parts and "Queries" not in path.parts
]

DOCUMENT: dict[str, Any] = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://ns.example.cn/"}],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-03-04T11:00:30+08:00",
    "sender": "urn:epc:id:pgln:4012345.00000",
    "instanceIdentifier": "批次一",
    "epcisHeader": {
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
                    "vocabularyElementList": [
                        {
                            "id": "urn:epc:id:sgln:4012345.00001.0",
                            "attributes": [{"id": "urn:epcglobal:cbv:mda#name", "attribute": "澜川冷库"}],
                            "children": ["urn:epc:id:sgln:4012345.00002.0"],
                        }
                    ],
                }
            ]
        }
    },
    "ex:origin": "test",
    "epcisBody": {
        "eventList": [
            {
                "type": "TransformationEvent",
                "eventTime": "2026-03-04T11:00:30.5+08:00",
                "eventTimeZoneOffset": "+08:00",
                "eventID": "urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8",
                "errorDeclaration": {
                    "declarationTime": "2026-03-05T11:00:30Z",
                    "reason": "incorrect_data",
                    "correctiveEventIDs": ["urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a9"],
                },
                "certificationInfo": ["https://a.cn/1", "https://a.cn/2"],
                "inputQuantityList": [
                    {"epcClass": "urn:epc:class:lgtin:4012345.011111.L1", "quantity": 12.5, "uom": "KGM"}
                ],
                "outputEPCList": ["urn:epc:id:sgtin:4012345.022222.1"],
                "bizStep": "commissioning",
                "disposition": "ex:cooling",
                "persistentDisposition": {"set": ["recalled"], "unset": ["available"]},
                "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0", "ex:door": "东门"},
                "bizTransactionList": [{"bizTransaction": "urn:x:1"}, {"type": "po", "bizTransaction": "urn:x:2"}],
                "sourceList": [{"type": "location", "source": "urn:x:3"}],
                "sensorElementList": [
                    {
                        "sensorMetadata": {"time": "2026-03-04T11:00:30Z", "ex:mark": "m"},
                        "sensorReport": [
                            {
                                "type": "Temperature",
                                "value": -18.25,
                                "uom": "CEL",
                                "component": "x",
                                "ex:n": {"ex:a": "1"},
                            },
                            {
                                "type": "Illuminance",
                                "exception": "ALARM_CONDITION",
                                "booleanValue": True,
                                "value": 1e-7,
                            },
                        ],
                        "ex:extra": "y",
                    }
                ],
                "ilmd": {"ex:lots": ["1", "2"], "ex:deep": {"ex:one": {"ex:two": "三 & <四>"}}},
                "ex:flag": True,
                "ex:count": 3,
            }
        ]
    },
}


def hashes(document: Document) -> list[str]:
    return [event_hash(event, document.context, document.ignore) for event in document.events]


@pytest.mark.parametrize("path", JSON_FILES, ids=lambda path: path.name)
def test_published_documents_keep_their_hashes_through_xml(path: Path) -> None:
    document = read(path.read_bytes())
    as_xml = read(write_xml(document))
    back = read(write_json(as_xml))
    assert as_xml.syntax == "xml"
    assert hashes(document) == hashes(as_xml) == hashes(back)


def test_a_document_with_everything_survives_xml() -> None:
    document = read(json.dumps(DOCUMENT))
    assert validate(document) == []
    as_xml = read(write_xml(document))
    assert validate(as_xml) == []
    assert hashes(as_xml) == hashes(document)
    back = to_json(as_xml)
    assert hashes(read(json.dumps(back))) == hashes(document)
    event, original = back["epcisBody"]["eventList"][0], DOCUMENT["epcisBody"]["eventList"][0]
    for field in (
        "errorDeclaration",
        "persistentDisposition",
        "inputQuantityList",
        "ilmd",
        "bizTransactionList",
        "certificationInfo",
    ):
        assert event[field] == original[field]
    assert back["sender"] == DOCUMENT["sender"]
    assert back["instanceIdentifier"] == "批次一"
    assert back["epcisHeader"] == DOCUMENT["epcisHeader"]
    assert back["ex:origin"] == "test"


def test_fields_a_repository_ignores_stay_ignored() -> None:
    text = json.dumps({**DOCUMENT, "ex:ignoreFields": ["ex:flag"]})
    document = read(text)
    back = read(write_json(read(write_xml(document))))
    assert document.ignore == back.ignore == ("ex:flag",)
    assert hashes(document) == hashes(back) != hashes(read(json.dumps(DOCUMENT)))


@pytest.mark.parametrize("change", [{"foo:x": 1}, {"ex:a b": 1}, {"ex:x": "\x00"}])
def test_what_xml_cannot_hold_is_said(change: dict[str, Any]) -> None:
    event = {**DOCUMENT["epcisBody"]["eventList"][0], **change}
    document = read(json.dumps({**DOCUMENT, "epcisBody": {"eventList": [event]}}))
    with pytest.raises(WriteError) as caught:
        write_xml(document)
    assert caught.value.path == "eventList[0]"
