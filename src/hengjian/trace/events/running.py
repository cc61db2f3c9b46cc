"""Running a compiled query: one page at a time, in bounded time and memory.

Where a parameter names values, the page is cut from the lists of those values: their event numbers are merged in order,
newest first, and only as many events are looked at as the page needs. Everything else is a filter on these.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import FloatField, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from hengjian.trace.events.compiling import Condition, Query, QueryError
from hengjian.trace.events.models import Event, EventTerm

SECONDS = 10.0
"""How long one page may take."""
FIRST_LOOK, LONGEST_LOOK = 64, 2048
DRIVING = 9
"""Conditions of this rank or less lead; what is broader is cheaper to check row by row."""


@dataclass(frozen=True)
class Cursor:
    """Where a page begins. `snapshot`: number of the last event when the first page was made; what was captured later
    belongs to another query. `after`: the last event of the page before; `skip`: the same for an order by extension;
    `left`: how many events the query may still give."""

    snapshot: int
    after: int | None = None
    skip: int = 0
    left: int | None = None


@dataclass(frozen=True)
class Page:
    """Events in order; `next`: where the next page begins, None: this is the last."""

    events: list[Event]
    next: Cursor | None


def run(query: Query, visible: QuerySet[Event], size: int, cursor: Cursor | None = None) -> Page:
    """One page of at most `size` of the visible events.

    Raises:
        QueryError: QueryTooLarge (more than maxEventCount), QueryTooComplex (not done in time).
    """
    with _bounded(SECONDS) as deadline:
        seen: dict[int, Event] = {}
        if cursor is None:
            cursor = Cursor(_last(), left=query.limit)
            most = query.most
            if most is not None and len(_numbers(query, visible, most + 1, cursor, deadline, seen)) > most:
                raise QueryError(
                    "QueryTooLarge",
                    _("结果超过 maxEventCount（%(n)s）。") % {"n": most},
                    "maxEventCount",
                    status=413,
                )
        wanted = size if cursor.left is None else min(size, cursor.left)
        found = _numbers(query, visible, wanted + 1, cursor, deadline, seen)
        page = found[:wanted]
        missing = [number for number in page if number not in seen]
        rows = seen | _whole(Event.objects.all()).in_bulk(missing) if missing else seen
    left = None if cursor.left is None else cursor.left - len(page)
    more = len(found) > wanted and left != 0
    following = Cursor(cursor.snapshot, page[-1], cursor.skip + len(page), left) if more and page else None
    return Page([rows[pk] for pk in page], following)


def _last() -> int:
    """The number of the last event."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM trace_events_event")
        return int(cursor.fetchone()[0])


def _whole(rows: QuerySet[Event]) -> QuerySet[Event]:
    return rows.select_related("context", "party")


def _numbers(
    query: Query, visible: QuerySet[Event], size: int, cursor: Cursor, deadline: float, seen: dict[int, Event]
) -> list[int]:
    """Numbers of at most so many events from the cursor on; events that were read on the way come into `seen`."""
    leading = min((part for part in query.conditions if part.lists), key=lambda part: part.rank, default=None)
    if query.order not in ("", "record") or leading is None or leading.rank > DRIVING:
        return _sorted(query, visible, size, cursor)
    return list(islice(_merged(query, leading, visible, cursor, deadline, seen), size))


def _merged(
    query: Query,
    leading: Condition,
    visible: QuerySet[Event],
    cursor: Cursor,
    deadline: float,
    seen: dict[int, Event],
) -> Iterator[int]:
    """Numbers of the events asked for, in the order of recording, from the lists of the leading condition."""
    rest = Q(pk__lte=cursor.snapshot)
    for condition in query.conditions:
        if condition is not leading:
            rest &= condition.q
    walks = [_walk(rows, query.ascending, cursor) for rows in leading.lists]
    merged = heapq.merge(*walks, reverse=not query.ascending)
    look, last = FIRST_LOOK, None
    while True:
        chunk: list[int] = []
        for number in merged:
            if number != last:
                chunk.append(number)
                last = number
            if len(chunk) == look:
                break
        if not chunk:
            return
        rows = visible.filter(rest, pk__in=chunk)
        good: Collection[int]
        if len(chunk) < FIRST_LOOK:  # all there are: most identifiers have a handful of events
            read = {event.pk: event for event in _whole(rows)}
            seen.update(read)
            good = read
        else:
            good = set(rows.values_list("pk", flat=True))
        yield from (number for number in chunk if number in good)
        if time.monotonic() > deadline:
            raise _too_complex()
        look = min(look * 2, LONGEST_LOOK // 4 if connection.vendor == "sqlite" else LONGEST_LOOK)


def _walk(rows: QuerySet[Any], ascending: bool, cursor: Cursor) -> Iterator[int]:
    """Event numbers of one list, read on as they are needed."""
    name = "pk" if rows.model is Event else "event_id"
    last, look = cursor.after, FIRST_LOOK
    ordered = rows.order_by(name if ascending else f"-{name}").values_list(name, flat=True)
    while True:
        part = ordered
        if last is not None:
            part = ordered.filter(**{f"{name}__gt" if ascending else f"{name}__lt": last})
        numbers = list(part[:look])
        yield from numbers
        if len(numbers) < look:
            return
        last, look = numbers[-1], min(look * 2, LONGEST_LOOK)


def _sorted(query: Query, visible: QuerySet[Event], size: int, cursor: Cursor) -> list[int]:
    """The same by filters alone, in any order."""
    rows = visible.filter(pk__lte=cursor.snapshot)
    timed = any("event_time" in str(part.q) for part in query.conditions)
    order = query.order or ("event" if timed else "record")
    sign = "" if query.ascending else "-"
    for part in query.conditions:
        # Few values: the database shall begin with them instead of walking along the order.
        led = order != "record" and part.lists and part.rank < DRIVING - 1 and len(part.lists) <= 100
        rows = rows.filter(_among(part) if led else part.q)
    if order == "record":
        if cursor.after is not None:
            rows = rows.filter(**{"pk__gt" if query.ascending else "pk__lt": cursor.after})
        return list(rows.order_by(f"{sign}pk").values_list("pk", flat=True)[:size])
    if order == "event":
        if cursor.after is not None:
            at = Event.objects.values_list("event_time", flat=True).get(pk=cursor.after)
            beyond = "gt" if query.ascending else "lt"
            rows = rows.filter(
                Q(**{f"event_time__{beyond}e": at})
                & (Q(**{f"event_time__{beyond}": at}) | Q(**{f"pk__{beyond}": cursor.after}))
            )
        return list(rows.order_by(f"{sign}event_time", f"{sign}pk").values_list("pk", flat=True)[:size])
    term = EventTerm.objects.filter(event=OuterRef("pk"), name=order).order_by("pk")
    rows = rows.annotate(
        by_number=Subquery(term.values("number")[:1], output_field=FloatField()),
        by_text=Subquery(term.values("text")[:1]),
    ).filter(by_text__isnull=False)
    ordered = rows.order_by(f"{sign}by_number", f"{sign}by_text", f"{sign}pk")
    return list(ordered.values_list("pk", flat=True)[cursor.skip : cursor.skip + size])


def _among(part: Condition) -> Q:
    either = Q()
    for rows in part.lists:
        either |= Q(pk__in=rows.values("pk" if rows.model is Event else "event_id"))
    return either


def _too_complex() -> QueryError:
    return QueryError(
        "QueryTooComplex",
        _("查询未能在 %(n)s 秒内完成，请增加条件（如标识、时间范围）。") % {"n": int(SECONDS)},
        status=413,
    )


@contextmanager
def _bounded(seconds: float) -> Iterator[float]:
    """Let the database give up after so long; yields the moment on the monotonic clock.

    Raises:
        QueryError: it gave up.
    """
    deadline = time.monotonic() + seconds
    try:
        if connection.vendor == "postgresql":
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = %s", [int(seconds * 1000)])
                yield deadline
        else:
            connection.ensure_connection()
            raw: Any = connection.connection
            raw.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
            try:
                yield deadline
            finally:
                raw.set_progress_handler(None, 0)
    except OperationalError as error:
        if "interrupted" in str(error) or "statement timeout" in str(error):
            raise _too_complex() from error
        raise
