"""A case's data: what may be said of it, what is sealed, and its title."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.cases.declarations import CaseType
from hengjian.cases.errors import ValuesRefused
from hengjian.ledger import vault
from hengjian.parties.models import Unit
from hengjian.registers.fields import FieldSpec
from hengjian.registers.lookups import choice_of
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
        language = get_language() or "zh"
        raise ValuesRefused(found.errors, {spec.code: spec.said(language) for spec in specs})
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
    words: dict[str, str] = defaultdict(str)
    for spec in declared.fields:
        if not spec.personal and values.get(spec.code) is not None:
            words[spec.code] = plain(spec, values[spec.code])
    text = declared.title_pattern.format_map(words).strip(" ：:，,、·—-")
    text = " ".join(text.split()) or declared.title
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"


def plain(spec: FieldSpec, value: Any, language: str = "zh") -> str:
    """A stored value in words: names of choices, yes and no, the unit of measurement."""
    if value is None or value == "":
        return ""
    if is_sealed(value):
        return _("（已封存）")
    if spec.type in ("choice", "multi_choice"):
        codes = [str(code) for code in (value if isinstance(value, list) else [value])]
        found = [choice_of(spec, code) for code in codes]
        return "、".join(item.said(language) if item else code for item, code in zip(found, codes, strict=True))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if spec.type == "datetime":
        return str(value)[:16].replace("T", " ")
    if spec.type == "unit":
        unit = Unit.objects.filter(key=value).first()
        return unit.name if unit is not None else str(value)
    return f"{value} {spec.unit}" if spec.unit else str(value)


def rows_of(
    specs: Iterable[FieldSpec], values: Mapping[str, Any], *, only_public: bool = False
) -> list[tuple[str, str, str]]:
    """(title, words, field code where the value is sealed) of the fields that have a value, for a page."""
    language = get_language() or "zh"
    found = []
    for spec in specs:
        value = values.get(spec.code)
        if value is None or value == "" or value == [] or (only_public and (spec.internal or spec.personal)):
            continue
        found.append((spec.said(language), plain(spec, value, language), spec.code if is_sealed(value) else ""))
    return found
