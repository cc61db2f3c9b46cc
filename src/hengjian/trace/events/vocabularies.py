"""The values that occur in events, as resources: a value exists for a reader who may read an event with it."""

from __future__ import annotations

import time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from hengjian.methods.epcis.vocabulary import BIZ_STEP, DISPOSITION
from hengjian.trace.events.compiling import Condition, QueryError
from hengjian.trace.events.keys import key_of, word_of
from hengjian.trace.events.models import Event, EventThing
from hengjian.trace.events.running import SECONDS

RESOURCES = {
    "eventTypes": "type",
    "epcs": "",
    "bizSteps": "biz_step",
    "bizLocations": "biz_location",
    "readPoints": "read_point",
    "dispositions": "disposition",
}
"""Resource → column of the event; the identifiers have a table of their own."""
_LOOK = 200


def of_member(resource: str, value: str) -> Condition:
    """The events of one value."""
    column = RESOURCES[resource]
    if not column:
        rows = EventThing.objects.filter(key=key_of(value))
        return Condition(1, Q(Exists(rows.filter(event=OuterRef("pk")))), (rows,))
    if resource == "eventTypes":
        return Condition(9, Q(type=value), (Event.objects.filter(type=value),))
    words = {"bizSteps": BIZ_STEP, "dispositions": DISPOSITION}.get(resource)
    # An event without a place is no event at the place without a name.
    wanted = {column: (word_of(value, words) if words else key_of(value)) or None}
    return Condition(6, Q(**wanted), (Event.objects.filter(**wanted),))


def members(resource: str, readable: QuerySet[Event], size: int, after: str) -> list[str]:
    """Up to `size` values in order, beginning behind `after`."""
    column = RESOURCES[resource]
    deadline = time.monotonic() + SECONDS
    if not column:
        return _identifiers(readable, size, after, deadline)
    found: list[str] = []
    while len(found) < size:
        # From value to value by the index, however many events have each.
        rows = Event.objects.filter(**{f"{column}__gt": after}).order_by(column).values_list(column, flat=True)
        value = rows.first()
        if value is None:
            break
        after = value
        if readable.filter(**{column: value}).exists():
            found.append(value)
        _in_time(deadline)
    return found


def _identifiers(readable: QuerySet[Event], size: int, after: str, deadline: float) -> list[str]:
    found: list[str] = []
    while len(found) < size:
        rows: Any = EventThing.objects.filter(key__gt=after).order_by("key").values_list("key", flat=True)
        keys = list(rows.distinct()[:_LOOK])
        if not keys:
            break
        after = keys[-1]
        seen = EventThing.objects.filter(key__in=keys, event_id__in=readable.values("pk"))
        good = set(seen.values_list("key", flat=True))
        found += [key for key in keys if key in good]
        _in_time(deadline)
    return found[:size]


def _in_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise QueryError(
            "QueryTooComplex",
            _("查询未能在 %(n)s 秒内完成，请增加条件（如标识、时间范围）。") % {"n": int(SECONDS)},
            status=413,
        )
