"""Sealed facts are in no reading, and still in the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hengjian.ledger import triggers
from hengjian.ledger.actions import append, append_many, retract
from hengjian.ledger.checkpoints import sign_checkpoint
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.errors import FactNotFound
from hengjian.ledger.figures import FactQuery, Result, compute, outdated, register_method, reproduce
from hengjian.ledger.models import Fact, Seal
from hengjian.ledger.proofs import check_proof
from hengjian.ledger.proving import prove
from hengjian.ledger.queries import current, fact_by_id, facts, facts_by_ref, timeline
from hengjian.ledger.sealing import is_sealed, seal, seal_of, sealed_before, unseal
from hengjian.ledger.verification import verify

pytestmark = pytest.mark.django_db
MARK = "批次-封存-标记"
Draft = Callable[..., FactDraft]


@pytest.fixture
def ground(draft: Draft) -> Fact:
    return append(draft(payload={"lot": "ground", "conforming": True}, subject="enterprise:ground", refs={}))


def test_no_reading_has_it(draft: Draft, ground: Fact) -> None:
    before = timezone.now()
    fact = append(draft(payload={"lot": MARK, "conforming": False}))
    later = timezone.now()
    seal([fact.id], ground=ground)
    for known_at in (None, before, later, timezone.now()):
        for history in (False, True):
            found = facts(disclosure="internal", known_at=known_at, history=history)
            assert not found.filter(id=fact.id).exists()
            assert not timeline(fact.subject, disclosure="internal", known_at=known_at, history=history).exists()
    assert not facts_by_ref("lot:7", disclosure="internal", history=True).exists()
    assert not facts(disclosure="internal", tree_size=fact.leaf_index + 1).filter(id=fact.id).exists()
    assert current(fact.subject, fact.kind, disclosure="internal") is None
    with pytest.raises(FactNotFound):
        fact_by_id(fact.id, disclosure="internal")
    assert not Fact.objects.filter(id=fact.id).exists()
    assert MARK not in "".join(str(one.payload) for one in Fact.objects.all())


def test_the_leaf_is_proved_without_the_content(draft: Draft, ground: Fact, client: Client) -> None:
    fact = append(draft(payload={"lot": MARK, "conforming": False}))
    seal([fact.id], ground=ground)
    assert sign_checkpoint() is not None
    for level in ("public", "shared", "internal"):
        proof = prove(fact, disclosure=level)  # type: ignore[arg-type]
        assert proof.leaf is None
        assert check_proof(proof, proof.verifier_key).passed
    page = client.get(reverse("ledger:fact", args=[fact.id]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "核验通过" in text
    assert "封存" in text
    assert MARK not in text
    assert MARK not in client.get(reverse("ledger:proof", args=[fact.id])).content.decode()
    assert verify().passed


def test_the_chain_of_corrections_goes_with_it(draft: Draft, ground: Fact) -> None:
    first = append(draft(payload={"lot": MARK, "conforming": False}))
    second = append(draft(payload={"lot": MARK, "conforming": False}, supersedes=first.id))
    seal([second.id], ground=ground)
    third = append(draft(payload={"lot": MARK, "conforming": True}, supersedes=second.id))
    gone = retract(third, "撤销", Source(system="tests"))
    assert {first.id, second.id, third.id, gone.id} <= set(Seal.objects.active().values_list("fact", flat=True))
    assert not timeline(first.subject, disclosure="internal", history=True).exists()
    append_many([draft(payload={"lot": "other", "conforming": True})])
    assert verify().passed


def test_corrections_in_bulk_stay_sealed(draft: Draft, ground: Fact) -> None:
    fact = append(draft(payload={"lot": MARK, "conforming": False}))
    seal([fact.id], ground=ground)
    append_many([draft(payload={"lot": MARK, "conforming": True}, supersedes=fact.id), draft()])
    assert timeline(fact.subject, disclosure="internal", history=True).count() == 1


def test_a_shield_ends_and_begins_when_it_says(draft: Draft, ground: Fact) -> None:
    fact = append(draft())
    now = timezone.now()
    seal([fact.id], ground=ground, at=now - timedelta(days=2), until=now - timedelta(days=1))
    assert not is_sealed(fact.id)
    seal([fact.id], ground=ground, at=now + timedelta(days=1))
    assert fact_by_id(fact.id, disclosure="public") == fact
    with pytest.raises(ValueError, match="end after"):
        seal([fact.id], ground=ground, at=now, until=now)


def test_a_seal_can_be_lifted(draft: Draft, ground: Fact) -> None:
    fact = append(draft())
    seal([fact.id], ground=ground)
    seal([fact.id], ground=ground)
    assert seal_of(fact) is not None
    assert unseal([fact.id], ground=ground) is not None
    assert fact_by_id(fact.id, disclosure="public") == fact
    assert unseal([fact.id], ground=ground) is None
    assert verify().passed


def test_figures_say_that_they_cannot_be_reproduced(draft: Draft, ground: Fact) -> None:
    register_method("test_sealing/count", lambda found, _parameters: Result(str(len(list(found)))))
    fact = append(draft())
    query = FactQuery(kinds=("test.inspected",), valid_on=timezone.localdate(), subject=fact.subject)
    figure = compute("f", method="test_sealing/count", query=query, subject="region:990000")
    assert not outdated(figure)
    seal([fact.id], ground=ground)
    assert outdated(figure)
    again = reproduce(figure)
    assert (again.value, again.passed, again.same_log, again.sealed) == ("0", False, True, 1)
    assert sealed_before(fact.leaf_index) == 0


def test_nothing_is_sealed_that_is_not_there(draft: Draft, ground: Fact) -> None:
    with pytest.raises(FactNotFound):
        seal([uuid4()], ground=ground)
    with pytest.raises(ValueError, match="no fact"):
        seal([], ground=ground)
    assert not Seal.objects.exists()


def test_verify_finds_seals_that_the_log_does_not_know(draft: Draft, ground: Fact) -> None:
    fact, other = append(draft()), append(draft())
    seal([fact.id], ground=ground)
    Seal.objects.create(
        fact=other.id, leaf_index=other.leaf_index, ground=ground.id, effective_at=timezone.now(), until=None
    )
    report = verify()
    assert [finding.index for finding in report.findings] == [other.leaf_index]


def test_verify_finds_seals_that_were_taken_away(draft: Draft, ground: Fact) -> None:
    fact = append(draft())
    seal([fact.id], ground=ground)
    with triggers.removed(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_seal")
    report = verify()
    assert [finding.index for finding in report.findings] == [fact.leaf_index]
