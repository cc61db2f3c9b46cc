"""What the worker does: keep the index, look for anomalies, end recalls whose case is closed."""

from __future__ import annotations

from datetime import datetime

from hengjian.cases.queries import cases
from hengjian.trace.chain.actions import EndRecall
from hengjian.trace.chain.detecting import detect, detect_all, today_done
from hengjian.trace.chain.index import MERGE_AFTER, refresh
from hengjian.trace.chain.models import RecallOrder

SYSTEM = "trace"


def run_due(now: datetime) -> int:
    """Do what is due; how much was done."""
    if left := refresh(MERGE_AFTER):
        return left  # findings wait until everything is known
    done = detect(now)
    if not done and not today_done(now):
        done += detect_all(now)
    return done + end_closed()


def end_closed() -> int:
    """Recalls whose case was closed are ended."""
    ended = 0
    for order in RecallOrder.objects.filter(state=RecallOrder.State.RUNNING).exclude(case=""):
        case = cases("product_recall").filter(pk=int(order.case.rpartition(":")[2])).first()
        if case is not None and case.closed_at is not None:
            EndRecall(user=None, system=SYSTEM, order=order, reason=case.number).execute()
            ended += 1
    return ended
