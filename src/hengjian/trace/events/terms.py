"""What a query can ask for in an event, taken out of it: identifiers with their places (things), everything else by
name (terms). Pure.

Names of terms: `bizTransaction:<type>`, `source:<type>`, `destination:<type>`, `transformationID`, `persistent:set`,
`persistent:unset`, `error`, `error:reason`, `error:corrective`, `sensor`, `sensor:<field>`, `sensor:<field>:<unit>`;
extensions as `<place>:{namespace}local`, where the place is x (event), m (ILMD), d (error declaration), r (read point),
l (location), e, t, p (sensor element, metadata, report), followed by "i" for what stands inside another extension;
attributes as `a:{namespace}local` (their names) and `v:{namespace}local:<attribute>` (their values).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from hengjian.methods.epcis import vocabulary
from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.structure import METADATA, REPORT, REPORT_NUMBERS
from hengjian.methods.epcis.values import moment
from hengjian.trace.events.keys import key_of, keys_of, shorten, word_of

Thing = tuple[str, str, int, float | None, str]
"""role, key, is_class (0, 1), quantity, uom: as the columns of EventThing. Plain tuples: documents bring millions."""
Term = tuple[str, str, float | None]
"""name, text, number."""


EPC_PLACES = (("epcList", "epc"), ("childEPCs", "child"), ("inputEPCList", "input"), ("outputEPCList", "output"))
CLASS_PLACES = (
    ("quantityList", "epc"),
    ("childQuantityList", "child"),
    ("inputQuantityList", "input"),
    ("outputQuantityList", "output"),
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
_SKIPPED = frozenset({"type", "@context", "isA", "rdfs:comment", "comment", "#text", "id"})
_SENSOR_CODES = {
    "type": vocabulary.MEASUREMENT,
    "exception": vocabulary.ALERT,
    "component": vocabulary.COMPONENT,
}
_SENSOR_TIMES = frozenset({"time", "startTime", "endTime"})
_SENSOR_TEXTS = frozenset({"stringValue", "hexBinaryValue", "booleanValue"})
_METADATA = frozenset(METADATA)
_REPORT = frozenset(REPORT)
_UNITS = frozenset(REPORT_NUMBERS) - {"percRank"}


def things_of(event: Mapping[str, Any], context: Context) -> list[Thing]:
    """Identifiers of an event that was checked."""
    found: list[Thing] = []
    parent = event.get("parentID")
    if parent:
        found.append(("parent", key_of(parent, context), 0, None, ""))
    for name, role in EPC_PLACES:
        if name in event:
            found += [(role, key, 0, None, "") for key in keys_of(event[name], context)]
    for name, role in CLASS_PLACES:
        for item in event.get(name) or ():
            quantity = item.get("quantity")
            amount = None if quantity is None else float(quantity)
            found.append((role, key_of(item["epcClass"], context), 1, amount, item.get("uom", "")))
    return found


def terms_of(event: Mapping[str, Any], context: Context, standard: frozenset[str]) -> list[Term]:
    """Everything else. `standard`: the field names that are no extensions (methods.epcis.structure.SHAPES)."""
    found: list[Term] = []
    for item in event.get("bizTransactionList") or ():
        kind = word_of(item.get("type", ""), vocabulary.TRANSACTION_TYPE, context)
        found.append((f"bizTransaction:{kind}", key_of(item["bizTransaction"], context), None))
    for name in ("source", "destination"):
        for item in event.get(f"{name}List") or ():
            kind = word_of(item.get("type", ""), vocabulary.PARTY_TYPE, context)
            found.append((f"{name}:{kind}", key_of(item[name], context), None))
    if event.get("transformationID"):
        found.append(("transformationID", key_of(event["transformationID"], context), None))
    lasting = event.get("persistentDisposition")
    if lasting:
        for name in ("set", "unset"):
            for word in lasting.get(name) or ():
                found.append((f"persistent:{name}", word_of(word, vocabulary.DISPOSITION, context), None))
    if "errorDeclaration" in event:
        found.extend(_error(event["errorDeclaration"], context))
    if "sensorElementList" in event:
        found.append(("sensor", "", None))
        for element in event["sensorElementList"]:
            found.extend(_sensor(element, context))
    if event.get("ilmd"):
        found.extend(_extensions("m", event["ilmd"], context))
    for name, place in (("readPoint", "r"), ("bizLocation", "l")):
        value = event.get(name)
        if isinstance(value, Mapping) and len(value) > 1:
            found.extend(_extensions(place, value, context))
    if not event.keys() <= standard:
        own = {name: value for name, value in event.items() if name not in standard}
        found.extend(_extensions("x", own, context))
    return list(dict.fromkeys(found))


def scalar(value: Any, context: Context) -> tuple[str, float | None]:
    """A value as text, and as number where it is a number or a time (seconds since 1970)."""
    if isinstance(value, bool):
        return ("true" if value else "false"), None
    if isinstance(value, (int, float)):
        number = float(value) if abs(value) < 1e300 else None
        return shorten(repr(value)), number
    text = str(value).strip()
    if text[:1] in "+-.0123456789" and text:
        if _NUMBER.fullmatch(text):
            number = float(text)
            return shorten(text), number if isfinite(number) else None
        instant = moment(text)
        if instant is not None:
            return text, instant.timestamp()
    elif ":" in text:
        text = context.value(text)
    return shorten(text), None


def _error(declaration: Mapping[str, Any], context: Context) -> Iterator[Term]:
    declared = moment(declaration.get("declarationTime"))
    yield ("error", "", declared.timestamp() if declared else None)
    if declaration.get("reason"):
        yield ("error:reason", word_of(declaration["reason"], vocabulary.ERROR_REASON, context), None)
    for item in declaration.get("correctiveEventIDs") or ():
        yield ("error:corrective", shorten(context.value(item)), None)
    own = {
        name: value
        for name, value in declaration.items()
        if name not in ("declarationTime", "reason", "correctiveEventIDs")
    }
    yield from _extensions("d", own, context)


def _sensor(element: Mapping[str, Any], context: Context) -> Iterator[Term]:
    metadata = element.get("sensorMetadata")
    if isinstance(metadata, Mapping):
        yield from _fields(metadata, _METADATA, "t", context)
    for report in element.get("sensorReport") or ():
        if isinstance(report, Mapping):
            yield from _fields(report, _REPORT, "p", context)
    own = {name: value for name, value in element.items() if name not in ("sensorMetadata", "sensorReport")}
    yield from _extensions("e", own, context)


def _fields(part: Mapping[str, Any], known: frozenset[str], place: str, context: Context) -> Iterator[Term]:
    own = {}
    for name, value in part.items():
        if name not in known:
            own[name] = value
        elif name in _SENSOR_TIMES:
            instant = moment(value)
            if instant is not None:
                yield (f"sensor:{name}", "", instant.timestamp())
        elif name in _SENSOR_CODES:
            yield (f"sensor:{name}", word_of(str(value), _SENSOR_CODES[name], context), None)
        elif name in REPORT_NUMBERS:
            if isinstance(value, (int, float)) and abs(value) < 1e300:
                uom = f":{part.get('uom', '')}" if name in _UNITS else ""
                yield (f"sensor:{name}{uom}", "", float(value))
        elif name in _SENSOR_TEXTS:
            yield (f"sensor:{name}", scalar(value, context)[0], None)
        elif name != "uom":
            yield (f"sensor:{name}", key_of(str(value), context), None)
    yield from _extensions(place, own, context)


def _extensions(place: str, value: Mapping[str, Any], context: Context) -> Iterator[Term]:
    """Terms of extension fields, and of what stands inside them."""
    for name, item in value.items():
        if name in _SKIPPED or ":" not in name:
            continue
        full = context.name(name)
        for member in item if isinstance(item, list) else (item,):
            yield _extension(place, full, member, context)
            if isinstance(member, Mapping):
                if len(place) == 1:
                    yield from _attributes(full, member, context)
                yield from _extensions(f"{place[0]}i", member, context)


def _extension(place: str, full: str, member: Any, context: Context) -> Term:
    if isinstance(member, Mapping):
        member = member.get("#text", member.get("@value", ""))
    text, number = scalar(member, context) if isinstance(member, (str, int, float)) else ("", None)
    return (shorten(f"{place}:{full}"), text, number)


def _attributes(full: str, member: Mapping[str, Any], context: Context) -> Iterator[Term]:
    for name, item in member.items():
        if name != "#text" and isinstance(item, (str, int, float)):
            attribute = context.name(name)
            yield (shorten(f"a:{full}"), shorten(attribute), None)
            yield (shorten(f"v:{full}:{attribute}"), scalar(item, context)[0], None)
