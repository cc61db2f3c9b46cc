"""Rulebook, ledger, parties, policy texts: the same answers as the rooms give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from hengjian import rulebook
from hengjian.ledger.checkpoints import sign_checkpoint, verifier_key
from hengjian.ledger.proofs import check_proof, read_proof
from hengjian.methods import merkle
from hengjian.methods.policy_text import read_policy
from hengjian.plans.models import Duty, Plan
from tests.api.conftest import Caller, World, is_problem
from tests.plans.conftest import TEXT


def test_rules(office: Caller, world: World) -> None:
    families = office.get("/rulebook/families").json()
    assert [row["key"] for row in families] == [family.key for family in rulebook.families()]
    found = office.get("/rulebook/at", family="traffic_lights", region="990000", on="2026-05-01").json()
    expected = rulebook.at("traffic_lights", "990000", date(2026, 5, 1))
    assert (found["id"], found["version"]) == (expected.id, expected.version) and found["sentences"]
    assert office.get(f"/rulebook/rules/{expected.id}").json() == found
    assert len(office.get("/rulebook/rules").json()) == len(rulebook.all_rules())
    lights = office.get("/rulebook/rules", family="traffic_lights", on="2026-05-01").json()
    assert {row["family"] for row in lights} == {"traffic_lights"}
    is_problem(office.get("/rulebook/rules/no.such"), 404, "rule_not_found")
    is_problem(office.get("/rulebook/at", family="nothing", region="990000", on="2026-05-01"), 404)
    is_problem(office.get("/rulebook/at", family="traffic_lights", region="990000", on="1900-01-01"), 404)


def test_facts_by_disclosure(
    office: Caller, market: Caller, assigned: Plan, world: World, token_for: Callable[..., Caller]
) -> None:
    everyone = Caller()
    public = everyone.get("/ledger/facts", subject=assigned.ref).json()
    assert [row["kind"] for row in public["items"]] == ["plan.adopted"]
    assert public["items"][0]["payload"]["tasks"] == 5
    duty = Duty.objects.filter(unit=world.market, state="assigned")[0]
    assert everyone.get("/ledger/facts", subject=duty.ref).json()["total"] == 0
    is_problem(everyone.get("/ledger/facts", subject=duty.ref, disclosure="shared"), 403)
    shared = market.get("/ledger/facts", subject=duty.ref, disclosure="shared").json()
    assert "plan.assigned" in {row["kind"] for row in shared["items"]}
    fact = next(row for row in shared["items"] if row["kind"] == "plan.assigned")
    assert market.get(f"/ledger/facts/{fact['id']}").json() == fact
    is_problem(everyone.get(f"/ledger/facts/{fact['id']}"), 404)
    narrow = token_for(world.market_officer, "plans.view")
    is_problem(narrow.get("/ledger/facts", subject=duty.ref, disclosure="shared"), 403)
    # Nobody reads internal facts of what has no rows here.
    is_problem(office.get("/ledger/facts", subject="unit:market", disclosure="internal"), 403)
    assert office.get("/ledger/facts", subject="unit:market", disclosure="shared").json()["total"] == 0
    is_problem(everyone.get("/ledger/facts", subject="nonsense"), 422)


def test_proofs_and_consistency_convince_an_outsider(office: Caller, assigned: Plan) -> None:
    everyone = Caller()
    is_problem(everyone.get("/ledger/checkpoint"), 404)
    fact = everyone.get("/ledger/facts", subject=assigned.ref).json()["items"][0]
    is_problem(everyone.get(f"/ledger/facts/{fact['id']}/proof"), 409, "not_covered")
    sign_checkpoint()
    first = everyone.get("/ledger/checkpoint").json()
    proof = everyone.get(f"/ledger/facts/{fact['id']}/proof")
    checked = check_proof(read_proof(proof.content.decode()), verifier_key())
    assert checked.passed and checked.proof.leaf is not None
    duty = Duty.objects.exclude(state="withdrawn")[0]
    hidden = office.get("/ledger/facts", subject=duty.ref, disclosure="shared").json()["items"][0]
    assert everyone.get(f"/ledger/facts/{hidden['id']}/proof").json()["leaf"] is None
    assert office.get(f"/ledger/facts/{hidden['id']}/proof").json()["leaf"]

    office.post(f"/duties/{duty.pk}/suspend", {"reason": "试"})
    office.post(f"/plans/{assigned.pk}/archive", {"reason": "结转"})
    sign_checkpoint()
    second = everyone.get("/ledger/checkpoint").json()
    assert second["tree_size"] > first["tree_size"] and second["verifier_key"] == verifier_key()
    found = everyone.get("/ledger/consistency", first=first["tree_size"]).json()
    assert (found["first_root"], found["second_root"]) == (first["root_hash"], second["root_hash"])
    assert merkle.verify_consistency(
        found["first"],
        found["second"],
        bytes.fromhex(found["first_root"]),
        bytes.fromhex(found["second_root"]),
        [bytes.fromhex(part) for part in found["path"]],
    )
    is_problem(everyone.get("/ledger/consistency", first=10**9), 422)
    is_problem(everyone.get("/ledger/consistency", first=3, second=2), 422)


def test_kinds_carry_their_schemas() -> None:
    kinds = {row["name"]: row for row in Caller().get("/ledger/kinds").json()}
    assert kinds["plan.progress"]["payload"]["properties"]["percent"]["maximum"] == 100
    assert Caller().get("/ledger/kinds/plan.progress").json() == kinds["plan.progress"]
    is_problem(Caller().get("/ledger/kinds/no.such"), 404)


def test_regions_and_units(office: Caller, world: World) -> None:
    assert office.get("/regions", q="99").json()["items"][0]["name"] == "澜川自治区"
    assert office.get("/regions/990000").json()["level"] == "provincial"
    is_problem(office.get("/regions/123456"), 404)
    match = office.get("/units/resolve", name="市场监管局", region="990000").json()
    assert match["unit"]["key"] == "market" and match["how"] == "exact" and match["confidence"] == 1
    nothing = office.get("/units/resolve", name="奇闻轶事处", region="990000").json()
    assert nothing["unit"] is None and nothing["explanation"]


@pytest.mark.django_db
def test_texts_are_read_and_compared_without_a_trace(office: Caller, world: World) -> None:
    read = office.post("/policy/parse", {"text": TEXT, "filename": "plan.txt"}).json()
    expected = read_policy(TEXT, "plan.txt").to_dict()
    assert {key: expected[key] for key in read} == read and len(read["sections"]) == 2
    aligned = office.post("/policy/align", {"parent": {"text": TEXT}, "child": {"text": TEXT}}).json()
    totals = aligned["totals"]["measures"]
    assert totals["kept"] == totals["parent"] == 5 and totals["dropped"] == totals["added"] == 0
    is_problem(office.post("/policy/parse", {"text": "  \n "}), 400, "empty")


def test_the_stored_cascade(office: Caller, plan: Plan) -> None:
    is_problem(office.get(f"/plans/{plan.pk}/cascade"), 404)
    is_problem(office.post(f"/plans/{plan.pk}/cascade"), 400)
    draft = office.post("/imports", {"text": TEXT, "unit": "office", "region": "990000"}).json()
    body = {"period_start": "2026-01-01", "period_end": "2026-12-31", "parent": plan.pk}
    child = office.post(f"/imports/{draft['id']}/confirm", body).json()["plan"]
    stored = office.post(f"/plans/{child}/cascade").json()
    assert stored["counts"]["kept"] == 5 and stored["current"] and stored["parent"] == plan.pk
    assert office.get(f"/plans/{child}/cascade").json() == stored
    links = office.get(f"/plans/{child}/cascade/links", relation="kept").json()
    assert links["total"] == 5 and links["items"][0]["children"][0]["item"] == 1
