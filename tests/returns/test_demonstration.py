"""The demonstration's part shows every state and every kind of finding, quickly."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

import pytest
from django.utils import timezone

from hengjian.demo.clock import at
from hengjian.demo.world import create_world
from hengjian.methods.periods import parse_period
from hengjian.returns import demonstration
from hengjian.returns.models import Approval, Finding, Opening, Return
from hengjian.returns.queries import approved_cells


@pytest.mark.slow
def test_every_state_is_shown(db: None) -> None:
    create_world(date(2026, 1, 1))
    now = timezone.make_aware(datetime(2026, 11, 21, 15))
    with at(now):
        demonstration.build(now, Random(1))
    assert set(Return.objects.values_list("state", flat=True)) >= {
        "open", "returned", "complete", "checked", "approved", "correcting",
    }  # fmt: skip
    assert set(Approval.objects.values_list("state", flat=True)) == set(Approval.State.values)
    found = set(Finding.objects.filter(cleared_at=None).values_list("check_code", flat=True))
    assert found >= {"missing", "late", "unchanged", "unit", "sparse", "digits"}
    assert Opening.objects.values("form_code").distinct().count() == 7
    year = parse_period("2025")
    cells = approved_cells("macro_quality", "output", "value", ["990100", "990300"], year, year)
    assert len(cells) == 2
