"""What happens by itself: entries expire, reminders come and go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hengjian.registers import jobs
from hengjian.registers.actions import (
    ChangeEntry,
    DoneRecurrence,
)
from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import EntryVersion, Reminder
from hengjian.registers.queries import valid_count
from tests.registers.conftest import World
from tests.registers.test_pages import create


def test_what_is_over_expires_the_day_after(world: World, lab: RegisterType) -> None:
    today = timezone.localdate()
    over = create(world, valid_from="2020-01-01", valid_to=today - timedelta(days=1))
    last_day = create(world, "AB0002", valid_to=today)
    assert jobs.sweep(today) >= 1
    over.refresh_from_db()
    last_day.refresh_from_db()
    assert (over.status, over.status_on, last_day.status) == ("expired", today, "valid")
    version = EntryVersion.objects.filter(entry=over.pk).order_by("-number")[0]
    assert (version.system, version.valid_from, version.verb) == ("worker", today, "status")
    assert jobs.expire(lab, today, 5) == 0
    assert valid_count("test_lab", today) == 1


def test_reminders_come_once_and_go_when_settled(world: World, lab: RegisterType) -> None:
    today = timezone.localdate()
    entry = create(world, valid_to=today + timedelta(days=30))
    create(world, "AB0002", valid_to=today + timedelta(days=300), values={"name": "乙"})
    assert jobs.sweep(today) == 2
    assert {(row.matter, row.unit) for row in Reminder.objects.all()} == {
        ("expiry", world.county_market),
        ("check", world.county_market),
    }
    assert jobs.sweep(today) == 0
    DoneRecurrence(user=world.county_officer, entry=entry, recurrence="check").execute()
    assert [row.matter for row in Reminder.objects.all()] == ["expiry"]
    ChangeEntry(
        user=world.county_officer, entry=entry, values={}, valid_to=today + timedelta(days=900), reason="延续"
    ).execute()
    assert not Reminder.objects.exists()


def test_one_failing_register_does_not_hold_up_the_others(
    world: World, lab: RegisterType, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    over = create(world, valid_to=today - timedelta(days=1), valid_from="2020-01-01")
    whole = jobs.remind

    def failing(declared: RegisterType, day: date) -> int:
        if declared.code != "test_lab":
            raise RuntimeError("no")
        return whole(declared, day)

    monkeypatch.setattr(jobs, "remind", failing)
    jobs.sweep(today)
    over.refresh_from_db()
    assert over.status == "expired"
