"""Days of entries that draw near: made when it is time, gone when the matter is settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from hengjian.registers.declarations import RegisterType
from hengjian.registers.models import EntryBase, Reminder
from hengjian.registers.queries import entries
from hengjian.registers.recurring import renewal_day
from hengjian.registers.storing import model_of, value_of

# How long before the last day for renewal people are reminded where the register says nothing else.
AHEAD = 30
# The longest term before the end of validity at which any law wants renewal applied for.
LONGEST_RENEWAL = timedelta(days=400)
BATCH = 500


def standing_days(entry: EntryBase, declared: RegisterType) -> dict[str, date]:
    """Matter → day, as the entry stands now; nothing for one that does not count."""
    if not declared.status(entry.status).counts:
        return {}
    found: dict[str, date] = {}
    if entry.valid_to is not None:
        found[Reminder.EXPIRY] = entry.valid_to
        renewal = renewal_day(declared, entry.valid_to, entry.region.code)
        if renewal is not None:
            found[Reminder.RENEWAL] = renewal
    for item in declared.recurrences:
        due = value_of(entry, declared.field(item.next_due))
        if due:
            found[item.code] = date.fromisoformat(due)
    return found


def settle(rows: Sequence[EntryBase], declared: RegisterType) -> None:
    """Take away the reminders of entries that no longer stand: renewed, done, ended."""
    known: dict[int, dict[str, date]] = {entry.pk: standing_days(entry, declared) for entry in rows}
    held = Reminder.objects.filter(register=declared.code, entry__in=list(known))
    gone = [
        pk
        for pk, entry, matter, day in held.values_list("pk", "entry", "matter", "due_on")
        if known[entry].get(matter) != day
    ]
    if gone:
        Reminder.objects.filter(pk__in=gone).delete()


def remind(declared: RegisterType, today: date, limit: int = BATCH) -> int:
    """Make the reminders of a register that are due and not there yet; returns how many."""
    made = 0
    for matter, rows, ahead in _near(declared, today):
        there = Reminder.objects.filter(register=declared.code, matter=matter, entry=OuterRef("pk"))
        fresh = []
        waiting = rows.exclude(Exists(there)).select_related("unit", "region", "filer")
        for entry in waiting.order_by("pk")[:limit]:
            day = standing_days(entry, declared).get(matter)
            if day is not None and day - timedelta(days=ahead) <= today:
                fresh.append(_reminder(entry, matter, day))
        Reminder.objects.bulk_create(fresh, ignore_conflicts=True)
        made += len(fresh)
    return made


def _near(declared: RegisterType, today: date) -> Iterator[tuple[str, QuerySet[Any], int]]:
    """(matter, entries in question, days ahead) for everything that the register reminds of."""
    counting = [status.code for status in declared.statuses if status.counts]
    live = entries(declared.code).filter(status__in=counting)
    rule = declared.validity
    if rule.warn_days:
        yield (
            Reminder.EXPIRY,
            live.filter(valid_to__range=(today, today + timedelta(days=rule.warn_days))),
            rule.warn_days,
        )
    if rule.renew_before:
        ahead = rule.warn_days or AHEAD
        end = today + timedelta(days=ahead) + LONGEST_RENEWAL
        yield Reminder.RENEWAL, live.filter(valid_to__range=(today, end)), ahead
    columns = model_of(declared).columns()
    for item in declared.recurrences:
        if item.remind_days:
            last = today + timedelta(days=item.remind_days)
            own = item.next_due in columns
            path, bound = (item.next_due, last) if own else (f"extras__{item.next_due}", last.isoformat())
            yield item.code, live.filter(Q(**{f"{path}__lte": bound})), item.remind_days


def _reminder(entry: Any, matter: str, day: date) -> Reminder:
    return Reminder(
        register=entry.register,
        entry=entry.pk,
        matter=matter,
        due_on=day,
        key=entry.key,
        title=entry.title,
        unit=entry.unit,
        region=entry.region,
        filer=entry.filer,
        confidentiality=entry.confidentiality,
    )
