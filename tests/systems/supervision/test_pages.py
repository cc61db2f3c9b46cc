"""The room's pages: who sees what, totals added up, findings handed out, lists of two days, bounded queries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.draws.pools import provider
from hengjian.parties.models import User
from hengjian.parties.policies import can
from hengjian.publishing.lists import public_list, shown_rows
from hengjian.registers.actions import ApproveEntry, ChangeEntry, CreateEntry, SetStatus
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries
from hengjian.systems.supervision import queries
from hengjian.systems.supervision.actions import hand_out_finding
from tests.systems.market_world import MarketWorld
from tests.systems.supervision.conftest import enter, open_case, step

INSIDE = ("supervision:home", "supervision:late", "supervision:inspections", "supervision:environment")
PUBLIC = ("supervision:power_lists", "supervision:compare_lists", "supervision:public_late")
FIGURES = {"inspected": "10", "found": "4", "corrected": "3", "cases": "1"}


def client_of(user: User | None) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("name", [*INSIDE, "supervision:insurance"])
def test_pages_inside_want_a_log_in(world: MarketWorld, name: str) -> None:
    assert client_of(None).get(reverse(name)).status_code == 302
    for user in (world.officer, world.county_officer, world.enterprise, world.citizen):
        assert client_of(user).get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_are_for_everybody(world: MarketWorld, name: str) -> None:
    assert client_of(None).get(reverse(name)).status_code == 200


# ---- campaigns


@pytest.fixture
def campaign(world: MarketWorld) -> EntryBase:
    today = timezone.localdate()
    values = {
        "name": "护航行动",
        "kind": "crackdown",
        "year": today.year,
        "starts_on": today.replace(month=1, day=1).isoformat(),
        "ends_on": today.replace(month=12, day=31).isoformat(),
        "rhythm": "month",
        "target_inspected": 100,
    }
    return enter(world.market, "campaign", values)


def this_month() -> str:
    return f"{timezone.localdate():%Y-%m}"


def report(user: User, campaign: EntryBase, **values: str) -> Any:
    address = reverse("supervision:campaign_report", args=[campaign.pk, this_month()])
    return client_of(user).post(address, FIGURES | values)


def test_units_report_their_own_figures_and_the_totals_are_added_up(world: MarketWorld, campaign: EntryBase) -> None:
    assert report(world.officer, campaign).status_code == 302
    assert report(world.county_officer, campaign, inspected="7").status_code == 302
    assert entries("campaign_figures").count() == 2
    sums, rows, _units = queries.campaign_sums(campaign, world.officer, timezone.localdate())
    assert (sums.total["inspected"], len(rows)) == (17, 2)  # the unit that leads sees what is reported to it
    for user, seen in ((world.county_officer, 7), (world.other_officer, 0), (world.enterprise, 0), (world.citizen, 0)):
        sums, rows, _units = queries.campaign_sums(campaign, user, timezone.localdate())
        assert sums.total["inspected"] == seen
    page = client_of(world.head).get(reverse("supervision:campaign", args=[campaign.pk])).content.decode()
    assert "整改率 75.00%" in page


def test_reporting_again_corrects_and_keeps_what_was_there(world: MarketWorld, campaign: EntryBase) -> None:
    report(world.officer, campaign)
    report(world.officer, campaign, inspected="12")
    row = entries("campaign_figures").get()
    assert (row.value("inspected"), row.version) == (12, 2)


def test_a_wrong_figure_is_told_at_its_field(world: MarketWorld, campaign: EntryBase) -> None:
    answer = report(world.officer, campaign, corrected="9", cases="多")
    assert answer.status_code == 422
    assert not entries("campaign_figures").exists()


def test_a_period_that_has_not_begun_cannot_be_reported(world: MarketWorld, campaign: EntryBase) -> None:
    address = reverse("supervision:campaign_report", args=[campaign.pk, "2999-01"])
    assert client_of(world.officer).get(address).status_code == 400


def test_citizens_report_nothing(world: MarketWorld, campaign: EntryBase) -> None:
    assert report(world.citizen, campaign).status_code in {400, 403}
    assert report(world.enterprise, campaign).status_code == 403
    assert not entries("campaign_figures").exists()


def test_the_sheet_ends_with_the_total(world: MarketWorld, campaign: EntryBase) -> None:
    report(world.officer, campaign)
    answer = client_of(world.officer).get(reverse("supervision:campaign_sheet", args=[campaign.pk]))
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


# ---- inspections


@pytest.fixture
def inspection(world: MarketWorld) -> Case:
    values = {
        "name": "校园食品安全专项督查",
        "kind": "school",
        "theme": "食堂",
        "inspected": world.county_market.key,
        "team": "三人",
        "visit_from": "2026-03-03",
    }
    case = open_case(world.market, "inspection", "2026-03-02 10:00", values)
    return step(case, "begin", "2026-03-03 09:00")


def test_findings_are_handed_to_the_responsible_unit(world: MarketWorld, inspection: Case) -> None:
    address = reverse("supervision:inspection", args=[inspection.pk])
    given = {
        "problem": "留样不足",
        "severity": "ordinary",
        "responsible": world.county_market.pk,
        "demand": "按规定留样",
    }
    assert client_of(world.officer).post(address, given).status_code == 302
    finding = Case.objects.get(type="inspection_finding")
    # The inspecting unit keeps it and verifies; the responsible unit sees it and reports back.
    assert (finding.unit, finding.parent) == (world.market, inspection)
    transfer = finding.transfers.get()
    assert (transfer.receiver, transfer.hands_over) == (world.county_market, False)
    page = client_of(world.officer).get(address).content.decode()
    assert "1 个问题，已销号 0" in page
    assert "留样不足" in page
    assert can(world.county_officer, "cases.view", finding)
    assert not can(world.other_officer, "cases.view", finding)
    for user in (world.county_officer, world.other_officer, world.enterprise, world.citizen):
        assert client_of(user).get(address).status_code == 404
        assert client_of(user).post(address, given).status_code == 404
    assert Case.objects.filter(type="inspection_finding").count() == 1


def test_a_finding_of_the_inspecting_unit_itself_is_not_sent(world: MarketWorld, inspection: Case) -> None:
    values = {"problem": "台账缺失", "severity": "ordinary", "demand": "补齐台账"}
    assert not hand_out_finding(inspection, values, world.market, user=world.officer).transfers.exists()


def test_a_finding_without_a_problem_is_told(world: MarketWorld, inspection: Case) -> None:
    address = reverse("supervision:inspection", args=[inspection.pk])
    assert client_of(world.officer).post(address, {"problem": ""}).status_code == 422
    assert not Case.objects.filter(type="inspection_finding").exists()


# ---- what is late


def boiler(world: MarketWorld, due_on: str) -> EntryBase:
    values = {
        "holder": world.company.code,
        "holder_name": world.company.name,
        "capacity": "10",
        "fuel": "coal",
        "measure": "remove",
        "due_on": due_on,
    }
    return enter(world.county_market, "boiler", values)


def test_a_boiler_is_late_on_the_day_after_its_day(world: MarketWorld) -> None:
    entry = boiler(world, "2026-06-30")
    assert queries.late_entries(entries, date(2026, 6, 30)) == []
    late = queries.late_entries(entries, date(2026, 7, 1))
    assert [(item.entry.pk, item.days) for item in late] == [(entry.pk, 1)]
    SetStatus(user=None, system="test", entry=entry, status="removed", reason="已拆除").execute()
    assert queries.late_entries(entries, date(2026, 7, 1)) == []


def test_late_boilers_show_to_their_keeper_and_to_the_public(world: MarketWorld) -> None:
    boiler(world, "2020-01-01")
    name = world.company.name
    address = reverse("supervision:late")
    assert name in client_of(world.county_officer).get(address).content.decode()
    assert name not in client_of(world.other_officer).get(address).content.decode()
    assert name in client_of(None).get(reverse("supervision:public_late")).content.decode()


def test_the_late_list_asks_the_database_a_fixed_number_of_times(
    world: MarketWorld, django_assert_max_num_queries: Any
) -> None:
    for _turn in range(5):
        boiler(world, "2020-01-01")
    client = client_of(world.county_officer)
    client.get(reverse("supervision:late"))
    with django_assert_max_num_queries(50):
        client.get(reverse("supervision:late"))


def test_late_boilers_are_a_public_list_and_labels_a_pool(world: MarketWorld) -> None:
    boiler(world, "2026-06-30")
    declared = public_list("boilers.late")
    assert declared is not None
    assert list(declared.rows(date(2026, 6, 30))) == []
    (row,) = shown_rows(declared, date(2026, 7, 1))
    assert (row["holder"], row["due"], row["measure"]) == (world.company.name, "2026-06-30", "淘汰拆除")
    place = enter(world.county_market, "checked_place", {"name": "第三中学食堂", "kind": "school", "risk": "c"})
    (target,) = provider("checked_place").rows(world.market, world.region, timezone.localdate())
    assert (target.id, target.stratum) == (place.key, "C 级")
    assert list(provider("checked_place").rows(world.other_market, world.other_county, timezone.localdate())) == []
    assert list(provider("energy_label").rows(world.market, world.region, timezone.localdate())) == []


def test_a_campaign_s_entry_leads_to_its_figures(world: MarketWorld, campaign: EntryBase) -> None:
    page = client_of(world.officer).get(reverse("registers:entry", args=["campaign", campaign.pk])).content.decode()
    assert reverse("supervision:campaign", args=[campaign.pk]) in page


# ---- power lists


def matter(world: MarketWorld, key: str, name: str, on: date) -> EntryBase:
    values = {
        "name": name,
        "list_kind": "power",
        "category": "penalty",
        "basis": "产品质量法",
        "actor": world.market.name,
    }
    return CreateEntry(
        user=world.officer, register="power_item", values=values, unit=world.market, region=world.region, key=key, on=on
    ).execute()


def approve(world: MarketWorld, entry: EntryBase, on: date) -> None:
    entry.refresh_from_db()
    ApproveEntry(user=world.head, entry=entry, on=on).execute()


def test_the_lists_of_two_days_side_by_side(world: MarketWorld) -> None:
    first, second = date(2026, 1, 10), date(2026, 5, 10)
    kept = matter(world, "CF-001", "对假冒伪劣的处罚", first)
    gone = matter(world, "CF-002", "对无证生产的处罚", first)
    approve(world, kept, first)
    approve(world, gone, first)
    new = matter(world, "CF-003", "对虚假标识的处罚", second)
    approve(world, new, second)
    ChangeEntry(
        user=world.officer, entry=kept, values={"basis": "产品质量法、标准化法"}, reason="修法", on=second
    ).execute()
    unconfirmed = queries.list_on(world.market, "", second)
    assert unconfirmed["CF-001"]["basis"] == "产品质量法"  # the second person has not confirmed it
    approve(world, kept, second)
    gone.refresh_from_db()
    SetStatus(user=world.officer, entry=gone, status="cancelled", reason="取消许可", on=second).execute()
    assert set(queries.list_on(world.market, "power", date(2026, 2, 1))) == {"CF-001", "CF-002"}
    assert set(queries.list_on(world.market, "power", second)) == {"CF-001", "CF-003"}
    address = reverse("supervision:compare_lists")
    given = {"unit": world.market.pk, "kind": "", "before": "2026-02-01", "after": "2026-06-01"}
    page = client_of(None).get(address, given).content.decode()
    assert "新增 1，取消 1，变化 1，相同 0" in page
    assert "<del>产品质量法</del>" in page
    assert "<ins>产品质量法、标准化法</ins>" in page
    page = client_of(None).get(reverse("supervision:power_lists"), {"on": "2026-02-01"}).content.decode()
    assert "对无证生产的处罚" in page


def test_days_in_the_wrong_order_are_told(world: MarketWorld) -> None:
    approve(world, matter(world, "CF-001", "处罚", date(2026, 1, 10)), date(2026, 1, 10))
    given = {"unit": world.market.pk, "kind": "", "before": "2026-06-01", "after": "2026-02-01"}
    page = client_of(None).get(reverse("supervision:compare_lists"), given).content.decode()
    assert "较晚日期早于较早日期" in page


# ---- figures


def test_good_days_of_two_tables_are_told_apart(world: MarketWorld) -> None:
    for day in ("2026-02-27", "2026-02-28", "2026-03-01"):
        enter(world.market, "air_day", {"city": "望澜", "day": day, "pm25": "70"}, key=day)
    (air,) = queries.air_of(entries("air_day"), 2026)
    assert (air.good, air.days, air.good_2012, air.tables) == (2, 3, 3, ("HJ 633-2012", "HJ 633-2026"))


def test_insurance_adds_up_and_takes_the_last_coverage(world: MarketWorld) -> None:
    for quarter, insured in (("03-31", 40), ("06-30", 60)):
        values = {
            "line": "lift",
            "period_start": "2026-01-01",
            "period_end": f"2026-{quarter}",
            "insured": insured,
            "eligible": 100,
            "premium": "1000",
            "claims": 2,
            "paid": "300.50",
            "source": "保险公司报表",
        }
        enter(world.market, "insurance_figures", values)
    (line,) = queries.insurance_lines(entries("insurance_figures"), 2026, "zh")
    assert (line.insured, line.share, line.premium, line.claims, line.paid) == (60, 60, 2000, 4, Decimal("601.00"))
