"""A register as JSON Schema, for programs that read or write its entries."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from hengjian.registers.declarations import RegisterType
from hengjian.registers.fields import FieldSpec
from hengjian.registers.lookups import choices_of

DECIMAL = r"^-?\d+(\.\d+)?$"
SIMPLE: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "decimal": {"type": "string", "pattern": DECIMAL},
    "money": {"type": "string", "pattern": DECIMAL},
    "percent": {"type": "string", "pattern": DECIMAL},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
    "email": {"type": "string", "format": "email"},
    "url": {"type": "string", "format": "uri"},
    "region": {"type": "string", "pattern": r"^\d{6}(\d{3}){0,2}$"},
    "enterprise": {"type": "string", "pattern": "^[0-9A-HJ-NP-RTUW-Y]{18}$"},
    "file": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
    "point": {"type": "string", "pattern": r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$"},
}


def json_schema(declared: RegisterType) -> dict[str, Any]:
    """JSON Schema 2020-12 of the values of an entry; what it cannot say stands in `x-` annotations."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:hengjian:register:{declared.code}:{declared.version}",
        "title": declared.title,
        "x-title-en": declared.title_en,
        "description": declared.description,
        "type": "object",
        "additionalProperties": False,
        "properties": {spec.code: field_schema(spec) for spec in declared.fields},
        "required": [spec.code for spec in declared.fields if spec.required],
        "x-key": {
            "label": declared.key.label,
            "pattern": declared.key.pattern,
            "series": bool(declared.key.series),
            "scope": declared.key.scope,
        },
        "x-statuses": [
            {
                "code": status.code,
                "title": status.title,
                "title_en": status.title_en,
                "counts": status.counts,
                "final": status.final,
                "next": list(status.next),
            }
            for status in declared.statuses
        ],
        "x-recurrences": [
            {"code": item.code, "title": item.title, "last_done": item.last_done, "next_due": item.next_due}
            for item in declared.recurrences
        ],
        "x-legal": [law.model_dump() for law in declared.legal],
    }


def field_schema(spec: FieldSpec) -> dict[str, Any]:
    """One field; a choice lists the values in force today."""
    found: dict[str, Any] = {"title": spec.title, **SIMPLE.get(spec.type, {"type": "string"})}
    if spec.type in ("choice", "multi_choice"):
        codes = [choice.code for choice in choices_of(spec, timezone.localdate())]
        one = {"type": "string", "enum": codes}
        found |= {"type": "array", "items": one, "uniqueItems": True} if spec.type == "multi_choice" else one
    elif found["type"] == "string" and spec.type in ("text", "long_text", "person_name", "address"):
        found["maxLength"] = spec.max_length
    if spec.type == "integer":
        found |= {"minimum": spec.minimum} if spec.minimum is not None else {}
        found |= {"maximum": spec.maximum} if spec.maximum is not None else {}
    if spec.pattern:
        found["pattern"] = f"^(?:{spec.pattern})$"
    notes = {
        "x-type": spec.type,
        "x-title-en": spec.title_en,
        "x-unit": spec.unit,
        "x-of": spec.of,
        "description": spec.help,
        "x-personal": spec.personal,
        "x-public": spec.public,
    }
    return {**found, **{name: value for name, value in notes.items() if value}}
