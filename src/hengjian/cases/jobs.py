"""What the worker does for this room, round after round; reminders and automatic steps come from the clocks."""

from __future__ import annotations

from datetime import datetime

from hengjian.cases.following import follow_calendar


def run_due(now: datetime) -> int:
    """Bring cases to clocks that a new working-day calendar moved; returns how many."""
    return follow_calendar(now)
