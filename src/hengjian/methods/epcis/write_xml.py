"""Writing EPCIS 2.0 XML from the JSON form, in the sequence of the XML binding.

Standard codes are written as CBV URNs where CBV 1.x had one, else as CURIEs, or all as web URIs; short forms of one's
own are written out in full, because in XML a value is only text. So a document keeps its event hashes through both
syntaxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

from lxml import etree

from hengjian.methods.epcis import vocabulary
from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.model import Document
from hengjian.methods.epcis.structure import FIELDS, SHAPES

EPCIS_NAMESPACE = "urn:epcglobal:epcis:xsd:2"
QUERY_NAMESPACE = "urn:epcglobal:epcis-query:xsd:2"
_HEADER_NAMESPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_NCNAME_START = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")


class WriteError(ValueError):
    """A document that XML cannot hold: a name that is no XML name, a character XML forbids."""

    def __init__(self, path: str, message_zh: str, message_en: str) -> None:
        super().__init__(f"{path}: {message_en}")
        self.path, self.message_zh, self.message_en = path, message_zh, message_en


CodeForm = Literal["urn", "web", "as_is"]
"""How standard codes are written: as URN of the CBV (a CURIE where it has none), as web URI, as they came."""


def write_xml(document: Document, codes: CodeForm = "urn") -> bytes:
    """The document in the XML binding of EPCIS 2.0, UTF-8; raises `WriteError`."""
    query = document.kind == "EPCISQueryDocument"
    prefix, namespace = ("epcisq", QUERY_NAMESPACE) if query else ("epcis", EPCIS_NAMESPACE)
    context = document.context
    used = _declared(document)
    root = etree.Element(
        f"{{{namespace}}}{'EPCISQueryDocument' if query else 'EPCISDocument'}", nsmap={prefix: namespace, **used}
    )
    root.set("schemaVersion", "2.0")
    head = document.head
    root.set("creationDate", str(head.get("creationDate") or _first_time(document)))
    writer = _Writer(context, used, codes)
    if document.ignore:
        ignored = writer.ignore_name({**head, **document.results})
        if ignored:
            parent = etree.SubElement(root, ignored)
            for name in document.ignore:
                etree.SubElement(parent, writer.tag(name))
    _write_header(root, head, writer)
    body = etree.SubElement(root, "EPCISBody")
    parent = body
    if query:
        parent = etree.SubElement(body, f"{{{namespace}}}QueryResults")
        for name in ("queryName", "subscriptionID"):
            if name in document.results:
                etree.SubElement(parent, name).text = str(document.results[name])
        parent = etree.SubElement(parent, "resultsBody")
    events = etree.SubElement(parent, "EventList")
    for index, event in enumerate(document.events):
        try:
            writer.event(events, event)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:  # an event that was never checked
            raise WriteError(
                f"eventList[{index}]", f"无法写成 XML：{error}", f"cannot be written as XML: {error}"
            ) from error
    for name, value in head.items():
        if ":" in name and not name.endswith(":ignoreFields"):
            writer.extension(root, name, value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _declared(document: Document) -> dict[str, str]:
    """Prefixes to declare at the root: the document's own that XML allows, and those of the standard."""
    used = {"cbv": vocabulary.CBV, "gs1": vocabulary.GS1_VOCABULARY}
    for prefix, namespace in document.context.declared.items():
        if prefix and prefix[0] in _NCNAME_START and not prefix.lower().startswith("xml") and _is_namespace(namespace):
            used[prefix] = namespace
    return used


def _is_namespace(text: str) -> bool:
    return ":" in text and not any(character.isspace() for character in text)


def _first_time(document: Document) -> str:
    return next((str(event["eventTime"]) for event in document.events if "eventTime" in event), "1970-01-01T00:00:00Z")


def _write_header(root: Any, head: Mapping[str, Any], writer: _Writer) -> None:
    names = [name for name in ("sender", "receiver", "instanceIdentifier") if head.get(name)]
    wrapped = head.get("epcisHeader")
    master = wrapped.get("epcisMasterData") if isinstance(wrapped, Mapping) else None
    if not names and not master:
        return
    header = etree.SubElement(root, "EPCISHeader")
    if names:
        _write_business_header(header, head)
    if isinstance(master, Mapping):
        place = etree.SubElement(etree.SubElement(header, "extension"), "EPCISMasterData")
        _write_vocabularies(etree.SubElement(place, "VocabularyList"), master.get("vocabularyList", []), writer)


def _write_business_header(header: Any, head: Mapping[str, Any]) -> None:
    def add(parent: Any, name: str, text: str | None = None) -> Any:
        element = etree.SubElement(parent, f"{{{_HEADER_NAMESPACE}}}{name}", nsmap={"sbdh": _HEADER_NAMESPACE})
        element.text = text
        return element

    business = add(header, "StandardBusinessDocumentHeader")
    add(business, "HeaderVersion", "1.0")
    for name, tag in (("sender", "Sender"), ("receiver", "Receiver")):
        add(add(business, tag), "Identifier", str(head.get(name, "")))
    identification = add(business, "DocumentIdentification")
    add(identification, "Standard", "EPCglobal")
    add(identification, "TypeVersion", "2.0")
    add(identification, "InstanceIdentifier", str(head.get("instanceIdentifier", "")))
    add(identification, "Type", "Events")
    add(identification, "CreationDateAndTime", str(head.get("creationDate", "")))


def _write_vocabularies(parent: Any, vocabularies: Iterable[Any], writer: _Writer) -> None:
    for words in vocabularies:
        element = etree.SubElement(parent, "Vocabulary", type=str(words.get("type", "")))
        members = etree.SubElement(element, "VocabularyElementList")
        for item in words.get("vocabularyElementList", []):
            member = etree.SubElement(members, "VocabularyElement", id=str(item.get("id", "")))
            for attribute in item.get("attributes", []):
                place = etree.SubElement(member, "attribute", id=str(attribute.get("id", "")))
                writer.fill(place, attribute.get("attribute"))
            if item.get("children"):
                children = etree.SubElement(member, "children")
                for child in item["children"]:
                    etree.SubElement(children, "id").text = str(child)


class _Writer:
    """Writes events below an element with the prefixes of one document."""

    def __init__(self, context: Context, used: Mapping[str, str], codes: CodeForm = "urn") -> None:
        self.context, self._used, self._codes = context, used, codes

    def event(self, parent: Any, event: Mapping[str, Any]) -> None:
        """One event element."""
        kind = str(event.get("type", ""))
        outer = self.context
        if "@context" in event:
            self.context = Context.from_json(event["@context"], outer)
        place = etree.SubElement(parent, self.tag(kind))
        fields = FIELDS.get(kind, tuple(SHAPES))
        for name in (*fields, *(name for name in SHAPES if name not in fields)):
            if event.get(name) is not None:
                _WRITERS[name](self, place, name, event[name])
        for name, value in event.items():
            if name not in SHAPES and name not in {"type", "@context", "isA"}:
                self.extension(place, name, value)
        self.context = outer

    def tag(self, name: str) -> str:
        """The expanded name of an element; raises ValueError where XML has no such name."""
        expanded = self.context.name(name)
        if not expanded.startswith("{") and ":" in expanded:
            raise ValueError(f"the prefix of {name} is not declared")
        return expanded

    def ignore_name(self, head: Mapping[str, Any]) -> str | None:
        """The element that lists ignored fields, in the namespace the document has it in."""
        named = next((name for name in head if name.endswith(":ignoreFields")), None)
        return None if named is None else self.tag(named)

    def extension(self, parent: Any, name: str, value: Any) -> None:
        """Elements of another vocabulary; a list becomes one element per member."""
        for item in value if isinstance(value, list) else [value]:
            self.fill(etree.SubElement(parent, self.tag(name)), item)

    def fill(self, element: Any, value: Any) -> None:
        """Text or parts of an element."""
        if isinstance(value, Mapping):
            for name, part in value.items():
                if name == "#text":
                    element.text = self.text(part)
                elif name != "@context":
                    self.extension(element, name, part)
        elif value is not None:
            element.text = self.text(value)

    def text(self, value: Any) -> str:
        """A value as XML text."""
        if isinstance(value, str):
            return self.context.value(value) if ":" in value else value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return f"{Decimal(repr(value)):f}"
        return str(value)

    def code(self, words: vocabulary.Vocabulary, value: Any) -> str:
        """A code of the standard in the form that is wanted; any other value as text."""
        word = words.compact(value) if isinstance(value, str) else value
        if word not in words.words:
            return self.text(value)
        if self._codes == "web":
            return words.expand(str(word))
        if self._codes == "as_is" and word != value:
            return self.text(value)
        return (words.urn or words.curie) + str(word)

    def attributes(self, element: Any, values: Mapping[str, Any], codes: Mapping[str, vocabulary.Vocabulary]) -> None:
        """Members as attributes; extensions that are no plain values become elements."""
        for name, value in values.items():
            if isinstance(value, (list, Mapping)):
                self.extension(element, name, value)
            elif name in codes:
                element.set(name, self.code(codes[name], value))
            elif value is not None:
                element.set(self.tag(name), self.text(value))


def _text(writer: _Writer, parent: Any, name: str, value: Any) -> None:
    for item in value if isinstance(value, list) else [value]:
        etree.SubElement(parent, name).text = writer.text(item)


def _coded(words: vocabulary.Vocabulary) -> Callable[[_Writer, Any, str, Any], None]:
    def write(writer: _Writer, parent: Any, name: str, value: Any) -> None:
        etree.SubElement(parent, name).text = writer.code(words, value)

    return write


def _epcs(writer: _Writer, parent: Any, name: str, value: Any) -> None:
    element = etree.SubElement(parent, name)
    for item in value:
        etree.SubElement(element, "epc").text = writer.text(item)


def _quantities(writer: _Writer, parent: Any, name: str, value: Any) -> None:
    element = etree.SubElement(parent, name)
    for item in value:
        part = etree.SubElement(element, "quantityElement")
        for field in ("epcClass", "quantity", "uom"):
            if item.get(field) is not None:
                etree.SubElement(part, field).text = writer.text(item[field])


def _typed(field: str, words: vocabulary.Vocabulary) -> Callable[[_Writer, Any, str, Any], None]:
    def write(writer: _Writer, parent: Any, name: str, value: Any) -> None:
        if not value:
            return
        element = etree.SubElement(parent, name)
        for item in value:
            part = etree.SubElement(element, field)
            if item.get("type") is not None:
                part.set("type", writer.code(words, item["type"]))
            part.text = writer.text(item.get(field, ""))

    return write


def _place(writer: _Writer, parent: Any, name: str, value: Any) -> None:
    writer.fill(etree.SubElement(parent, name), value)


def _persistent(writer: _Writer, parent: Any, name: str, value: Any) -> None:
    element = etree.SubElement(parent, name)
    for field in ("unset", "set"):
        for item in value.get(field, []):
            etree.SubElement(element, field).text = writer.code(vocabulary.DISPOSITION, item)


def _error(writer: _Writer, parent: Any, name: str, value: Any) -> None:
    element = etree.SubElement(parent, name)
    for field, part in value.items():
        if field == "reason":
            etree.SubElement(element, field).text = writer.code(vocabulary.ERROR_REASON, part)
        elif field == "correctiveEventIDs":
            place = etree.SubElement(element, field)
            for item in part:
                etree.SubElement(place, "correctiveEventID").text = writer.text(item)
        else:
            writer.extension(element, field, part)


def _sensors(writer: _Writer, parent: Any, name: str, value: Any) -> None:
    element = etree.SubElement(parent, name)
    for item in value:
        sensor = etree.SubElement(element, "sensorElement")
        if "sensorMetadata" in item:
            writer.attributes(etree.SubElement(sensor, "sensorMetadata"), item["sensorMetadata"], {})
        for report in item.get("sensorReport", []):
            writer.attributes(etree.SubElement(sensor, "sensorReport"), report, _REPORT_CODES)
        for field, part in item.items():
            if field not in {"sensorMetadata", "sensorReport"}:
                writer.extension(sensor, field, part)


_REPORT_CODES = {
    "type": vocabulary.MEASUREMENT,
    "exception": vocabulary.ALERT,
    "component": vocabulary.COMPONENT,
}
_BY_SHAPE: dict[str, Callable[[_Writer, Any, str, Any], None]] = {
    "text": _text,
    "time": _text,
    "uris": _text,
    "epcs": _epcs,
    "quantities": _quantities,
    "transactions": _typed("bizTransaction", vocabulary.TRANSACTION_TYPE),
    "sources": _typed("source", vocabulary.PARTY_TYPE),
    "destinations": _typed("destination", vocabulary.PARTY_TYPE),
    "place": _place,
    "persistent": _persistent,
    "error": _error,
    "sensors": _sensors,
    "ilmd": _place,
}
_WRITERS = {name: _BY_SHAPE[shape] for name, shape in SHAPES.items()} | {
    "bizStep": _coded(vocabulary.BIZ_STEP),
    "disposition": _coded(vocabulary.DISPOSITION),
}
