"""No body and no parameter makes the server fail: every operation of the description with made-up input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hengjian.plans.actions.work import AssignDuties
from hengjian.plans.models import Duty, Plan
from tests.api.conftest import Caller, is_problem, make_caller
from tests.api.test_access import OPERATIONS, filled, name_of
from tests.api.test_contract import SCHEMA
from tests.plans.conftest import build_plan, build_world

pytestmark = pytest.mark.django_db


class Standing(NamedTuple):
    """A caller of the office and an assigned plan."""

    office: Caller
    plan: Plan


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Standing]:
    """Made once for the hundreds of operations, in a transaction that is undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        plan = build_plan(world)
        AssignDuties(user=world.office, plan=plan).execute()
        # Hundreds of calls with one token: the limit per minute must not answer for the operations.
        yield Standing(make_caller(world.office, rate_limit=1_000_000), plan)
        transaction.set_rollback(True)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def value_for(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly of the right kind, sometimes not."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return st.one_of([value_for(part) for part in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        return body_for(schema)
    right: dict[Any, st.SearchStrategy[Any]] = {
        "integer": st.integers(-3, 100) | st.integers(),
        "number": st.decimals(-10, 1000, places=2).map(str),
        "boolean": st.booleans(),
        "null": st.none(),
        "array": st.lists(st.deferred(lambda: value_for(schema.get("items", {}))), max_size=3),
        "string": st.dates().map(str)
        if schema.get("format") == "date"
        else st.sampled_from(["market", "990000", "office"]) | st.text(max_size=30),
    }
    return st.one_of(right[kind], junk) if kind in right else junk


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    return dict(SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]])


def body_for(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: value_for(part) for name, part in resolved(schema).get("properties", {}).items()}
    required = set(resolved(schema).get("required", []))
    return st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in required},
        optional={name: fields[name] for name in fields if name not in required},
    )


@pytest.mark.parametrize("row", [row for row in OPERATIONS if "requestBody" in row[2]], ids=name_of)
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_body_makes_the_server_fail(row: Any, standing: Standing, data: st.DataObject) -> None:
    method, path, details = row
    office, assigned = standing
    content = details["requestBody"]["content"]
    duty = Duty.objects.exclude(state="withdrawn")[0]
    address = filled(path, plan_id=assigned.pk, task_id=duty.task_id, duty_id=duty.pk)
    if "application/json" in content:
        body = json.dumps(data.draw(body_for(content["application/json"]["schema"]) | junk)).encode()
    else:
        body = data.draw(st.binary(max_size=50))
    with transaction.atomic():
        answer = office(method, address, body)
        transaction.set_rollback(True)  # the next example starts from the same world
    assert answer.status_code < 500 and answer.status_code != 429, answer.content[:500]
    assert answer.status_code < 300 or is_problem(answer, answer.status_code)


@pytest.mark.parametrize("row", [row for row in OPERATIONS if row[2].get("parameters")], ids=name_of)
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_parameter_makes_the_server_fail(row: Any, standing: Standing, data: st.DataObject) -> None:
    method, path, details = row
    places: dict[str, Any] = {}
    query: dict[str, Any] = {}
    for parameter in details["parameters"]:
        if parameter["in"] == "path":
            places[parameter["name"]] = data.draw(st.integers(0, 10**20) | st.sampled_from(["1", "x", "market"]))
        elif parameter["required"] or data.draw(st.booleans()):
            query[parameter["name"]] = data.draw(value_for(parameter["schema"]))
    query = {name: value for name, value in query.items() if isinstance(value, str | int | float)}
    answer = standing.office(method, filled(path, **places), None if method == "GET" else {}, query_params=query)
    assert answer.status_code < 500 and answer.status_code != 429, answer.content[:500]
    assert answer.status_code < 300 or is_problem(answer, answer.status_code)
