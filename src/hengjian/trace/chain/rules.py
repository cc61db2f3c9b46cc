"""Pure decisions of the room: what a simulation asks, what a partner may see, how a graph is laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from hengjian.methods.trace_graph.happenings import Happening, Move


@dataclass(frozen=True)
class Question:
    """What a recall simulation begins with: things, and everything that was at some sites in a window."""

    keys: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def empty(self) -> bool:
        return not self.keys and not self.sites

    def to_json(self) -> dict[str, Any]:
        found = asdict(self)
        return found | {name: found[name].isoformat() if found[name] else None for name in ("since", "until")}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Question:
        moments = {name: datetime.fromisoformat(data[name]) if data.get(name) else None for name in ("since", "until")}
        return cls(keys=tuple(data["keys"]), sites=tuple(data["sites"]), **moments)


@dataclass(frozen=True)
class Difference:
    """Two scenarios: what only the first has, only the second, and both."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    both: tuple[str, ...]


def compare(first: Sequence[str], second: Sequence[str]) -> Difference:
    """Compare the keys of two scopes."""
    one, other = set(first), set(second)
    return Difference(
        tuple(key for key in first if key not in other),
        tuple(key for key in second if key not in one),
        tuple(key for key in first if key in other),
    )


@dataclass(frozen=True)
class Neighbour:
    """One step up or down of a partner: with whom, when, in which event."""

    key: str
    party: str
    time: int
    number: int


def neighbours(
    happenings: Iterable[Happening], key: str, own: frozenset[str]
) -> tuple[list[Neighbour], list[Neighbour]]:
    """(one up, one down) of a partner for a thing: who sent it to one of `own`, to whom one of `own` sent it.

    `own`: the parties and sites of the partner. Nothing is told of what others did with it before or after; an
    input of an own process is one up of its output, and the other way round.
    """
    up: list[Neighbour] = []
    down: list[Neighbour] = []
    for one in happenings:
        mine = one.holder in own or one.site in own
        names = {thing.key for thing in (*one.things, *((one.parent,) if one.parent else ()))}
        if mine and key in {thing.key for thing in one.outputs}:
            up += [Neighbour(thing.key, one.holder, one.time, one.number) for thing in one.inputs]
        if mine and key in {thing.key for thing in one.inputs}:
            down += [Neighbour(thing.key, one.holder, one.time, one.number) for thing in one.outputs]
        if key not in names:
            continue
        other = one.other or one.other_site
        if one.move == Move.SHIPPED:
            if mine and other:
                down.append(Neighbour(key, other, one.time, one.number))
            elif {one.other, one.other_site} & own:
                up.append(Neighbour(key, one.holder or one.site, one.time, one.number))
        elif one.move in (Move.RECEIVED, Move.RETURNED):
            if mine and other:
                up.append(Neighbour(key, other, one.time, one.number))
            elif {one.other, one.other_site} & own:
                down.append(Neighbour(key, one.holder or one.site, one.time, one.number))
    return _once(up), _once(down)


def _once(found: list[Neighbour]) -> list[Neighbour]:
    return list({(one.key, one.party): one for one in reversed(found)}.values())[::-1]


# ---- the picture


@dataclass(frozen=True)
class Box:
    """A node of the picture at column and row; `kind`: source, thing, pack, process, or more: the nodes of the column
    that are folded away, `count` of them."""

    name: str
    column: int
    row: int
    kind: str
    count: int = 1


@dataclass(frozen=True)
class Picture:
    """A layered graph: boxes in columns from left (before) to right (after), lines between their places in `boxes`."""

    boxes: tuple[Box, ...]
    lines: tuple[tuple[int, int], ...]
    columns: int
    rows: int
    left_out: int


def picture(
    depths: Mapping[str, int], kinds: Mapping[str, str], edges: Iterable[tuple[str, str]], most: int, tallest: int = 12
) -> Picture:
    """Lay out a graph.

    Args:
        depths: name → distance from the source, below zero for what comes before it.
        kinds: name → kind.
        most: so many boxes; those farthest away are folded. tallest: so many in one column.
    """
    heights: dict[int, int] = {}
    shown: list[str] = []
    left: list[str] = []
    for name in sorted(depths, key=lambda name: (abs(depths[name]), depths[name])):
        heights[depths[name]] = heights.get(depths[name], 0) + 1
        if heights[depths[name]] <= tallest and len(shown) < most:
            shown.append(name)
        else:
            left.append(name)
    first, last = (end((depths[name] for name in shown), default=0) for end in (min, max))
    folded: dict[int, list[str]] = {}
    for name in left:  # whole columns beyond the picture become one on each side
        folded.setdefault(min(max(depths[name], first - 1), last + 1), []).append(name)
    lowest = min([first, *folded])
    rows: dict[int, int] = {}
    boxes = []
    for name in shown:
        column = depths[name] - lowest
        boxes.append(Box(name, column, rows.get(column, 0), kinds.get(name, "thing")))
        rows[column] = rows.get(column, 0) + 1
    place = {box.name: number for number, box in enumerate(boxes)}
    for depth, names in sorted(folded.items()):
        column = depth - lowest
        place |= dict.fromkeys(names, len(boxes))
        boxes.append(Box("", column, rows.get(column, 0), "more", len(names)))
        rows[column] = rows.get(column, 0) + 1
    lines = {(place[one], place[other]) for one, other in edges if one in place and other in place}
    return Picture(
        tuple(boxes),
        tuple(sorted(line for line in lines if line[0] != line[1])),
        max((box.column for box in boxes), default=-1) + 1,
        max(rows.values(), default=0),
        len(depths) - len(shown),
    )
