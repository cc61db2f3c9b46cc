"""The cockpit counts what the rows say; the board shows the same without scripts; readers see the own rows only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.parties.models import Region, Unit
from hengjian.plans import standing
from hengjian.plans.actions.work import SignDuty
from hengjian.plans.following import refresh_tasks
from hengjian.plans.models import Duty, Plan, Report
from tests.plans.conftest import World

CHINA = ZoneInfo("Asia/Shanghai")
Find = Callable[[str, Unit], Duty]


@pytest.fixture(autouse=True)
def autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 2026-10-20: the two duties of the task with the date 9月底前 are late."""
    moment = datetime(2026, 10, 20, 10, 0, tzinfo=CHINA)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_the_totals_are_those_of_the_rows(world: World, assigned: Plan, duty_of: Find) -> None:
    done = duty_of("1.1", world.market)
    Duty.objects.filter(pk=done.pk).update(state="closed", completed_on=date(2026, 9, 1), percent=100)
    late = duty_of("1.2", world.market)
    Duty.objects.filter(pk=late.pk).update(state="closed", completed_on=date(2027, 1, 2), percent=100)
    found = standing.totals(assigned.tasks.all(), Duty.objects.all(), date(2026, 10, 20), {"2026-10"})
    # 3 units each in 1.1 and 1.2, 2 each in 2.1 and 2.2, 4 members in 3.1.
    assert (found.tasks, found.duties, found.closed, found.overdue) == (5, 14, 2, 2)
    assert found.on_time == 25.0  # one in time of two closed and two overdue
    assert found.unsigned == 12
    assert found.reported == 0.0


def test_reported_share_counts_open_duties_with_a_report_of_the_period(
    world: World, assigned: Plan, duty_of: Find
) -> None:
    duty = duty_of("2.2", world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()
    for period, state in (("2026-10", "submitted"), ("2026-09", "accepted")):
        Report.objects.create(duty=duty, period=period, percent=10, state=state, created_by=world.market_officer)
    found = standing.totals(assigned.tasks.all(), Duty.objects.all(), date(2026, 10, 20), {"2026-10"})
    assert found.reported == round(100 / 14, 1)


def test_units_stand_by_results_alone(world: World, assigned: Plan) -> None:
    Duty.objects.filter(unit=world.tourism).update(percent=90)
    Duty.objects.filter(unit=world.industry).update(percent=40)
    refresh_tasks(assigned.tasks.values_list("pk", flat=True))
    rows = standing.by_unit(Duty.objects.all())
    names = [row.name for row in rows]
    assert names.index("文化和旅游厅") < names.index("工业和信息化厅")
    shares = [row.lights.get("red", 0) / row.total for row in rows]
    assert shares == sorted(shares)


def test_units_of_the_same_name_are_told_apart(world: World, assigned: Plan) -> None:
    city = Region.objects.create(code="990200", name="朔安市", level=Region.Level.PREFECTURE, parent=world.region)
    twin = Unit.objects.create(key="twin", name="文化和旅游厅", region=city, level=city.level)
    Duty.objects.filter(unit=world.farming).update(unit=twin)
    names = [row.name for row in standing.by_unit(Duty.objects.all())]
    assert {"澜川自治区文化和旅游厅", "朔安市文化和旅游厅"} <= set(names) and len(names) == len(set(names))


def test_the_trend_has_twelve_months_with_zeros(world: World, assigned: Plan, duty_of: Find) -> None:
    duty = duty_of("2.2", world.market)
    for day in (date(2026, 8, 3), date(2026, 8, 30), date(2026, 10, 1), date(2025, 10, 31)):
        Report.objects.create(
            duty=duty,
            period="x",
            percent=10,
            state="accepted",
            reviewed_at=datetime(day.year, day.month, day.day, 9, tzinfo=CHINA),
            created_by=world.market_officer,
        )
    rows = standing.accepted_by_month(Report.objects.all(), date(2026, 10, 20))
    assert [row["period"] for row in (rows[0], rows[-1])] == ["2025-11", "2026-10"]
    assert len(rows) == 12
    assert {row["period"]: row["value"] for row in rows if row["value"]} == {"2026-08": 2, "2026-10": 1}


def test_the_page_names_unit_period_and_source_and_leads_to_the_rows(
    world: World, assigned: Plan, client: Client
) -> None:
    refresh_tasks(assigned.tasks.values_list("pk", flat=True))
    client.force_login(world.office)
    response = client.get(reverse("plans:cockpit"), {"plan": assigned.pk})
    page = response.content.decode()
    assert 5 <= len(response.context["figures"]) <= 8
    assert all(card["unit"] and card["period"] and card["source"] for card in response.context["figures"])
    assert "数据时间 2026-10-20 10:00" in page and "以表格查看" in page
    red = response.context["red"]
    assert {duty.pk for duty in red} == set(Duty.objects.filter(light="red").values_list("pk", flat=True))
    assert red and all(reverse("plans:duty", args=[duty.pk]) in page for duty in red)
    assert f"{reverse('plans:ledger')}?light=red&amp;plan={assigned.pk}" in page
    assert client.get(response.context["ledger"]).status_code == 200


def test_the_board_renews_its_figures(world: World, assigned: Plan, client: Client) -> None:
    client.force_login(world.office)
    page = client.get(reverse("plans:board")).content.decode()
    # A meta refresh would move the reader without asking (WCAG 2.2.1); new figures replace the old ones in place.
    assert 'data-theme="board"' in page and 'hx-trigger="every 300s"' in page and "http-equiv" not in page


def test_each_reader_gets_the_own_rows(world: World, assigned: Plan, client: Client) -> None:
    refresh_tasks(assigned.tasks.values_list("pk", flat=True))
    for name in ("plans:cockpit", "plans:board"):
        url = reverse(name)
        assert client.get(url).status_code == 302
        client.force_login(world.tourism_officer)
        response = client.get(url)
        assert {row.name for row in response.context["units"]} == {"文化和旅游厅"}
        assert response.context["totals"].duties == 3
        client.force_login(world.citizen)
        response = client.get(url)
        assert response.status_code == 200 and response.context["totals"].tasks == 0
        client.logout()


def test_the_load_chart_has_the_numbers_of_its_table(world: World, assigned: Plan, client: Client) -> None:
    client.force_login(world.office)
    response = client.get(reverse("plans:load"))
    twin = response.context["chart"]["usermeta"]["hengjian"]["rows"]
    sums = {row["unit"]: sum(value for key, value in row.items() if key != "unit") for row in twin}
    assert sums == {load.name: load.total for load in response.context["loads"]}
