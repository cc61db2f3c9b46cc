"""Reading events. The reader is always named: "public" (nothing), a person, or SYSTEM (everything, for the worker and
for rooms that check the right to see themselves)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from hengjian.parties.models import User
from hengjian.parties.policies import visible
from hengjian.trace.events.compiling import Query, compile_query
from hengjian.trace.events.keys import key_of
from hengjian.trace.events.models import Event, EventThing
from hengjian.trace.events.running import Cursor, Page, run

SYSTEM: Final = "system"
PUBLIC: Final = "public"
Reader = User | AnonymousUser | Literal["public", "system"] | None


def readable(reader: Reader, events: QuerySet[Event] | None = None) -> QuerySet[Event]:
    """The events that a reader may see."""
    rows = Event.objects.all() if events is None else events
    if reader == SYSTEM:
        return rows
    return visible(reader, rows) if isinstance(reader, User) else rows.none()


def events_of(key: str, *, reader: Reader) -> QuerySet[Event]:
    """The events about an identifier (item, lot, container, however it is written), oldest first."""
    about = EventThing.objects.filter(key=key_of(key)).values("event_id")
    return readable(reader).filter(pk__in=about).order_by("event_time", "pk")


def run_query(
    parameters: Mapping[str, Any] | Query, *, reader: Reader, size: int = 30, page: Cursor | None = None
) -> Page:
    """One page of the answer to a query in the form of the JSON binding (or compiled already).

    Raises:
        QueryError: a wrong parameter, too many events, not done in time.
    """
    query = parameters if isinstance(parameters, Query) else compile_query(parameters)
    return run(query, readable(reader), size, page)
