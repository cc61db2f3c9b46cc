"""Appending: what is written, what is refused, and that the log follows."""

from __future__ import annotations

import json
from datetime import date, datetime
from hashlib import sha256
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import transaction
from pydantic import BaseModel, ConfigDict

from hengjian.ledger import actions, kinds
from hengjian.ledger.actions import Append, append, append_many, retract
from hengjian.ledger.drafts import Source
from hengjian.ledger.errors import InvalidFact, LedgerDamaged, ReplacedFact, UnknownKind
from hengjian.ledger.kinds import FactKind, register_kind
from hengjian.ledger.log import LogReader, log_size
from hengjian.ledger.models import Fact, FactRef, Tile
from hengjian.ledger.proving import text_of
from hengjian.ledger.triggers import removed
from hengjian.methods import merkle
from tests.ledger.conftest import Inspected, make_draft

pytestmark = pytest.mark.django_db


def test_a_fact_is_stored_as_given_and_read_back_alike() -> None:
    made = append(
        make_draft(
            payload=Inspected(lot="甲", conforming=False, sampled_on=date(2026, 2, 28), measured=1e20),
            ends_on=date(2029, 3, 1),
            catalogue="C-17",
        )
    )
    read = Fact.objects.get(id=made.id)
    assert read.payload == {
        "lot": "甲",
        "conforming": False,
        "items": 1,
        "sampled_on": "2026-02-28",
        "measured": 1e20,
    }
    assert (read.subject, read.region, read.occurred_on) == (
        "enterprise:91990200MA7Q4K2TX4",
        "990200",
        date(2026, 3, 1),
    )
    assert (read.refs, read.evidence) == ({"product": "product:儿童学步带", "lot": "lot:7"}, ["sha256:" + "ab" * 32])
    assert (read.disclosure, read.catalogue, read.ends_on) == ("public", "C-17", date(2029, 3, 1))
    assert read.id.version == 7
    for name in ("leaf_index", "recorded_at", "payload", "refs", "evidence", "source_unit", "occurred_on"):
        assert getattr(made, name) == getattr(read, name)
    assert bytes(made.leaf_hash) == bytes(read.leaf_hash)


def test_the_leaf_is_canonical_json_of_every_field() -> None:
    fact = Fact.objects.get(id=append(make_draft(payload={"lot": 'a"\\', "conforming": True, "measured": 0.5})).id)
    text = text_of(fact)
    stated = json.loads(text)
    again = json.dumps(stated, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert text == again
    assert sha256(b"\x00" + text.encode()).digest() == bytes(fact.leaf_hash)
    assert stated["source"] == {"system": "tests", "unit": "unit:12", "user": ""}
    assert datetime.fromisoformat(stated["recorded_at"]) == fact.recorded_at
    assert set(stated) == {
        "catalogue", "disclosure", "ends_on", "evidence", "id", "index", "kind", "occurred_on", "payload",
        "recorded_at", "refs", "region", "retracts", "source", "subject", "supersedes", "v",
    }  # fmt: skip


@pytest.mark.parametrize("sizes", [[1] * 5, [255, 1, 1], [256], [257, 255], [300, 1, 511, 700], [66_000]])
def test_the_stored_log_is_the_tree_of_the_facts(sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 8192 if sizes[0] > 1000 else 100)
    total = 0
    for size in sizes:
        assert append_many(make_draft() for _ in range(size)) == (total, size)
        total += size
    leaves = [bytes(leaf) for leaf in Fact.objects.order_by("leaf_index").values_list("leaf_hash", flat=True)]
    assert list(Fact.objects.order_by("leaf_index").values_list("leaf_index", flat=True)) == list(range(total))
    reader = LogReader()
    assert (log_size(), reader.root(total)) == (total, merkle.root(leaves))
    for index in {0, total // 2, total - 1, min(255, total - 1), min(256, total - 1)}:
        assert reader.inclusion(index, total) == merkle.inclusion_proof(leaves, index)
        assert reader.consistency(index + 1, total) == merkle.consistency_proof(leaves, index + 1)
    assert all(a.id < b.id and a.recorded_at <= b.recorded_at for a, b in pairwise(Fact.objects.order_by("leaf_index")))
    assert FactRef.objects.count() == 2 * total


def test_progress_and_return_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 4)
    seen: list[int] = []
    append(make_draft())
    assert append_many((make_draft() for _ in range(10)), seen.append) == (1, 10)
    assert seen == [4, 8, 10]
    assert append_many([]) == (11, 0)


def test_an_append_belongs_to_the_callers_transaction() -> None:
    append(make_draft())
    with pytest.raises(RuntimeError), transaction.atomic():
        append(make_draft())
        append_many([make_draft()] * 300)
        raise RuntimeError
    assert (Fact.objects.count(), log_size(), FactRef.objects.count()) == (1, 1, 2)
    append(make_draft())
    assert log_size() == 2


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(UnknownKind, match=r"事实种类“no\.such”没有登记"):
        append(make_draft(kind="no.such"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"subject": "task:12"}, "subject"),
        ({"subject": "enterprise:a b"}, "subject"),
        ({"subject": "enterprise:"}, "subject"),
        ({"subject": "enterprise:a\x00b"}, "subject"),
        ({"region": "新疆"}, "region"),
        ({"occurred_on": datetime(2026, 1, 1)}, "occurred_on"),
        ({"ends_on": date(2026, 2, 1)}, "ends_on"),
        ({"source": Source()}, "source"),
        ({"source": Source(unit="a\nb")}, "source"),
        ({"refs": {"Lot": "lot:1"}}, "refs.Lot"),
        ({"refs": {"lot": "1"}}, "refs.lot"),
        ({"refs": {f"lot.{n}": "lot:1" for n in range(65)}}, "refs"),
        ({"evidence": ("md5:00",)}, "evidence"),
        ({"catalogue": "a b"}, "catalogue"),
        ({"supersedes": "no uuid"}, "supersedes"),
        ({"payload": {"lot": "1", "conforming": True, "more": 1}}, "payload.more"),
        ({"payload": {"lot": "1"}}, "payload.conforming"),
        ({"payload": {"lot": "1", "conforming": True, "items": -1}}, "payload.items"),
        ({"payload": {"lot": "1", "conforming": True, "items": 2**53}}, "payload"),
        ({"payload": {"lot": "1", "conforming": True, "measured": float("nan")}}, "payload"),
        ({"payload": {"lot": "\ud800", "conforming": True}}, "payload"),
        ({"payload": kinds.Retraction(reason="不对")}, "payload"),
    ],
)
def test_bad_fields_are_refused_and_named(changes: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidFact, match=f"的 {named} 不能写入"):
        append(make_draft(**changes))
    with pytest.raises(InvalidFact, match=f"第 3 条：.*{named} 不能写入"):
        append_many([make_draft(), make_draft(), make_draft(**changes)])
    assert (Fact.objects.count(), log_size()) == (0, 0)


def test_identity_numbers_are_kept_out() -> None:
    # 11010519491231002X is the example of GB 11643; with another check character it is just a number.
    with pytest.raises(InvalidFact, match="保险库"):
        append(make_draft(payload={"lot": "证件 11010519491231002X 号", "conforming": True}))
    append(make_draft(payload={"lot": "编号 110105194912310021 号", "conforming": True}))


def test_a_draft_may_narrow_the_disclosure_only() -> None:
    assert append(make_draft(disclosure="internal")).disclosure == "internal"
    with pytest.raises(InvalidFact, match="最宽为“internal”"):
        append(
            make_draft(
                kind="test.complained",
                payload={"text": "漏电", "complainant": f"vault:{uuid4()}"},
                disclosure="public",
            )
        )


def test_corrections_form_a_line() -> None:
    first = append(make_draft())
    second = append(make_draft(supersedes=first.id))
    with pytest.raises(ReplacedFact, match="已被更正或撤回"):
        append(make_draft(supersedes=str(first.id)))
    with pytest.raises(ReplacedFact, match="已被更正或撤回"):
        retract(first, "重复录入", Source(unit="unit:12"))
    with pytest.raises(ReplacedFact, match="没有这条事实"):
        append(make_draft(supersedes=uuid4()))
    with pytest.raises(ReplacedFact, match="同类"):
        append(make_draft(kind="ledger.retraction", payload={"reason": "不对"}, supersedes=second.id))
    with pytest.raises(ReplacedFact, match="已被更正或撤回"):
        append_many([make_draft(supersedes=second.id), make_draft(supersedes=second.id)])
    withdrawn = retract(second, "检测机构撤销报告", Source(unit="unit:12"))
    assert (withdrawn.retracts, withdrawn.subject, withdrawn.payload) == (
        second.id,
        second.subject,
        {"reason": "检测机构撤销报告"},
    )
    with pytest.raises(ReplacedFact, match="撤回记录本身"):
        retract(withdrawn, "又不撤回了", Source(unit="unit:12"))
    with pytest.raises(InvalidFact, match="同时更正和撤回"):
        append(make_draft(supersedes=first.id, retracts=second.id))


def test_check_says_beforehand() -> None:
    fact = append(make_draft())
    Append(make_draft(supersedes=fact.id)).check()
    assert Fact.objects.count() == 1
    with pytest.raises(ReplacedFact):
        Append(make_draft(supersedes=uuid4())).check()


def test_a_damaged_log_takes_no_more_facts() -> None:
    from django.db import connection

    append_many([make_draft() for _ in range(3)])
    with removed(connection):
        Tile.objects.filter(level=0).update(hashes=b"")
    with pytest.raises(LedgerDamaged):
        append(make_draft())
    assert Fact.objects.count() == 3


class TestKinds:
    def test_schema_is_published(self) -> None:
        schema = kinds.schemas()["test.inspected"]
        assert schema["$id"] == "urn:hengjian:fact:test.inspected"
        assert schema["additionalProperties"] is False
        assert schema["properties"]["items"]["minimum"] == 0
        assert kinds.schemas()["test.complained"]["properties"]["complainant"]["format"] == "vault-ref"

    def test_registering_again_is_harmless_but_not_with_another_model(self) -> None:
        class Other(BaseModel):
            model_config = ConfigDict(extra="forbid")

        register_kind(FactKind("test.inspected", "抽查结果", Inspected, "enterprise", "public"))
        with pytest.raises(ValueError, match="registered twice"):
            register_kind(FactKind("test.inspected", "抽查结果", Other, "enterprise", "public"))

    def test_personal_fields_must_be_vault_references(self) -> None:
        class Person(BaseModel):
            model_config = ConfigDict(extra="forbid")
            contact_name: str

        class Nested(BaseModel):
            model_config = ConfigDict(extra="forbid")
            people: list[Person]

        class Open(BaseModel):
            text: str

        with pytest.raises(ValueError, match=r"contact_name.*vault"):
            register_kind(FactKind("test.person", "人", Nested))
        with pytest.raises(ValueError, match="extra='forbid'"):
            register_kind(FactKind("test.open", "开放", Open))
        with pytest.raises(ValueError, match="lower case"):
            register_kind(FactKind("Person", "人", Inspected))
        with pytest.raises(ValueError, match="disclosure"):
            register_kind(FactKind("test.secret", "密", Inspected, "", "secret"))
