"""The verbs on imports: start, confirm, drop, undo. The work itself is done in slices (`batches`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hengjian.documents.actions import store_checked
from hengjian.documents.uploads import Checked
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.registers import entering
from hengjian.registers.batches import changed_since
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import ImportBatch, ImportRow

SUFFIXES = frozenset({"xlsx", "xls", "csv"})
State = ImportBatch.State


@dataclass(kw_only=True)
class StartImport(Action[ImportBatch]):
    """Keep a sheet and have it checked; nothing is entered yet."""

    verb = "registers.import"
    register: str
    unit: Unit
    region: Region
    data: bytes
    checked: Checked

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        entering.check_who(register_type(self.register), self.unit, self.actor, self.system)

    def perform(self) -> ImportBatch:
        assert self.actor is not None
        batch = ImportBatch.objects.create(
            register=self.register,
            unit=self.unit,
            region=self.region,
            name=self.checked.name,
            created_by=self.actor,
        )
        stored = store_checked(self.data, self.checked, subject=batch.ref, stored_by=self.actor.ref)
        batch.file = stored.address
        batch.save(update_fields=["file"])
        return batch


@dataclass(kw_only=True)
class BatchAction(Action[ImportBatch]):
    """A verb on an import."""

    verb = "registers.import"
    batch: ImportBatch

    def target(self) -> ImportBatch:
        return self.batch

    def in_state(self, *states: str) -> None:
        if self.batch.state not in states:
            raise ActionRefused(
                _("这次导入目前是“%(state)s”，不能做这一步。") % {"state": self.batch.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )


@dataclass(kw_only=True)
class ConfirmImport(BatchAction):
    """Enter what was checked. Rows that are wrong stay out, if the user says so.

    Attributes:
        skip_wrong: the user knows that there are wrong rows and wants the others.
    """

    skip_wrong: bool = False

    def check_state(self) -> None:
        self.in_state(State.CHECKED)
        if self.batch.wrong and not self.skip_wrong:
            raise ActionRefused(
                _("有 %(n)d 行有误。") % {"n": self.batch.wrong},
                _("请改正后重新上传；确要先导入其余各行的，请勾选“跳过有误的行”。"),
                status=400,
            )
        if not self.batch.new and not self.batch.changed:
            raise ActionRefused(_("没有可以导入的行。"), _("请改正后重新上传。"), status=400)

    def perform(self) -> ImportBatch:
        self.batch.state, self.batch.done = State.APPLYING, 0
        self.batch.save(update_fields=["state", "done"])
        return self.batch


@dataclass(kw_only=True)
class DropImport(BatchAction):
    """Throw a checked sheet away."""

    def check_state(self) -> None:
        self.in_state(State.CHECKED, State.CHECKING, State.FAILED)

    def perform(self) -> ImportBatch:
        self.batch.state = State.DROPPED
        self.batch.save(update_fields=["state"])
        ImportRow.objects.filter(batch=self.batch).delete()
        return self.batch


@dataclass(kw_only=True)
class UndoImport(BatchAction):
    """Take an import back as a whole; refused when somebody has changed an entry of it since."""

    needs_reason = True

    def check_state(self) -> None:
        # One that failed half-way may have entered rows already.
        self.in_state(State.APPLIED, State.FAILED)
        if changed := changed_since(self.batch):
            raise ActionRefused(
                _("导入后已有登记项被变更：%(names)s。") % {"names": "、".join(changed)},
                _("不能再整批撤销，请逐项更正。"),
            )

    def perform(self) -> ImportBatch:
        self.batch.state, self.batch.done = State.UNDOING, 0
        self.batch.total = self.batch.new + self.batch.changed
        self.batch.save(update_fields=["state", "done", "total"])
        return self.batch
