"""The event hash of CBV 2.0: the same event gives the same identifier, whoever writes it and in whatever syntax.

Source: GS1 CBV 2.0 section 8.9 "EPCIS Event Hash ID"; behaviour where the text is silent follows the reference
fixtures: `certificationInfo` comes after the time zone; transactions, sources, destinations, ILMD and extensions are
sorted together at the end, with the `bizRules` of sensor reports, for which the order of the standard has no place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from math import isinf
from typing import Any

from hengjian.methods.epcis import vocabulary
from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.model import ReadError
from hengjian.methods.gs1 import CACHED_LENGTH, canonical, canonical_links

Event = Mapping[str, Any]

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_URIS = ("urn:", "https://", "http://")
_NOT_HASHED = frozenset(
    {"type", "@context", "isA", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment", "#text"}
)
_COMMENTS = frozenset({"rdfs:comment", "comment", "#text", "@context"})


def event_hash(event: Event, context: Context | None = None, ignore: Collection[str] = ()) -> str:
    """`ni:///sha-256;…?ver=CBV2.0` of an event in its JSON form; `ReadError` "too_deep" where it is nested too deeply.

    `context`: the prefixes in force; `ignore`: names of fields, as written, that are left out (a repository's own
    marks).
    """
    try:
        text = pre_hash(event, context, ignore)
    except RecursionError as error:
        raise ReadError("too_deep", "事件嵌套过深", "the event is nested too deeply") from error
    return f"ni:///sha-256;{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}?ver=CBV2.0"


def pre_hash(event: Event, context: Context | None = None, ignore: Collection[str] = ()) -> str:
    """The canonical string of an event whose digest is the hash."""
    context = context or _NO_CONTEXT
    if "@context" in event:
        outer, context = context, Context.from_json(event["@context"], context)
        names = {outer.name(name) for name in ignore}
        ignore = [name for name in event if name in ignore or context.name(name) in names]
    parts = ["eventType=", context.value(str(event.get("type", "")))]
    for name, write in _FIELDS:
        value = event.get(name)
        if value is not None and name not in ignore:
            parts.append(write(name, value, context))
    tail = []
    for name, value in event.items():
        if name in _SLOTS or name in _NOT_HASHED or name in ignore:
            continue
        write_list = _TAIL.get(name)
        if write_list is not None:
            tail.append(write_list(name, value, context))
        elif isinstance(value, list):
            tail.extend(_extension(context.name(name), item, context) for item in value)
        else:
            tail.append(_extension(context.name(name), value, context))
    sensors = event.get("sensorElementList")
    if sensors and "sensorElementList" not in ignore:
        tail.append(_report_rules(sensors, context))
    if tail:
        tail.sort()
        parts.extend(tail)
    return "".join(parts)


def utc_milliseconds(text: str) -> str:
    """A time in UTC with three decimals, the third rounded half up; a text that is no time with zone stays as it is."""
    match = _TIME.fullmatch(text)
    if match is None:
        return text
    seconds, fraction, zone = match.groups()
    thousandths = 0
    if fraction:
        thousandths = int(fraction[:3].ljust(3, "0")) + (len(fraction) > 3 and fraction[3] >= "5")
    try:
        moment = datetime.fromisoformat(seconds + ("+00:00" if zone == "Z" else zone))
        moment = moment.astimezone(UTC) + timedelta(milliseconds=thousandths)
    except (ValueError, OverflowError):
        return text
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z" if moment.year > 999 else text


def plain_number(text: str) -> str:
    """A number without sign "+", leading and trailing zeros.

    With the precision of a double, as the reference fixtures have it: also for texts of digits longer than that.
    """
    value = float(text)
    if isinf(value):
        return text
    return str(int(value)) if value.is_integer() else repr(value)


def _text(text: str) -> str:
    return _cached(text) if len(text) <= CACHED_LENGTH else _canonical_text(text)


def _canonical_text(text: str) -> str:
    """A value in canonical form: standard codes as web URI, numbers plain, identifiers as canonical Digital Link."""
    text = text.strip()
    if not text:
        return text
    if text.startswith("urn:epcglobal:cbv:"):
        for words in vocabulary.ALL_WITH_URN:
            if text.startswith(words.urn):
                return words.expand(text)
        return text
    if text[0] in "+-.0123456789" and _NUMBER.fullmatch(text):
        return plain_number(text)
    return canonical(text) or text


_cached = lru_cache(maxsize=1 << 16)(_canonical_text)


def _scalar(value: Any, context: Context) -> str:
    if isinstance(value, str):
        if ":" in value and not value.startswith(_URIS):
            value = context.value(value)
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return plain_number(repr(value))
    return str(value)


def _value(name: str, value: Any, context: Context) -> str:
    if isinstance(value, list):
        return "".join(sorted(_value(name, item, context) for item in value))
    text = _scalar(value, context)
    return f"{name}={text}" if text else ""


def _plain(name: str, value: Any, context: Context) -> str:
    return f"{name}={value.strip()}" if isinstance(value, str) else _value(name, value, context)


def _time(name: str, value: Any, context: Context) -> str:
    return f"{name}={utc_milliseconds(value.strip())}" if isinstance(value, str) else ""


def _epcs(name: str, value: Any, context: Context) -> str:
    if not isinstance(value, list):
        value = [value]
    if all(isinstance(item, str) for item in value):
        found = [
            "epc=" + (link or _scalar(item, context)) for item, link in zip(value, canonical_links(value), strict=True)
        ]
    else:
        found = ["epc=" + _scalar(item, context) for item in value]
    found.sort()
    return name + "".join(found) if found else ""


def _coded(words: vocabulary.Vocabulary) -> Callable[[str, Any, Context], str]:
    def write(name: str, value: Any, context: Context) -> str:
        if isinstance(value, list):
            return "".join(sorted(write(name, item, context) for item in value))
        text = words.expand(value.strip()) if isinstance(value, str) else value
        return f"{name}={_scalar(text, context)}" if text else ""

    return write


def _group(fields: Mapping[str, Callable[[str, Any, Context], str]]) -> Callable[[str, Any, Context], str]:
    """A part with an order of its own; its extensions follow, sorted."""

    def write(name: str, value: Any, context: Context) -> str:
        if isinstance(value, list):
            return "".join(sorted(write(name, item, context) for item in value))
        if not isinstance(value, Mapping):
            return _value(name, value, context)
        parts = [
            writer(field, value[field], context) for field, writer in fields.items() if value.get(field) is not None
        ]
        if len(value) > len(parts):
            parts.extend(_extensions({key: item for key, item in value.items() if key not in fields}, context))
        text = "".join(parts)
        return name + text if text else ""

    return write


def _list_of(element: str, write: Callable[[str, Any, Context], str]) -> Callable[[str, Any, Context], str]:
    """A list that names itself once and its sorted members each."""

    def write_list(name: str, value: Any, context: Context) -> str:
        text = write(element, value if isinstance(value, list) else [value], context)
        return name + text if text else ""

    return write_list


def _typed_list(field: str, words: vocabulary.Vocabulary) -> Callable[[str, Any, Context], str]:
    """Transactions, sources, destinations: type before value, members sorted."""
    write_type = _coded(words)

    def write_list(name: str, value: Any, context: Context) -> str:
        found: list[str] = []
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                kind = write_type("type", item["type"], context) if item.get("type") else ""
                found.append(kind + _value(field, item.get(field, ""), context))
        return name + "".join(sorted(found)) if found else ""

    return write_list


def _extension(name: str, value: Any, context: Context) -> str:
    """One extension element: name, value, then its own parts, sorted."""
    if isinstance(value, Mapping):
        text = _scalar(value["#text"], context) if "#text" in value else ""
        inner = "".join(_extensions(value, context))
        return f"{name}={text}{inner}" if text else name + inner
    text = "" if value is None else _scalar(value, context)
    return f"{name}={text}" if text else name


def _extensions(value: Mapping[str, Any], context: Context) -> list[str]:
    found: list[str] = []
    for key, item in value.items():
        if key in _COMMENTS:
            continue
        name = context.name(key)
        if isinstance(item, list):
            found.extend(_extension(name, member, context) for member in item)
        else:
            found.append(_extension(name, item, context))
    found.sort()
    return found


def _nothing(name: str, value: Any, context: Context) -> str:
    return ""


def _report_rules(sensors: Any, context: Context) -> str:
    """The `bizRules` of sensor reports, which have no place in the order: a tree of their own at the end."""
    elements = []
    for sensor in sensors if isinstance(sensors, list) else [sensors]:
        reports = sensor.get("sensorReport") if isinstance(sensor, Mapping) else None
        found = [
            "sensorReport" + _value("bizRules", report["bizRules"], context)
            for report in (reports if isinstance(reports, list) else [reports])
            if isinstance(report, Mapping) and report.get("bizRules")
        ]
        if found:
            elements.append("sensorElement" + "".join(sorted(found)))
    return "sensorElementList" + "".join(sorted(elements)) if elements else ""


def _ilmd(name: str, value: Any, context: Context) -> str:
    return _extension(name, value, context)


_QUANTITIES = _list_of("quantityElement", _group({"epcClass": _value, "quantity": _value, "uom": _value}))
_METADATA = _group(
    {
        "time": _time,
        "startTime": _time,
        "endTime": _time,
        "deviceID": _value,
        "deviceMetadata": _value,
        "rawData": _value,
        "dataProcessingMethod": _value,
        "bizRules": _value,
    }
)
_REPORT = _group(
    {
        "type": _coded(vocabulary.MEASUREMENT),
        "exception": _coded(vocabulary.ALERT),
        "deviceID": _value,
        "deviceMetadata": _value,
        "rawData": _value,
        "dataProcessingMethod": _value,
        "bizRules": _nothing,
        "time": _time,
        "microorganism": _value,
        "chemicalSubstance": _value,
        "value": _value,
        "component": _coded(vocabulary.COMPONENT),
        **dict.fromkeys(("stringValue", "booleanValue", "hexBinaryValue", "uriValue"), _value),
        **dict.fromkeys(("minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"), _value),
        "uom": _value,
        "coordinateReferenceSystem": _value,
    }
)
_PLACE = _group({"id": _value})
_FIELDS: tuple[tuple[str, Callable[[str, Any, Context], str]], ...] = (
    ("eventTime", _time),
    ("eventTimeZoneOffset", _plain),
    ("certificationInfo", _value),
    ("parentID", _value),
    ("epcList", _epcs),
    ("inputEPCList", _epcs),
    ("childEPCs", _epcs),
    ("quantityList", _QUANTITIES),
    ("childQuantityList", _QUANTITIES),
    ("inputQuantityList", _QUANTITIES),
    ("outputEPCList", _epcs),
    ("outputQuantityList", _QUANTITIES),
    ("action", _plain),
    ("transformationID", _value),
    ("bizStep", _coded(vocabulary.BIZ_STEP)),
    ("disposition", _coded(vocabulary.DISPOSITION)),
    (
        "persistentDisposition",
        _group({"set": _coded(vocabulary.DISPOSITION), "unset": _coded(vocabulary.DISPOSITION)}),
    ),
    ("readPoint", _PLACE),
    ("bizLocation", _PLACE),
    (
        "sensorElementList",
        _list_of("sensorElement", _group({"sensorMetadata": _METADATA, "sensorReport": _REPORT})),
    ),
)
_SLOTS = frozenset(name for name, _ in _FIELDS)
_TAIL: dict[str, Callable[[str, Any, Context], str]] = {
    "bizTransactionList": _typed_list("bizTransaction", vocabulary.TRANSACTION_TYPE),
    "sourceList": _typed_list("source", vocabulary.PARTY_TYPE),
    "destinationList": _typed_list("destination", vocabulary.PARTY_TYPE),
    "ilmd": _ilmd,
}
_NO_CONTEXT = Context()
