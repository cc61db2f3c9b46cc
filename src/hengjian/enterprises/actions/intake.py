"""The verbs on deliveries: hand in, assign columns, take in, drop, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.actions import store_checked
from hengjian.documents.uploads import Checked
from hengjian.enterprises.batches import note_faults
from hengjian.enterprises.fields import BY_CODE
from hengjian.enterprises.models import IntakeBatch, IntakeFault, IntakeTemplate, SourceRecord
from hengjian.enterprises.reading import Reader, mark_duplicates
from hengjian.enterprises.tables import SheetFault, checked, read, suggest, text_of
from hengjian.enterprises.taking import repeated, take
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused

SUFFIXES = frozenset({"xlsx", "xls", "csv"})
MOST_AT_ONCE = 20_000
State = IntakeBatch.State


def template_for(unit: Unit, headings: Sequence[str]) -> IntakeTemplate | None:
    """The department's template that fits a sheet best: most of its columns are there, none is missing."""
    fitting = [
        template
        for template in IntakeTemplate.objects.filter(unit=unit)
        if template.columns and set(template.columns) <= set(headings)
    ]
    return max(fitting, key=lambda template: (len(template.columns), template.updated_at), default=None)


@dataclass(kw_only=True)
class StartIntake(Action[IntakeBatch]):
    """Keep a sheet. Its columns are assigned by the department's template, else suggested by their headings."""

    verb = "enterprises.intake"
    unit: Unit
    region: Region
    data: bytes
    checked: Checked

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        if self.unit.kind == Unit.Kind.ENTERPRISE:
            raise ActionRefused(
                _("企业账号不能归集主体数据。"), _("本企业信息有误的，请联系登记机关更正。"), status=400
            )

    def perform(self) -> IntakeBatch:
        assert self.actor is not None
        try:
            headings = read(self.data, self.checked.name).headings
        except SheetFault as error:
            raise ActionRefused(str(error), _("请改正后重新上传。"), status=422) from None
        batch = IntakeBatch.objects.create(
            source=self.unit, region=self.region, name=self.checked.name, created_by=self.actor
        )
        stored = store_checked(self.data, self.checked, subject=batch.ref, stored_by=self.actor.ref)
        batch.file = stored.address
        template = template_for(self.unit, headings)
        batch.columns = dict(template.columns) if template else suggest(headings)
        batch.state = State.CHECKING if template else State.MAPPING
        batch.save(update_fields=["file", "columns", "state"])
        return batch


@dataclass(kw_only=True)
class BatchAction(Action[IntakeBatch]):
    """A verb on a delivery."""

    verb = "enterprises.intake"
    batch: IntakeBatch

    def target(self) -> IntakeBatch:
        return self.batch

    def in_state(self, *states: str) -> None:
        if self.batch.state not in states:
            raise ActionRefused(
                _("这批数据目前是“%(state)s”，不能做这一步。") % {"state": self.batch.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )


@dataclass(kw_only=True)
class AssignColumns(BatchAction):
    """Say which column is which field, and keep it as a template for the department's next sheet.

    Attributes:
        columns: heading → field code; headings without a field are not taken.
        keep_as: name of the template; empty: not kept.
    """

    columns: Mapping[str, str]
    keep_as: str = ""

    def check_state(self) -> None:
        self.in_state(State.MAPPING, State.CHECKED, State.FAILED)
        try:
            checked(self.columns, list(self.columns))
        except SheetFault as error:
            raise ActionRefused(str(error), _("请重新对应各列。"), status=422) from None

    def perform(self) -> IntakeBatch:
        self.batch.columns = {heading: code for heading, code in self.columns.items() if code in BY_CODE}
        self.batch.state, self.batch.message, self.batch.done = State.CHECKING, "", 0
        self.batch.save(update_fields=["columns", "state", "message", "done"])
        if self.keep_as.strip():
            IntakeTemplate.objects.update_or_create(
                unit=self.batch.source,
                name=self.keep_as.strip()[:80],
                defaults={
                    "columns": self.batch.columns,
                    "created_by": self.actor,
                    "updated_at": timezone.now(),
                },
            )
        return self.batch


@dataclass(kw_only=True)
class ConfirmIntake(BatchAction):
    """Take in what was checked. Rows that are wrong stay out, if the user says so."""

    skip_wrong: bool = False

    def check_state(self) -> None:
        self.in_state(State.CHECKED)
        if self.batch.wrong and not self.skip_wrong:
            raise ActionRefused(
                _("有 %(n)d 行有误。") % {"n": self.batch.wrong},
                _("请把行报告退回数源单位改正；确要先归集其余各行的，请勾选“跳过有误的行”。"),
                status=400,
            )
        if not self.batch.good:
            raise ActionRefused(_("没有可以归集的行。"), _("全部行都已归集过，或者有误。"), status=400)

    def perform(self) -> IntakeBatch:
        self.batch.state, self.batch.done = State.APPLYING, 0
        self.batch.save(update_fields=["state", "done"])
        return self.batch


@dataclass(kw_only=True)
class DropIntake(BatchAction):
    """Throw a sheet away before it is taken in."""

    def check_state(self) -> None:
        self.in_state(State.MAPPING, State.CHECKED, State.FAILED)
        if SourceRecord.objects.filter(batch=self.batch).exists():
            raise ActionRefused(_("这批数据已有一部分归集。"), _("请撤销这批数据。"))

    def perform(self) -> IntakeBatch:
        self.batch.state = State.DROPPED
        self.batch.save(update_fields=["state"])
        IntakeFault.objects.filter(batch=self.batch).delete()
        return self.batch


@dataclass(kw_only=True)
class UndoIntake(BatchAction):
    """Take a delivery back as a whole: former records count again, bodies that nobody else knows become void."""

    needs_reason = True

    def check_state(self) -> None:
        # One that failed half-way may have been taken in partly.
        self.in_state(State.APPLIED, State.FAILED)

    def perform(self) -> IntakeBatch:
        self.batch.state, self.batch.done = State.UNDOING, 0
        self.batch.save(update_fields=["state", "done"])
        return self.batch


@dataclass(kw_only=True)
class DeliverRecords(Action[IntakeBatch]):
    """Records straight from a department's system, keyed by field; right ones are taken in at once.

    Attributes:
        rows: {field code: text}; what is wrong with a row is kept with the delivery, under its number from 1.
    """

    verb = "enterprises.intake"
    unit: Unit
    region: Region
    rows: Sequence[Mapping[str, object]]
    title: str = ""
    columns: Mapping[str, str] = field(default_factory=lambda: {code: code for code in BY_CODE})

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.region)

    def check_state(self) -> None:
        if self.unit.kind == Unit.Kind.ENTERPRISE:
            raise ActionRefused(
                _("企业账号不能归集主体数据。"), _("本企业信息有误的，请联系登记机关更正。"), status=400
            )
        if not 0 < len(self.rows) <= MOST_AT_ONCE:
            raise ActionRefused(
                _("一次应报送 1 到 %(most)d 条记录。") % {"most": MOST_AT_ONCE}, _("请分几次报送。"), status=400
            )

    def perform(self) -> IntakeBatch:
        now = timezone.now()
        batch = IntakeBatch.objects.create(
            source=self.unit,
            region=self.region,
            name=self.title[:200] or _("接口报送"),
            state=State.APPLIED,
            created_by=self.actor,
            created_at=now,
            applied_at=now,
        )
        reader = Reader(self.columns, timezone.localdate(now))
        rows = [
            reader.read(number, {name: text_of(value) for name, value in cells.items() if value is not None})
            for number, cells in enumerate(self.rows, start=1)
        ]
        mark_duplicates(rows)
        good = [row for row in rows if not row.faults]
        note_faults(batch, rows)
        batch.repeated = len(repeated(batch, good))
        taken = take(batch, good, reader, now)
        batch.total, batch.done, batch.wrong = len(rows), len(rows), len(rows) - len(good)
        batch.good, batch.hints = len(good) - batch.repeated, sum(bool(row.hints) for row in good)
        batch.created, batch.matched, batch.unsure = taken.created, taken.matched, taken.unsure
        batch.save()
        return batch
