"""A testing body and what it files, in an invented county."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest

from hengjian.methods import fictional
from hengjian.registers.actions import CreateEntry
from hengjian.registers.models import EntryBase
from hengjian.systems.certification.models import TestReport
from tests.systems import market_world
from tests.systems.market_world import MarketWorld

LAB = fictional.enterprises(Random(3), 1, "990102", trades=["检验检测"])[0]


@pytest.fixture
def world(db: None) -> MarketWorld:
    return market_world.build()


@pytest.fixture
def enter(world: MarketWorld) -> Callable[..., EntryBase]:
    def make(register: str, key: str = "", **values: Any) -> EntryBase:
        names = ("valid_from", "valid_to", "on", "status")
        options = {name: values.pop(name) for name in names if name in values}
        return CreateEntry(
            user=world.county_officer, register=register, key=key, values=values, unit=world.county_market,
            region=world.county, **options,
        ).execute()  # fmt: skip

    return make


@pytest.fixture
def lab(enter: Callable[..., EntryBase]) -> EntryBase:
    return enter(
        "institution", LAB.code, name=LAB.name, kind="testing", cma="203121110023", fields=["00", "02"],
        scope="巴氏杀菌乳 | 蛋白质 | GB 5009.5-2016",
        valid_from="2020-12-02", valid_to="2026-12-01", on=date(2020, 12, 2),
    )  # fmt: skip


@pytest.fixture
def report(enter: Callable[..., EntryBase], lab: EntryBase) -> Callable[..., TestReport]:
    def make(key: str, dated: date, **values: Any) -> TestReport:
        made = enter(
            "test_report", key, institution=lab.key, dated=dated, sample="牛奶", conclusion="conforming", **values
        )
        assert isinstance(made, TestReport)
        return made

    return make
