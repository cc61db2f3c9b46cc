"""Instruments of an invented county."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hengjian.registers.actions import CreateEntry
from hengjian.systems.metrology.actions import RecordVerification
from hengjian.systems.metrology.models import Instrument, Verification
from tests.systems import market_world
from tests.systems.market_world import MarketWorld


@pytest.fixture
def world(db: None) -> MarketWorld:
    return market_world.build()


@pytest.fixture
def add(world: MarketWorld) -> Callable[..., Instrument]:
    def make(type_code: str = "price-scale", **more: Any) -> Instrument:
        options = {name: more.pop(name) for name in ("status", "on") if name in more}
        values = {
            "name": "电子计价秤",
            "type_code": type_code,
            "owner_name": "澜东集贸市场",
            "place_kind": "market",
            **more,
        }
        made = CreateEntry(
            user=world.county_officer, register="instrument", values=values, unit=world.county_market,
            region=world.county, **options,
        ).execute()  # fmt: skip
        assert isinstance(made, Instrument)
        return made

    return make


@pytest.fixture
def verify(world: MarketWorld) -> Callable[..., Verification]:
    def record(entry: Instrument, on: date, result: str = "passed", **more: Any) -> Verification:
        certificate = "" if result == "failed" else "LJ-2026-1"
        given = {"certificate": certificate, "body": "望澜计量测试所", **more}
        return RecordVerification(
            user=world.county_officer, instrument=entry, verified_on=on, result=result, **given
        ).execute()

    return record
