"""A draw that is prepared, and one that is performed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian import rulebook
from hengjian.demo import clock
from hengjian.draws.actions import PerformDraw, PrepareDraw
from hengjian.draws.models import Draw, Drawn
from hengjian.draws.pools import Person
from hengjian.draws.rules import Target
from tests.places import Place, make_place

MONDAY = "2026-09-14 10:00"


@pytest.fixture
def place(db: None) -> Place:
    return make_place()


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def prepared(place: Place, **more: Any) -> Draw:
    given: dict[str, Any] = {
        "title": "2026年企业标准自我声明公开抽查",
        "unit": place.market,
        "region": place.region,
        "rule": rulebook.at("random_checks", "990000", date(2026, 9, 14), variant="general"),
        "targets": [Target(f"enterprise:9199{n:04}", f"企业{n}", unit=f"u{n}") for n in range(40)],
        "inspectors": [Person(f"JC{n}", f"检查员{n}") for n in range(4)],
        "seed_source": "2026年9月15日双色球开奖号码",
        "seed_after": timezone.now() + timedelta(days=1),
    }
    return PrepareDraw(user=place.officer, **{**given, **more}).execute()


@pytest.fixture
def ready(place: Place) -> Draw:
    with clock.at(at(MONDAY)):
        return prepared(place)


@pytest.fixture
def drawn(place: Place, ready: Draw) -> Draw:
    with clock.at(at("2026-09-16 09:00")):
        return PerformDraw(user=place.officer, draw=ready, seed=" 02 07 13 19 22 31 + 08 ").execute()


def check_of(drawn: Draw) -> Drawn:
    return drawn.drawn.get(order=1, reserve=False)
