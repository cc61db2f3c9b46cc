"""What the worker does for this room, round after round."""

from __future__ import annotations

from datetime import datetime, timedelta

from hengjian.clocks import worker
from hengjian.clocks.actions import recompute

# The rulebook does not change while a process runs; clocks started by a process with an older one are caught within
# the hour.
RECOMPUTE_EVERY = timedelta(hours=1)
_recomputed_at: datetime | None = None


def run_due(now: datetime) -> int:
    """Bring running clocks to the published calendar, then ring the alarms that have come; returns how many were
    done."""
    global _recomputed_at
    moved = 0
    if _recomputed_at is None or now - _recomputed_at >= RECOMPUTE_EVERY:
        moved = recompute(now)
        _recomputed_at = now
    return moved + worker.run_due(now)
