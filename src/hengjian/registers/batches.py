"""Imports at work: a sheet is checked, applied or taken back in slices, each a transaction of its own.

A slice takes about a second, so that others can write in between and progress is seen. Killed half-way, the next
worker goes on where the last finished slice ended. What a row would do is found out anew when it is applied, because
the register may have changed since the check; a row applied before is then simply unchanged.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents import files
from hengjian.ledger import store
from hengjian.parties.inserting import insert_many
from hengjian.parties.slices import Slices
from hengjian.registers import bulk
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryVersion, ImportBatch, ImportRow
from hengjian.registers.planning import Reading, RowPlan, SheetFault
from hengjian.registers.queries import entries
from hengjian.registers.showing import change_lines

log = logging.getLogger("hengjian.registers")
SLICE = 1_000
AT_WORK = (ImportBatch.State.CHECKING, ImportBatch.State.APPLYING, ImportBatch.State.UNDOING)

# The sheet that this process has open; reading it again for every slice would cost more than the slice.
_open: dict[int, Reading] = {}


def advance(batch: ImportBatch, seconds: float, now: datetime | None = None) -> int:
    """Work on a batch for about so long; returns how many slices were done.

    Nothing is done while another process has it. A sheet that cannot be used at all ends as failed, with the reason.
    """
    try:
        with store.bulk():
            return _WORK.advance(batch, seconds, now)
    finally:
        if batch.state not in AT_WORK:
            _open.pop(batch.pk, None)


def _slice(batch: ImportBatch) -> None:
    if batch.state == ImportBatch.State.CHECKING:
        _check(batch, reading_of(batch))
    elif batch.state == ImportBatch.State.APPLYING:
        _apply(batch, reading_of(batch))
    else:
        _undo(batch)


_WORK: Slices[ImportBatch] = Slices(_slice, AT_WORK, ImportBatch.State.FAILED, (SheetFault,), log)


def reading_of(batch: ImportBatch) -> Reading:
    """The batch's sheet, read once per process.

    Raises:
        SheetFault, UploadRefused: the sheet cannot be used.
    """
    if batch.pk not in _open:
        _open.clear()
        data = files.read(batch.file.removeprefix("sha256:"))
        _open[batch.pk] = Reading(register_type(batch.register), batch, data, batch.created_by)
    reading = _open[batch.pk]
    reading.batch = batch
    return reading


def _check(batch: ImportBatch, reading: Reading) -> None:
    rows = reading.rows[batch.done : batch.done + SLICE]
    with transaction.atomic():
        plans = reading.plan(rows)
        insert_many(_row(batch, plan) for plan in plans)
        for plan in plans:
            setattr(batch, plan.outcome, getattr(batch, plan.outcome) + 1)
        batch.total, batch.ignored = len(reading.rows), reading.ignored[:50]
        batch.done += len(rows)
        if batch.done >= batch.total:
            batch.state, batch.done = ImportBatch.State.CHECKED, 0
        batch.save(update_fields=["total", "ignored", "done", "state", "new", "changed", "unchanged", "wrong"])


def _row(batch: ImportBatch, plan: RowPlan) -> ImportRow:
    declared = register_type(batch.register)
    told = [(code, plan.before.get(code), value) for code, value in plan.changes.items()]
    return ImportRow(
        batch=batch,
        number=plan.row.number,
        outcome=plan.outcome,
        key=plan.key[:80],
        title=plan.title,
        faults=[list(fault) for fault in plan.faults],
        changes=[list(line) for line in change_lines(declared, told)],
    )


def _apply(batch: ImportBatch, reading: Reading) -> None:
    declared = reading.declared
    rows = reading.rows[batch.done : batch.done + SLICE]
    with transaction.atomic():
        plans = reading.plan(rows)
        bulk.create(declared, batch, [plan for plan in plans if plan.outcome == "new"])
        bulk.change(declared, batch, [plan for plan in plans if plan.outcome == "changed"])
        _tell_late_faults(batch, plans)
        batch.done += len(rows)
        fields = ["done"]
        if batch.done >= len(reading.rows):
            batch.state, batch.applied_at = ImportBatch.State.APPLIED, timezone.now()
            fields += ["state", "applied_at"]
        batch.save(update_fields=fields)


def _tell_late_faults(batch: ImportBatch, plans: list[RowPlan]) -> None:
    """Rows that were right when checked and are no longer, because the register changed in between."""
    wrong = {plan.row.number: plan for plan in plans if plan.outcome == "wrong"}
    rows = ImportRow.objects.filter(batch=batch, number__in=wrong).exclude(outcome=ImportRow.Outcome.WRONG)
    late = list(rows)
    for row in late:
        batch.wrong += 1
        setattr(batch, row.outcome, getattr(batch, row.outcome) - 1)
        row.outcome = ImportRow.Outcome.WRONG
        row.faults = [list(fault) for fault in wrong[row.number].faults]
    if late:
        ImportRow.objects.bulk_update(late, ["outcome", "faults"])
        batch.save(update_fields=["wrong", "new", "changed", "unchanged"])


def _undo(batch: ImportBatch) -> None:
    declared = register_type(batch.register)
    with transaction.atomic():
        changed = list(EntryVersion.objects.filter(batch=batch, number__gt=1).order_by("pk")[:SLICE])
        if changed:
            bulk.undo_changes(declared, batch, changed)
            # What was taken back is no longer the batch's; so the next slice finds the rest.
            EntryVersion.objects.filter(pk__in=[row.pk for row in changed]).update(batch=None)
            batch.done += len(changed)
        else:
            rows = list(entries(batch.register).filter(batch=batch).select_related("unit", "region")[:SLICE])
            bulk.undo_new(declared, batch, rows)
            batch.done += len(rows)
            if not rows:
                batch.state, batch.undone_at = ImportBatch.State.UNDONE, timezone.now()
        batch.save(update_fields=["done", "state", "undone_at"])


def changed_since(batch: ImportBatch, most: int = 5) -> list[str]:
    """Entries of the import that were changed after it, so that it can no longer be taken back as a whole."""
    rows = EntryVersion.objects.filter(batch=batch)
    mine = rows.values("entry")
    later = EntryVersion.objects.filter(register=batch.register, entry__in=mine).exclude(batch=batch)
    if batch.applied_at is not None:
        # Versions written after the import by anyone; those before it are what undoing goes back to.
        later = later.filter(recorded_at__gte=batch.applied_at)
    found = later.values_list("entry", flat=True).distinct()[:most]
    return [str(entry) for entry in entries(batch.register).filter(pk__in=list(found))]


def progress(batch: ImportBatch) -> tuple[int, str]:
    """(percent, words) of what is going on."""
    total = batch.total or 1
    share = min(100, 100 * batch.done // total)
    words = {
        ImportBatch.State.CHECKING: _("正在核对"),
        ImportBatch.State.APPLYING: _("正在导入"),
        ImportBatch.State.UNDOING: _("正在撤销"),
    }
    return share, str(words.get(ImportBatch.State(batch.state), batch.get_state_display()))
