"""Official papers: number, .docx and .xlsx of one content, duties, replies, the second person, who may see them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from docx import Document
from python_calamine import CalamineWorkbook

from hengjian.documents.files import read
from hengjian.documents.models import IssuedNumber, StoredFile
from hengjian.documents.queries import files_of
from hengjian.ledger.queries import timeline
from hengjian.parties.models import Unit
from hengjian.parties.policies import Forbidden, visible
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.follow import ReplyUrge
from hengjian.plans.actions.papers import DraftCircular, IssueDocument, IssueDraft, agency_for, prepare
from hengjian.plans.actions.work import SignDuty
from hengjian.plans.following import due_steps, refresh_tasks, rules_of
from hengjian.plans.models import Duty, IssuedDocument, PaperDraft, Plan, Report, Urge
from hengjian.plans.papers.paper import Paper
from tests.plans.conftest import World

Find = Callable[[str, Unit], Duty]
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def autumn(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """It is 2026-10-20: the task with the date 9月底前 is late."""

    def go_to(day: date) -> None:
        moment = datetime(day.year, day.month, day.day, 10, 0, tzinfo=CHINA)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    go_to(date(2026, 10, 20))
    return go_to


def issue(world: World, plan: Plan, kind: str = "notice", codes: tuple[str, ...] = ("2.1",), **more: Any) -> Any:
    tasks = list(plan.tasks.filter(code__in=codes).values_list("pk", flat=True))
    given = {"agency": "澜质强办督", "reply_by": date(2026, 10, 27)} | more
    return IssueDocument(user=world.office, plan=plan, kind=kind, tasks=tasks, **given).execute()


def opened(document: IssuedDocument) -> Any:
    return Document(io.BytesIO(read(files_of(document.ref).get(name__endswith=".docx").content_id)))


def sheet(document: IssuedDocument) -> list[list[Any]]:
    stored = files_of(document.ref).filter(name__endswith=".xlsx").first()
    assert stored is not None
    return CalamineWorkbook.from_filelike(io.BytesIO(read(stored.content_id))).get_sheet_by_index(0).to_python()


def test_a_notice_is_numbered_written_and_asks_for_a_reply(world: World, assigned: Plan) -> None:
    (document,) = issue(world, assigned)
    assert document.number == "澜质强办督〔2026〕1号"
    assert {unit.key for unit in Unit.objects.filter(duties__documents=document)} == {"market", "farming"}
    text = [paragraph.text for paragraph in opened(document).paragraphs]
    assert "澜质强办督〔2026〕1号" in " ".join(text)
    assert any(
        "关于办理《澜川自治区质量强区建设2026年行动计划》有关任务的督办单" in line.replace("\n", "") for line in text
    )
    assert any("其中2项责任已超过完成时限" in line for line in text)
    table = next(table for table in opened(document).tables if table.rows[0].cells[0].text == "序号")
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[1][1:4] == ["2.1 9月底前完成老旧电梯安全评估", "市场监管局（共同）", "2026-09-30"]
    urges = Urge.objects.filter(document=document)
    assert {urge.duty.unit_id for urge in urges} == {world.market.pk, world.farming.pk}
    assert world.market_officer.notifications.filter(ref=document.ref).count() == 1
    assert not world.tourism_officer.notifications.filter(ref=document.ref).exists()
    fact = timeline(assigned.ref, kinds=["plan.document"], disclosure="internal").last()
    assert fact is not None
    assert (fact.payload["number"], fact.payload["duties"]) == (document.number, 2)
    assert f"sha256:{fact.payload['file_sha256']}" == document.file_hash
    step = Duty.objects.get(task__code="2.1", unit=world.market).steps.last()
    assert step is not None and step.label == "督办单 澜质强办督〔2026〕1号"


def test_page_docx_and_xlsx_show_the_same_rows(world: World, assigned: Plan, client: Client) -> None:
    (document,) = issue(world, assigned, codes=("2.1", "2.2"))
    stored = Paper.from_dict(document.content)
    table = stored.tables[0]
    rows = sheet(document)
    start = rows.index([column.title for column in table.columns])
    assert [[str(int(c)) if isinstance(c, float) else c for c in row] for row in rows[start + 1 :]] == [
        [str(cell) for cell in row] for row in table.rows
    ]
    written = next(table for table in opened(document).tables if table.rows[0].cells[0].text == "序号")
    assert [[cell.text for cell in row.cells] for row in written.rows][1:] == [
        [str(c) for c in row] for row in table.rows
    ]
    client.force_login(world.office)
    page = client.get(reverse("plans:document", args=[document.pk])).content.decode()
    assert all(f">{cell}</td>" in page for row in table.rows for cell in row)


def test_one_notice_per_set_of_units(world: World, assigned: Plan) -> None:
    made = issue(world, assigned, codes=("1.1", "1.2", "2.1", "2.2"))
    # 1.1 and 1.2 are shared by three bodies, 2.1 and 2.2 by two others.
    assert [document.number for document in made] == ["澜质强办督〔2026〕1号", "澜质强办督〔2026〕2号"]
    assert [document.duties.count() for document in made] == [6, 4]
    assert agency_for(assigned, "notice") == "澜质强办督"


def test_a_notice_counts_as_a_step_of_the_ladder_and_is_answered(world: World, assigned: Plan) -> None:
    duty = Duty.objects.get(task__code="2.1", unit=world.market)
    ladder = rules_of(assigned).escalation
    assert "notice" in [step.code for step in due_steps(duty, ladder, date(2026, 10, 20))]
    issue(world, assigned)
    duty.refresh_from_db()
    assert "notice" not in [step.code for step in due_steps(duty, ladder, date(2026, 10, 20))]
    urge = duty.urges.get(document__isnull=False)
    assert urge.level == duty.urge_level == 3
    ReplyUrge(user=world.market_officer, urge=urge, reply="10月底前完成").execute()
    urge.refresh_from_db()
    assert urge.replied_by == world.market_officer


def test_a_missed_reply_is_shown(world: World, assigned: Plan, client: Client, autumn: Callable[[date], None]) -> None:
    issue(world, assigned)
    client.force_login(world.office)
    page = client.get(reverse("plans:follow")).content.decode()
    assert "逾期未回复" not in page and "等待决定的催办" in page
    autumn(date(2026, 10, 28))
    client.force_login(world.office)
    page = client.get(reverse("plans:follow")).content.decode()
    assert "2 逾期未回复" in page
    assert "澜质强办督〔2026〕1号" in page


def test_the_breakdown_has_a_wide_annex_with_every_task(world: World, assigned: Plan) -> None:
    (document,) = issue(world, assigned, "breakdown", agency="澜质强办发")
    paper = opened(document)
    table = paper.tables[-1] if paper.tables[-1].rows[0].cells[0].text == "序号" else paper.tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[1] for row in rows[1:]] == ["1.1", "1.2", "2.1", "2.2", "3.1"]
    assert rows[1][4] == "市场监管局" and rows[1][6] == "文化和旅游厅、工业和信息化厅"
    assert any(section.page_width > section.page_height for section in paper.sections)
    assert not Urge.objects.filter(document=document).exists()


def test_the_consolidation_tells_accepted_reports_only(world: World, assigned: Plan) -> None:
    duty = Duty.objects.get(task__code="2.2", unit=world.market)
    SignDuty(user=world.market_officer, duty=duty).execute()
    for state, text in (("accepted", "平台上线运行"), ("returned", "材料不全")):
        Report.objects.create(
            duty=duty, period="2026-09", percent=60, result=text, state=state, created_by=world.market_officer
        )
    (document,) = issue(world, assigned, "consolidation", agency="澜质强办报")
    cells = [cell for row in sheet(document) for cell in row]
    assert "平台上线运行" in cells and "材料不全" not in cells


def test_a_circular_is_issued_by_another_person(world: World, assigned: Plan, client: Client) -> None:
    refresh_tasks(assigned.tasks.values_list("pk", flat=True))
    with pytest.raises(ActionRefused, match="另一人签发"):
        issue(world, assigned, "circular", agency="澜质强办通")
    draft = DraftCircular(
        user=world.office, plan=assigned, kind="circular", agency="澜质强办通", reply_by=date(2026, 10, 27)
    ).execute()
    assert not IssuedNumber.objects.exists()
    assert world.office_two.notifications.filter(ref=f"draft:{draft.pk}").exists()
    with pytest.raises(ActionRefused, match="另一人"):
        IssueDraft(user=world.office, draft=draft).execute()
    client.force_login(world.office)
    page = client.get(reverse("plans:draft", args=[draft.pk])).content.decode()
    assert "须由另一人完成" in page
    client.force_login(world.office_two)
    response = client.post(reverse("plans:draft", args=[draft.pk]), {"do": "issue"})
    document = IssuedDocument.objects.get()
    assert response["Location"] == reverse("plans:document", args=[document.pk])
    assert (document.number, document.drafted_by, document.issued_by) == (
        "澜质强办通〔2026〕1号",
        world.office,
        world.office_two,
    )
    assert not PaperDraft.objects.exists()
    units, red = Paper.from_dict(document.content).tables
    assert {row[0] for row in units.rows} == {"市场监管局", "文化和旅游厅", "工业和信息化厅", "农业农村厅"}
    # The share of red duties decides the order, not the name.
    shares = [row[5] / row[1] for row in units.rows]  # type: ignore[operator]
    assert shares == sorted(shares)
    assert {row[2] for row in red.rows} >= {"市场监管局", "农业农村厅"}
    assert files_of(document.ref).count() == 3


def test_what_cannot_be_issued(world: World, assigned: Plan, plan: Plan) -> None:
    for change, words in (
        ({"agency": "XX"}, "机关代字"),
        ({"reply_by": date(2026, 10, 1)}, "已经过去"),
        ({"codes": ()}, "没有可以列入"),
    ):
        with pytest.raises(ActionRefused, match=words):
            issue(world, assigned, **change)
    assert not IssuedNumber.objects.exists() and not StoredFile.objects.exists()
    for user in (world.market_officer, world.citizen):
        with pytest.raises(Forbidden):
            IssueDocument(user=user, plan=assigned, kind="breakdown", agency="澜质强办发").execute()


def test_papers_are_the_same_in_any_interface_language(world: World, assigned: Plan) -> None:
    with translation.override("en"):
        (prepared,) = prepare("notice", assigned, assigned.tasks.filter(code="2.1").values_list("pk", flat=True))
    assert all(not str(row[6]).isascii() for row in prepared.paper.tables[0].rows)


def test_only_the_addressed_see_a_notice(world: World, assigned: Plan, client: Client) -> None:
    (document,) = issue(world, assigned)
    url = reverse("plans:document", args=[document.pk])
    stored = files_of(document.ref)[0]
    file_url = reverse("documents:download", args=[stored.pk])
    assert client.get(url).status_code == 302
    for user, status in ((world.market_officer, 200), (world.tourism_officer, 404), (world.citizen, 404)):
        client.force_login(user)
        assert client.get(url).status_code == status
        assert (client.get(file_url).status_code == 200) == (status == 200)
        assert (document in visible(user, IssuedDocument.objects.all())) == (status == 200)
        assert (document.number in client.get(reverse("plans:follow")).content.decode()) == (status == 200)
    client.force_login(world.market_officer)
    assert "农业农村厅：9月底前" not in client.get(url).content.decode()  # another unit's reply
    assert client.get(reverse("plans:issue", args=["notice"])).status_code == 403
    draft = DraftCircular(user=world.office, plan=assigned, kind="circular", agency="澜质强办通").execute()
    assert client.get(reverse("plans:draft", args=[draft.pk])).status_code == 404
    assert str(draft) not in client.get(reverse("plans:follow")).content.decode()


def test_the_form_shows_the_paper_and_issues_it(world: World, assigned: Plan, client: Client) -> None:
    client.force_login(world.office)
    task = assigned.tasks.get(code="2.1")
    url = f"{reverse('plans:issue', args=['notice'])}?task={task.pk}"
    page = client.get(url).content.decode()
    assert "澜质强办督" in page and "2026-10-27" in page and "签发（1）" in page
    wrong = client.post(url, {"agency": "1", "message": "", "reply_by": "2026-10-27"})
    assert wrong.status_code == 422 and "机关代字应为" in wrong.content.decode()
    response = client.post(url, {"agency": "澜质强办督", "message": "请于月底前完成。", "reply_by": "2026-10-27"})
    document = IssuedDocument.objects.get()
    assert response["Location"] == document.get_absolute_url()
    assert "请于月底前完成。" in client.get(document.get_absolute_url()).content.decode()
    for kind in ("breakdown", "consolidation", "circular"):
        assert client.get(reverse("plans:issue", args=[kind])).status_code == 200
        assert client.get(f"{reverse('plans:issue', args=[kind])}?plan={assigned.pk}").status_code == 200
    assert client.get(reverse("plans:issue", args=["nothing"])).status_code == 404
