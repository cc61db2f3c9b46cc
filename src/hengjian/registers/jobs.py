"""What the worker does for this room: imports in slices, expiry of validity, reminders."""

from __future__ import annotations

import logging
import time
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from hengjian.parties.verbs import ActionRefused
from hengjian.registers import batches
from hengjian.registers.actions import ExpireEntry
from hengjian.registers.catalogue import register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import ImportBatch
from hengjian.registers.queries import entries
from hengjian.registers.reminding import remind

log = logging.getLogger("hengjian.registers")
WORKER = "worker"
# A round works so long on imports and on expiries, so that other rooms' alarms are not held up.
SECONDS = 3.0
# Nothing here falls due by the minute: registers are looked through this often when the last look found nothing.
PAUSE = timedelta(minutes=10)

_idle_until: datetime | None = None


def run_due(now: datetime) -> int:
    """One slice of each kind of work; returns how much was done."""
    global _idle_until
    done = run_imports()
    if _idle_until is not None and _idle_until - PAUSE <= now < _idle_until:
        return done
    swept = sweep(timezone.localdate(now))
    _idle_until = None if swept else now + PAUSE
    return done + swept


def run_imports() -> int:
    """Go on with the oldest import that waits or was left by a killed worker."""
    free = ImportBatch.objects.filter(state__in=batches.AT_WORK).order_by("created_at", "pk")
    for batch in free.select_related("unit", "region", "created_by")[:5]:
        if slices := batches.advance(batch, SECONDS):
            return slices
    return 0


def sweep(today: date) -> int:
    """Expire what is over and remind of what draws near, in all registers; returns how many entries were touched."""
    start, done = time.monotonic(), 0
    with override("zh-hans"):  # reasons are kept in the language of the registers
        for declared in register_types():
            try:
                done += expire(declared, today, SECONDS - (time.monotonic() - start))
                done += remind(declared, today)
            except Exception:  # one register's mistake must not hold up all others
                log.exception("sweep of the register %s failed; it is tried again", declared.code)
    return done


def expire(declared: RegisterType, today: date, seconds: float) -> int:
    """Give the entries of a register whose validity ended before today the status that is declared for it.

    Each is a step of its own, so that a killed worker loses nothing and two do nothing twice.
    """
    wanted = declared.validity.expires_to
    if not wanted:
        return 0
    counting = [status.code for status in declared.statuses if status.counts and status.code != wanted]
    over = entries(declared.code).filter(status__in=counting, valid_to__lt=today).order_by("valid_to", "pk")
    start, done = time.monotonic(), 0
    for entry in over.select_related("unit", "region", "filer")[:1000]:
        if time.monotonic() - start > seconds:
            break
        reason = _("有效期至 %(day)s 届满") % {"day": entry.valid_to.isoformat()}
        action = ExpireEntry(
            user=None,
            system=WORKER,
            entry=entry,
            status=wanted,
            on=entry.valid_to + timedelta(days=1),
            reason=reason,
        )
        try:
            action.execute()
            done += 1
        except ActionRefused as error:
            # Renewed or ended by somebody a moment ago.
            log.info("expiry of %s: %s", entry.ref, error.message)
    return done
