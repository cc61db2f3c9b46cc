"""Reads of credit records; sealed ones are in no answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, Literal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from hengjian.credit.records.models import CreditRecord
from hengjian.credit.records.policies import PUBLIC, running
from hengjian.enterprises.models import Enterprise
from hengjian.parties.models import User
from hengjian.parties.policies import visible


class System:
    """The system itself as a reader: batches and projections of this server, never a face."""


SYSTEM: Final = System()
Reader = User | AnonymousUser | System | Literal["public"]


def records(
    enterprise: Enterprise,
    *,
    reader: Reader,
    known_at: datetime | None = None,
    valid_on: date | None = None,
    categories: Iterable[str] | None = None,
) -> QuerySet[CreditRecord]:
    """The records of a body and of those merged into it, newest decision first.

    Args:
        reader: "public", a person (by policy), or `SYSTEM` for all. Others than the system are shown nothing beyond its
            longest publication, also before the worker has ended it.
        known_at: leaves out what was recorded later.
        valid_on: leaves out what was decided later, and what had reached its maximum by then.
        categories: only these.
    """
    # Not by a join: with an "or" over two tables the database would read all records in order.
    bodies = Enterprise.objects.filter(Q(pk=enterprise.pk) | Q(merged_into=enterprise)).order_by().values("pk")
    rows = CreditRecord.objects.filter(enterprise__in=bodies)
    if reader == "public":
        rows = rows.filter(PUBLIC)
    elif not isinstance(reader, System):
        rows = visible(reader, rows)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    if valid_on is not None:
        rows = rows.filter(running(valid_on), decided_on__lte=valid_on)
    if not isinstance(reader, System):
        rows = rows.filter(running(timezone.localdate()))
    if categories is not None:
        rows = rows.filter(category__in=list(categories))
    return rows.select_related("organ", "enterprise")
