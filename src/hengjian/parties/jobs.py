"""What the worker does for this room, round after round."""

from __future__ import annotations

from datetime import datetime

from hengjian.parties import unit_actions


def run_due(now: datetime) -> int:
    """Hand over what units take over from today on."""
    return unit_actions.run_due()
