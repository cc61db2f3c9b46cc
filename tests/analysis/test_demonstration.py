"""The demonstration has a report at every stage."""

from __future__ import annotations

from random import Random

from django.utils import timezone

from hengjian.analysis.demonstration import build
from hengjian.analysis.models import Report
from hengjian.parties.models import RoleGrant, Unit
from tests.analysis.conftest import World
from tests.places import person


def test_every_stage_is_there(filled: World) -> None:
    city = Unit.objects.get(key="shuoan")
    city.family = "market_regulation"
    city.save()
    for name, role, region in (
        ("reviewer", "reviewer", filled.top),
        ("office", "office", filled.top),
        ("analyst", "analyst", filled.top),
    ):
        user = {"reviewer": filled.reviewer, "analyst": filled.analyst}.get(name) or person(name, filled.other_unit)
        RoleGrant.objects.get_or_create(user=user, role=role, region=region)
    person("shuoan-office", city, "office")
    person("shuoan-market", city, "officer")
    person("shuoan-market-head", city, "unit_head")
    build(timezone.now(), Random(1))
    states = list(Report.objects.values_list("state", flat=True))
    assert set(states) == {"draft", "published", "review", "approved"}
    assert Report.objects.exclude(returned_for="").count() == 1
    assert Report.objects.exclude(file="").count() == 7


def test_it_leaves_a_place_without_its_people_alone(world: World) -> None:
    build(timezone.now(), Random(1))
    assert not Report.objects.exists()
