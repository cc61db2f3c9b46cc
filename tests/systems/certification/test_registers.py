from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.utils import timezone

from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.registers import jobs as register_jobs
from hengjian.registers.actions import ApproveEntry, CreateEntry, EntryRefused, SetStatus
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase, Reminder
from hengjian.registers.queries import valid_count
from hengjian.registers.recurring import renewal_day
from hengjian.systems.certification import jobs
from hengjian.systems.certification.checking import certificate_number, read_cma
from hengjian.systems.certification.models import Certificate, TestReport
from tests.systems.certification.conftest import LAB
from tests.systems.market_world import MarketWorld

Enter = Callable[..., EntryBase]
Report = Callable[..., TestReport]


def test_the_cma_number_of_the_reference() -> None:
    number = read_cma("173121110023")
    assert (number.year, number.issuer, number.field, number.line, number.serial) == (2017, "31", "21", "11", "0023")


@pytest.mark.parametrize("wrong", ["17312111002", "173221110023", "173122110023"])
def test_wrong_numbers_are_refused_with_a_reason(enter: Enter, wrong: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        enter("institution", LAB.code, name=LAB.name, kind="testing", cma=wrong, valid_from="2020-01-01")
    assert wrong in caught.value.errors["cma"]


def test_a_body_needs_its_number(enter: Enter) -> None:
    with pytest.raises(EntryRefused) as caught:
        enter("institution", LAB.code, name=LAB.name, kind="both", valid_from="2020-01-01")
    assert {"cma", "approval"} <= caught.value.errors.keys()


def test_validity_is_six_years_and_renewal_three_months_before(lab: EntryBase, enter: Enter) -> None:
    assert renewal_day(register_type("institution"), date(2026, 12, 1), "990000") == date(2026, 9, 1)
    assert lab.valid_to == date(2026, 12, 1)


def test_the_renewal_of_a_body_valid_to_december_is_reminded_in_september(
    lab: EntryBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, wanted in ((datetime(2026, 9, 1, 8), True),):
        register_jobs.run_due(timezone.make_aware(day))
        found = Reminder.objects.filter(register="institution", entry=lab.pk, matter=Reminder.RENEWAL)
        assert found.exists() is wanted
        assert found.get().due_on == date(2026, 9, 1)


def test_certificates(enter: Enter, lab: EntryBase) -> None:
    holder = {"holder": LAB.code, "holder_name": "某", "product": "电线", "body": lab.key}
    days = {"valid_from": "2024-01-01", "valid_to": "2029-01-01"}
    made = enter("certificate", "2019 0107 1512 3456", scheme="ccc", **holder, **days)
    assert isinstance(made, Certificate)
    assert (made.key, made.ccc_year, made.body_name) == ("2019010715123456", 2019, LAB.name)
    with pytest.raises(EntryRefused) as caught:
        enter("certificate", "ABC-123", scheme="ccc", **holder, **days)
    assert "key" in caught.value.errors
    with pytest.raises(EntryRefused):
        enter("certificate", "1999010715123456", scheme="quality_system", **holder, **days)
    enter("certificate", "131OP2600123", scheme="organic", **holder, **days)
    assert Fact.objects.filter(kind="certificate.entered", subject=f"enterprise:{LAB.code}").count() == 2
    assert certificate_number("００１２３q") == "00123Q"


def test_status_events_need_a_ground_and_end_the_count(world: MarketWorld, enter: Enter) -> None:
    made = enter(
        "certificate", "00123Q", scheme="quality_system", holder=LAB.code, holder_name="某", product="服务",
        body_name="某认证公司", valid_from="2024-01-01", valid_to="2027-01-01", on=date(2024, 1, 1),
    )  # fmt: skip
    assert valid_count("certificate") == 1
    SetStatus(
        user=world.county_officer, entry=made, status="suspended", reason="监督未做", on=date(2025, 5, 1)
    ).execute()
    assert valid_count("certificate") == 0
    assert valid_count("certificate", date(2025, 4, 30)) == 1
    with pytest.raises(ActionRefused, match="依据"):
        SetStatus(user=world.county_officer, entry=made, status="withdrawn", reason="x").execute()
    SetStatus(user=world.county_officer, entry=made, status="withdrawn", ground="misuse", reason="滥用标志").execute()
    assert Fact.objects.filter(kind="certificate.status").count() == 2


def test_a_report_dated_in_a_suspension_is_flagged(world: MarketWorld, lab: EntryBase, report: Report) -> None:
    early = report("R1", date(2025, 6, 10))
    assert early.flag == ""
    officer = world.county_officer
    SetStatus(user=officer, entry=lab, status="suspended", on=date(2025, 6, 1), reason="暂停").execute()
    SetStatus(user=officer, entry=lab, status="valid", on=date(2025, 7, 1), reason="恢复").execute()
    during, after, before = (
        report("R2", date(2025, 6, 15)),
        report("R3", date(2025, 7, 1)),
        report("R4", date(2025, 5, 31)),
    )
    assert [item.flag for item in (during, after, before)] == ["suspended", "", ""]
    jobs._seen.clear()
    assert jobs.run_due(timezone.now()) == 1
    early.refresh_from_db()
    assert early.flag == "suspended", "filed before the suspension was recorded with effect from an earlier day"
    assert jobs.run_due(timezone.now()) == 0


def test_reports_outside_the_validity_or_with_another_number(report: Report) -> None:
    assert report("R1", date(2020, 11, 1)).flag == "expired"
    assert report("R2", date(2024, 11, 1), cma="203121110024").flag == "other_number"
    assert report("R3", date(2024, 11, 1), cma="203121110023").flag == ""
    with pytest.raises(EntryRefused):
        report("R4", date(2100, 1, 1))


def test_liability_needs_a_second_person(world: MarketWorld, enter: Enter, lab: EntryBase) -> None:
    event = enter(
        "liability_event", institution=lab.key, product="电线", event="获证产品抽查不合格", found_on="2026-03-01",
        basis="2026年第3号公告", producer=world.company.code,
    )  # fmt: skip
    assert not Fact.objects.filter(kind="liability.entered").exists()
    ApproveEntry(user=world.county_head, entry=event).execute()
    fact = Fact.objects.get(kind="liability.entered")
    assert fact.subject == f"enterprise:{LAB.code}"


def test_both_kinds_of_cooperation_are_counted(world: MarketWorld) -> None:
    for kind in ("centre", "centre", "recognition"):
        CreateEntry(
            user=world.officer, register="international_cooperation", unit=world.market, region=world.region,
            status="active",
            values={"name": kind, "kind": kind, "subject_field": "testing", "country": "哈萨克斯坦"},
        ).execute()  # fmt: skip
    assert valid_count("international_cooperation", extras__kind="centre") == 2
    assert valid_count("international_cooperation", extras__kind="recognition") == 1
