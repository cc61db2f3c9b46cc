"""Names of lots and nodes for the pages of the chain: from certificates, the registers, and what messages said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from django.db.models import Q

from hengjian.methods import gs1
from hengjian.registers.queries import entries
from hengjian.trace.chain.hooks import ThingName
from hengjian.trace.events.models import EventThing
from hengjian.trace.exchange.lots import lot_parts, node_of
from hengjian.trace.exchange.models import ConformityCertificate

MANY = 500


def things_named(keys: Sequence[str]) -> dict[str, ThingName]:
    """Product, lot number and maker of lots that this platform knows."""
    found: dict[str, ThingName] = {}
    for part in _parts(keys):
        rows = ConformityCertificate.objects.filter(lot__in=part).order_by("pk")
        for lot, product, number, holder in rows.values_list("lot", "product", "lot_number", "holder_name"):
            found[lot] = ThingName(product, number, holder)
    left = [key for key in keys if key not in found]
    gtins = {key: identifier.key for key in left if (identifier := _trade_item(key)) is not None}
    titles: dict[str, ThingName] = {}
    for part in _parts(sorted(set(gtins.values()))):
        for row in entries("trace_product").filter(key__in=part):
            titles[row.key] = ThingName(row.title, "", str(row.value("maker_name") or ""))
    found |= {key: titles[gtin] for key, gtin in gtins.items() if gtin in titles}
    own = {key: parts for key in left if key not in found and (parts := lot_parts(key)) is not None}
    said = _said(list(own))
    nodes = _nodes({node for _product, node, _batch in own.values() if node})
    for key, (_product, node, batch) in own.items():
        found[key] = ThingName(said.get(key, ""), batch, nodes.get(node, ""))
    return found


def places_named(keys: Sequence[str]) -> dict[str, str]:
    """Names of trace subjects by their identifier."""
    numbers = {key: number for key in keys if (number := node_of(key))}
    names = _nodes(set(numbers.values()))
    return {key: names[number] for key, number in numbers.items() if number in names}


def find(text: str, most: int) -> list[str]:
    """Lots by number of their certificate, by lot number or its beginning, then by product and name of the maker."""
    rows = ConformityCertificate.objects.order_by("-issued_on", "-pk").values_list("lot", flat=True)
    exact = rows.filter(Q(key=text.upper()) | Q(lot_number=text))[:most]
    if exact:
        return list(exact)
    begun = rows.filter(lot_number__startswith=text)[:most] if len(text) >= 4 else ()
    if begun:
        return list(begun)
    products = entries("trace_product").filter(title__icontains=text).values_list("key", flat=True)[:most]
    named = [f"{gs1.CANONICAL_DOMAIN}/01/{gtin}" for gtin in products if gtin.isdigit() and len(gtin) == 14]
    return [*rows.filter(Q(product__icontains=text) | Q(holder_name__icontains=text))[:most], *named]


def _trade_item(key: str) -> gs1.Identifier | None:
    identifier = gs1.examine(key).identifier
    return identifier if identifier is not None and identifier.scheme in {"gtin", "lgtin", "sgtin", "upui"} else None


def _nodes(numbers: set[str]) -> dict[str, str]:
    return {
        key: title
        for part in _parts(sorted(numbers))
        for key, title in entries("trace_subject").filter(key__in=part).values_list("key", "title")
    }


def _said(keys: Sequence[str]) -> dict[str, str]:
    """What the messages about lots call the goods; the oldest message with a name counts."""
    found: dict[str, str] = {}
    for part in _parts(keys):
        rows = EventThing.objects.filter(key__in=part).select_related("event").order_by("-event__event_time", "-pk")
        for row in rows[: 4 * MANY]:
            lines = row.event.document.get("hj:lines")
            for line in lines if isinstance(lines, list) else ():
                name = str(line.get("hj:goods_name") or "") if isinstance(line, dict) else ""
                batch = str(line.get("hj:batch") or "") if isinstance(line, dict) else ""
                if name and (not batch or row.key.endswith(f".{batch}") or len(lines) == 1):
                    found[row.key] = name
    return found


def _parts(keys: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while part := list(islice(rest, MANY)):
        yield part
