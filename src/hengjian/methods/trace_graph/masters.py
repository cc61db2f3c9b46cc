"""Names and coordinates of places from master data (CBV 2.0 section 10) and from `geo:` URIs (RFC 5870)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hengjian.methods.trace_graph.happenings import key_of, site_of


@dataclass(frozen=True)
class Known:
    """What is known about a place, party or product. `position`: latitude and longitude in degrees (WGS 84)."""

    name: str = ""
    position: tuple[float, float] | None = None


def read_masters(items: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Known]:
    """What the attributes say, by key in canonical form; places also under their site."""
    found: dict[str, Known] = {}
    for uri, attributes in items:
        said = {
            str(name).rpartition("#")[2].rpartition(":")[2].rpartition("/")[2]: value
            for name, value in attributes.items()
        }
        name = next(
            (str(said[word]) for word in ("name", "descriptionShort", "regulatedProductName") if said.get(word)), ""
        )
        known = Known(name, _position(said.get("latitude"), said.get("longitude")))
        for key in {key_of(uri)[0], site_of(uri)}:
            before = found.get(key, Known())
            found[key] = Known(before.name or known.name, before.position or known.position)
    return found


def vocabulary_items(vocabularies: Iterable[Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """(id, attributes) of the elements of the vocabularies of a document."""
    for vocabulary in vocabularies:
        for element in vocabulary.get("vocabularyElementList") or () if isinstance(vocabulary, Mapping) else ():
            listed = element.get("attributes") or ()
            yield str(element.get("id")), {str(one.get("id")): one.get("attribute") for one in listed}


def positions(known: Mapping[str, Known], sites: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Coordinates of the sites that have any."""
    found = {key: one.position for key, one in known.items() if one.position is not None}
    for site in sites:
        if site.startswith("geo:"):
            parts = site[4:].partition(";")[0].split(",")
            place = _position(*parts[:2]) if len(parts) > 1 else None
            if place is not None:
                found[site] = place
    return found


def _position(north: Any, east: Any) -> tuple[float, float] | None:
    try:
        place = float(north), float(east)
    except (TypeError, ValueError):
        return None
    return place if -90 <= place[0] <= 90 and -180 <= place[1] <= 180 else None
