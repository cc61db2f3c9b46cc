"""Versions of entries: what an entry said from a day on, and since when that is known.

Among the versions known at a time, the one that holds on a day is that with the latest first day, and among those of
one first day the last recorded. A change dated before later versions is therefore carried into them, field by field,
unless they set the field themselves: a spelling corrected "from 2024 on" stays corrected in the renewal of 2025.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hengjian.parties.models import User
from hengjian.registers.models import EntryBase, EntryVersion

CARRIED = "carried"


@dataclass(frozen=True)
class Note:
    """Who wrote a version, when, how and why."""

    verb: str
    at: datetime
    by: User | None = None
    system: str = ""
    reason: str = ""
    ground: str = ""


def versions(entry: EntryBase) -> list[EntryVersion]:
    """All versions, oldest record first."""
    return list(
        EntryVersion.objects.filter(register=entry.register, entry=entry.pk)
        .select_related("recorded_by")
        .order_by("number")
    )


def effective(rows: Iterable[EntryVersion], known_at: datetime | None = None) -> list[EntryVersion]:
    """What holds from which day on, oldest day first: one version per first day."""
    latest: dict[date, EntryVersion] = {}
    for row in sorted(rows, key=lambda version: version.number):
        if known_at is None or row.recorded_at <= known_at:
            latest[row.valid_from] = row
    return [latest[day] for day in sorted(latest)]


def holding(rows: Iterable[EntryVersion], on: date, known_at: datetime | None = None) -> EntryVersion | None:
    """The version that holds on a day, as known at a time; None before the first."""
    before = [row for row in effective(rows, known_at) if row.valid_from <= on]
    return before[-1] if before else None


def record_first(entry: EntryBase, data: Mapping[str, Any], on: date, note: Note) -> EntryVersion:
    """The first version of a new entry."""
    return EntryVersion.objects.create(**_fields(entry, 1, on, data, note))


def record_newest(entry: EntryBase, data: Mapping[str, Any], on: date, note: Note) -> EntryVersion:
    """One more version, which holds from the newest day on; `entry.version` becomes its number."""
    entry.version += 1
    return EntryVersion.objects.create(**_fields(entry, entry.version, on, data, note))


def record_late(
    entry: EntryBase, rows: list[EntryVersion], changes: Mapping[str, Any], on: date, note: Note
) -> dict[str, Any]:
    """A change dated before later versions: written where it belongs and carried into those; returns what of it still
    holds today, field → value.

    Args:
        rows: the versions so far, as `versions` gives them.
        changes: field → JSON value; None takes the field away.
    """
    line = effective(rows)
    at = max((index for index, row in enumerate(line) if row.valid_from <= on), default=-1)
    before: Mapping[str, Any] = line[at].data if at >= 0 else {"status": line[0].status}
    number = entry.version + 1
    fresh = [EntryVersion(**_fields(entry, number, on, merged(before, changes), note))]
    left = dict(changes)
    for later in line[at + 1 :]:
        # What the later version set itself stays as it set it, from there on.
        left = {name: value for name, value in left.items() if later.data.get(name) == before.get(name)}
        if not left:
            break
        number += 1
        carried = Note(CARRIED, note.at, note.by, note.system, note.reason)
        fresh.append(EntryVersion(**_fields(entry, number, later.valid_from, merged(later.data, left), carried)))
        before = later.data
    EntryVersion.objects.bulk_create(fresh)
    entry.version = number
    return left


def merged(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The data with the changes; an emptied field is left out."""
    return {name: value for name, value in {**data, **changes}.items() if value is not None}


def _fields(entry: EntryBase, number: int, on: date, data: Mapping[str, Any], note: Note) -> dict[str, Any]:
    return {
        "register": entry.register,
        "entry": entry.pk,
        "number": number,
        "valid_from": on,
        "recorded_at": note.at,
        "recorded_by": note.by,
        "system": note.system,
        "verb": note.verb,
        "reason": note.reason[:300],
        "ground": note.ground,
        "status": str(data["status"]),
        "data": dict(data),
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(field, before, after) of what differs between two versions' data, in the order of `after`, then what is gone."""
    names = [*after, *(name for name in before if name not in after)]
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]
