"""Reports: layout, verification by query code, nothing kept that a repair must take away."""

from __future__ import annotations

import io
import json
import zipfile

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from hengjian.credit.dossier.models import Report
from hengjian.credit.dossier.readers import Reader, reader_of
from hengjian.credit.dossier.reports.issuing import IssueReport, again, is_outdated
from hengjian.ledger.models import Fact
from hengjian.ledger.sealing import seal
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from tests.credit.dossier.conftest import Told, signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "https://example.org/credit/reports/{code}/"


def issue(told: Told, reader: Reader, purpose: str = "许可审查") -> tuple[Report, dict[str, bytes]]:
    handed = IssueReport(
        user=reader.user, enterprise=told.enterprise, reader=reader, address=ADDRESS, purpose=purpose
    ).execute()
    return handed.report, handed.files


def text_of(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_parts_of_the_standard_are_there_and_the_same_content_gives_the_same_bytes(told: Told) -> None:
    reader = reader_of(told.market.county_officer, told.enterprise)
    report, files = issue(told, reader)
    words = text_of(files["docx"])
    for part in ("公共信用信息报告", "报告说明", "基础信息", "公共信用信息概要", "信息明细", "报告核验", report.code):
        assert part in words
    assert "氨制冷机房" in words and report.number in words
    assert any(name.endswith(".png") for name in zipfile.ZipFile(io.BytesIO(files["docx"])).namelist())
    assert json.loads(files["json"])["sha256"] == report.digest
    assert again(report, reader, ADDRESS) == files


def test_the_public_report_is_a_strict_part(told: Told) -> None:
    _report, files = issue(told, Reader("public"))
    full = issue(told, reader_of(told.market.county_officer, told.enterprise))[1]
    words = text_of(files["docx"])
    assert "生产不合格灭菌乳" in words
    for secret in ("氨制冷机房", "酸奶胀包", "已撤下的标题"):
        assert secret not in words and secret.encode() not in files["json"]
    public, whole = json.loads(files["json"])["content"], json.loads(full["json"])["content"]
    lines = {line["fact"] for section in whole["sections"] for line in section["lines"]}
    assert {line["fact"] for section in public["sections"] for line in section["lines"]} < lines


def test_after_a_seal_the_report_is_outdated_and_its_content_gone(told: Told) -> None:
    reader = reader_of(told.market.county_officer, told.enterprise)
    report, _files = issue(told, reader)
    assert not is_outdated(report)
    fact = Fact.objects.get(kind="exposure_bulletin.entered", payload__contains="生产不合格灭菌乳")
    seal([fact.id], ground=Fact.objects.exclude(pk=fact.pk).first())
    assert is_outdated(report) and again(report, reader, ADDRESS) is None
    page = Client().get(reverse("credit_dossier:report", args=[report.code])).content.decode()
    assert "已过期" in page and "灭菌乳" not in page


def test_who_may_have_which_report(told: Told) -> None:
    officer = reader_of(told.market.county_officer, told.enterprise)
    with pytest.raises(ActionRefused):
        issue(told, officer, purpose="")
    with pytest.raises(Forbidden):
        issue(told, Reader("officer", told.market.citizen))
    # Inspectors and the like read, but issue nothing.
    with pytest.raises(Forbidden):
        issue(told, reader_of(told.reader, told.enterprise))


def test_pages_of_a_report(told: Told) -> None:
    client = Client()
    answer = client.post(reverse("credit_dossier:public_report", args=[told.code]))
    report = Report.objects.get()
    assert answer["Location"] == report.get_absolute_url() and not report.is_full
    file = reverse("credit_dossier:report_file", args=[report.code, "docx"])
    taken = client.get(file)
    assert taken.status_code == 200 and taken.content[:2] == b"PK"
    assert Client().get(file).status_code == 404
    url = report.get_absolute_url()
    same = client.post(url, {"file": SimpleUploadedFile("a.docx", taken.content)}).content.decode()
    assert "与出具时一致" in same
    other = client.post(url, {"file": SimpleUploadedFile("a.json", taken.content + b"x")}).content.decode()
    assert "不一致" in other
    lower = report.code.lower().replace("-", "")
    found = client.get(reverse("credit_dossier:verify"), {"code": lower})
    assert found.status_code == 302 and found["Location"] == url
    assert "没有这个查询码" in client.get(reverse("credit_dossier:verify"), {"code": "AAAA"}).content.decode()
    assert client.get(reverse("credit_dossier:report", args=["nothing"])).status_code == 404


def test_a_full_report_is_for_whoever_asked_for_it(told: Told) -> None:
    own = signed_in(told.market.enterprise)
    assert own.get(reverse("credit_dossier:report_new", args=[told.code])).status_code == 200
    own.post(reverse("credit_dossier:report_new", args=[told.code]))
    report = Report.objects.get()
    file = reverse("credit_dossier:report_file", args=[report.code, "json"])
    assert report.is_full and own.get(file).status_code == 200
    for client in (Client(), signed_in(told.market.officer), signed_in(told.market.citizen)):
        assert client.get(file).status_code == 404
    page = Client().get(report.get_absolute_url()).content.decode()
    assert report.number in page and "生产不合格灭菌乳" not in page
    # An officer who has not said why is asked first.
    officer = signed_in(told.market.county_officer)
    answer = officer.post(reverse("credit_dossier:report_new", args=[told.code]))
    assert "/dossier/" in answer["Location"] and Report.objects.count() == 1
