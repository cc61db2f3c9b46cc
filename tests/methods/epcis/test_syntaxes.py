"""Events with extensions of every kind keep their hashes from either syntax into the other and back."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hengjian.methods.epcis import Document, event_hash, read, validate, write_json, write_xml

CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
           {"a": "https://a.example/ns/", "b": "urn:b:ns", "dcterms": "https://own.example/"}]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(["a:word", "ex:word", "b:", "zz:1", "gs1:Temperature", "cbv:Disp-active", "rdfs:x", "dcterms:x",
                     "ex://host/path", "https://a.example/ns/word", "urn:epc:id:sgtin:4012345.011111.1", "1.50", "+3",
                     "2026-01-02T03:04:05+08:00", "备注：一", "ex:ex:ex", "xsd:string", "true", "a b", "<&>"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=8),
)  # fmt: skip
NAMES = st.sampled_from(["a:one", "a:two", "b:one", "dcterms:three", "gs1:four"])
PARTS = st.recursive(
    TEXTS | st.integers(-9, 9) | st.booleans(),
    lambda inner: (
        st.lists(inner.filter(lambda item: not isinstance(item, list)), min_size=1, max_size=3)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=6,
)
PLAIN = st.dictionaries(NAMES, TEXTS, max_size=2)
URIS = st.sampled_from(
    ["ex:place", "a:place", "urn:epc:id:sgln:4012345.00001.0", "https://id.gs1.org/414/4012345000009"]
)


@st.composite
def events(draw: Any) -> dict[str, Any]:
    extensions = st.dictionaries(NAMES, PARTS, max_size=3)
    measured = draw(st.sampled_from(["Temperature", "ex:Odd"]))
    made: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": "2026-03-04T11:00:30.5+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "ADD",
        "epcList": draw(st.lists(st.sampled_from(["ex:1", "a:1", "urn:epc:id:sgtin:4012345.022222.1"]), unique=True)),
        "disposition": draw(st.sampled_from(["active", "ex:cold", "a:cold"])),
        "readPoint": {"id": draw(URIS), **draw(extensions)},
        "sourceList": [{"type": draw(st.sampled_from(["location", "ex:kind", "a:kind"])), "source": draw(URIS)}],
        "sensorElementList": [
            {
                "sensorMetadata": {"time": "2026-03-04T11:00:30Z", **draw(PLAIN)},
                "sensorReport": [{"type": measured, "value": 1.5, **draw(PLAIN)}],
                **draw(extensions),
            }
        ],
        "ilmd": draw(extensions),
        **draw(extensions),
    }
    return {name: value for name, value in made.items() if value != {}}


def hashes(document: Document) -> list[str]:
    return [event_hash(event, document.context, document.ignore) for event in document.events]


def in_xml(given: list[dict[str, Any]]) -> tuple[bytes, list[str]]:
    document = Document("EPCISDocument", "json", read(b'{"type": "ObjectEvent"}').context, {}, events=given)
    document.context = document.context.from_json(CONTEXT)
    return write_xml(document), hashes(document)


@settings(max_examples=30, deadline=None)
@given(st.lists(events(), min_size=1, max_size=2))
def test_hashes_stay_through_both_syntaxes(given: list[dict[str, Any]]) -> None:
    data, expected = in_xml(given)
    # The same namespace under a prefix that values look like short forms of: in XML they are none.
    renamed = re.sub(rb"(xmlns:|</?|\s)a([:=])(?=[\w\"])", rb"\1ex\2", data)
    for xml, wanted in ((data, expected), (renamed, None)):
        document = read(xml)
        assert not [item for item in validate(document) if item.level == "error" and item.reason != "no_identifiers"]
        first = hashes(document)
        assert wanted is None or first == wanted
        back = read(write_json(document))
        assert hashes(back) == first
        assert hashes(read(write_xml(back))) == first
        assert hashes(read(write_json(read(write_xml(back))))) == first


def test_a_word_in_xml_is_no_short_form() -> None:
    xml = """<ex:Seen xmlns:ex="https://a.example/"><eventTime>2026-03-04T11:00:30Z</eventTime>
        <eventTimeZoneOffset>+00:00</eventTimeZoneOffset><disposition>ex:cold</disposition>
        <ex:mark>ex:word</ex:mark></ex:Seen>"""
    whole = f"""<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"
        creationDate="2026-03-04T11:00:30Z"><EPCISBody><EventList>{xml}</EventList></EPCISBody></e:EPCISDocument>"""
    document = read(whole)
    (event,) = document.events
    assert event["type"] == "ex2:Seen" and event["ex2:mark"] == "ex:word" and event["disposition"] == "ex:cold"
    assert event["@context"] == {"ex": None, "ex2": "https://a.example/"}
    back = read(write_json(document))
    assert hashes(back) == hashes(document) == hashes(read(write_xml(back)))
    (spelled,) = hashes(read(whole.replace("xmlns:ex=", "xmlns:q=").replace("<ex:", "<q:").replace("</ex:", "</q:")))
    assert [spelled] == hashes(document)
