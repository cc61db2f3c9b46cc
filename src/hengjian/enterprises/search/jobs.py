"""What the worker does for this room: changed enterprises enter the postings; after new rules of names all follow."""

from __future__ import annotations

from datetime import datetime

from hengjian.enterprises.search.following import follow
from hengjian.enterprises.search.indexing import fold


def run_due(now: datetime) -> int:
    """Merge one portion of what changed, and bring one portion up to the rules; returns how many enterprises."""
    return fold(now) + follow(now)
