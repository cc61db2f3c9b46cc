"""What the worker does for this room. Nothing here decides what is shown: that is decided when a page is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from hengjian.clocks.models import Deadline
from hengjian.parties.verbs import ActionRefused
from hengjian.publishing.actions import PERIOD, EndNotice, PrepareList, PublishList, set_period
from hengjian.publishing.lists import public_lists
from hengjian.publishing.models import Notice

SYSTEM = "worker"
# Automatic lists change with what other rooms do; an hour's delay of their snapshots misleads nobody.
LISTS_EVERY = timedelta(hours=1)
_lists_at: datetime | None = None


def run_due(now: datetime) -> int:
    """Follow clocks that moved, book notices whose time is over, publish automatic lists that changed."""
    global _lists_at
    done = follow_clocks() + end_notices(now)
    if _lists_at is None or now - _lists_at >= LISTS_EVERY:
        _lists_at = now
        done += publish_lists()
    return done


def follow_clocks() -> int:
    """The calendar of the year was published later: the period of a notice ends when its clock says so."""
    shown = Notice.objects.filter(state=Notice.State.PUBLISHED).exclude(term="")
    clocks = Deadline.objects.filter(purpose=PERIOD, state=Deadline.State.OPEN).values_list("owner", "due_on")
    due = dict(clocks)
    moved = 0
    for notice in shown:
        last = due.get(notice.ref)
        before = (notice.objections_until, notice.shown_until)
        if last is None:
            continue
        set_period(notice, last)
        if (notice.objections_until, notice.shown_until) != before:
            notice.save(update_fields=["objections_until", "shown_until"])
            moved += 1
    return moved


def end_notices(now: datetime) -> int:
    done = 0
    for notice in Notice.objects.filter(state=Notice.State.PUBLISHED, shown_until__lte=now)[:500]:
        try:
            EndNotice(user=None, system=SYSTEM, notice=notice).execute()
        except ActionRefused:  # withdrawn by a person in the meantime
            continue
        done += 1
    return done


def publish_lists() -> int:
    done = 0
    for declared in public_lists():
        keeper = declared.keeper() if declared.automatic and declared.keeper else None
        if keeper is None:
            continue
        try:
            snapshot = PrepareList(
                user=None, system=SYSTEM, code=declared.code, unit=keeper, region=keeper.region, on=timezone.localdate()
            ).execute()
        except ActionRefused:  # nothing has changed
            continue
        PublishList(user=None, system=SYSTEM, snapshot=snapshot).execute()
        done += 1
    return done
