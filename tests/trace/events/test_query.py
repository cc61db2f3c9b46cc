"""Every query parameter of the standard, each with events that it finds and events that it does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hengjian.methods.epcis.queries import parameter_kind
from hengjian.trace.events.capture import capture_document
from hengjian.trace.events.compiling import QueryError, compile_query
from hengjian.trace.events.models import Event
from hengjian.trace.events.queries import SYSTEM, run_query
from tests.trace.events.conftest import CONTEXT, ITEM, LOT, Chain, document, event

GLN, INSIDE = "https://id.gs1.org/414/4012345000009", "https://id.gs1.org/414/4012345000009/254/shelf"
SSCC = "urn:epc:id:sscc:4012345.1234567890"
CASE = "urn:epc:id:sgtin:4012345.099999.7"


def chain_of_events() -> list[dict[str, Any]]:
    """Nine events, each with features of its own; number n happened on day n of September."""

    def at(day: int, **more: Any) -> dict[str, Any]:
        return event(day, eventTime=f"2026-09-{day:02}T08:00:00+08:00", **more)

    return [
        at(1, action="ADD", bizStep="commissioning", disposition="active", eventID="urn:uuid:one", epcList=[f"{ITEM}1"],
           quantityList=[{"epcClass": f"{LOT}A", "quantity": 10, "uom": "KGM"}],
           ilmd={"ex:harvest": "2026-08-01T00:00:00Z", "ex:farm": {"ex:plot": 7}}),
        at(2, bizStep="packing", type="AggregationEvent", action="ADD", epcList=None, parentID=SSCC,
           childEPCs=[f"{ITEM}1", CASE], childQuantityList=[{"epcClass": f"{LOT}B", "quantity": 5}]),
        at(3, bizTransactionList=[{"type": "po", "bizTransaction": "urn:epc:id:gdti:4012345.00001.1"},
                                  {"bizTransaction": "https://example.com/free/1"}],
           sourceList=[{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00001"}],
           destinationList=[{"type": "location", "destination": "urn:epc:id:sgln:4012345.00003.0"}],
           epcList=[SSCC], readPoint={"id": INSIDE, "ex:door": "north", "ex:hall": {"ex:row": 3}}),
        at(4, type="TransformationEvent", action=None, epcList=None, transformationID="https://example.com/run/1",
           inputEPCList=[f"{ITEM}4"], inputQuantityList=[{"epcClass": f"{LOT}A", "quantity": 8, "uom": "KGM"}],
           outputEPCList=[f"{ITEM}40"], outputQuantityList=[{"epcClass": f"{LOT}C", "quantity": 7.5, "uom": "KGM"}],
           bizStep=None, disposition=None,
           persistentDisposition={"set": ["completeness_verified"], "unset": ["completeness_inferred"]}),
        at(5, type="TransactionEvent", action="DELETE", epcList=[f"{ITEM}5"],
           parentID="urn:epc:id:grai:4012345.00005.9",
           bizTransactionList=[{"type": "inv", "bizTransaction": "https://example.com/inv/5"}],
           bizLocation={"id": GLN, "ex:shelf": 4, "ex:bay": {"ex:slot": "b2"}}, bizStep="https://example.com/step/own"),
        at(6, type="AssociationEvent", action="ADD", epcList=None, parentID="https://example.com/truck/1",
           childEPCs=["https://example.com/sensor/1"]),
        at(7, epcList=[f"{ITEM}7"], sensorElementList=[
            {"sensorMetadata": {"time": "2026-09-07T01:00:00Z", "startTime": "2026-09-07T00:00:00Z",
                                "endTime": "2026-09-07T02:00:00Z", "deviceID": "https://example.com/dev/1",
                                "dataProcessingMethod": "https://example.com/method/1", "bizRules": "https://example.com/rules/1",
                                "ex:calibrated": "yes"},
             "sensorReport": [
                 {"type": "Temperature", "value": 4.5, "minValue": 3, "maxValue": 6, "meanValue": 4.4, "sDev": 0.3,
                  "percRank": 95, "percValue": 5.5, "uom": "CEL", "ex:band": "cold"},
                 {"type": "Dimensionless", "stringValue": "ok", "booleanValue": True, "hexBinaryValue": "AF",
                  "uriValue": "https://example.com/uri/1", "microorganism": "https://example.com/micro/1",
                  "chemicalSubstance": "https://example.com/chem/1"}],
             "ex:probe": "left"}]),
        at(8, epcList=[f"{ITEM}8"], **{"ex:grade": 3, "ex:label": "甲", "ex:best": "2026-12-01T00:00:00Z",
                                       "ex:box": {"@value": "x", "ex:kind": "carton", "ex:deep": {"ex:level": 2}}}),
        at(1, action="ADD", bizStep="commissioning", disposition="active", eventID="urn:uuid:one", epcList=[f"{ITEM}1"],
           quantityList=[{"epcClass": f"{LOT}A", "quantity": 10, "uom": "KGM"}],
           ilmd={"ex:harvest": "2026-08-01T00:00:00Z", "ex:farm": {"ex:plot": 7}},
           errorDeclaration={"declarationTime": "2026-09-20T00:00:00Z", "reason": "incorrect_data",
                             "correctiveEventIDs": ["urn:uuid:ten"], "ex:by": "王", "ex:case": {"ex:number": 12}}),
    ]  # fmt: skip


MASTER = {
    "epcMasterData": None,
    "epcisHeader": {
        "epcisMasterData": {
            "vocabularyList": [
                {
                    "type": "urn:epcglobal:epcis:vtype:ReadPoint",
                    "vocabularyElementList": [
                        {"id": "urn:epc:id:sgln:4012345.00000.0", "children": [INSIDE]},
                        {"id": INSIDE, "children": [GLN], "attributes": [
                            {"id": "urn:epcglobal:cbv:mda#name", "attribute": "冷库"}]},
                    ],
                }
            ]
        }
    },
}  # fmt: skip


@pytest.fixture
def stored(chain: Chain) -> Chain:
    given = document(*chain_of_events(), epcisHeader=MASTER["epcisHeader"])
    job = capture_document(json.dumps(given).encode(), chain.maker, None, system="test")
    assert job.success, job.errors
    return chain


ALL = {1, 2, 3, 4, 5, 6, 7, 8, 9}
CASES: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ALL),
    ({"eventType": ["ObjectEvent"]}, {1, 3, 7, 8, 9}),
    ({"eventType": ["AssociationEvent", "epcis:TransformationEvent"]}, {4, 6}),
    ({"GE_eventTime": "2026-09-07T00:00:00Z"}, {7, 8}),
    ({"LT_eventTime": "2026-09-02T00:00:00Z"}, {1, 9}),
    ({"LT_recordTime": "2020-01-01T00:00:00Z"}, set()),
    ({"GE_recordTime": "2020-01-01T00:00:00Z"}, ALL),
    ({"GE_recordTime": "0001-01-01T00:00:00+14:00", "LT_recordTime": "9999-12-31T23:59:59-14:00"}, ALL),
    ({"GE_errorDeclarationTime": "2026-09-20T00:00:00Z"}, {9}),
    ({"GE_errorDeclaration_Time": "2026-09-20T00:00:01Z"}, set()),
    ({"LT_errorDeclaration_Time": "2026-09-21T00:00:00Z"}, {9}),
    ({"EQ_action": ["ADD"]}, {1, 2, 6, 9}),
    ({"EQ_action": ["OBSERVE", "DELETE"]}, {3, 5, 7, 8}),
    ({"EQ_bizStep": ["packing", "https://ref.gs1.org/cbv/BizStep-commissioning"]}, {1, 2, 9}),
    ({"EQ_bizStep": ["urn:epcglobal:cbv:bizstep:packing"]}, {2}),
    ({"EQ_bizStep": ["https://example.com/step/own"]}, {5}),
    ({"EQ_disposition": ["active"]}, {1, 9}),
    ({"EQ_persistentDisposition_set": ["completeness_verified"]}, {4}),
    ({"EQ_persistentDisposition_unset": ["completeness_verified"]}, set()),
    ({"EQ_persistentDisposition_unset": ["urn:epcglobal:cbv:disp:completeness_inferred"]}, {4}),
    ({"EQ_readPoint": [GLN]}, ALL - {3}),
    ({"EQ_readPoint": ["urn:epc:id:sgln:4012345.00000.shelf"]}, {3}),
    ({"WD_readPoint": [INSIDE]}, ALL),
    ({"WD_readPoint": ["https://example.com/elsewhere"]}, set()),
    ({"EQ_bizLocation": ["urn:epc:id:sgln:4012345.00000.0"]}, {5}),
    ({"WD_bizLocation": [INSIDE]}, {5}),
    ({"EQ_transformationID": ["https://example.com/run/1"]}, {4}),
    ({"EQ_eventID": ["urn:uuid:one"]}, {1, 9}),
    ({"EQ_errorReason": ["incorrect_data"]}, {9}),
    ({"EQ_errorReason": ["did_not_occur"]}, set()),
    ({"EQ_correctiveEventID": ["urn:uuid:ten"]}, {9}),
    ({"MATCH_epc": ["urn:epc:id:sgtin:4012345.011111.1"]}, {1, 2, 9}),
    ({"MATCH_epc": ["urn:epc:idpat:sgtin:4012345.011111.*"]}, {1, 2, 5, 7, 8, 9}),
    ({"MATCH_epc": ["urn:epc:idpat:sgtin:4012345.*.*"], "EQ_action": ["ADD"]}, {1, 2, 9}),
    ({"MATCH_epc": ["urn:epc:idpat:sgtin:4012345.099999.*", SSCC]}, {2, 3}),
    ({"MATCH_epc": ["urn:epc:idpat:sscc:4012345.*"]}, {3}),
    ({"MATCH_parentID": [SSCC]}, {2}),
    ({"MATCH_parentID": ["urn:epc:idpat:grai:4012345.00005.*", "https://example.com/truck/1"]}, {5, 6}),
    ({"MATCH_inputEPC": [f"{ITEM}4"]}, {4}),
    ({"MATCH_outputEPC": [f"{ITEM}4"]}, set()),
    ({"MATCH_outputEPC": [f"{ITEM}40"]}, {4}),
    ({"MATCH_anyEPC": [SSCC, f"{ITEM}4"]}, {2, 3, 4}),
    ({"MATCH_epcClass": [f"{LOT}A"]}, {1, 9}),
    ({"MATCH_epcClass": [f"{LOT}B", f"{LOT}C"]}, {2}),
    ({"MATCH_inputEPCClass": [f"{LOT}A"]}, {4}),
    ({"MATCH_outputEPCClass": ["urn:epc:class:lgtin:4012345.011111.C"]}, {4}),
    ({"MATCH_anyEPCClass": ["urn:epc:idpat:lgtin:4012345.011111.*"]}, {1, 2, 4, 9}),
    ({"MATCH_anyEPCClass": [f"{ITEM}1"]}, set()),
    ({"EQ_quantity": [5]}, {2}),
    ({"EQ_quantity_KGM": [10, 8]}, {1, 4, 9}),
    ({"GT_quantity": 8}, {1, 9}),
    ({"GE_quantity_KGM": 8}, {1, 4, 9}),
    ({"LT_quantity": 7.5}, {2}),
    ({"LE_quantity_KGM": 7.5}, {4}),
    ({"EQ_bizTransaction_po": ["https://id.gs1.org/253/40123450000161"]}, {3}),
    ({"EQ_bizTransaction_inv": ["https://id.gs1.org/253/40123450000161"]}, set()),
    ({"EQ_bizTransaction_po": ["urn:epc:id:gdti:4012345.00001.1"]}, {3}),
    ({"EQ_bizTransaction_urn:epcglobal:cbv:btt:inv": ["https://example.com/inv/5"]}, {5}),
    ({"EQ_source_owning_party": ["urn:epc:id:pgln:4012345.00001"]}, {3}),
    ({"EQ_source_location": ["urn:epc:id:pgln:4012345.00001"]}, set()),
    ({"EQ_destination_location": ["urn:epc:id:sgln:4012345.00003.0"]}, {3}),
    ({"EXISTS_errorDeclaration": True}, {9}),
    ({"EXISTS_errorDeclaration": None}, {9}),
    ({"EXISTS_errorDeclaration": False}, ALL - {9}),
    ({"EQ_ERROR_DECLARATION_ex:by": "王"}, {9}),
    ({"EXISTS_ERROR_DECLARATION_ex:by": None}, {9}),
    ({"EXISTS_INNER_ERROR_DECLARATION_ex:number": None}, {9}),
    ({"EXISTS_ERROR_DECLARATION_ex:number": None}, set()),
    ({"GT_INNER_ERROR_DECLARATION_ex:number": 11}, {9}),
    ({"LE_INNER_ERROR_DECLARATION_ex:number": 11}, set()),
    ({"EQ_ex:grade": 3}, {8}),
    ({"EQ_ex:grade": "3"}, {8}),
    ({"EQ_ex:label": ["甲", "乙"]}, {8}),
    ({"EQ_https://example.com/ns/label": "甲"}, {8}),
    ({"GT_ex:grade": 2.9}, {8}),
    ({"GE_ex:best": "2026-12-01T08:00:00+08:00"}, {8}),
    ({"LT_ex:best": "2026-12-01T00:00:00Z"}, set()),
    ({"EXISTS_ex:label": None}, {8}),
    ({"EXISTS_ex:nothing": None}, set()),
    ({"EQ_INNER_ex:kind": "carton"}, {8}),
    ({"EQ_ex:kind": "carton"}, set()),
    ({"GE_INNER_ex:level": 2}, {8}),
    ({"EXISTS_INNER_ex:level": None}, {8}),
    ({"EQ_ILMD_ex:harvest": "2026-08-01T08:00:00+08:00"}, {1, 9}),
    ({"LT_ILMD_ex:harvest": "2026-08-02T00:00:00Z"}, {1, 9}),
    ({"EXISTS_ILMD_ex:farm": None}, {1, 9}),
    ({"EQ_INNER_ILMD_ex:plot": 7}, {1, 9}),
    ({"GT_INNER_ILMD_ex:plot": 7}, set()),
    ({"EXISTS_INNER_ILMD_ex:plot": None}, {1, 9}),
    ({"HASATTR_ex:box": ["ex:kind"]}, {8}),
    ({"HASATTR_ex:box": ["ex:size"]}, set()),
    ({"EQ_ATTR_ex:box_ex:kind": ["carton"]}, {8}),
    ({"EQ_readPoint_ex:door": "north"}, {3}),
    ({"EQ_INNER_readPoint_ex:row": 3}, {3}),
    ({"EQ_bizLocation_ex:shelf": 4}, {5}),
    ({"EQ_INNER_bizLocation_ex:slot": "b2"}, {5}),
    ({"EXISTS_sensorElementList": True}, {7}),
    ({"EXISTS_SENSORELEMENT_ex:probe": None}, {7}),
    ({"EXISTS_SENSORMETADATA_ex:calibrated": None}, {7}),
    ({"EXISTS_SENSORREPORT_ex:band": None}, {7}),
    ({"GE_time": "2026-09-07T01:00:00Z", "LT_time": "2026-09-07T01:00:01Z"}, {7}),
    ({"GE_startTime": "2026-09-07T00:00:01Z"}, set()),
    ({"LT_endTime": "2026-09-07T02:00:01Z"}, {7}),
    ({"EQ_type": ["Temperature"]}, {7}),
    ({"EQ_type": ["gs1:Humidity"]}, set()),
    ({"EQ_deviceID": ["https://example.com/dev/1"]}, {7}),
    ({"EQ_dataProcessingMethod": ["https://example.com/method/1"]}, {7}),
    ({"EQ_microorganism": ["https://example.com/micro/1"]}, {7}),
    ({"EQ_chemicalSubstance": ["https://example.com/chem/1"]}, {7}),
    ({"EQ_bizRules": ["https://example.com/rules/1"]}, {7}),
    ({"EQ_stringValue": ["ok"]}, {7}),
    ({"EQ_booleanValue": True}, {7}),
    ({"EQ_booleanValue": False}, set()),
    ({"EQ_hexBinaryValue": ["AF"]}, {7}),
    ({"EQ_uriValue": ["https://example.com/uri/1"]}, {7}),
    ({"EQ_value_CEL": [4.5]}, {7}),
    ({"EQ_value_FAH": [4.5]}, set()),
    *[({f"GE_{name}_CEL": value}, {7}) for name, value in
      [("value", 4.5), ("minValue", 3), ("maxValue", 6), ("meanValue", 4.4), ("sDev", 0.3), ("percValue", 5.5)]],
    *[({f"LT_{name}_CEL": value}, set()) for name, value in
      [("value", 4.5), ("minValue", 3), ("maxValue", 6), ("meanValue", 4.4), ("sDev", 0.3), ("percValue", 5.5)]],
    ({"GT_percRank": 94}, {7}),
    ({"LE_percRank": 94}, set()),
    ({"EQ_bizStep": ["shipping"], "EQ_disposition": ["in_transit"], "GE_eventTime": "2026-09-07T00:00:00Z"}, {7, 8}),
    ({"MATCH_anyEPC": [f"{ITEM}1"], "EXISTS_errorDeclaration": False, "EQ_action": ["ADD"]}, {1, 2}),
]  # fmt: skip


def found(parameters: dict[str, Any], size: int = 100) -> list[int]:
    """Numbers of the events, over all pages."""
    given = {"@context": CONTEXT, **parameters}
    numbers: list[int] = []
    page = run_query(given, reader=SYSTEM, size=size)
    while True:
        numbers += [item.pk for item in page.events]
        if page.next is None:
            return numbers
        assert len(page.events) == size
        page = run_query(given, reader=SYSTEM, size=size, page=page.next)


def test_every_parameter(stored: Chain) -> None:
    wrong = []
    for parameters, wanted in CASES:
        for more in ({}, {"orderBy": "eventTime"}, {"orderBy": "recordTime", "orderDirection": "ASC"}):
            numbers = found({**parameters, **more})
            if set(numbers) != wanted or len(numbers) != len(wanted):
                wrong.append((parameters, more, numbers, wanted))
    assert not wrong


def test_every_family_of_parameters_is_among_them() -> None:
    tested = {name for parameters, _ in CASES for name in parameters}
    assert all(parameter_kind(name) for name in tested)
    families = ["EQ", "GT", "GE", "LT", "LE", "EXISTS", "HASATTR", "MATCH", "WD", "eventType"]
    assert all(any(name.startswith(family) for name in tested) for family in families)


def test_order_limits_and_pages(stored: Chain) -> None:
    assert found({"orderBy": "eventTime", "orderDirection": "ASC"}) == [1, 9, 2, 3, 4, 5, 6, 7, 8]
    assert found({"orderBy": "eventTime"}) == [8, 7, 6, 5, 4, 3, 2, 9, 1]
    assert found({"orderBy": "recordTime"}) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert found({}) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert found({"orderBy": "ex:grade"}) == [8]
    assert found({"eventCountLimit": 4}) == [9, 8, 7, 6]
    assert found({"maxEventCount": 9}) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    for more in ({}, {"orderBy": "eventTime"}, {"orderBy": "eventTime", "orderDirection": "ASC"},
                 {"orderBy": "recordTime", "orderDirection": "ASC"}, {"EQ_readPoint": [GLN, INSIDE]},
                 {"MATCH_anyEPC": [f"{ITEM}{n}" for n in range(50)]}):  # fmt: skip
        assert found(more, size=2) == found(more) == found(more, size=1)
    assert found({"eventCountLimit": 5}, size=2) == [9, 8, 7, 6, 5]
    with pytest.raises(QueryError) as refused:
        found({"maxEventCount": 8})
    assert refused.value.kind == "QueryTooLarge"


def test_what_is_captured_meanwhile_belongs_to_the_next_query(stored: Chain) -> None:
    first = run_query({}, reader=SYSTEM, size=5)
    data = json.dumps(document(event(20))).encode()
    assert capture_document(data, stored.maker, None, system="test").added == 1
    assert first.next is not None
    rest = run_query({}, reader=SYSTEM, size=5, page=first.next)
    assert [item.pk for item in rest.events] == [4, 3, 2, 1] and Event.objects.count() == 10


@pytest.mark.parametrize(
    "parameters",
    [
        {"EQ_colour": ["red"]},
        {"GE_eventTime": "yesterday"},
        {"EQ_action": ["SELL"]},
        {"eventCountLimit": 1, "maxEventCount": 1},
        {"eventCountLimit": 0},
        {"orderBy": "colour"},
        {"orderDirection": "UP"},
        {"GT_ex:grade": "high"},
        {"MATCH_epc": ["urn:epc:idpat:sgtin:*.011111.1"]},
        {"MATCH_epc": ["urn:epc:idpat:nothing:1.*"]},
        {"MATCH_epc": []},
        {"GT_quantity": "much"},
    ],
)
def test_wrong_queries_are_named(db: None, parameters: dict[str, Any]) -> None:
    with pytest.raises(QueryError) as refused:
        compile_query(parameters)
    assert refused.value.kind == "QueryParameter" and refused.value.parameter and refused.value.message
