"""Sending what subscriptions wait for: at least once, in the order of recording, never inside a transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from hengjian.clocks.claims import Claim, claim_due
from hengjian.methods.epcis import WriteError
from hengjian.parties.webhooks import DeliveryFailed, UrlRefused, open_sealed, post
from hengjian.trace.events.compiling import Query, QueryError, compile_query
from hengjian.trace.events.models import Event, NamedQuery, Subscription
from hengjian.trace.events.output import EPC_FORMATS, Wish, answer_of
from hengjian.trace.events.queries import run_query
from hengjian.trace.events.running import Cursor
from hengjian.trace.events.schedules import read_schedule

SIGNATURE = "GS1-Signature"
POLL = timedelta(seconds=5)
BATCH = 100
BATCHES = 20
"""Messages to one receiver in one round; the next round goes on."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
TRIES = 30
"""Failures in a row (about a week) after which a subscription stops and its owner has to start it again."""


def send_due(now: datetime) -> int:
    """Everything that is due; returns how many subscriptions had something to send."""
    sent = 0
    for claim in claim_due(Subscription, now):
        subscription = (
            Subscription.objects.select_related("query__user", "query__unit").filter(pk=str(claim.pk)).first()
        )
        if subscription is not None and subscription.state == Subscription.State.ACTIVE:
            sent += _serve(subscription, claim, now)
    return sent


def _serve(subscription: Subscription, claim: Claim, now: datetime) -> int:
    start = subscription.position
    error, again = "", False
    try:
        again = _send_new(subscription)
    except (DeliveryFailed, UrlRefused, QueryError, WriteError, NotTaken) as failure:
        error = str(failure)[:300]
    if error:
        subscription.failures += 1
        pause = min(FIRST_PAUSE * 2 ** min(subscription.failures - 1, 12), LONGEST_PAUSE)
        if subscription.failures >= TRIES:
            subscription.state = Subscription.State.BROKEN
        following = now + pause
    else:
        subscription.failures = 0
        following = now if again else _next(subscription, now)
    subscription.last_error = error
    broken = subscription.state == Subscription.State.BROKEN
    Subscription.objects.filter(pk=subscription.pk, next_action_at=claim.lease).update(
        next_action_at=None if broken else following,
        position=subscription.position,
        failures=subscription.failures,
        last_error=error,
        state=subscription.state,
        sent=subscription.sent,
        last_sent_at=subscription.last_sent_at,
    )
    return int(subscription.position > start or bool(error))


def _next(subscription: Subscription, now: datetime) -> datetime:
    if subscription.schedule is None:
        return now + POLL
    return read_schedule(subscription.schedule).next_after(timezone.localtime(now))


class NotTaken(Exception):
    """Nothing can be sent, or the receiver answered but did not take it."""


def following(query: NamedQuery, position: int, size: int) -> tuple[list[Event], int, bool]:
    """Events of a query behind a number, in the order of recording, as its owner may see them; the number up to which
    that is all; whether there are more.

    Raises:
        NotTaken: the owner's account is not active any more.
    """
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if newest <= position:
        return [], position, False
    if not query.user.is_active:
        raise NotTaken("the account that made the query is not active any more")
    asked = Query(compile_query(query.parameters).conditions, order="record", ascending=True)
    page = run_query(asked, reader=query.user, size=size, page=Cursor(newest, position))
    return page.events, page.events[-1].pk if page.next else newest, page.next is not None


def _send_new(subscription: Subscription) -> bool:
    """Send in batches what was captured since the last time; True: there is more."""
    size, empty, more = BATCH, True, True
    for _ in range(BATCHES):
        events, position, more = following(subscription.query, subscription.position, size)
        if events:
            empty = False
            status = _post(subscription, events)
            if status == 413 and size > 1:
                size = max(1, size // 4)
                continue
            _require(status)
            subscription.sent += len(events)
            subscription.last_sent_at = timezone.now()
        subscription.position = position
        if not more:
            break
    if empty and subscription.report_if_empty and subscription.schedule is not None:
        _require(_post(subscription, []))
        subscription.last_sent_at = timezone.now()
    return more


def _require(status: int) -> None:
    if not 200 <= status < 300:
        raise NotTaken(f"the receiver answered {status}")


def _post(subscription: Subscription, events: list[Event]) -> int:
    xml = bool(subscription.format.get("xml"))
    wish = Wish(xml=xml, epc=str(subscription.format.get("epc") or EPC_FORMATS[0]))
    body = answer_of(events, wish, query=subscription.query.name, subscription=str(subscription.pk))
    sent = post(
        subscription.dest,
        body,
        content_type="application/xml" if xml else "application/json",
        secret=open_sealed(subscription.secret),
        signature_header=SIGNATURE,
        headers={"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0", "GS1-EPC-Format": wish.epc},
    )
    return sent.status
