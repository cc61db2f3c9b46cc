"""Which lifts are insured when, and what a policy pays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hengjian.cases.actions import OpenCase, TakeStep
from hengjian.cases.models import Case
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import CreateEntry, SetStatus
from hengjian.registers.models import EntryBase
from hengjian.systems.equipment.actions import InsureLifts
from hengjian.systems.equipment.models import ClaimPayment, Cover
from hengjian.systems.equipment.queries import cover_gaps, coverage
from tests.systems.equipment.conftest import PROPERTY, LiftWorld

TODAY = timezone.localdate()


def policy(
    lifts: LiftWorld, key: str = "LTZX2026000001", start: date | None = None, days: int = 364, **more: Any
) -> EntryBase:
    first = start or TODAY - timedelta(30)
    values = {
        "line": "lift",
        "insurer": "望澜禾声财产保险股份有限公司",
        "insured": PROPERTY.name,
        "insured_code": PROPERTY.code,
        "scheme": "lift-residential",
        "premium": "93",
        "per_person": "1000000",
        "per_event": "3000000",
        "aggregate": "3000000",
        **more,
    }
    return CreateEntry(
        user=lifts.officer,
        register="liability_policy",
        key=key,
        values=values,
        unit=lifts.market.county_market,
        region=lifts.county,
        valid_from=first,
        valid_to=first + timedelta(days),
    ).execute()


def insure(lifts: LiftWorld, entry: EntryBase, *codes: str) -> list[Cover]:
    return InsureLifts(user=lifts.officer, policy=entry, codes=codes, city="990100").execute()


def test_coverage_is_insured_in_use_over_in_use(lifts: LiftWorld) -> None:
    for key in ("100001", "100002", "100003", "100004"):
        lifts.lift(key)
    stopped = lifts.lift("100005")
    SetStatus(user=lifts.officer, entry=stopped, status="stopped", on=TODAY, reason="停用").execute()
    entry = policy(lifts)
    with pytest.raises(ActionRefused, match="999999"):
        insure(lifts, entry, "100001", "999999")
    assert not Cover.objects.exists()
    insure(lifts, entry, "100001", "100002", "100003", "100005")
    stopped.refresh_from_db()
    assert stopped.insured_until == entry.valid_to
    assert coverage(TODAY) == (3, 4)
    assert coverage(TODAY).percent == 75
    assert coverage(TODAY - timedelta(60)).part == 0
    insure(lifts, entry, "100001", "100004")
    assert coverage(TODAY) == (4, 4) and Cover.objects.count() == 5


def test_a_gap_of_one_day_between_two_policies(lifts: LiftWorld) -> None:
    lift = lifts.lift()
    insure(lifts, policy(lifts, start=date(2025, 1, 1), days=364), lift.key)
    insure(lifts, policy(lifts, "LTZX2026000002", start=date(2026, 1, 2), days=363), lift.key)
    assert [(gap.start, gap.end) for gap in cover_gaps(lift, date(2025, 1, 1), date(2026, 12, 31))] == [
        (date(2026, 1, 1), date(2026, 1, 1))
    ]
    lift.refresh_from_db()
    assert lift.insured_until == date(2026, 12, 31)


def claim(lifts: LiftWorld, **values: Any) -> Case:
    given = {
        "policy": "LTZX2026000001",
        "claimant": "祁望野",
        "event": "电梯困人致伤",
        "event_on": (TODAY - timedelta(9)).isoformat(),
        "claimed_on": (TODAY - timedelta(5)).isoformat(),
        "claimed": "1500000",
        **values,
    }
    return (
        OpenCase(
            user=lifts.officer,
            type="insurance_claim",
            values=given,
            unit=lifts.market.county_market,
            region=lifts.county,
        )
        .execute()
        .case
    )


def assess(lifts: LiftWorld, case: Case, loss: str, injured: int = 2) -> str:
    TakeStep(user=lifts.officer, case=case, step="assess", values={"assessed": loss, "injured": injured}).execute()
    case.refresh_from_db()
    return str(case.data["payable"])


def test_the_third_claim_gets_the_rest_of_the_aggregate(lifts: LiftWorld) -> None:
    policy(lifts)
    assert assess(lifts, claim(lifts), "1000000") == "1000000.00"
    second = claim(lifts)
    assert assess(lifts, second, "1500000") == "1500000.00"
    third = claim(lifts)
    assert assess(lifts, third, "900000") == "500000.00"
    assert ClaimPayment.objects.get(case=third).assessed == 900_000
    event = third.events.get(code="assess")
    assert event.data["payable"]["limited_by"] == "aggregate"
    # What is refused in the end is free again for the next one.
    TakeStep(
        user=lifts.market.county_head, case=second, step="refuse", outcome_code="excluded", note="故意造成"
    ).execute()
    assert assess(lifts, claim(lifts), "900000") == "900000.00"
    with pytest.raises(ActionRefused):  # whoever assessed does not pay
        TakeStep(user=lifts.officer, case=third, step="pay").execute()
    TakeStep(user=lifts.market.county_head, case=third, step="pay").execute()
    assert ClaimPayment.objects.get(case=third).paid_at is not None


def test_claims_of_one_event_share_its_limit(lifts: LiftWorld) -> None:
    policy(lifts, per_event="1200000")
    assert assess(lifts, claim(lifts, event_key="SG1"), "900000") == "900000.00"
    assert assess(lifts, claim(lifts, event_key="SG1"), "900000") == "300000.00"
    assert assess(lifts, claim(lifts, event_key="SG2"), "900000") == "900000.00"


def test_outside_the_period(lifts: LiftWorld) -> None:
    policy(lifts)
    case = claim(lifts, event_on=(TODAY - timedelta(31)).isoformat())
    with pytest.raises(ActionRefused, match="保险期间"):
        assess(lifts, case, "1000")


def test_claims_made_counts_the_claim_back_to_the_retroactive_day(lifts: LiftWorld) -> None:
    policy(lifts, retroactive_on=(TODAY - timedelta(300)).isoformat())
    before = claim(lifts, event_on=(TODAY - timedelta(200)).isoformat())
    assert assess(lifts, before, "1000") == "1000.00"
    too_old = claim(lifts, event_on=(TODAY - timedelta(301)).isoformat())
    with pytest.raises(ActionRefused, match="保险期间"):
        assess(lifts, too_old, "1000")
