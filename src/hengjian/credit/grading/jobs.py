"""Background work: the month that ended is graded, adjustments that ran out end."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from hengjian.credit.grading.actions import ClassifyMonth, EndAdjustment
from hengjian.credit.grading.computing import SYSTEM
from hengjian.credit.grading.models import Adjustment
from hengjian.credit.grading.runs import months_due

KEY, HELD = "credit-grading:running", 3600


def run_due(now: datetime) -> int:
    """Grade what is due; returns how many runs and adjustments were done."""
    today = timezone.localdate(now)
    done = 0
    over = Adjustment.objects.filter(state=Adjustment.State.AGREED, until__lt=today)[:100]
    for adjustment in over:
        EndAdjustment(user=None, system=SYSTEM, adjustment=adjustment).execute()
        done += 1
    due = list(months_due(today))
    if not due or not cache.add(KEY, now.isoformat(), HELD):
        return done
    try:
        for pack, month in due:
            ClassifyMonth(user=None, system=SYSTEM, pack=pack.rule.id, month=month).execute()
            done += 1
    finally:
        cache.delete(KEY)
    return done
