"""The register through the interface: JSON lines, sole traders covered, deliveries of other units hidden."""

from __future__ import annotations

import json

from hengjian.enterprises.queries import by_code
from tests.enterprises.conftest import World, code_of, deliver
from tests.enterprises.test_identity import MILK
from tests.enterprises.test_pages import client_of

BASE = "/api/v1/enterprises"
LINES = "application/x-ndjson"


def test_json_lines_are_taken_in_and_told(world: World) -> None:
    client = client_of(world.farm_officer)
    rows = [{"name": MILK[0], "code": MILK[1]}, {"name": "", "code": code_of(2)}]
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    made = client.post(f"{BASE}/deliveries?title=x", body.encode(), content_type=LINES)
    assert made.status_code == 201 and (made.json()["created"], made.json()["wrong"]) == (1, 1)
    number = made.json()["id"]
    faults = client.get(f"{BASE}/deliveries/{number}/faults").json()
    assert [row["number"] for row in faults["items"]] == [2]
    assert client_of(world.county_officer).get(f"{BASE}/deliveries/{number}").status_code == 404
    again = client.post(f"{BASE}/deliveries", body.encode(), content_type=LINES).json()
    assert (again["created"], again["repeated"]) == (0, 1)
    undone = client.post(f"{BASE}/deliveries/{number}/undo", json.dumps({"reason": "错"}), "application/json")
    assert undone.json()["state"] == "undone" and by_code(MILK[1]) is None


def test_unusable_lines_are_told_at_once(world: World) -> None:
    client = client_of(world.officer)
    body = '{"nme": 1}\nnot json\n[]\n{"name": {}}\n{"name": "甲种业有限公司"}'
    found = client.post(f"{BASE}/deliveries", body.encode(), content_type=LINES)
    assert found.status_code == 422 and len(found.json()["errors"]) == 4
    assert client.post(f"{BASE}/deliveries", b"", content_type=LINES).status_code == 400
    assert client_of(world.citizen).post(f"{BASE}/deliveries", b"{}", content_type=LINES).status_code == 403


def test_sole_traders_are_covered(world: World) -> None:
    code = code_of(5, first="92")
    deliver(world.officer, [("澜东区祁望野小吃店", code, "祁望野", "澜东区银杏路3号"), MILK])
    told = client_of(world.farm_officer).get(f"{BASE}/{code}")
    assert told.status_code == 200 and "望野" not in told.content.decode() and "银杏路" not in told.content.decode()
    assert client_of(world.officer).get(f"{BASE}/{MILK[1]}").json()["name"] == MILK[0]
    assert client_of(world.enterprise).get(f"{BASE}/{MILK[1]}").status_code == 404
