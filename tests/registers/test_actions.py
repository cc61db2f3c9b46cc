"""Entering, changing, ending, approving: what is refused, what is kept, what is told."""

from __future__ import annotations

from datetime import date
from typing import Any

from hengjian.registers.actions import ChangeEntry, CreateEntry, DoneRecurrence, SetStatus
from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import EntryBase
from tests.registers.conftest import World

VALUES = {"name": "澜东食品检验所", "kind": "食品", "staff": "12", "founded": "2020-03-01", "phone": "19900001234"}


def create(world: World, **more: Any) -> EntryBase:
    given = {"key": "AB0001", "values": VALUES, "on": date(2026, 3, 1), **more}
    return CreateEntry(
        user=world.county_officer, register="test_lab", unit=world.county_market, region=world.county, **given
    ).execute()


def test_first(world: World, lab: RegisterType) -> None:
    entry = create(world)
    assert entry.title == "澜东食品检验所"
    assert entry.extras["kind"] == "food"
    ChangeEntry(user=world.county_officer, entry=entry, values={"staff": 13}, reason="增员").execute()
    SetStatus(user=world.county_officer, entry=entry, status="paused", reason="整改").execute()
    DoneRecurrence(user=world.county_officer, entry=entry, recurrence="check").execute()
