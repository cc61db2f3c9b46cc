"""What waits for a person: returns to fill in and stages to pass."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from hengjian.parties.acting import units_acting
from hengjian.parties.policies import permitted
from hengjian.returns.models import Approval, Return

# Returns count as waiting from so many days before their due day.
AHEAD = timedelta(days=15)


def waiting_for(user: Any) -> int:
    """Returns of the own unit that are due soon or sent back, and stages that wait for the person's unit."""
    soon = timezone.localdate() + AHEAD
    mine = permitted(user, "returns.fill", Return.objects.filter(state__in=Return.EDITABLE, due_on__lte=soon))
    due = Approval.objects.filter(state=Approval.State.DUE, unit__in=units_acting(user, "returns.approve"))
    return mine.count() + permitted(user, "returns.approve", due).exclude(owner__completed_by=user.pk).count()
