"""What the worker does for the lake: brings it up to the ledger when something new came, at most once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from hengjian.lake.sealing import stamp
from hengjian.lake.storing import lake
from hengjian.lake.syncing import sync
from hengjian.ledger.log import log_size

INTERVAL = timedelta(minutes=1)


def run_due(now: datetime) -> int:
    """Copy what is new, take out what was sealed; returns 1 if something was done. Earlier readers do it themselves."""
    store = lake()
    saved = store.saved_at()
    if saved is not None and now.timestamp() - saved < INTERVAL.total_seconds():
        return 0
    manifest = store.manifest()
    if manifest.seals != stamp():
        sync(store=store)
        return 1
    return int(manifest.tree_size != log_size() and sync(store=store) > 0)
