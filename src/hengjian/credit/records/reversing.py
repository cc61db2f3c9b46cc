"""A decision that fell: the record that rests on it is withdrawn within three working days (order 44, article 19)."""

from __future__ import annotations

from hengjian.cases.hooks import StepContext, register_effect, register_guard
from hengjian.cases.models import Case
from hengjian.credit.records.ending import end
from hengjian.credit.records.facts import WITHDRAWN
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.repairing import record_of
from hengjian.ledger.drafts import Source

CASE = "credit_reversal"


def open_reversal(record: CreditRecord) -> Case | None:
    """The withdrawal under way for a record."""
    return Case.objects.filter(type=CASE, subject=record.ref, closed_at__isnull=True).first()


def standing(context: StepContext) -> None:
    """Guard: the record still stands."""
    record_of(context.case)


def withdraw(context: StepContext) -> None:
    """Effect: publication, sharing and use stop at once."""
    case = context.case
    user = context.user.ref if context.user is not None else ""
    source = Source(unit=case.unit.ref, user=user, system=context.system or "cases")
    end([record_of(case)], WITHDRAWN, CreditRecord.State.WITHDRAWN, source=source, ground=case.ref)


def register() -> None:
    """Called when the app is ready."""
    register_guard("credit_records.standing", standing)
    register_effect("credit_records.withdraw", withdraw)
