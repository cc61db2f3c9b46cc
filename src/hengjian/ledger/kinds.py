"""The registry of fact kinds. Every room registers what it writes; nothing else can enter the ledger.

A payload is a pydantic model that refuses unknown fields (`extra="forbid"`) and holds no personal data: a field whose
name says that it holds some must be a `VaultRef`. The models are published as JSON Schema by `schemas()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, cast, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hengjian.ledger.drafts import DISCLOSURES, INTERNAL, PUBLIC, Disclosure
from hengjian.ledger.errors import InvalidFact, UnknownKind

VAULT_FORMAT = "vault-ref"
VaultRef = Annotated[
    str,
    StringConstraints(pattern=r"^vault:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
    Field(json_schema_extra={"format": VAULT_FORMAT}),
]
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
PERSONAL = re.compile(
    r"(^|_)(phone|mobile|telephone|tel|email|id_?card|identity_?(number|card)|id_number|passport|birth(day|_?date)|"
    r"home_address|(person|personal|full|contact|complainant|reporter|victim|patient|legal_person)_name|"
    r"complainant|reporter|victim|patient|contact)$"
)


@dataclass(frozen=True, slots=True)
class FactKind:
    """One kind of fact.

    Attributes:
        name: `room.what`, as in `inspection.result`.
        title: name for people.
        payload: pydantic model of the payload, with `extra="forbid"`.
        subject: the type that the subject must have (`task` for `task:12`); empty accepts any.
        disclosure: the widest disclosure; a draft may narrow it.
    """

    name: str
    title: str | Promise
    payload: type[BaseModel]
    subject: str = ""
    disclosure: str = INTERNAL

    @property
    def level(self) -> int:
        return DISCLOSURES.index(cast(Disclosure, self.disclosure))


class Retraction(BaseModel):
    """Why a fact is withdrawn."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=2, max_length=500)


_kinds: dict[str, FactKind] = {}


def register_kind(kind: FactKind) -> FactKind:
    """Make a kind known; registering the same declaration again changes nothing.

    Raises:
        ValueError: the declaration is not usable, or another one has this name. A mistake of the programmer.
    """
    known = _kinds.get(kind.name)
    if known is not None and (known.payload, known.subject, known.disclosure) != (
        kind.payload,
        kind.subject,
        kind.disclosure,
    ):
        raise ValueError(f"fact kind {kind.name!r} is registered twice, with different declarations")
    if not NAME.fullmatch(kind.name):
        raise ValueError(f"fact kind {kind.name!r}: write room.what in lower case")
    if kind.disclosure not in DISCLOSURES:
        raise ValueError(f"fact kind {kind.name!r}: disclosure {kind.disclosure!r} is not one of {DISCLOSURES}")
    if kind.payload.model_config.get("extra") != "forbid":
        raise ValueError(f"fact kind {kind.name!r}: {kind.payload.__name__} must be declared with extra='forbid'")
    suspicious = any(PERSONAL.search(field) for field in _field_names(kind.payload))
    for field, schema in _properties(schema_of(kind)) if suspicious else ():
        if PERSONAL.search(field) and VAULT_FORMAT not in str(schema):
            raise ValueError(
                f"fact kind {kind.name!r}: field {field!r} sounds like personal data; put the value into the vault and "
                "declare the field as VaultRef"
            )
    _kinds[kind.name] = kind
    return kind


def forget_kind(name: str) -> None:
    """Take a kind out again; for tests that declare one of their own."""
    _kinds.pop(name, None)


def _field_names(model: type[BaseModel]) -> Iterator[str]:
    """Names of the fields, nested models included; found without building a schema, which takes much longer."""
    todo: list[Any] = [model]
    seen: set[Any] = set()
    while todo:
        one = todo.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            if one not in seen:
                seen.add(one)
                for name, field in one.model_fields.items():
                    yield field.serialization_alias or field.alias or name
                    todo.append(field.annotation)
        else:
            todo.extend(get_args(one))


def _properties(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for part in [schema, *schema.get("$defs", {}).values()]:
        yield from part.get("properties", {}).items()


def kind_of(name: str) -> FactKind:
    """The registered kind.

    Raises:
        UnknownKind: no room has registered it.
    """
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(
            _("事实种类“%(kind)s”没有登记，未写入台账总账。请核对名称；可用“hengjian ledger kinds”查看已登记的种类。")
            % {"kind": name}
        ) from None


def title_of(name: str) -> str | Promise:
    """The kind's name for people, or the name itself when it is not registered."""
    kind = _kinds.get(name)
    return name if kind is None else kind.title


def kinds() -> list[FactKind]:
    """All registered kinds by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def schema_of(kind: FactKind) -> dict[str, Any]:
    """JSON Schema (2020-12) of the payload as it is stored."""
    schema = kind.payload.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:hengjian:fact:{kind.name}",
        **schema,
    }


def schemas() -> dict[str, dict[str, Any]]:
    """Kind name → JSON Schema of its payload."""
    return {kind.name: schema_of(kind) for kind in kinds()}


def disclosure_of(kind: FactKind, wanted: Disclosure | None) -> Disclosure:
    """The disclosure of one fact: the kind's, or a narrower one.

    Raises:
        InvalidFact: the draft asks for more publicity than the kind allows.
    """
    if wanted is None:
        return cast(Disclosure, kind.disclosure)
    if wanted not in DISCLOSURES or DISCLOSURES.index(wanted) < kind.level:
        raise InvalidFact(
            _("事实种类“%(kind)s”的公开范围最宽为“%(most)s”，不能写成“%(wanted)s”。请改为同级或更窄的范围。")
            % {"kind": kind.name, "most": kind.disclosure, "wanted": wanted}
        )
    return wanted


# As wide as the fact that it withdraws: `actions.retract` narrows it to that.
RETRACTION = register_kind(FactKind("ledger.retraction", gettext_lazy("撤回"), Retraction, disclosure=PUBLIC))
