"""What keys, places and parties are called, and which unit stands behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hengjian.methods import gs1
from hengjian.methods.trace_graph.masters import Known, read_masters
from hengjian.parties.models import Unit
from hengjian.trace.chain.hooks import ThingName, places_named, things_named
from hengjian.trace.chain.index import UNIT
from hengjian.trace.chain.recalls import product_of
from hengjian.trace.events.models import MasterItem, PartyKey

MANY = 500


@dataclass(frozen=True)
class Directory:
    """Names and units of some keys."""

    known: Mapping[str, Known] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    things: Mapping[str, ThingName] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """What a place or party is called; the key itself where nothing is known."""
        if key in self.known and self.known[key].name:
            return self.known[key].name
        if key in self.places:
            return self.places[key]
        if key in self.units:
            return self.units[key].name
        return short(key)

    def thing(self, key: str) -> str:
        """What a lot or item is called: the product's name with lot or serial."""
        found = gs1.examine(key).identifier
        told = self.things.get(key, ThingName())
        if found is None:
            lot = f"{pgettext('trace', '批次')} {told.lot}" if told.lot else ""
            return f"{told.product} {lot}".strip() or short(key)
        name = self.known[product].name if (product := product_of(key)) in self.known else told.product
        if found.scheme == "sscc":
            return _("物流单元 %(number)s") % {"number": found.key[-8:]}
        if found.level == "lot":
            return f"{name or found.key} {pgettext('trace', '批次')} {found.serial}"
        if found.level == "instance" and found.serial:
            return f"{name or found.key} {_('单品')} {found.serial}"
        return name or short(key)

    def maker(self, key: str) -> str:
        """Who made a thing, where a room told it."""
        return self.things[key].maker if key in self.things else ""

    def unit(self, key: str) -> Unit | None:
        return self.units.get(key)


def directory(keys: Iterable[str]) -> Directory:
    """Names and units of places, parties and things; in a few queries however many there are."""
    wanted = {form for key in keys if key for form in (key, product_of(key))}
    attributes: list[tuple[str, Mapping[str, object]]] = []
    units: dict[str, Unit] = {}
    listed = sorted(wanted)
    for start in range(0, len(listed), MANY):
        part = listed[start : start + MANY]
        attributes += MasterItem.objects.filter(key__in=part).order_by("pk").values_list("key", "attributes")
        for row in PartyKey.objects.filter(key__in=part).select_related("unit__region"):
            units[row.key] = row.unit
        own = {key.removeprefix(UNIT): key for key in part if key.startswith(UNIT)}
        for unit in Unit.objects.filter(key__in=own).select_related("region"):
            units[own[unit.key]] = unit
    unnamed = [key for key in listed if key not in units]
    return Directory(read_masters(attributes), units, things_named(unnamed), places_named(unnamed))


def places_known() -> dict[str, Known]:
    """Master data of all places, for distances."""
    kinds = MasterItem.objects.filter(kind__endswith="ocation")
    return read_masters(kinds.values_list("key", "attributes"))


def short(key: str) -> str:
    """A key without what all keys have in common."""
    return key.removeprefix("https://id.gs1.org/").removeprefix("urn:epc:id:").removeprefix(UNIT)
