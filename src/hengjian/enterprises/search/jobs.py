"""What the worker does for this room: changed enterprises enter the postings."""

from __future__ import annotations

from datetime import datetime

from hengjian.enterprises.search.indexing import fold


def run_due(now: datetime) -> int:
    """Merge one portion of what changed; returns how many enterprises."""
    return fold(now)
