"""The parameters of a simple event query: names by family, values by kind.

Source: EPCIS 2.0 section 8.2.7.1 and the OpenAPI of the REST binding; where the two differ (names of the time of an
error declaration, EXISTS_errorDeclaration) both are accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from hengjian.methods.epcis.messages import problem
from hengjian.methods.epcis.model import Problem
from hengjian.methods.epcis.values import is_time
from hengjian.methods.epcis.vocabulary import ACTIONS

Value = Literal["time", "strings", "numbers", "number", "count", "flag", "any", "actions", "direction", "text", "name"]

_FIXED: dict[str, Value] = {
    "@context": "any",
    "queryName": "text",
    "eventType": "strings",
    "EQ_action": "actions",
    "orderBy": "name",
    "orderDirection": "direction",
    "eventCountLimit": "count",
    "maxEventCount": "count",
    "perPage": "count",
    "nextPageToken": "text",
    "EXISTS_errorDeclaration": "flag",
    "EXISTS_sensorElementList": "flag",
    "EXISTS_sensorElement": "flag",  # as GS1's own draft of the conformance requirements writes it
    "EQ_booleanValue": "flag",
}
_FAMILIES: tuple[tuple[re.Pattern[str], Value], ...] = (
    (re.compile(r"(GE|LT)_(eventTime|recordTime|errorDeclaration_?Time|time|startTime|endTime)"), "time"),
    (
        re.compile(
            r"EQ_(bizStep|disposition|persistentDisposition_(set|unset)|readPoint|bizLocation|transformationID|eventID|"
            r"errorReason|correctiveEventID|type|deviceID|dataProcessingMethod|microorganism|chemicalSubstance|bizRules|"
            r"stringValue|hexBinaryValue|uriValue)"
        ),
        "strings",
    ),
    (re.compile(r"WD_(readPoint|bizLocation)"), "strings"),
    (
        re.compile(r"MATCH_(epc|parentID|inputEPC|outputEPC|anyEPC|epcClass|inputEPCClass|outputEPCClass|anyEPCClass)"),
        "strings",
    ),
    (re.compile(r"EQ_(bizTransaction|source|destination)_.+"), "strings"),
    (re.compile(r"(GT|GE|LT|LE)_quantity(_[A-Z0-9]{2,3})?"), "number"),
    (re.compile(r"EQ_(quantity|value)(_[A-Z0-9]{2,3})?"), "numbers"),
    (
        re.compile(r"(GE|GT|LE|LT)_((value|minValue|maxValue|meanValue|sDev|percValue)_[A-Z0-9]{2,3}|percRank)"),
        "number",
    ),
    (
        re.compile(r"EXISTS_((INNER_)?(ILMD_|ERROR_DECLARATION_)?|SENSORELEMENT_|SENSORMETADATA_|SENSORREPORT_).*:.+"),
        "flag",
    ),
    (re.compile(r"(EQ|GT|GE|LT|LE)_(INNER_)?((ILMD|ERROR_DECLARATION)_)?((readPoint|bizLocation)_)?[^_].*:.+"), "any"),
    (re.compile(r"HASATTR_.*:.+"), "strings"),
    (re.compile(r"EQ_ATTR_.+_.+"), "strings"),
)


def parameter_kind(name: str) -> Value | None:
    """What kind of value a parameter takes, None for a name the standard does not know."""
    fixed = _FIXED.get(name)
    if fixed is not None:
        return fixed
    return next((kind for pattern, kind in _FAMILIES if pattern.fullmatch(name)), None)


def check_query(parameters: Mapping[str, Any]) -> list[Problem]:
    """Unknown parameters, values of the wrong kind, two limits at once."""
    found = []
    for name, value in parameters.items():
        kind = parameter_kind(name)
        if kind is None:
            found.append(problem("parameter_unknown", name, field=name))
        elif not _fits(kind, value):
            found.append(problem("parameter_value", name, field=name, value=value))
    if "eventCountLimit" in parameters and "maxEventCount" in parameters:
        found.append(
            problem("parameter_value", "maxEventCount", field="maxEventCount", value=parameters["maxEventCount"])
        )
    return found


def _fits(kind: Value, value: Any) -> bool:
    if kind == "time":
        return is_time(value)
    if kind == "actions":
        return _all(value, lambda item: item in ACTIONS)
    if kind == "strings":
        return _all(value, lambda item: isinstance(item, str) and bool(item))
    if kind == "numbers":
        return _all(value, _number)
    if kind == "number":
        return _number(value)
    if kind == "count":
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if kind == "flag":
        return isinstance(value, bool) or value in (0, 1, None)
    if kind == "direction":
        return value in ("ASC", "DESC")
    return kind == "any" or (isinstance(value, str) and bool(value))


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _all(value: Any, test: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return bool(items) and all(test(item) for item in items)
