"""The declared procedures, each in one or several versions; see `registers.catalogue` for where they lie."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from hengjian.cases import facts
from hengjian.cases.declarations import CaseType
from hengjian.registers.catalogue import AREAS, ConfigurationError, documents, explained

_types: dict[tuple[str, int], CaseType] = {}


def load(folder: Path) -> list[CaseType]:
    """Read the procedures of a folder and make them known.

    Raises:
        ConfigurationError: a declaration is wrong or clashes with another one.
    """
    found = []
    for name, document in documents(folder, "case"):
        try:
            declared = CaseType.model_validate(document)
        except ValidationError as error:
            raise explained(name, f"case {document['case']}", error) from None
        found.append(register(declared, name))
    return found


def register(declared: CaseType, source: str = "") -> CaseType:
    """Make a procedure known; the same declaration again changes nothing.

    Raises:
        ConfigurationError: its area is unknown, its version is taken, or two versions hold on the same day.
    """
    if declared.area not in AREAS:
        raise ConfigurationError(
            f"{source}, case {declared.code}: no area {declared.area!r}; known: {', '.join(AREAS)}"
        )
    key = (declared.code, declared.version)
    if _types.get(key, declared) != declared:
        raise ConfigurationError(f"{source}: case {declared.code} version {declared.version} is declared twice")
    for other in versions(declared.code):
        if other.version != declared.version and _overlap(other, declared):
            raise ConfigurationError(
                f"{source}, case {declared.code}: versions {other.version} and {declared.version} hold on the same day"
            )
    if key not in _types:
        _types[key] = declared
        facts.register_kinds(declared)
        _answer_alarms(declared)
    return _types[key]


def _answer_alarms(declared: CaseType) -> None:
    # Apps import this module before their models are ready, and the verbs that an alarm leads to know it.
    from hengjian.cases.following import ring_case, ring_cases
    from hengjian.clocks.worker import register_bulk_handler, register_handler

    for clock in declared.clocks:
        register_handler(declared.purpose(clock.code), ring_case)
        register_bulk_handler(declared.purpose(clock.code), ring_cases)


def _overlap(one: CaseType, other: CaseType) -> bool:
    first, last = max(_from(one), _from(other)), min(_to(one), _to(other))
    return first <= last


def _from(declared: CaseType) -> date:
    return declared.in_force_from or date.min


def _to(declared: CaseType) -> date:
    return declared.in_force_to or date.max


def forget(code: str) -> None:
    """Take a procedure out again; for tests that declare one of their own."""
    for key in [key for key in _types if key[0] == code]:
        facts.forget_kinds(_types.pop(key))


def versions(code: str) -> list[CaseType]:
    """All versions of a procedure, oldest first."""
    return sorted((item for key, item in _types.items() if key[0] == code), key=lambda item: item.version)


def case_type(code: str, version: int | None = None, on: date | None = None) -> CaseType:
    """A version of a procedure: the named one, the one in force on a day, or the latest.

    Raises:
        KeyError: there is none; the message names those that there are.
    """
    if version is not None and (code, version) in _types:
        return _types[code, version]
    known = versions(code) if version is None else []
    if on is not None:
        known = [item for item in known if item.is_in_force(on)]
    if not known:
        when = f" version {version}" if version is not None else f" in force on {on}" if on is not None else ""
        raise KeyError(f"no case {code!r}{when}; declared: {', '.join(sorted({key[0] for key in _types}))}")
    return known[-1]


def case_types(area: str = "") -> list[CaseType]:
    """The latest version of every procedure, by area and code."""
    order = list(AREAS)
    latest = {item.code: item for item in sorted(_types.values(), key=lambda item: item.version)}
    found = [item for item in latest.values() if not area or item.area == area]
    return sorted(found, key=lambda item: (order.index(item.area), item.code))
