"""The room's part of the demonstration: documents with faults, a named query and a subscription of one enterprise. The
events themselves come with the rooms that follow products."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hengjian.methods.epcis.context import EPCIS_CONTEXT
from hengjian.parties.models import Unit, User
from hengjian.trace.events.actions import CreateQuery, Subscribe
from hengjian.trace.events.capture import capture_document
from hengjian.trace.events.models import CaptureJob, Event

ORDER = 56
SYSTEM = "demonstration"


def build(now: datetime, random: Random) -> None:
    """What an enterprise that captures much runs into: a wrong check digit, a step that does not exist."""
    first = Event.objects.select_related("party").order_by("pk").first()
    if first is None:
        return
    party = first.party
    good = [_event(now - timedelta(hours=30 + number), number) for number in range(1, 5)]
    wrong = {**_event(now - timedelta(hours=29), 5), "bizStep": "delivering"}
    broken = {**_event(now - timedelta(hours=28), 6), "epcList": ["https://id.gs1.org/01/06901234567890/21/Q6"]}
    behaviour = CaptureJob.Behaviour
    _capture(party, [*good, wrong], now, "出库记录-晚班.jsonld", behaviour.PROCEED)
    _capture(party, [*good, broken], now, "出库记录-补报.jsonld", behaviour.ROLLBACK)
    user = User.objects.filter(unit=party, is_active=True, grants__role="enterprise").first()
    if user is None:
        return
    query = CreateQuery(
        user=user, unit=party, name="本企业召回", parameters={"EQ_disposition": ["recalled", "destroyed"]}
    ).execute()
    Subscribe(
        user=user,
        query=query,
        dest="https://erp.example.com/epcis/in",
        schedule={"second": "0", "minute": "0", "hour": "6", "dayOfMonth": "1"},
    ).execute()


def _event(at: datetime, number: int) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": at.isoformat(timespec="seconds"),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://id.gs1.org/01/06901234567892/21/Q{number}"],
        "bizStep": "staging_outbound",
        "disposition": "in_progress",
    }


def _capture(party: Unit, events: list[dict[str, Any]], now: datetime, name: str, behaviour: str) -> None:
    document = {
        "@context": [EPCIS_CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": now.isoformat(timespec="seconds"),
        "epcisBody": {"eventList": events},
    }
    data = json.dumps(document, ensure_ascii=False).encode()
    capture_document(data, party, None, behaviour=behaviour, name=name, system=SYSTEM)
