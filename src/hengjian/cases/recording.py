"""What every verb of the room writes beside the case's own columns: events, facts, messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from hengjian.cases.declarations import CaseType
from hengjian.cases.facts import CLOSED, OPENED, kind_name
from hengjian.cases.models import Case, CaseEvent
from hengjian.clocks.calendar import current_calendar
from hengjian.clocks.models import Deadline, DeadlinePause
from hengjian.clocks.rules import Pause, paused_days, working_days_between
from hengjian.ledger.actions import append
from hengjian.ledger.drafts import Disclosure, FactDraft, Source
from hengjian.ledger.models import Fact
from hengjian.pages.notices import tell
from hengjian.parties.models import Confidentiality, RoleGrant, Unit, User
from hengjian.registers.facts import told_fields

HANDLERS = ("officer", "inspector")
HEADS = ("unit_head",)


def log_event(
    case: Case,
    kind: str,
    code: str,
    *,
    at: datetime,
    user: User | None,
    system: str = "",
    note: str = "",
    public: bool = False,
    old_state: str = "",
    outcome_code: str = "",
    data: Mapping[str, Any] | None = None,
) -> CaseEvent:
    """Write one event and count the case's version up; the caller holds the case's row and saves it."""
    last = case.events.aggregate(last=Max("number"))["last"] or 0
    case.version = last + 1
    return CaseEvent.objects.create(
        case=case,
        number=last + 1,
        kind=kind,
        code=code,
        occurred_at=at,
        recorded_at=timezone.now(),
        by=user,
        system=system,
        unit_id=user.unit_id if user is not None else None,
        old_state=old_state or case.state,
        new_state=case.state,
        outcome_code=outcome_code,
        note=note.strip(),
        public=public,
        data=dict(data or {}),
    )


def source_of(user: User | None, system: str = "") -> Source:
    """Who says so, as a fact names it. A citizen is nobody's source: who filed a case stands in no fact."""
    if user is not None and user.unit is not None:
        return Source(unit=user.unit.ref, user=user.ref, system=system)
    return Source(system=system or "hengjian")


def subject_of(case: Case, declared: CaseType) -> str:
    """What facts about the case are about: the declared pattern, or the case where a part of it is empty."""
    return filled(declared.facts.subject, case) or case.ref


def filled(pattern: str, case: Case) -> str:
    """ "enterprise:{holder}" with the case's fields; empty when one is missing."""
    values = {key: value for key, value in case.data.items() if isinstance(value, str | int)}
    try:
        return pattern.format_map({**values, "key": case.number, "number": case.number, "subject": case.subject})
    except (KeyError, ValueError):
        return ""


def write_fact(
    case: Case,
    declared: CaseType,
    verb: str,
    *,
    on: date,
    user: User | None,
    system: str = "",
    supersedes: Any = None,
    **more: Any,
) -> Fact:
    """Append `<prefix>.opened` or `<prefix>.closed`; see `fact_draft`."""
    return append(fact_draft(case, declared, verb, on=on, user=user, system=system, supersedes=supersedes, **more))


def fact_draft(
    case: Case,
    declared: CaseType,
    verb: str,
    *,
    on: date,
    user: User | None,
    system: str = "",
    supersedes: Any = None,
    **more: Any,
) -> FactDraft:
    """What the ledger is told of a case; of a sensitive one only units that may see it are told."""
    sensitive = case.confidentiality >= Confidentiality.SENSITIVE
    disclosure: Disclosure = "internal" if sensitive else declared.facts.disclosure
    told = told_fields(declared.fields, disclosure)
    refs = {role: ref for role, pattern in declared.facts.refs.items() if (ref := filled(pattern, case))}
    values = {spec.code: case.data[spec.code] for spec in told if case.data.get(spec.code) is not None}
    payload = {
        "case": case.ref,
        "number": case.number,
        "title": declared.title if sensitive or disclosure == "public" else case.title,
        "category": case.category,
        "channel": case.channel,
        "rules_on": case.rules_on,
        "values": values,
        **more,
    }
    return FactDraft(
        kind=kind_name(declared, verb),
        subject=subject_of(case, declared),
        payload=payload,
        region=case.region.code,
        occurred_on=on,
        source=source_of(user, system),
        refs={**refs, "case": case.ref, "unit": case.unit.ref},
        disclosure=disclosure,
        supersedes=supersedes,
    )


def write_closed(
    case: Case, declared: CaseType, *, user: User | None, system: str = "", supersedes: Any = None
) -> Fact:
    """The fact of the end: outcome, whether all clocks were met, working days without the paused ones."""
    assert case.closed_at is not None
    clocks = list(Deadline.objects.filter(owner=case.ref, state__in=(Deadline.State.MET, Deadline.State.MISSED)))
    in_time = all(clock.state == Deadline.State.MET for clock in clocks) if clocks else None
    return write_fact(
        case,
        declared,
        CLOSED,
        on=timezone.localdate(case.closed_at),
        user=user,
        system=system,
        supersedes=supersedes,
        outcome=case.outcome,
        outcome_code=case.outcome_code,
        in_time=in_time,
        working_days=working_days(case),
        rating=case.rating,
    )


def working_days(case: Case) -> int:
    """Working days from the day after opening to the end (or today), without those on which a clock stood still."""
    start = timezone.localdate(case.opened_at)
    end = timezone.localdate(case.closed_at) if case.closed_at else timezone.localdate()
    calendar = current_calendar(case.region.code)
    pauses = [
        Pause(timezone.localdate(begun), timezone.localdate(ended) if ended else None)
        for begun, ended in DeadlinePause.objects.filter(deadline__owner=case.ref).values_list("start_at", "end_at")
    ]
    total = working_days_between(start, end, calendar)
    one_day = date.resolution
    for low, high in paused_days(pauses, start + one_day, end, end):
        total -= working_days_between(low - one_day, high - one_day, calendar)
    return max(0, total)


def write_opened(case: Case, declared: CaseType, *, user: User | None, system: str = "") -> Fact:
    return write_fact(case, declared, OPENED, on=timezone.localdate(case.opened_at), user=user, system=system)


# ---- messages


def people_of(unit: Unit, roles: tuple[str, ...], level: int = Confidentiality.INTERNAL) -> list[User]:
    """Active people who hold one of the roles in the unit today; of a sensitive level only those who may see it."""
    grants = RoleGrant.objects.valid_on(timezone.localdate()).filter(unit=unit, role__in=roles)
    if level >= Confidentiality.SENSITIVE:
        grants = grants.filter(ceiling__gte=level)
    return list(User.objects.filter(pk__in=grants.values("user"), is_active=True))


People = Callable[[Unit, tuple[str, ...], int], list[User]]


def answerable(case: Case, people: People = people_of) -> list[User]:
    """Who is told of the case's progress: who has taken it, otherwise the unit's officers, otherwise its heads."""
    if case.handler is not None and case.handler.is_active:
        return [case.handler]
    return people(case.unit, HANDLERS, case.confidentiality) or people(case.unit, HEADS, case.confidentiality)


def heads_of(case: Case, people: People = people_of) -> list[User]:
    """The heads of the unit who may see the case."""
    return people(case.unit, HEADS, case.confidentiality)


def heads(unit: Unit) -> list[User]:
    return people_of(unit, HEADS)


def notify(case: Case, people: Iterable[User], text: str, occasion: str, **values: Any) -> int:
    """Tell people about the case once per occasion; the number is always among the values."""
    return tell(people, text, case.ref, f"{case.ref}:{occasion}", {"number": case.number, **values})
