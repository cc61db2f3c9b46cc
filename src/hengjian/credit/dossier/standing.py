"""How an enterprise stands: badges in the head, grade and lists on the overview, values with who said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hengjian.credit.dossier.dossier import Dossier
from hengjian.enterprises.fields import FIELDS
from hengjian.enterprises.queries import ValueSource, values_of

FIELD_OF = {field.code: field for field in FIELDS}


@dataclass(frozen=True)
class Said:
    """One field with what each source says of it, the value that counts first."""

    title: str
    values: tuple[ValueSource, ...]

    @property
    def counts(self) -> ValueSource:
        return self.values[0]

    @property
    def others(self) -> tuple[ValueSource, ...]:
        return self.values[1:]

    @property
    def differ(self) -> bool:
        return len({value.value for value in self.values}) > 1


def head(dossier: Dossier) -> dict[str, Any]:
    """Badges beside the name."""
    return {"badges": []}


def overview(dossier: Dossier) -> dict[str, Any]:
    """Grade with its parts, lists."""
    return {}


def identity(dossier: Dossier) -> dict[str, Any]:
    """Names, codes, and for those inside every value with its source."""
    enterprise = dossier.enterprise
    names = list(enterprise.names.all())
    context: dict[str, Any] = {
        "former_names": [name for name in names if name.kind == "former"],
        "codes": list(enterprise.codes.all()),
    }
    if dossier.reader.side == "public":
        return context
    grouped: dict[str, list[ValueSource]] = {}
    for value in values_of(enterprise, dossier.known_at):
        grouped.setdefault(value.field, []).append(value)
    context["said"] = [
        Said(str(FIELD_OF[code].title), tuple(values)) for code, values in grouped.items() if code in FIELD_OF
    ]
    context["other_names"] = [name for name in names if name.kind != "former"]
    return context
