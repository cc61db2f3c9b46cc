"""The declared programmes, each in one or several versions; see `registers.catalogue` for where they lie."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from pydantic import ValidationError

from hengjian.cases import catalogue as cases
from hengjian.programmes.declarations import Programme
from hengjian.programmes.states import case_type_of
from hengjian.registers.catalogue import AREAS, ConfigurationError, documents, explained

_programmes: dict[tuple[str, int], Programme] = {}


def load(folder: Path) -> list[Programme]:
    """Read the programmes of a folder, and make them and the procedures of their applications known.

    Raises:
        ConfigurationError: a declaration is wrong or clashes with another one.
    """
    found = []
    for name, document in documents(folder, "programme"):
        try:
            declared = Programme.model_validate(document)
            case_type_of(declared)
        except ValidationError as error:
            raise explained(name, f"programme {document['programme']}", error) from None
        found.append(register(declared, name))
    return found


def register(declared: Programme, source: str = "") -> Programme:
    """Make a programme known; the same declaration again changes nothing.

    Raises:
        ConfigurationError: its area is unknown or its version is taken.
    """
    if declared.area not in AREAS:
        raise ConfigurationError(
            f"{source}, programme {declared.code}: no area {declared.area!r}; known: {', '.join(AREAS)}"
        )
    key = (declared.code, declared.version)
    if _programmes.get(key, declared) != declared:
        raise ConfigurationError(f"{source}: programme {declared.code} version {declared.version} is declared twice")
    if key not in _programmes:
        cases.register(case_type_of(declared), source)
        _programmes[key] = declared
    return _programmes[key]


def forget(code: str) -> None:
    """Take a programme out again; for tests that declare one of their own."""
    for key in [key for key in _programmes if key[0] == code]:
        del _programmes[key]
    cases.forget(code)


def programme(code: str, version: int | None = None, on: date | None = None) -> Programme:
    """The declared programme: the named version, the one in force on a day, or the newest.

    Raises:
        KeyError: there is none; the message names those that there are.
    """
    found = [item for key, item in _programmes.items() if key[0] == code and version in (None, key[1])]
    if on is not None:
        found = [item for item in found if item.is_in_force(on)]
    if not found:
        raise KeyError(f"no programme {code!r}; declared: {', '.join(sorted({key[0] for key in _programmes}))}")
    return max(found, key=lambda item: item.version)


def programmes(area: str = "") -> list[Programme]:
    """The newest version of every programme, by area and code."""
    order = list(AREAS)
    codes = {key[0] for key in _programmes}
    found = [item for item in map(programme, codes) if not area or item.area == area]
    return sorted(found, key=lambda item: (order.index(item.area), item.code))


def checked_code(text: str) -> str:
    """A programme's code as an entry holds it; ValueError says that there is none of that name."""
    code = text.strip()
    if all(key[0] != code for key in _programmes):
        raise ValueError(_("没有代码为“%(code)s”的评选或创建项目。") % {"code": code})
    return code
