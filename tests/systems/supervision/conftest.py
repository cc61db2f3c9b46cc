"""The region of `market_world`, and short ways to open cases, take steps and enter things as the system."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.parties.models import Unit
from hengjian.registers.actions import CreateEntry
from hengjian.registers.models import EntryBase
from tests.systems.market_world import MarketWorld, build

ZONE = ZoneInfo("Asia/Shanghai")


def moment(text: str) -> datetime:
    """`moment("2026-04-14 10:00")` in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def world(db: None) -> MarketWorld:
    return build()


def open_case(unit: Unit, code: str, at: str, values: dict[str, Any], **more: Any) -> Case:
    given: dict[str, Any] = {"unit": unit, "region": unit.region, "opened_at": moment(at), **more}
    return OpenCase(user=None, system="test", type=code, values=values, **given).execute().case


def step(case: Case, code: str, at: str, note: str = "", **values: Any) -> Case:
    case.refresh_from_db()
    TakeStep(user=None, system="test", case=case, step=code, at=moment(at), note=note, values=values).execute()
    case.refresh_from_db()
    return case


def enter(unit: Unit, code: str, values: dict[str, Any], **more: Any) -> EntryBase:
    return CreateEntry(
        user=None, system="test", register=code, values=values, unit=unit, region=unit.region, **more
    ).execute()
