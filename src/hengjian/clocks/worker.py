"""Ringing alarms: claim a deadline by conditional update, run its purpose's handler, set the next alarm.

Safe with several workers and with workers that are killed: a claim pushes the row an hour ahead before anything is
done, and what the handler writes, the log and the next alarm are saved in one transaction that holds the row only
while the claim is ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hengjian.clocks import claims
from hengjian.clocks.claims import BATCH, Claim
from hengjian.clocks.computing import alarm_times, calendar_of, set_next_action
from hengjian.clocks.models import Deadline

log = logging.getLogger("hengjian.worker")
Handler = Callable[[Deadline, str, datetime], None]
_handlers: dict[str, Handler] = {}


def register_handler(purpose: str, handler: Handler) -> None:
    """What to do when an alarm of `purpose` rings: `handler(deadline, code, now)`, inside the transaction.

    Called from the owning room's `AppConfig.ready`. A purpose without a handler has its alarms passed over with a
    warning.

    Raises:
        ValueError: the purpose has another handler already.
    """
    if _handlers.setdefault(purpose, handler) is not handler:
        raise ValueError(f"{purpose} has a handler already")


@dataclass(frozen=True)
class Ringing:
    """An open clock with the codes of its alarms that have come, in order."""

    deadline: Deadline
    codes: tuple[str, ...]


BulkHandler = Callable[[list[Ringing], datetime], set[int]]
_bulk_handlers: dict[str, BulkHandler] = {}
# How many clocks one transaction takes when their alarms only tell people something.
BULK = 1000
# How many such transactions one round of the worker makes before it looks at other things.
BULK_ROUNDS = 10


def register_bulk_handler(purpose: str, handler: BulkHandler) -> None:
    """Besides its handler, let a purpose ring many clocks at once: `handler(ringing, now)`, in one transaction.

    It must not change the clocks; it returns the keys of those that it leaves to the handler, one by one. When it
    raises, nothing is kept and all are left to the handler.

    Raises:
        ValueError: the purpose has another bulk handler already.
    """
    if _bulk_handlers.setdefault(purpose, handler) is not handler:
        raise ValueError(f"{purpose} has a bulk handler already")


def ring_bulk(now: datetime, limit: int = BULK) -> tuple[int, bool]:
    """Ring one batch of the purposes that can be rung together; returns (alarms that rang, whether more may wait).

    The rows are held by the transaction that does the work, so a killed worker leaves them as they were.
    """
    with transaction.atomic():
        due = Deadline.objects.filter(
            next_action_at__lte=now, state=Deadline.State.OPEN, purpose__in=list(_bulk_handlers)
        )
        rows = list(due.select_for_update(skip_locked=True).order_by("next_action_at")[:limit])
        groups: dict[BulkHandler, list[Ringing]] = {}
        moments: dict[int, datetime] = {}
        for row in rows:
            times = [(at, code) for at, code in alarm_times(row, calendar_of(row)) if row.alarms_from < at <= now]
            if times:
                moments[row.pk] = times[-1][0]
            ringing = Ringing(row, tuple(code for _at, code in times))
            groups.setdefault(_bulk_handlers[row.purpose], []).append(ringing)
        rung, done = 0, []
        for handler, ringing_now in groups.items():
            left = handler(ringing_now, now)
            for item in ringing_now:
                if item.deadline.pk in left:
                    continue
                rung += len(item.codes)
                item.deadline.alarms_from = moments.get(item.deadline.pk, item.deadline.alarms_from)
                set_next_action(item.deadline, calendar_of(item.deadline))
                done.append(item.deadline)
        Deadline.objects.bulk_update(done, ["alarms_from", "next_action_at"], batch_size=200)
    return rung, len(rows) == limit and bool(done)


def claim_due(now: datetime, limit: int = BATCH) -> list[Claim]:
    """Take up to `limit` deadlines whose next action has come, each pushed an hour ahead by a conditional update."""
    return claims.claim_due(Deadline, now, limit)


def ring(claim: Claim, now: datetime) -> int:
    """Ring what is due on a claimed deadline; returns how many alarms rang (0 when the claim was lost or it ended)."""
    with transaction.atomic():
        # Taking the row under the claim's own lease: a worker that overslept it finds it gone and does nothing.
        if not claims.hold(Deadline, claim):
            return 0
        deadline = Deadline.objects.select_for_update().get(pk=claim.pk)
        calendar = calendar_of(deadline)
        due = [(at, code) for at, code in alarm_times(deadline, calendar) if deadline.alarms_from < at <= now]
        rung = 0
        due_at = deadline.due_at
        if deadline.state == Deadline.State.OPEN:
            for at, code in due:
                handler = _handlers.get(deadline.purpose)
                if handler is None:
                    log.warning("no handler for the clock purpose %s (%s)", deadline.purpose, deadline.owner)
                else:
                    handler(deadline, code, now)
                    rung += 1
                # The handler may have stopped, paused or moved the clock; then the next alarm is set already.
                deadline.refresh_from_db()
                if deadline.state != Deadline.State.OPEN or deadline.due_at != due_at:
                    return rung
                deadline.alarms_from = at
        set_next_action(deadline, calendar)
        deadline.save(update_fields=["alarms_from", "next_action_at"])
        return rung


def run_due(now: datetime | None = None, limit: int = BATCH) -> int:
    """Claim and ring one batch; returns how many alarms rang.

    Raises:
        ExceptionGroup: what the handlers raised, after all other rows of the batch were done. Each such row has been
            pushed an hour ahead and nothing of its handler was kept.
    """
    now = now or timezone.now()
    rung = 0
    failures: list[Exception] = []
    try:
        for _round in range(BULK_ROUNDS):
            more, waiting = ring_bulk(now)
            rung += more
            if not waiting:
                break
    except Exception as error:
        error.add_note("a batch of alarms, rung one by one instead")
        failures.append(error)
    for claim in claim_due(now, limit):
        try:
            rung += ring(claim, now)
        except Exception as error:
            error.add_note(f"deadline {claim.pk}, tried again after {claim.lease.isoformat()}")
            failures.append(error)
    if failures:
        raise ExceptionGroup("alarms that failed", failures)
    return rung
