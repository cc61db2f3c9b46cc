"""Verbs that end records besides repair: the decision fell, or the enterprise is being reorganised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.records.actions.recording import refuse_sealed, source_of
from hengjian.credit.records.ending import end
from hengjian.credit.records.facts import SHIELDED, WITHDRAWN
from hengjian.credit.records.models import CreditRecord
from hengjian.parties.policies import require
from hengjian.parties.verbs import Action, ActionRefused


@dataclass(kw_only=True)
class WithdrawRecord(Action[CreditRecord]):
    """The decision was revoked, found unlawful or void: the record ends at once (within 3 working days by rule)."""

    verb = "credit.correct"
    needs_reason = True

    record: CreditRecord
    ground: str = ""

    def target(self) -> CreditRecord:
        return self.record

    def check_state(self) -> None:
        refuse_sealed(self.record)

    def perform(self) -> CreditRecord:
        end([self.record], WITHDRAWN, CreditRecord.State.WITHDRAWN, source=source_of(self), ground=self.ground)
        return self.record


@dataclass(kw_only=True)
class ShieldRecords(Action[list[CreditRecord]]):
    """Shield records of a body under court-approved reorganisation for a time; they come back by themselves."""

    verb = "credit.shield"
    needs_reason = True

    records: Sequence[CreditRecord]
    until: datetime
    ground: str = ""

    def check_state(self) -> None:
        if not self.records:
            raise ActionRefused(_("没有选择记录。"), _("请至少选择一条。"), status=400)
        if self.until <= timezone.now():
            raise ActionRefused(_("屏蔽截止时间已经过去。"), _("请填写以后的时间。"), status=400)
        for record in self.records:
            if self.user is not None or not self.system:
                require(self.user, self.verb, record)
            refuse_sealed(record)

    def perform(self) -> list[CreditRecord]:
        rows = list(self.records)
        end(rows, SHIELDED, CreditRecord.State.SHIELDED, source=source_of(self), ground=self.ground, until=self.until)
        return rows
