"""The pages: what each role sees of a round at every step, and that nobody sees more."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hengjian.assessment.actions.publishing import DraftPublication, IssueCircular, PublishRound
from hengjian.assessment.actions.results import ApproveResults, ComputeResults
from hengjian.assessment.actions.site import DrawSites, PrepareSites
from hengjian.assessment.models import Entry, Evidence, EvidenceUse, Mark, Order, Round, Scheme, Visit
from hengjian.assessment.ranking import weight_of
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.parties.models import User
from hengjian.rulebook.parameters.score_operators import Ratio
from tests.assessment.conftest import (
    REPORT,
    World,
    advance,
    approved_scheme,
    file_targets,
    opened,
    owner,
    score_departments,
    score_self,
    to_approved,
    to_panel,
)
from tests.places import queries_of


def client_of(user: User | None, language: str = "zh-hans") -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    client.cookies["django_language"] = language
    return client


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def published(world: World) -> Round:
    row = to_approved(world, opened(world))
    DraftPublication(user=world.office, round=row).execute()
    PublishRound(user=world.office2, round=row).execute()
    return row


def rectifying(world: World) -> Round:
    row = published(world)
    IssueCircular(user=world.office, round=row, agency="澜质强办通").execute()
    return row


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens(world: World, language: str) -> None:
    row = rectifying(world)
    entry = row.entries.last()
    order = Order.objects.first()
    scheme = row.scheme
    assert entry is not None and order is not None
    client = client_of(world.office, language)
    base = f"/assessment/rounds/{row.pk}/"
    for path in (
        "/assessment/", "/assessment/schemes/", "/assessment/schemes/new/", f"/assessment/schemes/{scheme.pk}/",
        "/assessment/rounds/new/", base, f"{base}score/", f"{base}site/", f"{base}panel/", f"{base}results/",
        f"{base}analysis/", f"{base}orders/", f"/assessment/objects/{entry.pk}/",
        f"/assessment/objects/{entry.pk}/place/",
        f"/assessment/objects/{entry.pk}/targets/", f"/assessment/objects/{entry.pk}/self/",
        f"/assessment/objects/{entry.pk}/evidence/m2/", f"/assessment/orders/{order.pk}/", "/assessment/midterm/",
        "/assessment/public/", f"/assessment/public/{row.pk}/",
    ):  # fmt: skip
        text(client, path)
    for path in ("results.xlsx", "appraisal.xlsx", "notice.docx", "circular.docx"):
        assert client.get(base + path).content[:2] == b"PK", path
    assert client.get(f"/assessment/objects/{entry.pk}/card.docx").content[:2] == b"PK"
    assert client.get(f"/assessment/orders/{order.pk}/order.docx").content[:2] == b"PK"
    assert ("To the next grade" if language == "en" else "名次区间") in text(client, f"{base}results/")


def test_before_publication_a_city_sees_its_own_self_score_only(world: World) -> None:
    row = to_panel(world, opened(world))
    mine, other = list(row.entries.all())[:2]
    client = client_of(owner(world, mine))
    page = text(client, f"/assessment/rounds/{row.pk}/")
    assert mine.name in page and other.name not in page
    own = text(client, f"/assessment/objects/{mine.pk}/")
    assert "核对材料后评定" not in own  # what the departments wrote
    assert client.get(f"/assessment/objects/{other.pk}/").status_code == 404
    for path in ("results/", "panel/", "site/", "analysis/", "score/", "results.xlsx", "circular.docx"):
        assert client.get(f"/assessment/rounds/{row.pk}/{path}").status_code == 404, path
    for entry in (mine, other):
        assert client.get(f"/assessment/objects/{entry.pk}/place/").status_code == 404


def test_the_interval_of_a_place_shows_what_varies(world: World) -> None:
    row = to_panel(world, opened(world))
    entry = row.entries.all()[1]
    marks = Mark.objects.filter(entry=entry, current=True, stage=Mark.Stage.DEPARTMENT)
    mark = next(one for one in marks if isinstance(row.content.sheet.item(one.item).operator, Ratio))
    item, value = row.content.sheet.item(mark.item), Decimal(mark.answer["value"])
    Mark.objects.filter(pk=mark.pk).update(
        source={"value": mark.answer["value"], "text": f"{value}%", "low": str(value - 2), "high": str(value + 2)}
    )
    ComputeResults(user=world.office, round=row).execute()
    page = text(client_of(world.office), f"/assessment/objects/{entry.pk}/place/")
    # Four units of value are 4/95 of the points where points go by the ratio; 3.92 standard errors span 95 %.
    assert isinstance(item.operator, Ratio) and weight_of(row, item) == item.points
    assert f"{float(item.points) * 4 / 95 / 3.92:.2f}" in page and f"{value - 2}—{value + 2}" in page
    shares = [
        float(share)
        for share in re.findall(r">([0-9.]+)%</td>", page.partition("占重算次数")[2].partition("</table>")[0])
    ]
    assert abs(sum(shares) - 100) < 0.3


def test_after_publication_ranks_are_open_but_not_the_marks_of_others(world: World) -> None:
    row = published(world)
    mine, other = list(row.entries.all())[:2]
    client = client_of(owner(world, mine))
    page = text(client, f"/assessment/rounds/{row.pk}/results/")
    assert mine.name in page and other.name in page
    assert "核对材料后评定" in text(client, f"/assessment/objects/{mine.pk}/")
    assert "名次区间怎样得出" in text(client, f"/assessment/objects/{mine.pk}/place/")
    assert client.get(f"/assessment/objects/{other.pk}/place/").status_code == 404
    assert client.get(f"/assessment/objects/{other.pk}/").status_code == 404
    assert client.get(f"/assessment/objects/{other.pk}/card.docx").status_code == 404
    assert client.get(f"/assessment/rounds/{row.pk}/analysis/").status_code == 404


@pytest.mark.parametrize("who", ["citizen", "enterprise", None])
def test_outsiders_see_the_published_result_only(world: World, who: str | None) -> None:
    row = to_panel(world, opened(world))
    user = getattr(world, who) if who else None
    client = client_of(user)
    paths = [f"/assessment/rounds/{row.pk}/", f"/assessment/objects/{row.entries.first().pk}/"]  # type: ignore[union-attr]
    for path in [*paths, "/assessment/schemes/new/"]:
        assert client.get(path).status_code in (302, 403, 404), path
    assert row.title not in text(client, "/assessment/public/")
    assert client.get(f"/assessment/public/{row.pk}/").status_code == 404
    row.refresh_from_db()
    ComputeResults(user=world.office, round=row).execute()
    ApproveResults(user=world.office2, round=row, paper="批示").execute()
    DraftPublication(user=world.office, round=row).execute()
    PublishRound(user=world.office2, round=row).execute()
    assert row.title in text(client, "/assessment/public/")
    page = text(client, f"/assessment/public/{row.pk}/")
    assert "望澜市" in page and "核对材料后评定" not in page and "设定" in page


def test_a_department_sees_its_items_of_all_objects_and_nothing_else(world: World) -> None:
    row = opened(world)
    file_targets(world, row)
    advance(world, row)
    score_self(world, row)
    advance(world, row)
    client = client_of(world.scorers["agriculture_rural"])
    path = f"/assessment/rounds/{row.pk}/score/"
    page = text(client, path)
    assert all(entry.name in page for entry in row.entries.all()) and "主要农产品" in page and "制造业产品" not in page
    assert client.get(f"{path}?item=t1").status_code == 404
    first, second, _third = row.entries.all()
    assert client.get(f"/assessment/objects/{first.pk}/").status_code == 404
    line = {f"e{first.pk}-there": "1", f"e{first.pk}-t2:value": "90.25", f"e{first.pk}-t2:reference": "95"}
    refused = client.post(path, {"item": "t2", "entry": first.pk, **line}).content.decode()
    assert "写明扣分原因" in refused and "90.25" in refused  # nothing typed is lost
    saved = client.post(path, {"item": "t2", "entry": first.pk, **line, f"e{first.pk}-t2:note": "样品不足"})
    assert "14.25" in saved.content.decode()
    assert Mark.objects.get(entry=first, item="t2", stage="department").points == Decimal("14.25")
    rest = {f"e{entry.pk}-{name}": value for entry in row.entries.all() for name, value in (
        ("there", "1"), ("t2:value", "95"), ("t2:reference", "95"), ("t2:note", "样品齐全"))}  # fmt: skip
    assert client.post(path, {"item": "t2", "do": "save", **rest}).status_code == 302
    assert client.post(path, {"item": "t2", "do": "finish"}).status_code == 302
    assert row.responsibilities.get(item="t2").finished_at is not None
    assert client.post(path, {"item": "t2", "entry": second.pk, f"e{second.pk}-there": "1",
                              f"e{second.pk}-t2:value": "10"}).status_code in (200, 422)  # fmt: skip
    assert Mark.objects.get(entry=second, item="t2", stage="department", current=True).points == Decimal(15)


def test_self_evaluation_on_the_page_with_reasons_and_evidence(world: World) -> None:
    row = opened(world)
    file_targets(world, row)
    advance(world, row)
    entry = row.entries.first()
    assert entry is not None
    client = client_of(owner(world, entry))
    path = f"/assessment/objects/{entry.pk}/self/"
    assert "采用已有佐证" in text(client, path)
    prefix = f"e{entry.pk}-"
    saved = client.post(path, {"item": "m2", f"{prefix}m2:value": "fair"}).content.decode()
    assert 'id="self-sum"' in saved and "2.1" in saved
    evidence = f"/assessment/objects/{entry.pk}/evidence/m2/"
    pdf = SimpleUploadedFile("方案.pdf", b"%PDF-1.4 plan")
    assert client.post(evidence, {"do": "file", "upload": pdf}).status_code == 302
    bad = SimpleUploadedFile("方案.exe", b"MZ")
    assert client.post(evidence, {"do": "file", "upload": bad}).status_code == 422
    kept = Evidence.objects.get()
    again = client.post(f"/assessment/objects/{entry.pk}/evidence/m3/", {"do": "reuse", "evidence": kept.pk})
    assert again.status_code == 302
    assert "1 份次" in text(client, path)  # one file serves two items
    fact = next(iter(_offered(world, entry, "m4")), None)
    assert fact is not None
    assert client.post(f"/assessment/objects/{entry.pk}/evidence/m4/", {"do": "fact", "fact": fact}).status_code == 302
    assert EvidenceUse.objects.filter(entry=entry).count() == 3
    unfinished = client.post(path, {"do": "submit", "report": REPORT, f"{prefix}m2:value": "fair"})
    assert unfinished.status_code == 422 and "没有自评" in unfinished.content.decode()


def _offered(world: World, entry: Entry, item: str) -> list[str]:
    from hengjian.ledger.actions import append
    from hengjian.ledger.drafts import FactDraft, Source

    payload: dict[str, Any] = {
        "register_code": "famous_brand",
        "key": "1",
        "version": 1,
        "title": "望澜葡萄",
        "status": "valid",
    }

    draft = FactDraft(
        kind="famous_brand.entered",
        subject="entry:famous_brand:1",
        payload={**payload, "values": {}},
        region=entry.region.code,
        occurred_on=entry.round.period_start,
        source=Source(unit=entry.unit.ref),
    )
    append(draft)
    from hengjian.assessment.offers import offered_facts

    return [one.fact for one in offered_facts(entry, item)]


def test_objects_are_drawn_reproducibly_and_visited(world: World) -> None:
    row = opened(world)
    file_targets(world, row)
    advance(world, row)
    score_self(world, row)
    advance(world, row)
    score_departments(world, row)
    PrepareSites(user=world.office, round=row, team=world.panel).execute()
    advance(world, row)
    client = client_of(world.office)
    path = f"/assessment/rounds/{row.pk}/site/"
    assert "等待台账签署" in text(client, path)
    sign_checkpoint()
    assert client.post(path, {"do": "draw"}).status_code == 302
    visits = list(Visit.objects.all())
    assert len(visits) == 2 and all(len(visit.items) == 5 for visit in visits)
    visit = visits[0]
    expert = client_of(world.panel[0])
    page = f"/assessment/objects/{visit.entry_id}/visit/"
    assert expert.post(page, {"do": "finish", "account": "两天核查", "visited_on": "2026-04-02"}).status_code == 422
    for code in visit.items:
        data = {"do": "finding", "item": code, "agrees": "no", "text": "现场台账与申报不一致"}
        photo = SimpleUploadedFile("现场.png", b"\x89PNG\r\n\x1a\n1234")
        assert expert.post(page, {**data, "upload": photo}).status_code == 302
    assert expert.post(page, {"do": "finish", "account": "两天核查", "visited_on": "2026-04-02"}).status_code == 302
    assert client_of(owner(world, visit.entry)).get(page).status_code == 404
    assert "不相符" in text(client, path)
    with pytest.raises(Exception, match="已经抽取"):
        DrawSites(user=world.office, round=row).execute()


def test_the_tree_is_edited_with_examples(world: World) -> None:
    approved_scheme(world)
    client = client_of(world.office)
    made = client.post("/assessment/schemes/new/", {"source": "taizhou", "title": "县级考核方案"})
    scheme = Scheme.objects.get(title="县级考核方案")
    assert made.status_code == 302
    base = f"/assessment/schemes/{scheme.pk}/"
    tried = client.post(f"{base}items/a1/", {
        "do": "try", "kind": "tiers", "title": "组织领导", "points": "8", "part": "basic", "not_applicable": "refused",
        "op-tiers": "健全 | 1\n一般 | 0.5\n没有 | 0"}).content.decode()  # fmt: skip
    assert "一般" in tried and ">4<" in tried
    saved = client.post(f"{base}items/a1/", {
        "do": "save", "kind": "brackets", "title": "经费投入", "points": "10", "part": "basic",
        "not_applicable": "refused", "op-brackets": "100000 | | 10\n50000 | 100000 | 5", "op-otherwise": "0",
        "lead": "finance", "target": "1"})  # fmt: skip
    assert saved.status_code == 302, saved.content.decode()[:2000]
    scheme = Scheme.objects.get(pk=scheme.pk)
    item = scheme.content.sheet.item("a1")
    assert (item.operator.kind, scheme.content.sheet.total) == ("brackets", Decimal(102))
    assert scheme.content.lead("a1") == "finance" and "a1" in scheme.content.scheme.targets
    wrong = client.post(f"{base}items/a1/", {"do": "save", "kind": "tiers", "title": "x", "points": "8",
                                             "part": "basic", "not_applicable": "refused"})  # fmt: skip
    assert wrong.status_code == 422
    assert client.post(base, {"do": "add_group", "title": "质量文化"}).status_code == 302
    assert client.post(base, {"do": "down", "code": "a1"}).status_code == 302
    assert client.post(base, {"do": "remove", "code": "a2"}).status_code == 302
    scheme = Scheme.objects.get(pk=scheme.pk)
    assert "质量文化" in [group.title for group in scheme.content.sheet.groups]
    text(client, f"{base}edit/")
    assert client.post(f"{base}edit/", {
        "title": "县级方案", "start_month": "7", "approver": "市人民政府", "share": "50", "least": "1", "items": "3",
        "bottom": "2", "low": "60", "noise": "10", "month-self": "7", "day-self": "15", "year-self": "1"}
    ).status_code == 302  # fmt: skip
    scheme = Scheme.objects.get(pk=scheme.pk)
    assert (scheme.content.scheme.start_month, scheme.content.scheme.bottom) == (7, 2)
    assert client.post(base, {"do": "submit"}).status_code == 302
    assert client.get(f"{base}items/a1/").status_code == 404  # no longer a draft
    assert client_of(world.office2).post(base, {"do": "approve"}).status_code == 302
    assert Scheme.objects.get(pk=scheme.pk).state == "approved"


def test_the_circular_names_grades_and_marks(world: World) -> None:
    row = rectifying(world)
    data = client_of(world.office).get(f"/assessment/rounds/{row.pk}/circular.docx").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        words = archive.read("word/document.xml").decode()
    assert "望澜市" in words and "由组织单位设定" in words and "整改" in words


def test_lists_take_as_many_queries_for_many_rows_as_for_one(world: World) -> None:
    scheme = approved_scheme(world)
    opened(world, scheme=scheme)
    client = client_of(world.viewer)
    before = queries_of(client, "/assessment/")
    for year in (2024, 2025):
        opened(world, scheme=scheme, title=f"{year}年度考核", year=year)
    assert queries_of(client, "/assessment/") == before
    grid = opened(world, scheme=scheme, title="评分", year=2023)
    path = f"/assessment/rounds/{grid.pk}/"
    assert queries_of(client, path) < 60
