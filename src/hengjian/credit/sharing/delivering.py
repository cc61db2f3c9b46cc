"""Sending messages to the addresses of subscribers: signed, tried again with growing pauses, given up in sight."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hengjian.credit.sharing.models import Alert
from hengjian.credit.sharing.telling import body_of
from hengjian.parties.webhooks import DeliveryFailed, UrlRefused, post

#: Pauses before the next try; after the last one the message counts as undeliverable.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720, 1440))
#: One round sends so many, and no longer than this: other rooms wait for their turn.
PORTION = 40
LONGEST = timedelta(seconds=60)
#: A worker that was killed while sending gives the message free after this time.
_HELD = timedelta(minutes=5)
TIMEOUT = 10.0


def deliver(now: datetime) -> int:
    """Send what is due; returns how many tries were made."""
    started, tried = timezone.now(), 0
    due = Alert.objects.filter(sending=Alert.Sending.WAITING, next_at__lte=now, subscription__active=True).order_by(
        "next_at", "pk"
    )
    for pk in list(due.values_list("pk", flat=True)[:PORTION]):
        if timezone.now() - started > LONGEST:
            break
        # Claimed before it is sent: two workers do not send the same, a killed one loses nothing.
        claimed = Alert.objects.filter(pk=pk, sending=Alert.Sending.WAITING, next_at__lte=now)
        if claimed.update(next_at=now + _HELD, attempts=F("attempts") + 1):
            send(Alert.objects.select_related("subscription__unit", "enterprise").get(pk=pk), now)
            tried += 1
    return tried


def send(alert: Alert, now: datetime) -> bool:
    """One try; never inside a transaction. Returns whether the receiver took it."""
    subscription = alert.subscription
    body = json.dumps(body_of(alert), ensure_ascii=False).encode()
    try:
        answer = post(
            subscription.url,
            body,
            secret=subscription.secret,
            headers={"Webhook-Id": str(alert.key)},
            timeout=TIMEOUT,
        )
        taken, said = answer.ok, f"{answer.status} {answer.text[:200]}".strip()
        gone = answer.status == 410
    except UrlRefused as error:
        taken, said, gone = False, error.message, True
    except DeliveryFailed as error:
        taken, said, gone = False, str(error), False
    with transaction.atomic():
        row = Alert.objects.select_for_update().get(pk=alert.pk)
        row.answer = said[:300]
        if taken:
            row.sending, row.next_at = Alert.Sending.SENT, None
        elif gone or row.attempts > len(PAUSES):
            row.sending, row.next_at = Alert.Sending.DEAD, None
        else:
            row.next_at = now + PAUSES[max(0, row.attempts - 1)]
        row.save(update_fields=["sending", "next_at", "answer"])
    return taken
