"""The verbs of the room: enter, leave, answer for a measure. Entering is the end of a procedure (`procedures.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.lists import facts
from hengjian.credit.lists.catalogue import list_kind
from hengjian.credit.lists.leaving import close, end_record
from hengjian.credit.lists.measures import send_measures
from hengjian.credit.lists.models import ListEntry, MeasureReceipt, MeasureTask
from hengjian.credit.lists.terms import day_after
from hengjian.credit.records.actions import RecordCredit
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.parties.models import Region, Unit
from hengjian.parties.verbs import Action, ActionRefused

SYSTEM = "credit-lists"
SEVERITY = {"serious": "serious", "ordinary": "general", "good": ""}


@dataclass(kw_only=True)
class EnterList(Action[ListEntry]):
    """Put an enterprise on a list, as decided: the credit record, the entry, the measures. The system does it when the
    procedure ends with the decision; there is no other way onto a list.

    Attributes:
        kind: code of the list; criterion: one of its own.
        document: number of the decision; penalty: of the penalty that it rests on.
        case: reference of the procedure.
    """

    verb = "cases.approve"

    kind: str
    enterprise: Enterprise
    unit: Unit
    criterion: str
    ground: str
    document: str
    penalty: str = ""
    on: date | None = None
    case: str = ""

    def check_state(self) -> None:
        try:
            declared = list_kind(self.kind)
            declared.criterion(self.criterion)
        except KeyError as error:
            raise ActionRefused(_("没有这份名单或这种列入情形。"), _("请重新选择。"), status=400) from error
        if not declared.is_in_force(self.day):
            raise ActionRefused(
                _("“%(list)s”在 %(day)s 不适用。") % {"list": declared.title, "day": self.day.isoformat()},
                _("请按当时适用的名单办理。"),
            )
        if ListEntry.objects.filter(enterprise=self.enterprise, kind=self.kind, state="listed").exists():
            raise ActionRefused(_("这家企业已在这份名单上。"), _("请在原有的列入记录上办理。"))

    @property
    def day(self) -> date:
        return self.on or timezone.localdate()

    def perform(self) -> ListEntry:
        declared, region = list_kind(self.kind), self.unit.region
        until = day_after(self.day, declared.term, region.code) if declared.term else None
        entry = ListEntry(
            number=self._number(),
            kind=self.kind,
            enterprise=self.enterprise,
            region=region,
            unit=self.unit,
            criterion=self.criterion,
            ground=self.ground.strip()[:2000],
            document=self.document.strip()[:100],
            penalty=self.penalty.strip()[:100],
            entered_on=self.day,
            early_from=day_after(self.day, declared.early, region.code) if declared.early else None,
            until=until,
            case=self.case,
        )
        told = append(
            FactDraft(
                kind=facts.ENTERED.name,
                subject=self.enterprise.subject,
                payload=facts.Entered(
                    entry=entry.number,
                    code=declared.code,
                    title=declared.title,
                    weight=declared.weight,
                    criterion=self.criterion,
                    document=entry.document,
                    until=until,
                ),
                region=self.enterprise.region.code,
                occurred_on=self.day,
                source=Source(unit=self.unit.ref, system=self.system or SYSTEM),
                disclosure=declared.disclosure,
            )
        )
        record = RecordCredit(
            user=None,
            system=SYSTEM,
            subject=self.enterprise.subject,
            category=declared.category,
            catalogue=declared.catalogue,
            values={"title": f"{declared.title}：{declared.criterion(self.criterion).title}", "content": entry.ground},
            organ=self.unit,
            decided_on=self.day,
            document=entry.document,
            severity=SEVERITY[declared.weight],
            origin=told.id,
        ).execute()
        entry.fact, entry.record = told.id, record.key
        try:
            with transaction.atomic():
                entry.save()
        except IntegrityError:
            raise ActionRefused(_("这家企业已在这份名单上。"), _("请在原有的列入记录上办理。")) from None
        send_measures(entry, declared)
        return entry

    def _number(self) -> str:
        """`MD2026-990100-0007`: the running number within year and region of the deciding organ."""
        head = f"MD{self.day:%Y}-{self.unit.region.code}-"
        # Whoever decides at the same moment waits at the region: a lock on the last entry would still show that one as
        # the last, and lock nothing where there is none yet.
        Region.objects.select_for_update().get(pk=self.unit.region_id)
        # By length first: 10000 comes after 9999.
        numbers = ListEntry.objects.filter(number__startswith=head).order_by(Length("number").desc(), "-number")
        last = numbers.values_list("number", flat=True).first()
        return f"{head}{int(last.rpartition('-')[2]) + 1 if last else 1:04d}"


@dataclass(kw_only=True)
class LeaveList(Action[ListEntry]):
    """Take an enterprise off a list: its term is over, it was repaired or mended, or the listing fell.

    Attributes:
        how: `ended`, `repaired` or `withdrawn` (`ListEntry.State`).
        ground: reference of the case or rule that says so.
    """

    verb = "cases.approve"
    needs_reason = True

    entry: ListEntry
    how: str
    ground: str = ""

    def target(self) -> ListEntry:
        return self.entry

    def check_state(self) -> None:
        if self.how not in (ListEntry.State.ENDED, ListEntry.State.REPAIRED, ListEntry.State.WITHDRAWN):
            raise ActionRefused(_("没有这种移出方式。"), status=400)
        if not self.entry.listed:
            raise ActionRefused(_("这家企业已不在名单上。"), _("请刷新页面查看最新状态。"))

    def perform(self) -> ListEntry:
        # Ending the record tells this room through its hook, which closes the entry; without a record it is done here.
        if not end_record(self.entry, self.how, self.ground or self.entry.ref):
            close(self.entry, self.how, self.reason)
        self.entry.refresh_from_db()
        return self.entry


@dataclass(kw_only=True)
class AnswerMeasure(Action[MeasureReceipt]):
    """What the department reports: taken over, applied in a matter, lifted.

    Attributes:
        kind: `MeasureReceipt.Kind`.
        matter: in which matter it was applied.
    """

    verb = "lists.answer"

    task: MeasureTask
    kind: str
    matter: str = ""

    def target(self) -> MeasureTask:
        return self.task

    def check_state(self) -> None:
        wanted = {
            MeasureReceipt.Kind.TAKEN: (MeasureTask.State.SENT,),
            MeasureReceipt.Kind.APPLIED: (MeasureTask.State.TAKEN,),
            MeasureReceipt.Kind.LIFTED: (MeasureTask.State.LIFTING,),
        }.get(self.kind)  # type: ignore[call-overload]
        if wanted is None:
            raise ActionRefused(_("没有这种回执。"), status=400)
        if self.task.state not in wanted:
            raise ActionRefused(
                _("这项措施现在是“%(state)s”。") % {"state": self.task.get_state_display()},
                _("请刷新页面查看最新状态。"),
            )
        if self.kind == MeasureReceipt.Kind.APPLIED and not self.matter.strip():
            raise ActionRefused(_("没有填写适用的事项。"), _("请写明在哪一件事项中适用了这项措施。"), status=400)

    def perform(self) -> MeasureReceipt:
        task, now = self.task, timezone.now()
        late = task.overdue(timezone.localdate())
        receipt = MeasureReceipt.objects.create(
            task=task, kind=self.kind, matter=self.matter.strip()[:300], by=self.actor, at=now
        )
        if self.kind == MeasureReceipt.Kind.TAKEN:
            task.state, task.taken_at = MeasureTask.State.TAKEN, now
        elif self.kind == MeasureReceipt.Kind.LIFTED:
            task.state, task.lifted_at = MeasureTask.State.LIFTED, now
        task.save(update_fields=["state", "taken_at", "lifted_at"])
        append(
            FactDraft(
                kind=facts.MEASURE.name,
                subject=task.ref,
                payload=facts.MeasureTold(entry=task.entry.number, measure=task.measure, kind=self.kind, overdue=late),
                region=task.unit.region.code,
                occurred_on=timezone.localdate(),
                source=Source(unit=task.unit.ref, user=self.actor.ref if self.actor else "", system=self.system),
            )
        )
        return receipt
