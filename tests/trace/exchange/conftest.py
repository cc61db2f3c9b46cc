"""A grower, a market and a shop with accounts, offices above them; the way of one lot of lamb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from hengjian.methods import fictional
from hengjian.parties.models import Unit, User
from hengjian.trace.exchange.certificates import CollectCertificate, IssueCertificate
from hengjian.trace.exchange.models import ConformityCertificate
from tests.systems.market_world import MarketWorld, build, person

GIVEN = {
    "product": "羔羊",
    "category": "livestock",
    "lot_number": "L1",
    "quantity": "100",
    "uom": "KGM",
    "origin": "澜东区禾声牧场",
    "bases": ["control", "self_test"],
    "contact": "19900001234",
}


@dataclass
class TraceWorld:
    """The market world with an agriculture office and two more enterprises."""

    market: MarketWorld
    farm: Unit
    farmer: User
    shop: Unit
    keeper: User
    agriculture: Unit
    inspector: User

    def certificate(self, **values: Any) -> ConformityCertificate:
        return IssueCertificate(user=self.farmer, unit=self.farm, values={**GIVEN, **values}).execute()

    def collected(self, certificate: ConformityCertificate, quantity: str) -> None:
        CollectCertificate(
            user=self.keeper, unit=self.shop, certificate=certificate, quantity=Decimal(quantity)
        ).execute()


@pytest.fixture
def trace(db: None) -> Iterator[TraceWorld]:
    market = build()
    made = fictional.enterprises(Random(3), 2, "990102", trades=["果蔬种植", "商贸零售"])

    def unit(company: fictional.Enterprise, place: Any) -> Unit:
        return Unit.objects.create(
            key=company.code, name=company.name, region=place, level=place.level, kind=Unit.Kind.ENTERPRISE
        )

    farm, shop = unit(made[0], market.county), unit(made[1], market.other_county)
    agriculture = Unit.objects.create(
        key="agri-990102", name="澜东区农业农村局", region=market.county, level="county", family="agriculture_rural"
    )
    Unit.objects.create(
        key="agri", name="澜川自治区农业农村厅", region=market.region, level="provincial", family="agriculture_rural"
    )
    yield TraceWorld(
        market,
        farm,
        person("farmer", farm, "enterprise"),
        shop,
        person("keeper", shop, "enterprise"),
        agriculture,
        person("agri-officer", agriculture, "officer"),
    )
