"""Checks of events and documents: the structure of the standard and what its schemas cannot say, with named reasons.

The structural half is the same as `schema.py` says in JSON Schema (a test holds them together); it is written out
because a generic interpreter of schemas is a hundred times slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from hengjian.methods.epcis import vocabulary
from hengjian.methods.epcis.context import Context
from hengjian.methods.epcis.messages import problem
from hengjian.methods.epcis.model import Problem
from hengjian.methods.epcis.sensors import check_sensors
from hengjian.methods.epcis.structure import FIELDS, REQUIRED, SHAPES
from hengjian.methods.epcis.values import (
    DEPTH,
    OFFSET,
    UOM,
    check_code,
    check_identifier,
    check_time,
    check_uri,
    is_uri,
    moment,
    too_deep,
)
from hengjian.methods.gs1 import CACHED_LENGTH, families_of, family_of

Found = list[Problem]
_FOREIGN = {"rdfs:comment", "@context", "type", "isA"}
_FORESEEN = {name: frozenset(fields) for name, fields in FIELDS.items()}
_UNFORESEEN = frozenset({"persistentDisposition"})
"""Fields in use on types of event that the standard does not foresee them for: named, not refused."""


class EventChecker:
    """Checks events of one document; the structure per type is compiled once for all."""

    def __init__(self, context: Context | None = None, tolerate: frozenset[str] = frozenset()) -> None:
        self.context = context or Context()
        self._tolerate = tolerate

    def check(self, event: Mapping[str, Any], path: str = "") -> list[Problem]:
        """Problems of one event; paths are relative to the document."""
        found = self._check(event, path)
        return eased(found, self._tolerate) if found and self._tolerate else found

    def _check(self, event: Mapping[str, Any], path: str) -> list[Problem]:
        found: Found = []
        at = f"{path}." if path else ""
        kind = event.get("type")
        fields = _FORESEEN.get(kind) if isinstance(kind, str) else None
        context = self.context
        if "@context" in event:
            context = Context.from_json(event["@context"], context)
        if fields is None:
            if not (isinstance(kind, str) and is_foreign_type(kind)):
                found.append(problem("event_type_unknown", at + "type", value=kind))
                return found
            found.append(problem("event_type_foreign", at + "type", "warning", value=kind))
            required: Iterable[str] = ("eventTime", "eventTimeZoneOffset")
            fields = frozenset(SHAPES)
        else:
            required = REQUIRED[str(kind)]
        for name in required:
            if name not in event:
                found.append(problem("missing_field", at + name, field=name))
        for name, value in event.items():
            if isinstance(value, (dict, list)) and too_deep(value):
                found.append(problem("too_deep", at + name, value=DEPTH))
            elif name in fields:
                _CHECKS[name](value, at + name, found)
            elif ":" in name:
                if name.partition(":")[0] not in context.prefixes and "//" not in name and not name.startswith("urn:"):
                    found.append(problem("prefix_undeclared", at + name, "warning", field=name))
            elif name not in _FOREIGN:
                if name in _UNFORESEEN:
                    found.append(problem("field_not_foreseen", at + name, "warning", field=name, type=kind))
                    _CHECKS[name](value, at + name, found)
                else:
                    found.append(problem("unknown_field", at + name, field=name))
        _RULES.get(str(kind), _no_rule)(event, at, found)
        _common_rules(event, at, found)
        return found


def eased(found: list[Problem], reasons: frozenset[str]) -> list[Problem]:
    """Problems with those of some reasons turned into warnings."""
    return [replace(item, level="warning") if item.reason in reasons else item for item in found]


def is_foreign_type(kind: str) -> bool:
    """Whether a type of event is an extension: a URI or a prefixed name."""
    return ":" in kind


# --- fields ---


def _list(value: Any, path: str, found: Found) -> list[Any]:
    if isinstance(value, list):
        return value
    found.append(problem("wrong_type", path, expected_zh="列表", expected_en="a list"))
    return []


def _object(value: Any, path: str, found: Found) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    found.append(problem("wrong_type", path, expected_zh="对象", expected_en="an object"))
    return {}


def _offset(value: Any, path: str, found: Found) -> None:
    if not isinstance(value, str) or OFFSET.fullmatch(value) is None:
        found.append(problem("offset_format", path, value=value))


def _action(value: Any, path: str, found: Found) -> None:
    if value not in vocabulary.ACTIONS:
        found.append(problem("action_unknown", path, value=value))


def _certificates(value: Any, path: str, found: Found) -> None:
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        if not is_uri(item):
            at = f"{path}[{index}]" if isinstance(value, list) else path
            found.append(problem("not_a_uri", at, named="certification_not_a_uri", value=item))


def _epcs(value: Any, path: str, found: Found) -> None:
    members = _list(value, path, found)
    for index, (item, alike) in enumerate(zip(members, families_of(members), strict=True)):
        if (alike is None or not _flawless(alike[0].sample, "instance")) and not _accepted(item, "instance"):
            check_identifier(item, f"{path}[{index}]", found, wanted="instance")


@lru_cache(maxsize=1 << 16)
def _flawless(uri: str, wanted: str) -> bool:
    found: Found = []
    check_identifier(uri, "", found, wanted=wanted)
    return not found


def _accepted(value: Any, wanted: str) -> bool:
    """Whether an identifier is right beyond doubt; members of a family are all alike (gs1.families)."""
    if not isinstance(value, str) or len(value) > CACHED_LENGTH:
        return False
    found = family_of(value)
    return _flawless(value if found is None else found[0].sample, wanted)


def _all_different(items: list[Any]) -> bool:
    try:
        return len(set(items)) == len(items)
    except TypeError:  # something in it is no text
        return False


def _unique_epcs(value: Any, path: str, found: Found) -> None:
    _epcs(value, path, found)
    if isinstance(value, list) and len(value) > 1 and not _all_different(value):
        seen: set[str] = set()
        for item in value:
            if isinstance(item, str):
                if item in seen:
                    found.append(problem("duplicate_identifier", path, value=item))
                seen.add(item)


def _quantities(value: Any, path: str, found: Found) -> None:
    for index, item in enumerate(_list(value, path, found)):
        at = f"{path}[{index}]"
        element = _object(item, at, found)
        if "epcClass" not in element:
            found.append(problem("missing_field", f"{at}.epcClass", field="epcClass"))
        for name, part in element.items():
            if name == "epcClass":
                if not _accepted(part, "class"):
                    check_identifier(part, f"{at}.epcClass", found, wanted="class")
            elif name == "quantity":
                if isinstance(part, bool) or not isinstance(part, (int, float)):
                    found.append(problem("wrong_type", f"{at}.quantity", expected_zh="数字", expected_en="a number"))
                elif part < 0:
                    found.append(problem("negative_quantity", f"{at}.quantity", value=part))
            elif name == "uom":
                if not isinstance(part, str) or UOM.fullmatch(part) is None:
                    found.append(problem("uom_format", f"{at}.uom", value=part))
                elif "quantity" not in element:
                    found.append(problem("uom_without_quantity", f"{at}.uom", "warning"))
            else:
                found.append(problem("unknown_field", f"{at}.{name}", field=name))


def _typed(
    field: str, words: vocabulary.Vocabulary, *, needs_type: bool, filled: bool = False
) -> Callable[[Any, str, Found], None]:
    def check(value: Any, path: str, found: Found) -> None:
        members = _list(value, path, found)
        if filled and isinstance(value, list) and not members:
            found.append(problem("empty_list", path))
        for index, item in enumerate(members):
            at = f"{path}[{index}]"
            element = _object(item, at, found)
            for name in (field, "type") if needs_type else (field,):
                if name not in element:
                    found.append(problem("missing_field", f"{at}.{name}", field=name))
            for name, part in element.items():
                if name == field:
                    check_identifier(part, f"{at}.{name}", found)
                elif name == "type":
                    check_code(part, words, f"{at}.type", found)
                else:
                    found.append(problem("unknown_field", f"{at}.{name}", field=name))

    return check


def _place(value: Any, path: str, found: Found) -> None:
    place = _object(value, path, found)
    if "id" in place:
        identity = place["id"]
        if not _accepted(identity, ""):
            check_identifier(identity, f"{path}.id", found)
    elif place is value:
        found.append(problem("missing_field", f"{path}.id", field="id"))


def _persistent(value: Any, path: str, found: Found) -> None:
    parts = _object(value, path, found)
    if parts is value and not {"set", "unset"} & set(parts):
        found.append(problem("missing_field", f"{path}.set", field="set"))
    for name, items in parts.items():
        if name not in {"set", "unset"}:
            found.append(problem("unknown_field", f"{path}.{name}", field=name))
            continue
        members = _list(items, f"{path}.{name}", found)
        if isinstance(items, list) and not members:
            found.append(problem("empty_list", f"{path}.{name}"))
        for index, item in enumerate(members):
            check_code(item, vocabulary.DISPOSITION, f"{path}.{name}[{index}]", found)


def _error(value: Any, path: str, found: Found) -> None:
    declaration = _object(value, path, found)
    if declaration is value and "declarationTime" not in declaration:
        found.append(problem("missing_field", f"{path}.declarationTime", field="declarationTime"))
    for name, part in declaration.items():
        at = f"{path}.{name}"
        if name == "declarationTime":
            check_time(part, at, found)
        elif name == "reason":
            check_code(part, vocabulary.ERROR_REASON, at, found)
        elif name == "correctiveEventIDs":
            for index, item in enumerate(_list(part, at, found)):
                check_uri(item, f"{at}[{index}]", found)
        elif ":" not in name:
            found.append(problem("unknown_field", at, field=name))


def _ilmd(value: Any, path: str, found: Found) -> None:
    for name in _object(value, path, found):
        if ":" not in name:
            found.append(problem("unknown_field", f"{path}.{name}", field=name))


def _coded(words: vocabulary.Vocabulary) -> Callable[[Any, str, Found], None]:
    return lambda value, path, found: check_code(value, words, path, found)


_BY_SHAPE: dict[str, Callable[[Any, str, Found], None]] = {
    "time": check_time,
    "epcs": _epcs,
    "quantities": _quantities,
    "transactions": _typed("bizTransaction", vocabulary.TRANSACTION_TYPE, needs_type=False),
    "sources": _typed("source", vocabulary.PARTY_TYPE, needs_type=True),
    "destinations": _typed("destination", vocabulary.PARTY_TYPE, needs_type=True),
    "place": _place,
    "persistent": _persistent,
    "error": _error,
    "sensors": check_sensors,
    "ilmd": _ilmd,
    "uris": _certificates,
    "text": check_identifier,
}
_CHECKS: dict[str, Callable[[Any, str, Found], None]] = {name: _BY_SHAPE[shape] for name, shape in SHAPES.items()} | {
    "eventTimeZoneOffset": _offset,
    "action": _action,
    "eventID": check_uri,
    "bizStep": _coded(vocabulary.BIZ_STEP),
    "disposition": _coded(vocabulary.DISPOSITION),
    **dict.fromkeys(("epcList", "inputEPCList", "outputEPCList"), _unique_epcs),
}


# --- rules between fields ---


def _filled(event: Mapping[str, Any], *names: str) -> bool:
    return any(isinstance(event.get(name), list) and event[name] for name in names)


def _object_rules(event: Mapping[str, Any], at: str, found: Found) -> None:
    if not (
        isinstance(event.get("epcList"), list)
        or _filled(event, "quantityList")
        or (_filled(event, "sensorElementList") and "readPoint" in event)
    ):
        found.append(problem("no_identifiers", at + "epcList"))
    if "ilmd" in event and event.get("action") in ("OBSERVE", "DELETE"):
        found.append(problem("ilmd_not_allowed", at + "ilmd"))


def _parent_rules(event: Mapping[str, Any], at: str, found: Found) -> None:
    action, parent = event.get("action"), event.get("parentID")
    if not (_filled(event, "childEPCs", "childQuantityList") or action == "DELETE"):
        found.append(problem("no_identifiers", at + "childEPCs"))
    if parent is None and event.get("type") == "AggregationEvent" and action in ("ADD", "DELETE"):
        found.append(problem("parent_missing", at + "parentID", value=action))
    children = event.get("childEPCs")
    if parent is not None and isinstance(children, list) and parent in children:
        found.append(problem("contains_itself", at + "parentID", value=parent))


def _transaction_rules(event: Mapping[str, Any], at: str, found: Found) -> None:
    if isinstance(event.get("bizTransactionList"), list) and not event["bizTransactionList"]:
        found.append(problem("empty_list", at + "bizTransactionList"))
    if not (
        isinstance(event.get("epcList"), list) or _filled(event, "quantityList") or event.get("action") == "DELETE"
    ):
        found.append(problem("no_identifiers", at + "epcList"))


def _transformation_rules(event: Mapping[str, Any], at: str, found: Found) -> None:
    inputs = _filled(event, "inputEPCList", "inputQuantityList")
    outputs = _filled(event, "outputEPCList", "outputQuantityList")
    if not ((inputs and outputs) or ((inputs or outputs) and "transformationID" in event)):
        found.append(problem("no_identifiers", at + ("outputEPCList" if inputs else "inputEPCList")))
    given, made = event.get("inputEPCList"), event.get("outputEPCList")
    if isinstance(given, list) and isinstance(made, list):
        known = {item for item in given if isinstance(item, str)}
        for item in made:
            if isinstance(item, str) and item in known:
                found.append(problem("output_is_input", at + "outputEPCList", "warning", value=item))


def _no_rule(event: Mapping[str, Any], at: str, found: Found) -> None:
    return


def _common_rules(event: Mapping[str, Any], at: str, found: Found) -> None:
    if "errorDeclaration" in event and "eventID" not in event:
        found.append(problem("error_without_event_id", at + "errorDeclaration", "warning"))
    recorded = event.get("recordTime")
    if recorded is not None:
        first, last = moment(event.get("eventTime")), moment(recorded)
        if first is not None and last is not None and last < first:
            found.append(problem("recorded_before_event", at + "recordTime", "warning"))


_RULES: dict[str, Callable[[Mapping[str, Any], str, Found], None]] = {
    "ObjectEvent": _object_rules,
    "AggregationEvent": _parent_rules,
    "AssociationEvent": _parent_rules,
    "TransactionEvent": _transaction_rules,
    "TransformationEvent": _transformation_rules,
}
