"""What rooms of upper floors add to registers: computed columns, checks over several fields, related matters.

All are registered from `AppConfig.ready` and named by the register's code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from hengjian.registers.models import EntryBase

Text = str | Promise
#: entry → None: sets computed columns; called before the entry is saved, also in imports.
Saved = Callable[[Any], None]
#: (values as JSON with the identifier as "key", day) → {field code: message}: what does not fit together. The key is
#: empty where the register gives it itself.
Check = Callable[[Mapping[str, Any], date], Mapping[str, str]]


@dataclass(frozen=True)
class Related:
    """A matter of another room that concerns an entry: a case, a notice, a check."""

    title: str
    url: str
    note: str = ""
    light: str = ""
    state: str = ""


#: (user, references of the entry: its own, its subject) → what this user may see of it, newest first.
RelatedProvider = Callable[[Any, Sequence[str]], Iterable[Related]]

_saved: dict[str, list[Saved]] = {}
_checks: dict[str, list[Check]] = {}
_related: dict[str, tuple[Text, RelatedProvider]] = {}


def register_saved(code: str, compute: Saved) -> None:
    """Let a room compute columns of its entries (`("lift", entry -> None)`)."""
    _add(_saved, code, compute)


def register_check(code: str, check: Check) -> None:
    """Let a room check fields against each other (`("lift", (values, on) -> {field: message})`)."""
    _add(_checks, code, check)


def register_related(name: str, label: Text, provider: RelatedProvider) -> None:
    """Show matters of another room on the page of an entry, under `label`; the last call with a name wins."""
    _related[name] = (label, provider)


def _add(kept: dict[str, list[Any]], code: str, function: Any) -> None:
    functions = kept.setdefault(code, [])
    if function not in functions:
        functions.append(function)


def run_saved(entry: EntryBase) -> None:
    for compute in _saved.get(entry.register, ()):
        compute(entry)


def run_checks(code: str, values: Mapping[str, Any], on: date) -> dict[str, str]:
    """The complaints of all checks of a register, by field; the first about a field counts."""
    found: dict[str, str] = {}
    for check in _checks.get(code, ()):
        for field, message in check(values, on).items():
            found.setdefault(field, message)
    return found


def related(user: Any, refs: Sequence[str]) -> list[tuple[Text, list[Related]]]:
    """What other rooms have about these references; rooms without anything are left out."""
    groups = [(label, list(provider(user, refs))) for label, provider in _related.values()]
    return [(label, found) for label, found in groups if found]
