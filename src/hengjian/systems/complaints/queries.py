"""Reads of the room."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from hengjian.cases.models import Case
from hengjian.parties.policies import visible
from hengjian.systems.complaints.models import Ticket
from hengjian.systems.complaints.routing import intake_rule
from hengjian.systems.complaints.rules import KINDS, Earlier, Repetition, repetitions, respondent_key

# Of one respondent at most so many earlier intakes are compared.
MOST_COMPARED = 200


def cases_of(ticket: Ticket) -> list[Case]:
    """The cases of a ticket, in the order of their kinds."""
    rows = Case.objects.filter(origin=ticket.ref).select_related("unit", "region")
    return sorted(rows, key=lambda case: (KINDS.index(case.type) if case.type in KINDS else len(KINDS), case.pk))


def others_about(user: Any, ticket: Ticket) -> tuple[int, int]:
    """(all, open) other tickets about the same respondent in the days in which repetitions are looked for."""
    if not ticket.respondent_key:
        return 0, 0
    since = ticket.received_at - timedelta(days=intake_rule(timezone.localdate(ticket.received_at)).repeat_days)
    rows = Ticket.objects.filter(respondent_key=ticket.respondent_key, received_at__gte=since).exclude(pk=ticket.pk)
    rows = visible(user, rows.exclude(state=Ticket.State.JOINED)).order_by()
    found = rows.aggregate(all=Count("pk"), open=Count("pk", Q(state=Ticket.State.OPEN)))
    return found["all"], found["open"]


def repeated(
    user: Any, *, name: str, code: str, text: str, on: date | None = None, leave_out: int | None = None
) -> list[tuple[Ticket, Repetition]]:
    """Earlier tickets of the same respondent that are like a text, among those that the person may see."""
    key = respondent_key(name, code)
    if not key:
        return []
    day = on or timezone.localdate()
    rule = intake_rule(day)
    since = timezone.now() - timedelta(days=rule.repeat_days + max(0, (timezone.localdate() - day).days))
    rows: QuerySet[Ticket] = visible(user, Ticket.objects.filter(respondent_key=key, received_at__gte=since))
    rows = rows.exclude(state=Ticket.State.JOINED).order_by("-received_at")
    if leave_out is not None:
        rows = rows.exclude(pk=leave_out)
    tickets = {row.pk: row for row in rows[:MOST_COMPARED]}
    earlier = [
        Earlier(row.pk, row.number, timezone.localdate(row.received_at), row.content) for row in tickets.values()
    ]
    return [(tickets[item.earlier.id], item) for item in repetitions(text, day, earlier, rule)]
