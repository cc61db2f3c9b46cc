"""New grades, read from the log: those that the public may know are told to who watches the enterprise."""

from __future__ import annotations

from django.db import transaction

from hengjian import rulebook
from hengjian.credit.sharing.models import Event, Progress
from hengjian.credit.sharing.telling import tell, watching
from hengjian.enterprises.queries import by_subject
from hengjian.ledger.queries import facts

KIND = "credit.classified"
PORTION = 500


def tell_grades() -> int:
    """Go on where the last round ended; returns how many facts were read."""
    with transaction.atomic():
        at, _made = Progress.objects.select_for_update().get_or_create(name=KIND)
        rows = facts(kinds=[KIND], disclosure="public", history=True).filter(leaf_index__gte=at.next)
        part = list(rows.order_by("leaf_index")[:PORTION])
        for fact in part:
            if not fact.payload.get("previous"):
                continue  # the first grade is no change
            enterprise = by_subject(fact.subject)
            if enterprise is not None:
                kept = [row for row in watching(enterprise) if Event.GRADE in row.events]
                told = (
                    f"{rulebook.get(fact.payload['rule']).title} {fact.payload['previous']} → {fact.payload['grade']}"
                )
                tell(kept, enterprise, Event.GRADE, note=f"{told} ({fact.payload['as_of']})"[:200])
        if part:
            at.next = part[-1].leaf_index + 1
            at.save(update_fields=["next"])
    return len(part)
