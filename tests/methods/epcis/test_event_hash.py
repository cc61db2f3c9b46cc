"""The event hash: reference fixtures, equal representations, the rules one by one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hengjian.methods.epcis import Context, event_hash, pre_hash, read
from hengjian.methods.epcis.event_hash import plain_number, utc_milliseconds
from tests.methods.epcis.shared import DATA, files, needs_data

EXAMPLES = files("event-hash/examples", ".jsonld", ".xml")

EVENT: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2026-03-04T11:00:30+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "epcList": ["urn:epc:id:sscc:4012345.0000000333", "urn:epc:id:sscc:4012345.0000000111"],
    "bizStep": "departing",
    "ex:batch": {"ex:size": 2.50, "ex:name": ["b", "a"]},
}
CONTEXT = Context({"ex": "https://ns.example.cn/"})


@needs_data
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_reference_hashes(path: Path) -> None:
    document = read(path.read_bytes())
    expected = path.with_suffix(".hashes").read_text().split()
    found = [event_hash(event, document.context, document.ignore) for event in document.events]
    assert found == expected


@needs_data
def test_every_reference_hash_is_reached() -> None:
    hashes = [line for path in files("event-hash/examples", ".hashes") for line in path.read_text().split()]
    reached = {path.with_suffix("").name for path in EXAMPLES}
    assert len(hashes) == 63
    assert {path.with_suffix("").name for path in files("event-hash/examples", ".hashes")} <= reached


@needs_data
@pytest.mark.parametrize("path", files("event-hash/expected_equal", ".xml"), ids=lambda path: path.name)
def test_equal_representations_hash_alike(path: Path) -> None:
    document = read(path.read_bytes())
    assert len(document.events) > 1
    assert len({event_hash(event, document.context) for event in document.events}) == 1


@needs_data
def test_json_and_xml_of_the_reference_event_hash_alike() -> None:
    twin = read((DATA / "event-hash/expected_equal/ReferenceEventHashAlgorithm.json").read_bytes())
    reference = read((DATA / "event-hash/examples/ReferenceEventHashAlgorithm.xml").read_bytes())
    assert event_hash(twin.events[0], twin.context) == event_hash(reference.events[0], reference.context)


def test_the_canonical_string() -> None:
    assert pre_hash(EVENT, CONTEXT) == (
        "eventType=ObjectEventeventTime=2026-03-04T03:00:30.000ZeventTimeZoneOffset=+08:00"
        "epcListepc=https://id.gs1.org/00/040123450000001112epc=https://id.gs1.org/00/040123450000003338"
        "action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-departing"
        "{https://ns.example.cn/}batch{https://ns.example.cn/}name=a{https://ns.example.cn/}name=b"
        "{https://ns.example.cn/}size=2.5"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"eventID": "urn:uuid:1"},
        {"recordTime": "2026-03-05T00:00:00Z"},
        {"errorDeclaration": {"declarationTime": "2026-03-05T00:00:00Z"}},
        {"rdfs:comment": "text"},
        {"eventTime": "2026-03-04T03:00:30.0004Z"},
        {"bizStep": "cbv:BizStep-departing"},
        {"bizStep": "urn:epcglobal:cbv:bizstep:departing"},
        {"bizStep": " https://ref.gs1.org/cbv/BizStep-departing "},
        {"epcList": [*reversed(EVENT["epcList"])]},
        {"epcList": ["https://a.cn/00/040123450000003338?x=1", "https://id.gs1.org/sscc/040123450000001112"]},
        {"bizTransactionList": [], "sourceList": [], "quantityList": []},
        {"ex:batch": {"ex:size": "2.500", "ex:name": ["a", "b"]}},
        {"ex:batch": None, "https://ns.example.cn/batch": EVENT["ex:batch"]},
    ],
)
def test_what_does_not_change_the_hash(change: dict[str, Any]) -> None:
    changed = {name: value for name, value in {**EVENT, **change}.items() if value is not None}
    assert event_hash(changed, CONTEXT) == event_hash(EVENT, CONTEXT)


@pytest.mark.parametrize(
    "change",
    [
        {"eventTimeZoneOffset": "+00:00"},
        {"eventTime": "2026-03-04T03:00:30.0005Z"},
        {"action": "ADD"},
        {"disposition": "in_transit"},
        {"epcList": EVENT["epcList"][:1]},
        {"ex:flag": ""},
        {"ex:batch": {"ex:size": 2.50, "ex:name": ["b", "c"]}},
        {"sensorElementList": [{"sensorReport": [{"type": "Temperature", "bizRules": "https://a.cn/1"}]}]},
    ],
)
def test_what_changes_the_hash(change: dict[str, Any]) -> None:
    assert event_hash({**EVENT, **change}, CONTEXT) != event_hash(EVENT, CONTEXT)


def test_fields_a_repository_ignores() -> None:
    assert event_hash({**EVENT, "ex:hash": "1"}, CONTEXT, ("ex:hash",)) == event_hash(EVENT, CONTEXT)


def test_the_context_of_an_event_counts() -> None:
    own = {**EVENT, "@context": [{"ex": "https://ns.example.cn/"}]}
    assert event_hash(own) == event_hash(EVENT, CONTEXT)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2023-01-18T11:04:03.1415Z", "2023-01-18T11:04:03.142Z"),
        ("2023-01-18T11:04:03.1425Z", "2023-01-18T11:04:03.143Z"),
        ("2023-12-31T23:59:59.9996Z", "2024-01-01T00:00:00.000Z"),
        ("2023-01-01T07:30:00+08:00", "2022-12-31T23:30:00.000Z"),
        ("2023-01-01T07:30:00", "2023-01-01T07:30:00"),
        ("2023-02-30T07:30:00Z", "2023-02-30T07:30:00Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("９023-01-01T07:30:00Z", "９023-01-01T07:30:00Z"),
    ],
)
def test_times(text: str, shown: str) -> None:
    assert utc_milliseconds(text) == shown


def test_numbers() -> None:
    assert [plain_number(text) for text in ("+1.0", "007", "0.3400", "-0.50", ".5", "12")] == [
        "1", "7", "0.34", "-0.5", "0.5", "12",
    ]  # fmt: skip
    assert json.loads("1e2") == 100
    assert "count=100" in pre_hash({"type": "ObjectEvent", "ex:count": json.loads("1e2")}, CONTEXT)
    for odd in ("1_0", "nan", "inf", "1e999", "１２"):
        assert odd in pre_hash({"type": "ObjectEvent", "ex:count": odd}, CONTEXT)
