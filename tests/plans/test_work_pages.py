"""Workbench, ledger, task, duty, load and messages: own unit, colleague, other unit, citizen, logged out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hengjian.pages.models import Notification
from hengjian.pages.notices import tell
from hengjian.parties.models import Unit
from hengjian.plans import todo
from hengjian.plans.actions.reports import ReportContent, ReviewReport, SubmitReport
from hengjian.plans.actions.work import SignDuty
from hengjian.plans.models import Duty, Extension, Plan, Report, Task
from hengjian.plans.queries import offered_evidence
from tests.plans.conftest import World
from tests.plans.test_loop import summer  # noqa: F401

Find = Callable[[str, Unit], Duty]
PAGES = ["plans:workbench", "pages:notices", "plans:ledger", "plans:load"]


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


@pytest.mark.parametrize("name", PAGES)
def test_logged_out_people_are_sent_to_the_log_in(client: Client, name: str, db: None) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_for_every_role(world: World, assigned: Plan, name: str) -> None:
    for user in (world.office, world.market_officer, world.tourism_officer, world.citizen):
        assert client_of(user).get(reverse(name)).status_code == 200


def test_the_ledger_shows_only_tasks_of_the_own_unit(world: World, assigned: Plan) -> None:
    url = reverse("plans:ledger")
    office = client_of(world.office).get(url).content.decode()
    for code in ("1.1", "1.2", "2.1", "2.2", "3.1"):
        assert f">{code}<" in office
    tourism = client_of(world.tourism_officer).get(url).content.decode()
    assert ">1.1<" in tourism and ">3.1<" in tourism
    assert ">2.1<" not in tourism and "老旧电梯" not in tourism
    assert "老旧电梯" not in client_of(world.citizen).get(url).content.decode()
    for suffix in ("csv", "xlsx"):
        sheet = client_of(world.tourism_officer).get(url, {"export": suffix})
        assert sheet.status_code == 200
    csv = client_of(world.tourism_officer).get(url, {"export": "csv"}).content.decode("utf-8-sig")
    assert "消费品质量提升工程" in csv and "老旧电梯" not in csv


def test_the_ledger_filters(world: World, assigned: Plan) -> None:
    client, url = client_of(world.office), reverse("plans:ledger")
    assert ">2.1<" in client.get(url, {"q": "电梯"}).content.decode()
    assert ">1.1<" not in client.get(url, {"q": "电梯"}).content.decode()
    by_unit = client.get(url, {"unit": str(world.farming.pk)}).content.decode()
    assert ">2.2<" in by_unit and ">1.1<" not in by_unit
    section = assigned.clauses.get(kind="section", number=2)
    by_section = client.get(url, {"section": str(section.pk)}).content.decode()
    assert ">3.1<" in by_section and ">2.1<" not in by_section


def test_the_number_of_queries_does_not_grow_with_the_rows(
    world: World, assigned: Plan, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = client_of(world.office)
    client.get(reverse("plans:ledger"))
    with django_assert_max_num_queries(45):  # type: ignore[attr-defined]
        client.get(reverse("plans:ledger"))


def test_a_foreign_duty_does_not_exist(world: World, duty_of: Find) -> None:
    url = reverse("plans:duty", args=[duty_of("2.1", world.market).pk])
    assert client_of(world.market_officer).get(url).status_code == 200
    assert client_of(world.market_head).get(url).status_code == 200
    assert client_of(world.office).get(url).status_code == 200
    for user in (world.tourism_officer, world.citizen):
        assert client_of(user).get(url).status_code == 404
        assert client_of(user).post(url, {"do": "sign"}).status_code == 404
    assert Client().get(url).status_code == 302
    task_url = reverse("plans:task", args=[duty_of("2.1", world.market).task_id])
    assert client_of(world.tourism_officer).get(task_url).status_code == 404


def test_a_supporting_unit_does_not_see_the_progress_of_another(world: World, duty_of: Find) -> None:
    lead = duty_of("1.1", world.market)
    SignDuty(user=world.market_officer, duty=lead).execute()
    SubmitReport(user=world.market_officer, duty=lead, content=ReportContent(result="秘而不宣", percent=40)).execute()
    url = reverse("plans:task", args=[lead.task_id])
    assert "秘而不宣" in client_of(world.office).get(url).content.decode()
    page = client_of(world.tourism_officer).get(url).content.decode()
    assert "市场监管局" in page and "秘而不宣" not in page
    support = duty_of("1.1", world.tourism)
    SignDuty(user=world.tourism_officer, duty=support).execute()
    SubmitReport(
        user=world.tourism_officer, duty=support, content=ReportContent(result="旅游成效", percent=20)
    ).execute()
    # Whoever leads sees how the supporting units stand.
    assert "旅游成效" in client_of(world.market_officer).get(url).content.decode()


def test_sign_report_and_review_by_the_pages(world: World, duty_of: Find) -> None:
    duty = duty_of("2.2", world.market)
    url = reverse("plans:duty", args=[duty.pk])
    officer, office = client_of(world.market_officer), client_of(world.office)
    assert officer.post(url, {"do": "sign"}).status_code == 302
    form = {"percent": "40", "result": "", "version": "0", "do": "submit"}
    incomplete = officer.post(url, form)
    assert incomplete.status_code == 422
    assert "请写明本期成效" in incomplete.content.decode()
    proof = SimpleUploadedFile("佐证.txt", "追溯平台上线通知".encode(), "text/plain")
    done = officer.post(url, {**form, "result": "平台上线，接入 32 家", "uploads": proof})
    assert done.status_code == 302
    report = Report.objects.get(duty=duty)
    assert report.state == "submitted" and report.evidence.get().label == "佐证.txt"
    page = office.get(url).content.decode()
    assert "审核进展" in page and "佐证.txt" in page
    assert office.post(url, {"do": "return", "note": ""}).status_code == 422
    assert office.post(url, {"do": "accept", "note": "属实"}).status_code == 302
    duty.refresh_from_db()
    assert duty.percent == 40
    # The next form starts with what stayed true.
    assert 'value="40"' in officer.get(url).content.decode()


def test_evidence_is_only_for_those_who_see_the_duty(world: World, duty_of: Find) -> None:
    duty = duty_of("2.2", world.market)
    url = reverse("plans:duty", args=[duty.pk])
    officer = client_of(world.market_officer)
    officer.post(url, {"do": "sign"})
    proof = SimpleUploadedFile("佐证.txt", "追溯平台上线通知".encode(), "text/plain")
    officer.post(url, {"do": "submit", "percent": "10", "result": "上线", "version": "0", "uploads": proof})
    from hengjian.documents.models import StoredFile

    download = reverse("documents:download", args=[StoredFile.objects.get().pk])
    assert officer.get(download).status_code == 200
    assert client_of(world.office).get(download).status_code == 200
    assert client_of(world.tourism_officer).get(download).status_code in (403, 404)


def test_extension_by_the_pages(world: World, duty_of: Find) -> None:
    duty = duty_of("2.1", world.market)
    url = reverse("plans:duty", args=[duty.pk])
    officer = client_of(world.market_officer)
    officer.post(url, {"do": "sign"})
    asked = {"do": "extend", "to_due": "2026-11-30", "reason": "排期", "progress_so_far": "六成"}
    assert "负责人同意" in officer.post(url, asked).content.decode()
    assert officer.post(url, {**asked, "head_consents": "on"}).status_code == 302
    assert Extension.objects.get().state == "requested"
    assert client_of(world.office).post(url, {"do": "grant"}).status_code == 302
    duty.refresh_from_db()
    assert duty.due_on == date(2026, 11, 30)


def test_urge_and_reply_by_the_pages(world: World, duty_of: Find) -> None:
    duty = duty_of("2.1", world.market)
    url = reverse("plans:duty", args=[duty.pk])
    office, officer = client_of(world.office), client_of(world.market_officer)
    page = office.get(url)
    step = page.context["forms"]["urge"]["form"].fields["step"].choices[0][0]
    assert office.post(url, {"do": "urge", "step": step, "message": "请抓紧"}).status_code == 302
    assert (
        officer.post(url, {"do": "reply", "note": "本周完成", "urge": duty.urges.get(level__gt=0).pk}).status_code
        == 302
    )
    assert duty.urges.get().reply == "本周完成"


def test_the_office_adjusts_with_a_note(world: World, assigned: Plan) -> None:
    task = assigned.tasks.get(code="2.1")
    url = reverse("plans:task", args=[task.pk])
    form = {
        "do": "adjust", "title": task.title, "expected_result": "", "start_on": "2026-01-01",
        "due_on": "2026-10-31", "weight": "2", "is_key": "on", "reason": "",
    }  # fmt: skip
    office = client_of(world.office)
    assert office.post(url, form).status_code == 422
    assert office.post(url, {**form, "reason": "与上级一致"}).status_code == 302
    task.refresh_from_db()
    assert (task.due_on, task.is_key) == (date(2026, 10, 31), True)
    assert client_of(world.market_officer).post(url, {**form, "reason": "x"}).status_code == 403


def test_parts_milestones_and_more_units_by_the_page(world: World, assigned: Plan) -> None:
    task = assigned.tasks.get(code="2.1")
    url, office = reverse("plans:task", args=[task.pk]), client_of(world.office)
    part = {
        "do": "part", "title": "摸底", "start_on": "2026-01-01", "due_on": "2026-06-30", "weight": "1",
        "units": [str(world.market.pk)],
    }  # fmt: skip
    assert office.post(url, part).status_code == 302
    assert Task.objects.get(parent=task).duties.get().role == "joint"
    assert office.post(url, {"do": "milestone", "title": "过半", "due_on": "2026-06-30"}).status_code == 302
    assert office.post(url, {"do": "add_unit", "unit": str(world.tourism.pk), "role": "support"}).status_code == 302
    assert task.duties.filter(unit=world.tourism, state="pending").exists()
    assert office.post(url, {"do": "assign"}).status_code == 302
    assert task.duties.filter(unit=world.tourism, state="assigned").exists()


def test_the_workbench_lists_what_waits(world: World, duty_of: Find) -> None:
    duty = duty_of("2.1", world.market)
    url = reverse("plans:workbench")
    officer = client_of(world.market_officer)
    assert "签收：9月底前完成老旧电梯安全评估" in officer.get(url).content.decode()
    assert "老旧电梯" not in client_of(world.tourism_officer).get(url).content.decode()
    SignDuty(user=world.market_officer, duty=duty).execute()
    SubmitReport(user=world.market_officer, duty=duty, content=ReportContent(result="完成三成", percent=30)).execute()
    assert "审核进展：9月底前完成老旧电梯安全评估" in client_of(world.office).get(url).content.decode()
    assert "审核进展" not in officer.get(url).content.decode()
    ReviewReport(user=world.office, duty=duty, accept=False, note="请补附照片以外的佐证").execute()
    assert "补报：" in officer.get(url).content.decode()
    for tab in ("started", "done"):
        assert officer.get(url, {"tab": tab}).status_code == 200


def test_a_person_without_plans_gets_messages_and_services(world: World, assigned: Plan) -> None:
    tell([world.citizen], "您的办件已办结。", "", "closed:1")
    page = client_of(world.citizen).get(reverse("plans:workbench")).content.decode()
    assert "您的办件已办结。" in page and "公众服务" in page
    assert "任务台账" not in page and "减负计数" not in page


def test_what_was_due_on_friday_is_late_on_sunday() -> None:
    friday, sunday, monday = date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 23)
    assert todo._left(friday, friday) == 0
    assert todo._left(friday, sunday) == todo._left(friday, monday) == -1
    assert todo._left(monday, sunday) == 1


def test_messages_are_ones_own(world: World, assigned: Plan) -> None:
    url = reverse("pages:notices")
    mine = Notification.objects.filter(user=world.market_officer)
    assert mine.filter(read_at=None).count() == 1
    tourism = client_of(world.tourism_officer)
    tourism.post(url, {"one": str(mine[0].pk)})
    assert mine.filter(read_at=None).count() == 1
    client_of(world.market_officer).post(url)
    assert mine.filter(read_at=None).count() == 0


def test_load_counts_each_unit(world: World, assigned: Plan) -> None:
    page = client_of(world.office).get(reverse("plans:load"))
    totals = {load.name: (load.total, load.lead) for load in page.context["loads"]}
    assert totals["市场监管局"] == (5, 2)
    assert totals["农业农村厅"] == (3, 0)
    own = client_of(world.tourism_officer).get(reverse("plans:load"))
    assert [load.name for load in own.context["loads"]] == ["文化和旅游厅"]


def test_a_report_without_change_is_not_offered_as_evidence(world: World, duty_of: Find) -> None:
    told, silent, here = (duty_of(code, world.market) for code in ("1.1", "1.2", "3.1"))
    for duty, content in (
        (told, ReportContent(result="检查 12 家", percent=20)),
        (silent, ReportContent(no_change=True)),
    ):
        SignDuty(user=world.market_officer, duty=duty).execute()
        SubmitReport(user=world.market_officer, duty=duty, content=content).execute()
        ReviewReport(user=world.office, duty=duty, accept=True, note="").execute()
    labels = [label for _kind, _ref, label in offered_evidence(here)]
    assert [label.split(" ", 1)[1] for label in labels] == ["检查 12 家"]
