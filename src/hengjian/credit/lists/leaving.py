"""How an entry leaves its list: record and facts are sealed, the row loses what it said, measures are lifted."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.credit.lists import facts
from hengjian.credit.lists.measures import lift_measures
from hengjian.credit.lists.models import ListEntry
from hengjian.credit.lists.published import KEY, published_as
from hengjian.credit.records import ending
from hengjian.credit.records.facts import EXPIRED, REPAIRED, WITHDRAWN
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.models import Enterprise
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.models import Fact
from hengjian.ledger.sealing import seal
from hengjian.publishing.forgetting import forget_rows

SYSTEM = "credit-lists"
State = ListEntry.State
KINDS = {State.ENDED.value: EXPIRED, State.REPAIRED.value: REPAIRED, State.WITHDRAWN.value: WITHDRAWN}
OF_RECORD = {
    CreditRecord.State.EXPIRED.value: State.ENDED.value,
    CreditRecord.State.REPAIRED.value: State.REPAIRED.value,
    CreditRecord.State.WITHDRAWN.value: State.WITHDRAWN.value,
}
RECORD_STATES = {how: state for state, how in OF_RECORD.items()}


def end_record(entry: ListEntry, how: str, ground: str) -> bool:
    """End the credit record of an entry; False when it has none that still stands."""
    record = CreditRecord.objects.filter(key=entry.record).first() if entry.record else None
    if record is None:
        return False
    ending.end([record], KINDS[how], RECORD_STATES[how], source=Source(system=SYSTEM), ground=ground)
    return True


def records_sealed(records: Sequence[CreditRecord]) -> None:
    """Hook of `credit.records`: whatever ended the record ends the entry, in the same transaction.

    A shield lasts for a time only: the entry is kept, but no page shows it (see `queries.on_lists`).
    """
    ended = {record.key: record for record in records if record.state in OF_RECORD}
    for entry in ListEntry.objects.filter(record__in=ended, state=State.LISTED).select_related("region", "unit"):
        assert entry.record is not None
        close(entry, OF_RECORD[ended[entry.record].state], "")


def close(entry: ListEntry, how: str, reason: str) -> None:
    """Close the entry, in the caller's transaction."""
    today = timezone.localdate()
    told = append(
        FactDraft(
            kind=facts.LEFT.name,
            subject=entry.ref,
            payload=facts.Left(code=entry.kind, how=how),
            region=entry.region.code,
            occurred_on=today,
            source=Source(unit=entry.unit.ref, system=SYSTEM),
        )
    )
    if left_over := _left_over(entry):
        seal(left_over, ground=told)
    lift_measures(entry)
    forget_rows(published_as(entry.kind), KEY, [entry.number])
    entry.state, entry.left_on = how, today
    entry.left_reason = (reason or str(_("信用记录已结束")))[:300]
    # What it said must not be found any more; number, list and dates stay for the receipts.
    entry.criterion = entry.ground = entry.penalty = entry.document = ""
    entry.save(update_fields=["state", "left_on", "left_reason", "criterion", "ground", "penalty", "document"])


def _left_over(entry: ListEntry) -> list[UUID]:
    """Facts that tell of the entry and are not sealed with the record: its own, and those of the procedure."""
    found = list(Fact.objects.filter(id=entry.fact).values_list("id", flat=True)) if entry.fact else []
    if entry.case:
        found += Fact.objects.filter(subject=entry.case).values_list("id", flat=True)
    return found


def enterprises_merged(kept: Enterprise, gone: Enterprise) -> None:
    """Hook of `enterprises`: the entries of a body that became one with another go on under the one that is left.

    Where both stand on the same list, the entry of the one that is gone stays with its row: a list has a body once.
    """
    standing = ListEntry.objects.filter(enterprise=kept, state=State.LISTED).values("kind")
    ListEntry.objects.filter(enterprise=gone).exclude(state=State.LISTED, kind__in=standing).update(enterprise=kept)
