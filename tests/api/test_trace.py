"""The chain, coverage and certificates through the interface: who sees what; answers keep to the description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from hengjian.parties.models import User
from hengjian.trace.chain.detecting import detect_all
from hengjian.trace.chain.models import Anomaly
from tests.api.conftest import Caller, is_problem
from tests.api.test_contract import check
from tests.methods.trace_graph.story import lot
from tests.trace.chain.conftest import CANS, CASE, SCOPE, Chain, chain, key, own_index
from tests.trace.exchange.conftest import TraceWorld, trace

__all__ = ["chain", "own_index", "trace"]
Tokens = Callable[..., Caller]


def got(caller: Caller, path: str, **query: Any) -> Any:
    answer = caller.get(path, **query)
    check(answer, "GET", path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_officers_trace_and_find_the_scope(chain: Chain, token_for: Tokens) -> None:
    officer = token_for(chain.officer)
    forward = got(officer, "/trace/forward", key=[lot("M1")])
    assert {row["key"] for row in forward["found"]} == SCOPE - {key(lot("M1"))}
    assert forward["total"] == len(SCOPE) - 1 and forward["asked"] == [key(lot("M1"))]
    assert {row["name"] for row in forward["found"] if row["level"] == "item"} == {
        f"配方乳粉 单品 {uri.rpartition('/')[2]}" for uri in (key(can) for can in CANS)
    }
    assert len(got(officer, "/trace/forward", key=[lot("M1")], limit=2)["found"]) == 2
    back = got(officer, "/trace/back", key=[CANS[0]])
    assert key(lot("M1")) in {row["key"] for row in back["found"]}
    scope = got(officer, "/trace/scope", key=[lot("M1"), "urn:x:unheard"])
    assert {row["key"] for row in scope["lots"]} == SCOPE and scope["count"] == len(SCOPE)
    assert scope["unknown"] == ["urn:x:unheard"]
    assert {"望澜奶站", "远岫乳业", "城东超市"} & {row["name"] for row in scope["parties"]}
    balance = got(officer, "/trace/balance", key=lot("P1"))
    assert balance["rule"] == "trace_limits.assumed" and balance["assumptions"]
    assert balance["processes"][0]["put_in"] == "4000"
    things = got(officer, "/trace/things", q="配方乳粉")
    assert {row["key"] for row in things} >= {key(can) for can in CANS}


def test_what_is_asked_wrongly_is_said(chain: Chain, token_for: Tokens) -> None:
    officer = token_for(chain.officer)
    is_problem(officer.get("/trace/forward"), 422, "validation")
    is_problem(officer.get("/trace/forward", key=["x"], limit=0), 422)
    is_problem(officer.get("/trace/balance", key="urn:x:unheard"), 404)
    is_problem(officer.get("/trace/anomalies", state="nonsense"), 422)
    is_problem(officer.get("/trace/recalls/1"), 404)
    is_problem(officer.get(f"/trace/anomalies/{2**70}"), 404)


def test_an_enterprise_sees_one_step_and_nothing_else(chain: Chain, token_for: Tokens) -> None:
    seller, stranger = token_for(chain.seller), token_for(chain.stranger)
    told = got(seller, "/trace/neighbours", key=CASE)
    assert {(row["side"], row["party"]) for row in told["steps"]} == {("up", "远岫乳业")}
    is_problem(stranger.get("/trace/neighbours", key=CASE), 404)
    is_problem(seller.get("/trace/neighbours", key=lot("M1")), 404)
    for path in ("/trace/forward", "/trace/scope", "/trace/balance"):
        is_problem(seller.get(path, key=lot("M1")), 403)


def anomaly(chain: Chain) -> Anomaly:
    detect_all(timezone.now())
    return Anomaly.objects.create(
        code="no_origin", key=key(lot("M1")), fingerprint="x", occurred_at=timezone.now(), unit=chain.county_market,
        region=chain.county,
    )  # fmt: skip


def test_anomalies_are_listed_and_settled(chain: Chain, token_for: Tokens) -> None:
    one = anomaly(chain)
    officer = token_for(chain.county_officer)
    rows = got(officer, "/trace/anomalies", state="open", code="no_origin")
    assert one.pk in {row["id"] for row in rows["items"]}
    path = f"/trace/anomalies/{one.pk}"
    assert officer.get(path).json()["code"] == "no_origin"
    is_problem(officer.post(f"{path}/explain", {"reason": ""}), 400)
    done = officer.post(f"{path}/explain", {"reason": "补录前的旧货"})
    assert (done.status_code, done.json()["state"]) == (200, "explained")
    is_problem(officer.post(f"{path}/hand-over", {"reason": "x"}), 409)
    is_problem(token_for(chain.seller).get(path), 403)


@pytest.fixture
def buyer(trace: TraceWorld) -> User:
    return trace.keeper


def test_certificates_are_checked_by_everybody_and_listed_for_those_concerned(
    trace: TraceWorld, buyer: User, token_for: Tokens
) -> None:
    made = trace.certificate()
    answer = Caller().get(f"/trace/certificates/{made.key.lower()}")
    check(answer, "GET", "/trace/certificates/{number}")
    assert answer.json()["status"] == "valid" and "phone" not in answer.content.decode()
    is_problem(Caller().get("/trace/certificates/HG000"), 404)
    assert got(token_for(trace.farmer), "/trace/certificates")["total"] == 1
    assert got(token_for(buyer), "/trace/certificates")["total"] == 0
    trace.collected(made, "60")
    assert got(token_for(buyer), "/trace/certificates")["total"] == 1


def test_coverage_is_told_inside_the_own_region(trace: TraceWorld, token_for: Tokens) -> None:
    trace.certificate()
    officer = token_for(trace.market.county_officer)
    told = got(officer, "/trace/coverage")
    assert [row["region"] for row in told["rows"]] and told["assumptions"]
    assert got(officer, "/trace/coverage/missing") == []
    is_problem(officer.get("/trace/coverage", region=trace.market.region.code), 404)
    is_problem(officer.get("/trace/coverage", period="2026-13"), 422)
    is_problem(officer.get("/trace/coverage", period="2999-01"), 422)
