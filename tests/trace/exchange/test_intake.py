"""Files of messages: read, taken in once, undone; whose they are; figures over them."""

from __future__ import annotations

import io
import json
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.ledger.queries import facts
from hengjian.methods.periods import period_of
from hengjian.parties.models import RoleGrant, Unit, User
from hengjian.parties.policies import Forbidden
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.queries import find
from hengjian.rulebook.parameters.trace_evaluation import TraceEvaluation
from hengjian.trace.events.models import Event
from hengjian.trace.exchange import batches
from hengjian.trace.exchange.intake import HandIn, TakeBatch, UndoBatch
from hengjian.trace.exchange.jobs import run_due
from hengjian.trace.exchange.models import ExchangeBatch
from hengjian.trace.exchange.statistics import by_region, evaluation_rule, missing
from tests.trace.exchange.conftest import TraceWorld

#: The same for every call: a file sent twice is the same file, however slow the machine.
BEGUN = timezone.now()


def at(hours: int) -> str:
    return (BEGUN - timedelta(hours=hours)).isoformat(timespec="seconds")


def chain(trace: TraceWorld) -> list[dict[str, Any]]:
    line = {"goods_name": "番茄", "batch": "T1", "quantity": "300", "minted_by": "F-0001"}
    return [
        {
            "kind": "subject",
            "number": "F-0001",
            "name": trace.farm.name,
            "node": "planting",
            "region": "990102",
            "holder": trace.farm.key,
        },
        {
            "kind": "subject",
            "number": "S-0001",
            "name": trace.shop.name,
            "node": "supermarket",
            "region": "990103",
            "holder": trace.shop.key,
        },
        {"kind": "subject", "number": "S-0002", "name": "没有上传的店", "node": "supermarket", "region": "990103"},
        {"kind": "production", "node": "F-0001", "at": at(30), "lines": [line]},
        {
            "kind": "paper",
            "node": "F-0001",
            "at": at(29),
            "paper": "test",
            "number": "检2026-001",
            "issuer": "某检测公司",
            "items": "毒死蜱",
            "line": line,
        },
        {
            "kind": "trade",
            "node": "F-0001",
            "at": at(3),
            "buyer": "S-0001",
            "ticket": "T1",
            "lines": [{**line, "quantity": "200"}],
        },
        {
            "kind": "arrival",
            "node": "S-0001",
            "at": at(2),
            "supplier": "F-0001",
            "ticket": "T1",
            "lines": [{**line, "quantity": "200"}],
        },
        {
            "kind": "trade",
            "node": "F-0001",
            "at": at(1),
            "buyer": "S-0002",
            "lines": [{**line, "quantity": "100", "batch": "T2"}],
        },
    ]


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def read(trace: TraceWorld, rows: list[dict[str, Any]], name: str = "a.jsonl") -> ExchangeBatch:
    return handed_in(trace.market.head, trace.market.market, jsonl(rows), name)


def handed_in(user: User, unit: Unit, data: bytes, name: str) -> ExchangeBatch:
    return finished(HandIn(user=user, unit=unit, file=io.BytesIO(data), name=name).execute())


def finished(batch: ExchangeBatch) -> ExchangeBatch:
    while batches.advance(batch, 60):
        pass
    return batch


def taken(user: User, batch: ExchangeBatch) -> ExchangeBatch:
    return finished(TakeBatch(user=user, batch=batch).execute())


def faults_of(batch: ExchangeBatch) -> list[Any]:
    return [fault for part in batch.parts.all() for fault in part.faults]


def test_an_office_takes_in_what_a_whole_place_sends(trace: TraceWorld) -> None:
    batch = read(trace, chain(trace))
    assert (batch.rows, batch.good, faults_of(batch), Event.objects.count()) == (8, 8, [], 0)
    done = taken(trace.market.head, batch)
    assert (done.state, done.added, done.already) == ("done", 5, 0)
    assert {event.party for event in Event.objects.all()} == {trace.farm, trace.shop}
    subject = find("trace_subject", "F-0001")
    assert subject is not None
    assert subject.region.code == "990102"
    assert facts(disclosure="shared", kinds=["trace.exchange"]).get().payload["added"] == 5
    with pytest.raises(ActionRefused):
        taken(trace.market.head, done)
    again = taken(trace.market.head, read(trace, chain(trace)))
    assert (again.added, again.already) == (0, 5)


def test_undoing_declares_the_events_wrong_and_the_file_can_come_again(trace: TraceWorld) -> None:
    rows = chain(trace)
    done = taken(trace.market.head, read(trace, rows))
    with pytest.raises(ActionRefused):
        UndoBatch(user=trace.market.head, batch=done).execute()
    finished(UndoBatch(user=trace.market.head, batch=done, reason="传错了县").execute())
    assert Event.objects.exclude(declaration="").count() == 5
    subject, paper = find("trace_subject", "F-0001"), find("trace_paper", "检2026-001")
    assert subject is not None
    assert subject.status == "removed"
    assert paper is not None
    assert paper.status == "void"
    with pytest.raises(ActionRefused):
        UndoBatch(user=trace.market.head, batch=done, reason="再来").execute()
    once_more = taken(trace.market.head, read(trace, rows[3:]))
    assert once_more.added + once_more.already == 5


def test_good_rows_come_in_and_wrong_ones_are_told(trace: TraceWorld) -> None:
    rows = [
        *chain(trace)[:1],
        {"kind": "arrival", "node": "!"},
        {"kind": "subject", "number": "X-0001", "name": "某", "node": "planting", "region": "123456"},
    ]
    batch = read(trace, rows)
    assert (batch.rows, batch.good) == (3, 1)
    assert {fault[0] for fault in faults_of(batch)} == {2, 3}
    only_wrong = read(trace, rows[1:])
    with pytest.raises(ActionRefused):
        taken(trace.market.head, only_wrong)


def test_an_enterprise_speaks_for_its_own_nodes_only(trace: TraceWorld) -> None:
    own = {
        "kind": "production",
        "node": trace.farm.key,
        "at": at(5),
        "lines": [{"goods_name": "番茄", "batch": "T1", "quantity": "3"}],
    }
    data = jsonl([own, {**own, "node": trace.shop.key}])
    batch = handed_in(trace.farmer, trace.farm, data, "a.jsonl")
    assert (batch.good, [fault[0] for fault in faults_of(batch)]) == (1, [2])
    with pytest.raises(Forbidden):
        handed_in(trace.farmer, trace.shop, data, "a.jsonl")
    with pytest.raises(Forbidden):
        TakeBatch(user=trace.keeper, batch=batch).execute()


def test_coverage_counts_its_parts_and_missing_links_are_found(trace: TraceWorld) -> None:
    taken(trace.market.head, read(trace, chain(trace)))
    period = period_of(timezone.localdate(), "month")
    rows = {row.code: row for row in by_region(period, trace.market.region)}
    total = rows["990000"].figures
    assert (total.subjects, total.uploading) == (3, 2)
    assert total.events == 5
    assert total.timely == 3
    assert (total.rows, total.clean) == (8, 8)
    assert rows["990100"].figures == total.__class__(**{**vars(total), "rows": 0, "clean": 0})
    inside = {row.code: row for row in by_region(period, trace.market.city)}
    assert inside["990103"].figures.subjects == 2
    if total.shipped == 2:  # at the turn of a month the first part lies before it
        assert total.matched == 1
        (lost,) = missing(period, [trace.market.county.pk])
        assert lost.key.endswith("F-0001.T2")
    rule = evaluation_rule("990000", period.last).typed(TraceEvaluation)
    assert rows["990000"].score == rule.score(total.shares)


def test_a_month_that_is_over_becomes_facts_once(trace: TraceWorld) -> None:
    taken(trace.market.head, read(trace, chain(trace)))
    month = period_of(timezone.localdate(), "month")
    now = datetime.combine(month.last, time(12), timezone.get_current_timezone())
    assert run_due(now + timedelta(days=2)) == 0
    made = run_due(now + timedelta(days=9))
    assert made == 4
    assert run_due(now + timedelta(days=9)) == 0
    told = {fact.region: fact.payload for fact in facts(disclosure="public", kinds=["trace.coverage"])}
    assert told["990000"]["subjects"] == 3
    assert told["990103"]["uploading"] <= told["990103"]["subjects"] == 2
    assert told["990000"]["assumptions"]


def test_points_leave_out_what_cannot_be_judged() -> None:
    rule = evaluation_rule("990000", timezone.localdate()).typed(TraceEvaluation)
    assert rule.score({}) is None
    assert str(rule.score({"upload": (1, 2), "chain": (0, 0)})) == "50.0"
    assert str(rule.score({"upload": (1, 1), "timely": (1, 1), "chain": (1, 1), "clean": (0, 1)})) == "80.0"


def test_the_interface_takes_a_file_and_gives_its_faults(trace: TraceWorld, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(trace.farmer)
    own = {
        "kind": "production",
        "node": trace.farm.key,
        "at": at(5),
        "lines": [{"goods_name": "番茄", "batch": "T1", "quantity": "3"}],
    }
    upload = SimpleUploadedFile("a.jsonl", jsonl([own, {"kind": "arrival"}]))
    answer = client.post("/api/v1/trace/messages", {"file": upload})
    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert (found["state"], found["added"], found["good"]) == ("done", 1, 1)
    assert {fault["row"] for fault in found["faults"]} == {2}
    assert client.get(f"/api/v1/trace/messages/{found['id']}").json()["name"] == "a.jsonl"
    client.force_login(trace.keeper)
    assert client.get(f"/api/v1/trace/messages/{found['id']}").status_code == 404
    assert client.get("/api/v1/trace/messages").json()["items"] == []


def test_a_month_goes_out_as_messages(trace: TraceWorld, client: Client) -> None:
    taken(trace.market.head, read(trace, chain(trace)))
    RoleGrant.objects.create(user=trace.market.head, role="unit_head", region=trace.market.region)
    client.force_login(trace.market.head)
    for form in ("jsonl", "xml", "csv", "xlsx"):
        answer = client.get(reverse("trace_exchange:export"), {"form": form})
        assert answer.status_code == 200
        content = answer.getvalue()
        assert len(content) > 100
        if form == "jsonl":
            kinds = {json.loads(line)["kind"] for line in content.splitlines()}
            assert kinds <= {"production", "paper", "trade", "arrival"}
    client.force_login(trace.keeper)
    mine = client.get(reverse("trace_exchange:export"), {"form": "jsonl"}).getvalue().decode()
    assert "F-0001.T2" not in mine
    assert client.get(reverse("trace_exchange:export"), {"form": "exe"}).status_code == 400
