"""Who gets in, what they reach, and that nothing of another unit's leaks: every operation of the description."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hengjian.api.urls import api
from hengjian.documents.actions import store_file
from hengjian.pages.models import Notification
from hengjian.parties.models import ApiToken, Region, RoleGrant, Unit, User
from hengjian.plans.models import Duty, Extension, IssuedDocument, Plan, PlanImport, Report, Task, Urge
from tests.api.conftest import ALL, Caller, World, is_problem

SAMPLES = {
    "region_code": "990000", "code": "990000", "key": "market", "name": "plan.progress", "rule_id": "x.y",
    "fact_id": "01890000-0000-7000-8000-000000000000",
}  # fmt: skip


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path below /api/v1, description) of everything that is described."""
    paths = api.get_openapi_schema(path_prefix="/api/")["paths"]
    return [
        (method.upper(), path.removeprefix("/api/v1"), details)
        for path, methods in paths.items()
        for method, details in methods.items()
    ]


OPERATIONS = operations()
GUARDED = [row for row in OPERATIONS if {} not in row[2]["security"]]
SCOPED = [row for row in OPERATIONS if "x-required-scope" in row[2]]


def name_of(row: Any) -> str:
    return row[2]["operationId"] if isinstance(row, tuple) else ""


def filled(path: str, **given: Any) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: str(given.get(match[1], SAMPLES.get(match[1], 1))), path)


def call(caller: Caller, row: tuple[str, str, dict[str, Any]], **given: Any) -> Any:
    return caller(row[0], filled(row[1], **given), None if row[0] == "GET" else {})


def test_only_the_ledgers_public_side_needs_no_log_in() -> None:
    public = {name_of(row) for row in OPERATIONS if row not in GUARDED}
    assert public == {
        "listFactKinds", "getFactKind", "listFacts", "getFact", "getProof", "getCheckpoint", "getConsistency",
        "getRegisterSchema", "listPublicEntries", "getCaseSchema", "listNotices", "getNotice", "listLists", "getList",
        "listSnapshots", "getSnapshot", "listDraws", "getDraw", "getDrawFile", "listProgrammes", "listEditions",
        "getEdition", "listIndicators", "getIndicator", "listIndicatorValues",
        "reconcileManifest", "reconcile", "reconcileSuggestEntity", "reconcileSuggestType", "reconcileSuggestProperty",
        "reconcileProperties", "reconcilePreview", "searchEnterprises", "showEnterprise", "bulkFile", "bulkStatement",
        "getGrade", "listCreditLists", "listMemberships", "showCreditCatalogue",
        "listSurveyResults", "checkTraceCertificate",
    }  # fmt: skip
    assert len(OPERATIONS) > 70


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.parametrize("row", GUARDED, ids=name_of)
def test_without_a_valid_token_or_session_nothing_is_told(row: Any) -> None:
    answer = call(Caller(), row)
    assert is_problem(answer, 401, "unauthenticated") and answer["WWW-Authenticate"].startswith("Bearer")
    is_problem(call(Caller("hj_00000000_" + "x" * 43), row), 401, "invalid_token")


@pytest.mark.any_database
@pytest.mark.parametrize("row", SCOPED, ids=name_of)
def test_a_token_without_the_scope_is_refused(row: Any, world: World, token_for: Callable[..., Caller]) -> None:
    others = [name for name in ALL if name != row[2]["x-required-scope"]]
    is_problem(call(token_for(world.office, *others), row), 403, "forbidden")
    assert f"`{row[2]['x-required-scope']}`" in row[2]["description"]


def test_revoked_expired_and_orphaned_tokens_end_at_once(world: World, office: Caller) -> None:
    assert office.get("/plans").status_code == 200
    now = timezone.now()
    for change in ({"revoked_at": now}, {"expires_at": now - timedelta(seconds=1)}):
        kept = ApiToken.objects.values(*change).get()
        ApiToken.objects.update(**change)
        is_problem(office.get("/plans"), 401, "invalid_token")
        # A bad token is not mended by the public side or by a session.
        is_problem(office.get("/ledger/kinds"), 401, "invalid_token")
        office.client.force_login(world.office)
        is_problem(office.get("/plans"), 401, "invalid_token")
        ApiToken.objects.update(**kept)
    User.objects.filter(pk=world.office.pk).update(is_active=False)
    is_problem(office.get("/plans"), 401)


def test_a_session_works_until_it_ends_and_writes_only_with_csrf(world: World, duty_of: Callable[..., Duty]) -> None:
    duty = duty_of("1.1", world.market)
    caller = Caller(client=Client(enforce_csrf_checks=True))
    caller.client.force_login(world.market_officer, backend="django.contrib.auth.backends.ModelBackend")
    assert caller.get("/duties").status_code == 200
    is_problem(caller.post(f"/duties/{duty.pk}/sign"), 403, "csrf")
    page = caller.client.get("/api/docs").content.decode()
    token = re.search(r'data-csrf="(\w+)"', page)
    assert token
    signed = caller("POST", f"/duties/{duty.pk}/sign", {}, headers={"X-CSRFToken": token[1]})
    assert signed.status_code == 200 and signed.json()["state"] == "signed"
    caller.client.logout()
    is_problem(caller.get("/duties"), 401, "unauthenticated")


def test_the_rate_window(world: World, token_for: Callable[..., Caller]) -> None:
    caller = token_for(world.office, rate_limit=2)
    assert [caller.get("/me").status_code for _ in range(2)] == [200, 200]
    answer = caller.get("/me")
    assert "秒后" in is_problem(answer, 429, "rate_limited")["next_step"]
    assert 1 <= int(answer["Retry-After"]) <= 60


# ---- rows of another unit


@pytest.fixture
def rich(world: World, assigned: Plan, office: Caller, market: Caller) -> dict[str, Any]:
    """Market's lead duty with a report, an extension, an urge and a file; a paper on it; a draft import."""
    duty = Duty.objects.get(task__code="2.1", unit=world.market)
    path = f"/duties/{duty.pk}"
    assert market.post(f"{path}/sign").status_code == 200
    later = (max(duty.due_on, timezone.localdate()) + timedelta(days=9)).isoformat()
    Duty.objects.filter(pk=duty.pk).update(due_on=timezone.localdate() + timedelta(days=2))
    body = {"to_due": later, "reason": "a", "progress_so_far": "b", "head_consents": True}
    assert market.post(f"{path}/extensions", body).status_code == 201
    assert office.post(f"{path}/urges", {"message": "催"}).status_code == 201
    file = store_file("证据".encode(), "e.txt", subject=duty.ref, stored_by="user:1")
    report = {"percent": 10, "result": "市场监管局的秘密", "evidence": [{"kind": "file", "ref": file.address}]}
    assert market.post(f"{path}/report/submit", report).status_code == 200
    paper = IssuedDocument.objects.create(
        plan=assigned, kind="notice", number="澜质强办发〔2026〕1号", title="督办单", issued_on=timezone.localdate(),
        issued_by=world.office, file_hash="sha256:0",
    )  # fmt: skip
    paper.duties.add(duty)
    draft = office.post("/imports", {"text": assigned.text, "unit": "office", "region": "990000"})
    assert draft.status_code == 201
    return {
        "duty_id": duty.pk, "task_id": duty.task_id, "plan_id": assigned.pk, "document_id": paper.pk,
        "import_id": draft.json()["id"], "file_id": file.pk, "urge_id": Urge.objects.filter(duty=duty)[0].pk,
    }  # fmt: skip


def outsider(token_for: Callable[..., Caller], role: str = "office") -> Caller:
    """Everything that the role may do, in a unit of another region."""
    region = Region.objects.create(code="980000", name="邻省", level="provincial")
    unit = Unit.objects.create(key="neighbour", name="邻省质强办", region=region, level="provincial")
    user = User.objects.create_user(f"neighbour-{role}", unit=unit)
    for name in ("office", "officer", "unit_head", "enterprise"):
        RoleGrant.objects.create(user=user, role=name, unit=unit)
    return token_for(user)


ROWS = [
    row for row in OPERATIONS if re.search(r"\{\w+_id\}", row[1]) and not row[1].startswith(("/rulebook", "/ledger"))
]


def contents() -> list[list[dict[str, Any]]]:
    # By key: duties of two plans tie in their own ordering, and a database may answer ties either way round.
    return [list(model.objects.order_by("pk").values()) for model in (Duty, Task, Report)]


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_row_out_of_reach_does_not_exist(row: Any, rich: dict[str, Any], token_for: Callable[..., Caller]) -> None:
    before = contents()
    body = None
    if row[0] != "GET":
        body = {
            "version": 1, "correction": {"kind": "header", "field": "number", "value": "x"}, "percent": 1,
            "result": "x", "accept": True, "to_due": "2030-01-01", "reason": "x", "progress_so_far": "x",
            "head_consents": True, "grant": True, "message": "x", "reply": "x", "unit": "market", "role": "lead",
            "title": "x", "note": "x", "receiver": "office", "accepts": True, "answer": "x",
            "values": {}, "status": "open", "decision": "same",
            "period_start": "2026-01-01", "period_end": "2026-12-31", "milestones": [],
            "tasks": [rich["task_id"]], "kind": "notice",
            "parts": [{"title": "x", "start_on": "2026-01-01", "due_on": "2026-02-01",
                       "units": [{"unit": "market", "role": "lead"}]}],
        }  # fmt: skip
        schema = row[2].get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        fields = (
            api.get_openapi_schema(path_prefix="/api/")["components"]["schemas"].get(name, {}).get("properties", {})
        )
        body = {key: value for key, value in body.items() if key in fields}
    if "multipart/form-data" in row[2].get("requestBody", {}).get("content", {}):
        from django.core.files.uploadedfile import SimpleUploadedFile

        caller = outsider(token_for)
        headers = {"Authorization": f"Bearer {caller.token}"}
        data = {"file": SimpleUploadedFile("x.txt", b"x")}
        answer = caller.client.post(f"/api/v1{filled(row[1], **rich)}", data, headers=headers)
    else:
        answer = outsider(token_for)(row[0], filled(row[1], **rich), body)
    is_problem(answer, 404, "not_found")
    assert before == contents()


def test_no_list_shows_a_neighbour_anything(rich: dict[str, Any], token_for: Callable[..., Caller]) -> None:
    caller = outsider(token_for)
    for path in ("/plans", "/imports", "/tasks", "/duties", "/documents", "/workbench/notifications"):
        assert caller.get(path).json()["total"] == 0, path
    assert caller.get("/load").json() == [] and caller.get("/workbench/todo").json() == []
    assert caller.get("/burden").json()["reports"] == 0
    assert [unit["key"] for unit in caller.get("/units").json()["items"]] == ["neighbour"]
    is_problem(caller.get("/units/market"), 404)
    for kind in ("duty", "task", "plan"):
        subject = f"{kind}:{rich[f'{kind}_id']}"
        is_problem(caller.get("/ledger/facts", subject=subject, disclosure="shared"), 403)
        assert all(
            row["disclosure"] == "public" for row in caller.get("/ledger/facts", subject=subject).json()["items"]
        )


def test_a_unit_of_the_same_plan_sees_its_own_duties_only(
    rich: dict[str, Any], tourism: Caller, market: Caller
) -> None:
    duties = tourism.get("/duties").json()["items"]
    assert duties and {row["unit"]["key"] for row in duties} == {"tourism"}
    is_problem(tourism.get(f"/duties/{rich['duty_id']}"), 404)
    is_problem(tourism.get(f"/files/{rich['file_id']}"), 404)
    assert "秘密" not in tourism.get("/tasks").content.decode()
    # A task that both share: who takes part is told, how the other stands is not.
    shared = next(row for row in tourism.get("/tasks").json()["items"] if row["code"] == "1.1")
    lines = tourism.get(f"/tasks/{shared['id']}").json()["duties"]
    assert {line["unit"]["key"]: line["percent"] for line in lines} == {"market": None, "tourism": 0, "industry": None}
    assert market.get(f"/files/{rich['file_id']}").status_code == 200


def test_a_token_of_one_unit_does_not_act_for_another_of_its_issuer(
    world: World, rich: dict[str, Any], token_for: Callable[..., Caller]
) -> None:
    head = world.market_head
    RoleGrant.objects.create(user=head, role="officer", unit=world.tourism)
    RoleGrant.objects.create(user=head, role="officer", unit=world.office_unit)
    # The plan's owner unit reaches all duties of the plan, but signs for none of them.
    caller = token_for(head, unit=world.office_unit)
    waiting = Duty.objects.filter(unit=world.tourism, state="assigned")[0]
    assert caller.get(f"/duties/{waiting.pk}").json()["possible"] == []
    is_problem(caller.post(f"/duties/{waiting.pk}/sign"), 403)
    is_problem(caller.post(f"/duties/{rich['duty_id']}/urges/{rich['urge_id']}/reply", {"reply": "x"}), 403)
    assert caller.get("/workbench/todo").json() == []
    Notification.objects.create(user=head, text="另一单位的消息", key="k")
    assert caller.get("/workbench/notifications").json()["total"] == 0
    own = token_for(head, unit=world.tourism)
    assert own.post(f"/duties/{waiting.pk}/sign").json()["state"] == "signed"
    assert own.get("/me").json()["limited_to"]["key"] == "tourism"


def test_one_does_not_review_or_decide_ones_own(
    world: World, rich: dict[str, Any], token_for: Callable[..., Caller]
) -> None:
    RoleGrant.objects.create(user=world.market_officer, role="office", region=world.region)
    caller = token_for(world.market_officer, wide=True)
    is_problem(caller.post(f"/duties/{rich['duty_id']}/report/review", {"accept": True}), 409)
    is_problem(caller.post(f"/duties/{rich['duty_id']}/extensions/decide", {"grant": True}), 409)
    assert Extension.objects.get().state == "requested"


def test_nobody_imports_for_another_unit(world: World, token_for: Callable[..., Caller], plan: Plan) -> None:
    caller = outsider(token_for)
    is_problem(caller.post("/imports", {"text": plan.text, "unit": "office", "region": "990000"}), 403)
    body = {"text": plan.text, "unit": "neighbour", "region": "980000"}
    is_problem(caller.post("/imports", {**body, "revises": plan.pk}), 404)
    draft = caller.post("/imports", body).json()
    settings = {"period_start": "2026-01-01", "period_end": "2026-12-31", "parent": plan.pk}
    is_problem(caller.post(f"/imports/{draft['id']}/confirm", settings), 404)
    assert PlanImport.objects.get(pk=draft["id"]).state == "draft"


def test_schemas_have_names_of_their_own() -> None:
    """Two classes of one name would be described, and checked by callers, as one."""
    from collections import Counter
    from pathlib import Path

    import hengjian.api

    folder = Path(hengjian.api.__file__).parent
    named = Counter(
        name for file in folder.rglob("*.py") for name in re.findall(r"^class (\w+)\(", file.read_text("utf-8"), re.M)
    )
    assert [name for name, count in named.items() if count > 1] == []
