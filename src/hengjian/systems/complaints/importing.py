"""A sheet of a line on its way: checked, confirmed, imported. The same steps run in the request for short sheets and in
the worker for long ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from hengjian.documents import files
from hengjian.documents.actions import store_file
from hengjian.documents.models import StoredFile
from hengjian.documents.sheets import SheetError
from hengjian.documents.uploads import UploadRefused
from hengjian.ledger import store
from hengjian.parties.auditing import record
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.systems.complaints import undoing
from hengjian.systems.complaints.bulk import ROUND, SYSTEM, Importer
from hengjian.systems.complaints.models import TicketBatch
from hengjian.systems.complaints.sheets import Checked, check

State = TicketBatch.State
# Bytes up to which a sheet is checked, and rows up to which it is imported, while the person waits.
AT_ONCE_BYTES, AT_ONCE_ROWS = 300_000, 500
SUFFIXES = frozenset({"xlsx", "xls", "csv"})


@dataclass(kw_only=True)
class UploadBatch(Action[TicketBatch]):
    """Hand in a sheet. Nothing of it counts before it is confirmed."""

    verb = "complaints.import"

    unit: Unit
    channel: str
    name: str
    data: bytes

    def target(self) -> Scope:
        return Scope(unit=self.unit)

    def perform(self) -> TicketBatch:
        assert self.actor is not None
        batch = TicketBatch.objects.create(
            channel=self.channel, name=self.name[:200], file=0, by=self.actor, unit=self.unit
        )
        stored = store_file(self.data, self.name, subject=batch.ref, stored_by=self.actor.ref, allowed=SUFFIXES)
        batch.file, batch.name = stored.pk, stored.name
        batch.save(update_fields=["file", "name"])
        return batch


@dataclass(kw_only=True)
class ConfirmBatch(Action[TicketBatch]):
    """Import the rows without faults; the others stay in the report."""

    verb = "complaints.import"

    batch: TicketBatch

    def target(self) -> TicketBatch:
        return self.batch

    def check_state(self) -> None:
        if self.batch.state != State.CHECKED:
            raise ActionRefused(
                _("这个批次是“%(state)s”。") % {"state": self.batch.get_state_display()}, _("请刷新页面查看最新状态。")
            )
        if not self.batch.new:
            raise ActionRefused(_("没有可以导入的新工单。"), _("请更正表格后重新上传。"))

    def perform(self) -> TicketBatch:
        self.batch.state = State.IMPORTING
        self.batch.save(update_fields=["state"])
        return self.batch


@dataclass(kw_only=True)
class UndoBatch(Action[TicketBatch]):
    """Take an import back as a whole; refused when anything has been done about one of its tickets since."""

    verb = "complaints.import"
    needs_reason = True

    batch: TicketBatch

    def target(self) -> TicketBatch:
        return self.batch

    def check_state(self) -> None:
        if self.batch.state != State.DONE:
            raise ActionRefused(
                _("这个批次是“%(state)s”。") % {"state": self.batch.get_state_display()}, _("请刷新页面查看最新状态。")
            )
        if worked_on := undoing.worked_on(self.batch):
            raise ActionRefused(
                _("已有工单办理过：%(numbers)s。") % {"numbers": "、".join(worked_on)},
                _("不能再整批撤销，请在各工单页办理。"),
            )

    def perform(self) -> TicketBatch:
        self.batch.state, self.batch.done = State.UNDOING, 0
        self.batch.save(update_fields=["state", "done"])
        return self.batch


def read(batch: TicketBatch) -> Checked:
    """The sheet of a batch, checked against what is known now.

    Raises:
        UploadRefused: it is no table.
    """
    stored = StoredFile.objects.select_related("content").get(pk=batch.file)
    return check(files.read(stored.content.sha256), stored.name, batch.channel)


def errors_of(batch: TicketBatch) -> list[SheetError]:
    """All faults of the sheet, in the order of its rows."""
    try:
        return sorted(read(batch).errors, key=lambda error: error.row)
    except UploadRefused as refused:
        return [SheetError(0, "", f"{refused.message}{refused.next_step}")]


def advance(batch: TicketBatch) -> bool:
    """Take the next step of a batch that waits for the machine; whether there was one.

    An import goes on where it was broken off: rows whose number is known are left out, as they are on any day.
    """
    if batch.state == State.CHECKING:
        _check(batch)
        return True
    if batch.state == State.IMPORTING:
        _import(batch)
        return True
    if batch.state == State.UNDOING:
        undoing.undo(batch)
        return True
    return False


def _check(batch: TicketBatch) -> None:
    try:
        with store.bulk():
            found = read(batch)
    except UploadRefused as refused:
        batch.state, batch.message = State.FAILED, f"{refused.message}{refused.next_step}"[:500]
    else:
        batch.rows, batch.new, batch.known = found.rows, len(found.drafts), found.known
        batch.wrong = len({error.row for error in found.errors})
        batch.state = State.CHECKED
        if not found.rows and found.errors:
            batch.state, batch.message = State.FAILED, found.errors[0].message[:500]
    TicketBatch.objects.filter(pk=batch.pk, state=State.CHECKING).update(
        state=batch.state,
        message=batch.message,
        rows=batch.rows,
        new=batch.new,
        known=batch.known,
        wrong=batch.wrong,
    )


def _import(batch: TicketBatch) -> None:
    importer = Importer(batch)
    with store.bulk():
        rows = iter(read(batch).drafts.values())
        while part := list(islice(rows, ROUND)):
            importer.take(part)
    with transaction.atomic():
        if TicketBatch.objects.filter(pk=batch.pk, state=State.IMPORTING).update(state=State.DONE):
            batch.refresh_from_db()
            told = {"done": batch.done, "known": batch.known, "wrong": batch.wrong}
            record("complaints.import", batch, user=batch.by, system=SYSTEM, changes={"rows": [None, told]})
