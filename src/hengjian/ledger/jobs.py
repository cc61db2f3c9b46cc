"""What the worker does for the ledger: signs a checkpoint whenever facts were added, at most once a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from hengjian.ledger.checkpoints import latest_checkpoint, sign_checkpoint

INTERVAL = timedelta(minutes=1)


def run_due(now: datetime) -> int:
    """Sign when the newest checkpoint is old enough and the log has grown; returns 1 if a checkpoint was made.

    Two workers at once make one checkpoint: there is one per size of the log.
    """
    last = latest_checkpoint()
    if last is not None and now - last.signed_at < INTERVAL:
        return 0
    return int(sign_checkpoint() != last)
