"""Reads: as known at, as valid on, disclosure, references — against a plain model of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from unittest import mock
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hengjian.ledger import queries
from hengjian.ledger.actions import append, retract
from hengjian.ledger.drafts import DISCLOSURES, Disclosure, FactDraft, Source
from hengjian.ledger.errors import FactNotFound, ReplacedFact
from hengjian.ledger.models import Fact
from tests.ledger.conftest import make_draft

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
SUBJECT = "enterprise:91990200MA7Q4K2TX4"
WHO = Source(unit="unit:12")


def at(moment: datetime) -> mock._patch[mock.MagicMock]:
    return mock.patch("hengjian.ledger.store.timezone.now", return_value=moment)


def ids(found: object) -> list[object]:
    return [fact.id for fact in found]  # type: ignore[attr-defined]


def test_a_correction_replaces_from_when_it_was_recorded() -> None:
    with at(NOON):
        wrong = append(make_draft(occurred_on=date(2026, 4, 1)))
    with at(NOON + timedelta(days=3)):
        right = append(make_draft(occurred_on=date(2026, 4, 2), supersedes=wrong.id))
    assert ids(queries.timeline(SUBJECT, disclosure="public")) == [right.id]
    assert ids(queries.timeline(SUBJECT, disclosure="public", known_at=NOON)) == [wrong.id]
    assert ids(queries.timeline(SUBJECT, disclosure="public", known_at=NOON - timedelta(seconds=1))) == []
    assert ids(queries.timeline(SUBJECT, disclosure="public", history=True)) == [wrong.id, right.id]
    assert ids(queries.facts(disclosure="public", tree_size=1)) == [wrong.id]
    assert queries.replacement_of(wrong) == right
    assert queries.fact_by_id(str(wrong.id), disclosure="public") == wrong


def test_a_repaired_record_is_not_shown_from_its_effective_day() -> None:
    penalty = append(make_draft(occurred_on=date(2026, 1, 10)))
    retract(penalty, "信用修复", WHO, from_day=date(2026, 3, 1))
    shown = queries.timeline(SUBJECT, disclosure="public", valid_on=date(2026, 2, 28))
    assert ids(shown) == [penalty.id]
    assert ids(queries.timeline(SUBJECT, disclosure="public", valid_on=date(2026, 3, 1))) == []
    assert ids(queries.timeline(SUBJECT, disclosure="public", valid_on=date(2026, 1, 9))) == []


def test_an_expiring_record_is_not_shown_from_its_end() -> None:
    listed = append(make_draft(occurred_on=date(2024, 1, 1), ends_on=date(2025, 1, 1)))
    assert ids(queries.timeline(SUBJECT, disclosure="public", valid_on=date(2024, 12, 31))) == [listed.id]
    assert ids(queries.timeline(SUBJECT, disclosure="public", valid_on=date(2025, 1, 1))) == []
    assert ids(queries.timeline(SUBJECT, disclosure="public")) == []  # today is later than 2025
    assert ids(queries.timeline(SUBJECT, disclosure="public", history=True)) == [listed.id]


def test_disclosure_limits_every_read() -> None:
    secret = append(make_draft(kind="test.complained", payload={"text": "漏电", "complainant": f"vault:{uuid4()}"}))
    shared = append(make_draft(disclosure="shared"))
    public = append(make_draft())
    expected: dict[Disclosure, list[Fact]] = {
        "public": [public],
        "shared": [shared, public],
        "internal": [secret, shared, public],
    }
    for level, visible in expected.items():
        assert ids(queries.facts(disclosure=level)) == ids(visible)
        assert ids(queries.timeline(SUBJECT, disclosure=level)) == ids(visible)
        assert ids(queries.facts_by_ref("lot:7", disclosure=level)) == ids(visible)
        assert ids(queries.timeline(SUBJECT, disclosure=level, history=True)) == ids(visible)
    assert queries.current(SUBJECT, "test.complained", disclosure="shared") is None
    assert queries.current(SUBJECT, "test.complained", disclosure="internal") == secret
    with pytest.raises(FactNotFound, match="没有找到"):
        queries.fact_by_id(secret.id, disclosure="shared")
    with pytest.raises(FactNotFound, match="没有找到"):
        queries.fact_by_id("12", disclosure="internal")
    with pytest.raises(ValueError, match="not a disclosure level"):
        queries.facts(disclosure="all")  # type: ignore[arg-type]


def test_an_internal_correction_takes_a_public_fact_away() -> None:
    public = append(make_draft())
    append(make_draft(supersedes=public.id, disclosure="internal"))
    assert ids(queries.timeline(SUBJECT, disclosure="public")) == []


def test_current_and_references() -> None:
    old = append(make_draft(occurred_on=date(2026, 1, 1)))
    new = append(make_draft(occurred_on=date(2026, 2, 1), refs={"sample": "lot:7"}))
    append(make_draft(subject="enterprise:other", occurred_on=date(2026, 3, 1), refs={}))
    assert queries.current(SUBJECT, "test.inspected", disclosure="public") == new
    assert queries.current(SUBJECT, "test.inspected", disclosure="public", valid_on=date(2026, 1, 15)) == old
    assert ids(queries.facts_by_ref("lot:7", disclosure="public", role="sample")) == [new.id]
    assert ids(queries.facts_by_ref("lot:7", disclosure="public")) == [old.id, new.id]
    assert ids(queries.timeline(SUBJECT, disclosure="public", kinds=["no.such"])) == []


@dataclass
class Plain:
    """One fact in the plain model."""

    uid: object
    day: int
    end: int | None
    level: int
    supersedes: object = None
    retracts: object = None


def expected(log: list[Plain], size: int, day: int, level: int) -> Iterator[object]:
    """The rules of `queries.facts`, said once more over a list."""
    known = log[:size]
    for fact in known:
        gone = any(other.supersedes == fact.uid for other in known)
        ended = any(other.retracts == fact.uid and other.day <= day for other in known)
        lasts = fact.end is None or fact.end > day
        if fact.level <= level and fact.retracts is None and fact.day <= day and lasts and not gone and not ended:
            yield fact.uid


steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "correct", "withdraw"]),
        st.integers(0, 20),  # which earlier fact
        st.integers(0, 9),  # day
        st.none() | st.integers(0, 5),  # lasts
        st.integers(0, 2),  # disclosure
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.data())
def test_reads_agree_with_the_plain_model(
    script: list[tuple[str, int, int, int | None, int]], data: st.DataObject
) -> None:
    from django.db import transaction

    start = date(2026, 1, 1)
    with transaction.atomic():
        log: list[Plain] = []
        base = Fact.objects.count()
        moments: list[datetime] = []
        for number, (what, which, day, lasts, level) in enumerate(script):
            target = log[which % len(log)] if log and what != "add" else None
            on = start + timedelta(days=day)
            draft: FactDraft = make_draft(
                subject="enterprise:algebra",
                occurred_on=on,
                ends_on=None if lasts is None else on + timedelta(days=lasts),
                disclosure=DISCLOSURES[level],
                supersedes=target.uid if target and what == "correct" else None,
            )
            moment = NOON + timedelta(days=365 * 10, seconds=number)
            try:
                with at(moment), transaction.atomic():
                    if target and what == "withdraw":
                        fact = retract(Fact.objects.get(id=target.uid), "撤回", WHO, from_day=on)
                    else:
                        fact = append(draft)
            except ReplacedFact:
                assert target is not None
                replaced = {uid for item in log for uid in (item.supersedes, item.retracts)}
                assert target.uid in replaced or target.retracts is not None
                continue
            end = None if fact.ends_on is None else (fact.ends_on - start).days
            log.append(
                Plain(fact.id, day, end, DISCLOSURES.index(fact.disclosure), fact.supersedes, fact.retracts)  # type: ignore[arg-type]
            )
            moments.append(moment)
        for _ in range(4):
            size, day = data.draw(st.integers(0, len(log))), data.draw(st.integers(-1, 16))
            level = data.draw(st.integers(0, 2))
            on = start + timedelta(days=day)
            want = list(expected(log, size, day, level))
            found = queries.facts(disclosure=DISCLOSURES[level], valid_on=on, tree_size=base + size)
            assert ids(found.filter(subject="enterprise:algebra")) == want
            known = moments[size - 1] if size else NOON - timedelta(days=1)
            listed = queries.timeline("enterprise:algebra", disclosure=DISCLOSURES[level], valid_on=on, known_at=known)
            assert sorted(map(str, ids(listed))) == sorted(map(str, want))
        transaction.set_rollback(True)
