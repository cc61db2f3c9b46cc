"""A client written from the text of the Reconciliation Service API 0.2: it knows one address and nothing else.

Every further address, batch size and name of a field comes from what the service says of itself, as in OpenRefine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client as Http

from .conftest import World

pytestmark = pytest.mark.django_db
ENDPOINT = "http://testserver/api/v1/credit/reconcile"
CELLS = {"str": str, "int": int, "float": (int, float), "bool": bool, "date": str, "id": str}


class Service:
    """A reconciliation service as its manifest describes it."""

    def __init__(self, endpoint: str) -> None:
        self.http, self.endpoint = Http(), endpoint
        self.manifest: dict[str, Any] = self.get(endpoint)
        assert "0.2" in self.manifest["versions"]
        for name in ("name", "identifierSpace", "schemaSpace"):
            assert isinstance(self.manifest[name], str) and self.manifest[name]
        for one in self.manifest.get("defaultTypes", []):
            entity(one)

    def get(self, url: str, parameters: Mapping[str, Any] | None = None) -> Any:
        answer = self.http.get(self.local(url), parameters or {}, headers={"origin": "https://refine.example"})
        assert answer.status_code == 200, answer.content
        assert answer["Access-Control-Allow-Origin"] in ("*", "https://refine.example")
        return answer.json()

    @staticmethod
    def local(url: str) -> str:
        assert url.startswith("http://testserver/"), "an address that the manifest leaves unfinished"
        return url.removeprefix("http://testserver")

    def reconcile(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        """Candidates of each row, in batches of the size that the service asks for."""
        size = self.manifest.get("batchSize", 10)
        for start in range(0, len(rows), size):
            part = {f"q{at}": row for at, row in enumerate(rows[start : start + size], start)}
            answer = self.http.post(self.local(self.endpoint), {"queries": json.dumps(part)})
            assert answer.status_code == 200, answer.content
            found = answer.json()
            assert found.keys() == part.keys()
            for name, row in part.items():
                candidates = found[name]["result"]
                assert len(candidates) <= row.get("limit", len(candidates))
                for one in candidates:
                    entity(one)
                    assert isinstance(one["score"], int | float) and isinstance(one["match"], bool)
                    for kind in one["type"]:
                        entity(kind) if isinstance(kind, dict) else None
                    for feature in one.get("features", []):
                        assert isinstance(feature["id"], str) and isinstance(feature["value"], int | float | bool)
                assert [one["score"] for one in candidates] == sorted(
                    (one["score"] for one in candidates), reverse=True
                )
                yield candidates

    def suggest(self, kind: str, prefix: str, cursor: int = 0) -> list[dict[str, Any]]:
        service = self.manifest["suggest"][kind]
        asked = {"prefix": prefix} | ({"cursor": cursor} if cursor else {})
        found: list[dict[str, Any]] = self.get(service["service_url"] + service["service_path"], asked)["result"]
        for one in found:
            entity(one)
        return found

    def proposed(self, kind: str, limit: int) -> list[dict[str, Any]]:
        service = self.manifest["extend"]["propose_properties"]
        found = self.get(service["service_url"] + service["service_path"], {"type": kind, "limit": limit})
        assert len(found["properties"]) <= limit
        for one in found["properties"]:
            entity(one)
        return list(found["properties"])

    def extend(self, ids: Sequence[str], properties: Sequence[str]) -> dict[str, dict[str, list[Any]]]:
        asked = {"ids": list(ids), "properties": [{"id": one} for one in properties]}
        answer = self.http.post(self.local(self.endpoint), {"extend": json.dumps(asked)})
        assert answer.status_code == 200, answer.content
        found = answer.json()
        assert [one["id"] for one in found["meta"]] == list(properties)
        assert found["rows"].keys() == set(ids)
        for row in found["rows"].values():
            assert row.keys() == set(properties)
            for value in [value for values in row.values() for value in values]:
                (known,) = [name for name in CELLS if name in value]
                assert isinstance(value[known], CELLS[known])  # type: ignore[arg-type]
        rows: dict[str, dict[str, list[Any]]] = found["rows"]
        return rows

    def preview(self, ident: str) -> str:
        template = self.manifest["preview"]
        assert template["width"] > 0 < template["height"]
        answer = self.http.get(self.local(template["url"].replace("{{id}}", quote(ident))))
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        assert "X-Frame-Options" not in answer.headers
        return answer.content.decode()


def entity(one: Mapping[str, Any]) -> None:
    """What all things of the service have: an id and a name, both texts."""
    assert isinstance(one["id"], str) and one["id"] and isinstance(one["name"], str) and one["name"]
    assert isinstance(one.get("description", ""), str)


def test_a_sheet_is_reconciled_and_extended(world: World) -> None:
    """What a person does in OpenRefine: reconcile a column, look at candidates, add columns."""
    service = Service(ENDPOINT)
    kind = service.manifest["defaultTypes"][0]["id"]
    name, code = world.firm.name, world.firm.code
    rows: list[dict[str, Any]] = [
        {"query": name},
        {"query": name, "type": kind, "type_strict": "should", "limit": 1},
        {"query": name, "type": [kind], "properties": [{"pid": "code", "v": {"id": code, "name": code}}]},
        {"query": "", "properties": [{"pid": "code", "v": [code]}, {"pid": "nobody knows it", "v": 5}]},
        {"query": "没有任何人用过的名字"},
        {"query": world.other_firm.name, "properties": [{"pid": "region", "v": world.other_firm.region.code}]},
    ]
    found = list(service.reconcile(rows))
    for candidates in found[:4]:
        assert candidates[0]["id"] == world.firm.key and candidates[0]["match"]
    assert len(found[1]) == 1 and found[4] == []
    assert found[5][0]["id"] == world.other_firm.key
    columns = [one["id"] for one in service.proposed(kind, 5)]
    assert len(columns) == 5
    ids = [world.firm.key, world.other_firm.key, "Q42"]
    extended = service.extend(ids, columns)
    assert extended[world.firm.key]["code"] == [{"str": code}] and not any(extended["Q42"].values())
    assert name in service.preview(world.firm.key)
    view = service.manifest["view"]["url"].replace("{{id}}", world.firm.key)
    assert service.http.get(service.local(view)).status_code in (200, 302)
    assert view.startswith(service.manifest["identifierSpace"])


def test_more_rows_than_a_batch(world: World) -> None:
    service = Service(ENDPOINT)
    rows = [{"query": world.firm.name if at % 2 else world.other_firm.name, "limit": 2} for at in range(120)]
    found = list(service.reconcile(rows))
    assert [one[0]["id"] for one in found] == [world.other_firm.key, world.firm.key] * 60


def test_suggestions_while_typing(world: World) -> None:
    service = Service(ENDPOINT)
    name = world.firm.name
    assert world.firm.key in [one["id"] for one in service.suggest("entity", name[:4])]
    assert world.firm.key not in [one["id"] for one in service.suggest("entity", name[:4], cursor=200)]
    assert service.suggest("entity", "") == []
    assert service.suggest("property", "代码") and service.suggest("type", "")
    assert [one["id"] for one in service.suggest("type", "企业")] == [service.manifest["defaultTypes"][0]["id"]]


def test_queries_in_the_address(world: World) -> None:
    """The specification lets small batches come by GET as well."""
    service = Service(ENDPOINT)
    found = service.get(ENDPOINT, {"queries": json.dumps({"q0": {"query": world.firm.name}})})
    assert found["q0"]["result"][0]["id"] == world.firm.key
