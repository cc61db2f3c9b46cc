"""`hengjian trace` on files and on the standard input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hengjian.cli.trace import app
from tests.methods.trace_graph.story import PLANT, SHOP, amounts, event, key, lot, made, seen, site

RUN = CliRunner()


def document(*events: dict[str, Any], **header: Any) -> str:
    return json.dumps(
        {
            "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-06-01T00:00:00Z",
            **({"epcisHeader": header} if header else {}),
            "epcisBody": {"eventList": list(events)},
        }
    )


STORY = document(
    seen("01T08", PLANT, "commissioning", [], quantityList=amounts({"A": 10})),
    made("02T08", PLANT, {"A": 10}, {"C": 12}),
    seen("03T08", SHOP, "retail_selling", [], quantityList=amounts({"C": 1})),
    epcisMasterData={
        "vocabularyList": [
            {
                "type": "urn:epcglobal:epcis:vtype:BusinessLocation",
                "vocabularyElementList": [{"id": SHOP, "attributes": [{"id": "cbvmda:name", "attribute": "城东店"}]}],
            }
        ]
    },
)


def answer(*arguments: str, given: str = STORY) -> dict[str, Any]:
    result = RUN.invoke(app, [arguments[0], "-", *arguments[1:]], input=given)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_traces_of_events() -> None:
    found = answer("forward", lot("A"), "urn:x:unheard")
    assert [(row["key"], row["level"], row["previous"]) for row in found["found"]] == [
        (key(lot("C")), "lot", key(lot("A")))
    ]
    assert found["unknown"] == ["urn:x:unheard"]
    assert [row["key"] for row in answer("back", lot("C"))["found"]] == [key(lot("A"))]


def test_scope_balance_and_anomalies_of_events() -> None:
    places = {row["site"]: row for row in answer("scope", lot("A"))["places"]}
    assert places[site(SHOP)]["name"] == "城东店"
    assert places[site(SHOP)]["sold"] == "1"
    balance = answer("balance", lot("C"))["balances"][0]
    assert [row["verdict"] for row in balance["processes"]] == ["above"]
    found = answer("anomalies")
    assert {row["code"] for row in found["anomalies"]} == {"quantity_above_input", "no_origin"} - {"no_origin"}
    assert found["completeness"]["things"] == 2


def test_edges_and_all_nodes() -> None:
    edges = "source,target,time\na,b,2026-01-01\nb,c,2026-01-02\nb,d,2025-12-31\n"
    assert [row["key"] for row in answer("forward", "a", given=edges)["found"]] == ["b", "c"]
    result = RUN.invoke(app, ["back", "-", "--all"], input=edges)
    lines = {row["key"]: row["back"] for row in map(json.loads, result.stdout.splitlines())}
    assert lines == {"a": [], "b": ["a"], "c": ["b", "a"], "d": ["b"]}


def test_deliveries_in_a_circle(tmp_path: Path) -> None:
    stations = {"d1": "AB", "d2": "BC", "d3": "CA", "d4": "CD"}
    file = tmp_path / "circle.json"
    network = {
        "deliveries": [{"id": one, "source": two[0], "target": two[1]} for one, two in stations.items()],
        "deliveriesRelations": [
            {"source": one, "target": two} for one, two in (("d1", "d2"), ("d2", "d3"), ("d3", "d1"), ("d2", "d4"))
        ],
    }
    file.write_text(json.dumps(network), encoding="utf-8")
    result = RUN.invoke(app, ["forward", str(file), "d3"])
    assert {row["key"] for row in json.loads(result.stdout)["found"]} == {"d1", "d2", "d4"}
    result = RUN.invoke(app, ["score", str(file), "--case", "D=1"])
    assert json.loads(result.stdout)["deliveries"]["d1"] == 1.0


@pytest.mark.parametrize(
    ("command", "given", "said"),
    [
        (["forward", "x"], "", "file"),
        (["forward", "x"], "source,when\n", "target"),
        (["forward", "x"], "source,target,time\na,b,soon\n", "line 2"),
        (["forward"], STORY, "--all"),
        (["scope", "x"], "source,target\na,b\n", "EPCIS"),
        (["scope"], STORY, "--site"),
        (["forward", "x", "--since", "soon"], STORY, "ISO 8601"),
        (["forward", "zz"], "source,target\na,b\n", "zz"),
        (["balance", "x", "--tolerance", "much"], STORY, "much"),
        (["anomalies"], document(event("ObjectEvent", "99T99")), "0"),
    ],
)
def test_what_cannot_be_read_is_told(command: list[str], given: str, said: str) -> None:
    result = RUN.invoke(app, [command[0], "-", *command[1:]], input=given)
    assert result.exit_code == 2
    assert said in json.loads(result.stderr)["error"]
