"""Registers through the interface."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from jsonschema import Draft202012Validator

from hengjian.documents.sheets import write_xlsx
from hengjian.parties.models import User
from hengjian.registers.declarations import RegisterType
from tests.registers.conftest import World
from tests.registers.test_pages import PHONE, VALUES, create, signed_in

ROOT = "/api/v1/registers"


def call(user: User | None, method: str, path: str, body: Any = None) -> Any:
    client = signed_in(user) if user is not None else Client()
    data = json.dumps(body) if body is not None else ""
    return client.generic(method, ROOT + path, data, content_type="application/json")


def test_the_life_of_an_entry(world: World, lab: RegisterType) -> None:
    me = world.county_officer
    body = {"key": "AB0001", "values": VALUES, "on": "2026-03-01"}
    answer = call(me, "POST", "/test_lab/entries", body)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["values"]["phone"] == "199****1234" and PHONE not in answer.content.decode()
    assert made["values"]["next_check"] == "2020-03-16"
    path = f"/test_lab/entries/{made['id']}"
    assert call(me, "PATCH", path, {"values": {"staff": 13}, "reason": "增员"}).json()["version"] == 2
    assert call(me, "PATCH", path, {"values": {"staff": 13}, "reason": "增员"}).status_code == 400
    assert call(me, "POST", f"{path}/recurrences/check", {"on": "2026-11-02"}).json()["values"]["next_check"]
    assert call(me, "POST", f"{path}/status", {"status": "revoked"}).status_code == 400
    answer = call(me, "POST", f"{path}/status", {"status": "revoked", "reason": "弄虚作假"})
    assert (answer.json()["status"], answer.json()["light"]) == ("revoked", "red")
    rows = call(me, "GET", f"{path}/versions").json()
    # The inspection of 2 November lies before the change of today, into which it is carried.
    assert [row["verb"] for row in rows] == ["entered", "changed", "changed", "carried", "status"]
    assert "phone" not in rows[0]["data"] and rows[-1]["data"]["staff"] == 13
    assert call(me, "GET", f"{path}/as-of?on=2026-03-01").json()["number"] == 1
    assert call(me, "GET", f"{path}/as-of?on=2025-03-01").status_code == 404
    assert call(me, "GET", "/test_lab/entries?where=kind:food&status=revoked&region=990100").json()["total"] == 1
    assert call(me, "GET", "/test_lab/entries?where=kind:toy").json()["total"] == 0
    for wrong in ("where=staff:1", "where=kind:wine", "region=1", "sort=nothing", "validity=x", "unit=nobody"):
        assert call(me, "GET", f"/test_lab/entries?{wrong}").status_code == 422, wrong
    for user in (world.other_officer, world.tourism_officer, world.enterprise):
        assert call(user, "GET", path).status_code == 404
        assert call(user, "GET", "/test_lab/entries").json()["total"] == 0
        assert call(user, "PATCH", path, {"values": {}, "reason": "x"}).status_code in (403, 404)
    assert call(world.citizen, "GET", path).status_code == 403
    assert call(None, "GET", path).status_code == 401


def test_wrong_fields_are_told_one_by_one(world: World, lab: RegisterType) -> None:
    body = {"key": "1", "values": {"kind": "wine", "staff": "0", "nothing": 1}, "valid_to": "2026-01-01"}
    answer = call(world.county_officer, "POST", "/test_lab/entries", body)
    assert answer.status_code == 422
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {
        "body.key", "body.values.name", "body.values.kind", "body.values.staff", "body.values.nothing",
    }  # fmt: skip


def test_open_data_needs_no_log_in(world: World, lab: RegisterType) -> None:
    create(world)
    answer = call(None, "GET", "/test_lab/public")
    (row,) = answer.json()["items"]
    assert (row["key"], row["head"], row["phone"]) == ("AB0001", "温**", "199****1234")
    assert "note" not in row and "staff" not in row


def test_the_schema_describes_the_values(world: World, lab: RegisterType) -> None:
    schema = call(None, "GET", "/test_lab/schema").json()
    Draft202012Validator.check_schema(schema)
    entry = create(world)
    values = call(world.county_officer, "GET", f"/test_lab/entries/{entry.pk}").json()["values"]
    Draft202012Validator(schema).validate(values)


@pytest.mark.parametrize("name", ["表.xlsx"])
def test_a_sheet_through_the_interface(world: World, lab: RegisterType, name: str) -> None:
    client = signed_in(world.county_officer)
    data = write_xlsx(["证书编号", "机构名称"], [["AB0001", "甲"], ["坏", "乙"]])
    answer = client.post(f"{ROOT}/test_lab/imports", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 201, answer.content
    batch = answer.json()
    assert (batch["state"], batch["new"], batch["wrong"]) == ("checked", 1, 1)
    path = f"/imports/{batch['id']}"
    (row,) = call(world.county_officer, "GET", f"{path}/rows?outcome=wrong").json()["items"]
    assert row["number"] == 3 and row["faults"][0][0] == "证书编号"
    assert call(world.county_officer, "POST", f"{path}/confirm", {}).status_code == 400
    assert call(world.county_officer, "POST", f"{path}/confirm", {"skip_wrong": True}).json()["state"] == "applied"
    assert call(world.other_officer, "GET", path).status_code == 404
    assert call(world.county_officer, "POST", f"{path}/undo", {"reason": "传错"}).json()["state"] == "undone"
