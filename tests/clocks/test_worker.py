"""Alarms: claimed once, rung once, never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hengjian.clocks import claims, jobs, worker
from hengjian.clocks.actions import extend_clock, pause_clock, resume_clock, start_clock, stop_clock
from hengjian.clocks.models import Deadline, DeadlineChange
from hengjian.clocks.rules import Term

pytestmark = pytest.mark.django_db
TEN = Term(10, "working_day")
ALARMS = [("before_3", -3), ("due", 0), ("over_1", 1)]


def at(text: str, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text).replace(hour=hour))


@pytest.fixture
def rung() -> Iterator[list[tuple[str, str]]]:
    heard: list[tuple[str, str]] = []

    def handler(deadline: Deadline, code: str, now: datetime) -> None:
        heard.append((deadline.owner, code))

    worker.register_handler("test", handler)
    yield heard
    del worker._handlers["test"]


def clock(owner: str = "task:1", purpose: str = "test") -> Deadline:
    """Started Monday 2026-03-02, due Monday 2026-03-16."""
    found = start_clock(owner, purpose, at("2026-03-02"), term=TEN, alarms=ALARMS, now=at("2026-03-02"))
    assert found.due_on == date(2026, 3, 16)
    return found


def test_alarms_ring_at_nine_on_working_days(rung: list[tuple[str, str]]) -> None:
    found = clock()
    assert found.next_action_at == at("2026-03-11", 9)
    assert worker.run_due(at("2026-03-11", 8)) == 0
    assert worker.run_due(at("2026-03-11", 9)) == 1
    assert worker.run_due(at("2026-03-11", 10)) == 0
    found.refresh_from_db()
    assert found.next_action_at == at("2026-03-16", 9)
    assert worker.run_due(at("2026-03-16", 9)) == worker.run_due(at("2026-03-17", 9)) == 1
    assert [code for _, code in rung] == ["before_3", "due", "over_1"]
    found.refresh_from_db()
    assert found.next_action_at is None


def test_a_worker_that_was_away_rings_everything_once(rung: list[tuple[str, str]]) -> None:
    clock()
    assert worker.run_due(at("2026-04-01")) == 3
    assert worker.run_due(at("2026-04-02")) == 0
    assert [code for _, code in rung] == ["before_3", "due", "over_1"]


def test_a_claim_is_given_once() -> None:
    clock()
    now = at("2026-03-11")
    assert len(worker.claim_due(now)) == 1
    assert worker.claim_due(now) == []


def test_two_workers_that_saw_the_same_row(monkeypatch: pytest.MonkeyPatch, rung: list[tuple[str, str]]) -> None:
    """The second worker read the row before the first claimed it; its conditional update finds it gone."""
    clock()
    now = at("2026-03-11")
    original = Deadline.objects.filter

    def slow_filter(*args: object, **given: object) -> object:
        if "pk" in given and "next_action_at" in given:
            monkeypatch.setattr(Deadline.objects, "filter", original)
            assert len(worker.claim_due(now)) == 1
        return original(*args, **given)

    monkeypatch.setattr(Deadline.objects, "filter", slow_filter)
    assert worker.claim_due(now) == []


def test_a_worker_killed_after_claiming_loses_nothing(rung: list[tuple[str, str]]) -> None:
    clock()
    now = at("2026-03-11")
    claims = worker.claim_due(now)
    assert worker.run_due(now + timedelta(minutes=59)) == 0
    assert worker.run_due(now + timedelta(minutes=61)) == 1
    # The first worker wakes up after its lease: its claim is void.
    assert worker.ring(claims[0], now + timedelta(minutes=62)) == 0
    assert rung == [("task:1", "before_3")]


def test_a_failing_handler_is_undone_pushed_ahead_and_told() -> None:
    def handler(deadline: Deadline, code: str, now: datetime) -> None:
        DeadlineChange.objects.filter(deadline=deadline).update(reason="half done")
        if deadline.owner == "task:bad":
            raise RuntimeError("no mail")

    worker.register_handler("failing", handler)
    try:
        bad, good = clock("task:bad", "failing"), clock("task:good", "failing")
        now = at("2026-03-11")
        with pytest.raises(ExceptionGroup) as caught:
            worker.run_due(now)
        assert "no mail" in str(caught.value.exceptions[0])
        bad.refresh_from_db(), good.refresh_from_db()
        assert bad.next_action_at == now + claims.LEASE
        assert bad.changes.get().reason == ""
        assert good.changes.get().reason == "half done"
        assert good.next_action_at == at("2026-03-16", 9)
        assert worker.run_due(now + timedelta(minutes=5)) == 0
    finally:
        del worker._handlers["failing"]


def test_closed_and_paused_clocks_are_silent(rung: list[tuple[str, str]]) -> None:
    stop_clock(clock("task:1"), now=at("2026-03-05"))
    paused = pause_clock(clock("task:2"), "停工", now=at("2026-03-10"))
    assert worker.run_due(at("2026-04-01")) == 0
    resumed = resume_clock(paused, now=at("2026-04-01"))
    # 10 - 6 days were used (3–9 March are 5, the 10th is paused): five more from 1 April on, Qingming on 6 April.
    assert resumed.due_on == date(2026, 4, 8)
    assert resumed.next_action_at == at("2026-04-02", 9)
    assert rung == []


def test_an_extension_sets_the_alarms_anew(rung: list[tuple[str, str]]) -> None:
    found = clock()
    assert worker.run_due(at("2026-03-11")) == 1
    extend_clock(found, "办公室", "等待批复", until=date(2026, 3, 31), now=at("2026-03-12"))
    found.refresh_from_db()
    assert found.next_action_at == at("2026-03-26", 9)
    worker.run_due(at("2026-03-26"))
    assert [code for _, code in rung] == ["before_3", "before_3"]


def test_a_handler_may_stop_its_clock() -> None:
    def handler(deadline: Deadline, code: str, now: datetime) -> None:
        stop_clock(deadline, now=now)

    worker.register_handler("stopping", handler)
    try:
        found = clock(purpose="stopping")
        assert worker.run_due(at("2026-04-01")) == 1
        found.refresh_from_db()
        assert (found.state, found.next_action_at) == ("missed", None)
    finally:
        del worker._handlers["stopping"]


def test_a_purpose_has_one_handler(rung: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="handler already"):
        worker.register_handler("test", lambda deadline, code, now: None)


def test_the_job_of_the_room_rings(rung: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_recomputed_at", None)
    clock()
    assert jobs.run_due(at("2026-03-11")) == 1


def test_polling_uses_the_index(django_assert_num_queries: object) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("reads the plan of SQLite")
    query = Deadline.objects.filter(next_action_at__lte=timezone.now()).order_by("next_action_at")
    assert "clock_next" in query.explain()
