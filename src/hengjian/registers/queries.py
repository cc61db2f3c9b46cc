"""Reads: the entries of a register, one by its key, what was so on a day as known at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from hengjian.parties.models.base import valid_on
from hengjian.registers.catalogue import register_type, register_types
from hengjian.registers.declarations import RegisterType
from hengjian.registers.history import holding
from hengjian.registers.models import EntryBase, EntryVersion
from hengjian.registers.storing import model_of


def entries(code: str) -> QuerySet[Any]:
    """All entries of a register, from its own table or the common one.

    Raises:
        KeyError: no such register.
    """
    return model_of(register_type(code))._default_manager.filter(register=code)


def find(code: str, key: str, scope: str = "") -> EntryBase | None:
    """The entry with a key; with `scope` (region code, unit key) where keys are unique within one only."""
    rows = entries(code).filter(key=key).select_related("unit", "region", "filer")
    if scope:
        rows = rows.filter(key_scope=scope)
    return rows.order_by("pk").first()


def by_ref(ref: str) -> EntryBase | None:
    """The entry that `entry:lift:12` means, or None."""
    kind, _sep, rest = ref.partition(":")
    code, _sep, pk = rest.partition(":")
    if kind != "entry" or not pk.isdigit() or len(pk) > 18:
        return None
    try:
        rows = entries(code)
    except KeyError:
        return None
    return rows.select_related("unit", "region", "filer").filter(pk=int(pk)).first()


def counting(declared: RegisterType, on: date | None = None) -> Q:
    """The condition "counts as valid on a day": a status that counts, within its validity, confirmed if it must be."""
    day = on or timezone.localdate()
    condition = Q(status__in=[status.code for status in declared.statuses if status.counts]) & valid_on(day)
    if declared.approval:
        condition &= Q(approved_at__isnull=False)
    return condition


def valid_count(code: str, on: date | None = None, **narrow: Any) -> int:
    """How many entries count on a day.

    Today's number is that of the rows; of an earlier day, that of the versions which held then.
    """
    declared = register_type(code)
    day = on or timezone.localdate()
    if day >= timezone.localdate():
        return entries(code).filter(counting(declared, day), **narrow).count()
    counts = {status.code for status in declared.statuses if status.counts}
    chosen = set(entries(code).filter(**narrow).values_list("pk", flat=True)) if narrow else None
    return sum(
        1
        for standing in standings(declared, day)
        if (chosen is None or standing.entry in chosen)
        and standing.data["status"] in counts
        and _within(standing.data, day)
    )


@dataclass(frozen=True)
class Standing:
    """What an entry said on a day."""

    entry: int
    number: int
    since: date
    data: dict[str, Any]


def as_of(code: str, on: date, known_at: datetime | None = None, *, pks: Iterable[int] | None = None) -> list[Standing]:
    """What each entry said on a day, as known at a time (None: now); those that had not begun are left out.

    Args:
        pks: only these entries.
    """
    return list(standings(register_type(code), on, known_at, pks))


def standings(
    declared: RegisterType, on: date, known_at: datetime | None = None, pks: Iterable[int] | None = None
) -> Iterable[Standing]:
    """`as_of`, one by one, with flat memory."""
    rows = EntryVersion.objects.filter(register=declared.code, valid_from__lte=on)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    if pks is not None:
        rows = rows.filter(entry__in=list(pks))
    # The last of each entry in this order is the one that holds.
    last: EntryVersion | None = None
    for row in rows.order_by("entry", "valid_from", "number").iterator(chunk_size=2000):
        if last is not None and last.entry != row.entry:
            yield _standing(last)
        last = row
    if last is not None:
        yield _standing(last)


def _standing(row: EntryVersion) -> Standing:
    return Standing(row.entry, row.number, row.valid_from, row.data)


def _within(data: dict[str, Any], day: date) -> bool:
    text = day.isoformat()
    return (data.get("valid_from") or text) <= text <= (data.get("valid_to") or text)


def entry_as_of(entry: EntryBase, on: date, known_at: datetime | None = None) -> EntryVersion | None:
    """The version of one entry that held on a day, as known at a time."""
    rows = EntryVersion.objects.filter(register=entry.register, entry=entry.pk)
    return holding(rows, on, known_at)


def own_tables() -> list[RegisterType]:
    """Registers with a table of their own."""
    return [declared for declared in register_types() if declared.model]
