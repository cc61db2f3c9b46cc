"""Checks: published documents in place, and every reason once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hengjian.methods.epcis import EventChecker, ReadError, read, validate
from tests.methods.epcis.shared import files

EVENT: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2026-03-04T11:00:30+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "OBSERVE",
    "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
}
PACKING: dict[str, Any] = {
    **{name: value for name, value in EVENT.items() if name != "epcList"},
    "type": "AggregationEvent",
    "action": "ADD",
    "parentID": "urn:epc:id:sscc:4012345.0000000333",
    "childEPCs": ["urn:epc:id:sgtin:4012345.011111.9876"],
}
MAKING: dict[str, Any] = {
    **{name: value for name, value in EVENT.items() if name not in {"epcList", "action"}},
    "type": "TransformationEvent",
    "inputEPCList": ["urn:epc:id:sgtin:4012345.011111.1"],
    "outputEPCList": ["urn:epc:id:sgtin:4012345.022222.1"],
}
PUBLISHED = [
    path
    for path in files("openepcis", ".json", ".xml") + files("gs1", ".json", ".jsonld", ".xml")
    if path.parent.name != "CaptureJob"
]


def reasons(event: dict[str, Any], level: str = "error") -> list[str]:
    return [problem.reason for problem in EventChecker().check(event) if problem.level == level]


@pytest.mark.parametrize(
    "path", [path for path in PUBLISHED if path.parent.name != "Invalid"], ids=lambda path: path.name
)
def test_published_documents_are_accepted(path: Path) -> None:
    assert [problem for problem in validate(read(path.read_bytes())) if problem.level == "error"] == []


@pytest.mark.parametrize(
    "path", [path for path in PUBLISHED if path.parent.name == "Invalid"], ids=lambda path: path.name
)
def test_invalid_documents_are_refused_with_a_reason(path: Path) -> None:
    errors = [problem for problem in validate(read(path.read_bytes())) if problem.level == "error"]
    assert errors
    assert all(problem.reason and problem.path and problem.message_zh and problem.message_en for problem in errors)


def test_plain_events_are_accepted() -> None:
    for event in (EVENT, PACKING, MAKING):
        assert EventChecker().check(event) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "ObjectEvents"}, "event_type_unknown"),
        ({"type": 5}, "event_type_unknown"),
        ({"eventTime": None}, "time_format"),
        ({"eventTime": "2026-02-30T00:00:00Z"}, "time_format"),
        ({"eventTime": "2026-03-04T11:00:30"}, "time_format"),
        ({"eventTimeZoneOffset": "+25:00"}, "offset_format"),
        ({"eventTimeZoneOffset": "+14:30"}, "offset_format"),
        ({"action": "SEEN"}, "action_unknown"),
        ({"action": ["ADD"]}, "action_unknown"),
        ({"bizStep": "transforming"}, "code_unknown"),
        ({"bizStep": "urn:epcglobal:cbv:bizstep:transforming"}, "code_unknown"),
        ({"bizStep": {}}, "code_unknown"),
        ({"eventID": "abc"}, "not_a_uri"),
        ({"certificationInfo": [{}]}, "certification_not_a_uri"),
        ({"epcList": "urn:x:1"}, "wrong_type"),
        ({"epcList": [5]}, "not_a_uri"),
        ({"epcList": ["urn:x:1", "urn:x:1"]}, "duplicate_identifier"),
        ({"epcList": ["urn:epc:id:sgtin:06.x"]}, "identifier_malformed"),
        ({"epcList": ["https://id.gs1.org/01/09780345418914/21/1"]}, "identifier_check_digit"),
        ({"epcList": ["https://id.gs1.org/21/1/01/09780345418913"]}, "identifier_qualifier_order"),
        ({"colour": "red"}, "unknown_field"),
        ({"childEPCs": []}, "unknown_field"),
        ({"ilmd": {"ex:lot": "1"}}, "ilmd_not_allowed"),
        ({"action": "ADD", "ilmd": {"lot": "1"}}, "unknown_field"),
        ({"quantityList": [{"quantity": 1}]}, "missing_field"),
        ({"quantityList": [{"epcClass": "urn:x:1", "quantity": "1"}]}, "wrong_type"),
        ({"quantityList": [{"epcClass": "urn:x:1", "quantity": True}]}, "wrong_type"),
        ({"quantityList": [{"epcClass": "urn:x:1", "quantity": -1}]}, "negative_quantity"),
        ({"quantityList": [{"epcClass": "urn:x:1", "quantity": 1, "uom": "kg"}]}, "uom_format"),
        ({"quantityList": [{"epcClass": "urn:x:1", "weight": 1}]}, "unknown_field"),
        ({"quantityList": ["urn:x:1"]}, "wrong_type"),
        ({"readPoint": "urn:x:1"}, "wrong_type"),
        ({"readPoint": {}}, "missing_field"),
        ({"readPoint": {"id": "a b"}}, "not_a_uri"),
        ({"sourceList": [{"source": "urn:x:1"}]}, "missing_field"),
        ({"sourceList": [{"source": "urn:x:1", "type": "place"}]}, "code_unknown"),
        ({"bizTransactionList": [{"type": "po"}]}, "missing_field"),
        ({"persistentDisposition": {}}, "missing_field"),
        ({"persistentDisposition": {"set": []}}, "empty_list"),
        ({"persistentDisposition": {"set": ["lost"]}}, "code_unknown"),
        ({"errorDeclaration": {}}, "missing_field"),
        ({"errorDeclaration": {"declarationTime": "2026-03-04"}}, "time_format"),
        ({"errorDeclaration": {"declarationTime": "2026-03-04T00:00:00Z", "reason": "typo"}}, "code_unknown"),
        ({"sensorElementList": [{}]}, "missing_field"),
        ({"sensorElementList": [{"sensorReport": []}]}, "empty_list"),
        ({"sensorElementList": [{"sensorReport": [{"type": "Speed", "value": "4"}]}]}, "wrong_type"),
        ({"sensorElementList": [{"sensorReport": [{"value": 4}]}]}, "missing_field"),
        ({"sensorElementList": [{"sensorReport": [{"type": "Speed", "hexBinaryValue": "xyz"}]}]}, "wrong_type"),
        ({"sensorElementList": [{"sensorReport": [{"type": "Speed", "colour": "red"}]}]}, "unknown_field"),
    ],
)
def test_reasons(change: dict[str, Any], reason: str) -> None:
    assert reason in reasons({**EVENT, **change})


@pytest.mark.parametrize("field", ["eventTime", "eventTimeZoneOffset", "action", "epcList"])
def test_required_fields(field: str) -> None:
    event = {name: value for name, value in EVENT.items() if name != field}
    assert reasons(event) == ["no_identifiers" if field == "epcList" else "missing_field"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({**PACKING, "parentID": PACKING["childEPCs"][0]}, "contains_itself"),
        ({**PACKING, "childEPCs": []}, "no_identifiers"),
        ({name: value for name, value in PACKING.items() if name != "parentID"}, "parent_missing"),
        ({**MAKING, "outputEPCList": []}, "no_identifiers"),
        ({**MAKING, "inputEPCList": []}, "no_identifiers"),
        ({**MAKING, "action": "ADD"}, "unknown_field"),
        ({**EVENT, "type": "TransactionEvent"}, "missing_field"),
        ({**EVENT, "type": "TransactionEvent", "bizTransactionList": []}, "empty_list"),
        ({**PACKING, "type": "AssociationEvent", "childEPCs": []}, "no_identifiers"),
    ],
)
def test_rules_between_fields(event: dict[str, Any], reason: str) -> None:
    assert reasons(event) == [reason]


def test_what_is_allowed() -> None:
    assert reasons({**MAKING, "outputEPCList": [], "transformationID": "urn:x:1"}) == []
    assert reasons({**PACKING, "action": "DELETE", "childEPCs": []}) == []
    assert reasons({name: value for name, value in PACKING.items() if name != "parentID"} | {"action": "OBSERVE"}) == []
    assert reasons({**EVENT, "action": "ADD", "ilmd": {"ex:lot": "1"}}) == []
    assert reasons({**EVENT, "bizStep": "https://codes.example.cn/检验"}) == []
    sensor = {"sensorReport": [{"type": "Temperature", "value": -18.5, "uom": "CEL"}]}
    assert reasons({**EVENT, "epcList": [], "readPoint": {"id": "urn:x:1"}, "sensorElementList": [sensor]}) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"epcList": ["https://id.gs1.org/01/09780345418913"]}, "instance_expected"),
        ({"quantityList": [{"epcClass": "urn:epc:id:sgtin:4012345.011111.1"}]}, "class_expected"),
        ({"recordTime": "2026-03-04T10:00:30+08:00"}, "recorded_before_event"),
        ({"errorDeclaration": {"declarationTime": "2026-03-04T11:00:30Z"}}, "error_without_event_id"),
        ({"unknown:field": 1}, "prefix_undeclared"),
        ({"type": "ex:OwnEvent"}, "event_type_foreign"),
    ],
)
def test_warnings_do_not_refuse(change: dict[str, Any], reason: str) -> None:
    event = {**EVENT, **change}
    assert reason in reasons(event, "warning")
    assert reasons(event) == []


HEAD = (
    '{"@context": "https://x.cn/", "type": "EPCISDocument", "schemaVersion": "2.0", '
    '"creationDate": "2026-03-04T00:00:00Z"'
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + "}", "event_list_missing"),
        (HEAD + ', "epcisBody": {"eventList": {}}}', "event_list_missing"),
        (HEAD + ', "epcisBody": {"eventList": [5]}}', "not_an_event"),
        (HEAD + ', "colour": 1, "epcisBody": {"eventList": []}}', "unknown_field"),
        (HEAD.replace("2.0", "two") + ', "epcisBody": {"eventList": []}}', "schema_version"),
        (HEAD.replace("T00", " 00") + ', "epcisBody": {"eventList": []}}', "creation_date"),
        ('{"type": "ObjectEvent"}', "context_missing"),
    ],
)
def test_envelopes(text: str, reason: str) -> None:
    assert reason in {problem.reason for problem in validate(read(text))}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"  ", "empty"),
        (b"[]", "not_epcis"),
        (b"{", "syntax"),
        (b'{"a": NaN}', "syntax"),
        (b'{"type": "\xff"}', "encoding"),
        (b'{"a":' * 100_000, "too_deep"),
        (b"<a/>", "not_epcis"),
        (b"<a", "syntax"),
        (b"<EPCISDocument>" + b"<a>" * 5_000, "too_deep"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><EPCISDocument/>', "dtd"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><EPCISDocument/>', "dtd"),
    ],
)
def test_files_that_cannot_be_read(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(data)
    assert caught.value.reason == reason


def test_documents_of_1_2_are_read_mildly() -> None:
    text = """<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="{version}"
        creationDate="2026-03-04T00:00:00Z"><EPCISBody><EventList><ObjectEvent><action>OBSERVE</action>
        <eventTime>2026-03-04T00:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
        <epcList><epc>{epc}</epc></epcList><extension><extension><certificationInfo>free text</certificationInfo>
        </extension></extension></ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>"""

    def errors(version: str, epc: str) -> set[str]:
        found = validate(read(text.format(version=version, epc=epc)))
        return {problem.reason for problem in found if problem.level == "error"}

    assert errors("1.2", "urn:x:1") == set()
    assert errors("2.0", "urn:x:1") == {"element_order", "certification_not_a_uri"}
    assert errors("1.2", "box 7") == {"not_a_uri"}


def test_queries() -> None:
    query = {"eventType": ["ObjectEvent"], "GE_eventTime": "2026-01-01T00:00:00Z", "EQ_bizStep": ["shipping"]}
    good = {
        "MATCH_anyEPC": ["urn:epc:idpat:sgtin:4012345.*.*"], "WD_readPoint": ["urn:x:1"],
        "EQ_source_owning_party": ["urn:x:1"],
        "GE_quantity_KGM": 2.5, "EQ_quantity": [1, 2], "LT_value_CEL": -18, "GE_percRank": 5,
        "EXISTS_errorDeclaration": True,
        "EXISTS_ILMD_ex:lot": None, "EQ_INNER_ILMD_ex:lot": ["1"], "GT_ex:size": 3, "EQ_readPoint_ex:door": ["A"],
        "GE_errorDeclaration_Time": "2026-01-01T00:00:00Z", "LT_errorDeclarationTime": "2026-01-01T00:00:00Z",
        "HASATTR_ex:a": ["b"], "EQ_ATTR_ex:a_b": ["c"], "EXISTS_SENSORREPORT_ex:a": True, "eventCountLimit": 5,
        "orderDirection": "ASC", "GE_startTime": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    assert validate(read(json.dumps({**query, **good}))) == []
    bad = {
        "GE_eventDate": "2026",
        "EQ_action": ["SEEN"],
        "GE_quantity": "5",
        "maxEventCount": 0,
        "orderDirection": "UP",
    }
    for name, value in bad.items():
        assert [problem.path for problem in validate(read(json.dumps({**query, name: value})))] == [name]
    both = {**query, "eventCountLimit": 5, "maxEventCount": 5}
    assert [problem.reason for problem in validate(read(json.dumps(both)))] == ["parameter_value"]
