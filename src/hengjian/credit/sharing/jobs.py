"""What the worker does for this room: messages are sent, screenings compared, new grades told, old counts forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from hengjian.credit.sharing.delivering import deliver
from hengjian.credit.sharing.grades import tell_grades
from hengjian.credit.sharing.screening import run_waiting
from hengjian.credit.sharing.use import forget

FORGET_EVERY = timedelta(hours=1)
_forgot_at: datetime | None = None


def run_due(now: datetime) -> int:
    """One round; returns how many things were done."""
    global _forgot_at
    done = tell_grades() + deliver(now) + run_waiting(now)
    if _forgot_at is None or now - _forgot_at >= FORGET_EVERY:
        done += forget(now)
        _forgot_at = now
    return done
