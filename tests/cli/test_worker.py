"""The worker: a room that fails does not hold up the others; it ends when asked, after the round."""

from __future__ import annotations

import os
import signal
import threading
from datetime import datetime

import pytest

from hengjian.cli import _worker


@pytest.mark.django_db
def test_a_failing_room_does_not_hold_up_the_others(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[datetime] = []

    def fails(now: datetime) -> int:
        raise RuntimeError("broken rule")

    def works(now: datetime) -> int:
        seen.append(now)
        return 3

    assert _worker.run_once({"first": fails, "second": works}) == 3
    assert seen[0].tzinfo is not None
    assert "first failed" in caplog.text
    assert "broken rule" in caplog.text


@pytest.mark.django_db
def test_it_ends_on_sigterm_after_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[datetime] = []

    def run_due(now: datetime) -> int:
        rounds.append(now)
        if len(rounds) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return 1 if len(rounds) < 3 else 0

    monkeypatch.setattr(_worker, "duties", lambda: {"room": run_due})
    kept = {kind: signal.getsignal(kind) for kind in (signal.SIGTERM, signal.SIGINT)}
    guard = threading.Timer(20, lambda: os.kill(os.getpid(), signal.SIGINT))
    guard.start()
    try:
        _worker.run_forever(interval=30)
    finally:
        guard.cancel()
        for kind, handler in kept.items():
            signal.signal(kind, handler)
    # Rounds with work follow at once; the waiting after the last one is cut short by the signal.
    assert len(rounds) == 3
