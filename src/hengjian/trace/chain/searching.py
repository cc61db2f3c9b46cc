"""Finding things in the chain by what an officer has in hand: a scanned link, a GTIN, a lot number, a product name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hengjian.methods import gs1
from hengjian.methods.gs1 import has_check_digit
from hengjian.methods.gs1.compression import expand
from hengjian.trace.chain.hooks import found_by_rooms
from hengjian.trace.chain.recalls import product_of
from hengjian.trace.events.keys import key_of
from hengjian.trace.events.models import EventThing, MasterItem

DOMAIN = gs1.CANONICAL_DOMAIN
MOST = 100
PRODUCTS = 500
_ELEMENT = re.compile(r"\((\d{2,4})\)([^()]+)")
# Application identifiers that name a thing (GS1 General Specifications 3.2), in the order of a Digital Link.
_PATH = ("01", "00", "8003", "8004", "22", "10", "21", "235")


def find_things(text: str) -> list[str]:
    """Keys of lots, items and containers that a text means, at most `MOST`; exact matches before products' lots."""
    text = text.strip()
    if not text:
        return []
    exact = list(dict.fromkeys(_forms(text)))
    known = set(EventThing.objects.filter(key__in=exact).values_list("key", flat=True).distinct())
    found = [key for key in exact if key in known]
    if any("/01/" not in key or product_of(key) != key for key in found):
        return found
    products = [key for key in exact if product_of(key) == key and "/01/" in key] or ([] if found else _products(text))
    if not products:
        told = found_by_rooms(text, MOST)
        products = [key for key in told if "/01/" in key and product_of(key) == key]
        found += [key for key in told if key not in products]
    for product in products:
        below = EventThing.objects.filter(key__gte=f"{product}/", key__lt=f"{product}0").values_list("key", flat=True)
        found += [key for key in below.order_by("-key").distinct()[:MOST] if key not in found]
    if not found:
        found = _lots_named(text)
    return found[:MOST]


def _forms(text: str) -> Iterable[str]:
    """Every identifier that the text may be."""
    if text.startswith(("http://", "https://", "urn:")):
        yield key_of(expand(text) or text)
        return
    elements = dict(_ELEMENT.findall(text))
    if elements:
        path = "".join(f"/{ai}/{elements[ai].strip()}" for ai in _PATH if ai in elements)
        yield key_of(f"{DOMAIN}{path}")
        return
    first, _space, rest = text.partition(" ")
    digits = first.replace("-", "")
    if digits.isdigit() and has_check_digit(digits):
        if len(digits) in (8, 12, 13, 14):
            product = f"{DOMAIN}/01/{digits.zfill(14)}"
            if rest.strip():
                yield key_of(f"{product}/10/{rest.strip()}")
                yield key_of(f"{product}/21/{rest.strip()}")
            yield product
        elif len(digits) == 18:
            yield f"{DOMAIN}/00/{digits}"
    yield text  # a private or statutory code


def _products(text: str) -> list[str]:
    """Products whose name holds the text."""
    rows = MasterItem.objects.filter(kind__endswith="EPCClass", attributes__icontains=_escaped(text))
    return list(dict.fromkeys(product_of(key) for key in rows.values_list("key", flat=True)[:PRODUCTS]))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _lots_named(text: str) -> list[str]:
    """Lots or items with this number, of any product that is known by name."""
    products = MasterItem.objects.filter(kind__endswith="EPCClass").values_list("key", flat=True)
    forms = {f"{product_of(product)}/{ai}/{text}" for product in products[:PRODUCTS] for ai in ("10", "21")}
    statutory = EventThing.objects.filter(key__endswith=f"/{text}") if len(text) >= 20 else EventThing.objects.none()
    rows = EventThing.objects.filter(key__in=forms) | statutory
    return list(rows.values_list("key", flat=True).distinct()[:MOST])
