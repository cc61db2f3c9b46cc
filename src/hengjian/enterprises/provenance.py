"""Values with their sources, derived from the records that departments delivered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from hengjian import rulebook
from hengjian.enterprises.models import Enterprise, EntityEvent, SourceRecord
from hengjian.enterprises.queries import ValueSource
from hengjian.enterprises.rules import Said, ranked
from hengjian.rulebook.parameters.source_precedence import SourcePrecedence

FAMILY = "source_precedence"
# Stands for the family of a record that an officer wrote to correct what departments say: it goes first.
CORRECTION = "*"


def precedence(region: str, on: date) -> Callable[[str, str], int]:
    """(family of the unit, field) → rank, as the rulebook orders the sources there on that day."""
    rank = rulebook.at(FAMILY, region, on).typed(SourcePrecedence).rank
    return lambda family, field: -1 if family == CORRECTION else rank(family, field)


def live() -> Q:
    """The records that say something today."""
    return Q(replaced_by__isnull=True, withdrawn_at__isnull=True)


def known(at: datetime) -> Q:
    """The records that said something as it was known at that moment."""
    return (
        Q(received_at__lte=at)
        & (Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at))
        & (Q(replaced_by__isnull=True) | Q(replaced_by__received_at__gt=at))
    )


def said(record: SourceRecord) -> Said:
    """The record as the rule reads it; without a day of its own it speaks of the day it came."""
    since = record.valid_from or timezone.localdate(record.received_at)
    family = record.source.family if record.batch_id else CORRECTION
    return Said(record.pk, family, since, record.received_at, record.values)


def records_of(enterprise: Enterprise, known_at: datetime | None = None) -> QuerySet[SourceRecord]:
    """The records about a body that are live, or were at that moment and belonged to it then."""
    rows = SourceRecord.objects.select_related("source", "source__region", "batch")
    if known_at is None:
        return rows.filter(live(), enterprise=enterprise)
    came, went = _moved_since(enterprise, known_at)
    held = (Q(enterprise=enterprise) & ~Q(pk__in=came)) | Q(pk__in=went)
    return rows.filter(held).filter(known(known_at))


def _moved_since(enterprise: Enterprise, moment: datetime) -> tuple[set[int], set[int]]:
    """(records that came to the body after the moment, records that left it after it), walked back event by event."""
    events = EntityEvent.objects.filter(Q(enterprise=enterprise) | Q(other=enterprise), at__gt=moment).exclude(moved={})
    came: set[int] = set()
    went: set[int] = set()
    for event in events.order_by("-at", "-pk").select_related("undoes"):
        kind = event.undoes.kind if event.undoes else event.kind
        # A merge brings records to `enterprise`, a split takes them away; undoing turns it round.
        towards = (kind == EntityEvent.Kind.MERGED) != (event.undoes is not None)
        gained = towards == (event.enterprise_id == enterprise.pk)
        records = set(event.moved.get("records", ()))
        if gained:
            came |= records - went
            went -= records
        else:
            went |= records - came
            came -= records
    return came, went


def sources_of(enterprise: Enterprise, known_at: datetime | None = None) -> list[ValueSource]:
    """See `queries.values_of`."""
    records = {record.pk: record for record in records_of(enterprise, known_at)}
    on = timezone.localdate(known_at) if known_at else timezone.localdate()
    claims = ranked(map(said, records.values()), precedence(enterprise.region.code, on))
    return [
        ValueSource(
            field=field,
            value=value,
            source=records[one.record].source,
            since=one.since,
            record=one.record,
            current=place == 0,
            received_at=one.received_at,
        )
        for field, rows in claims.items()
        for place, (value, one) in enumerate(rows)
    ]
