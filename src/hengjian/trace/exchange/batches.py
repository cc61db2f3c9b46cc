"""Files of messages at work: checked, taken in or undone in slices, each a transaction of its own.

Killed half-way, the next worker goes on where the last finished slice ended; what was taken in before is simply there
already. The file lies beside the database as long as something is still to be read from it.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.uploads import UploadRefused
from hengjian.ledger import store
from hengjian.parties.models import Unit
from hengjian.parties.slices import Slices
from hengjian.trace.exchange.messages import plain
from hengjian.trace.exchange.models import ExchangeBatch, ExchangePart
from hengjian.trace.exchange.rows import Rows
from hengjian.trace.exchange.taking import Sound, Taker, sound, take_back, tell, told

log = logging.getLogger("hengjian.trace")
State = ExchangeBatch.State
AT_WORK = (State.CHECKING, State.TAKING, State.UNDOING)
FINISHED = (State.DONE, State.UNDONE, State.DROPPED)
SLICE = 2_000
MOST_ROWS = 1_000_000
SAMPLE = 30

# The file that this process has open; reading up to its place again for every slice would cost more than the slice.
_open: dict[int, tuple[str, Rows]] = {}


def file_of(batch: ExchangeBatch) -> Path:
    """Where a file lies until it is done."""
    return Path(settings.MEDIA_ROOT) / "exchange" / f"{batch.pk}.part"


def keep(batch: ExchangeBatch, stream: BinaryIO) -> None:
    """Put the file aside for the slices."""
    target = file_of(batch)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as kept:
            stream.seek(0)
            shutil.copyfileobj(stream, kept, 1 << 20)
            kept.flush()
            os.fsync(kept.fileno())
        os.replace(fresh, target)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def advance(batch: ExchangeBatch, seconds: float, now: datetime | None = None) -> int:
    """Work on a file for about so long; returns how many slices were done, 0 while another process has it.

    One that cannot be worked on ends as failed, with the reason; what it brought until then can be undone.
    """
    try:
        with store.bulk():
            return _WORK.advance(batch, seconds, now)
    finally:
        if batch.state not in AT_WORK:
            _close(batch.pk)
        if batch.state in FINISHED:
            file_of(batch).unlink(missing_ok=True)


def tidy() -> None:
    """Remove files that are done: whoever did them was killed before it came to that."""
    for path in file_of(ExchangeBatch(pk=0)).parent.glob("*.part"):
        if ExchangeBatch.objects.filter(pk=path.stem, state__in=FINISHED).exists():
            path.unlink(missing_ok=True)


def progress(batch: ExchangeBatch) -> tuple[int, str]:
    """(percent, words) of what is going on."""
    if batch.state == State.TAKING and batch.rows:
        share = 100 * batch.done // batch.rows
    elif batch.state == State.UNDOING:
        share = 100 * batch.done // (batch.added or 1)
    else:
        share = batch.share
    return min(100, share), str(batch.get_state_display())


def _slice(batch: ExchangeBatch) -> None:
    {State.CHECKING: _check, State.TAKING: _take, State.UNDOING: _undo}[State(batch.state)](batch)


_WORK: Slices[ExchangeBatch] = Slices(_slice, AT_WORK, State.FAILED, (UploadRefused,), log)


def _next(batch: ExchangeBatch) -> tuple[Sound, Rows, bool]:
    """The next slice of the file, and whether it is the last."""
    known = _open.get(batch.pk)
    rows = known[1] if known is not None else None
    if known is None or rows is None or known[0] != batch.state or rows.done != batch.done:
        _close(*_open)
        try:
            stream = file_of(batch).open("rb")
        except FileNotFoundError:
            raise UploadRefused("lost", _("等待处理的文件已不存在。"), _("请重新上传。")) from None
        rows = Rows(stream, batch.name)
        rows.skip(batch.done)
        _open[batch.pk] = (batch.state, rows)
    part = rows.take(SLICE)
    # Once is enough: when taken in, the chain looks at the events itself.
    return sound(part, batch.unit, events=batch.state == State.CHECKING), rows, len(part) < SLICE


def _close(*batches: int) -> None:
    for pk in batches:
        found = _open.pop(pk, None)
        if found is not None:
            found[1].close()


def _still(batch: ExchangeBatch, state: str) -> bool:
    """Hold the row; False when somebody has stopped the work meanwhile."""
    found = ExchangeBatch.objects.select_for_update(of=("self",)).values_list("state", flat=True).get(pk=batch.pk)
    if found != state:
        batch.refresh_from_db()
    return bool(found == state)


def _check(batch: ExchangeBatch) -> None:
    found, rows, last = _next(batch)
    if rows.done > MOST_ROWS:
        raise UploadRefused(
            "too_large",
            _("“%(name)s”超过 %(most)d 条。") % {"name": batch.name[:80], "most": MOST_ROWS},
            _("请拆成几个文件后分别上传。"),
        )
    with transaction.atomic():
        if not _still(batch, State.CHECKING):
            return
        if found.faults:
            batch.parts.create(faults=told(found.faults), fault_count=len(found.faults))
        batch.sample += [plain(message) for _row, message in found.messages[: SAMPLE - len(batch.sample)]]
        batch.rows += found.rows
        batch.good += len(found.messages)
        batch.done, batch.share = rows.done, int(100 * rows.share())
        if last:
            take = batch.at_once and batch.good
            batch.checked, batch.done, batch.state = True, 0, State.TAKING if take else State.PREVIEW
        batch.save()


def _take(batch: ExchangeBatch) -> None:
    found, rows, last = _next(batch)
    with transaction.atomic():
        # The same file may have been handed in twice: of one unit's files one slice is taken in after the other.
        Unit.objects.select_for_update(no_key=True).get(pk=batch.unit_id)
        if not _still(batch, State.TAKING):
            return
        part = Taker(batch).take(found.messages)
        if part.first is not None or part.entries or part.faults:
            part.save()
        batch.done = rows.done
        if last:
            batch.state, batch.done_at = State.DONE, timezone.now()
            tell(batch)
        batch.save()


def _undo(batch: ExchangeBatch) -> None:
    with transaction.atomic():
        if not _still(batch, State.UNDOING):
            return
        part: ExchangePart | None = batch.parts.filter(undone=False).order_by("pk").first()
        if part is not None:
            part.batch = batch
            batch.done += take_back(part, batch.reason)
        else:
            batch.state = State.UNDONE
            tell(batch)
        batch.save()
