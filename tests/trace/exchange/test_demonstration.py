"""The room's part of the demonstration, in a small region: every state is there and the chain holds together."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from hengjian.demo.clock import at
from hengjian.methods.periods import period_of
from hengjian.parties.models import Region, Unit
from hengjian.registers.queries import entries
from hengjian.trace.exchange import demonstration
from hengjian.trace.exchange.models import CollectedCertificate, ConformityCertificate, ExchangeBatch, Lookup
from hengjian.trace.exchange.statistics import by_region


@pytest.mark.django_db
def test_the_valley_has_every_state() -> None:
    level = Region.Level
    region = Region.objects.create(code="990000", name="澜川自治区", level=level.PROVINCIAL)
    city = Region.objects.create(code="990300", name="朔安市", level=level.PREFECTURE, parent=region)
    for code, name in (("990302", "城北区"), ("990321", "北川县"), ("990322", "榆台县")):
        Region.objects.create(code=code, name=name, level=level.COUNTY, parent=city)
    for place in (region, city):
        for family in ("agriculture_rural", "market_regulation"):
            key = f"{place.code}-{family.replace('_', '-')}"
            Unit.objects.create(key=key, name=f"{place.name}{family}", region=place, level=place.level, family=family)
    now = timezone.localtime().replace(hour=17, minute=0)
    for days, build in demonstration.EARLIER[:1] + demonstration.EARLIER[-2:]:
        with at(now - timedelta(days=days)):
            build(now - timedelta(days=days), Random(days))
    with at(now):
        demonstration.build(now, Random(1))
    assert set(ConformityCertificate.objects.values_list("status", flat=True)) == {"valid", "withdrawn"}
    assert set(ExchangeBatch.objects.values_list("state", flat=True)) == {"preview", "done", "undone"}
    assert CollectedCertificate.objects.count() >= 10
    assert {entry.value("kind") for entry in entries("farm_input")} == {"pesticide", "veterinary", "seed", "fertiliser"}
    assert Lookup.objects.exists()
    figures = by_region(period_of(now.date(), "month"), region)[-1].figures
    assert figures.subjects == 6
    assert 0 < figures.uploading < 6
    assert figures.events > 0
