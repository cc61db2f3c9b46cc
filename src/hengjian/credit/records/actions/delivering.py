"""The verbs of bulk intake: upload, map, take in, give up, undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.records import hooks
from hengjian.credit.records.actions.recording import source_of
from hengjian.credit.records.delivering import action_of, check_rows, guessed, missing, read, template_of
from hengjian.credit.records.ending import end
from hengjian.credit.records.facts import WITHDRAWN
from hengjian.credit.records.models import CreditRecord, Delivery, DeliveryTemplate, RecordCategory
from hengjian.parties.models import Unit
from hengjian.parties.policies import Scope
from hengjian.parties.verbs import Action, ActionRefused

UNDONE = "undone:"


@dataclass(kw_only=True)
class UploadDelivery(Action[Delivery]):
    """Read a department's sheet; headings are found by the usual words and by what the department chose last time."""

    verb = "credit.record"

    unit: Unit
    category: str
    data: bytes
    name: str

    def target(self) -> Scope:
        return Scope(unit=self.unit, region=self.unit.region)

    def check_state(self) -> None:
        if self.category not in RecordCategory.values:
            raise ActionRefused(_("没有这一类信用记录。"), _("请选择类别。"), status=400)

    def perform(self) -> Delivery:
        sheet = read(self.data, self.name, self.category)
        delivery = Delivery(
            unit=self.unit,
            category=self.category,
            name=self.name[:200],
            rows=[[number, row] for number, row in sheet.rows],
            headings=list(sheet.headings),
            total=len(sheet.rows),
            created_by=self.actor,
        )
        delivery.columns = guessed(sheet.headings, self.category, template_of(delivery))
        delivery.save()
        if not missing(delivery.columns, self.category):
            check(delivery)
        return delivery


def check(delivery: Delivery) -> None:
    """Judge every row and save what was found."""
    delivery.faults = check_rows(delivery, delivery.created_by)
    delivery.wrong = len(delivery.faults)
    delivery.good = delivery.total - delivery.wrong
    delivery.state = Delivery.State.CHECKED
    delivery.save()


@dataclass(kw_only=True)
class OnDelivery(Action[Delivery]):
    """A verb on one delivery."""

    verb = "credit.record"
    states: ClassVar[tuple[str, ...]] = (Delivery.State.MAPPING, Delivery.State.CHECKED)

    delivery: Delivery

    def target(self) -> Delivery:
        return self.delivery

    def check_state(self) -> None:
        if self.delivery.state not in self.states:
            raise ActionRefused(
                _("这一批“%(state)s”，不能再这样办理。") % {"state": self.delivery.get_state_display()},
                _("请刷新页面。"),
            )


@dataclass(kw_only=True)
class MapDelivery(OnDelivery):
    """Say which heading is which field; kept as the department's template for its next sheet."""

    columns: Mapping[str, str]

    def check_state(self) -> None:
        super().check_state()
        absent = missing(self.columns, self.delivery.category)
        if absent:
            raise ActionRefused(
                _("还没有对应这些必需的列：%(names)s。") % {"names": "、".join(absent)},
                _("请为它们选定列。"),
                status=400,
            )
        if len(set(self.columns.values())) != len(self.columns):
            raise ActionRefused(_("有两列对应到同一个字段。"), _("每个字段只能对应一列。"), status=400)

    def perform(self) -> Delivery:
        self.delivery.columns = dict(self.columns)
        DeliveryTemplate.objects.update_or_create(
            unit=self.delivery.unit,
            category=self.delivery.category,
            defaults={"columns": dict(self.columns), "updated_at": timezone.now()},
        )
        check(self.delivery)
        return self.delivery


@dataclass(kw_only=True)
class ApplyDelivery(OnDelivery):
    """Record the rows without fault; the others stay out, and the report says why. The rows are not kept here."""

    states: ClassVar[tuple[str, ...]] = (Delivery.State.CHECKED,)

    def perform(self) -> Delivery:
        delivery = self.delivery
        # What was right when it was checked may have been recorded elsewhere since.
        delivery.faults = check_rows(delivery, self.actor)
        records = [
            action_of(delivery, row, self.actor).execute()
            for number, row in delivery.rows
            if str(number) not in delivery.faults
        ]
        delivery.rows, delivery.good, delivery.wrong = [], len(records), len(delivery.faults)
        delivery.state, delivery.applied_at = Delivery.State.APPLIED, timezone.now()
        delivery.save()
        hooks.recorded(records)
        return delivery


@dataclass(kw_only=True)
class DropDelivery(OnDelivery):
    """Give the sheet up; nothing was recorded and nothing is kept."""

    def perform(self) -> Delivery:
        self.delivery.rows, self.delivery.faults = [], {}
        self.delivery.state = Delivery.State.DROPPED
        self.delivery.save()
        return self.delivery


@dataclass(kw_only=True)
class UndoDelivery(OnDelivery):
    """Take a delivery back as a whole: its records end at once, and the same decisions may be delivered again."""

    needs_reason = True
    states: ClassVar[tuple[str, ...]] = (Delivery.State.APPLIED,)

    def perform(self) -> Delivery:
        delivery = self.delivery
        rows = list(CreditRecord.objects.filter(batch=delivery).select_related("organ__region", "enterprise"))
        end(rows, WITHDRAWN, CreditRecord.State.WITHDRAWN, source=source_of(self), ground=delivery.ref)
        for row in rows:
            row.identity = f"{UNDONE}{row.key}"
        CreditRecord.everything.bulk_update(rows, ["identity"], batch_size=500)
        delivery.state, delivery.undone_at, delivery.faults = Delivery.State.UNDONE, timezone.now(), {}
        delivery.save()
        return delivery
