"""Reading EPCIS XML (2.0; 1.2 with its extension wrappers) into the JSON form of events, whole or as a stream.

Source: EPCIS 2.0 section 9 (XML binding), EPCIS 1.2 section 9. Documents with a DTD are refused: no entity is ever
expanded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from lxml import etree

from hengjian.methods.epcis.model import Document, Kind, Problem, ReadError
from hengjian.methods.epcis.vocabulary import EVENT_TYPES
from hengjian.methods.epcis.xml_events import Names, element_text, local_name, read_event, read_extension

_CHUNK = 1 << 16
_ROOTS: dict[str, Kind] = {
    "EPCISDocument": "EPCISDocument",
    "EPCISQueryDocument": "EPCISQueryDocument",
    "EPCISMasterDataDocument": "EPCISMasterDataDocument",
}
_WRAPPERS = {"extension", "EventList"}
_OWN_PREFIXES = ("urn:epcglobal:epcis", "http://www.w3.org/2001/XMLSchema", "http://www.unece.org/")


def read_xml(data: bytes | str) -> Document:
    """A whole document; raises `ReadError`."""
    stream = XmlStream(io.BytesIO(data.encode() if isinstance(data, str) else data))
    stream.document.events = list(stream)
    return stream.document


class XmlStream:
    """A document read event by event from a seekable stream; `document` is its envelope.

    What stands before the events is known at once; extensions declared later join the context as they come.
    """

    def __init__(self, stream: BinaryIO) -> None:
        _refuse_dtd(stream)
        stream.seek(0)
        self._names = Names()
        self.document = Document("EPCISDocument", "xml", self._names.context)
        self._events = self._walk(stream)
        self._first = next(self._events, None)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        if self._first is not None:
            yield self._first
            self._first = None
            yield from self._events

    def _walk(self, stream: BinaryIO) -> Iterator[dict[str, Any]]:
        path: list[str] = []
        index = 0
        try:
            parser = etree.iterparse(
                stream,
                events=("start", "end"),
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            for step, element in parser:
                name = local_name(element)
                if step == "start":
                    if not path:
                        self._root(element, name)
                    path.append(name)
                    continue
                path.pop()
                if self._is_event(path, name):
                    event, problems = read_event(element, self._names, f"eventList[{index}]")
                    self.document.problems.extend(problems)
                    index += 1
                    yield event
                    _drop(element)
                elif self.document.kind == "event":
                    continue
                elif len(path) == 1 or (path[1:2] == ["EPCISBody"] and len(path) <= 3):
                    self._member(path, name, element)
        except etree.XMLSyntaxError as error:
            reason = "too_deep" if "depth" in str(error).lower() else "syntax"
            raise ReadError(reason, f"不是有效的 XML：{error}", f"not valid XML: {error}") from error

    def _root(self, element: Any, name: str) -> None:
        document = self.document
        for prefix, namespace in element.nsmap.items():
            if prefix and not namespace.startswith(_OWN_PREFIXES):
                self._names.declare(prefix, namespace)
        if name in EVENT_TYPES:
            document.kind = "event"
        elif name in _ROOTS:
            document.kind = _ROOTS[name]
            document.head["type"] = name
            for attribute in ("schemaVersion", "creationDate"):
                if attribute in element.attrib:
                    document.head[attribute] = element.attrib[attribute]
        else:
            raise ReadError("not_epcis", "根元素不是 EPCIS 文件或事件", "the root is no EPCIS document or event")

    def _is_event(self, path: list[str], name: str) -> bool:
        if self.document.kind == "event":
            return not path
        if "EventList" not in path or name in _WRAPPERS:
            return False
        return set(path[path.index("EventList") :]) <= _WRAPPERS

    def _member(self, path: list[str], name: str, element: Any) -> None:
        document = self.document
        if name == "EPCISHeader":
            document.head.update(_header(element, self._names))
        elif name == "ignoreFields":
            document.ignore = tuple(self._names.key(child) for child in element if isinstance(child.tag, str))
            document.head[self._names.key(element)] = list(document.ignore)
        elif name in {"queryName", "subscriptionID"} and path[-1] != "Poll":
            document.results[name] = element_text(element)
        elif name == "Poll":
            document.kind = "query"
            document.parameters = _poll(element, document.problems)
        elif name == "VocabularyList":
            document.head["epcisHeader"] = {"epcisMasterData": {"vocabularyList": _vocabularies(element, self._names)}}
        elif len(path) == 1 and element.tag.startswith("{") and not element.tag.startswith("{urn:epcglobal:epcis"):
            document.head[self._names.key(element)] = read_extension(element, self._names)


def _drop(element: Any) -> None:
    """Frees an element and what lies before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _refuse_dtd(stream: BinaryIO) -> None:
    """Reads up to the root element with expat; raises `ReadError` "dtd" where one is declared or referred to."""
    parser = expat.ParserCreate()

    def refuse(name: str, system: str | None, public: str | None, internal: int) -> None:
        if not (system or public or internal):
            return  # A bare document type declares nothing.
        raise ReadError("dtd", "文件含有 DTD（文档类型声明），不予接收", "the file has a DTD, which is not accepted")

    def stop(*_: Any) -> None:
        raise _RootReached

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        while data := stream.read(_CHUNK):
            parser.Parse(data)
        parser.Parse(b"", True)
    except _RootReached:
        return
    except expat.ExpatError as error:
        raise ReadError("syntax", f"不是有效的 XML：{error}", f"not valid XML: {error}") from error


class _RootReached(Exception):
    """Thrown out of expat when the prolog is over."""


def _header(element: Any, names: Names) -> dict[str, Any]:
    """Sender, receiver and identifier from the business header; master data."""
    head: dict[str, Any] = {}
    for child in element.iter("{*}Sender", "{*}Receiver", "{*}InstanceIdentifier", "{*}VocabularyList"):
        name = local_name(child)
        if name == "VocabularyList":
            head["epcisHeader"] = {"epcisMasterData": {"vocabularyList": _vocabularies(child, names)}}
        elif name == "InstanceIdentifier":
            head["instanceIdentifier"] = element_text(child)
        else:
            identifier = child.find("{*}Identifier")
            if identifier is not None:
                head[name.lower()] = element_text(identifier)
    return head


def _vocabularies(element: Any, names: Names) -> list[dict[str, Any]]:
    found = []
    for vocabulary in element.iterfind("{*}Vocabulary"):
        members = []
        for item in vocabulary.iterfind("{*}VocabularyElementList/{*}VocabularyElement"):
            member: dict[str, Any] = {"id": item.get("id", "")}
            attributes = [
                {"id": attribute.get("id", ""), "attribute": _attribute(attribute, names)}
                for attribute in item.iterfind("{*}attribute")
            ]
            children = [element_text(child) for child in item.iterfind("{*}children/{*}id")]
            if attributes:
                member["attributes"] = attributes
            if children:
                member["children"] = children
            members.append(member)
        found.append({"type": vocabulary.get("type", ""), "vocabularyElementList": members})
    return found


def _attribute(element: Any, names: Names) -> Any:
    value = read_extension(element, names)
    if isinstance(value, dict):
        value.pop("id", None)
        return value if set(value) != {"#text"} else value["#text"]
    return value


def _poll(element: Any, problems: list[Problem]) -> dict[str, Any]:
    """Parameters of a query in XML, by name; an array value becomes a list."""
    parameters: dict[str, Any] = {}
    query = element.find("{*}queryName")
    if query is None or not element_text(query):
        problems.append(Problem("query_name_missing", "Poll", "缺少查询名 queryName", "queryName is missing"))
    else:
        parameters["queryName"] = element_text(query)
    for index, item in enumerate(element.iterfind("{*}params/{*}param")):
        name, value = item.find("{*}name"), item.find("{*}value")
        path = f"Poll.params[{index}]"
        if name is None or not element_text(name):
            problems.append(Problem("query_parameter_name_missing", path, "参数缺少名称", "a parameter without name"))
        elif value is None:
            problems.append(
                Problem(
                    "query_value_missing",
                    path,
                    f"参数 {element_text(name)} 缺少值",
                    f"the parameter {element_text(name)} has no value",
                )
            )
        else:
            items = [element_text(child) for child in value]
            parameters[element_text(name)] = items if items else element_text(value)
    return parameters
