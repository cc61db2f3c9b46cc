"""The demonstration's part shows every state, and its planted models are found again."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from hengjian.demo.clock import at
from hengjian.ledger.queries import facts
from hengjian.surveys import demonstration
from hengjian.surveys.demonstration_story import PRODUCTS, SERVICES
from hengjian.surveys.models import AnswerBatch, Evaluated, Response, Wave
from tests.places import Place


@pytest.mark.slow
def test_every_state_is_shown_and_what_was_planted_is_found(place: Place) -> None:
    for user, name in ((place.officer, "market"), (place.head, "market-head")):
        user.username = name
        user.save()
    now = timezone.now()
    for days, step in demonstration.EARLIER:
        with at(now - timedelta(days=days)):
            step(timezone.now(), Random(days))
    with at(now):
        demonstration.build(now, Random(1))
    assert set(Wave.objects.values_list("state", flat=True)) == set(Wave.State.values)
    assert set(Response.objects.values_list("state", flat=True)) >= {"draft", "complete"}
    assert AnswerBatch.objects.filter(state="applied").count() == 6
    assert Evaluated.objects.filter(valid=False).get().figures["reasons"][0]["code"] == "too_few"
    for result in Evaluated.objects.filter(state=Evaluated.State.APPROVED, valid=True).select_related("wave"):
        planted = PRODUCTS if result.wave.survey.startswith("product") else SERVICES
        for path in result.figures["paths"]:
            truth = planted.paths[path["cause"], path["effect"]]
            half = (path["high"] - path["low"]) / 2
            assert abs(path["value"] - truth) < 1.6 * half, path  # many intervals at once, a little attenuation
    told = facts(disclosure="shared").filter(kind="survey.concluded")
    assert told.count() == 3 and all(fact.payload["valid"] for fact in told)
