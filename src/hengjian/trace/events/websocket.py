"""The answer to a named query as it grows, over a WebSocket: `/epcis/queries/{name}/events?stream=true`, or with the
fields of a schedule instead (EPCIS 2.0 section 12.7.6).

An ASGI application of its own (`hengjian serve websocket`), beside the site, which stays WSGI: the proxy sends it what
asks for an upgrade. The caller shows a unit's token in the header `Authorization`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone

from hengjian.methods.epcis.values import moment
from hengjian.parties.policies import can, visible
from hengjian.parties.tokens import RateLimited, TokenAuth, authenticate_token
from hengjian.trace.events.compiling import QueryError
from hengjian.trace.events.delivering import NotTaken, following
from hengjian.trace.events.models import Event, NamedQuery
from hengjian.trace.events.output import EPC_FORMATS, Wish, answer_of
from hengjian.trace.events.policies import VIEW
from hengjian.trace.events.schedules import FIELDS, Schedule, ScheduleError, read_schedule

POLL = 2.0
BATCH = 100
PATIENCE = 60.0
"""Seconds that a receiver may take to accept one message."""
RECHECK = timedelta(minutes=1)
"""So often the token is looked at again: one that was taken back or has run out ends its connections."""
MOST = 20
"""Connections of one unit at a time."""
_PATH = re.compile(r"/epcis/queries/([^/]+)/events")
log = logging.getLogger("hengjian.epcis")
_connections: Counter[int] = Counter()

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Closed(Exception):
    """The connection is refused or ended. `code`: of the WebSocket; 44xx is the HTTP status it stands for."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass
class Order:
    """What one connection wants. `position`: number of the last event it was given; `checked`: when `raw` last was."""

    raw: str
    unit: int
    checked: datetime
    query: NamedQuery
    wish: Wish
    schedule: Schedule | None
    report_if_empty: bool
    position: int


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """ASGI: one connection."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["type"] != "websocket":
        headers = [(b"upgrade", b"websocket"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 426, "headers": headers})
        await send({"type": "http.response.body", "body": b"This address speaks WebSocket only."})
        return
    await receive()  # websocket.connect
    try:
        order = await _in_thread(_enter)(scope)
        if _connections[order.unit] >= MOST:
            raise Closed(4429, f"a unit may have {MOST} connections at a time")
        _connections[order.unit] += 1
        try:
            await send({"type": "websocket.accept"})
            await _serve(order, receive, send)
        finally:
            _connections[order.unit] -= 1
    except Closed as closed:
        with suppress(TimeoutError):
            farewell = {"type": "websocket.close", "code": closed.code, "reason": closed.reason[:120]}
            await asyncio.wait_for(send(farewell), PATIENCE)


async def _serve(order: Order, receive: Receive, send: Send) -> None:
    due = _due(order)
    while True:
        if due is None or timezone.now() >= due:
            while True:
                body, more = await _in_thread(_next)(order)
                if body is not None:
                    await _give(send, body)
                if not more:
                    break
            due = _due(order)
        pause = POLL if due is None else max(0.0, min(POLL, (due - timezone.now()).total_seconds()))
        try:
            message = await asyncio.wait_for(receive(), timeout=pause)
        except TimeoutError:
            continue
        if message["type"] == "websocket.disconnect":
            return


async def _give(send: Send, body: bytes) -> None:
    """One message; what follows waits until it was accepted, and a receiver that accepts nothing is let go."""
    try:
        await asyncio.wait_for(send({"type": "websocket.send", "text": body.decode()}), PATIENCE)
    except TimeoutError:
        raise Closed(1013, "the receiver is too slow; come again with initialRecordTime") from None


def _due(order: Order) -> datetime | None:
    return None if order.schedule is None else order.schedule.next_after(timezone.localtime())


def _in_thread(work: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    def run(*arguments: Any) -> Any:
        close_old_connections()
        try:
            return work(*arguments)
        except Closed:
            raise
        except RateLimited as error:
            raise Closed(4429, "too many calls with this token") from error
        except (QueryError, NotTaken) as error:
            raise Closed(1008, str(error)) from error
        except Exception as error:
            log.exception("unexpected error in a WebSocket")
            raise Closed(1011, "internal error") from error
        finally:
            close_old_connections()

    return sync_to_async(run, thread_sensitive=False)


def _enter(scope: Message) -> Order:
    """Who calls, for which query, in which way."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    match = _PATH.fullmatch(unquote(scope["path"]))
    if match is None:
        raise Closed(4404, "no such address")
    scheme, _sep, raw = headers.get("authorization", "").partition(" ")
    auth = _authenticated(raw if scheme.lower() == "bearer" else "")
    rows = visible(auth.user, NamedQuery.objects.filter(name=match[1]).select_related("user", "unit"))
    query = rows.filter(unit=auth.unit).first() or rows.order_by("pk").first()
    if query is None:
        raise Closed(4404, "no such query")
    given = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
    fields = {name: given[name] for name in FIELDS if name in given}
    if bool(fields) == (given.get("stream") == "true"):
        raise Closed(4400, "give either stream=true or the fields of a schedule")
    try:
        schedule = read_schedule(fields) if fields else None
    except ScheduleError as error:
        raise Closed(4400, f"the schedule is wrong: {error.field}") from error
    epc = headers.get("gs1-epc-format") or EPC_FORMATS[0]
    if epc not in EPC_FORMATS:
        raise Closed(4406, f"GS1-EPC-Format can be {', '.join(EPC_FORMATS)}")
    query.user = auth.user  # the caller's own rights decide what it is given
    empty = given.get("reportIfEmpty") == "true"
    return Order(raw, auth.unit.pk, timezone.now(), query, Wish(epc=epc), schedule, empty, _first(given))


def _authenticated(raw: str) -> TokenAuth:
    auth = authenticate_token(raw) if raw else None
    if auth is None:
        raise Closed(4401, "show the token of a unit in the header Authorization")
    if not can(auth.user, VIEW):
        raise Closed(4403, "the token may not read events")
    return auth


def _first(given: Mapping[str, str]) -> int:
    rows = Event.objects.order_by("-pk")
    if "initialRecordTime" in given:
        instant = moment(given["initialRecordTime"].replace(" ", "+"))
        if instant is None or not 1800 < instant.year < 2300:
            raise Closed(4400, "initialRecordTime is no time")
        rows = rows.filter(record_time__lt=instant)
    return rows.values_list("pk", flat=True).first() or 0


def _next(order: Order) -> tuple[bytes | None, bool]:
    """The next message, and whether another follows at once."""
    now = timezone.now()
    if now - order.checked > RECHECK:
        order.query.user, order.checked = _authenticated(order.raw).user, now
    events, position, more = following(order.query, order.position, BATCH)
    order.position = position
    if not events and not (order.schedule is not None and order.report_if_empty and not more):
        return None, more
    return answer_of(events, order.wish, query=order.query.name), more
