"""An import taken back as a whole: its tickets and everything that was opened for them.

Done in rounds, each a transaction of its own: what a round took back is gone, so a worker killed half-way leaves the
rest to the next one.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from hengjian.cases.models import Case
from hengjian.clocks.models import Deadline
from hengjian.ledger import vault
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact, FactRef
from hengjian.pages.models import Notification
from hengjian.parties.auditing import record
from hengjian.registers.bulk import UNDOING, withdraw
from hengjian.systems.complaints.bulk import SYSTEM
from hengjian.systems.complaints.models import Ticket, TicketBatch

ROUND = 500
MOST_NAMED = 5
State = TicketBatch.State


def worked_on(batch: TicketBatch) -> list[str]:
    """Numbers of tickets of the batch about which something was done after the import: a few, to name them."""
    tickets = Ticket.objects.filter(batch=batch)
    refs = tickets.annotate(as_ref=Concat(Value("ticket:"), Cast("pk", CharField()), output_field=CharField())).values(
        "as_ref"
    )
    origins = Case.objects.filter(origin__in=refs, version__gt=1).order_by("pk").values_list("origin", flat=True)
    moved = [int(origin.removeprefix("ticket:")) for origin in origins[:MOST_NAMED]]
    # Another ticket put into one of these stands on it, too.
    changed = Q(version__gt=1) | Q(joined__isnull=False) | Q(pk__in=moved)
    return list(tickets.filter(changed).order_by("pk").values_list("number", flat=True).distinct()[:MOST_NAMED])


def undo(batch: TicketBatch) -> None:
    """Take back all that is left of the batch."""
    while _round(batch):
        pass
    with transaction.atomic():
        if TicketBatch.objects.filter(pk=batch.pk, state=State.UNDOING).update(state=State.UNDONE):
            batch.refresh_from_db()
            record("complaints.import", batch, user=batch.by, system=SYSTEM, changes={"state": ["done", "undone"]})


@transaction.atomic
def _round(batch: TicketBatch) -> int:
    # Held, so that page and worker do not take back the same rows at once.
    rows = list(Ticket.objects.filter(batch=batch).order_by("pk").select_for_update(of=("self",))[:ROUND])
    if rows:
        _take_back(batch, rows)
        TicketBatch.objects.filter(pk=batch.pk).update(done=F("done") + len(rows))
    return len(rows)


def _take_back(batch: TicketBatch, tickets: Sequence[Ticket]) -> None:
    cases = Case.objects.filter(origin__in=[ticket.ref for ticket in tickets])
    refs = [case.ref for case in cases]
    source = Source(unit=batch.unit.ref, user=batch.by.ref, system=SYSTEM)
    withdraw(_facts_about(refs).values_list("id", flat=True), source)
    # The cases of one ticket share what is sealed.
    by = vault.Reader(user=batch.by.ref, unit=batch.unit.ref)
    for identity in sorted({case.identity for case in cases if case.identity}):
        vault.erase(identity, by=by, purpose=UNDOING)
    Deadline.objects.filter(owner__in=refs).delete()
    Notification.objects.filter(ref__in=refs).delete()
    cases.delete()
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).delete()


def _facts_about(refs: Sequence[str]) -> QuerySet[Fact]:
    mentions = FactRef.objects.filter(ref__in=refs, role="case")
    return Fact.objects.filter(leaf_index__in=mentions.values("leaf_index"))
