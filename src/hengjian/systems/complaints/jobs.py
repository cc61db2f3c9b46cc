"""What the worker does for this room: check, import and take back long sheets, one at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from hengjian.systems.complaints.importing import advance
from hengjian.systems.complaints.models import TicketBatch

# Shorter sheets are done in the request itself; whatever is left after that is the worker's.
PATIENCE = timedelta(seconds=2)


def run_due(now: datetime) -> int:
    """Take the next step of every batch that waits; returns how many steps were taken."""
    waiting = TicketBatch.AT_WORK
    batches = TicketBatch.objects.filter(state__in=waiting, at__lte=now - PATIENCE).select_related("unit__region", "by")
    return sum(advance(batch) for batch in batches.order_by("at"))
