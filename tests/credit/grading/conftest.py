"""A small world with enterprises, two packs and facts about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from hengjian.demo.clock import at
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.models import Fact
from hengjian.methods import fictional
from hengjian.parties.models import RoleGrant, User
from tests.systems import market_world


@dataclass
class World:
    places: market_world.MarketWorld
    enterprises: list[Enterprise]
    analyst: User

    def fact(self, enterprise: Enterprise, kind: str, day: date, subject: str = "", **payload: Any) -> Fact:
        return append(
            FactDraft(
                kind=kind,
                subject=subject or enterprise.subject,
                payload=payload,
                region=enterprise.region.code,
                occurred_on=day,
                source=Source(system="test"),
            )
        )

    def listed(self, enterprise: Enterprise, day: date, weight: str = "serious", until: date | None = None) -> Fact:
        return self.fact(
            enterprise,
            "credit_list.entered",
            day,
            entry=f"L{day:%Y%m%d}{enterprise.pk}",
            code="serious_breach",
            title="严重违法失信名单",
            weight=weight,
            criterion="food",
            document="澜市监罚〔2026〕1号",
            until=until,
        )

    def checked(self, enterprise: Enterprise, day: date, code: str = "5") -> Fact:
        return self.fact(
            enterprise,
            "draw.result",
            day,
            draw="draw:1",
            title="抽查",
            name=enterprise.name,
            code=code,
            code_title="",
            ended_on=day,
            published_on=day,
            version=1,
        )


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with at(datetime(2026, 11, 21, 9, tzinfo=UTC)):
        yield _world()


def _world() -> World:
    places = market_world.build()
    made = [
        Enterprise.objects.create(key=f"E{number:06d}", code=company.code, name=company.name, region=region)
        for number, (company, region) in enumerate(
            zip(
                fictional.enterprises(Random(3), 6, "990102"),
                [places.county, places.county, places.county, places.other_county, places.city, places.city],
                strict=True,
            ),
            1,
        )
    ]
    analyst = market_world.person("analyst", places.market)
    RoleGrant.objects.create(user=analyst, role="analyst", unit=places.market)
    return World(places, made, analyst)
