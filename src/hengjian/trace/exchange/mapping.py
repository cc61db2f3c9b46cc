"""Messages as EPCIS 2.0 events, and back. Pure.

A node that turns incoming lots into outgoing ones is a TransformationEvent, one that brings lots into being an
ObjectEvent ADD, everything else an ObjectEvent on the lots (traceability note B.2, B.4). What EPCIS has no field for
(names, prices, numbers of tickets in their own words) stands in extensions of `NAMESPACE`, so that the message can be
read back as it was; events of others are read by their shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from hengjian.trace.exchange.lots import lot_parts, lot_uri, node_of, node_uri, own_uri
from hengjian.trace.exchange.messages import (
    Arrival,
    Business,
    Disposal,
    Line,
    Message,
    Paper,
    Production,
    Strict,
    Test,
    Trade,
    plain,
    read_message,
)

NAMESPACE = "urn:hengjian:trace:"
CONTEXT = [{"hj": NAMESPACE}]
_STEPS = {"recalled": ("holding", "recalled"), "returned": ("receiving", "returned")}


def lots_of(message: Message, host: str) -> list[str]:
    """Identifiers of every lot that a message names."""
    lines = [*getattr(message, "lines", ()), *getattr(message, "inputs", ())]
    if isinstance(message, (Paper, Test, Disposal)):
        lines.append(message.line)
    return [lot_uri(host, line.goods_code, line.minted_by or _owner(message), line.batch) for line in lines]


def to_event(message: Business, host: str, edition: int = 0) -> dict[str, Any]:
    """The event that says what the message says.

    Args:
        host: of this platform, in identifiers that are not GS1 keys.
        edition: above 0 for a file that is taken in again after it was undone: the event is then another one.
    """
    event: dict[str, Any] = {"@context": CONTEXT, **_what(message, host)}
    event["eventTime"], event["eventTimeZoneOffset"] = _when(message.at)
    event["readPoint"] = event["bizLocation"] = {"id": node_uri(host, message.node)}
    if edition:
        event["hj:edition"] = edition
    event["hj:message"] = message.kind
    event |= _extension(message)
    return event


def _what(message: Business, host: str) -> dict[str, Any]:
    if isinstance(message, Production):
        return _production(message, host)
    if isinstance(message, Arrival):
        return _arrival(message, host)
    if isinstance(message, Trade):
        return _trade(message, host)
    quantities = [_quantity(message.line, message.node, host)]
    if isinstance(message, Paper):
        kind = "testres" if message.paper == "test" else "cert"
        return {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "bizStep": "inspecting",
            "disposition": "conformant" if message.verdict == "passed" else "non_conformant",
            "quantityList": quantities,
            "bizTransactionList": [{"type": kind, "bizTransaction": own_uri(host, "paper", message.number)}],
        }
    if isinstance(message, Test):
        return {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "bizStep": "sampling",
            "disposition": "conformant" if message.verdict == "passed" else "non_conformant",
            "quantityList": quantities,
            "bizTransactionList": [{"type": "testres", "bizTransaction": own_uri(host, "sample", message.sample)}],
        }
    if message.act == "destroyed":
        step, disposition, action = "destroying", "destroyed", "DELETE"
    else:
        (step, disposition), action = _STEPS[message.act], "OBSERVE"
    return {
        "type": "ObjectEvent",
        "action": action,
        "bizStep": step,
        "disposition": disposition,
        "quantityList": quantities,
    }


def _production(message: Production, host: str) -> dict[str, Any]:
    outputs = [_quantity(line, message.node, host) for line in message.lines]
    ilmd: dict[str, Any] = {"cbvmda:lotNumber": message.lines[0].batch} if len(message.lines) == 1 else {}
    if message.expires_on:
        ilmd["cbvmda:itemExpirationDate"] = message.expires_on.isoformat()
    head: dict[str, Any] = {"bizStep": "commissioning", "disposition": "active"}
    if ilmd:
        head["ilmd"] = ilmd
    if not message.inputs:
        return {"type": "ObjectEvent", "action": "ADD", **head, "quantityList": outputs}
    inputs = [_quantity(line, message.node, host) for line in message.inputs]
    return {"type": "TransformationEvent", **head, "inputQuantityList": inputs, "outputQuantityList": outputs}


def _arrival(message: Arrival, host: str) -> dict[str, Any]:
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "disposition": "in_progress",
        "quantityList": [_quantity(line, message.supplier, host) for line in message.lines],
        "destinationList": [{"type": "possessing_party", "destination": node_uri(host, message.node)}],
    }
    if message.supplier:
        event["sourceList"] = [{"type": "possessing_party", "source": node_uri(host, message.supplier)}]
    papers = [
        {"type": kind, "bizTransaction": own_uri(host, scheme, number)}
        for kind, scheme, number in (
            ("desadv", "ticket", message.ticket),
            ("cert", "paper", message.quarantine),
            ("cert", "paper", message.inspection),
        )
        if number
    ]
    if papers:
        event["bizTransactionList"] = papers
    return event


def _trade(message: Trade, host: str) -> dict[str, Any]:
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "shipping" if message.buyer else "retail_selling",
        "disposition": "in_transit" if message.buyer else "retail_sold",
        "quantityList": [_quantity(line, message.node, host) for line in message.lines],
        "sourceList": [{"type": "possessing_party", "source": node_uri(host, message.node)}],
    }
    if message.buyer:
        event["destinationList"] = [{"type": "possessing_party", "destination": node_uri(host, message.buyer)}]
    if message.ticket:
        event["bizTransactionList"] = [{"type": "desadv", "bizTransaction": own_uri(host, "ticket", message.ticket)}]
    return event


def _owner(message: Message) -> str:
    return message.supplier if isinstance(message, Arrival) else str(getattr(message, "node", ""))


def _quantity(line: Line, owner: str, host: str) -> dict[str, Any]:
    return {
        "epcClass": lot_uri(host, line.goods_code, line.minted_by or owner, line.batch),
        "quantity": _number(line.quantity),
        "uom": line.uom,
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _when(at: datetime) -> tuple[str, str]:
    offset = at.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return at.isoformat(timespec="milliseconds"), f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _extension(message: Strict) -> dict[str, Any]:
    """Every field of the message under our prefix, as text."""
    data = plain(message)
    del data["kind"]
    return {f"hj:{key}": _prefixed(value) for key, value in data.items() if key != "at"}


def _prefixed(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"hj:{key}": _prefixed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_prefixed(inner) for inner in value]
    return str(value)


# ---- back


def from_event(event: Mapping[str, Any]) -> Business | None:
    """The message behind an event: as it was said where it carries our extension, else by its shape.

    None: nothing that a message could say (aggregation, association, transaction, items without a lot), or a message
    under our extension that is not well-formed.
    """
    kind = event.get("hj:message")
    try:
        if isinstance(kind, str):
            fields = {key[3:]: _plain(value) for key, value in event.items() if key.startswith("hj:")}
            fields.pop("message")
            fields.pop("edition", None)
            for name in ("inputs", "lines", "farm_inputs"):
                if name in fields and not isinstance(fields[name], list):
                    fields[name] = [fields[name]]  # XML has no lists of one
            found = read_message({**fields, "kind": kind, "at": event["eventTime"]})
        else:
            found = read_message(_by_shape(event))
    except (ValidationError, KeyError):
        return None
    return found if isinstance(found, Business) else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.removeprefix("hj:"): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _by_shape(event: Mapping[str, Any]) -> dict[str, Any]:
    place = event.get("bizLocation") or event.get("readPoint") or {}
    said: dict[str, Any] = {"node": node_of(place.get("id", "")), "at": event["eventTime"]}
    step = str(event.get("bizStep", "")).rpartition("-")[2].rpartition("/")[2]
    if event.get("type") == "TransformationEvent":
        inputs, lines = _lines(event.get("inputQuantityList")), _lines(event.get("outputQuantityList"))
        return {**said, "kind": "production", "inputs": inputs, "lines": lines}
    if event.get("type") != "ObjectEvent":
        return {}
    lines = _lines(event.get("quantityList"))
    if event.get("action") == "ADD":
        return {**said, "kind": "production", "lines": lines}
    if step in {"receiving", "accepting", "arriving"}:
        return {**said, "kind": "arrival", "supplier": _party(event, "source"), "lines": lines}
    if step in {"shipping", "departing", "retail_selling"}:
        return {**said, "kind": "trade", "buyer": _party(event, "destination"), "lines": lines}
    disposition = str(event.get("disposition", "")).rpartition("-")[2].rpartition("/")[2]
    act = "destroyed" if event.get("action") == "DELETE" else disposition
    return {**said, "kind": "disposal", "act": act, "line": lines[0] if len(lines) == 1 else {}}


def _lines(quantities: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    found = []
    for item in quantities or ():
        parts = lot_parts(str(item.get("epcClass", "")))
        if parts is None:
            continue
        product, node, batch = parts
        found.append(
            {
                "goods_code": product,
                "goods_name": product or batch,
                "minted_by": node,
                "batch": batch,
                "quantity": str(item.get("quantity", "")),
                "uom": item.get("uom", "EA"),
            }
        )
    return found


def _party(event: Mapping[str, Any], side: str) -> str:
    return next((node_of(str(item.get(side, ""))) for item in event.get(f"{side}List") or ()), "")
