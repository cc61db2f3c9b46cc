"""What the worker does for this room, round after round."""

from __future__ import annotations

from datetime import datetime

from hengjian.plans import following


def run_due(now: datetime) -> int:
    """Refresh lights, remind and urge where the moment has come; returns how many duties were handled."""
    return following.run_due(now)
