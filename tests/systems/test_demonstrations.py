"""The parts that rooms of standards, metrology and certification play in the demonstration."""

from __future__ import annotations

import importlib
from datetime import datetime
from random import Random

import pytest
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.demo.clock import at
from hengjian.methods.fictional import PLACES
from hengjian.parties.models import Region, RoleGrant, Unit, User
from hengjian.registers.queries import entries

NOW = timezone.make_aware(datetime(2026, 11, 21, 9, 0))
#: name of the account → region of its market regulation, role
PEOPLE = {
    "market": ("990000", "officer"),
    "market-head": ("990000", "unit_head"),
    "shuoan-market": ("990300", "officer"),
    "shuoan-market-head": ("990300", "unit_head"),
}


@pytest.fixture
def region(db: None) -> None:
    made = {}
    for code, name in PLACES.items():
        level = Region.Level.PROVINCIAL if code == "990000" else Region.Level.COUNTY
        level = Region.Level.PREFECTURE if code.endswith("00") and code != "990000" else level
        made[code] = Region.objects.create(code=code, name=name, level=level, parent=made.get("990000"))
    for username, (code, role) in PEOPLE.items():
        unit, _new = Unit.objects.get_or_create(
            key=f"{code}-market-regulation",
            defaults={
                "name": f"{made[code].name}市场监督管理局",
                "region": made[code],
                "level": made[code].level,
                "family": "market_regulation",
            },
        )
        user = User.objects.create_user(username, display_name=username, unit=unit)
        RoleGrant.objects.create(user=user, role=role, unit=unit)


@pytest.mark.parametrize(
    ("room", "registers", "cases"),
    [
        (
            "standards",
            ["standard", "standard_declaration", "standard_system_item", "standard_alliance", "standard_abroad"],
            ["declaration_review", "standard_check"],
        ),
        (
            "metrology",
            ["instrument", "reference_standard", "traceability_need", "metrology_service", "metrology_commitment"],
            ["energy_metering_review", "metrology_request"],
        ),
        (
            "certification",
            ["institution", "certificate", "test_report", "liability_event", "test_centre", "quality_service"],
            ["agency_supervision", "nqi_demand"],
        ),
    ],
)
def test_every_register_and_procedure_has_something_to_show(
    region: None, room: str, registers: list[str], cases: list[str]
) -> None:
    build = importlib.import_module(f"hengjian.systems.{room}.demonstration").build
    with at(NOW):
        build(NOW, Random(1))
    for code in registers:
        assert entries(code).exists(), code
    for code in cases:
        assert Case.objects.filter(type=code).values("state").distinct().count() > 1, code


def test_without_the_demonstrations_people_nothing_is_made(db: None) -> None:
    for room in ("standards", "metrology", "certification"):
        importlib.import_module(f"hengjian.systems.{room}.demonstration").build(NOW, Random(1))
    assert not any(entries(code).exists() for code in ("standard", "instrument", "institution"))
