"""Plans as documents: list, detail, clauses, measures, targets; assigning and archiving a plan."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Page, Strict, Window, page, query_of, table_of, table_page
from hengjian.api.schemas import Note, RegionRef, UnitRef
from hengjian.parties.policies import visible
from hengjian.plans.actions.follow import ArchivePlan
from hengjian.plans.actions.work import AssignDuties
from hengjian.plans.models import Clause, Measure, Plan, Target
from hengjian.plans.views.plan import find_plan
from hengjian.plans.views.plan_list import PLANS, PlanList

router = Router(tags=["plans"])
PlanQuery: Any = query_of(PLANS, "PlanQuery")


class PlanRow(Schema):
    """A plan in the list."""

    id: int
    title: str = Field(examples=["澜川自治区质量强区建设2026年行动计划"])
    number: str = Field(description="Document number.", examples=["澜政办发〔2026〕12号"])
    region: RegionRef
    owner: UnitRef = Field(description="The unit that runs the plan.")
    period_start: date
    period_end: date
    tasks: int = Field(description="Tasks without those whose text was deleted.", examples=[136])
    status: Literal["active", "closed", "archived"]
    status_label: str = Field(description="The status in the language of the request.")


class PlanOut(PlanRow):
    """A plan."""

    issuer: str = Field(description="The issuing body as written.")
    issued_on: date | None
    parent: int | None = Field(description="Id of the plan of the level above, if the reader may see it.")
    granularity: Literal["measure", "item"] = Field(description="What became a task: each measure or each item.")
    rollup: Literal["mean", "weights", "done"] = Field(description="How progress of the parts is summed up.")
    light_rule: str = Field(description="Rulebook id of the traffic lights, fixed when the plan began.")
    escalation_rule: str = Field(description="Rulebook id of the ladder of urging.")
    report_rule: str = Field(description="Rulebook id of the report cycle.")
    text_sha256: str = Field(description="SHA-256 of the text, hexadecimal.")
    header: dict[str, Any] = Field(description="Addressees, copies, citations as read.")


class ClauseOut(Schema):
    """A section, group or item as printed. Spans are [start, end) in characters of the plan's text."""

    id: int
    kind: Literal["section", "group", "item"]
    parent: int | None
    label: str = Field(description="The number as printed.", examples=["（三）"])
    number: int | None
    sequence: int | None = Field(description="Running number of an item in the whole document.")
    title: str
    start: int
    end: int
    open_list: bool = Field(description="The list of units ends in “and others”.")
    retired: bool = Field(description="The present text no longer has it.")


class MeasureOut(Schema):
    """One action sentence of an item. Span as in clauses."""

    id: int
    clause: int
    index: int = Field(description="Place in the item, from 1.")
    text: str
    start: int
    end: int
    retired: bool


class TargetOut(Schema):
    """A figure that the plan wants reached."""

    id: int
    clause: int | None
    indicator: str = Field(examples=["追溯覆盖率"])
    operator: str = Field(description=">= <= > < = between ≈ increase decrease within_quota grade>=", examples=[">="])
    value: str = Field(description="Number, range or words, as text.", examples=["95"])
    unit_label: str = Field(description="Unit of the value.", examples=["%"])
    year: int | None
    direction: str = Field(description="higher or lower is better")
    strength: str = Field(description="firm, or 力争 (to strive for)")
    scope: str
    retired: bool


class PlanText(Schema):
    """The text that all spans point into."""

    text: str
    sha256: str


class AssignIn(Strict):
    tasks: list[int] | None = Field(None, max_length=2000, description="Ids of tasks of this plan; left out: all.")


class AssignedOut(Schema):
    assigned: int = Field(description="Duties handed to their units.")
    expanded: int = Field(description="Of these, made by spreading a collective over its members.")
    waiting: list[int] = Field(description="Duties whose written unit nobody has identified yet.")


class ArchiveIn(Strict):
    reason: Note = Field("", description="Needed when duties are still open.")


def plan_row(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "title": plan.title,
        "number": plan.number,
        "region": plan.region,
        "owner": plan.owner,
        "period_start": plan.period_start,
        "period_end": plan.period_end,
        "tasks": getattr(plan, "task_count", 0),
        "status": plan.status,
        "status_label": plan.get_status_display(),
    }


def plan_out(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    counted = PlanList().get_queryset().get(pk=plan.pk)
    above = visible(request.user, Plan.objects.filter(children=plan)).exists()
    names = (
        "issuer", "issued_on", "granularity", "rollup", "light_rule", "escalation_rule", "report_rule", "header",
    )  # fmt: skip
    return {
        **plan_row(counted),
        **{name: getattr(plan, name) for name in names},
        "parent": plan.parent_id if above else None,
        "text_sha256": plan.text_hash,
    }


@router.get("", response=Page[PlanRow], auth=needs("plans.view"), summary="Plans")
def list_plans(request: HttpRequest, query: Query[PlanQuery]) -> Any:
    """Plans in which the reader's unit takes part or which the reader oversees."""
    table = table_of(request, PLANS, PlanList().get_queryset(), query)
    return table_page(table, query, lambda plan, _record: plan_row(plan))


@router.get("/{int:plan_id}", response=PlanOut, auth=needs("plans.view"), summary="One plan")
def get_plan(request: Any, plan_id: int) -> Any:
    return plan_out(request, find_plan(request, plan_id))


@router.get("/{int:plan_id}/text", response=PlanText, auth=needs("plans.view"), summary="Text of a plan")
def get_plan_text(request: Any, plan_id: int) -> Any:
    plan = find_plan(request, plan_id)
    return {"text": plan.text, "sha256": plan.text_hash}


@router.get("/{int:plan_id}/clauses", response=Page[ClauseOut], auth=needs("plans.view"), summary="Clauses of a plan")
def list_clauses(request: Any, plan_id: int, window: Query[Window]) -> Any:
    """Sections, groups and items in the order of the text."""
    rows = Clause.objects.filter(plan=find_plan(request, plan_id)).order_by("order", "pk")
    names = ("kind", "label", "number", "sequence", "title", "start", "end", "open_list", "retired")
    return page(rows, window, lambda row: {"id": row.pk, "parent": row.parent_id, **_fields(row, names)})


@router.get(
    "/{int:plan_id}/measures", response=Page[MeasureOut], auth=needs("plans.view"), summary="Measures of a plan"
)
def list_measures(request: Any, plan_id: int, window: Query[Window]) -> Any:
    """Action sentences in the order of the text."""
    rows = Measure.objects.filter(clause__plan=find_plan(request, plan_id)).order_by("clause__order", "index", "pk")
    names = ("index", "text", "start", "end", "retired")
    return page(rows, window, lambda row: {"id": row.pk, "clause": row.clause_id, **_fields(row, names)})


@router.get("/{int:plan_id}/targets", response=Page[TargetOut], auth=needs("plans.view"), summary="Targets of a plan")
def list_targets(request: Any, plan_id: int, window: Query[Window]) -> Any:
    rows = Target.objects.filter(plan=find_plan(request, plan_id)).order_by("start", "pk")
    names = (
        "indicator", "operator", "value", "unit_label", "year", "direction", "strength", "scope", "retired",
    )  # fmt: skip
    return page(rows, window, lambda row: {"id": row.pk, "clause": row.clause_id, **_fields(row, names)})


@router.post("/{int:plan_id}/assign", response=AssignedOut, auth=needs("plans.assign"), summary="Assign duties")
def assign_duties(request: Any, plan_id: int, body: AssignIn) -> Any:
    """Hand the pending duties of the plan (or of some tasks) to their units; a collective is spread over its members.
    Repeating the call changes nothing further."""
    plan = find_plan(request, plan_id)
    done = AssignDuties(user=request.user, plan=plan, tasks=body.tasks).execute()
    return {"assigned": done.assigned, "expanded": done.expanded, "waiting": [duty.pk for duty in done.waiting]}


@router.post("/{int:plan_id}/archive", response=PlanOut, auth=needs("plans.close"), summary="Archive a plan")
def archive_plan(request: Any, plan_id: int, body: ArchiveIn) -> Any:
    """归档. Everything is closed, or the reason says why what is open is let go."""
    plan = ArchivePlan(user=request.user, plan=find_plan(request, plan_id), reason=body.reason).execute()
    return plan_out(request, plan)


def _fields(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
