"""What every verb of the room writes beside its own rows: the step log, facts, notifications."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from hengjian.ledger.actions import append
from hengjian.ledger.drafts import FactDraft, Source
from hengjian.ledger.models import Fact
from hengjian.parties.models import User
from hengjian.parties.policies import who_may
from hengjian.plans.models import Duty, DutyStep, Plan, Task


def source_of(user: User | None, system: str = "") -> Source:
    """Who says so, as a fact names it."""
    return Source(
        unit=user.unit.ref if user is not None and user.unit is not None else "",
        user=user.ref if user is not None else "",
        system=system or ("" if user is not None else "hengjian"),
    )


def draft_fact(
    kind: str,
    about: Plan | Task | Duty,
    payload: dict[str, Any],
    *,
    user: User | None,
    system: str = "",
    on: date | None = None,
    evidence: tuple[str, ...] = (),
    retracts: str | None = None,
) -> FactDraft:
    """A fact about a plan, task or duty, with references to what it belongs to."""
    refs: dict[str, str] = {}
    if isinstance(about, Duty):
        refs["task"] = about.task.ref
        if about.unit is not None:
            refs["unit"] = about.unit.ref
    task = about.task if isinstance(about, Duty) else about if isinstance(about, Task) else None
    plan = task.plan if task is not None else about
    if task is not None:
        refs["plan"] = plan.ref
    assert isinstance(plan, Plan)
    return FactDraft(
        kind=kind,
        subject=about.ref,
        payload=payload,
        region=plan.region.code,
        occurred_on=on or timezone.localdate(),
        source=source_of(user, system),
        refs=refs,
        evidence=evidence,
        retracts=retracts,
    )


def write_fact(
    kind: str,
    about: Plan | Task | Duty,
    payload: dict[str, Any],
    *,
    user: User | None,
    system: str = "",
    on: date | None = None,
    evidence: tuple[str, ...] = (),
    retracts: str | None = None,
) -> Fact:
    """Append one fact; see `draft_fact`."""
    return append(
        draft_fact(kind, about, payload, user=user, system=system, on=on, evidence=evidence, retracts=retracts)
    )


def log_step(duty: Duty, verb: str, label: str, user: User | None, note: str = "") -> DutyStep:
    """Write the step log. Records are kept in Chinese whatever language their writer reads (`gettext_noop`)."""
    return DutyStep.objects.create(duty=duty, verb=verb, label=str(label), by=user, note=note)


def office_people(verb: str, duty: Duty) -> list[User]:
    """Who in the office that runs the duty's plan may do the verb.

    An office further up may do it too, but it is not its daily work; it is asked only where the own office has nobody.
    """
    people = list(who_may(verb, duty))
    return [user for user in people if user.unit_id == duty.task.plan.owner_id] or people
