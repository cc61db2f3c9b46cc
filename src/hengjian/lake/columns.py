"""The columns of a fact kind in the lake: what all facts have, and one column per field of the payload.

Nested models become columns of their own, named with dots (`values.category`); lists and mappings stay JSON text. In
files and SQL the dots are written `__`, and a payload field that has the name of a common column is `payload__<field>`.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from hengjian.ledger.errors import UnknownKind
from hengjian.ledger.kinds import kind_of

Type = Literal["text", "integer", "float", "decimal", "boolean", "date", "datetime", "list", "json"]
# Decimals have 26 digits before the point and 12 behind: beyond what any payload measures, and added exactly by every
# engine.
SQL: Mapping[Type, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "float": "DOUBLE",
    "decimal": "DECIMAL(38, 12)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "list": "VARCHAR",
    "json": "VARCHAR",
}
COMMON: Mapping[str, Type] = {
    "leaf_index": "integer",
    "id": "text",
    "kind": "text",
    "subject": "text",
    "subject_kind": "text",
    "region": "text",
    "occurred_on": "date",
    "recorded_at": "datetime",
    "ends_on": "date",
    "source_unit": "text",
    "source_system": "text",
    "refs": "json",
    "disclosure": "text",
    "catalogue": "text",
    "supersedes": "text",
    "retracts": "text",
}
RESERVED = {*COMMON, "unfit"}
PAYLOAD = "payload."
UNREGISTERED = "payload"  # the whole payload as JSON, of kinds that no room registers any more
Columns = dict[str, Type]  # payload field (dots) → type, in the order in which the fields came
_SCALARS: tuple[tuple[type, Type], ...] = (  # bool is an int, datetime is a date: the narrower first
    (bool, "boolean"),
    (int, "integer"),
    (float, "float"),
    (Decimal, "decimal"),
    (datetime, "datetime"),
    (date, "date"),
)


def declared_columns(kind: str) -> Columns:
    """The columns of a kind as it is registered; the whole payload as text when no room registers it any more."""
    try:
        return columns_of(kind_of(kind).payload)
    except UnknownKind:
        return {UNREGISTERED: "json"}


@cache
def columns_of(model: type[BaseModel]) -> Columns:
    """The columns of a payload model, read from its annotations; no schema is built."""
    return dict(_fields(model, "", ()))


def _fields(model: type[BaseModel], prefix: str, above: tuple[type, ...]) -> Iterator[tuple[str, Type]]:
    annotated = {name: field.annotation for name, field in model.model_fields.items()}
    annotated |= {name: field.return_type for name, field in model.model_computed_fields.items()}
    for name, annotation in annotated.items():
        kind = type_of(annotation)
        nested = _single(annotation)
        if isinstance(nested, type) and issubclass(nested, BaseModel) and nested not in (model, *above):
            yield from _fields(nested, f"{prefix}{name}.", (*above, model))
        else:
            yield f"{prefix}{name}", kind


def type_of(annotation: Any) -> Type:
    """The column type of an annotation; whatever has no type of its own is JSON text."""
    single = _single(annotation)
    origin = get_origin(single) or single
    if origin is Literal:
        return _common_type(type(value) for value in get_args(single))
    if not isinstance(origin, type):
        return "json"
    if issubclass(origin, Enum):
        return _common_type(type(member.value) for member in origin)
    for python, name in _SCALARS:
        if issubclass(origin, python):
            return name
    if issubclass(origin, (list, tuple, set, frozenset)):
        return "list"
    if issubclass(origin, (BaseModel, Mapping)):
        return "json"
    return "text"


def _single(annotation: Any) -> Any:
    """The annotation without `Annotated` and without `| None`; a real union stays what it is."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            others = [part for part in get_args(annotation) if part is not type(None)]
            if len(others) != 1:
                return annotation
            annotation = others[0]
        else:
            return annotation


def _common_type(members: Iterable[type]) -> Type:
    found = {type_of(member) for member in members if member is not type(None)}
    return found.pop() if len(found) == 1 else "text"


def physical_names(columns: Iterable[str]) -> dict[str, str]:
    """Payload field → name in files and SQL, where names that differ in upper and lower case only are the same."""
    taken = set(RESERVED)
    names: dict[str, str] = {}
    for column in columns:
        plain = column.replace(".", "__")
        if plain.lower() in RESERVED:
            plain = f"payload__{plain}"
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain}_{number}"
        taken.add(name.lower())
        names[column] = name
    return names


def resolve(field: str, columns: Columns) -> tuple[str, Type] | None:
    """Where a field of a measure lies: (name in files, type), or None when the kind has no such field."""
    if field in COMMON:
        return field, COMMON[field]
    name = field.removeprefix(PAYLOAD)
    kind = columns.get(name)
    return None if kind is None else (physical_names(columns)[name], kind)


def merged(known: Columns, declared: Columns) -> Columns | None:
    """Known columns with the new ones behind them; None when a field has changed its type."""
    if any(known.get(name, kind) != kind for name, kind in declared.items()):
        return None
    return {**known, **declared}
