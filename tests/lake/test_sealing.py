"""Sealed facts leave the lake: from every figure, from SQL, and from the files."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from hengjian.lake.measures import Measure
from hengjian.lake.queries import tally
from hengjian.lake.sql import run_sql
from hengjian.lake.storing import lake
from hengjian.lake.syncing import compact, sync
from hengjian.lake.verifying import verify
from hengjian.ledger.actions import append
from hengjian.ledger.models import Fact
from hengjian.ledger.sealing import seal, unseal
from tests.lake.conftest import draft, make_regions

pytestmark = pytest.mark.django_db
COUNT = Measure(kinds=("test.checked",))
MARK = "封存的标记"


@pytest.fixture(autouse=True)
def regions(db: None) -> None:
    make_regions()


def checked(**changes: object) -> Fact:
    return append(draft(payload={"values": {"category": MARK}}, **changes))


def counted() -> int:
    return sum(one.facts for one in tally(COUNT))


def bytes_with_mark() -> bool:
    """Whether a counted file still holds the mark (dictionary pages are compressed, so the rows are read)."""
    import pyarrow.parquet as pq

    store = lake()
    return any(MARK in str(pq.read_table(store.path(file)).to_pylist()) for file in store.manifest().files())


def test_sealed_facts_leave_figures_sql_and_files() -> None:
    ground = append(draft("test.noted"))
    kept, gone = append(draft()), checked()
    sync()
    assert counted() == 2
    seal([gone.id], ground=ground)
    assert counted() == 1  # the files still hold it, the reading leaves it out
    assert MARK not in str(run_sql("SELECT * FROM history.test_checked").rows)
    assert run_sql("SELECT count(*) FROM facts WHERE kind = 'test.checked'").rows == ((1,),)
    sync()
    assert not bytes_with_mark()
    assert counted() == 1
    assert verify().passed
    assert sum(one.facts for one in tally(COUNT, tree_size=gone.leaf_index + 1)) == 1
    assert kept.leaf_index < gone.leaf_index


def test_what_was_sealed_before_copying_is_never_copied() -> None:
    ground = append(draft("test.noted"))
    gone = checked()
    seal([gone.id], ground=ground)
    sync()
    assert not bytes_with_mark()
    assert counted() == 0
    assert verify().passed
    unseal([gone.id], ground=ground)
    assert counted() in (0, 1)  # until the next sync
    sync()
    assert counted() == 1
    assert verify().passed


def test_a_lifted_seal_brings_back_corrections_too() -> None:
    ground = append(draft("test.noted"))
    first = checked()
    append(draft())
    sync()
    seal([first.id], ground=ground)
    sync()
    append(draft(payload={"lots": 7}, supersedes=first.id))
    sync()
    assert counted() == 1
    unseal([first.id], ground=ground)
    sync()
    assert counted() == 2
    compact()
    assert counted() == 2
    assert verify().passed


def test_shields_end_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = append(draft("test.noted"))
    fact = checked()
    now = timezone.now()
    seal([fact.id], ground=ground, until=now + timedelta(hours=1))
    sync()
    assert counted() == 0
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    sync()
    assert counted() == 1
    assert verify().passed


@pytest.mark.django_db(transaction=True)
def test_readers_outside_a_transaction_bring_the_files_up_to_the_seals() -> None:
    ground = append(draft("test.noted"))
    gone = checked(occurred_on=date(2026, 2, 1))
    assert counted() == 1
    with transaction.atomic():
        seal([gone.id], ground=ground)
        assert counted() == 0
    assert counted() == 0
    assert not bytes_with_mark()
