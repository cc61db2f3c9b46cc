"""The structure of EPCIS 2.0 documents as JSON Schema (draft 2020-12), for partners and editors.

Built from `structure.py` and the code lists, so that it cannot drift from what is checked here. Formats are patterns: a
validator without format assertion refuses the same documents.
"""

from __future__ import annotations

from typing import Any

from hengjian.methods.epcis import vocabulary
from hengjian.methods.epcis.sensors import HEX_PATTERN
from hengjian.methods.epcis.structure import FIELDS, METADATA, REPORT_NUMBERS, REPORT_URIS, REQUIRED, SHAPES
from hengjian.methods.epcis.values import OFFSET_PATTERN, TIME_PATTERN, UOM_PATTERN, URI_PATTERN

Schema = dict[str, Any]

_EXTENSIONS: Schema = {"patternProperties": {":": True, "^@context$": True}, "additionalProperties": False}


def _pattern(text: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{text})$"}


_TIME, _URI = _pattern(TIME_PATTERN), _pattern(URI_PATTERN)


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _object(properties: dict[str, Schema], required: tuple[str, ...] = (), *, extensible: bool = False) -> Schema:
    rest = _EXTENSIONS if extensible else {"additionalProperties": False}
    return {"type": "object", "properties": properties, "required": list(required), **rest}


def _code(words: vocabulary.Vocabulary, *, open_list: bool = False) -> Schema:
    """A standard code in any of its forms, or a URI that does not pretend to be one; `open_list`: any text."""
    if open_list:
        return {"type": "string"}
    heads = [head for head in (words.web, words.urn, words.curie) if head]
    known = sorted(words.words) + sorted(head + word for head in heads for word in words.words)
    foreign = {**_URI, "not": {"anyOf": [{"pattern": "^" + head.replace(".", "\\.")} for head in heads]}}
    return {"anyOf": [{"enum": known}, foreign]}


_DISPOSITION = _code(vocabulary.DISPOSITION)
_PLACE = _object({"id": _URI}, ("id",))
_PLACE.pop("additionalProperties")
_QUANTITY = _object(
    {"epcClass": _URI, "quantity": {"type": "number", "minimum": 0}, "uom": _pattern(UOM_PATTERN)}, ("epcClass",)
)
_REPORT = _object(
    {
        "type": _code(vocabulary.MEASUREMENT, open_list=True),
        "exception": _code(vocabulary.ALERT, open_list=True),
        "component": _code(vocabulary.COMPONENT),
        "time": _TIME,
        "stringValue": {"type": "string"},
        "booleanValue": {"type": "boolean"},
        "hexBinaryValue": _pattern(HEX_PATTERN),
        "uom": {"type": "string"},
        **dict.fromkeys(REPORT_URIS, _URI),
        **{name: {"type": "number"} for name in REPORT_NUMBERS},
    },
    extensible=True,
) | {"anyOf": [{"required": ["type"]}, {"required": ["exception"]}]}
_TIMES = ("time", "startTime", "endTime")
_SENSOR = _object(
    {
        "sensorMetadata": _object({name: _TIME if name in _TIMES else _URI for name in METADATA}, extensible=True),
        "sensorReport": _list(_REPORT, minItems=1),
    },
    ("sensorReport",),
    extensible=True,
)


def _party(field: str) -> Schema:
    return _list(_object({"type": _code(vocabulary.PARTY_TYPE), field: _URI}, ("type", field)))


_BY_SHAPE: dict[str, Schema] = {
    "text": _URI,
    "time": _TIME,
    "uris": {"anyOf": [_URI, _list(_URI)]},
    "epcs": _list(_URI),
    "quantities": _list(_QUANTITY),
    "transactions": _list(
        _object({"type": _code(vocabulary.TRANSACTION_TYPE), "bizTransaction": _URI}, ("bizTransaction",))
    ),
    "sources": _party("source"),
    "destinations": _party("destination"),
    "place": _PLACE,
    "persistent": _object({name: _list(_DISPOSITION, minItems=1) for name in ("set", "unset")})
    | {"anyOf": [{"required": ["set"]}, {"required": ["unset"]}]},
    "error": _object(
        {
            "declarationTime": _TIME,
            "reason": _code(vocabulary.ERROR_REASON),
            "correctiveEventIDs": _list(_URI),
        },
        ("declarationTime",),
        extensible=True,
    ),
    "sensors": _list(_SENSOR),
    "ilmd": {"type": "object", "patternProperties": {":": True}, "additionalProperties": False},
}
_PROPERTIES: dict[str, Schema] = {name: _BY_SHAPE[shape] for name, shape in SHAPES.items()} | {
    "eventTimeZoneOffset": _pattern(OFFSET_PATTERN),
    "action": {"enum": list(vocabulary.ACTIONS)},
    "bizStep": _code(vocabulary.BIZ_STEP),
    "disposition": _DISPOSITION,
    **dict.fromkeys(("epcList", "inputEPCList", "outputEPCList"), _list(_URI, uniqueItems=True)),
}


def _filled(*names: str) -> list[Schema]:
    return [{"properties": {name: {"minItems": 1}}, "required": [name]} for name in names]


_DELETED: Schema = {"properties": {"action": {"const": "DELETE"}}, "required": ["action"]}
_INPUTS, _OUTPUTS = _filled("inputEPCList", "inputQuantityList"), _filled("outputEPCList", "outputQuantityList")
_CHILDREN: Schema = {"anyOf": [*_filled("childEPCs", "childQuantityList"), _DELETED]}
_RULES: dict[str, list[Schema]] = {
    "ObjectEvent": [
        {
            "anyOf": [
                {"required": ["epcList"]},
                *_filled("quantityList"),
                {"allOf": [*_filled("sensorElementList"), {"required": ["readPoint"]}]},
            ]
        },
        {
            "if": {"properties": {"action": {"enum": ["OBSERVE", "DELETE"]}}, "required": ["action"]},
            "then": {"properties": {"ilmd": False}},
        },
    ],
    "AggregationEvent": [
        _CHILDREN,
        {
            "if": {"properties": {"action": {"enum": ["ADD", "DELETE"]}}, "required": ["action"]},
            "then": {"required": ["parentID"]},
        },
    ],
    "AssociationEvent": [_CHILDREN],
    "TransactionEvent": [
        {"properties": {"bizTransactionList": {"minItems": 1}}},
        {"anyOf": [{"required": ["epcList"]}, *_filled("quantityList"), _DELETED]},
    ],
    "TransformationEvent": [
        {
            "anyOf": [
                {"allOf": [{"anyOf": _INPUTS}, {"anyOf": _OUTPUTS}]},
                {"required": ["transformationID"], "anyOf": [*_INPUTS, *_OUTPUTS]},
            ]
        }
    ],
}


def _event(kind: str) -> Schema:
    properties: dict[str, Schema] = {name: _PROPERTIES[name] for name in FIELDS[kind]}
    properties.setdefault("persistentDisposition", _PROPERTIES["persistentDisposition"])
    properties |= {"type": {"const": kind}, "isA": {}}
    return _object(properties, ("type", *REQUIRED[kind]), extensible=True) | {"allOf": _RULES[kind]}


def event_schema() -> Schema:
    """The schema of one event of any of the five types; foreign types need the common fields only."""
    types = list(vocabulary.EVENT_TYPES)
    branches = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": {"$ref": f"#/$defs/{kind}"}} for kind in types
    ]
    foreign = {
        "if": {"properties": {"type": {"not": {"enum": types}}}},
        "then": {
            "properties": {"type": {"type": "string", "pattern": ":"}, **_PROPERTIES},
            "required": ["eventTime", "eventTimeZoneOffset"],
            **_EXTENSIONS,
        },
    }
    foreign["then"]["properties"]["isA"] = {}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["type"],
        "allOf": [*branches, foreign],
        "$defs": {kind: _event(kind) for kind in types},
    }
