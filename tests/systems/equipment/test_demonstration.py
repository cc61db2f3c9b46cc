"""The room's part of the demonstration is built through its actions and shows every state."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.demo.clock import at
from hengjian.demo.world import create_world
from hengjian.systems.engineering import demonstration as engineering
from hengjian.systems.engineering.models import Project
from hengjian.systems.equipment import demonstration as equipment
from hengjian.systems.equipment.computing import forget_accounts
from hengjian.systems.equipment.models import Cover, Dispatch, Lift, Maintenance, Rescue


@pytest.mark.django_db
def test_both_rooms_build_their_part() -> None:
    forget_accounts()
    now = timezone.make_aware(datetime(2026, 11, 20, 15, 30))
    with at(now):
        create_world(now.date().replace(year=2025))
        equipment.build(now, Random(1))
        engineering.build(now, Random(1))
    forget_accounts()
    assert Lift.objects.count() == equipment.LIFTS and Cover.objects.exists()
    assert Rescue.objects.filter(ended_at=None).count() == 2
    assert Rescue.objects.filter(outcome="released").count() == equipment.RESCUES
    assert Dispatch.objects.exclude(paid_on=None).exists() and Maintenance.objects.exists()
    assert Lift.objects.filter(next_maintenance__lt=now.date()).exists()
    assert {"listed", "rectifying", "acceptance"} <= set(
        Case.objects.filter(type="major_hazard").values_list("state", flat=True)
    )
    assert set(Project.objects.values_list("status", flat=True)) == {"preparing", "building", "accepted"}
    assert Project.objects.exclude(plate_text="").count() == 2
