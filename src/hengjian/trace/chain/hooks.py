"""What rooms above tell this one: names of things and places that no master data names, and what they are found by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ThingName:
    """What a lot or item is called: product, number of the lot, maker; empty where unknown."""

    product: str = ""
    lot: str = ""
    maker: str = ""


ThingNames = Callable[[Sequence[str]], Mapping[str, ThingName]]
PlaceNames = Callable[[Sequence[str]], Mapping[str, str]]
Finder = Callable[[str, int], Sequence[str]]
_things: dict[str, ThingNames] = {}
_places: dict[str, PlaceNames] = {}
_finders: dict[str, Finder] = {}


def register_names(room: str, *, things: ThingNames, places: PlaceNames, find: Finder) -> None:
    """Register what a room knows; called from its AppConfig.ready. Keys in canonical form.

    Args:
        find: (what somebody typed, so many at most) → keys of things that it may mean, the surest first.
    """
    _things[room], _places[room], _finders[room] = things, places, find


def found_by_rooms(text: str, most: int) -> list[str]:
    """Keys of the things that the rooms know under this text."""
    return list(dict.fromkeys(key for find in _finders.values() for key in find(text, most)))[:most]


def things_named(keys: Sequence[str]) -> dict[str, ThingName]:
    """What the rooms call these things."""
    return {key: name for tell in _things.values() for key, name in tell(keys).items()} if keys else {}


def places_named(keys: Sequence[str]) -> dict[str, str]:
    """What the rooms call these places and parties."""
    return {key: name for tell in _places.values() for key, name in tell(keys).items()} if keys else {}
