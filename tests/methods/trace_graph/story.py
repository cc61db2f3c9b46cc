"""Short ways to write events of a small chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hengjian.methods.gs1 import canonical
from hengjian.methods.trace_graph.happenings import digest
from hengjian.methods.trace_graph.network import Network

FARM, PLANT, SHOP, DEPOT = (f"urn:epc:id:sgln:9990000.0000{n}.0" for n in (1, 2, 3, 4))
GROWER, MAKER, SELLER = (f"urn:epc:id:pgln:9990000.0000{n}" for n in (1, 2, 3))
CASE, PALLET = "urn:epc:id:sscc:9990000.0111111111", "urn:epc:id:sscc:9990000.0222222222"


def lot(name: str) -> str:
    return f"urn:epc:class:lgtin:9990000.000001.{name}"


def item(serial: int | str) -> str:
    return f"urn:epc:id:sgtin:9990000.000002.{serial}"


def site(place: str) -> str:
    return key(place).partition("/254/")[0]


def key(uri: str) -> str:
    return canonical(uri) or uri


def amounts(of: dict[str, float], uom: str = "KGM") -> list[dict[str, Any]]:
    return [{"epcClass": lot(name), "quantity": amount} | ({"uom": uom} if uom else {}) for name, amount in of.items()]


def event(kind: str, time: str, place: str = "", **more: Any) -> dict[str, Any]:
    """`time`: day and hour of May 2026, as "03T08"."""
    found: dict[str, Any] = {"type": kind, "eventTime": f"2026-05-{time}:00:00+08:00", "eventTimeZoneOffset": "+08:00"}
    if place:
        found["bizLocation"] = {"id": place}
        found["readPoint"] = {"id": place}
    return found | more


def seen(time: str, place: str, step: str, things: Iterable[str] = (), **more: Any) -> dict[str, Any]:
    action = "ADD" if step == "commissioning" else "DELETE" if step == "decommissioning" else "OBSERVE"
    return event("ObjectEvent", time, place, **({"action": action, "bizStep": step, "epcList": list(things)} | more))


def made(time: str, place: str, into: dict[str, float], out: dict[str, float], **more: Any) -> dict[str, Any]:
    lists = {"inputQuantityList": amounts(into), "outputQuantityList": amounts(out)}
    return event("TransformationEvent", time, place, **({name: rows for name, rows in lists.items() if rows} | more))


def packed(time: str, parent: str, children: Iterable[str], action: str = "ADD", **more: Any) -> dict[str, Any]:
    return event(
        "AggregationEvent", time, PLANT, **({"action": action, "parentID": parent, "childEPCs": list(children)} | more)
    )


def to(party: str) -> dict[str, Any]:
    return {"destinationList": [{"type": "possessing_party", "destination": party}]}


def by(party: str) -> dict[str, Any]:
    """Who received."""
    return {"destinationList": [{"type": "possessing_party", "destination": party}]}


def sent(party: str) -> dict[str, Any]:
    """Who sent."""
    return {"sourceList": [{"type": "possessing_party", "source": party}]}


def network(*events: dict[str, Any]) -> Network:
    return Network.of(digest(one, number) for number, one in enumerate(events))


def reached(graph: Network, uri: str, direction: Any = "forward", **more: Any) -> set[str]:
    """Keys that a trace finds, without processes and what was asked about."""
    found = graph.trace([key(uri)], direction, **more)
    names = graph.names.texts(found.nodes)
    return {name for name in names if not name.startswith("process:")} - {key(uri)}
