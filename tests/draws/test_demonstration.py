"""The demonstration's part shows every state."""

from __future__ import annotations

from random import Random

from django.utils import timezone

from hengjian.draws import demonstration
from hengjian.draws.models import Draw, Drawn
from tests.places import Place


def test_every_state_is_shown(place: Place) -> None:
    for user, name in ((place.officer, "market"), (place.head, "market-head")):
        user.username = name
        user.save()
    demonstration.build(timezone.now(), Random(1))
    assert set(Draw.objects.values_list("state", flat=True)) == set(Draw.State.values)
    assert set(Drawn.objects.values_list("state", flat=True)) == set(Drawn.State.values)
