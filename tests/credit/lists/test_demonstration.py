"""The demonstrations of lists and grades in a small region: every stage is there."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.credit.grading import demonstration as grading
from hengjian.credit.grading.models import Adjustment, Classification, Run
from hengjian.credit.lists import demonstration as lists
from hengjian.credit.lists.models import ListEntry, MeasureTask
from hengjian.credit.lists.queries import overdue_tasks
from hengjian.demo.clock import at
from hengjian.enterprises.models import Enterprise
from hengjian.methods import fictional
from tests.credit.lists.conftest import World
from tests.systems import market_world

pytestmark = pytest.mark.django_db


def test_every_stage_is_shown(world: World) -> None:
    market_world.person("market", world.places.market, "officer")
    market_world.person("market-head", world.places.market, "unit_head")
    known = set(Enterprise.objects.values_list("code", flat=True))
    for number, company in enumerate(fictional.enterprises(Random(9), 48, "990102"), 20):
        if company.code not in known:
            Enterprise.objects.create(
                key=f"E{number:06d}", code=company.code, name=company.name, region=world.places.county
            )
    now = timezone.now()
    for days, build in lists.EARLIER:
        with at(now - timedelta(days=days)):
            build(timezone.now(), Random(1))
    lists.build(now, Random(1))
    states = set(Case.objects.filter(type="credit_listing").values_list("state", flat=True))
    assert states == {"proposed", "told", "deciding", "listed"}
    assert set(ListEntry.objects.values_list("state", flat=True)) == {"listed", "repaired"}
    assert set(MeasureTask.objects.values_list("state", flat=True)) >= {"sent", "taken", "lifting"}
    assert overdue_tasks().exists()
    grading.build(now, Random(2))
    assert Run.objects.filter(state="done").count() == 24
    assert set(Adjustment.objects.values_list("state", flat=True)) == {"agreed", "asked"}
    assert Classification.objects.filter(pack="risk-class", grade="D", until=None).exists()
