"""Computing stored clocks again: one after an event, all running ones when the calendar changed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.computing import calendar_of, compute, set_next_action
from hengjian.clocks.models import Deadline, DeadlineChange
from hengjian.clocks.rules import Extension, Pause, due

RUNNING = (Deadline.State.OPEN, Deadline.State.PAUSED)
BATCH = 100
# The columns that `computing.compute` sets.
COMPUTED = [
    "due_on",
    "due_at",
    "provisional",
    "calendar_version",
    "explanation",
    "alarms_from",
    "next_action_at",
]


def extended(row: Deadline, extension: Extension) -> date:
    """The due day that one more extension would lead to; nothing is changed."""
    pauses, extensions = stored_parts(row)
    closed = [pause for pause in pauses if pause.end is not None]
    return due(row.moment(row.started_at), row.term, calendar_of(row), closed, [*extensions, extension]).day


def stored_parts(row: Deadline) -> tuple[list[Pause], list[Extension]]:
    """The pauses and extensions of a clock as the pure rules take them."""
    return [pause.as_rule(row) for pause in row.pauses.all()], [grant.as_rule() for grant in row.extensions.all()]


def recompute_one(row: Deadline, now: datetime | None = None) -> bool:
    """Compute one deadline again from its stored pauses and extensions; returns whether its due moment moved.
    Unsaved."""
    if not row.running:
        set_next_action(row, calendar_of(row))
        return False
    return compute(row, *stored_parts(row), now or timezone.now())


def recompute(now: datetime | None = None) -> int:
    """Bring running clocks to the calendar in force; returns how many due days moved, each logged old → new.

    Closed clocks keep the calendar they were judged by.
    """
    now = now or timezone.now()
    moved = 0
    running = Deadline.objects.filter(state__in=RUNNING).exclude(term_unit="minute")
    for region in running.values_list("region", flat=True).distinct().order_by("region"):
        version = current_calendar(region).version
        stale = running.filter(region=region).exclude(calendar_version=version)
        keys = list(stale.values_list("pk", flat=True))
        for first in range(0, len(keys), BATCH):
            moved += _recompute_batch(stale.filter(pk__in=keys[first : first + BATCH]), now)
    return moved


def _recompute_batch(stale: QuerySet[Deadline], now: datetime) -> int:
    """Recompute and log one batch in one transaction; rows that somebody closed meanwhile are not in `stale` any
    more."""
    changes: list[DeadlineChange] = []
    with transaction.atomic():
        rows = list(stale.select_for_update().prefetch_related("pauses", "extensions"))
        for row in rows:
            old = (row.state, row.due_at, row.calendar_version)
            if recompute_one(row, now):
                changes.append(log_entry(row, "calendar", *old, "system", _("工作日历更新，重新计算。"), now))
        Deadline.objects.bulk_update(rows, COMPUTED, batch_size=BATCH)
        DeadlineChange.objects.bulk_create(changes)
    return len(changes)


def log_entry(
    row: Deadline,
    verb: str,
    old_state: str,
    old_due: datetime | None,
    old_calendar: str,
    by: str,
    reason: str,
    now: datetime | None,
) -> DeadlineChange:
    """The log entry of one event, unsaved."""
    return DeadlineChange(
        deadline=row,
        at=now or timezone.now(),
        verb=verb,
        old_state=old_state,
        new_state=row.state,
        old_due=old_due,
        new_due=row.due_at,
        old_calendar=old_calendar,
        new_calendar=row.calendar_version,
        by=by,
        reason=reason,
    )
