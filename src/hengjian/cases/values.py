"""A case's data: what may be said of it, what is sealed, and its title."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from hengjian.cases.declarations import CaseType
from hengjian.cases.errors import ValuesRefused
from hengjian.ledger import vault
from hengjian.registers.fields import FieldSpec
from hengjian.registers.showing import language, with_unit, words
from hengjian.registers.values import clean_values

TITLE_LENGTH = 200
# The reader that sealed rows name: this room decides, case by case, who may look (`actions.identity`).
ROOM = "cases"


def cleaned(
    specs: Sequence[FieldSpec], raw: Mapping[str, Any], *, on: Any, region: str, partial: bool = False
) -> dict[str, Any]:
    """Typed values of the fields; empty ones are None.

    Raises:
        ValuesRefused: some do not fit.
    """
    found = clean_values(specs, raw, on=on, partial=partial, region=region)
    if found.errors:
        raise ValuesRefused(found.errors, {spec.code: spec.said(language()) for spec in specs})
    return found.values


def seal(specs: Iterable[FieldSpec], values: Mapping[str, Any], *, owner: str, category: str) -> dict[str, Any]:
    """The values with personal data moved to the vault, inside the caller's transaction; empty ones are left out."""
    personal = {spec.code for spec in specs if spec.personal}
    kept: dict[str, Any] = {}
    for code, value in values.items():
        if value is None:
            continue
        if code in personal and not str(value).startswith(vault.PREFIX):
            value = vault.put({"value": value}, owner=owner, category=f"{category}.{code}"[:100], readers=[ROOM])
        kept[code] = value
    return kept


def is_sealed(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(vault.PREFIX)


def title_of(declared: CaseType, values: Mapping[str, Any]) -> str:
    """The declared pattern filled in Chinese (titles are records); personal fields never show."""
    filled: dict[str, str] = defaultdict(str)
    with translation.override("zh-hans"):
        for spec in _told(declared):
            filled[spec.code] = plain(spec, values.get(spec.code))
    text = declared.title_pattern.format_map(filled).strip(" ：:，,、·—-")
    text = " ".join(text.split()) or declared.title
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"


@lru_cache(maxsize=256)
def _names(pattern: str) -> frozenset[str]:
    """The fields that a pattern names."""
    return frozenset(name for _text, name, _spec, _how in Formatter().parse(pattern) if name)


def _told(declared: CaseType) -> list[FieldSpec]:
    named = _names(declared.title_pattern)
    return [spec for spec in declared.fields if spec.code in named and not spec.personal]


def plain(spec: FieldSpec, value: Any) -> str:
    """A stored value in words, in the reader's language, with its unit of measurement."""
    return str(_("（已封存）")) if is_sealed(value) else with_unit(spec, words(spec, value))


@dataclass(frozen=True)
class Row:
    """A field of a case as a page shows it; `field`: its code, where the value is sealed and can be asked for."""

    name: str
    text: str
    field: str = ""


def rows_of(specs: Iterable[FieldSpec], values: Mapping[str, Any], *, for_filer: bool = False) -> list[Row]:
    """The fields that have a value; for whoever filed the case without internal and sealed ones."""
    found = []
    for spec in specs:
        text = plain(spec, values.get(spec.code))
        if not text or (for_filer and (spec.personal or (spec.internal and not spec.required))):
            continue
        sealed = is_sealed(values.get(spec.code))
        found.append(Row(spec.said(language()), text, spec.code if sealed else ""))
    return found
