"""Deliveries at work: checked, taken in or taken back in slices, each a transaction of its own.

Killed half-way, the next worker goes on where the last finished slice ended. A row that was taken in before is simply
there already, so that nothing is done twice.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents import files
from hengjian.enterprises import hooks
from hengjian.enterprises.linking import blocking
from hengjian.enterprises.models import IntakeBatch, IntakeFault, LinkKey, ReviewPair, SourceRecord
from hengjian.enterprises.provenance import live
from hengjian.enterprises.reading import Reader, Row, mark_duplicates
from hengjian.enterprises.standing import Author, refresh
from hengjian.enterprises.tables import Sheet, SheetFault, checked, read
from hengjian.enterprises.taking import SYSTEM, repeated, take
from hengjian.ledger import store
from hengjian.parties.inserting import insert_many
from hengjian.parties.slices import Slices

log = logging.getLogger("hengjian.enterprises")
SLICE = 5_000
State = IntakeBatch.State
AT_WORK = (State.CHECKING, State.APPLYING, State.UNDOING)


class Reading:
    """A delivered sheet, read once: rows as understood, duplicates marked.

    Raises:
        SheetFault, UploadRefused: the sheet cannot be used.
    """

    def __init__(self, batch: IntakeBatch) -> None:
        self.sheet: Sheet = read(files.read(batch.file.removeprefix("sha256:")), batch.name)
        self.reader = Reader(checked(batch.columns, self.sheet.headings), timezone.localdate(batch.created_at))
        self.rows: list[Row] = [self.reader.read(number, cells) for number, cells in self.sheet.rows]
        self.sheet.rows.clear()
        mark_duplicates(self.rows)


# The sheet that this process has open; reading it again for every slice would cost more than the slice.
_open: dict[tuple[int, str], Reading] = {}


def reading_of(batch: IntakeBatch) -> Reading:
    """The batch's sheet as its columns are assigned now."""
    key = (batch.pk, repr(sorted(batch.columns.items())))
    found = _open.get(key)
    if found is None:
        found = Reading(batch)
        # Another thread may have one open as well, and close it at any moment.
        _open.clear()
        _open[key] = found
    return found


def advance(batch: IntakeBatch, seconds: float, now: datetime | None = None) -> int:
    """Work on a delivery for about so long; returns how many slices were done.

    Nothing is done while another process has it. A sheet that cannot be used at all ends as failed, with the reason.
    """
    try:
        with store.bulk():
            return _WORK.advance(batch, seconds, now)
    finally:
        if batch.state not in AT_WORK:
            _open.clear()


def _slice(batch: IntakeBatch) -> None:
    {State.CHECKING: _check, State.APPLYING: _apply, State.UNDOING: _undo}[State(batch.state)](batch)


_WORK: Slices[IntakeBatch] = Slices(_slice, AT_WORK, State.FAILED, (SheetFault,), log)


def note_faults(batch: IntakeBatch, rows: list[Row]) -> None:
    """Keep what is wrong with rows, and what was noticed."""
    insert_many(
        IntakeFault(
            batch=batch,
            number=row.number,
            fatal=bool(row.faults),
            name=row.name[:200],
            code=row.code[:60],
            told=[list(line) for line in row.faults + row.hints],
        )
        for row in rows
        if row.faults or row.hints
    )


def _check(batch: IntakeBatch) -> None:
    reading = reading_of(batch)
    good = [row for row in reading.rows if not row.faults]
    with transaction.atomic():
        IntakeFault.objects.filter(batch=batch).delete()
        note_faults(batch, reading.rows)
        batch.total, batch.wrong = len(reading.rows), len(reading.rows) - len(good)
        batch.hints = sum(bool(row.hints) for row in good)
        batch.repeated = len(repeated(batch, good))
        batch.good = len(good) - batch.repeated
        batch.state, batch.done = State.CHECKED, 0
        batch.save()


def _apply(batch: IntakeBatch) -> None:
    reading = reading_of(batch)
    part = reading.rows[batch.done : batch.done + SLICE]
    now = timezone.now()
    with transaction.atomic():
        taken = take(batch, [row for row in part if not row.faults], reading.reader, now)
        batch.created += taken.created
        batch.matched += taken.matched
        batch.unsure += taken.unsure
        batch.done += len(part)
        if batch.done >= len(reading.rows):
            batch.state, batch.applied_at = State.APPLIED, now
        batch.save()


def _undo(batch: IntakeBatch) -> None:
    """Take a slice of the records back: what they replaced counts again, bodies that nobody else knows become void."""
    now = timezone.now()
    with transaction.atomic():
        mine = SourceRecord.objects.filter(batch=batch, withdrawn_at=None)
        records = list(mine.order_by("pk").values_list("pk", flat=True)[:SLICE])
        if records:
            bodies = take_back(records, Author(at=now, batch=batch, system=SYSTEM))
            hooks.tell_changed(bodies)
            batch.done += len(records)
        if len(records) < SLICE:
            batch.state, batch.undone_at = State.UNDONE, now
        batch.save()


def take_back(records: list[int], author: Author) -> list[int]:
    """Withdraw records; returns the bodies that they were about."""
    rows = SourceRecord.objects.filter(pk__in=records)
    bodies = sorted({pk for pk in rows.values_list("enterprise_id", flat=True) if pk})
    rows.update(withdrawn_at=author.at)
    former = dict(SourceRecord.objects.filter(replaced_by__in=records).values_list("pk", "enterprise_id"))
    SourceRecord.objects.filter(pk__in=former).update(replaced_by=None)
    bodies = sorted(set(bodies) | {body for body in former.values() if body})
    LinkKey.objects.filter(record__in=records).delete()
    restore_keys(list(former))
    refresh(bodies, author)
    alive = set(
        SourceRecord.objects.filter(live(), enterprise__in=bodies).values_list("enterprise_id", flat=True).distinct()
    )
    gone = [body for body in bodies if body not in alive]
    open_pairs = ReviewPair.objects.filter(state__in=(ReviewPair.State.OPEN, ReviewPair.State.LATER))
    open_pairs.filter(Q(one__in=gone) | Q(other__in=gone)).update(state=ReviewPair.State.MOOT)
    return bodies


def restore_keys(records: list[int]) -> None:
    """Make the blocking keys of records anew from their features."""
    rows = SourceRecord.objects.filter(pk__in=records).values_list("pk", "features", "code")
    LinkKey.objects.bulk_create(
        (LinkKey(record_id=pk, key=key) for pk, features, code in rows for key in blocking(features, code)),
        batch_size=500,
    )


def progress(batch: IntakeBatch) -> tuple[int, str]:
    """(percent, words) of what is going on."""
    share = min(100, 100 * batch.done // (batch.total or 1))
    words = {
        State.CHECKING: _("正在核对"),
        State.APPLYING: _("正在归集"),
        State.UNDOING: _("正在撤销"),
    }
    return share, str(words.get(State(batch.state), batch.get_state_display()))
