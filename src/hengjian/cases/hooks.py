"""Where rooms above put their own checks and consequences into a procedure, by the names that its YAML gives.

register_guard("complaints.respondent_told", told)        # (StepContext) -> None, raises ActionRefused
register_effect("complaints.pause_parent", pause_parent)  # (StepContext) -> None, inside the transaction
register_opened("complaint", note_ticket)                 # (Case) -> None, when a case of the type was opened
register_categories(category_labels)                      # (english) -> {code: name} of what cases name as category
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hengjian.cases.declarations import CaseType, Transition
from hengjian.cases.models import Case, CaseEvent
from hengjian.parties.models import User


@dataclass
class StepContext:
    """A step as guards and effects see it.

    Attributes:
        values: the step's fields, cleaned; personal ones in clear until the effects are done.
        files: names of the files handed in with it.
        event: what was recorded; None for guards, which run before.
        system: who acts where no person does ("worker", "import", "filer").
    """

    case: Case
    declared: CaseType
    transition: Transition
    user: User | None
    at: datetime
    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    outcome_code: str = ""
    files: Sequence[str] = ()
    system: str = ""
    event: CaseEvent | None = None


Hook = Callable[[StepContext], None]
_guards: dict[str, Hook] = {}
_effects: dict[str, Hook] = {}
_opened: dict[str, list[Callable[[Case], None]]] = {}
_categories: list[Callable[[bool], Mapping[str, str]]] = []


def register_guard(name: str, check: Hook) -> None:
    """A check that steps name in `guards`; it raises `ActionRefused` with the reason and what to do."""
    _put(_guards, "guard", name, check)


def register_effect(name: str, act: Hook) -> None:
    """A consequence that steps name in `effects`; what it raises undoes the step."""
    _put(_effects, "effect", name, act)


def register_opened(case_type: str, act: Callable[[Case], None]) -> None:
    """Run `act` in the transaction that opens a case of the type."""
    acts = _opened.setdefault(case_type, [])
    if act not in acts:
        acts.append(act)


def register_categories(labels: Callable[[bool], Mapping[str, str]]) -> None:
    """Give the names of the categories that a room's cases bear, in English or Chinese."""
    if labels not in _categories:
        _categories.append(labels)


def category_name(code: str, english: bool) -> str:
    """The name of a category; the code where no room knows it."""
    return next((names[code] for names in (labels(english) for labels in _categories) if code in names), code)


def guard(name: str) -> Hook:
    """The registered guard; LookupError names those that there are."""
    return _get(_guards, "guard", name)


def effect(name: str) -> Hook:
    """The registered effect; LookupError names those that there are."""
    return _get(_effects, "effect", name)


def opened(case: Case) -> None:
    """Tell those who asked about cases of this type."""
    for act in _opened.get(case.type, ()):
        act(case)


def _put(known: dict[str, Hook], kind: str, name: str, hook: Hook) -> None:
    if known.setdefault(name, hook) is not hook:
        raise ValueError(f"the {kind} {name} is registered twice")


def _get(known: dict[str, Hook], kind: str, name: str) -> Hook:
    try:
        return known[name]
    except KeyError:
        raise LookupError(f"no {kind} {name!r}; registered: {', '.join(sorted(known)) or 'none'}") from None
