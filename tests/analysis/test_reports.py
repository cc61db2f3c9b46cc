"""Reports: generated from values, edited without losing their figures, decided by several people, published in part."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from hengjian.analysis.actions import (
    ApproveReport,
    EditParagraph,
    PublishReport,
    RefreshReport,
    ReturnReport,
    ReviewReport,
    ReviseReport,
    SubmitReport,
    WriteReport,
)
from hengjian.analysis.models import Paragraph, Report
from hengjian.analysis.reporting import changed, public_rows
from hengjian.indicators.models import Observation
from hengjian.ledger.models import Fact
from hengjian.parties.models import RoleGrant, User
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.publishing.models import Notice
from tests.analysis.conftest import World, correct
from tests.places import person


@pytest.fixture
def report(filled: World) -> Report:
    return WriteReport(
        user=filled.analyst, structure="yearly_quality", region=filled.top, unit=filled.unit, period="2025"
    ).execute()


@pytest.fixture
def boss(filled: World) -> User:
    user = person("boss", filled.unit, "unit_head")
    RoleGrant.objects.create(user=user, role="unit_head", region=filled.top)
    return user


def paragraph(report: Report, code: str) -> Paragraph:
    return report.paragraphs.get(key=code)


def late(report: Report) -> dict[str, object]:
    return dict(changed(report, list(report.paragraphs.all())))


def through(report: Report, filled: World, boss: User) -> None:
    SubmitReport(user=filled.analyst, report=report).execute()
    ReviewReport(user=filled.reviewer, report=report).execute()
    ApproveReport(user=boss, report=report).execute()


def test_the_first_text_states_values_changes_regions_and_where_they_come_from(report: Report) -> None:
    row = paragraph(report, "engineering.texts.engineering.first_time")
    assert row.text.startswith("2025年，澜川自治区")
    assert "91.92%（1,673/1,820" in row.text
    assert "有数据的4个地州市中" in row.text
    assert [mention["printed"] for mention in row.mentions][:3] == ["91.92%", "1,673", "1,820"]
    assert "不代表质量升降" in paragraph(report, "product.texts.pass_rate.supervision").text
    figure = report.figures.get(indicator="engineering.first_time", region="990000", period="2025")
    assert figure.parts == "1,673 / 1,820" and "÷" in figure.definition
    assert paragraph(report, "overview.table").content["rows"]
    assert report.paragraphs.filter(kind=Paragraph.Kind.CHART).exists()
    assert report.title == "澜川自治区2025年质量状况分析报告"
    assert late(report) == {}


def test_a_corrected_value_marks_its_paragraphs_and_updating_keeps_what_people_wrote(
    report: Report, filled: World
) -> None:
    row = paragraph(report, "engineering.texts.engineering.first_time")
    EditParagraph(
        user=filled.analyst, report=report, paragraph=row, text="经过整治，一次验收合格率升至91.92%，好于往年。"
    ).execute()
    value = Observation.objects.get(indicator="engineering.first_time", region=filled.top, period="2025", current=True)
    correct(value, "92.5000", numerator=1684)
    found = changed(report, list(report.paragraphs.all()))
    assert "engineering.texts.engineering.first_time" in found
    assert ("91.92%", "92.50%") in found["engineering.texts.engineering.first_time"].numbers
    RefreshReport(user=filled.analyst, report=report).execute()
    row.refresh_from_db()
    assert row.text == "经过整治，一次验收合格率升至92.50%，好于往年。"
    assert late(report) == {}


def test_numbers_without_a_figure_are_pointed_out_and_kept_from_the_public(report: Report, filled: World) -> None:
    row = paragraph(report, "engineering.texts.engineering.first_time")
    EditParagraph(
        user=filled.analyst, report=report, paragraph=row, text="合格率为91.92%，另据测算可达97.3%。", public=True
    ).execute()
    row.refresh_from_db()
    assert row.public is False
    client = Client()
    client.force_login(filled.analyst)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "无出处的数字" in page and "97.3%" in page


def test_three_steps_by_several_people_then_it_is_frozen(report: Report, filled: World, boss: User) -> None:
    with pytest.raises((ActionRefused, Forbidden)):
        SubmitReport(user=filled.other, report=report).execute()
    SubmitReport(user=filled.analyst, report=report).execute()
    writer_head = filled.analyst
    RoleGrant.objects.create(user=writer_head, role="unit_head", region=filled.top)
    with pytest.raises(ActionRefused):
        ReviewReport(user=writer_head, report=report).execute()
    ReturnReport(user=filled.reviewer, report=report, reason="请补充原因").execute()
    assert report.state == Report.State.DRAFT and report.returned_for == "请补充原因"
    through(report, filled, boss)
    assert report.number.startswith("澜川质量分析〔")
    assert Fact.objects.filter(kind="report.approved", subject=report.ref).count() == 1
    with pytest.raises(ActionRefused):
        EditParagraph(user=filled.analyst, report=report, paragraph=report.paragraphs.first(), text="x").execute()


def test_a_report_with_old_numbers_is_not_approved(report: Report, filled: World, boss: User) -> None:
    SubmitReport(user=filled.analyst, report=report).execute()
    ReviewReport(user=filled.reviewer, report=report).execute()
    value = Observation.objects.get(indicator="engineering.first_time", region=filled.top, period="2025")
    correct(value, "92.5")
    with pytest.raises(ActionRefused, match="旧数"):
        ApproveReport(user=boss, report=report).execute()


def test_the_public_version_has_public_figures_only(report: Report, filled: World, boss: User) -> None:
    accepted = report.paragraphs.filter(key="engineering.texts.engineering.accepted").first()
    assert accepted is not None and "初步数" in accepted.text
    through(report, filled, boss)
    PublishReport(user=boss, report=report).execute()
    assert report.state == Report.State.PUBLISHED
    notice = Notice.objects.get(subject=report.ref)
    assert notice.state == Notice.State.PUBLISHED
    keys = {row.key for row in public_rows(report)}
    assert "engineering.texts.engineering.first_time" in keys
    assert accepted.key not in keys
    table = next(row for row in public_rows(report) if row.kind == Paragraph.Kind.TABLE)
    names = [line["cells"][0] for line in table.content["rows"]]
    assert "工程一次验收合格率" in names and len(names) < len(paragraph(report, table.key).content["rows"])
    client = Client()
    page = client.get(reverse("analysis:public_report", args=[report.pk])).content.decode()
    assert "91.92%" in page and "99.00%" not in page
    document = Document(io.BytesIO(client.get(reverse("analysis:public_report_file", args=[report.pk])).content))
    text = "\n".join(each.text for each in document.paragraphs)
    assert "91.92%[" in text and "99.00%" not in text
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert not any("99.00%" in cell for cell in cells)
    made = ReviseReport(user=filled.analyst, report=report, reason="更正数值").execute()
    assert made.version == 2 and made.paragraphs.count() >= report.paragraphs.count()
    assert client.get(reverse("analysis:public_report", args=[made.pk])).status_code == 404


def test_the_file_has_numbers_behind_figures_charts_and_the_annex(report: Report, filled: World) -> None:
    client = Client()
    client.force_login(filled.analyst)
    response = client.get(reverse("analysis:report_file", args=[report.pk]))
    document = Document(io.BytesIO(response.content))
    text = "\n".join(each.text for each in document.paragraphs)
    assert "91.92%[" in text and "权重为假定" in text
    heads = [cell.text for table in document.tables for cell in table.rows[0].cells]
    assert "分子/分母" in heads and "假定" in heads
    assert document.inline_shapes or len(document.tables) > 3


def test_reports_of_others_do_not_leak(report: Report, filled: World, client: Client) -> None:
    address = report.get_absolute_url()
    for user, status in ((filled.analyst, 200), (filled.other, 404), (filled.county, 404), (filled.citizen, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status, user
        listed = client.get(reverse("analysis:reports")).content.decode()
        assert (report.title in listed) is (status == 200)
    client.logout()
    assert client.get(address).status_code == 302
    assert client.get(reverse("analysis:public_report", args=[report.pk])).status_code == 404


def test_the_pages_lead_from_the_calendar_to_a_published_report(filled: World, boss: User, client: Client) -> None:
    client.force_login(filled.analyst)
    calendar = client.get(reverse("analysis:calendar"), {"year": "2026"}).content.decode()
    assert "年度质量状况分析报告" in calendar and "2026-03-28" in calendar
    address = reverse("analysis:write") + "?line=yearly_quality&period=2025"
    made = client.post(address, {"structure": "yearly_quality", "period": "2025"})
    report = Report.objects.get()
    assert made.status_code == 302 and report.calendar == "yearly_quality"
    again = client.post(address, {"structure": "yearly_quality", "period": "2025"})
    assert again.status_code == 409 and "已经有了" in again.content.decode()
    assert client.post(address, {"structure": "yearly_quality", "period": "2025-Q9"}).status_code == 422
    row = paragraph(report, "measures.text")
    edit = reverse("analysis:paragraph", args=[report.pk, row.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, {"text": "继续加强监管。", "public": "on"}).status_code == 302
    for user, do in ((filled.analyst, "submit"), (filled.reviewer, "review"), (boss, "approve"), (boss, "publish")):
        client.force_login(user)
        assert client.post(report.get_absolute_url(), {"do": do}).status_code == 302
    report.refresh_from_db()
    assert report.state == Report.State.PUBLISHED
    client.logout()
    assert "继续加强监管。" in client.get(reverse("analysis:public_report", args=[report.pk])).content.decode()


def test_a_report_from_elsewhere_is_filed_with_its_line_of_the_calendar(filled: World, client: Client) -> None:
    client.force_login(filled.analyst)
    address = reverse("analysis:write") + "?line=medical_year&period=2025"
    page = client.get(address).content.decode()
    assert "存档" in page and "严禁上传涉密材料" in page
    bad = client.post(address, {"title": "医疗质量安全管理报告", "file": SimpleUploadedFile("a.exe", b"MZ\x90")})
    assert bad.status_code in (400, 422)
    assert not Report.objects.exists()
    text = SimpleUploadedFile("报告.txt", "全年医疗质量安全情况。".encode())
    done = client.post(address, {"title": "医疗质量安全管理报告", "file": text})
    assert done.status_code == 302
    report = Report.objects.get()
    assert report.file.startswith("sha256:") and report.calendar == "medical_year"
    assert "报告.txt" in client.get(report.get_absolute_url()).content.decode()
