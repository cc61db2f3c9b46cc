"""Passages marked by hand become tasks, mechanisms, targets and duties; items are joined and taken apart; all of it
can be taken back."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hengjian.methods.policy_text import read_passage, read_policy
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.imports import ConfirmImport, CorrectImport, CorrectPlanReading, PlanSettings, StartImport
from hengjian.plans.corrections import CorrectionError, apply_correction, without
from hengjian.plans.marking import living_items, written_out
from hengjian.plans.models import Duty, Plan, PlanImport, Task
from hengjian.plans.passage_reading import completed
from tests.plans.conftest import World

TEXT = """澜川自治区质量强区建设2026年行动计划

为做好全年工作，制定本计划。到2026年，产品质量合格率达到96%。

一、提升产品和服务质量

（一）开展质量提升行动。组织实施消费品质量提升工程。年内试点开展旅游服务质量监测评价。（市场监管局牵头，文化和旅游厅、工业和信息化厅配合）

要建立部门联席会议制度，每季度会商。6月底前编制质量状况白皮书。（市场监管局牵头，农业农村厅配合）

（二）加强重点领域监管。9月底前完成老旧电梯安全评估。建立农产品质量追溯平台。（市场监管局、农业农村厅按职责分工负责）

二、夯实质量基础

（三）加强质量工作考核。完善考核指标体系。（质量强区工作领导小组各成员单位按职责分工负责）
"""
DAY = date(2026, 3, 1)


def reading() -> dict[str, Any]:
    return read_policy(TEXT).to_dict()


def span(words: str) -> dict[str, int]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def made(draft: dict[str, Any], *corrections: dict[str, Any]) -> list[dict[str, Any]]:
    """Apply as the action does; returns the corrections as they are kept."""
    kept = []
    for correction in corrections:
        ready = completed(draft, TEXT, DAY, correction)
        apply_correction(draft, ready)
        kept.append(ready)
    return kept


def titles(draft: dict[str, Any]) -> list[str]:
    return [item["title"] for _section, _place, item in living_items(draft)]


WHITE_PAPER = "6月底前编制质量状况白皮书。（市场监管局牵头，农业农村厅配合）"
MEETING = "建立部门联席会议制度，每季度会商"


def drop(draft: dict[str, Any], words: str) -> dict[str, Any]:
    """The correction that makes the task with these words no task."""
    for section, place, item in living_items(draft):
        for index, measure in enumerate(item["measures"], 1):
            if words in measure:
                return {"kind": "measure_skip", "section": section, "item": place, "measure": index, "value": True}
    raise AssertionError(words)


def test_a_passage_is_read_with_places_in_the_whole_text() -> None:
    here = span(WHITE_PAPER)
    item = read_passage(TEXT, here["start"], here["end"], year=2026)
    assert [measure.text for measure in item.measures] == ["6月底前编制质量状况白皮书"]
    assert [(duty.role, TEXT[slice(*duty.span)]) for duty in item.duties] == [
        ("lead", "市场监管局"), ("support", "农业农村厅"),
    ]  # fmt: skip
    assert [(line.due, TEXT[slice(*line.span)]) for line in item.deadlines] == [("2026-06-30", "6月底前")]


def test_a_task_and_a_mechanism_stand_where_the_text_has_them() -> None:
    draft = reading()
    made(draft, drop(draft, "联席会议"), drop(draft, "白皮书"))
    before = titles(draft)
    made(
        draft,
        {"kind": "mark_item", **span(WHITE_PAPER), "title": "编白皮书"},
        {"kind": "mark_item", **span(MEETING), "nature": "mechanism"},
    )
    assert titles(draft) == [before[0], MEETING, "编白皮书", *before[1:]]
    new = draft["sections"][0]["items"][-2]
    assert new["sequence"] == 4 and [duty["role"] for duty in new["duties"]] == ["lead", "support"]
    assert draft["sections"][0]["items"][-1]["measure_details"] == {"1": {"nature": "mechanism"}}
    assert [item["title"] for section in written_out(draft)["sections"] for item in section["items"]] == titles(draft)


def test_what_is_a_task_already_is_not_marked_again() -> None:
    with pytest.raises(CorrectionError, match="已经在条目"):
        made(reading(), {"kind": "mark_item", **span("组织实施消费品质量提升工程。")})


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": 0, "end": 0},
        {"start": 10**9, "end": 10**12},
        {"start": -5, "end": -1},
        {"start": "x", "end": 3},
        {},
        {"start": TEXT.index("。\n\n一、"), "end": TEXT.index("。\n\n一、") + 3},
        {**span(MEETING), "section": 99},
        {**span(MEETING), "nature": "dream"},
    ],
)
def test_unusable_passages_change_nothing(wrong: dict[str, Any]) -> None:
    draft = reading()
    made(draft, drop(draft, "联席会议"))
    before = copy.deepcopy(draft)
    with pytest.raises(CorrectionError):
        made(draft, {"kind": "mark_item", **wrong})
    assert draft == before


def test_a_target_is_read_or_typed_and_only_once() -> None:
    draft = reading()
    here = span("产品质量合格率达到96%")
    made(draft, {"kind": "mark_target", **here})
    found = draft["sections"][0]["targets"]
    assert [(line["indicator"], line["operator"], line["value"], line["unit"]) for line in found] == [
        ("产品质量合格率", "=", 96, "%")
    ]
    with pytest.raises(CorrectionError, match="已经读出"):
        made(draft, {"kind": "mark_target", **here})
    typed = {"indicator": "试点数量", "value": "3", "unit_label": "个", "year": 2026, "operator": ">="}
    made(draft, {"kind": "mark_target", **span("年内试点"), "section": 0, "item": 0, **typed})
    assert draft["sections"][0]["items"][0]["targets"][-1]["indicator"] == "试点数量"
    with pytest.raises(CorrectionError, match="不是年份"):
        made(draft, {"kind": "mark_target", **span("制定本计划"), **typed, "year": 20260})
    with pytest.raises(CorrectionError, match="没有读出"):
        made(draft, {"kind": "mark_target", **span("制定本计划")})


def test_duties_and_measures_join_an_item() -> None:
    draft = reading()
    made(draft, drop(draft, "白皮书"))
    first = draft["sections"][0]["items"][0]
    count, brackets = len(first["measures"]), {duty.get("bracket") or 1 for duty in first["duties"]}
    made(draft, {"kind": "mark_measure", "section": 0, "item": 0, **span("为做好全年工作，制定本计划")})
    assert first["measures"][0] == "为做好全年工作，制定本计划" and len(first["measures"]) == count + 1
    made(
        draft,
        {"kind": "mark_duties", "section": 0, "item": 0, **span("（质量强区工作领导小组各成员单位按职责分工负责）")},
    )
    assert {duty.get("bracket") for duty in first["duties"]} == brackets | {max(brackets) + 1}
    with pytest.raises(CorrectionError, match="没有读出单位"):
        made(draft, {"kind": "mark_duties", "section": 0, "item": 0, **span("完善考核指标体系")})


def test_items_are_joined_and_taken_apart() -> None:
    draft = reading()
    items = draft["sections"][0]["items"]
    all_measures = [*items[0]["measures"], *items[1]["measures"]]
    made(draft, {"kind": "item_merge", "section": 0, "item": 0, "with": 1})
    assert items[0]["measures"] == all_measures and len(titles(draft)) == 2
    for gone in ({"kind": "item_title", "value": "x"}, {"kind": "item_merge", "with": 0}):
        with pytest.raises(CorrectionError):
            made(draft, {"section": 0, "item": 1, **gone})
    with pytest.raises(CorrectionError):
        made(draft, {"kind": "item_merge", "section": 0, "item": 0, "with": 0})
    place = next(k for k, text in enumerate(all_measures, 1) if "电梯" in text)
    made(draft, {"kind": "item_split", "section": 0, "item": 0, "measure": place})
    new = items[-1]
    assert new["measures"] == all_measures[place - 1 :] and items[0]["measures"] == all_measures[: place - 1]
    assert [duty["organisation"] for duty in new["duties"]] == ["市场监管局", "农业农村厅"]
    assert [line["due"] for line in new["deadlines"]] == ["2026-09-30"]


def step(kind: str, **places: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), "section": st.just(0), **places})


ITEM, MEASURE = st.integers(0, 4), st.integers(1, 5)
PASSAGE = {"start": st.integers(0, 330), "length": st.integers(1, 60)}
KINDS = st.lists(
    st.one_of(
        step("mark_item", **PASSAGE),
        step("mark_measure", **PASSAGE, item=ITEM),
        step("item_merge", item=ITEM, **{"with": ITEM}),
        step("item_split", item=ITEM, measure=MEASURE),
        step("measure_skip", item=ITEM, measure=MEASURE, value=st.just(True)),
        step("measure_split", item=ITEM, measure=MEASURE, at=st.just(5)),
        step("measure_merge", item=ITEM, measure=MEASURE),
        step("item_title", item=ITEM, value=st.sampled_from(["条一", "条二"])),
    ),
    max_size=7,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(KINDS, st.data())
def test_any_of_them_can_be_taken_back_or_is_refused(steps: list[dict[str, Any]], data: st.DataObject) -> None:
    parsed = reading()
    draft = copy.deepcopy(parsed)
    kept: list[dict[str, Any]] = []
    for step in steps:
        trial = copy.deepcopy(draft)
        if "length" in step:
            step["end"] = step["start"] + step.pop("length")
        try:
            kept += made(trial, step)
        except CorrectionError:
            continue
        draft = trial
    if not kept:
        return
    index = data.draw(st.integers(0, len(kept) - 1))
    try:
        changed, left = without(parsed, kept, index)
    except CorrectionError:
        assert index < len(kept) - 1
        return
    again = copy.deepcopy(parsed)
    for correction in left:
        apply_correction(again, correction)
    assert again == changed and len(left) == len(kept) - 1
    assert written_out(changed)["sections"]


# ---- pages


@pytest.fixture
def office(world: World, settings: Any, tmp_path: Any) -> Client:
    settings.MEDIA_ROOT = tmp_path
    client = Client()
    client.force_login(world.office, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def draft(world: World) -> PlanImport:
    return StartImport(user=world.office, unit=world.office_unit, region=world.region, data=TEXT).execute()


def free(world: World, draft: PlanImport) -> None:
    """The reader made tasks of the sentences that the tests mark."""
    for words in ("联席会议", "白皮书"):
        draft.refresh_from_db()
        CorrectImport(
            user=world.office, draft=draft, version=draft.version, correction=drop(draft.draft, words)
        ).execute()


def send(client: Client, draft: PlanImport, words: str, kind: str, **more: Any) -> Any:
    draft.refresh_from_db()
    here = span(words)
    data = {"piece": f"{here['start']}-{here['end']}", "kind": kind, "version": draft.version, **more}
    return client.post(reverse("plans:import_mark", args=[draft.pk]), data)


def test_sentences_are_ticked_and_the_plan_follows(world: World, office: Client, draft: PlanImport) -> None:
    free(world, draft)
    address = reverse("plans:import_mark", args=[draft.pk])
    here = span(WHITE_PAPER)
    page = office.get(address, {"start": here["start"], "end": here["end"]})
    ticked = [piece for piece in page.context["pieces"] if piece.chosen]
    assert (ticked[0].start, ticked[-1].end) == (here["start"], here["end"])
    answer = send(office, draft, WHITE_PAPER, "task", title="编制白皮书")
    assert answer.status_code == 302 and answer["Location"].endswith("#i-0-2")
    assert send(office, draft, MEETING, "mechanism").status_code == 302
    assert send(office, draft, "产品质量合格率达到96%", "target").status_code == 302
    review = office.get(reverse("plans:import_review", args=[draft.pk])).content.decode()
    assert "人工标注" in review and "标为机制" in review and 'id="i-0-2"' in review
    draft.refresh_from_db()
    settings = PlanSettings(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
    plan = ConfirmImport(user=world.office, draft=draft, settings=settings).execute().plan
    task = plan.tasks.get(title="编制白皮书")
    assert task.due_on == date(2026, 6, 30)
    assert {(duty.role, duty.unit) for duty in task.duties.all()} == {
        ("lead", world.market),
        ("support", world.farming),
    }
    assert plan.tasks.get(nature=Task.Nature.MECHANISM).title.startswith("建立部门联席会议制度")
    assert plan.targets.filter(indicator="产品质量合格率").exists()
    for suffix in ("xml", "csv", "xlsx"):
        assert office.get(reverse("plans:plan_export", args=[plan.pk, suffix])).status_code == 200


def test_marking_goes_on_after_the_plan_was_made(world: World, office: Client, draft: PlanImport) -> None:
    free(world, draft)
    draft.refresh_from_db()
    settings = PlanSettings(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
    plan = ConfirmImport(user=world.office, draft=draft, settings=settings).execute().plan
    kept = set(Duty.objects.filter(task__plan=plan).values_list("pk", flat=True))
    answer = office.post(reverse("plans:plan", args=[plan.pk]), {"do": "reread"})
    again = PlanImport.objects.get(revises=plan)
    assert answer["Location"] == reverse("plans:import_review", args=[again.pk])
    assert CorrectPlanReading(user=world.office, plan=plan).execute() == again, "one draft, not two"
    assert len(again.corrections) == 2
    assert send(office, again, WHITE_PAPER, "task").status_code == 302
    again.refresh_from_db()
    ConfirmImport(user=world.office, draft=again, settings=PlanSettings()).execute()
    assert kept < set(Duty.objects.filter(task__plan=plan).values_list("pk", flat=True))
    with pytest.raises(ActionRefused):
        Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.ARCHIVED)
        CorrectPlanReading(user=world.office, plan=plan).execute()


def test_mistakes_come_back_on_the_form_with_what_was_typed(world: World, office: Client, draft: PlanImport) -> None:
    for fields, words in (
        ({"kind": "measure"}, "请选择这段文字属于哪个条目"),
        ({"kind": "target", "indicator": "数量"}, "一起填写"),
        ({"kind": "task"}, "已经在条目"),
        ({"kind": "nothing"}, ""),
    ):
        answer = send(office, draft, "组织实施消费品质量提升工程", title="我的任务", **fields)
        assert answer.status_code == 422 and words in answer.content.decode()
        assert "我的任务" in answer.content.decode()
    # Somebody else corrected the draft meanwhile.
    here = span("制定本计划")
    data = {"piece": f"{here['start']}-{here['end']}", "kind": "task", "version": draft.version + 1}
    answer = office.post(reverse("plans:import_mark", args=[draft.pk]), data)
    assert answer.status_code == 422 and "刚刚被改动过" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.corrections == []


@pytest.mark.parametrize(
    "query",
    [
        "start=9&end=2",
        "start=x",
        f"start={'9' * 5000}&end=1",
        "from=5&to=99999999999",
        "piece=1-0",
        "piece=٣-٤",
        "fine=1",
    ],
)
def test_any_address_of_the_page_opens(office: Client, draft: PlanImport, query: str) -> None:
    assert office.get(f"{reverse('plans:import_mark', args=[draft.pk])}?{query}").status_code == 200


def test_others_do_not_mark(world: World, draft: PlanImport) -> None:
    for user in (world.market_officer, world.market_head, world.citizen):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse("plans:import_mark", args=[draft.pk])).status_code == 404
        assert send(client, draft, "制定本计划", "task").status_code == 404
