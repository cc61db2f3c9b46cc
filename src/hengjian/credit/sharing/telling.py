"""From what happens to the subscribers: who hears of it, what the message says, when it has to be confirmed.

What a message says about a record is read when it is shown or sent. When the record is sealed meanwhile, its key and
the order to stop using it are all that is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from hengjian import rulebook
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.rules import Term, due
from hengjian.credit.records.models import CreditRecord
from hengjian.credit.sharing.models import STOPS, Alert, Event, Subscription, Watched
from hengjian.enterprises.models import Enterprise
from hengjian.pages.notices import drafted, send
from hengjian.parties.models import NATION, Region, Unit
from hengjian.parties.policies import who_may
from hengjian.rulebook.parameters.credit_sharing import CreditSharing

_BY_CATEGORY = {"penalty": Event.PENALTY, "permit": Event.PERMIT, "abnormal": Event.LISTED, "serious": Event.LISTED}
_BY_STATE = {
    CreditRecord.State.REPAIRED: Event.REPAIR,
    CreditRecord.State.EXPIRED: Event.EXPIRY,
    CreditRecord.State.WITHDRAWN: Event.WITHDRAWAL,
    CreditRecord.State.SHIELDED: Event.SHIELD,
}
NEWS = gettext_noop("“%(title)s”：%(count)s 条信用变化，请查看。")
STOP = gettext_noop("“%(title)s”：%(count)s 条信用记录须停止公示、共享和使用，请于 %(due)s 前回执。")


def recorded(records: Sequence[CreditRecord]) -> None:
    """New records: those who may see them and asked for such events hear of it."""
    for record in records:
        event = _BY_CATEGORY.get(record.category, Event.RECORD)
        kept = [row for row in watching(record.enterprise) if event in row.events and may_know(row.unit, record)]
        tell(kept, record.enterprise, event, record=record.key)


def sealed(records: Sequence[CreditRecord]) -> None:
    """Ended records: everybody who watches the enterprise stops using them, and confirms."""
    for record in records:
        event = _BY_STATE.get(CreditRecord.State(record.state), Event.WITHDRAWAL)
        tell(watching(record.enterprise), record.enterprise, event, record=record.key)


def restored(records: Sequence[CreditRecord]) -> None:
    for record in records:
        kept = [row for row in watching(record.enterprise) if may_know(row.unit, record)]
        stamp = timezone.localdate().isoformat()
        tell(kept, record.enterprise, Event.RESTORED, record=record.key, note=stamp)


def changed(numbers: Sequence[int]) -> None:
    """Enterprises were changed: a new name is told to those who knew the old one."""
    rows = (
        Watched.objects.filter(enterprise__in=numbers, subscription__active=True)
        .select_related("enterprise", "subscription__unit")
        .order_by("pk")
    )
    for row in rows:
        if row.name != row.enterprise.name:
            Watched.objects.filter(pk=row.pk).update(name=row.enterprise.name)
            if Event.NAME in row.subscription.events:
                tell([row.subscription], row.enterprise, Event.NAME, note=row.enterprise.name[:200])


def watching(enterprise: Enterprise) -> list[Subscription]:
    """The subscriptions that cover the enterprise, by portfolio or by filter."""
    own = Watched.objects.filter(subscription=OuterRef("pk"), enterprise=enterprise)
    above = Region.objects.above(enterprise.region).values("pk")
    described = Q(region__in=above) & (Q(kind="") | Q(kind=enterprise.kind))
    rows = Subscription.objects.filter(active=True).filter(described | Exists(own))
    return list(rows.select_related("unit").order_by("pk"))


def may_know(unit: Unit, record: CreditRecord) -> bool:
    """Whether the unit may see the record, whoever of it reads the message."""
    if record.is_sealed:
        return False
    if record.disclosure == "public" and record.state == CreditRecord.State.PUBLISHED:
        return True
    if unit.kind == Unit.Kind.ENTERPRISE:
        return record.enterprise.account_id == unit.pk
    return record.disclosure != "internal" or record.organ_id == unit.pk


def tell(
    subscriptions: Iterable[Subscription],
    enterprise: Enterprise,
    event: Event,
    *,
    record: UUID | None = None,
    note: str = "",
) -> list[Alert]:
    """One message for each subscription; in the product at once, to its address by the worker."""
    now = timezone.now()
    last = receipt_day(timezone.localdate(now), enterprise.region.code) if event in STOPS else None
    made = []
    for row in subscriptions:
        alert, new = Alert.objects.get_or_create(
            subscription=row,
            event=event,
            record=record,
            note=note,
            defaults={
                "enterprise": enterprise,
                "at": now,
                "due": last,
                "sending": Alert.Sending.WAITING if row.url else Alert.Sending.NONE,
                "next_at": now if row.url else None,
            },
        )
        if new:
            made.append(alert)
            _notify(row, last, timezone.localdate(now))
    return made


def _notify(row: Subscription, last: date | None, day: date) -> None:
    """One message a day and subscription to its people, however many events there are."""
    people = who_may("sharing.confirm" if last else "sharing.view", row)
    values: dict[str, Any] = {"title": row.title, "count": 1}
    key = f"credit_sharing:{row.pk}:{day}:{'stop' if last else 'news'}"
    if last:
        send(drafted(people, STOP, row.ref, key, values | {"due": last.isoformat()}))
    else:
        send(drafted(people, NEWS, row.ref, key, values))


def receipt_day(start: date, region: str) -> date:
    """The last day for confirming, by the rulebook."""
    rule = rulebook.at("credit_sharing", region if region[:2] != "10" else NATION, start)
    days = rule.typed(CreditSharing).receipt_days
    end = due(start, Term(days, "working_day"), current_calendar(region)).value
    return end if isinstance(end, date) else start


def body_of(alert: Alert) -> dict[str, Any]:
    """The message as it is sent and as the interface gives it; of a sealed record only its key."""
    enterprise, subscription = alert.enterprise, alert.subscription
    found: dict[str, Any] = {
        "id": str(alert.key),
        "subscription": str(subscription.key),
        "event": alert.event,
        "at": alert.at.isoformat(),
        "enterprise": {"key": enterprise.key, "code": enterprise.code, "name": enterprise.name},
        "record": None,
        "note": alert.note,
        "stop_use": alert.event in STOPS,
        "confirm_by": alert.due.isoformat() if alert.due else None,
        "confirmed_at": alert.confirmed_at.isoformat() if alert.confirmed_at else None,
    }
    if alert.record is not None:
        found["record"] = {"id": str(alert.record), **_told(alert.record, subscription.unit)}
    return found


def _told(key: UUID, unit: Unit) -> Mapping[str, Any]:
    record = CreditRecord.objects.filter(key=key).select_related("organ", "enterprise").first()
    if record is None or not may_know(unit, record):
        return {}
    return {
        "category": record.category,
        "title": record.title,
        "document": record.document,
        "organ": record.organ.name,
        "decided_on": record.decided_on.isoformat() if record.decided_on else None,
        "severity": record.severity,
        "min_until": record.min_until.isoformat() if record.min_until else None,
        "max_until": record.max_until.isoformat() if record.max_until else None,
        "disputed": record.disputed_since is not None,
    }
