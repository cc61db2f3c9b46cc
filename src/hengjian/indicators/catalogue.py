"""The indicators that there are: shipped in YAML (`config/`, first key `indicator:`), added to by a region's folder
(HENGJIAN_CONFIG_DIR) and by its office on a page. An approved definition of the office takes the place of the shipped
one of the same code."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Final, get_args

from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import ValidationError

from hengjian.indicators.declarations import Definition, Theme
from hengjian.indicators.models import DefinitionVersion
from hengjian.registers.catalogue import ConfigurationError, documents, explained

THEMES: Final[tuple[str, ...]] = get_args(Theme)
_declared: dict[str, Definition] = {}


class UnknownIndicator(KeyError):
    """No indicator has this code; the message says it for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.message = _("没有编号为“%(code)s”的指标。请在指标目录中核对编号。") % {"code": code}

    def __str__(self) -> str:
        return self.message


def load(folder: Path) -> list[Definition]:
    """Read the indicators of a folder; a later folder may replace an indicator of an earlier one.

    Raises:
        ConfigurationError: a declaration is wrong, or a file declares one code twice.
    """
    found: dict[str, Definition] = {}
    for name, document in documents(folder, "indicator"):
        try:
            declared = Definition.model_validate(document)
        except ValidationError as error:
            raise explained(name, f"indicator {document['indicator']}", error) from None
        if declared.code in found:
            raise ConfigurationError(f"{name}: the indicator {declared.code} is declared twice")
        found[declared.code] = declared
    _declared.update(found)
    return list(found.values())


def declare(declared: Definition) -> None:
    """Make one known; for tests and tools."""
    _declared[declared.code] = declared


def forget(code: str) -> None:
    """Take one out again; for tests that declare their own."""
    _declared.pop(code, None)


def shipped() -> dict[str, Definition]:
    """Code → definition as files declare it, whatever the office decided."""
    return dict(_declared)


def definition(code: str, on: date | None = None) -> Definition:
    """The definition in force today, or the one that was on a day.

    Raises:
        UnknownIndicator: there is none.
    """
    rows = DefinitionVersion.objects.filter(indicator=code, state=DefinitionVersion.State.APPROVED)
    if on is not None:
        earlier = rows.filter(in_force_from__date__lte=on).order_by("-in_force_from", "-number").first()
        if earlier is not None:
            return earlier.definition
    office = rows.filter(origin=DefinitionVersion.Origin.OFFICE).order_by("-number").first()
    if office is not None:
        return office.definition
    try:
        return _declared[code]
    except KeyError:
        raise UnknownIndicator(code) from None


def definitions(theme: str = "") -> list[Definition]:
    """All definitions in force today, by theme and code."""
    found = dict(_declared)
    office = DefinitionVersion.objects.filter(
        Q(origin=DefinitionVersion.Origin.OFFICE, state=DefinitionVersion.State.APPROVED)
    )
    for row in office.order_by("indicator", "number"):
        found[row.indicator] = row.definition
    chosen = [item for item in found.values() if not theme or item.theme == theme]
    return sorted(chosen, key=lambda item: (THEMES.index(item.theme), item.code))


def digest(declared: Definition) -> str:
    """SHA-256 of what a definition says."""
    text = json.dumps(declared.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
