"""What other rooms hear of the register: which bodies changed, and which became one. Called inside the transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hengjian.enterprises.models import Enterprise

Changed = Callable[[Sequence[int]], None]
Merged = Callable[[Enterprise, Enterprise], None]

_changed: dict[str, Changed] = {}
_merged: dict[str, Merged] = {}


def register_changed(name: str, handler: Changed) -> None:
    """`handler(primary keys of enterprises)` after values, names, codes or the standing of bodies changed: search
    indexes and the like. Called once per slice of an intake, so with many at a time."""
    _changed[name] = handler


def register_merged(name: str, handler: Merged) -> None:
    """`handler(kept, gone)` after two bodies became one; after an undo `register_changed` tells of both."""
    _merged[name] = handler


def tell_changed(enterprises: Sequence[int]) -> None:
    if enterprises:
        for handler in _changed.values():
            handler(enterprises)


def tell_merged(kept: Enterprise, gone: Enterprise) -> None:
    for handler in _merged.values():
        handler(kept, gone)
