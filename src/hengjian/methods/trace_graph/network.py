"""The flow of goods as a graph, built from events in any order and extended by later ones.

Nodes are items, lots and processes (transformations; events with one transformationID are one process). Edges: input →
process → output at the time of the event; container → content for as long as the content is inside. Moving about makes
no edge: a lot is one node wherever it is. Associations and business documents link, but nothing flows along them.
A class of goods without lot or serial is not traced.

What is inside a container when that goes into a process goes into the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengjian.methods.trace_graph.bounds import ALWAYS, NEVER
from hengjian.methods.trace_graph.happenings import Happening, Level, Move, Thing
from hengjian.methods.trace_graph.index import TraceIndex
from hengjian.methods.trace_graph.tables import Array, Names, Rows
from hengjian.methods.trace_graph.units import MICRO

Direction = Literal["forward", "back"]
PROCESS = "process:"
_MOVES = {
    "time": np.int32, "site": np.int32, "holder": np.int32, "other": np.int32, "other_site": np.int32,
    "kind": np.int8, "micro": np.int64, "unit": np.int16, "event": np.int64,
}  # fmt: skip
_PACKS = {"parent": np.int32, "first": np.int32, "last": np.int32, "micro": np.int64, "unit": np.int16}
_FLOWS = {"node": np.int32, "time": np.int32, "micro": np.int64, "unit": np.int16, "out": np.int8}
#: More edges than that are not left unmerged when they are the most of the graph.
MANY = 200_000
VOID = 99
"""Kind of a movement that did not happen."""


@dataclass(frozen=True)
class Traced:
    """What a trace found, the things asked about first.

    Attributes:
        nodes, times, origin: as in `index.Trace`; processes included.
        unknown: keys that no event names.
        coarse: keys of a class of goods, which cannot be traced.
    """

    nodes: NDArray[np.int32]
    times: NDArray[np.int32]
    origin: NDArray[np.int32]
    unknown: tuple[str, ...] = ()
    coarse: tuple[str, ...] = ()


class Network:
    """Graph, movements, containment and processes.

    Attributes:
        stale: what came out of order cannot be worked in; build the network again from all events.
    """

    def __init__(self, stored: Mapping[str, Array] | None = None) -> None:
        parts: dict[str, dict[str, Array]] = {}
        for name, array in (stored or {}).items():
            part, _dot, column = name.partition(".")
            parts.setdefault(part, {})[column] = array
        self.names = Names(parts.get("names"))
        self.places, self.units = Names(parts.get("places")), Names(parts.get("units"))
        self.moves = Rows(_MOVES, parts.get("moves"))
        self.packs = Rows(_PACKS, parts.get("packs"))
        self.flows = Rows(_FLOWS, parts.get("flows"))
        self.expiries = Rows({"day": np.int32}, parts.get("expiries"))
        self.index = TraceIndex.restore(parts["index"]) if "index" in parts else TraceIndex.build([], [], [])
        self._levels = bytearray(parts["levels"]["level"].tobytes() if "levels" in parts else b"")
        self.stale = False
        self._edges: list[list[int]] = []
        self._open: dict[int, dict[int, list[int]]] = {}
        self._ended: dict[tuple[int, int], list[int]] = {}
        self._used: dict[int, int] = {}
        self._parent: dict[int, int] = {}
        self.owners: dict[int, int] = {}
        for site, party in (
            zip(*(parts["owners"][name].tolist() for name in ("site", "party")), strict=True)
            if "owners" in parts
            else ()
        ):
            self.owners[site] = party

    @classmethod
    def of(cls, happenings: Iterable[Happening]) -> Network:
        """The network of some events."""
        network = cls()
        network.add(happenings)
        return network

    # ---- building

    def add(self, happenings: Iterable[Happening]) -> None:
        """Work in more events; those that an error declaration takes back are left out."""
        batch = list(happenings)
        void = {one.identity for one in batch if one.void and one.identity}
        for one in sorted((one for one in batch if not one.void and one.identity not in void), key=_when):
            self._add(one)
        if self._edges:
            columns = np.array(self._edges, dtype=np.int64).T
            self.index.append(columns[0], columns[1], columns[2], columns[3])
            self._edges.clear()
            self._open.clear()
            if self.index.appended > max(MANY, self.index.edges // 2):  # many events at once: appending sorts each time
                self.index = self.index.compact()
        self.index.widen(len(self.names))

    def remove(self, happening: Happening) -> None:
        """Take back an event that was worked in before."""
        if happening.parent is not None:
            self.stale = self.stale or happening.kind == "AggregationEvent"
            return
        for thing in (*happening.things, *happening.inputs, *happening.outputs):
            node = self.names.find(thing.key)
            if node >= 0:
                self.moves.change(node, {"event": happening.number, "time": happening.time}, "kind", VOID)
        if happening.kind == "TransformationEvent":
            process = self.names.find(PROCESS + happening.process)
            pairs = [(self.names.find(one.key), process) for one in happening.inputs]
            pairs += [(process, self.names.find(one.key)) for one in happening.outputs]
            for source, target in pairs:
                self.index.drop(source, target, happening.time)
            self.stale = self.stale or any(
                self.index.successors(source) for source, _target in pairs[: len(happening.inputs)]
            )

    def _add(self, one: Happening) -> None:
        if one.holder and one.site:
            self.owners[self.places.number(one.site)] = self.places.number(one.holder)
        if one.expires is not None:
            for thing in (*one.things, *one.outputs):
                self.expiries.add(self._node(thing), one.expires.toordinal())
        if one.kind == "TransformationEvent":
            self._transform(one)
        elif one.kind == "AggregationEvent":
            self._aggregate(one)
        else:
            for thing in one.things:
                self._move(one, self._node(thing), thing, one.move)
            if one.parent is not None:
                self._move(one, self._node(one.parent), one.parent, Move.SEEN)

    def _transform(self, one: Happening) -> None:
        process = self._named(PROCESS + one.process, Level.PROCESS)
        for thing in one.inputs:
            node = self._node(thing)
            self._move(one, node, thing, Move.USED)
            self.flows.add(process, node, one.time, thing.micro, self.units.number(thing.unit), 0)
            if thing.level != Level.CLASS:
                self._edges.append([node, process, one.time, one.time, 1])
                self._used[node] = max(self._used.get(node, ALWAYS), one.time)
                for inner in self.contents(node, one.time):
                    self._edges.append([inner, process, one.time, one.time, 1])
        for thing in one.outputs:
            node = self._node(thing)
            self._move(one, node, thing, Move.MADE)
            self.flows.add(process, node, one.time, thing.micro, self.units.number(thing.unit), 1)
            if thing.level != Level.CLASS:
                self._edges.append([process, node, one.time, one.time, 1])

    def _aggregate(self, one: Happening) -> None:
        parent = self._node(one.parent) if one.parent is not None else -1
        if one.parent is not None:
            self._move(one, parent, one.parent, one.move)
        for thing in one.things:
            node = self._node(thing)
            self._move(one, node, thing, Move.SEEN)
            if parent < 0 or thing.level == Level.CLASS:
                continue
            if one.action == "ADD":
                self._put(node, parent, one.time, thing)
            elif one.action == "DELETE":
                self._take(node, parent, one.time)
        if one.action == "DELETE" and parent >= 0 and not one.things:
            for node in list(self._inside(parent)):
                self._take(node, parent, one.time)

    def _put(self, node: int, parent: int, time: int, thing: Thing) -> None:
        inside = self._inside(parent)
        if node in inside:
            return
        if thing.level == Level.ITEM:  # an item is in one container only: being put into another, it left the first
            before = self._container(node)
            if before >= 0 and before != parent:
                self._take(node, before, time)
            self._parent[node] = parent
        later = [end for end in self._ended.get((node, parent), ()) if end >= time]
        last = max(time, min(later) - 1) if later else NEVER
        edge = [parent, node, time, last, 1]  # the fifth: not in the index yet
        self._edges.append(edge)
        self.packs.add(node, parent, time, last, thing.micro, self.units.number(thing.unit))
        if last == NEVER:
            inside[node] = edge
        self.stale = self.stale or self._last_use(parent) >= time

    def _take(self, node: int, parent: int, time: int) -> None:
        edge = self._inside(parent).get(node)
        if edge is None or edge[2] > time:
            self._ended.setdefault((node, parent), []).append(time)
            return
        last = max(edge[2], time - 1)
        if len(edge) == 5:
            edge[3] = last
        else:
            self.index.close(parent, node, edge[2], last)
        self.packs.change(node, {"parent": parent, "first": edge[2]}, "last", last)
        del self._inside(parent)[node]
        self._parent.pop(node, None)
        self.stale = self.stale or self._last_use(parent) >= time

    def _inside(self, parent: int) -> dict[int, list[int]]:
        """What is in the container and has not been taken out: node → edge."""
        if parent not in self._open:
            known = self.index.successors(parent) if parent < self.index.nodes else []
            self._open[parent] = {
                node: [parent, node, first, last]
                for node, first, last in known
                if last == NEVER and self._levels[node] != Level.PROCESS
            }
        return self._open[parent]

    def _container(self, node: int) -> int:
        if node in self._parent:
            return self._parent[node]
        # What was put into something since the arrays were read is in `_parent` for as long as it is inside.
        found = self.packs.gather(np.array([node], np.int32), stored=True)
        if found["of"].size:
            open_ones = found["parent"][found["last"] == NEVER]
            return int(open_ones[-1]) if open_ones.size else -1
        return -1

    def _last_use(self, parent: int) -> int:
        """When the container, or one it was in, last went into a process."""
        latest = self._used.get(parent, ALWAYS)
        if parent < self.index.nodes:
            for node, first, _last in self.index.successors(parent):
                if self._levels[node] == Level.PROCESS:
                    latest = max(latest, first)
        return latest

    def contents(self, parent: int, time: int) -> list[int]:
        """Everything in the container at that time, however deep."""
        found: dict[int, None] = {}
        waiting = [parent]
        while waiting:
            node = waiting.pop()
            edges = [(edge[1], edge[2], edge[3]) for edge in self._inside(node).values()]
            if node < self.index.nodes:
                edges += self.index.successors(node)
            for inner, first, last in edges:
                if (
                    first <= time <= last
                    and inner not in found
                    and inner != parent
                    and self._levels[inner] != Level.PROCESS
                ):
                    found[inner] = None
                    waiting.append(inner)
        return list(found)

    def _move(self, one: Happening, node: int, thing: Thing, kind: Move) -> None:
        number = self.places.number
        self.moves.add(
            node, one.time, number(one.site), number(one.holder), number(one.other), number(one.other_site),
            kind, thing.micro, self.units.number(thing.unit), one.number,
        )  # fmt: skip

    def _node(self, thing: Thing) -> int:
        return self._named(thing.key, thing.level)

    def _named(self, key: str, level: Level) -> int:
        node = self.names.number(key)
        if node == len(self._levels):
            self._levels.append(level)
        return node

    # ---- reading

    @property
    def levels(self) -> NDArray[np.uint8]:
        """Level of every node."""
        return np.frombuffer(bytes(self._levels), np.uint8)

    def level(self, node: int) -> Level:
        return Level(self._levels[node])

    def trace(
        self,
        keys: Sequence[str],
        direction: Direction = "forward",
        *,
        since: int | None = None,
        until: int | None = None,
        limit: int = 0,
    ) -> Traced:
        """What can have come from the things, or gone into them; keys in canonical form.

        A trace back from a container begins with what is or was in it, too.

        Args:
            since, until: only what happened then; forward the things are suspect from `since` on.
            limit: stop when so many are found; 0: never.
        """
        nodes = {key: self.names.find(key) for key in keys}
        coarse = tuple(key for key, node in nodes.items() if node >= 0 and self._levels[node] == Level.CLASS)
        seeds = [node for key, node in nodes.items() if node >= 0 and key not in coarse]
        if direction == "forward":
            found = self.index.forward(seeds, since, until=until, limit=limit)
        else:
            ends = [NEVER if until is None else until] * len(seeds)
            for node in list(seeds):
                for inner, last in self._held(node):
                    seeds.append(inner)
                    ends.append(min(last, ends[0]))
            found = self.index.back(seeds, ends, since=since, limit=limit)
        unknown = tuple(key for key, node in nodes.items() if node < 0)
        return Traced(found.nodes, found.times, found.origin, unknown, coarse)

    def _held(self, parent: int) -> list[tuple[int, int]]:
        """(node, last moment inside) of everything that ever was in a container."""
        found: dict[int, int] = {}
        waiting = [(parent, NEVER)]
        while waiting:
            node, until = waiting.pop()
            for inner, _first, last in self.index.successors(node):
                bound = min(last, until)
                if self._levels[inner] != Level.PROCESS and inner != parent and found.get(inner, ALWAYS) < bound:
                    found[inner] = bound
                    waiting.append((inner, bound))
        return list(found.items())

    def arrays(self) -> dict[str, Array]:
        """Everything as arrays with names of the form part.column, to be stored and given back to the constructor."""
        self.index = self.index.compact()
        parts: dict[str, Mapping[str, Any]] = {
            "names": self.names.arrays(),
            "places": self.places.arrays(),
            "units": self.units.arrays(),
            "moves": self.moves.arrays(),
            "packs": self.packs.arrays(),
            "flows": self.flows.arrays(),
            "expiries": self.expiries.arrays(),
            "index": self.index.arrays,
            "levels": {"level": self.levels},
            "owners": {
                "site": np.fromiter(self.owners, np.int32, len(self.owners)),
                "party": np.fromiter(self.owners.values(), np.int32, len(self.owners)),
            },
        }
        return {f"{part}.{column}": array for part, columns in parts.items() for column, array in columns.items()}


def _when(one: Happening) -> tuple[int, int]:
    return one.time, one.number


__all__ = ["ALWAYS", "MICRO", "NEVER", "PROCESS", "VOID", "Direction", "Network", "Traced"]
