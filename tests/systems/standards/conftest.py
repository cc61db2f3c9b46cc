"""A directory with a few standards, and what an enterprise declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hengjian.registers.actions import CreateEntry, FileEntry
from hengjian.systems.standards.models import Standard, StandardDeclaration
from tests.systems import market_world
from tests.systems.market_world import MarketWorld

MILK = "蛋白质 | ≥ 3.0 g/100g | GB 5009.5-2016\n铅 | ≤ 0.05 mg/kg | GB 5009.12-2017\n气味 | 无异味"


@pytest.fixture
def world(db: None) -> MarketWorld:
    return market_world.build()


@pytest.fixture
def add_standard(world: MarketWorld) -> Callable[..., Standard]:
    def add(key: str, name: str = "某标准", **more: Any) -> Standard:
        options = {name: more.pop(name) for name in ("status", "on") if name in more}
        made = CreateEntry(
            user=world.officer, register="standard", key=key, unit=world.market, region=world.region,
            values={"name": name, **more}, **options,
        ).execute()  # fmt: skip
        assert isinstance(made, Standard)
        return made

    return add


@pytest.fixture
def declare(world: MarketWorld) -> Callable[..., StandardDeclaration]:
    def make(**more: Any) -> StandardDeclaration:
        values = {
            "enterprise": world.company.code,
            "enterprise_name": world.company.name,
            "product_name": "纯牛奶",
            "model": "250 mL",
            "product_class": "food",
            **more,
        }
        made = FileEntry(
            user=world.enterprise, register="standard_declaration", values=values, unit=world.county_market,
            region=world.county, filer=world.works,
        ).execute()  # fmt: skip
        assert isinstance(made, StandardDeclaration)
        return made

    return make
