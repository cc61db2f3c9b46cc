"""The declared surveys, each in one or several versions; see `registers.catalogue` for where they lie."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from hengjian.registers.catalogue import ConfigurationError, documents, explained
from hengjian.surveys.declarations import Survey

_surveys: dict[tuple[str, int], Survey] = {}


def load(folder: Path) -> list[Survey]:
    """Read the surveys of a folder and make them known.

    Raises:
        ConfigurationError: a declaration is wrong or its version is taken.
    """
    found = []
    for name, document in documents(folder, "survey"):
        try:
            declared = Survey.model_validate(document)
        except (ValidationError, KeyError) as error:
            if isinstance(error, KeyError):
                raise ConfigurationError(f"{name}, survey {document['survey']}: {error.args[0]}") from None
            raise explained(name, f"survey {document['survey']}", error) from None
        found.append(register(declared, name))
    return found


def register(declared: Survey, source: str = "") -> Survey:
    """Make a survey known; the same declaration again changes nothing.

    Raises:
        ConfigurationError: another declaration has its code and version.
    """
    key = (declared.code, declared.version)
    if _surveys.setdefault(key, declared) != declared:
        raise ConfigurationError(f"{source}: survey {declared.code} version {declared.version} is declared twice")
    return declared


def forget(code: str) -> None:
    """Take a survey out again; for tests that declare one of their own."""
    for key in [key for key in _surveys if key[0] == code]:
        del _surveys[key]


def survey(code: str, version: int | None = None) -> Survey:
    """The declared survey: the named version, or the newest.

    Raises:
        KeyError: there is none; the message names those that there are.
    """
    found = [item for key, item in _surveys.items() if key[0] == code and version in (None, key[1])]
    if not found:
        raise KeyError(f"no survey {code!r}; declared: {', '.join(sorted({key[0] for key in _surveys}))}")
    return max(found, key=lambda item: item.version)


def surveys() -> list[Survey]:
    """The newest version of every survey, by code."""
    return [survey(code) for code in sorted({key[0] for key in _surveys})]
