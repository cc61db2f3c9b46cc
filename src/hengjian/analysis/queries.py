"""Reads of the room for the shell: what waits for a person."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from hengjian.analysis.models import Report
from hengjian.parties.policies import permitted

STEPS = (
    ("analysis.review", Report.State.REVIEW),
    ("analysis.approve", Report.State.REVIEWED),
    ("analysis.publish", Report.State.APPROVED),
)


def waiting(user: Any) -> Any:
    """Reports whose next step this person may take, by a query: their own drafts that were returned, and what others
    have handed on."""
    chosen = Q(state=Report.State.DRAFT, written_by=user.pk) & ~Q(returned_for="")
    rows = Report.objects.all()
    for verb, state in STEPS:
        chosen |= Q(state=state, pk__in=permitted(user, verb, rows).values("pk")) & ~Q(written_by=user.pk)
    return rows.filter(chosen)


def waiting_for(user: Any) -> int:
    """The number beside the entry of the navigation."""
    return int(waiting(user).count()) if user.is_authenticated else 0
