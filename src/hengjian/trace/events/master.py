"""Master data of captured documents: names of places and parties, and which place lies in which."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from hengjian.methods.epcis import Context
from hengjian.parties.models import Unit
from hengjian.trace.events.keys import key_of, shorten
from hengjian.trace.events.models import MasterItem
from hengjian.trace.events.prepare import Prepared

MOST = 20_000


def keep_master_data(prepared: Prepared, party: Unit, now: datetime) -> None:
    """Keep what the header of a document says; what the unit said before about the same thing is replaced."""
    document = prepared.document
    if document is None or not document.vocabularies:
        return
    items = {
        (item.kind, item.key): item
        for vocabulary in document.vocabularies
        if isinstance(vocabulary, Mapping)
        for item in _items(vocabulary, document.context, party, now)
    }
    MasterItem.objects.bulk_create(
        list(items.values())[:MOST],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["key", "kind", "party"],
        update_fields=["attributes", "children", "recorded_at"],
    )


def _items(vocabulary: Mapping[str, Any], context: Context, party: Unit, now: datetime) -> Iterable[MasterItem]:
    members = vocabulary.get("vocabularyElementList")
    for member in members if isinstance(members, list) else []:
        if not isinstance(member, Mapping) or not isinstance(member.get("id"), str):
            continue
        attributes = {
            context.value(str(item["id"])): item.get("attribute")
            for item in member.get("attributes") or ()
            if isinstance(item, Mapping) and "id" in item
        }
        children = [key_of(child, context) for child in member.get("children") or () if isinstance(child, str)]
        if "\\u0000" in json.dumps([attributes, children]):
            continue
        yield MasterItem(
            kind=shorten(str(vocabulary.get("type", ""))),
            key=key_of(member["id"], context),
            party=party,
            attributes=attributes,
            children=children,
            recorded_at=now,
        )


def descendants(keys: Iterable[str]) -> list[str]:
    """The places and everything that master data says lies inside them; a circle ends where it began."""
    found = list(dict.fromkeys(keys))
    fresh = found
    while fresh:
        children = MasterItem.objects.filter(key__in=fresh).values_list("children", flat=True)
        fresh = list(dict.fromkeys(child for row in children for child in row if child not in found))
        found += fresh
    return found


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """What master data calls the places, parties and classes; only those that have a name."""
    names: dict[str, str] = {}
    for key, attributes in MasterItem.objects.filter(key__in=list(keys)).values_list("key", "attributes"):
        for name, value in attributes.items():
            if name.rpartition("#")[2].rpartition(":")[2] in ("name", "descriptionShort") and isinstance(value, str):
                names.setdefault(key, value)
    return names
