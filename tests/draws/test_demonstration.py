"""The demonstration's part shows every state."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.utils import timezone

from hengjian.demo.clock import at
from hengjian.draws import demonstration
from hengjian.draws.models import Draw, Drawn, Result
from tests.places import Place


def test_every_state_is_shown(place: Place) -> None:
    for user, name in ((place.officer, "market"), (place.head, "market-head")):
        user.username = name
        user.save()
    now = timezone.now()
    for days, step in demonstration.EARLIER:
        with at(now - timedelta(days=days)):
            step(timezone.now(), Random(days))
    demonstration.build(now, Random(1))
    assert set(Draw.objects.values_list("state", flat=True)) == set(Draw.State.values)
    assert set(Drawn.objects.values_list("state", flat=True)) == set(Drawn.State.values)
    drawn = Draw.objects.exclude(drawn_at=None).values_list("prepared_at", "drawn_at")
    assert all(timedelta(days=2) < later - earlier < timedelta(days=4) for earlier, later in drawn)
    assert Result.objects.filter(ended_on__lt=timezone.localdate(now)).count() > 10
