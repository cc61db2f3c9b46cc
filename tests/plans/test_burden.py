"""The burden counter counts accepted reports, and shows each reader only the own units."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from hengjian.parties.models import Unit
from hengjian.plans.models import Duty, Plan, Report
from tests.plans.conftest import World

CHINA = ZoneInfo("Asia/Shanghai")
Find = Callable[[str, Unit], Duty]


@pytest.fixture(autouse=True)
def october(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 10, 20, 10, 0, tzinfo=CHINA)
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def reports(world: World, assigned: Plan, duty_of: Find) -> None:
    def report(
        unit: Unit, period: str, *, state: str = "accepted", kept: int = 0, facts: int = 0, **more: bool
    ) -> None:
        row = Report.objects.create(
            duty=duty_of("1.1" if unit != world.farming else "2.1", unit),
            period=period,
            percent=10,
            state=state,
            prefilled_kept=kept,
            submitted_at=datetime(2026, int(period[-2:]), 20, tzinfo=CHINA),
            created_by=world.market_officer,
            **more,
        )
        for number in range(facts):
            row.evidence.create(kind="fact", ref=f"fact-{number}", label="监督抽查结果")
        row.evidence.create(kind="file", ref="sha256:0", label="附件")

    report(world.market, "2026-08", kept=3, facts=2)
    report(world.market, "2026-09", no_change=True)
    report(world.tourism, "2026-09", kept=1)
    report(world.farming, "2026-09", kept=5, state="returned")


def test_only_accepted_reports_count(world: World, reports: None, client: Client) -> None:
    client.force_login(world.office)
    response = client.get(reverse("plans:burden"))
    saved = response.context["saved"]
    assert (saved.kept, saved.facts, saved.no_change, saved.total) == (4, 2, 1, 7)
    assert response.context["table"] == [
        ["文化和旅游厅", "2026-09", 1, 0, 0, 1, 1],
        ["市场监管局", "2026-09", 0, 0, 1, 1, 1],
        ["市场监管局", "2026-08", 3, 2, 0, 5, 1],
    ]
    twin = response.context["chart"]["usermeta"]["hengjian"]["rows"]
    assert [(row["period"], row["value"]) for row in twin] == [("2026-08", 5), ("2026-09", 2)]


def test_the_sheet_equals_the_page(world: World, reports: None, client: Client) -> None:
    client.force_login(world.office)
    table = client.get(reverse("plans:burden")).context["table"]
    data = client.get(reverse("plans:burden"), {"export": "xlsx"}).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    start = next(number for number, row in enumerate(rows) if row[0] == "单位")
    assert rows[start + 1 :] == table


def test_a_unit_sees_the_own_figures_only(world: World, reports: None, client: Client) -> None:
    url = reverse("plans:burden")
    assert client.get(url).status_code == 302
    client.force_login(world.tourism_officer)
    assert {row[0] for row in client.get(url).context["table"]} == {"文化和旅游厅"}
    client.force_login(world.citizen)
    response = client.get(url)
    assert response.status_code == 200 and response.context["table"] == []
    # A year without reports is no year to choose.
    client.force_login(world.office)
    assert client.get(url, {"year": "1999"}).context["year"] == 2026
