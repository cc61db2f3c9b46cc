"""Work in the background: indicators are computed after the ledger has grown, and once a day in any case."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Max, Min

from hengjian.indicators.actions import ComputeIndicators
from hengjian.indicators.models import Computation
from hengjian.ledger.log import log_size

# Values of today need not follow every fact at once; people who do not want to wait press the button.
REST = timedelta(minutes=30)
KEY, HELD = "indicators:computing", 3600


def run_due(now: datetime) -> int:
    """Compute what changed; returns the number of values written."""
    state = Computation.objects.aggregate(last=Max("computed_at"), size=Min("tree_size"), day=Min("through"))
    last = state["last"]
    if last is not None and now - last < REST:
        return 0
    if last is not None and state["size"] >= log_size() and state["day"] == now.date():
        return 0
    if not cache.add(KEY, now.isoformat(), HELD):
        return 0  # another worker is at it
    try:
        outcomes = ComputeIndicators(user=None, system="worker").execute()
    finally:
        cache.delete(KEY)
    return sum(outcome.stored.written for outcome in outcomes)
