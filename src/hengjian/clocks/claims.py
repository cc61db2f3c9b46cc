"""Claiming rows whose next action has come, without locks or a broker.

A model with an indexed `next_action_at` is polled; a row is taken by an update that only succeeds if nobody else has
moved it since it was seen. The claim pushes the row ahead by a lease, so that a killed worker loses nothing: the row
comes up again. Whoever does the work takes the row once more under its lease inside the transaction that does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models

# A row whose worker died or whose handler failed comes up again after this time.
LEASE = timedelta(hours=1)
BATCH = 200


@dataclass(frozen=True)
class Claim:
    """A row whose action is ours until `lease`; `rang_at` is the moment that had come."""

    pk: int
    rang_at: datetime
    lease: datetime


def claim_due(model: type[models.Model], now: datetime, limit: int = BATCH) -> list[Claim]:
    """Take up to `limit` rows whose `next_action_at` has come; rows that another worker moved are not ours."""
    rows = model._default_manager.filter(next_action_at__lte=now).order_by("next_action_at")
    lease = now + LEASE
    return [
        Claim(pk, seen, lease)
        for pk, seen in list(rows.values_list("pk", "next_action_at")[:limit])
        if model._default_manager.filter(pk=pk, next_action_at=seen).update(next_action_at=lease)
    ]


def hold(model: type[models.Model], claim: Claim) -> bool:
    """Take the row under its lease, inside the transaction that does the work; False: somebody else has it by now."""
    held = model._default_manager.filter(pk=claim.pk, next_action_at=claim.lease)
    return bool(held.update(next_action_at=None))
