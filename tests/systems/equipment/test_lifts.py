"""Lifts: entering, inspection, maintenance, what the maintainer may."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from hengjian.pages.models import Notification
from hengjian.parties.policies import Forbidden, visible
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry, DoneRecurrence, EntryRefused, SetStatus
from hengjian.systems.equipment.actions import RecordCheck, RecordMaintenance, next_maintenance
from hengjian.systems.equipment.models import Lift, Maintenance
from tests.systems.equipment.conftest import MAINTAINERS, LiftWorld

TODAY = timezone.localdate()


def test_a_new_lift_gets_its_days_area_and_maintainer(lifts: LiftWorld) -> None:
    lift = lifts.lift(last_inspected_on="2026-04-20", last_maintained_on="2026-10-03")
    assert (lift.key_scope, lift.area_kind, lift.maintainer) == ("990100", "urban", lifts.maintainer)
    assert lift.inspection_base == date(2019, 6, 18)
    assert lift.next_inspection == date(2028, 6, 30)
    # A Sunday: safety does not wait for the next working day.
    assert lift.next_maintenance == date(2026, 10, 18)
    assert lift.next_self_test == date(2027, 6, 30)


def test_one_code_per_city(lifts: LiftWorld) -> None:
    lifts.lift()
    with pytest.raises(EntryRefused, match="100001"):
        lifts.lift()
    with pytest.raises(EntryRefused):
        lifts.lift("12345")


def test_days_that_do_not_fit(lifts: LiftWorld) -> None:
    with pytest.raises(EntryRefused) as refused:
        lifts.lift(last_inspected_on="2019-06-17", last_maintained_on=(TODAY + timedelta(1)).isoformat(), point="x")
    assert {"last_inspected_on", "last_maintained_on"} <= set(refused.value.errors) or "point" in refused.value.errors


def test_an_inspection_moves_the_calendar_and_is_a_version(lifts: LiftWorld) -> None:
    lift = lifts.lift(last_inspected_on="2023-06-05")
    assert lift.next_inspection == date(2026, 6, 30)
    RecordCheck(
        user=lifts.officer, lift=lift, kind="periodic", on=date(2026, 4, 20), passed=True, report="DT1"
    ).execute()
    lift.refresh_from_db()
    assert (lift.next_inspection, lift.last_inspected_on) == (date(2028, 6, 30), date(2026, 4, 20))
    with pytest.raises(ActionRefused, match="已经登记过"):
        RecordCheck(user=lifts.officer, lift=lift, kind="periodic", on=date(2026, 4, 20), passed=True).execute()
    RecordCheck(user=lifts.officer, lift=lift, kind="self_test", on=date(2026, 6, 2), passed=True).execute()
    lift.refresh_from_db()
    assert lift.version == 3


def test_a_failed_inspection_changes_nothing(lifts: LiftWorld) -> None:
    lift = lifts.lift(last_inspected_on="2023-06-05")
    RecordCheck(user=lifts.officer, lift=lift, kind="periodic", on=date(2026, 4, 20), passed=False).execute()
    lift.refresh_from_db()
    assert lift.next_inspection == date(2026, 6, 30) and lift.version == 1


def test_major_repair_and_restart(lifts: LiftWorld) -> None:
    lift = lifts.lift(last_inspected_on="2023-06-05")
    RecordCheck(user=lifts.officer, lift=lift, kind="major_repair", on=date(2026, 1, 9), passed=True).execute()
    lift.refresh_from_db()
    assert (lift.next_inspection, lift.last_inspected_on) == (date(2028, 6, 30), date(2026, 1, 9))
    other = lifts.lift("100002", on=date(2023, 7, 3), last_inspected_on="2023-06-05")
    SetStatus(user=lifts.officer, entry=other, status="stopped", on=date(2024, 1, 2), reason="装修").execute()
    other.refresh_from_db()
    assert other.next_inspection is None and other.next_maintenance is None
    SetStatus(user=lifts.officer, entry=other, status="in_use", on=date(2025, 9, 10), reason="重启").execute()
    RecordCheck(user=lifts.officer, lift=other, kind="restart", on=date(2025, 9, 10), passed=True).execute()
    other.refresh_from_db()
    assert other.next_inspection == date(2026, 9, 30)


def test_the_generic_recurring_duty_agrees(lifts: LiftWorld) -> None:
    lift = lifts.lift(last_inspected_on="2023-06-05")
    DoneRecurrence(user=lifts.officer, entry=lift, recurrence="inspection", on=TODAY).execute()
    lift.refresh_from_db()
    assert (lift.next_inspection, lift.last_inspected_on) == (date(2028, 6, 30), TODAY)


def test_maintenance_counts_fifteen_days_and_rolls_never() -> None:
    assert next_maintenance("990100", date(2026, 10, 3)) == date(2026, 10, 18)
    assert next_maintenance("990100", date(2026, 9, 20)) == date(2026, 10, 5)


def record(lifts: LiftWorld, lift: Lift, at: datetime, **more: object) -> Maintenance:
    return RecordMaintenance(user=lifts.fitter, lift=lift, unit=lifts.maintainer, done_at=at, **more).execute()  # type: ignore[arg-type]


def test_the_maintainer_records_on_the_spot(lifts: LiftWorld) -> None:
    lift = lifts.lift(last_maintained_on=(TODAY - timedelta(20)).isoformat())
    now = timezone.now() - timedelta(minutes=5)
    first = record(lifts, lift, now)
    lift.refresh_from_db()
    assert first.late and lift.next_maintenance == timezone.localdate(now) + timedelta(15)
    with pytest.raises(ActionRefused, match="一小时内"):
        record(lifts, lift, now + timedelta(minutes=2))
    # What is entered late changes no later day.
    old = record(lifts, lift, now - timedelta(days=10))
    lift.refresh_from_db()
    assert old.was_due is None and lift.last_maintained_on == timezone.localdate(now)
    assert lift.version == 1


def test_only_its_own_maintainer(lifts: LiftWorld) -> None:
    other = lifts.lift("100002", maint_unit=MAINTAINERS[1].name, maint_unit_code=MAINTAINERS[1].code)
    now = timezone.now()
    with pytest.raises(Forbidden):
        record(lifts, other, now)
    mine = lifts.lift("100003")
    with pytest.raises(Forbidden):
        RecordMaintenance(user=lifts.market.enterprise, lift=mine, unit=lifts.market.works, done_at=now).execute()
    with pytest.raises(Forbidden):
        RecordMaintenance(user=lifts.officer, lift=mine, unit=lifts.market.county_market, done_at=now).execute()
    assert set(visible(lifts.fitter, Lift.objects.all())) == {mine}
    assert not visible(lifts.market.other_officer, Lift.objects.all()).exists()
    assert not visible(lifts.market.citizen, Lift.objects.all()).exists()
    with pytest.raises(Forbidden):
        RecordCheck(user=lifts.market.other_officer, lift=mine, kind="periodic", on=TODAY, passed=True).execute()


def test_what_makes_it_unsafe_reaches_the_keeper(lifts: LiftWorld) -> None:
    lift = lifts.lift()
    with pytest.raises(ActionRefused, match="问题"):
        record(lifts, lift, timezone.now(), unsafe=True)
    record(lifts, lift, timezone.now(), unsafe=True, problem="制动器摩擦片磨损超限")
    told = Notification.objects.filter(user=lifts.officer, ref=lift.ref).get()
    assert "制动器" in told.values["problem"]


def test_a_new_maintainer_gets_the_lift(lifts: LiftWorld) -> None:
    lift = lifts.lift()
    values = {"maint_unit": MAINTAINERS[1].name, "maint_unit_code": MAINTAINERS[1].code}
    ChangeEntry(user=lifts.officer, entry=lift, values=values, on=TODAY, reason="换签").execute()
    lift.refresh_from_db()
    assert lift.maintainer is None and not visible(lifts.fitter, Lift.objects.all()).exists()
    ChangeEntry(
        user=lifts.officer,
        entry=lifts.bodies["near"],
        values={"account": lifts.maintainer.key},
        on=TODAY,
        reason="开户",
    ).execute()
    lift.refresh_from_db()
    assert lift.maintainer == lifts.maintainer
