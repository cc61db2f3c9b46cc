"""Units of a supply chain with people, and events to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from hengjian.parties.models import Unit, User
from tests.places import Place, make_place, person

MAKER, SHOP = "91990000MA7A0001XA", "91990303MA7A0002XB"


@dataclass
class Chain:
    """A maker in the region and a shop in the county, the authorities of both, and a department that is none."""

    place: Place
    maker: Unit
    shop: Unit
    stranger: Unit
    maker_user: User
    shop_user: User
    stranger_user: User


@pytest.fixture
def chain(db: None) -> Chain:
    place = make_place()
    for unit in (place.market, place.county_market):
        unit.family = "market_regulation"
        unit.save(update_fields=["family"])

    def enterprise(code: str, name: str, region: Any) -> Unit:
        return Unit.objects.create(key=code, name=name, kind=Unit.Kind.ENTERPRISE, region=region, level=region.level)

    maker = enterprise(MAKER, "澜川云岭乳业有限公司", place.region)
    shop = enterprise(SHOP, "望澜百汇超市有限公司", place.county)
    stranger = enterprise("91990000MA7A0003XC", "澜川松石农资有限公司", place.region)
    return Chain(
        place, maker, shop, stranger,
        person("maker", maker, "enterprise"), person("shop", shop, "enterprise"),
        person("stranger", stranger, "enterprise"),
    )  # fmt: skip


CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://example.com/ns/"}]
ITEM = "https://id.gs1.org/01/04012345111118/21/"
LOT = "https://id.gs1.org/01/04012345111118/10/"


def event(number: int = 1, **more: Any) -> dict[str, Any]:
    """An object event about item number so-and-so; `None` takes a field away."""
    made: dict[str, Any] = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": f"2026-09-{number % 28 + 1:02}T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"{ITEM}{number}"],
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": "https://id.gs1.org/414/4012345000009"},
    }
    made.update(more)
    return {name: value for name, value in made.items() if value is not None}


def document(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-09-30T08:00:00+08:00",
        "epcisBody": {"eventList": list(events)},
        **more,
    }
