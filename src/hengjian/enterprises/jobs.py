"""What the worker does for this room: deliveries that take longer than a page waits."""

from __future__ import annotations

from datetime import datetime

from hengjian.enterprises import batches
from hengjian.enterprises.models import IntakeBatch

# A round works so long on deliveries, so that other rooms' alarms are not held up.
SECONDS = 3.0


def run_due(now: datetime) -> int:
    """Slices of the oldest delivery at work; returns how many were done."""
    batch = IntakeBatch.objects.filter(state__in=batches.AT_WORK).order_by("pk").first()
    return batches.advance(batch, SECONDS) if batch is not None else 0
