"""A region with two cities and a county, people, and facts of kinds that the rooms write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from pydantic import BaseModel, ConfigDict

from hengjian.indicators import catalogue
from hengjian.indicators.declarations import Definition
from hengjian.ledger import kinds
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.kinds import FactKind
from hengjian.ledger.models import Fact
from hengjian.parties.models import Region, RoleGrant, Unit, User
from tests.places import Place, make_place, person


class Checked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    passed: bool
    field: str = ""
    enterprise: str = ""


class Held(BaseModel):
    model_config = ConfigDict(extra="forbid")
    status: str
    until: date | None = None
    place: str | None = None
    amount: Decimal | None = None


KINDS = [
    FactKind("test.check", "检查", Checked, disclosure="public"),
    FactKind("test.held", "持有", Held, disclosure="public"),
]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """Kinds and indicators of these tests only, in a lake of their own."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(catalogue, "_declared", dict(catalogue._declared))
    settings.HENGJIAN_LAKE_DIR = str(tmp_path / "lake")
    for kind in KINDS:
        kinds.register_kind(kind)
    yield


@dataclass
class World:
    place: Place
    city: Region
    county: Region
    office: User
    analyst: User


@pytest.fixture
def world(db: None) -> World:
    place = make_place()
    place.market.family = "market_regulation"
    place.market.save()
    city = Region.objects.create(code="990100", name="云泽市", level=Region.Level.PREFECTURE, parent=place.region)
    county = Region.objects.create(code="990101", name="云泽县", level=Region.Level.COUNTY, parent=city)
    office = person("office", Unit.objects.create(key="office", name="质量办", region=place.region, level="provincial"))
    analyst = person("analyst", place.market)
    for user, role in ((office, "office"), (analyst, "analyst")):
        RoleGrant.objects.create(user=user, role=role, region=place.region)
    return World(place, city, county, office, analyst)


@pytest.fixture
def tell(world: World) -> Callable[..., Fact]:
    """Append a fact."""

    def told(kind: str, region: str, day: str, payload: dict[str, Any], subject: str = "", **more: Any) -> Fact:
        return append(
            FactDraft(
                kind=kind,
                subject=subject or f"thing:{Fact.objects.count()}",
                payload=payload,
                region=region,
                occurred_on=date.fromisoformat(day),
                source=Source(system="test"),
                **more,
            )
        )

    return told


def declared(**more: Any) -> Definition:
    """A definition that is known for the length of a test."""
    body: dict[str, Any] = {
        "indicator": "test.rate",
        "title": "检查合格率",
        "theme": "product",
        "family": "test.rate",
        "scale": "percent",
        "unit": "%",
        "direction": "higher",
        "minimum": 0,
        "maximum": 100,
        "frequency": "quarter",
        "population": "检查",
        "numerator": {"title": "合格", "description": "合格数"},
        "denominator": {"title": "检查", "description": "检查数"},
        "source": {
            "kind": "facts",
            "numerator": {"kinds": ["test.check"], "where": [{"field": "passed", "value": True}]},
            "denominator": {"kinds": ["test.check"]},
        },
        "interval": "wilson",
        "owner": "market_regulation",
    }
    body |= more
    if body["scale"] not in ("percent", "ratio", "mean"):
        body["denominator"] = None
    found = Definition.model_validate(body)
    catalogue.declare(found)
    return found
