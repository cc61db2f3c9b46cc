"""One event between XML elements and the JSON form: the reading half."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from hengjian.methods.epcis import vocabulary
from hengjian.methods.epcis.context import STANDARD, Context
from hengjian.methods.epcis.literals import freed, stands_for_uri, words_of
from hengjian.methods.epcis.model import Problem
from hengjian.methods.epcis.structure import REPORT_NUMBERS, SHAPES

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_OWN = "{urn:epcglobal:epcis"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_UNWRAPPED = {"extension", "baseExtension"}
_CODES = {"bizStep": vocabulary.BIZ_STEP, "disposition": vocabulary.DISPOSITION}
_REPORT_CODES = {
    "type": vocabulary.MEASUREMENT,
    "exception": vocabulary.ALERT,
    "component": vocabulary.COMPONENT,
}


_STANDARD = frozenset(STANDARD)
MOST_WORDS = 10_000
"""Words of values that are remembered while a document is read."""


class Names:
    """Gives every foreign namespace one prefix for the whole document, whatever the prefixes were where it occurred."""

    def __init__(self) -> None:
        self.context = Context()
        self._prefixes: dict[str, str] = {}
        self._words: set[str] = set()

    def declare(self, prefix: str | None, namespace: str) -> str:
        """The prefix under which a namespace goes from now on."""
        known = self._prefixes.get(namespace)
        if known is not None:
            return known
        wanted = prefix or "ns"
        taken = self.context.prefixes
        free, number = wanted, 1
        while (
            free in self.context.declared
            or free in self._words
            or (free in taken and taken[free] != namespace and free != "cbvmda")
        ):
            number += 1
            free = f"{wanted}{number}"
        self._prefixes[namespace] = free
        self.context.declared[free] = namespace
        self.context.prefixes[free] = namespace
        return free

    def freed(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event in the form of JSON-LD: what is only text in XML is no short form there."""
        words = words_of(event)
        if not words:
            return event
        declared = self.context.declared
        wrong = {word for word in words if word in declared and not stands_for_uri(word, declared)}
        if len(self._words) < MOST_WORDS:  # a namespace that is declared later gets none of them as its prefix
            self._words |= words - declared.keys() - _STANDARD
        return freed(event, self.context, wrong) if wrong else event

    def key(self, element: Any) -> str:
        """The name of an element in the JSON form: `prefix:local`, or the local name without namespace."""
        return self.name(element.tag, element.prefix)

    def name(self, tag: str, prefix: str | None = None) -> str:
        """The same for an expanded name."""
        if not tag.startswith("{") or tag.startswith(_OWN):
            return tag.rpartition("}")[2]
        namespace, _, local = tag[1:].partition("}")
        return f"{self.declare(prefix, namespace)}:{local}"


def local_name(element: Any) -> str:
    """The name without namespace."""
    return str(element.tag).rpartition("}")[2]


def element_text(element: Any) -> str:
    """The text of an element without the white space around it."""
    return (element.text or "").strip()


def read_event(element: Any, names: Names, path: str) -> tuple[dict[str, Any], list[Problem]]:
    """The JSON form of an event element, and what was wrong with its order."""
    event: dict[str, Any] = {"type": names.key(element)}
    for child in _children(element):
        name = names.key(child)
        reader = _READERS.get(name)
        if reader is not None:
            value = reader(child, names)
            if name in event:
                value = _joined(event[name], value)
            event[name] = value
        else:
            _add(event, name, read_extension(child, names))
    problems = []
    order = list(event)
    if "action" in event and "eventTime" in event and order.index("action") < order.index("eventTime"):
        problems.append(
            Problem(
                "element_order",
                f"{path}.action",
                "XML 元素次序有误：action 应在 eventTime 之后",
                "the XML elements are out of order: action stands before eventTime",
            )
        )
    return names.freed(event), problems


def read_extension(element: Any, names: Names) -> Any:
    """An element of another vocabulary: its text, or an object of its attributes and parts."""
    attributes = {names.name(name): value for name, value in element.attrib.items() if not name.startswith(_XSI)}
    children = [child for child in element if isinstance(child.tag, str)]
    text = element_text(element)
    if not attributes and not children:
        return text
    value: dict[str, Any] = {"#text": text} if text else {}
    value.update(attributes)
    for child in children:
        _add(value, names.key(child), read_extension(child, names))
    return value


def read_number(text: str) -> Any:
    """A decimal as number; other text as it is, so that it can be reported."""
    text = text.strip()
    if _NUMBER.fullmatch(text) is None:
        return text
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _children(element: Any) -> Iterator[Any]:
    """Child elements, with the wrappers of EPCIS 1.2 taken away."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag in _UNWRAPPED:
            yield from _children(child)
        else:
            yield child


def _add(target: dict[str, Any], name: str, value: Any) -> None:
    if name not in target:
        target[name] = value
    elif isinstance(target[name], list):
        target[name].append(value)
    else:
        target[name] = [target[name], value]


def _joined(first: Any, second: Any) -> Any:
    left = first if isinstance(first, list) else [first]
    return left + (second if isinstance(second, list) else [second])


def _text(element: Any, names: Names) -> Any:
    return element_text(element)


def _code(words: vocabulary.Vocabulary) -> Callable[[Any, Names], Any]:
    return lambda element, names: words.compact(element_text(element))


def _epcs(element: Any, names: Names) -> list[str]:
    return [element_text(child) for child in _children(element)]


def _quantities(element: Any, names: Names) -> list[dict[str, Any]]:
    found = []
    for item in _children(element):
        quantity: dict[str, Any] = {}
        for child in _children(item):
            name = names.key(child)
            text = element_text(child)
            quantity[name] = read_number(text) if name == "quantity" else text
        if quantity.get("quantity") == "":  # xsi:nil: an amount that is not known
            del quantity["quantity"]
        found.append(quantity)
    return found


def _typed(field: str, words: vocabulary.Vocabulary) -> Callable[[Any, Names], list[dict[str, str]]]:
    def read(element: Any, names: Names) -> list[dict[str, str]]:
        found = []
        for item in _children(element):
            member = {"type": words.compact(item.get("type").strip())} if item.get("type") is not None else {}
            member[field] = element_text(item)
            found.append(member)
        return found

    return read


def _place(element: Any, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in _children(element):
        _add(found, names.key(child), read_extension(child, names))
    return found


def _persistent(element: Any, names: Names) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for child in _children(element):
        found.setdefault(names.key(child), []).append(vocabulary.DISPOSITION.compact(element_text(child)))
    return found


def _error(element: Any, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in _children(element):
        name = names.key(child)
        if name == "reason":
            found[name] = vocabulary.ERROR_REASON.compact(element_text(child))
        elif name == "correctiveEventIDs":
            found[name] = _epcs(child, names)
        else:
            _add(found, name, read_extension(child, names))
    return found


def _sensors(element: Any, names: Names) -> list[dict[str, Any]]:
    found = []
    for item in _children(element):
        sensor: dict[str, Any] = {}
        for child in _children(item):
            name = names.key(child)
            if name == "sensorReport":
                sensor.setdefault(name, []).append(_report(child, names))
            elif name == "sensorMetadata":
                sensor[name] = {names.name(key): value.strip() for key, value in child.attrib.items()}
            else:
                _add(sensor, name, read_extension(child, names))
        found.append(sensor)
    return found


def _report(element: Any, names: Names) -> dict[str, Any]:
    report: dict[str, Any] = {}
    for key, value in element.attrib.items():
        name, text = names.name(key), value.strip()
        if name in REPORT_NUMBERS:
            report[name] = read_number(text)
        elif name == "booleanValue":
            report[name] = {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        elif name in _REPORT_CODES:
            report[name] = _REPORT_CODES[name].compact(text)
        else:
            report[name] = text
    for child in _children(element):
        _add(report, names.key(child), read_extension(child, names))
    return report


_BY_SHAPE: dict[str, Callable[[Any, Names], Any]] = {
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
_READERS = {name: _BY_SHAPE[shape] for name, shape in SHAPES.items()} | {
    name: _code(words) for name, words in _CODES.items()
}
