"""Comparison with the parent plan: stored once, corrected by hand, reported upwards, drafted locally."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from hengjian.ledger.queries import timeline
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.plans import cascading
from hengjian.plans.actions.cascade import AlignPlans, CorrectLink, ExplainDropped
from hengjian.plans.actions.imports import ConfirmImport, PlanSettings, StartImport
from hengjian.plans.localising import draft_local, local_title
from hengjian.plans.models import Cascade, CascadeLink, Plan, PlanImport
from tests.plans.conftest import World, person

# Against conftest.TEXT: 1.1 kept, 1.2 dropped, 2.1 adapted (a later deadline, a figure), 2.2 kept but moved, 3.1 kept,
# and 3.2 added.
CHILD = """朔安市贯彻落实质量强区建设2026年行动计划实施方案

一、提升产品和服务质量

（一）开展质量提升行动。组织实施消费品质量提升工程。（市市场监管局牵头）

（二）加强重点领域监管。10月底前完成老旧电梯安全评估，评估不少于240台。（市市场监管局、市农业农村局按职责分工负责）

二、夯实质量基础

（三）加强质量工作考核。完善考核指标体系。建立枸杞种植投入品白名单制度。（市市场监管局负责）
"""


@pytest.fixture
def child(world: World, plan: Plan) -> Plan:
    shuoan = Region.objects.create(
        code="990200", name="朔安市", short_name="朔安", level=Region.Level.PREFECTURE, parent=world.region
    )
    office = Unit.objects.create(key="shuoan-office", name="朔安市质量强市办公室", region=shuoan, level=shuoan.level)
    Unit.objects.create(
        key="shuoan-market",
        name="朔安市市场监督管理局",
        short_name="市市场监管局",
        region=shuoan,
        level=shuoan.level,
        family="market_regulation",
    )
    person("shuoan-office", office, "office", region=shuoan)
    draft = StartImport(user=world.office, unit=office, region=shuoan, data=CHILD).execute()
    settings = PlanSettings(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31), parent=plan)
    return ConfirmImport(user=world.office, draft=draft, settings=settings).execute().plan


@pytest.fixture
def aligned(child: Plan) -> Plan:
    """Confirming a text with a parent compares them."""
    child.refresh_from_db()
    return child


def row(plan: Plan, place: str) -> CascadeLink:
    item, index = place.split(".")
    return plan.cascade.links.get(parent_item=item, parent_index=index)


def test_the_comparison_is_stored_with_its_fact(aligned: Plan) -> None:
    assert {link.parent_place: link.relation for link in aligned.cascade.links.exclude(parent_item=None)} == {
        "1.1": "kept",
        "1.2": "dropped",
        "2.1": "adapted",
        "2.2": "dropped",
        "3.1": "kept",
    }
    added = aligned.cascade.links.get(parent_item=None)
    assert added.children[0]["text"] == "建立枸杞种植投入品白名单制度"
    counts = cascading.count(aligned.cascade.links.all())
    assert (counts.parent, counts.share) == (5, 60.0)
    fact = timeline(aligned.ref, kinds=["plan.aligned"], disclosure="internal").last()
    assert fact is not None and fact.payload["kept"] == 2 and fact.payload["dropped"] == 2


def test_an_adapted_sentence_shows_what_changed(world: World, aligned: Plan, client: Client) -> None:
    client.force_login(world.office)
    page = client.get(reverse("plans:cascade_of", args=[aligned.pk]), {"rel": "adapted"}).content.decode()
    assert "<del>9</del>月底前完成老旧电梯安全评估" in page
    assert "<ins>10</ins>月底前完成老旧电梯安全评估<ins>，评估不少于240台</ins>" in page
    assert "新增时限：10月底前（2026-10-31）" in page
    assert "建立枸杞种植投入品" not in page  # another tab


def test_a_link_is_corrected_by_hand_and_outlives_a_new_comparison(world: World, aligned: Plan) -> None:
    CorrectLink(user=world.office, link=row(aligned, "1.2"), children="3.2", reason="同一目标").execute()
    link = row(aligned, "1.2")
    assert (link.relation, link.by_hand, link.moved) == ("adapted", True, True)
    assert not aligned.cascade.links.filter(parent_item=None).exists()  # the added clause has a parent now
    ExplainDropped(user=world.office, link=row(aligned, "2.2"), reason="由自治区直接建设").execute()
    AlignPlans(user=world.office, plan=aligned).execute()
    aligned.refresh_from_db()
    assert (row(aligned, "1.2").relation, row(aligned, "1.2").reason) == ("adapted", "同一目标")
    assert row(aligned, "2.2").reason == "由自治区直接建设"
    CorrectLink(user=world.office, link=row(aligned, "1.2"), children="").execute()
    assert row(aligned, "1.2").relation == "dropped"
    assert aligned.cascade.links.get(parent_item=None).children[0]["item"] == 3


def test_a_wrong_place_and_a_missing_reason_are_refused(world: World, aligned: Plan) -> None:
    with pytest.raises(ActionRefused, match=r"本级没有编号为 9\.9"):
        CorrectLink(user=world.office, link=row(aligned, "1.2"), children="9.9").execute()
    with pytest.raises(ActionRefused, match="变更说明"):
        ExplainDropped(user=world.office, link=row(aligned, "1.2")).execute()
    with pytest.raises(ActionRefused, match="已有本级条款承接"):
        ExplainDropped(user=world.office, link=row(aligned, "1.1"), reason="不适用").execute()


def test_a_revised_text_makes_the_comparison_stale(world: World, aligned: Plan, client: Client) -> None:
    Plan.objects.filter(pk=aligned.pk).update(text_hash="other")
    client.force_login(world.office)
    assert "对照已过期" in client.get(reverse("plans:cascade_of", args=[aligned.pk])).content.decode()
    fresh = Plan.objects.get(pk=aligned.pk)
    with pytest.raises(ActionRefused, match="已过期"):
        CorrectLink(user=world.office, link=row(fresh, "1.2"), children="3.2").execute()


def test_the_forms_of_the_page_work_without_scripts(world: World, aligned: Plan, client: Client) -> None:
    client.force_login(world.office)
    url = reverse("plans:cascade_of", args=[aligned.pk])
    edit = f"{url}?edit={row(aligned, '1.2').pk}"
    assert "承接的本级条款编号" in client.get(edit).content.decode()
    wrong = client.post(edit, {"do": "link", "children": "八"})
    assert wrong.status_code == 422 and "本级没有编号为 八" in wrong.content.decode()
    assert client.post(edit, {"do": "explain", "reason": "本地没有这类企业"}).status_code == 302
    assert "本地没有这类企业" in client.get(url).content.decode()
    assert client.post(url, {"do": "align"}).status_code == 302
    units = client.get(url, {"rel": "units"}).content.decode()
    # Two bodies of the first item and the members of the third; the farming bureau has its counterpart.
    assert units.count("本级未列") == 3 and "农业农村局" in units


def test_only_who_may_sees_and_changes_it(world: World, aligned: Plan, client: Client) -> None:
    url = reverse("plans:cascade_of", args=[aligned.pk])
    assert client.get(url).status_code == 302  # to the log-in page
    for user in (world.citizen, world.tourism_officer):
        client.force_login(user)
        assert client.get(url).status_code == 404
        assert aligned.title not in client.get(reverse("plans:cascade")).content.decode()
        with pytest.raises(Forbidden):
            AlignPlans(user=user, plan=aligned).execute()
        with pytest.raises(Forbidden):
            CorrectLink(user=user, link=row(aligned, "1.2"), children="3.2").execute()


def sheet_rows(data: bytes, heading: str) -> list[list[Any]]:
    """The rows of an .xlsx from its heading row on."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    start = next(number for number, values in enumerate(rows) if values[0] == heading)
    return rows[start:]


def test_the_sheet_has_the_rows_of_the_page(world: World, aligned: Plan, client: Client) -> None:
    client.force_login(world.office)
    url = reverse("plans:cascade_of", args=[aligned.pk])
    rows = sheet_rows(client.get(url, {"export": "xlsx"}).content, "上级条目")
    assert len(rows) - 1 == aligned.cascade.links.count()
    assert [values[1] for values in rows[1:] if values[3] == "调整"] == ["2.1"]


def test_upward_coverage_by_item_and_clause(world: World, aligned: Plan, client: Client) -> None:
    client.force_login(world.office)
    url = reverse("plans:coverage", args=[aligned.parent_id])
    response = client.get(url)
    assert [[cell.words for cell in line.cells] for line in response.context["lines"]] == [["1/2"], ["1/2"], ["1/1"]]
    assert [line.share for line in response.context["lines"]] == [50.0, 50.0, 100.0]
    opened = client.get(url, {"item": "1"})
    assert [line.cells[0].relation for line in opened.context["lines"]] == ["kept", "dropped"]
    rows = sheet_rows(client.get(url, {"export": "xlsx"}).content, "编号")
    assert rows[0] == ["编号", "上级条款", "朔安市", "承接率（%）"]
    shown = [[line.number, line.title, line.cells[0].words, line.share] for line in response.context["lines"]]
    assert rows[1:] == shown
    client.force_login(world.citizen)
    assert client.get(url).status_code == 404


def test_coverage_compares_what_is_missing(world: World, child: Plan, client: Client) -> None:
    Cascade.objects.all().delete()
    client.force_login(world.office)
    url = reverse("plans:coverage", args=[child.parent_id])
    assert "还没有比对" in client.get(url).content.decode()
    client.post(url)
    child.refresh_from_db()
    assert child.cascade.links.count() == 6


def test_a_local_draft_names_the_own_units_and_marks_the_others(world: World, child: Plan, client: Client) -> None:
    parent = child.parent
    assert parent is not None
    draft = draft_local(parent, child.region, date(2026, 8, 19))
    assert draft.title == local_title(parent, child.region) == "朔安市贯彻落实质量强区建设2026年行动计划实施方案"
    found = {unit.written: (unit.text, unit.way) for unit in draft.units}
    assert found["市场监管局"] == ("市市场监管局", "family")
    assert found["质量强区工作领导小组各成员单位"][1] == "collective"
    # Not registered here: the usual name is proposed and marked.
    assert found["文化和旅游厅"] == ("文旅局", "proposed")
    assert {unit.written for unit in draft.unsure} == {"文化和旅游厅", "工业和信息化厅", "农业农村厅"}
    assert "（市市场监管局牵头" in draft.text()

    client.force_login(world.office)
    url = reverse("plans:draft_local", args=[parent.pk])
    assert draft.title in client.get(url, {"region": child.region.pk}).content.decode()
    data = client.get(url, {"region": child.region.pk, "export": "docx"}).content
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)
    assert draft.title in text.replace("\n", "") and "【待核】" in text
    response = client.post(url, {"region": child.region.pk})
    started = PlanImport.objects.latest("pk")
    assert response["Location"] == reverse("plans:import_review", args=[started.pk])
    assert started.draft["plan_title"] == draft.title
    assert sum(len(section["items"]) for section in started.draft["sections"]) == 3
    assert "【待核】" not in started.text

    client.force_login(world.market_officer)
    assert client.get(url).status_code == 403
