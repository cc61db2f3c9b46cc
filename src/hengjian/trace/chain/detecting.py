"""Anomalies as a work list: what the rules find in new events is entered once and given to the organ in charge."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hengjian.methods.trace_graph import anomalies
from hengjian.methods.trace_graph.answers import number_of
from hengjian.methods.trace_graph.happenings import moment
from hengjian.methods.trace_graph.masters import positions
from hengjian.methods.trace_graph.steps import Anomaly as Finding
from hengjian.methods.trace_graph.steps import Completeness, Limits
from hengjian.parties.models import Unit
from hengjian.trace.chain.index import current_index
from hengjian.trace.chain.limits import by_region, limits_of, limits_rule
from hengjian.trace.chain.models import Anomaly, Position
from hengjian.trace.chain.naming import directory, places_known
from hengjian.trace.chain.queries import authority
from hengjian.trace.events.models import Event, EventThing

NAME, WHOLE = "anomalies", "anomalies-whole"
BATCH = 5_000


def detect(now: datetime) -> int:
    """Look at the things that events since the last time named; how many events were looked at.

    Shipments become overdue without an event, so the things of the newest findings' window are looked at again: those
    that were shipped in the last weeks and never seen since are found when the next event of their partner comes, or by
    `detect_all`.
    """
    position = Position.of(NAME)
    last = Event.objects.filter(pk__gt=position.through).order_by("pk").values_list("pk", flat=True)[:BATCH]
    numbers = list(last)
    if not numbers:
        return 0
    keys = EventThing.objects.filter(event_id__in=numbers).values_list("key", flat=True).distinct()
    network = current_index().network
    nodes = np.unique(np.fromiter((node for key in keys if (node := network.names.find(key)) >= 0), np.int32))
    places = positions(places_known(), network.places)
    found = by_region(
        lambda limits: anomalies.find_anomalies(
            network, nodes.astype(np.int32), places=places, limits=limits, now=number_of(now)
        )
    )
    with transaction.atomic():
        enter(found, now)
        Position.objects.filter(pk=NAME).update(through=numbers[-1])
    return len(numbers)


def detect_all(now: datetime) -> int:
    """Look at everything: once a day, because shipments become overdue by themselves."""
    network = current_index().network
    places = positions(places_known(), network.places)
    counted = {}

    def look(limits: Limits) -> list[Finding]:
        found, counted[limits] = anomalies.examine(network, places=places, limits=limits, now=number_of(now))
        return found

    found, whole = by_region(look), counted[limits_of(limits_rule())]
    Position.of(WHOLE)
    Position.objects.filter(pk=WHOLE).update(told={"at": now.isoformat(), **asdict(whole)})
    rename()
    return enter(found, now)


def rename() -> int:
    """Give findings the names that became known after them; how many."""
    rows = list(Anomaly.objects.filter(Q(thing__startswith="http") | Q(thing__startswith="urn:"))[:BATCH])
    names = directory([row.key for row in rows])
    for row in rows:
        row.thing = names.thing(row.key)[:300]
    return Anomaly.objects.bulk_update(rows, ["thing"], batch_size=200)


@dataclass(frozen=True)
class Wholeness:
    """How whole the chain was when everything was last looked at; without `at`: not yet counted."""

    at: datetime | None = None
    counts: Completeness | None = None


def completeness() -> Wholeness:
    """How whole the chain is, as of the last look at everything: counting it for a page would take too long."""
    told = Position.of(WHOLE).told
    if not told:
        return Wholeness()
    counts = {name: told[name] for name in ("things", "whole", "links", "matched")}
    return Wholeness(datetime.fromisoformat(told["at"]), Completeness(**counts))


def enter(found: list[Finding], now: datetime) -> int:
    """Enter what is not in the list yet; how many."""
    events = Event.objects.select_related("party__region").in_bulk({number for one in found for number in one.events})
    names = directory([key for one in found for key in (one.key, one.site)])
    organs: dict[int, Unit | None] = {}
    rows = {}
    for one in found:
        own = [events[number] for number in one.events if number in events]
        hashes = "|".join(sorted(event.hash for event in own))
        mark = sha256(f"{one.code}|{one.key}|{hashes}".encode()).hexdigest()
        region = own[-1].party.region if own else None
        if region is not None and region.pk not in organs:
            organs[region.pk] = authority(region)
        rows[mark] = Anomaly(
            code=one.code,
            key=one.key[:512],
            thing=names.thing(one.key)[:300],
            fingerprint=mark,
            occurred_at=moment(one.time),
            details={"why": one.why} | dict(one.details),
            events=list(one.events),
            place=one.site[:512],
            place_name=names.name(one.site)[:300] if one.site else "",
            unit=organs[region.pk] if region is not None else None,
            region=region,
            found_at=now,
        )
    known = set(Anomaly.objects.filter(fingerprint__in=rows).values_list("fingerprint", flat=True))
    fresh = [row for mark, row in rows.items() if mark not in known]
    Anomaly.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=200)
    return len(fresh)


def today_done(now: datetime) -> bool:
    """Whether everything was looked at today."""
    day = timezone.localdate(now).toordinal()
    done = Position.of("anomalies-day")
    if done.through >= day:
        return True
    return not Position.objects.filter(pk=done.pk, through__lt=day).update(through=day)
