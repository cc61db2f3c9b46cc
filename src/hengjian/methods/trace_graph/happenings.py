"""What an EPCIS event says about the flow of goods, read once into few words.

Source of the meanings: CBV 2.0 (ISO/IEC 19988) business steps and dispositions. Times are whole seconds since
2000-01-01 UTC, places are sites (a location without its extension), identifiers are in canonical form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Any

from hengjian.methods import gs1
from hengjian.methods.epcis.context import Context
from hengjian.methods.trace_graph.units import MICRO, PIECES, amount

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_VOCABULARIES = (
    "urn:epcglobal:cbv:bizstep:",
    "urn:epcglobal:cbv:disp:",
    "urn:epcglobal:cbv:sdt:",
    "urn:epcglobal:cbv:btt:",
)
_WEB = ("https://ref.gs1.org/cbv/", "https://gs1.org/voc/", "https://www.gs1.org/voc/", "cbv:", "gs1:")


class Move(IntEnum):
    """What an event does to the amount of a thing at a site."""

    SEEN = 0
    MADE = 1
    RECEIVED = 2
    RETURNED = 3
    SHIPPED = 4
    SOLD = 5
    DESTROYED = 6
    USED = 7
    ENDED = 8
    UNSHIPPED = 9
    LEFT = 10


class Level(IntEnum):
    """How fine an identifier is. What is only a class of goods cannot be traced."""

    ITEM = 0
    LOT = 1
    CLASS = 2
    PROCESS = 3


@dataclass(slots=True)
class Thing:
    """One thing in an event; `micro`: amount in millionths of `unit`, -1: not told."""

    key: str
    level: Level
    micro: int = MICRO
    unit: str = PIECES


@dataclass(slots=True)
class Happening:
    """One event.

    Attributes:
        number: of the event, as the caller counts them.
        kind: type of the event; `action` is empty for transformations.
        made: whether the things begin here.
        process: name of the transformation; empty for other events.
        parent: of an aggregation or association.
        holder: party that has the things at `site`; `other`, `other_site`: who sent or shall receive them.
        expires: last day of use from the master data of the lot.
        void: the event says that the earlier one did not happen.
    """

    number: int
    identity: str
    kind: str
    action: str
    time: int
    step: str
    disposition: str
    site: str
    holder: str = ""
    other: str = ""
    other_site: str = ""
    things: list[Thing] = field(default_factory=list)
    inputs: list[Thing] = field(default_factory=list)
    outputs: list[Thing] = field(default_factory=list)
    parent: Thing | None = None
    process: str = ""
    expires: date | None = None
    documents: tuple[str, ...] = ()
    void: bool = False

    @property
    def move(self) -> Move:
        """What the event does to its `things`."""
        if self.action == "ADD" and self.kind == "ObjectEvent":
            return Move.MADE
        if self.step == "destroying" or self.disposition in ("destroyed", "disposed"):
            return Move.DESTROYED
        if self.step in ("retail_selling", "dispensing"):
            return Move.SOLD
        if self.step in ("shipping", "consigning"):
            return Move.SHIPPED
        if self.step == "void_shipping":
            return Move.UNSHIPPED
        if self.step == "receiving":
            return Move.RETURNED if self.disposition == "returned" else Move.RECEIVED
        if self.step in ("departing", "loading"):
            return Move.LEFT
        if self.step == "sampling":
            return Move.USED
        if self.action == "DELETE" and self.kind == "ObjectEvent":
            return Move.ENDED
        return Move.SEEN


def seconds(text: str) -> int:
    """A time with zone as whole seconds since 2000 (rounded down).

    Raises:
        ValueError: it is no such time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text}: no time zone")
    return int((moment - EPOCH).total_seconds() // 1)


def moment(time: int) -> datetime:
    """The time behind the number, in UTC."""
    return EPOCH + timedelta(seconds=int(time))


def word(value: Any) -> str:
    """The bare word of a standard code, however it is written."""
    text = str(value or "")
    for prefix in _VOCABULARIES:
        if text.startswith(prefix):
            return text[len(prefix) :]
    for prefix in _WEB:
        if text.startswith(prefix):
            return text.rsplit("/", 1)[-1].rsplit(":", 1)[-1].removeprefix("BizStep-").removeprefix("Disp-")
    return text


_NO_CONTEXT = Context()


def key_of(uri: str, context: Context = _NO_CONTEXT, *, quantity: bool = False) -> tuple[str, Level]:
    """Canonical form and level of an identifier; one that is not of GS1 is an item, or in a quantity a lot."""
    uri = uri.strip()
    if not uri.startswith(("urn:", "https://", "http://")):
        uri = context.value(uri)
    found = gs1.examine(uri)
    if found.identifier is None or found.link is None:
        return uri, Level.LOT if quantity else Level.ITEM
    level = found.identifier.level
    return found.link, Level.CLASS if level == "class" else Level.LOT if level == "lot" else Level.ITEM


def site_of(uri: str) -> str:
    """The site of a location: without its extension, in canonical form."""
    found = gs1.examine(uri)
    return (found.link or uri).partition("/254/")[0] if found.identifier is not None else uri


def digest(event: Mapping[str, Any], number: int = 0, context: Context = _NO_CONTEXT) -> Happening:
    """Read an event in the form of `methods.epcis` (valid: see `validate`); `context` writes out its prefixes.

    Raises:
        ValueError: it has no usable time.
    """
    kind, step = word(event.get("type")), word(event.get("bizStep"))
    point, location = (str((event.get(name) or {}).get("id", "")) for name in ("readPoint", "bizLocation"))
    leaving = step in ("shipping", "departing", "consigning", "void_shipping", "loading")
    site = (point or location) if leaving else (location or point)
    happening = Happening(
        number=number,
        identity=str(event.get("eventID") or ""),
        kind=kind,
        action=str(event.get("action") or ""),
        time=seconds(str(event.get("eventTime"))),
        step=step,
        disposition=word(event.get("disposition")),
        site=site_of(site) if site else "",
        expires=_expiry(event.get("ilmd")),
        documents=tuple(str(one.get("bizTransaction")) for one in event.get("bizTransactionList") or ()),
        void="errorDeclaration" in event,
    )
    sources, targets = _ends(event.get("sourceList"), "source"), _ends(event.get("destinationList"), "destination")
    here, there = (sources, targets) if leaving else (targets, sources)
    happening.holder, happening.other, happening.other_site = here[0], there[0], there[1]
    if not site and here[1]:
        happening.site = here[1]
    if kind == "TransformationEvent":
        happening.inputs = _things(event, "inputEPCList", "inputQuantityList", context)
        happening.outputs = _things(event, "outputEPCList", "outputQuantityList", context)
        happening.process = str(event.get("transformationID") or happening.identity or f"#{number}")
    elif kind in ("AggregationEvent", "AssociationEvent"):
        happening.things = _things(event, "childEPCs", "childQuantityList", context)
    else:
        happening.things = _things(event, "epcList", "quantityList", context)
    if event.get("parentID"):
        happening.parent = Thing(*key_of(str(event["parentID"]), context))
    return happening


def _things(event: Mapping[str, Any], items: str, quantities: str, context: Context) -> list[Thing]:
    found = [Thing(*key_of(str(uri), context)) for uri in event.get(items) or ()]
    for one in event.get(quantities) or ():
        micro, unit = amount(one.get("quantity"), str(one.get("uom") or ""))
        found.append(Thing(*key_of(str(one.get("epcClass")), context, quantity=True), micro, unit))
    return found


def _ends(items: Iterable[Any] | None, name: str) -> tuple[str, str]:
    """(party, site) of a list of sources or destinations; who has the goods comes before who owns them."""
    by_type = {word(one.get("type")): str(one.get(name) or "") for one in items or ()}
    party = by_type.get("possessing_party") or by_type.get("owning_party") or ""
    place = by_type.get("location") or ""
    return (gs1.canonical(party) or party) if party else "", site_of(place) if place else ""


def _expiry(ilmd: Any) -> date | None:
    if not isinstance(ilmd, Mapping):
        return None
    for name, value in ilmd.items():
        if str(name).rsplit(":", 1)[-1].rsplit("#", 1)[-1] in ("itemExpirationDate", "expirationDate", "expiryDate"):
            try:
                return date.fromisoformat(str(value.get("@value") if isinstance(value, Mapping) else value)[:10])
            except ValueError:
                return None
    return None
