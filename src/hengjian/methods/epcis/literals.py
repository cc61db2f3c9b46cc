"""Values that look like a short form `prefix:word` and are none.

In XML a value is text whatever prefixes are declared; in JSON-LD it is the URI it stands for. The same where events of
several documents stand in one: what is a word in one would be a short form in the other. Such an event brings a context
of its own, which takes the prefix away (JSON-LD 1.1 section 4.1: a term that is null) and gives its names another one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from hengjian.methods.epcis.context import STANDARD, Context

_SCHEMES = frozenset({"urn", "http", "https", "ni"})
_ALWAYS = frozenset({"gs1", "cbv"})


def words_of(event: Mapping[str, Any]) -> set[str]:
    """What stands before the colon in every value of an event that could be a short form."""
    found: set[str] = set()
    for name, value in event.items():
        if name not in ("type", "@context"):
            _collect(value, found)
    return found


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        head, colon, rest = value.partition(":")
        if colon and head not in _SCHEMES and (head[:1].isalpha() or head[:1] == "_") and not rest.startswith("//"):
            found.add(head)
    elif isinstance(value, Mapping):
        for part in value.values():
            _collect(part, found)
    elif isinstance(value, list):
        for part in value:
            _collect(part, found)


def stands_for_uri(prefix: str, declared: Mapping[str, str]) -> bool:
    """Whether a value with the prefix is a short form in XML, too: those of the standard itself."""
    return prefix in _ALWAYS or (prefix in STANDARD and declared.get(prefix, STANDARD[prefix]) == STANDARD[prefix])


def freed(event: Mapping[str, Any], context: Context, words: Collection[str]) -> dict[str, Any]:
    """The event with a context of its own, in which no prefix of `words` is declared.

    `context`: the prefixes in force where the event stands.
    """
    heads = words_of(event)
    own: dict[str, str | None] = {}
    renamed: dict[str, str] = {}
    for prefix in sorted(words):
        number = 2
        while f"{prefix}{number}" in context.prefixes or f"{prefix}{number}" in heads:
            number += 1
        own[prefix] = None
        if prefix in context.declared:
            renamed[prefix] = f"{prefix}{number}"
            own[renamed[prefix]] = context.declared[prefix]
    made = {_name(name, renamed): _renamed(part, renamed) for name, part in event.items() if name != "@context"}
    if isinstance(made.get("type"), str):
        made["type"] = _name(made["type"], renamed)
    return {**made, "@context": own}


def _renamed(value: Any, prefixes: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {_name(name, prefixes): _renamed(part, prefixes) for name, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, prefixes) for part in value]
    return value


def _name(text: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, rest = text.partition(":")
    return f"{prefixes[prefix]}:{rest}" if colon and prefix in prefixes else text
