"""The demonstration shows every state of the room."""

from __future__ import annotations

from random import Random

from django.test import Client
from django.utils import timezone

from hengjian.credit.sharing import telling
from hengjian.credit.sharing.demonstration import WATCHERS, build
from hengjian.credit.sharing.models import Alert, Screening, Subscription, Use
from hengjian.parties.models import Unit
from tests.places import person

from .conftest import World
from .test_redteam import Record


def test_every_state_is_there(world: World, record: Record) -> None:
    for family, *_rest in WATCHERS:
        unit = Unit.objects.create(
            key=f"990000{family}",
            name=f"部门{family}",
            region=world.place.region,
            level="provincial",
            kind="department",
        )
        person(f"officer{family}", unit, "officer")
    records = [record() for _ in range(6)]
    records[0].state = "repaired"
    build(timezone.now(), Random(1))
    assert Subscription.objects.count() == len(WATCHERS) and Alert.objects.exists()
    telling.sealed(records[:1])
    assert Screening.objects.get().state == "done" and Use.objects.filter(refused__gt=0).exists()
    office = person("office9", world.place.market, "office")
    client = Client()
    client.force_login(office)
    page = client.get("/credit/sharing/oversight/").content.decode()
    assert "overdue" not in page and "部门" in page
