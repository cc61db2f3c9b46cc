"""The fact kinds of a register, made from its declaration: `<prefix>.entered`, `.changed`, `.status`.

A payload carries the entry's register, key, title, status, validity and the fields that its disclosure admits: a public
fact public fields only, a shared one all that are not internal. Personal data never.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from hengjian.ledger.kinds import FactKind, forget_kind, register_kind
from hengjian.registers.declarations import RegisterType
from hengjian.registers.fields import FieldSpec

ENTERED, CHANGED, STATUS = "entered", "changed", "status"
VERBS = {ENTERED: "登记", CHANGED: "变更", STATUS: "状态变更"}
PYTHON: dict[str, Any] = {
    "integer": int,
    "decimal": Decimal,
    "money": Decimal,
    "percent": Decimal,
    "date": date,
    "boolean": bool,
    "multi_choice": list[str],
}


class Payload(BaseModel):
    """What every fact about an entry says."""

    # Built when first used: most processes write no facts of most registers.
    model_config = ConfigDict(extra="forbid", defer_build=True)
    register_code: str
    key: str
    title: str
    status: str
    version: int
    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""
    ground: str = ""


def told_fields(fields: tuple[FieldSpec, ...], disclosure: str) -> tuple[FieldSpec, ...]:
    """The fields that facts of this disclosure may carry."""
    if disclosure == "public":
        return tuple(spec for spec in fields if spec.public and not spec.mask and not spec.personal)
    return tuple(spec for spec in fields if not spec.internal and not spec.personal)


def values_model(name: str, fields: tuple[FieldSpec, ...]) -> type[BaseModel]:
    """A model with every field optional, typed as declared."""
    columns: dict[str, Any] = {spec.code: (PYTHON.get(spec.type, str) | None, None) for spec in fields}
    return create_model(name, __config__=ConfigDict(extra="forbid", defer_build=True), **columns)


def kind_name(declared: RegisterType, verb: str) -> str:
    return f"{declared.facts.prefix}.{verb}"


def register_kinds(declared: RegisterType) -> None:
    """Make the three kinds known.

    Raises:
        ValueError: another register uses the prefix.
    """
    told = told_fields(declared.fields, declared.facts.disclosure)
    name = declared.code.title().replace("_", "")
    payload = create_model(f"{name}Payload", __base__=Payload, values=(values_model(f"{name}Values", told), ...))
    for verb, words in VERBS.items():
        register_kind(
            FactKind(
                name=kind_name(declared, verb),
                title=f"{declared.title}{words}",
                payload=payload,
                disclosure=declared.facts.disclosure,
            )
        )


def forget_kinds(declared: RegisterType) -> None:
    """Take the kinds out again; for tests that declare a register of their own."""
    for verb in VERBS:
        forget_kind(kind_name(declared, verb))
