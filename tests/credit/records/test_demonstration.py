"""The demonstration shows every state, and stands on the verbs that people use."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.credit.records import demonstration
from hengjian.credit.records.models import CreditRecord, Delivery
from hengjian.demo.clock import at
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.verification import verify
from hengjian.methods.fictional import roster
from tests.credit.records.conftest import World


def test_every_state_is_there(world: World) -> None:
    world.place.market.family = demonstration.FAMILY
    world.place.market.save()
    for number, row in enumerate(roster()[2:30], start=10):
        Enterprise.objects.create(key=f"E{number:011d}", code=row.code, name=row.name, region=world.place.county)
    now = timezone.now()
    for days, act in demonstration.EARLIER:
        with at(now - timedelta(days=days)):
            act(now - timedelta(days=days), Random(f"1:{days}"))
    with at(now):
        demonstration.build(now, Random("1"))
    states = set(CreditRecord.everything.values_list("state", flat=True))
    assert states == set(CreditRecord.State.values)
    assert set(CreditRecord.everything.exclude(severity="").values_list("severity", flat=True)) == {
        "minor",
        "general",
        "serious",
    }
    assert CreditRecord.objects.filter(disputed_since__isnull=False).exists()
    assert CreditRecord.objects.filter(unfulfilled=True).exists()
    assert {"applied", "checking", "supplement", "deciding", "repaired", "rejected"} <= set(
        Case.objects.filter(type="credit_repair").values_list("state", flat=True)
    )
    assert set(Delivery.objects.values_list("state", flat=True)) == {"applied", "checked"}
    assert verify().passed
