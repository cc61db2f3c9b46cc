"""The demonstration's part shows notices and objections at several stages."""

from __future__ import annotations

from random import Random

from django.utils import timezone

from hengjian.publishing import demonstration
from hengjian.publishing.models import Notice, Objection
from tests.places import Place


def test_notices_and_objections_are_shown(place: Place) -> None:
    for user, name in ((place.officer, "market"), (place.head, "market-head")):
        user.username = name
        user.save()
    demonstration.build(timezone.now(), Random(1))
    assert set(Notice.objects.values_list("state", flat=True)) == {"draft", "published", "withdrawn"}
    assert set(Objection.objects.values_list("state", flat=True)) == {"filed", "rejected"}
