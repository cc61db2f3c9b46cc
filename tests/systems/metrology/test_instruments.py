from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hengjian import rulebook
from hengjian.ledger.models import Fact
from hengjian.methods.ratios import Ratio
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import ChangeEntry, CreateEntry, EntryRefused, SetStatus
from hengjian.registers.models import EntryVersion
from hengjian.rulebook.parameters.codes import Codes
from hengjian.rulebook.parameters.metrology import VerificationCycle
from hengjian.systems.metrology import cycles, jobs, queries
from hengjian.systems.metrology.actions import RecordVerification
from hengjian.systems.metrology.models import Instrument, Verification
from hengjian.systems.metrology.rules import quarter
from tests.systems.market_world import MarketWorld

Add = Callable[..., Instrument]
Verify = Callable[..., Verification]


def due_keys(name: str) -> set[str]:
    return {row.key for row in queries.due_list(Instrument.objects.all(), quarter(name))}


def test_every_type_of_instrument_has_a_cycle() -> None:
    today = timezone.localdate()
    types = {item.code for item in rulebook.at("codes", "990000", today, "instrument-types").typed(Codes).items}
    assert types == {rule.variant for rule in rulebook.variants("verification_cycles", "990000", today)}


def test_a_water_meter_first_verified_in_march_2020_is_on_the_list_of_2026_q1(add: Add) -> None:
    meter = add("water-meter-dn25", first_verified_on="2020-03-01", place_kind="household")
    assert (meter.scheme, meter.months, meter.next_due) == ("first_replace", 72, date(2026, 3, 1))
    assert meter.key in due_keys("2026Q1")
    assert meter.key not in due_keys("2025Q4")
    assert meter.key in due_keys("2026Q2"), "overdue ones stay on the list until they are replaced"


def test_replaced_meters_leave_the_list(world: MarketWorld, add: Add) -> None:
    meter = add("water-meter-dn25", first_verified_on="2020-03-01")
    SetStatus(user=world.county_officer, entry=meter, status="replaced", reason="到期轮换").execute()
    assert not due_keys("2026Q1")


def test_the_certificate_may_end_earlier_than_the_cycle(add: Add) -> None:
    early = add(last_verified_on="2026-03-15", certificate_until="2026-09-14")
    late = add(last_verified_on="2026-03-15", certificate_until="2028-03-14")
    assert (early.next_due, late.next_due) == (date(2026, 9, 14), date(2027, 3, 15))


def test_a_new_instrument_is_due_before_use(add: Add) -> None:
    assert add(installed_on="2026-05-01").next_due == date(2026, 5, 1)
    assert add().next_due is None


def test_dates_must_fit(add: Add) -> None:
    with pytest.raises(EntryRefused) as caught:
        add(last_verified_on="2026-03-15", certificate_until="2026-03-14")
    assert "certificate_until" in caught.value.errors
    with pytest.raises(EntryRefused):
        add(last_verified_on=timezone.localdate() + timedelta(days=1))


def test_a_verification_moves_the_due_day(add: Add, verify: Verify) -> None:
    scale = add(last_verified_on="2025-06-01")
    done = verify(scale, date(2026, 5, 20))
    scale.refresh_from_db()
    assert (done.due_on, done.attempt) == (date(2026, 6, 1), 1)
    assert (scale.next_due, scale.last_result, scale.status) == (date(2027, 5, 20), "passed", "in_use")
    assert Fact.objects.filter(kind="instrument.changed").count() == 1


def test_a_failure_takes_it_out_of_use_until_it_passes(add: Add, verify: Verify) -> None:
    scale = add(last_verified_on="2025-06-01")
    verify(scale, date(2026, 5, 20), "failed")
    scale.refresh_from_db()
    assert (scale.status, scale.next_due) == ("repair", None)
    again = verify(scale, date(2026, 6, 10))
    scale.refresh_from_db()
    assert (again.due_on, again.attempt) == (date(2026, 6, 1), 2)
    assert (scale.status, scale.next_due) == ("in_use", date(2027, 6, 10))
    _lines, total = queries.rates(Instrument.objects.all(), quarter("2026"))
    assert (total.timely, total.passed) == (Ratio(1, 1), Ratio(0, 1)), "a pass after repair is no first pass"


@pytest.mark.parametrize(
    "wrong",
    [
        {"verified_on": date(2100, 1, 1)},
        {"verified_on": date(2025, 5, 31)},
        {"result": "splendid"},
        {"body": " "},
        {"certificate": ""},
        {"valid_until": date(2026, 1, 1)},
    ],
)
def test_what_a_verification_needs(world: MarketWorld, add: Add, wrong: dict[str, object]) -> None:
    scale = add(last_verified_on="2025-06-01")
    right = {
        "verified_on": date(2026, 5, 20),
        "result": "passed",
        "body": "所",
        "certificate": "1",
        "valid_until": None,
    }
    with pytest.raises(ActionRefused):
        RecordVerification(user=world.county_officer, instrument=scale, **(right | wrong)).execute()  # type: ignore[arg-type]
    assert not Verification.objects.exists()


def test_only_the_keeping_unit_records(world: MarketWorld, add: Add) -> None:
    scale = add()
    given = {"verified_on": date(2026, 5, 20), "result": "passed", "body": "所", "certificate": "1"}
    for user in (world.other_officer, world.enterprise, world.citizen):
        with pytest.raises(Forbidden):
            RecordVerification(user=user, instrument=scale, **given).execute()  # type: ignore[arg-type]


def test_scrapped_instruments_are_not_verified(world: MarketWorld, add: Add, verify: Verify) -> None:
    scale = add()
    SetStatus(user=world.county_officer, entry=scale, status="scrapped", reason="损坏").execute()
    with pytest.raises(ActionRefused, match="报废"):
        verify(scale, date(2026, 5, 20))


def test_rates_by_place(world: MarketWorld, add: Add, verify: Verify) -> None:
    due = {"last_verified_on": "2025-06-01", "on": date(2025, 6, 2)}
    timely, late, never = add(**due), add(**due), add(**due, place_kind="hospital")
    stopped = add(**due)
    SetStatus(user=world.county_officer, entry=stopped, status="stopped", on=date(2026, 5, 1), reason="歇业").execute()
    verify(timely, date(2026, 5, 20))
    verify(late, date(2026, 7, 3))
    lines, total = queries.rates(Instrument.objects.all(), quarter("2026Q2"), as_of=timezone.localdate())
    by_place = {line.code: line.rates for line in lines}
    assert (by_place["market"].timely, by_place["market"].coverage) == (Ratio(1, 2), Ratio(2, 2))
    assert by_place["market"].stopped == 1
    assert (by_place["hospital"].timely, by_place["hospital"].open) == (Ratio(0, 1), 1)
    assert total.timely == Ratio(1, 3) and total.timely.percent() == Decimal("33.33")
    assert never.key in due_keys("2026Q3")
    with pytest.raises(ValueError, match="no breakdown"):
        queries.rates(Instrument.objects.all(), quarter("2026Q2"), by="key")


def test_revising_a_cycle_recomputes_only_open_due_days(
    add: Add, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    scale, dispenser = add(last_verified_on="2025-06-01"), add("fuel-dispenser", last_verified_on="2026-06-01")
    done = verify(scale, date(2026, 5, 20))
    scale.refresh_from_db()
    old = scale.next_due
    jobs._settled.clear()
    assert jobs.run_due(timezone.now()) == 0

    def revised(type_code: str, region: str, on: date) -> rulebook.Rule | None:
        rule = rulebook.at("verification_cycles", region, on, type_code)
        if type_code != "price-scale":
            return rule
        cycle = rule.typed(VerificationCycle).model_copy(update={"months": 24})
        return rule.model_copy(update={"parameters": cycle})

    for module in (cycles, jobs):
        monkeypatch.setattr(module, "cycle_of", revised)
    jobs._settled.clear()
    assert jobs.run_due(timezone.now()) == 1
    assert jobs.run_due(timezone.now()) == 0
    scale.refresh_from_db()
    dispenser.refresh_from_db()
    done.refresh_from_db()
    assert (old, scale.next_due, scale.months) == (date(2027, 5, 20), date(2028, 5, 20), 24)
    assert done.due_on == date(2026, 6, 1), "what was verified keeps its due day"
    assert dispenser.next_due == date(2026, 12, 1)
    last = EntryVersion.objects.filter(register="instrument", entry=scale.pk).latest("number")
    assert "2027-05-20" in last.reason and "2028-05-20" in last.reason


def test_coverage_of_needs_by_reference_standards(world: MarketWorld) -> None:
    def need(project: str) -> None:
        CreateEntry(
            user=world.county_officer, register="traceability_need", unit=world.county_market, region=world.county,
            values={"name": project, "field": "mechanics", "project": project},
        ).execute()  # fmt: skip

    def standard(key: str, project: str, region: str, until: str) -> None:
        here = world.city if region == "city" else world.other_county
        unit = world.market if region == "city" else world.other_market
        user = world.officer if region == "city" else world.other_officer
        CreateEntry(
            user=user, register="reference_standard", unit=unit, region=here, key=key, valid_from="2024-01-01",
            valid_to=until,
            values={
                "name": project, "field": "mechanics", "project": project, "range": "0–1 t", "uncertainty": "M1",
                "holder": "望澜计量测试所",
            },
        ).execute()  # fmt: skip

    for project in ("price-scale", "truck-scale", "fuel-dispenser"):
        need(project)
    standard("A", "price-scale", "city", "2030-01-01")
    standard("B", "truck-scale", "county", "2030-01-01")
    standard("C", "fuel-dispenser", "city", "2024-12-31")
    line = queries.coverage([world.county, world.other_county], date(2026, 11, 21))
    assert [(item.region, item.ratio, set(item.missing)) for item in line] == [
        (world.county, Ratio(1, 3), {"truck-scale", "fuel-dispenser"})
    ]


def test_the_validity_of_a_reference_standard_follows_the_rulebook(world: MarketWorld) -> None:
    made = CreateEntry(
        user=world.officer, register="reference_standard", unit=world.market, region=world.region, key="D",
        valid_from="2026-03-01",
        values={"name": "砝码", "field": "mechanics", "range": "1 g", "uncertainty": "F1", "holder": "所"},
    ).execute()  # fmt: skip
    assert made.valid_to == date(2031, 2, 28)


def test_changing_an_instrument_keeps_the_computed_day(world: MarketWorld, add: Add) -> None:
    scale = add(last_verified_on="2026-06-01")
    ChangeEntry(user=world.county_officer, entry=scale, values={"next_due": "2030-01-01"}, reason="误改").execute()
    scale.refresh_from_db()
    assert scale.next_due == date(2027, 6, 1)
