"""The pages: marking by every kind of control, blindness before handing in, consensus, closing, strangers."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from hengjian.parties.models import User
from hengjian.rulebook.parameters.score_sheets import ScoreSheets
from hengjian.scoring import marking
from hengjian.scoring.actions import CloseSheet, FinishMarks
from hengjian.scoring.answers import Answer
from hengjian.scoring.models import ScoreSheet
from tests.places import Place, queries_of
from tests.scoring.conftest import mark_all, opened


def client_of(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def test_marking_in_the_grid(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    client = client_of(experts[0])
    path = f"/scores/{sheet.pk}/mark/"
    page = client.get(path).content.decode()
    assert "高层领导的作用" in page and "方法 — 展开 — 学习 — 整合" in page
    wrong = client.post(path, {"do": "save", "4.1.2:value": "52", "4.1.3:value": "60"})
    assert wrong.status_code == 422 and "5% 一档" in wrong.content.decode()
    assert sheet.marks.count() == 1  # what fits is kept
    assert client.post(path, {"do": "save", "4.1.2:value": "60", "4.1.2:note": "证据充分"}).status_code == 302
    mark = sheet.marks.get(item="4.1.2")
    assert (mark.points, mark.answer["note"]) == (Decimal(30), "证据充分")
    unfinished = client.post(path, {"do": "finish", "4.1.2:value": "60"})
    assert unfinished.status_code == 409


def test_one_line_is_saved_as_soon_as_it_changes(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    client = client_of(experts[0])
    path = f"/scores/{sheet.pk}/mark/"
    client.post(path, {"item": "4.1.2", "4.1.2:value": "60"})
    saved = client.post(path, {"item": "4.1.3", "4.1.3:value": "70"}).content.decode()
    assert 'id="mark-sum"' in saved and "4.7.2" not in saved
    assert sheet.marks.count() == 2
    wrong = client.post(path, {"item": "4.1.3", "4.1.3:value": "71"}).content.decode()
    assert "5% 一档" in wrong


def test_assessors_do_not_see_each_other_before_handing_in(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    mark_all(sheet, experts[0], 60)
    page = client_of(experts[1]).get(f"/scores/{sheet.pk}/").content.decode()
    assert "看不到其他人的评分" in page
    assert client_of(experts[1]).get(f"/scores/{sheet.pk}/sheet.xlsx").status_code == 404
    assert "失分原因" in client_of(place.head).get(f"/scores/{sheet.pk}/").content.decode()


def test_consensus_closing_and_workbook(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    mark_all(sheet, experts[0], 60)
    mark_all(sheet, experts[1], 60, **{"4_7_2": 85})
    for expert in experts:
        FinishMarks(user=expert, sheet=sheet).execute()
    task = sheet.tasks.get()
    expert, head = client_of(experts[0]), client_of(place.head)
    path = f"/scores/{sheet.pk}/consensus/{task.pk}/"
    assert expert.post(path, {"4.7.2:value": "70", "note": ""}).status_code == 422
    assert expert.post(path, {"4.7.2:value": "71", "note": "一致"}).status_code == 422
    assert expert.post(path, {"4.7.2:value": "70", "note": "补充材料后一致"}).status_code == 302
    assert head.post(f"/scores/{sheet.pk}/", {"do": "close"}).status_code == 302
    sheet.refresh_from_db()
    assert (sheet.state, sheet.total) == (ScoreSheet.State.CLOSED, Decimal(608))
    page = head.get(f"/scores/{sheet.pk}/").content.decode()
    assert "608.00" in page and "评定 70%" in page
    data = head.get(f"/scores/{sheet.pk}/sheet.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert any("608" in str(cell) or cell == 608 for row in rows for cell in row)
    made = head.post(f"/scores/{sheet.pk}/", {"do": "revise", "reason": "录错"})
    assert made.status_code == 302 and ScoreSheet.objects.filter(version=2).exists()


@pytest.mark.parametrize("name", ["other", "county_officer", "citizen", None])
def test_strangers_see_nothing(place: Place, experts: list[User], name: str | None) -> None:
    sheet = opened(place, experts)
    client = client_of(getattr(place, name) if name else None)
    for path in ("", "mark/", "sheet.xlsx"):
        assert client.get(f"/scores/{sheet.pk}/{path}").status_code in (302, 404)
    assert client.post(f"/scores/{sheet.pk}/", {"do": "close"}).status_code in (302, 404)
    assert sheet.title not in client.get("/scores/").content.decode()


def test_recusing_from_the_page(place: Place, experts: list[User]) -> None:
    sheet = opened(place, experts)
    client = client_of(experts[0])
    assert client.post(f"/scores/{sheet.pk}/", {"do": "recuse", "reason": ""}).status_code == 422
    assert client.post(f"/scores/{sheet.pk}/", {"do": "recuse", "reason": "曾任顾问"}).status_code == 302
    assert client.get(f"/scores/{sheet.pk}/mark/").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders(place: Place, experts: list[User], language: str) -> None:
    sheet = opened(place, [experts[0]])
    for user, paths in ((place.officer, ["", f"{sheet.pk}/"]), (experts[0], ["", f"{sheet.pk}/", f"{sheet.pk}/mark/"])):
        client = client_of(user)
        client.cookies["django_language"] = language
        for path in paths:
            assert client.get(f"/scores/{path}").status_code == 200, path
    mark_all(sheet, experts[0], 60)
    FinishMarks(user=experts[0], sheet=sheet).execute()
    CloseSheet(user=place.head, sheet=sheet).execute()
    client = client_of(place.head)
    client.cookies["django_language"] = language
    text = client.get(f"/scores/{sheet.pk}/").content.decode()
    assert ("Role of senior leaders" if language == "en" else "高层领导的作用") in text


def test_list_takes_as_many_queries_for_many_rows_as_for_one(place: Place, experts: list[User]) -> None:
    client = client_of(place.officer)
    opened(place, experts)
    before = queries_of(client, "/scores/")
    for _number in range(5):
        opened(place, experts)
    assert queries_of(client, "/scores/") == before


SKIPPABLE = {"not_applicable": "full"}
OPERATORS: list[tuple[dict[str, Any], dict[str, str], dict[str, Any]]] = [
    ({"kind": "exists"}, {"a:value": "yes"}, {"value": True}),
    ({"kind": "exists"}, {"a:value": ""}, {}),
    ({"kind": "missing", "each": 1}, {"a:value": "２"}, {"value": "2"}),
    (
        {"kind": "missing", "each": 1, "elements": [{"code": "x", "title": "甲"}, {"code": "y", "title": "乙"}]},
        {"a:part:y": "1"},
        {"parts": {"y": "1"}},
    ),
    (
        {"kind": "missing", "each": 1, "elements": [{"code": "x", "title": "甲"}]},
        {"a:none": "1"},
        {"parts": {"x": "0"}},
    ),
    (
        {"kind": "events", "rules": [{"code": "x", "title": "甲", "each": -1}]},
        {"a:part:x": "3", "a:note": "三次"},
        {"parts": {"x": "3"}, "note": "三次"},
    ),
    ({"kind": "baseline", "lost": 1}, {"a:value": "94.5", "a:reference": "95"}, {"value": "94.5", "reference": "95"}),
    ({"kind": "exists"}, {"a:skip": "1", "a:value": "yes"}, {"not_applicable": True}),
]


@pytest.mark.parametrize(("operator", "typed", "answer"), OPERATORS)
def test_controls_read_back_what_they_show(
    operator: dict[str, Any], typed: dict[str, str], answer: dict[str, Any]
) -> None:
    sheet = ScoreSheets.model_validate(
        {
            "total": 5,
            "groups": [
                {
                    "code": "g",
                    "title": "组",
                    "items": [
                        {"code": "a", "title": "项", "points": 5, "operator": operator, "not_applicable": "full"}
                    ],
                }
            ],
        }
    )
    item = sheet.item("a")
    read = marking.answer_of(item, typed)
    assert read.to_dict() == answer
    shown = {one.name: one.value for one in marking.inputs_of(item, read)}
    if not read.not_applicable and not read.empty:
        again = marking.answer_of(item, {**shown, "a:note": read.note})
        assert again.to_dict() == answer
    assert marking.line(item, Answer(), None).title == "项"
