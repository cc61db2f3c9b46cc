"""The declared lists, read from the YAML of `config/` and of the region's own folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from hengjian import rulebook
from hengjian.credit.lists.declarations import ListKind
from hengjian.registers.catalogue import ConfigurationError, documents, explained

_kinds: dict[str, ListKind] = {}


def load(folder: Path) -> list[ListKind]:
    """Read the lists of a folder and make them known.

    Raises:
        ConfigurationError: a declaration is wrong, is there twice, or names a term that the rulebook does not have.
    """
    found = []
    for name, document in documents(folder, "list"):
        try:
            declared = ListKind.model_validate(document)
        except ValidationError as error:
            raise explained(name, f"list {document['list']}", error) from None
        found.append(register(declared, name))
    return found


def register(declared: ListKind, source: str = "") -> ListKind:
    """Make a list known; the same declaration again changes nothing.

    Raises:
        ConfigurationError: another list has this code, or a term is not in the rulebook.
    """
    if _kinds.get(declared.code, declared) != declared:
        raise ConfigurationError(f"{source}: list {declared.code} is declared twice")
    for variant in (declared.term, declared.early):
        if variant and not rulebook.versions("terms", variant):
            raise ConfigurationError(f"{source}, list {declared.code}: the rulebook has no term {variant!r}")
    return _kinds.setdefault(declared.code, declared)


def list_kinds() -> list[ListKind]:
    """All lists, those of breaches first."""
    weights = ("serious", "ordinary", "good")
    return sorted(_kinds.values(), key=lambda kind: (weights.index(kind.weight), kind.order, kind.code))


def list_kind(code: str) -> ListKind:
    """The declared list.

    Raises:
        KeyError: there is none; the message names those that there are.
    """
    try:
        return _kinds[code]
    except KeyError:
        raise KeyError(f"no list {code!r}; declared: {', '.join(sorted(_kinds))}") from None


def open_lists(on: date) -> list[ListKind]:
    """The lists that enterprises are entered in on a day."""
    return [kind for kind in list_kinds() if kind.is_in_force(on)]
