"""The fact kinds of a procedure, made from its declaration: `<prefix>.opened` and `<prefix>.closed`.

Versions of one procedure share the kinds: their payload is that of all versions together. What a fact may carry follows
the rules of `registers.facts`; who filed the case never stands in one.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, create_model

from hengjian.cases.declarations import CaseType
from hengjian.ledger.kinds import FactKind, forget_kind, register_kind
from hengjian.registers.facts import told_fields, values_model
from hengjian.registers.fields import FieldSpec

OPENED, CLOSED = "opened", "closed"
VERBS = {OPENED: "登记", CLOSED: "办结"}


class Payload(BaseModel):
    """What every fact about a case says."""

    # Built when first used: most processes write no facts of most procedures.
    model_config = ConfigDict(extra="forbid", defer_build=True)
    case: str
    number: str
    title: str
    category: str = ""
    channel: str = ""
    rules_on: date
    outcome: str = ""
    outcome_code: str = ""
    in_time: bool | None = None
    working_days: int | None = None
    rating: int | None = None


def kind_name(declared: CaseType, verb: str) -> str:
    return f"{declared.facts.prefix}.{verb}"


_fields: dict[str, dict[str, FieldSpec]] = {}


def register_kinds(declared: CaseType) -> None:
    """Make the kinds known, or widen them by the fields of one more version.

    Raises:
        ValueError: another procedure uses the prefix.
    """
    prefix = declared.facts.prefix
    fields = _fields.setdefault(declared.code, {})
    for spec in told_fields(declared.fields, declared.facts.disclosure):
        fields.setdefault(spec.code, spec)
    name = declared.code.title().replace("_", "")
    values = values_model(f"{name}CaseValues", tuple(fields.values()))
    payload = create_model(f"{name}CasePayload", __base__=Payload, values=(values, ...))
    if declared.version > 1:
        for verb in VERBS:
            forget_kind(f"{prefix}.{verb}")
    for verb, words in VERBS.items():
        register_kind(
            FactKind(
                name=f"{prefix}.{verb}",
                title=f"{declared.title}{words}",
                payload=payload,
                disclosure=declared.facts.disclosure,
            )
        )


def forget_kinds(declared: CaseType) -> None:
    """Take the kinds out again; for tests that declare a procedure of their own."""
    _fields.pop(declared.code, None)
    for verb in VERBS:
        forget_kind(kind_name(declared, verb))
