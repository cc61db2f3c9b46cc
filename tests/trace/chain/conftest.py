"""Two enterprises and a shop whose events are captured: milk, powder, cans on a pallet, sold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from hengjian.methods.fictional import roster
from hengjian.parties.models import Region, Unit, User
from hengjian.trace.chain import index
from hengjian.trace.events.capture import add_events
from hengjian.trace.events.models import MasterItem, PartyKey
from tests.methods.trace_graph.story import (
    CASE,
    FARM,
    GROWER,
    MAKER,
    PLANT,
    SELLER,
    SHOP,
    amounts,
    by,
    event,
    item,
    key,
    lot,
    made,
    packed,
    seen,
    sent,
    site,
    to,
)
from tests.places import Place, make_place, person

CANS = [item(number) for number in range(1, 5)]


@dataclass
class Chain(Place):
    """The region with its enterprises; `farm`, `plant` and `shop` captured what they did."""

    farm: Unit
    plant: Unit
    shop: Unit
    far: Unit
    seller: User
    stranger: User


@pytest.fixture(autouse=True)
def own_index(tmp_path: Path, settings: LazySettings) -> Iterator[None]:
    """Each test has files of its own, and holds nothing of another."""
    settings.DATA_DIR = tmp_path
    index.forget()
    yield
    index.forget()


@pytest.fixture
def chain(db: None) -> Chain:
    place = make_place()
    Unit.objects.filter(pk__in=(place.market.pk, place.county_market.pk)).update(family="market_regulation")
    farm, plant, shop, far = (
        enterprise(code, name, region)
        for code, name, region in zip(
            (one.code for one in roster()),
            ("望澜奶站", "远岫乳业", "城东超市", "无关商行"),
            (place.county, place.county, place.region, place.region),
            strict=False,
        )
    )
    for unit, keys in ((farm, (GROWER, FARM)), (plant, (MAKER, PLANT)), (shop, (SELLER, SHOP))):
        for one in keys:
            PartyKey.objects.create(key=key(one), unit=unit, declared_at="2026-01-01T00:00:00Z")
    known = Chain(
        **vars(place), farm=farm, plant=plant, shop=shop, far=far,
        seller=person("seller", shop, "enterprise"), stranger=person("stranger", far, "enterprise"),
    )  # fmt: skip
    MasterItem.objects.create(
        kind="urn:epcglobal:epcis:vtype:EPCClass",
        key=key(item(1)).partition("/21/")[0],
        party=plant,
        attributes={"cbvmda:descriptionShort": "配方乳粉"},
        children=[],
        recorded_at="2026-01-01T00:00:00Z",
    )
    capture(known.farm, *FARM_EVENTS)
    capture(known.plant, *PLANT_EVENTS)
    capture(known.shop, *SHOP_EVENTS)
    return known


def enterprise(code: str, name: str, region: Region) -> Unit:
    return Unit.objects.create(key=code, name=name, kind=Unit.Kind.ENTERPRISE, region=region, level=region.level)


def capture(party: Unit, *events: dict[str, Any]) -> None:
    add_events([dict(one) for one in events], party, None, system="test")


def milk(amount: float) -> dict[str, Any]:
    return {"quantityList": amounts({"M1": amount}), "epcList": []}


def bare(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if value != []}


FARM_EVENTS = [
    bare(seen("01T06", FARM, "commissioning", **milk(1000))),
    bare(seen("01T08", FARM, "shipping", **milk(1000), **sent(GROWER), **to(MAKER))),
]
PLANT_EVENTS = [
    bare(seen("01T12", PLANT, "receiving", **milk(1000), **sent(GROWER), **by(MAKER))),
    bare(seen("01T12", PLANT, "commissioning", [], quantityList=amounts({"M2": 3000}))),
    made("02T08", PLANT, {"M1": 1000, "M2": 3000}, {"P1": 500}),
    event("TransformationEvent", "03T08", PLANT, inputQuantityList=amounts({"P1": 4}), outputEPCList=CANS),
    packed("03T09", CASE, CANS),
    seen("04T08", PLANT, "shipping", [CASE], **sent(MAKER), **to(SELLER)),
]
SHOP_EVENTS = [
    seen("05T08", SHOP, "receiving", [CASE], **sent(MAKER), **by(SELLER)),
    event("AggregationEvent", "05T09", SHOP, action="DELETE", parentID=CASE, childEPCs=CANS),
    seen("06T08", SHOP, "retail_selling", CANS[:2]),
]
SCOPE = {key(uri) for uri in (lot("M1"), lot("P1"), *CANS)}
__all__ = ["CANS", "CASE", "SCOPE", "SHOP", "Chain", "capture", "key", "lot", "site"]
