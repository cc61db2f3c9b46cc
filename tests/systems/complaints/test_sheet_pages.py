"""Sheets of tickets on the pages: check, confirmation, faults, long ones."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.models import Case
from hengjian.documents.sheets_in import read_table
from hengjian.systems.complaints import importing, jobs
from hengjian.systems.complaints.models import Ticket, TicketBatch
from tests.systems.complaints.conftest import PERSON, World
from tests.systems.complaints.filing import as_, row, upload


def test_a_sheet_is_checked_confirmed_and_known_the_next_time(world: World) -> None:
    client = as_(world.officer)
    batch = upload(client, row(1), row(2, region="朔安市城北区", kinds="咨询"), row(3, category="食品"))
    assert (batch.state, batch.new, batch.wrong) == ("checked", 3, 0)
    assert not Ticket.objects.exists()
    assert client.post(reverse("complaints:batch", args=[batch.pk])).status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.done) == ("done", 3)
    one, two, three = Ticket.objects.order_by("pk")
    assert one.kinds == ["complaint", "report"] and two.unit == world.district_market and three.category == "food"
    case = Case.objects.get(origin=one.ref, type="complaint")
    assert case.due_at is not None and case.number.startswith("TS2026-990321-") and case.identity.startswith("vault:")
    assert PERSON["name"] not in one.content + str(case.data) + case.title
    TakeStep(user=world.officer, case=case, step="accept").execute()
    again = upload(client, row(1), row(4))
    assert (again.new, again.known) == (1, 1)
    assert as_(world.far_officer).get(reverse("complaints:batch", args=[batch.pk])).status_code == 404


def test_all_faults_of_a_sheet_come_at_once(world: World) -> None:
    client = as_(world.officer)
    batch = upload(
        client,
        row(1, received_at="昨天"),
        row(2, region="火星", category="天气", claims="道歉"),
        row(3, amount="很多", respondent_code="123"),
        row(4),
        row(4, received_at="2010-01-01"),
    )
    assert (batch.new, batch.wrong) == (1, 4)
    page = client.get(reverse("complaints:batch", args=[batch.pk])).content.decode()
    for word in ("昨天", "火星", "天气", "道歉", "来源编号相同"):
        assert word in page
    report = client.get(reverse("complaints:batch_report", args=[batch.pk])).content
    cells = [cell for line in read_table(report, "问题.xlsx") for cell in line]
    assert "来源编号" in cells and len([cell for cell in cells if isinstance(cell, float | int)]) >= 7


def test_rows_from_before_the_procedure_are_told_in_the_check(world: World) -> None:
    """A report of 2019 has no procedure, a complaint of that year has; a text that holds both counts as both."""
    rows = (row(1, kinds="举报"), row(2, kinds="投诉"), row(3), row(4, kinds="咨询"))
    batch = upload(as_(world.officer), *({**item, "received_at": "2019-06-03 10:00"} for item in rows))
    assert (batch.new, batch.wrong) == (2, 2)
    page = as_(world.officer).get(reverse("complaints:batch", args=[batch.pk])).content.decode()
    assert page.count("“举报”的办理程序自 2020-01-01 起适用，2019-06-03 的不能按它登记。") == 2


def test_a_bad_file_is_refused_and_a_table_without_columns_says_so(world: World) -> None:
    client = as_(world.officer)
    bad = SimpleUploadedFile("热线.xlsx", b"no table at all")
    assert client.post(reverse("complaints:import"), {"channel": "12345", "file": bad}).status_code in (302, 400)
    empty = SimpleUploadedFile("热线.csv", "甲,乙\n1,2\n".encode())
    client.post(reverse("complaints:import"), {"channel": "12345", "file": empty})
    batch = TicketBatch.objects.latest("pk")
    page = client.get(reverse("complaints:batch", args=[batch.pk])).content.decode()
    assert batch.state == "failed" and "来源编号" in page


def test_the_worker_takes_long_sheets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(importing, "AT_ONCE_ROWS", 0)
    monkeypatch.setattr(importing, "ROUND", 2)
    client = as_(world.officer)
    batch = upload(client, *(row(number) for number in range(5)))
    assert batch.state == "checking"
    later = timezone.now() + 2 * jobs.PATIENCE
    assert jobs.run_due(later) == 1
    assert "导入 5 件" in client.get(reverse("complaints:batch", args=[batch.pk])).content.decode()
    client.post(reverse("complaints:batch", args=[batch.pk]))
    assert jobs.run_due(later) == 1 and Ticket.objects.count() == 5
    assert jobs.run_due(later) == 0


# ---- statistics, and what never appears
