"""The declared forms, each in one or several versions; see `registers.catalogue` for where they lie."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from hengjian.registers.catalogue import ConfigurationError, documents, explained
from hengjian.returns.declarations import Form

_forms: dict[tuple[str, int], Form] = {}


def load(folder: Path) -> list[Form]:
    """Read the forms of a folder and make them known.

    Raises:
        ConfigurationError: a declaration is wrong or clashes with another one.
    """
    found = []
    for name, document in documents(folder, "form"):
        try:
            declared = Form.model_validate(document)
        except ValidationError as error:
            raise explained(name, f"form {document['form']}", error) from None
        found.append(register(declared, name))
    return found


def register(declared: Form, source: str = "") -> Form:
    """Make a form known; the same declaration again changes nothing.

    Raises:
        ConfigurationError: its version is taken by another declaration.
    """
    key = (declared.code, declared.version)
    if _forms.get(key, declared) != declared:
        raise ConfigurationError(f"{source}: form {declared.code} version {declared.version} is declared twice")
    return _forms.setdefault(key, declared)


def forget(code: str) -> None:
    """Take a form out again; for tests that declare one of their own."""
    for key in [key for key in _forms if key[0] == code]:
        del _forms[key]


def form(code: str, version: int | None = None, on: date | None = None) -> Form:
    """The declared form: the named version, the one in force on a day, or the newest.

    Raises:
        KeyError: there is none; the message names those that there are.
    """
    found = [item for key, item in _forms.items() if key[0] == code and version in (None, key[1])]
    if on is not None:
        found = [item for item in found if item.is_in_force(on)]
    if not found:
        raise KeyError(f"no form {code!r}; declared: {', '.join(sorted({key[0] for key in _forms}))}")
    return max(found, key=lambda item: item.version)


def forms(on: date | None = None) -> list[Form]:
    """The newest version of every form, by table number and code; with `on`, those in force on that day."""
    found = [form(code) for code in {key[0] for key in _forms}]
    if on is not None:
        found = [max(versions, key=lambda item: item.version) for versions in _in_force(on).values()]
    return sorted(found, key=lambda item: (item.table, item.code))


def _in_force(on: date) -> dict[str, list[Form]]:
    found: dict[str, list[Form]] = {}
    for item in _forms.values():
        if item.is_in_force(on):
            found.setdefault(item.code, []).append(item)
    return found
