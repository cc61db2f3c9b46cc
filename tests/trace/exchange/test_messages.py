"""Messages: read, refused with reasons, mapped to events and back, written and read in every form."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hengjian.documents.uploads import UploadRefused
from hengjian.methods.epcis import EventChecker, event_hash
from hengjian.trace.exchange.files import FORMATS, ReadFile, checked, write_file
from hengjian.trace.exchange.lots import lot_parts, lot_uri, node_of, node_uri
from hengjian.trace.exchange.mapping import from_event, to_event
from hengjian.trace.exchange.messages import KINDS, Business, Message, plain, read_message
from hengjian.trace.exchange.rows import Rows


def read(data: bytes, name: str) -> ReadFile:
    return checked(Rows(io.BytesIO(data), name))


HOST = "trace.example"
AT = "2026-03-12T08:30:00+08:00"
LINE = {"goods_code": "0210", "goods_name": "羔羊胴体", "batch": "20260312-1", "quantity": "120.5", "uom": "KGM"}
GTIN_LINE = {**LINE, "goods_code": "6901234567892"}
MESSAGES: list[dict[str, Any]] = [
    {"kind": "subject", "number": "F-0001", "name": "青禾家庭农场", "node": "planting", "region": "990102"},
    {
        "kind": "product",
        "code": "6901234567892",
        "name": "番茄酱",
        "maker": "91990100MAK71HGW5Y",
        "maker_name": "某厂",
        "unit": "罐",
        "shelf_days": 540,
    },
    {
        "kind": "production",
        "node": "F-0001",
        "at": AT,
        "lines": [LINE],
        "farm_inputs": ["2" * 32],
        "expires_on": "2026-04-01",
    },
    {
        "kind": "production",
        "node": "F-0002",
        "at": AT,
        "inputs": [{**LINE, "minted_by": "F-0001"}],
        "lines": [GTIN_LINE],
    },
    {
        "kind": "paper",
        "node": "F-0001",
        "at": AT,
        "paper": "quarantine",
        "number": "动检990102-001",
        "issuer": "某所",
        "line": LINE,
    },
    {
        "kind": "arrival",
        "node": "M-0001",
        "node_name": "河湾市场",
        "at": AT,
        "supplier": "F-0001",
        "ticket": "T001",
        "quarantine": "动检990102-001",
        "lines": [{**LINE, "price": "62.5"}, GTIN_LINE],
    },
    {
        "kind": "trade",
        "node": "M-0001",
        "at": AT,
        "buyer": "S-0001",
        "destination": "澜东店",
        "ticket": "T002",
        "lines": [{**LINE, "minted_by": "F-0001"}],
    },
    {"kind": "trade", "node": "S-0001", "at": AT, "lines": [GTIN_LINE]},
    {
        "kind": "test",
        "node": "M-0001",
        "at": AT,
        "sample": "S-9",
        "item": "恩诺沙星",
        "value": "未检出",
        "verdict": "passed",
        "line": {**LINE, "minted_by": "F-0001"},
    },
    {"kind": "disposal", "node": "S-0001", "at": AT, "act": "destroyed", "order": "召〔2026〕1号", "line": GTIN_LINE},
    {"kind": "disposal", "node": "S-0001", "at": AT, "act": "recalled", "line": GTIN_LINE},
    {"kind": "disposal", "node": "S-0001", "at": AT, "act": "returned", "line": GTIN_LINE},
    {
        "kind": "evaluation",
        "region": "990102",
        "period": "2026-03",
        "subjects": 10,
        "uploading": 8,
        "events": 100,
        "timely": 90,
        "shipped": 50,
        "matched": 45,
        "lookups": 3,
    },
]


def messages() -> list[Message]:
    return [read_message(raw) for raw in MESSAGES]


def test_every_kind_of_the_model_has_an_example() -> None:
    assert {raw["kind"] for raw in MESSAGES} == set(KINDS)


@pytest.mark.parametrize(
    "message", [message for message in messages() if isinstance(message, Business)], ids=lambda m: m.kind
)
def test_a_message_becomes_a_valid_event_and_comes_back_as_it_was(message: Business) -> None:
    event = to_event(message, HOST)
    assert [found for found in EventChecker().check(event) if found.level == "error"] == []
    assert from_event(event) == message
    assert event_hash(event) == event_hash(to_event(message, HOST))
    assert event_hash(event) != event_hash(to_event(message, HOST, edition=1))


def test_mixing_is_a_transformation_and_a_harvest_an_addition() -> None:
    harvest, mixing = (to_event(read_message(raw), HOST) for raw in MESSAGES[2:4])  # type: ignore[arg-type]
    assert (harvest["type"], harvest["action"]) == ("ObjectEvent", "ADD")
    assert mixing["type"] == "TransformationEvent"
    assert mixing["inputQuantityList"][0]["epcClass"] == harvest["quantityList"][0]["epcClass"]
    assert mixing["outputQuantityList"][0]["epcClass"] == "https://id.gs1.org/01/06901234567892/10/20260312-1"


def test_events_of_others_are_read_by_their_shape() -> None:
    event = to_event(read_message(MESSAGES[5]), HOST)  # type: ignore[arg-type]
    bare = {name: value for name, value in event.items() if not name.startswith("hj:")}
    found = from_event(bare)
    assert found is not None
    assert found.kind == "arrival"
    assert [(line.batch, line.minted_by) for line in found.lines] == [("20260312-1", "F-0001"), ("20260312-1", "")]  # type: ignore[union-attr]
    assert from_event({**bare, "type": "AggregationEvent"}) is None


@pytest.mark.parametrize("form", FORMATS)
def test_files_bring_back_what_was_written(form: str) -> None:
    found = read(write_file(messages(), form), f"files.{form}")
    assert found.faults == []
    assert [plain(message) for _row, message in found.messages] == [plain(message) for message in messages()]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "arrival", "node": "M-1"}, "node"),
        ({"at": "昨天"}, "at"),
        ({"lines": []}, "lines"),
        ({"lines": [{**LINE, "quantity": "-1"}]}, "quantity"),
        ({"lines": [{**LINE, "batch": "有空 格"}]}, "batch"),
        ({"supplier": ""}, ""),
        ({"unknown": 1}, "unknown"),
        ({"kind": "nonsense"}, ""),
    ],
)
def test_what_is_wrong_is_said_with_its_field(change: dict[str, Any], where: str) -> None:
    raw = {**MESSAGES[5], "lines": [LINE], **change}
    with pytest.raises(ValidationError) as refused:
        read_message(raw)
    assert where == "" or where in {str(item["loc"][-1]) for item in refused.value.errors()}


def test_a_table_tells_all_faults_of_all_rows() -> None:
    head = "信息类型,节点编号,时间,供货商编号,商品名称,批次号,重量,单位"
    good = "进场,M-0001,2026-03-12 08:30,F-0001,羔羊,L1,10,公斤"
    rows = [head, good, "进场,M-0001,不是日期,F-0001,羔羊,L1,0,公斤", "别的,M-0001,2026-03-12,,,,,"]
    found = read("\n".join(rows).encode("gb18030"), "进场.csv")
    assert len(found.messages) == 1
    assert {fault.row for fault in found.faults} == {3, 4}
    assert {fault.field.partition("（")[0] for fault in found.faults if fault.row == 3} == {"时间", "重量或数量"}
    assert all(fault.message for fault in found.faults)


def test_rows_with_one_head_are_one_message() -> None:
    head = "信息类型,节点编号,时间,供货商编号,交易凭证号,商品名称,批次号,重量,单位"
    rows = [head, *(f"进场,M-0001,2026-03-12 08:30,F-0001,T1,羔羊,L{n},{n},千克" for n in (1, 2, 3))]
    found = read("\n".join(rows).encode(), "a.csv")
    assert len(found.messages) == 1
    assert [str(line.quantity) for line in found.messages[0][1].lines] == ["1", "2", "3"]  # type: ignore[union-attr]


def test_xml_of_the_circulation_platforms_is_read_by_its_names() -> None:
    xml = """<root><meat_in_info_base><market_id>M-0001</market_id><in_date>2026-03-12 06:00:00</in_date>
    <supplier_id>F-0001</supplier_id><tran_id>T9</tran_id><meat_in_info_detail><batch_id>B1</batch_id>
    <goods_code>0210</goods_code><goods_name>羊肉</goods_name><weight>30</weight><price>60</price>
    </meat_in_info_detail></meat_in_info_base></root>"""
    ((_row, message),) = read(xml.encode(), "in.xml").messages
    assert plain(message)["ticket"] == "T9"
    assert plain(message)["at"] == "2026-03-12T06:00:00+08:00"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.jsonl"),
        (b"<a", "a.xml"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "a.xml"),
        (b"x", "a.exe"),
        (b"\x00\x01", "a.xlsx"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(UploadRefused):
        read(data, name)


def test_broken_json_lines_are_faults_of_their_rows() -> None:
    found = read(b'{"kind":"subject"}\nnot json\n[1,2]\n' + b"[" * 5000, "a.jsonl")
    assert found.messages == []
    assert {fault.row for fault in found.faults} == {1, 2, 3, 4}


def test_names_of_lots_and_nodes_can_be_read_back() -> None:
    own = lot_uri(HOST, "0210", "F-0001", "A.1-2_3")
    assert lot_parts(own) == ("", "F-0001", "A.1-2_3")
    assert lot_parts(lot_uri(HOST, "6901234567892", "F-0001", "L/1")) == ("06901234567892", "", "L/1")
    assert lot_parts("https://id.gs1.org/01/06901234567892") is None
    assert lot_parts("https://elsewhere.example/page") is None
    assert node_of(node_uri(HOST, "F-0001")) == "F-0001"


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for name in ("a.jsonl", "a.csv", "a.xml"):
        with suppress(UploadRefused):
            read(text.encode("utf-8", "surrogatepass"), name)
