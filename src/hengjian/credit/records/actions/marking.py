"""Verbs that leave a record in place: whether the duty is fulfilled, whether it is in dispute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.records import hooks
from hengjian.credit.records.actions.recording import refuse_sealed, source_of, tell
from hengjian.credit.records.facts import DISPUTED, Disputed
from hengjian.credit.records.layouts import layout
from hengjian.credit.records.models import CreditRecord
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import INTERNAL, SHARED, FactDraft
from hengjian.parties.verbs import Action, ActionRefused


@dataclass(kw_only=True)
class SetFulfilment(Action[CreditRecord]):
    """The organ notes on which day the duty was fulfilled, or that it is not."""

    verb = "credit.correct"

    record: CreditRecord
    fulfilled_on: date | None = None

    def target(self) -> CreditRecord:
        return self.record

    def check_state(self) -> None:
        refuse_sealed(self.record)
        if self.fulfilled_on is not None and self.fulfilled_on > timezone.localdate():
            raise ActionRefused(_("履行日期晚于今天。"), _("请填写实际履行的日期。"), status=400)

    def perform(self) -> CreditRecord:
        record = self.record
        changed = record.unfulfilled != (self.fulfilled_on is None)
        record.fulfilled_on, record.unfulfilled = self.fulfilled_on, self.fulfilled_on is None
        if changed:  # the last day of the fact follows from it
            record.fact = tell(record, layout(record.category), source=source_of(self), supersedes=record.fact).id
        record.save(update_fields=["fulfilled_on", "unfulfilled", "fact"])
        return record


@dataclass(kw_only=True)
class SetDispute(Action[CreditRecord]):
    """Mark a record as in dispute while an objection is examined, or take the mark off; everyone who sees the record
    sees the mark."""

    verb = "credit.correct"

    record: CreditRecord
    disputed: bool

    def target(self) -> CreditRecord:
        return self.record

    def check_state(self) -> None:
        refuse_sealed(self.record)

    def perform(self) -> CreditRecord:
        record = self.record
        if (record.disputed_since is not None) == self.disputed:
            return record
        record.disputed_since = timezone.localdate() if self.disputed else None
        append(
            FactDraft(
                kind=DISPUTED.name,
                subject=record.ref,
                payload=Disputed(record=record.key, disputed=self.disputed),
                region=record.organ.region.code,
                occurred_on=timezone.localdate(),
                source=source_of(self),
                disclosure=INTERNAL if record.disclosure == INTERNAL else SHARED,
            )
        )
        record.save(update_fields=["disputed_since"])
        hooks.recorded([record])
        return record
