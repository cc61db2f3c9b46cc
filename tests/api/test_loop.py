"""The plan loop from the text to the closed duty, over the interface alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from hengjian.ledger.models import Fact
from hengjian.parties.models import AuditEntry
from hengjian.plans.models import Duty, Plan, PlanImport
from tests.api.conftest import Caller, World, is_problem
from tests.plans.conftest import TEXT


def ok(response, status: int = 200):  # type: ignore[no-untyped-def]
    assert response.status_code == status, response.content.decode()[:800]
    return response.json()


def start(office: Caller) -> dict:
    return ok(office.post("/imports", {"text": TEXT, "unit": "office", "region": "990000"}), 201)


SETTINGS = {"period_start": "2026-01-01", "period_end": "2026-12-31"}


def test_from_a_text_to_a_closed_duty(
    world: World, office: Caller, market: Caller, token_for: Callable[..., Caller]
) -> None:
    draft = start(office)
    assert draft["state"] == "draft" and draft["version"] == 1 and len(draft["draft"]["sections"]) == 2
    change = {"kind": "item_title", "section": 0, "item": 1, "value": "加强重点产品监管"}
    corrected = ok(office.post(f"/imports/{draft['id']}/corrections", {"version": 1, "correction": change}))
    assert corrected["version"] == 2 and corrected["corrections"][0]["value"] == "加强重点产品监管"
    is_problem(office.post(f"/imports/{draft['id']}/corrections", {"version": 1, "correction": change}), 409)
    made = ok(office.post(f"/imports/{draft['id']}/confirm", SETTINGS))
    assert (made["clauses"], made["tasks"], made["duties"], made["unresolved"]) == (5, 5, 11, [])

    plan = made["plan"]
    listed = ok(office.get("/plans", year="2026"))
    assert listed["total"] == 1 and listed["items"][0]["tasks"] == 5
    clauses = ok(office.get(f"/plans/{plan}/clauses"))
    assert [row["kind"] for row in clauses["items"]] == ["section", "item", "item", "section", "item"]
    assert "加强重点产品监管" in {row["title"] for row in clauses["items"]}
    text = ok(office.get(f"/plans/{plan}/text"))["text"]
    for row in ok(office.get(f"/plans/{plan}/measures"))["items"]:
        assert text[row["start"] : row["end"]].startswith(row["text"][:5])
    (target,) = ok(office.get(f"/plans/{plan}/targets"))["items"]
    assert (target["operator"], target["value"], target["unit_label"]) == (">=", "95", "%")

    assigned = ok(office.post(f"/plans/{plan}/assign"))
    assert assigned["assigned"] > 0 and assigned["waiting"] == []
    assert ok(office.post(f"/plans/{plan}/assign"))["assigned"] == 0

    duty = next(row for row in ok(market.get("/duties"))["items"] if row["role"] == "lead")
    assert duty["unit"] == {"key": "market", "name": "市场监管局"} and duty["state"] == "assigned"
    path = f"/duties/{duty['id']}"
    assert any(line["title"].startswith("签收") for line in ok(market.get("/workbench/todo")))
    signed = ok(market.post(f"{path}/sign"))
    assert signed["state"] == "signed" and "report" in signed["possible"] and "close" not in signed["possible"]

    incomplete = is_problem(market.post(f"{path}/report/submit", {"percent": 50}), 400, "report_incomplete")
    assert incomplete["errors"][0]["field"] == "body.result" and incomplete["errors"][0]["code"] == "result_needed"

    upload = SimpleUploadedFile("证明.txt", "已完成评估".encode())
    headers = {"Authorization": f"Bearer {market.token}"}
    file = market.client.post(f"/api/v1{path}/files", {"file": upload}, headers=headers)
    address = ok(file, 201)["address"]
    report = {
        "result": "全部完成", "percent": 100, "figure_label": "评估台数", "figure_value": "12", "figure_unit": "部",
        "evidence": [{"kind": "file", "ref": address}],
    }  # fmt: skip
    draft_report = ok(market("PUT", f"{path}/report", report))
    assert draft_report["state"] == "draft" and draft_report["version"] == 1
    is_problem(market("PUT", f"{path}/report", {**report, "version": 7}), 409)
    # A draft is the unit's own.
    assert ok(office.get(f"{path}/reports"))["total"] == 0 and ok(market.get(f"{path}/reports"))["total"] == 1
    submitted = ok(market.post(f"{path}/report/submit", {**report, "version": 1}))
    assert submitted["state"] == "submitted" and submitted["evidence"][0]["label"] == "证明.txt"
    assert ok(market.post(f"{path}/report/withdraw"))["state"] == "draft"
    ok(market.post(f"{path}/report/submit", report))
    is_problem(office.post(f"{path}/report/review", {"accept": False}), 400)
    returned = ok(office.post(f"{path}/report/review", {"accept": False, "note": "请补充数据"}))
    assert returned["state"] == "returned" and returned["review_note"] == "请补充数据"
    ok(market.post(f"{path}/report/submit", report))
    accepted = ok(office.post(f"{path}/report/review", {"accept": True}))
    assert accepted["state"] == "accepted" and accepted["fact_id"]

    closed = ok(office.post(f"{path}/close"))
    assert closed["state"] == "closed" and closed["percent"] == 100
    is_problem(office.post(f"{path}/close"), 409, "conflict")
    is_problem(office.post(f"{path}/reopen"), 400)
    assert ok(office.post(f"{path}/reopen", {"reason": "数据有误"}))["state"] == "signed"
    assert [row["verb"] for row in ok(market.get(f"{path}/steps"))["items"]][:3] == ["assign", "sign", "submit"]
    # The same facts and the same log as from the pages, with the token's name in it.
    kinds = set(Fact.objects.filter(subject=f"duty:{duty['id']}").values_list("kind", flat=True))
    assert {"plan.assigned", "plan.signed", "plan.progress", "plan.closed", "plan.reopened"} <= kinds
    entry = AuditEntry.objects.get(verb="plans.sign")
    assert entry.system == f"token:{market.token[3:11]}" and entry.user == world.market_officer

    content = market.client.get(f"/api/v1/files/{file.json()['id']}", headers=headers)
    assert b"".join(content.streaming_content).decode() == "已完成评估"


def test_extension_urge_reply_and_pause(
    office: Caller, market: Caller, duty_of: Callable[..., Duty], world: World
) -> None:
    duty = duty_of("1.1", world.market)
    path = f"/duties/{duty.pk}"
    ok(market.post(f"{path}/sign"))
    later = (max(duty.due_on, timezone.localdate()) + timedelta(days=20)).isoformat()
    Duty.objects.filter(pk=duty.pk).update(due_on=timezone.localdate() + timedelta(days=3))
    asked = {"to_due": later, "reason": "数据滞后", "progress_so_far": "已过半", "head_consents": False}
    is_problem(market.post(f"{path}/extensions", asked), 400)
    assert ok(market.post(f"{path}/extensions", {**asked, "head_consents": True}), 201)["state"] == "requested"
    is_problem(office.post(f"{path}/extensions/decide", {"grant": False}), 400)
    assert ok(office.post(f"{path}/extensions/decide", {"grant": True}))["state"] == "granted"
    assert ok(market.get(path))["due_on"] == later
    assert ok(market.get(f"{path}/extensions"))["items"][0]["to_due"] == later

    urge = ok(office.post(f"{path}/urges", {"message": "请三日内报送"}), 201)
    assert urge["level"] == 1 and not urge["automatic"]
    reply = f"{path}/urges/{urge['id']}/reply"
    assert ok(market.post(reply, {"reply": "正在汇总"}))["reply"] == "正在汇总"
    is_problem(market.post(reply, {"reply": "再次"}), 409)
    is_problem(market.post(f"{path}/urges/99999999/reply", {"reply": "x"}), 404)
    assert ok(office.get(f"{path}/urges"))["total"] == 1

    is_problem(office.post(f"{path}/suspend"), 400)
    assert ok(office.post(f"{path}/suspend", {"reason": "机构改革"}))["state"] == "suspended"
    assert ok(office.post(f"{path}/resume", {"reason": "改革完成"}))["state"] == "signed"
    assert ok(office.post(f"{path}/withdraw", {"reason": "改由他人承担"}))["state"] == "withdrawn"
    lights = ok(office.get(f"{path}/lights"))["items"]
    assert lights and {"before", "after", "rule"} <= lights[0].keys()


def test_the_office_shapes_a_task(office: Caller, assigned: Plan, world: World) -> None:
    row = ok(office.get("/tasks", plan=str(assigned.pk)))["items"][0]
    path = f"/tasks/{row['id']}"
    is_problem(office("PATCH", path, {"reason": "无内容"}), 422)
    is_problem(office("PATCH", path, {"due_on": "2026-11-30"}), 422)
    is_problem(office("PATCH", path, {"due_on": "2025-01-01", "reason": "误"}), 400)
    changed = ok(office("PATCH", path, {"due_on": "2026-11-30", "weight": "2.5", "is_key": True, "reason": "提前"}))
    assert (changed["due_on"], changed["weight"], changed["is_key"]) == ("2026-11-30", "2.50", True)
    assert {line["unit"]["key"] for line in changed["duties"]} == {"market", "tourism", "industry"}
    part = {
        "title": "上半年",
        "start_on": "2026-01-01",
        "due_on": "2026-06-30",
        "units": [{"unit": "market", "role": "lead"}],
    }
    assert len(ok(office.post(f"{path}/parts", {"parts": [part]}))["parts"]) == 1
    stones = {"milestones": [{"title": "印发方案", "due_on": "2026-03-31", "weight": "1"}]}
    assert ok(office("PUT", f"{path}/milestones", stones))["milestones"][0]["title"] == "印发方案"
    added = ok(office.post(f"{path}/units", {"unit": "farming", "role": "support"}))
    assert added["duties"][-1]["unit"]["key"] == "farming"
    is_problem(office.post(f"{path}/units", {"unit": "farming", "role": "support"}), 409)
    is_problem(office.post(f"{path}/units", {"unit": "nobody", "role": "support"}), 422)
    assert ok(office.get("/tasks", key=True, sort="-due"))["total"] == 1


def test_a_written_name_gets_its_unit(office: Caller, world: World) -> None:
    text = TEXT.replace("文化和旅游厅、", "奇闻轶事处、")
    draft = ok(office.post("/imports", {"text": text, "unit": "office", "region": "990000"}), 201)
    made = ok(office.post(f"/imports/{draft['id']}/confirm", SETTINGS))
    assert made["unresolved"] == ["奇闻轶事处"]
    waiting = ok(office.post(f"/plans/{made['plan']}/assign"))["waiting"]
    chosen = ok(office.post(f"/duties/{waiting[0]}/unit", {"unit": "tourism"}))
    assert chosen["duty"]["unit"]["key"] == "tourism"
    # The name is chosen at the confirmation instead.
    ok(office.post(f"/imports/{draft['id']}/undo", {"reason": "重来"}))
    draft = ok(office.post("/imports", {"text": text, "unit": "office", "region": "990000"}), 201)
    given = {**SETTINGS, "chosen": {"奇闻轶事处": "tourism"}, "granularity": "item", "rollup": "done"}
    assert ok(office.post(f"/imports/{draft['id']}/confirm", given))["unresolved"] == []


def test_a_file_is_imported_and_undone(office: Caller, world: World) -> None:
    def send(name: str, content: bytes):  # type: ignore[no-untyped-def]
        data = {"unit": "office", "region": "990000", "file": SimpleUploadedFile(name, content)}
        return office.client.post("/api/v1/imports/file", data, headers={"Authorization": f"Bearer {office.token}"})

    draft = ok(send("plan.txt", TEXT.encode("gb18030")), 201)
    assert draft["file_hash"].startswith("sha256:") and "消费品质量提升工程" in draft["text"]
    is_problem(send("plan.exe", b"MZ\0\0"), 400)
    is_problem(send("plan.docx", b"not a zip"), 400)
    is_problem(send("plan.txt", b""), 400)
    assert PlanImport.objects.count() == 1
    assert ok(office.get("/imports", state="draft"))["total"] == 1
    assert ok(office.post(f"/imports/{draft['id']}/undo"))["state"] == "undone"
    is_problem(office.post(f"/imports/{draft['id']}/confirm", SETTINGS), 409)
    is_problem(office.post(f"/imports/{start(office)['id']}/confirm", {}), 400)


def test_archiving(office: Caller, assigned: Plan) -> None:
    is_problem(office.post(f"/plans/{assigned.pk}/archive"), 409)
    assert ok(office.post(f"/plans/{assigned.pk}/archive", {"reason": "结转"}))["status"] == "archived"


@pytest.mark.parametrize("day", [date(2026, 3, 1)])
def test_load_and_burden(office: Caller, assigned: Plan, day: date) -> None:
    loads = ok(office.get("/load", plan=str(assigned.pk)))
    assert {load["unit"] for load in loads} == {"market", "tourism", "industry", "farming"}
    assert sum(load["total"] for load in loads) == Duty.objects.exclude(state="withdrawn").count()
    burden = ok(office.get("/burden", year=str(day.year)))
    assert (burden["year"], burden["total"], burden["rows"]) == (2026, 0, [])
