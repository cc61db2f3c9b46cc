"""The description is valid OpenAPI 3.1, answers keep to it, and no input makes the server fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from hengjian.api.urls import api
from hengjian.pages.filters import ChoiceFilter
from hengjian.plans.models import Duty, Plan
from hengjian.plans.views.ledger import LEDGER
from tests.api.conftest import Caller, World, is_problem
from tests.api.test_access import OPERATIONS, filled

SCHEMA: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/")))


def test_the_description_is_valid_and_complete() -> None:
    assert SCHEMA["openapi"] == "3.1.0" and Client().get("/api/openapi.json").json() == SCHEMA
    assert list(OpenAPIV31SpecValidator(SCHEMA).iter_errors()) == []
    names = [details["operationId"] for _method, _path, details in OPERATIONS]
    assert len(names) == len(set(names))
    known = {tag["name"] for tag in SCHEMA["tags"]}
    for _method, _path, details in OPERATIONS:
        assert details["summary"] and len(details["tags"]) == 1 and set(details["tags"]) <= known
        problems = {code: answer for code, answer in details["responses"].items() if code >= "400"}
        assert {"401", "429"} <= problems.keys()
        assert all("application/problem+json" in answer["content"] for answer in problems.values())


def test_the_ledgers_filters_and_columns_are_all_there() -> None:
    given = {row["name"]: row for row in SCHEMA["paths"]["/api/v1/tasks"]["get"]["parameters"]}
    assert {name for item in LEDGER.filters for name in item.parameters} | {"sort", "limit", "offset"} == given.keys()
    (due,) = [item for item in LEDGER.filters if item.key == "due"]
    assert isinstance(due, ChoiceFilter) and not callable(due.choices)
    assert given["due"]["schema"]["anyOf"][0]["enum"] == [value for value, _label in due.choices]
    row = SCHEMA["components"]["schemas"]["TaskRow"]["properties"]
    assert {column.key for column in LEDGER.columns} <= row.keys()


def check(answer: Any, method: str, path: str) -> None:
    """The answer is one that the description knows."""
    responses = SCHEMA["paths"][f"/api/v1{path}"][method.lower()]["responses"]
    assert str(answer.status_code) in responses, (answer.status_code, answer.content[:300])
    for media, content in responses[str(answer.status_code)].get("content", {}).items():
        assert answer["Content-Type"].partition(";")[0] == media
        schema = {**content["schema"], "components": SCHEMA["components"]}
        errors = list(Draft202012Validator(schema).iter_errors(answer.json()))
        assert errors == [], errors[0].message


def test_answers_keep_to_the_description(office: Caller, assigned: Plan) -> None:
    duty = Duty.objects.exclude(state="withdrawn")[0]
    ids = {"plan_id": assigned.pk, "task_id": duty.task_id, "duty_id": duty.pk}
    query = {
        "/rulebook/at": {"family": "traffic_lights", "region": "990000", "on": "2026-05-01"},
        "/units/resolve": {"name": "市场监管局", "region": "990000"},
        "/ledger/facts": {"subject": assigned.ref},
        "/ledger/consistency": {"first": 0},
    }
    seen = 0
    for method, path, _details in OPERATIONS:
        if method == "GET" and path != "/files/{file_id}":
            answer = office.get(filled(path, **ids), **query.get(path, {}))
            check(answer, method, path)
            seen += answer.status_code == 200
    assert seen >= 33


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"\xff\xfe", 400, "bad_json"),
        (b'{"reason": NaN}', 400, "bad_json"),
        (b'{"reason": "\\u0000"}', 400, "bad_json"),
        (b'{"reason": "\\ud800"}', 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b'{"reason": ' + b"9" * 10_000 + b"}", 400, "bad_json"),
        (b"[]", 422, "validation"),
        (b'"x"', 422, "validation"),
        (b"", 422, "validation"),
        (b'{"reason": 5}', 422, "validation"),
        (b'{"reasons": "x"}', 422, "validation"),
        (b'{"reason": "' + b"x" * 5000 + b'"}', 422, "validation"),
    ],
)
def test_bad_bodies(office: Caller, assigned: Plan, body: bytes, status: int, code: str) -> None:
    duty = Duty.objects.exclude(state="withdrawn")[0]
    is_problem(office("POST", f"/duties/{duty.pk}/suspend", body), status, code)


def test_a_huge_body_is_refused_before_it_is_read(office: Caller, world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    body = b'{"text": "' + b"x" * (1024 * 1024 + 70_000) + b'"}'
    assert "1 MB" in is_problem(office("POST", "/policy/parse", body), 413, "too_large")["detail"]
    # Just over the limit, within what the framing of a form may add.
    is_problem(office("POST", "/policy/parse", b'{"text": "' + b"x" * (1024 * 1024) + b'"}'), 413, "too_large")


def test_wrong_inputs_are_told_all_at_once_in_the_callers_language(office: Caller, world: World) -> None:
    answer = is_problem(office.post("/imports", {"unit": 5, "surplus": 1}), 422)
    assert {error["field"]: error["code"] for error in answer["errors"]} == {
        "body.text": "missing", "body.unit": "string_type", "body.region": "missing",
        "body.surplus": "extra_forbidden",
    }  # fmt: skip
    office.language = "en"
    answer = is_problem(office.post("/imports", {"unit": 5}), 422)
    assert answer["title"] == "Input not valid" and answer["errors"][0]["message"] == "This field is missing."
    wrong = office.get("/tasks", limit=500, light="violet", plan="99999")
    assert {error["field"] for error in is_problem(wrong, 422)["errors"]} == {"query.limit", "query.light.0"}
    assert is_problem(office.get("/tasks", plan="99999"), 422)["errors"][0]["field"] == "query.plan"


def test_characters_that_no_database_stores(office: Caller) -> None:
    for path in ("/tasks?q=%00", "/units/a%00b", "/ledger/kinds/%00"):
        is_problem(office("GET", path), 400, "invalid")


def test_unknown_addresses_and_methods(office: Caller) -> None:
    is_problem(office.get("/nothing"), 404, "not_found")
    is_problem(office("DELETE", "/plans"), 405, "method_not_allowed")
    assert office("DELETE", "/plans")["Allow"] == "GET"
    is_problem(office.client.get("/api/x"), 404, "not_found")


def test_windows_of_a_list(office: Caller, assigned: Plan) -> None:
    everything = office.get("/tasks").json()
    assert everything["total"] == 5 == len(everything["items"])
    parts = [office.get("/tasks", limit=2, offset=offset).json()["items"] for offset in (0, 2, 4, 6)]
    assert [row["id"] for part in parts for row in part] == [row["id"] for row in everything["items"]]
    assert office.get("/tasks", q="电梯").json()["total"] == 1
    assert office.get("/tasks", due="late", status="closed").json()["total"] == 0
    late = office.get("/duties", overdue=True, state=["assigned", "signed"]).json()["items"]
    assert all(row["state"] == "assigned" for row in late)
