"""Duties: list, detail, and what happened to each (reports, urges, extensions, steps, lights, files)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Page, Window, page
from hengjian.api.schemas import Light, Percent, UnitRef, masked
from hengjian.documents.models import StoredFile
from hengjian.documents.queries import files_of
from hengjian.parties.policies import visible
from hengjian.plans import queries
from hengjian.plans.models import Duty, Extension, Plan, Report, Urge
from hengjian.plans.rules import OPEN_STATES
from hengjian.plans.views.duty import find_duty
from hengjian.plans.words import light_word, scheduled

router = Router(tags=["duties"])
State = Literal["pending", "assigned", "signed", "reported", "done", "closed", "suspended", "withdrawn"]


class DutyQuery(Window):
    """Filters of the list of duties; all given ones hold together."""

    plan: int | None = Field(None, description="Id of a plan.")
    task: int | None = Field(None, description="Id of a task.")
    unit: str | None = Field(None, max_length=80, description="Key of a unit.")
    role: Literal["lead", "support", "joint"] | None = None
    state: list[State] = Field([], description="Any of these; may be repeated.")
    light: list[Literal["red", "orange", "amber", "green", "blue", "grey"]] = Field([], description="Any of these.")
    due_from: date | None = Field(None, description="Due on this day or later.")
    due_to: date | None = Field(None, description="Due on this day or earlier.")
    overdue: bool = Field(False, description="Only duties whose due date has passed and that are not done.")


class DutyRow(Schema):
    """A unit's part in a task."""

    id: int
    task_id: int
    task_code: str
    task_title: str
    plan_id: int
    unit: UnitRef | None = Field(description="Null while nobody has said which unit the written name means.")
    as_written: str = Field(description="The unit's name in the text.")
    role: Literal["lead", "support", "joint"] = Field(description="As the text says; a lead is never guessed.")
    state: State
    state_label: str
    percent: Percent
    scheduled: float = Field(description="Elapsed share of the period today, percent 0 to 100.")
    start_on: date
    due_on: date
    light: Light
    light_label: str
    light_reason: str
    last_report_on: date | None
    completed_on: date | None
    urge_level: int = Field(description="Highest step of the ladder of urging sent for the present due date.")


class DutyOut(DutyRow):
    """A duty."""

    via: UnitRef | None = Field(description="The collective through which the unit came to it.")
    assigned_at: datetime | None
    signed_at: datetime | None
    signed_by: str = Field(description="Name, its middle covered.")
    closed_at: datetime | None
    period: str = Field(description="The present report period.", examples=["2026-Q3"])
    possible: list[str] = Field(description="Steps that the caller can take now.", examples=[["sign", "extend"]])
    clause: str
    sentence: str = Field(description="The measure's words.")


class EvidenceOut(Schema):
    kind: Literal["file", "fact"]
    ref: str = Field(description="`sha256:…` of a file, or the id of a fact.")
    label: str


class ReportOut(Schema):
    """A report on one period."""

    id: int
    period: str = Field(examples=["2026-Q3"])
    state: Literal["draft", "submitted", "accepted", "returned"]
    version: int = Field(description="Counts the savings of a draft.")
    no_change: bool
    result: str
    percent: Percent
    figure_label: str
    figure_value: Decimal | None
    figure_unit: str
    problems: str
    next_step: str
    evidence: list[EvidenceOut]
    submitted_by: str
    submitted_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    review_note: str
    similarity: int = Field(description="Highest likeness to another report's text, percent.")
    fact_id: str = Field(description="The fact that the accepted report became.")


class ExtensionOut(Schema):
    id: int
    from_due: date
    to_due: date
    reason: str
    progress_so_far: str
    state: Literal["requested", "granted", "refused"]
    requested_by: str
    requested_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_note: str


class UrgeOut(Schema):
    id: int
    step: str = Field(description="Code of the step in the region's ladder.")
    level: int = Field(description="0 for a reminder before the due date.")
    label: str
    message: str
    automatic: bool
    sent_at: datetime
    reply: str
    replied_at: datetime | None


class StepOut(Schema):
    verb: str
    label: str
    at: datetime
    by: str = Field(description="Name, its middle covered; empty for the system.")
    note: str


class LightOut(Schema):
    """A change of light; never overwritten."""

    at: datetime
    before: str
    after: str
    label: str
    reason: str
    rule: str = Field(description="Id of the rule that judged.")


class FileOut(Schema):
    id: int = Field(description="For `GET /api/v1/files/{id}`.")
    name: str
    address: str = Field(description="`sha256:…`; evidence of a report refers to it.")
    size: int = Field(description="Bytes.")
    media_type: str
    stored_at: datetime


class PrefillOut(Schema):
    """What the system already knows for the next report, so that nobody types it again."""

    report: dict[str, Any]
    offered_evidence: list[EvidenceOut] = Field(description="Files kept with the draft, then facts of the ledger.")


def duty_row(duty: Duty) -> dict[str, Any]:
    names = (
        "task_id", "unit", "as_written", "role", "state", "percent", "start_on", "due_on", "light", "light_reason",
        "last_report_on", "completed_on", "urge_level",
    )  # fmt: skip
    return {
        "id": duty.pk,
        **{name: getattr(duty, name) for name in names},
        "task_code": duty.task.code,
        "task_title": duty.task.title,
        "plan_id": duty.task.plan_id,
        "state_label": duty.get_state_display(),
        "scheduled": round(scheduled(duty), 1),
        "light_label": light_word(duty),
    }


def duty_out(request: Any, pk: int) -> dict[str, Any]:
    """The duty as it stands now, for this reader."""
    duty = find_duty(request, pk)
    return {
        **duty_row(duty),
        **{name: getattr(duty, name) for name in ("via", "assigned_at", "signed_at", "closed_at")},
        "signed_by": masked(duty.signed_by),
        "period": queries.current_period(duty).label,
        "possible": sorted(queries.possible_steps(request.user, duty)),
        "clause": str(duty.task.clause),
        "sentence": queries.clause_text(duty.task).sentence,
    }


def report_out(report: Report) -> dict[str, Any]:
    names = (
        "period", "state", "version", "no_change", "result", "percent", "figure_label", "figure_value", "figure_unit",
        "problems", "next_step", "submitted_at", "reviewed_at", "review_note", "similarity", "fact_id",
    )  # fmt: skip
    return {
        "id": report.pk,
        **{name: getattr(report, name) for name in names},
        "submitted_by": masked(report.submitted_by),
        "reviewed_by": masked(report.reviewed_by),
        "evidence": list(report.evidence.values("kind", "ref", "label")),
    }


def extension_out(row: Extension) -> dict[str, Any]:
    names = (
        "from_due", "to_due", "reason", "progress_so_far", "state", "requested_at", "decided_at", "decision_note",
    )  # fmt: skip
    people = {"requested_by": masked(row.requested_by), "decided_by": masked(row.decided_by)}
    return {"id": row.pk, **{name: getattr(row, name) for name in names}, **people}


def urge_out(row: Urge) -> dict[str, Any]:
    names = ("step", "level", "label", "message", "automatic", "sent_at", "reply", "replied_at")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def file_out(file: StoredFile) -> dict[str, Any]:
    return {
        "id": file.pk,
        "name": file.name,
        "address": file.address,
        "size": file.content.size,
        "media_type": file.content.media_type,
        "stored_at": file.stored_at,
    }


def _narrowed(rows: QuerySet[Duty], query: DutyQuery) -> QuerySet[Duty]:
    equal: dict[str, Any] = {"task__plan": query.plan, "task": query.task, "unit__key": query.unit, "role": query.role}
    equal |= {"due_on__gte": query.due_from, "due_on__lte": query.due_to}
    rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
    if query.state:
        rows = rows.filter(state__in=query.state)
    if query.light:
        rows = rows.filter(light__in=query.light)
    if query.overdue:
        rows = rows.filter(state__in=OPEN_STATES - {"done"}, due_on__lt=timezone.localdate())
    return rows


@router.get("", response=Page[DutyRow], auth=needs("plans.view"), summary="Duties")
def list_duties(request: HttpRequest, query: Query[DutyQuery]) -> Any:
    """Duties of the reader's unit, or of the plans and regions that the reader oversees."""
    rows = visible(request.user, Duty.objects.exclude(task__plan__status=Plan.Status.ARCHIVED))
    rows = _narrowed(rows.select_related("task__plan", "unit"), query)
    return page(rows.order_by("due_on", "task__order", "order", "pk"), query, duty_row)


@router.get("/{int:duty_id}", response=DutyOut, auth=needs("plans.view"), summary="One duty")
def get_duty(request: Any, duty_id: int) -> Any:
    return duty_out(request, duty_id)


@router.get("/{int:duty_id}/reports", response=Page[ReportOut], auth=needs("plans.view"), summary="Reports of a duty")
def list_reports(request: Any, duty_id: int, window: Query[Window]) -> Any:
    """Newest first. A draft is shown to the reporting unit only."""
    duty = find_duty(request, duty_id)
    rows = duty.reports.select_related("submitted_by", "reviewed_by").order_by("-created_at", "-pk")
    if "report" not in queries.possible_steps(request.user, duty):
        rows = rows.exclude(state=Report.State.DRAFT)
    return page(rows, window, report_out)


@router.get("/{int:duty_id}/prefill", response=PrefillOut, auth=needs("plans.report"), summary="Start of a report")
def prefill_report(request: Any, duty_id: int) -> Any:
    duty = find_duty(request, duty_id)
    offered = [{"kind": kind, "ref": ref, "label": label} for kind, ref, label in queries.offered_evidence(duty)]
    return {"report": queries.prefill(duty), "offered_evidence": offered}


@router.get(
    "/{int:duty_id}/extensions", response=Page[ExtensionOut], auth=needs("plans.view"), summary="Extensions of a duty"
)
def list_extensions(request: Any, duty_id: int, window: Query[Window]) -> Any:
    rows = find_duty(request, duty_id).extensions.select_related("requested_by", "decided_by")
    return page(rows.order_by("-requested_at", "-pk"), window, extension_out)


@router.get("/{int:duty_id}/urges", response=Page[UrgeOut], auth=needs("plans.view"), summary="Urges of a duty")
def list_urges(request: Any, duty_id: int, window: Query[Window]) -> Any:
    """Reminders and steps of the ladder, newest first."""
    return page(find_duty(request, duty_id).urges.order_by("-sent_at", "-pk"), window, urge_out)


@router.get("/{int:duty_id}/steps", response=Page[StepOut], auth=needs("plans.view"), summary="Steps of a duty")
def list_steps(request: Any, duty_id: int, window: Query[Window]) -> Any:
    """Everything that was done, oldest first."""
    rows = find_duty(request, duty_id).steps.select_related("by").order_by("at", "pk")
    return page(
        rows,
        window,
        lambda row: {"verb": row.verb, "label": row.label, "at": row.at, "by": masked(row.by), "note": row.note},
    )


@router.get("/{int:duty_id}/lights", response=Page[LightOut], auth=needs("plans.view"), summary="History of lights")
def list_lights(request: Any, duty_id: int, window: Query[Window]) -> Any:
    """Newest first, each with the rule that judged."""
    return page(find_duty(request, duty_id).light_changes.order_by("-at", "-pk"), window)


@router.get("/{int:duty_id}/files", response=Page[FileOut], auth=needs("plans.view"), summary="Files of a duty")
def list_duty_files(request: Any, duty_id: int, window: Query[Window]) -> Any:
    return page(files_of(find_duty(request, duty_id).ref), window, file_out)
