"""The room's part of the demonstration, in a world of its own."""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from time import perf_counter

import pytest
from django.utils import timezone

from hengjian.assessment.demonstration import build
from hengjian.assessment.models import Appeal, Decision, Finding, Order, Round, Scheme
from hengjian.assessment.results import approved, reproduce
from hengjian.demo.clock import at
from hengjian.demo.world import create_world


@pytest.mark.slow
def test_one_round_is_closed_and_one_is_being_scored(db: None) -> None:
    now = timezone.make_aware(datetime(2026, 11, 21, 10))
    create_world(date(2025, 12, 1))
    began = perf_counter()
    with at(now):
        build(now, Random("1"))
    assert perf_counter() - began < 60
    earlier, current = Round.objects.order_by("opened_at")
    assert (earlier.state, current.state) == ("closed", "department")
    results = approved(earlier)
    assert results is not None and results.version == 2
    assert len({one.scored.grade for one in reproduce(results)}) >= 2
    assert set(Scheme.objects.values_list("state", flat=True)) == {"retired", "approved", "submitted"}
    assert Order.objects.exists() and not Order.objects.exclude(state="accepted").exists()
    assert Decision.objects.filter(kind="bonus").exists() and Finding.objects.filter(agrees=False).exists()
    assert set(Appeal.objects.values_list("state", flat=True)) == {"upheld", "rejected"}
    waiting = current.responsibilities.filter(finished_at=None).count()
    assert 0 < waiting < current.responsibilities.count()
