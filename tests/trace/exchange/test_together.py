"""Files of messages taken in by two at once, or broken off in the middle: once and whole, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hengjian.ledger.models import Fact
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.queries import find
from hengjian.trace.events.models import Event
from hengjian.trace.exchange import taking
from hengjian.trace.exchange.intake import UndoBatch
from hengjian.trace.exchange.models import ExchangeBatch
from tests.cases.test_together import at_once
from tests.trace.exchange.conftest import TraceWorld
from tests.trace.exchange.test_intake import chain, finished, taken
from tests.trace.exchange.test_intake import handed_in as given

pytestmark = pytest.mark.django_db(transaction=True)


def handed_in(trace: TraceWorld) -> ExchangeBatch:
    data = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in chain(trace)).encode()
    return given(trace.inspector, trace.agriculture, data, "一条链.jsonl")


def take(trace: TraceWorld, pk: int) -> Any:
    return lambda: taken(trace.inspector, ExchangeBatch.objects.get(pk=pk))


def told() -> int:
    return Fact.objects.filter(kind="trace.exchange").count()


def test_one_file_taken_in_by_two_at_once_is_taken_in_once(trace: TraceWorld) -> None:
    batch = handed_in(trace)
    found = at_once(take(trace, batch.pk), take(trace, batch.pk))
    assert sorted(type(one).__name__ for one in found) == ["ActionRefused", "ExchangeBatch"], found
    batch.refresh_from_db()
    assert batch.added == Event.objects.count() > 0 and batch.already == 0
    finished(UndoBatch(user=trace.inspector, batch=batch, reason="重复").execute())
    assert Event.objects.exclude(declaration="").count() == batch.added


def test_the_same_file_handed_in_twice_and_taken_in_at_once_adds_its_events_once(trace: TraceWorld) -> None:
    first, second = handed_in(trace), handed_in(trace)
    found = at_once(take(trace, first.pk), take(trace, second.pk))
    assert all(isinstance(one, ExchangeBatch) for one in found), found
    assert sorted(bool(one.added) for one in found) == [False, True]
    assert sum(one.added for one in found) == sum(one.already for one in found) == Event.objects.count()


def test_what_is_broken_off_leaves_nothing_and_can_be_done_again(
    trace: TraceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = handed_in(trace)
    before = told()
    original = taking.add_events

    def broken(*given: Any, **named: Any) -> Any:
        original(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(taking, "add_events", broken)
        take(trace, batch.pk)()
    batch.refresh_from_db()
    assert (batch.state, Event.objects.count(), find("trace_subject", "F-0001"), told()) == ("taking", 0, None, before)
    finished(batch)
    assert Event.objects.exists() and find("trace_subject", "F-0001") is not None and told() == before + 1
    with pytest.raises(ActionRefused):
        take(trace, batch.pk)()
