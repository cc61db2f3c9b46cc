"""Requests as the endpoint shows them: state, dates, who answers; nothing of reports, nobody's identity.

What a complaint says is shown only with the complainant's consent to publication; without it the category, the county
and the course of the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.cases.actions.base import declaration
from hengjian.cases.models import Case, CaseEvent
from hengjian.parties.models import Confidentiality, Region
from hengjian.systems.complaints.models import Ticket
from hengjian.systems.complaints.open311.formats import moment
from hengjian.systems.complaints.open311.services import PLAIN, by_case, exposed_types, services


def exposed(limited: Region | None = None) -> QuerySet[Case]:
    """Cases that may be shown at all."""
    rows = Case.objects.filter(
        type__in=exposed_types(), confidentiality__lt=Confidentiality.SENSITIVE, origin__startswith="ticket:"
    )
    if limited is not None:
        rows = rows.filter(region__in=Region.objects.within(limited))
    return rows.select_related("unit", "region")


def of_services(rows: QuerySet[Case], codes: Iterable[str]) -> QuerySet[Case]:
    """Those of the named services; unknown codes find nothing."""
    condition = Q(pk__in=[])
    for code in codes:
        condition |= Q(type=code) if code in PLAIN else Q(type="complaint", category=code)
    return rows.filter(condition)


def of_states(rows: QuerySet[Case], wanted: Iterable[str]) -> QuerySet[Case]:
    kinds = {word.lower() for word in wanted}
    if kinds == {"open"}:
        return rows.filter(closed_at__isnull=True)
    if kinds == {"closed"}:
        return rows.filter(closed_at__isnull=False)
    return rows if not kinds or kinds == {"open", "closed"} else rows.none()


def described(rows: Iterable[Case]) -> list[dict[str, Any]]:
    """The requests, with the tickets and last events of all of them in two queries."""
    rows = list(rows)
    keys = {row.origin.removeprefix("ticket:") for row in rows}
    tickets = {ticket.ref: ticket for ticket in Ticket.objects.filter(pk__in=[key for key in keys if key.isdigit()])}
    latest = {
        event["case"]: event["occurred_at"]
        for event in CaseEvent.objects.filter(case__in=[row.pk for row in rows])
        .order_by("case", "number")
        .values("case", "occurred_at")
    }
    names = {item.code: item.name for item in services()}
    return [_described(row, tickets.get(row.origin), latest.get(row.pk), names) for row in rows]


def _described(case: Case, ticket: Ticket | None, latest: datetime | None, names: dict[str, str]) -> dict[str, Any]:
    code = by_case(case.type, case.category)
    shown = ticket if ticket is not None and ticket.publish_consent else None
    located = shown is not None and shown.latitude is not None
    return {
        "service_request_id": case.number,
        "status": status(case),
        "status_notes": status_notes(case),
        "service_name": names.get(code, code),
        "service_code": code,
        "description": shown.content[:4000] if shown is not None else None,
        "agency_responsible": case.unit.name,
        "service_notice": None,
        "requested_datetime": moment(timezone.localtime(case.opened_at)),
        "updated_datetime": moment(timezone.localtime(case.closed_at or latest or case.opened_at)),
        "expected_datetime": moment(timezone.localtime(case.due_at)) if case.due_at and not case.closed_at else None,
        "address": (shown.address if shown is not None and shown.address else case.region.name),
        "address_id": case.region.code,
        "zipcode": None,
        "lat": float(shown.latitude) if located and shown is not None and shown.latitude is not None else None,
        "long": float(shown.longitude) if located and shown is not None and shown.longitude is not None else None,
        "media_url": None,
    }


def status(case: Case) -> str:
    return "closed" if case.closed_at is not None else "open"


def status_notes(case: Case) -> str:
    """The state in the words meant for whoever filed it; of a closed case its outcome."""
    language = get_language() or "zh"
    declared = declaration(case)
    if case.closed_at is not None:
        return declared.outcome(case.outcome).said(language)
    state = declared.state(case.state)
    public = state.public_title_en if language.startswith("en") else state.public_title
    words = public or state.said(language)
    return f"{words}（{_('时限已中止')}）" if case.paused else words


def updates(rows: QuerySet[Case], first: datetime, last: datetime, offset: int, size: int) -> list[dict[str, Any]]:
    """What happened in public view: mySociety's service request updates, newest last."""
    events = (
        CaseEvent.objects.filter(case__in=rows, public=True, occurred_at__range=(first, last))
        .select_related("case__unit", "case__region")
        .order_by("occurred_at", "pk")[offset : offset + size]
    )
    return [
        {
            "update_id": str(event.pk),
            "service_request_id": event.case.number,
            "status": "closed" if _ended(event) else "open",
            "updated_datetime": moment(timezone.localtime(event.occurred_at)),
            "description": _said(event),
            "media_url": None,
        }
        for event in events
    ]


def _ended(event: CaseEvent) -> bool:
    declared = declaration(event.case)
    return any(state.end for state in declared.states if state.code == event.new_state)


def _said(event: CaseEvent) -> str:
    """The state after the event. Notes stay between the parties: they may name people and businesses."""
    language = get_language() or "zh"
    declared = declaration(event.case)
    state = next((item for item in declared.states if item.code == event.new_state), None)
    if state is None:
        return ""
    return (state.public_title_en if language.startswith("en") else state.public_title) or state.said(language)
