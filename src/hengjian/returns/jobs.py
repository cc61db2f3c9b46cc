"""What the worker does for this room, round after round."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from hengjian.clocks.calendar import current_calendar
from hengjian.returns.actions.workflow import remind
from hengjian.returns.integrity.running import run_nightly
from hengjian.returns.models import Return
from hengjian.returns.opening import open_due

# Working days before the due day on which units are reminded.
AHEAD = 3
BATCH = 200


def run_due(now: datetime) -> int:
    """Open periods, remind before and after the due day, check the regime at night; returns how much was done."""
    return open_due(now) + remind_due(now) + run_nightly(now)


def remind_due(now: datetime) -> int:
    """Remind once before the due day and once when it has passed; returns how many returns were reminded of."""
    today = timezone.localdate(now)
    soon = date.fromordinal(current_calendar().advance(today.toordinal(), AHEAD))
    rows = Return.objects.filter(
        Q(due_on__lt=today, reminded__lt=2) | Q(due_on__lte=soon, reminded=0), state__in=Return.EDITABLE
    ).exclude(state=Return.State.CORRECTING)
    done = 0
    for entry in rows.select_related("opening", "unit", "region").order_by("due_on", "pk")[:BATCH]:
        stage = 2 if entry.due_on < today else 1
        # Two workers at once: the one whose update hits the row tells.
        if Return.objects.filter(pk=entry.pk, reminded=entry.reminded).update(reminded=stage):
            remind(entry, today)
            done += 1
    return done
