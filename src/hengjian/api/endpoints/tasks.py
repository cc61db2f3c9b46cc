"""Tasks: the ledger with its filters, detail, and the office's adjustments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Page, Strict, query_of, table_of, table_page
from hengjian.api.problems import Problem
from hengjian.api.schemas import Light, Note, Percent, UnitKey, UnitRef, unit_by_key
from hengjian.parties.policies import visible
from hengjian.plans import queries
from hengjian.plans.actions.adjust import AddDuty, AdjustTask, BreakDown, PartDraft, SetMilestones
from hengjian.plans.models import Duty, Task
from hengjian.plans.views.ledger import LEDGER, TaskLedger
from hengjian.plans.views.task import find_task
from hengjian.plans.words import light_word, scheduled, working

router = Router(tags=["tasks"])
TaskQuery: Any = query_of(LEDGER, "TaskQuery")
Role = Literal["lead", "support", "joint"]


class TaskRow(Schema):
    """A row of the task ledger; the same columns as the page and its sheet."""

    id: int
    code: str = Field(examples=["3-1"])
    title: str
    lead: list[str] = Field(description="Names of the leading units; where nobody leads, of the equal ones.")
    support: list[str] = Field(description="Names of the supporting units.")
    due: date
    percent: Percent
    scheduled: float = Field(description="Elapsed share of the period today, percent 0 to 100.")
    light: Light
    light_label: str = Field(description="The word of the region's convention.")
    reported: date | None = Field(description="Day of the last accepted report.")
    plan: str
    plan_id: int
    number: str = Field(description="Document number of the plan.")
    clause: str
    phrase: str = Field(description="The deadline as written.")
    weight: Decimal = Field(description="Weight in the roll-up; 0 does not count.")
    status: Literal["open", "suspended", "closed", "retired"]
    is_key: bool
    nature: Literal["action", "mechanism"] = Field(description="A mechanism is set up once and then kept going.")


class TaskDuty(Schema):
    """A unit's part in the task. Progress is given where the reader may see it, else null."""

    id: int | None = Field(description="Null where the duty itself is out of reach.")
    unit: UnitRef | None = Field(description="Null while nobody has said which unit the written name means.")
    as_written: str
    role: Role
    state: str | None
    percent: int | None
    light: str | None


class MilestoneOut(Schema):
    title: str
    due_on: date
    weight: Decimal
    done_on: date | None


class TaskOut(Schema):
    """A task."""

    id: int
    code: str
    title: str
    expected_result: str
    plan_id: int
    clause_id: int
    clause: str = Field(description="Number and title of the clause.")
    sentence: str = Field(description="The measure's words.")
    parent: int | None = Field(description="The task that this one is a part of.")
    parts: list[int] = Field(description="Its parts, when it was broken down.")
    start_on: date
    due_on: date
    due_phrase: str
    due_strength: str
    weight: Decimal
    is_key: bool
    nature: Literal["action", "mechanism"] = Field(description="A mechanism is set up once and then kept going.")
    status: Literal["open", "suspended", "closed", "retired"]
    percent: Percent
    scheduled: float = Field(description="Elapsed share of the period today, percent 0 to 100.")
    light: Light
    light_label: str
    last_report_on: date | None
    milestones: list[MilestoneOut]
    duties: list[TaskDuty]


class AdjustIn(Strict):
    """What shall change; what is left out stays. The reason is required."""

    reason: Note = Field(min_length=1)
    title: str | None = Field(None, min_length=1, max_length=400)
    expected_result: str | None = Field(None, max_length=1000)
    start_on: date | None = None
    due_on: date | None = None
    weight: Decimal | None = Field(None, ge=0, max_digits=6, decimal_places=2)
    is_key: bool | None = None
    status: Literal["open", "suspended"] | None = None


class PartUnit(Strict):
    unit: UnitKey
    role: Role


class PartIn(Strict):
    title: str = Field(min_length=1, max_length=400)
    start_on: date
    due_on: date
    weight: Decimal = Field(Decimal(1), ge=0, max_digits=6, decimal_places=2)
    units: list[PartUnit] = Field(min_length=1, max_length=100)


class BreakDownIn(Strict):
    parts: list[PartIn] = Field(min_length=1, max_length=100)


class MilestoneIn(Strict):
    title: str = Field(min_length=1, max_length=200)
    due_on: date
    weight: Decimal = Field(Decimal(1), ge=0, max_digits=6, decimal_places=2)
    done_on: date | None = None


class MilestonesIn(Strict):
    milestones: list[MilestoneIn] = Field(max_length=100)


def task_row(task: Task, record: dict[str, Any]) -> dict[str, Any]:
    return {
        **record,
        "id": task.pk,
        "plan_id": task.plan_id,
        "scheduled": round(scheduled(task), 1),
        "light": task.light,
        "light_label": record["light"],
        "status": task.status,
        "is_key": task.is_key,
        "nature": task.nature,
    }


def task_out(request: Any, task: Task) -> dict[str, Any]:
    duties = working(task.duties.select_related("unit"))
    mine = set(visible(request.user, task.duties.all()).values_list("pk", flat=True))
    # Whoever leads a task sees how its supporting units stand.
    leads = any(duty.pk in mine and duty.role == Duty.Role.LEAD for duty in duties)
    names = (
        "code", "title", "expected_result", "plan_id", "clause_id", "start_on", "due_on", "due_phrase", "due_strength",
        "weight", "is_key", "nature", "status", "percent", "light", "last_report_on",
    )  # fmt: skip
    return {
        "id": task.pk,
        **{name: getattr(task, name) for name in names},
        "clause": str(task.clause),
        "sentence": queries.clause_text(task).sentence,
        "parent": task.parent_id,
        "parts": list(task.parts.exclude(status=Task.Status.RETIRED).values_list("pk", flat=True)),
        "scheduled": round(scheduled(task), 1),
        "light_label": light_word(task),
        "milestones": list(task.milestones.values("title", "due_on", "weight", "done_on")),
        "duties": [_task_duty(duty, shown=leads or duty.pk in mine, own=duty.pk in mine) for duty in duties],
    }


def _task_duty(duty: Duty, *, shown: bool, own: bool) -> dict[str, Any]:
    return {
        "id": duty.pk if own else None,
        "unit": duty.unit,
        "as_written": duty.as_written,
        "role": duty.role,
        "state": duty.state if shown else None,
        "percent": duty.percent if shown else None,
        "light": duty.light if shown else None,
    }


@router.get("", response=Page[TaskRow], auth=needs("plans.view"), summary="The task ledger")
def list_tasks(request: HttpRequest, query: Query[TaskQuery]) -> Any:
    """Tasks of the running plans that the reader takes part in or oversees; filters as on the page."""
    return table_page(table_of(request, LEDGER, TaskLedger().get_queryset(), query), query, task_row)


@router.get("/{int:task_id}", response=TaskOut, auth=needs("plans.view"), summary="One task")
def get_task(request: Any, task_id: int) -> Any:
    return task_out(request, find_task(request, task_id))


@router.patch("/{int:task_id}", response=TaskOut, auth=needs("plans.adjust"), summary="Adjust a task")
def adjust_task(request: Any, task_id: int, body: AdjustIn) -> Any:
    """Dates, weight, key mark, wording or standing; written to the ledger with the reason."""
    changes = body.model_dump(exclude={"reason"}, exclude_none=True)
    if not changes:
        raise Problem(422, "validation", _("没有写要修改什么。"), _("请至少填写一项。"))
    task = find_task(request, task_id)
    AdjustTask(user=request.user, task=task, changes=changes, reason=body.reason).execute()
    return task_out(request, find_task(request, task_id))


@router.post("/{int:task_id}/parts", response=TaskOut, auth=needs("plans.adjust"), summary="Break a task down")
def break_down_task(request: Any, task_id: int, body: BreakDownIn) -> Any:
    """Adds parts with their own dates, weights and units."""
    task = find_task(request, task_id)
    parts = [
        PartDraft(
            part.title,
            part.due_on,
            part.start_on,
            part.weight,
            [(unit_by_key(line.unit).pk, line.role) for line in part.units],
        )
        for part in body.parts
    ]
    BreakDown(user=request.user, task=task, parts=parts).execute()
    return task_out(request, find_task(request, task_id))


@router.put("/{int:task_id}/milestones", response=TaskOut, auth=needs("plans.adjust"), summary="Set milestones")
def set_milestones(request: Any, task_id: int, body: MilestonesIn) -> Any:
    """Replaces all milestones of the task."""
    task = find_task(request, task_id)
    rows = [(row.title, row.due_on, row.weight, row.done_on) for row in body.milestones]
    SetMilestones(user=request.user, task=task, milestones=rows).execute()
    return task_out(request, find_task(request, task_id))


@router.post("/{int:task_id}/units", response=TaskOut, auth=needs("plans.adjust"), summary="Add a unit to a task")
def add_unit_to_task(request: Any, task_id: int, body: PartUnit) -> Any:
    task = find_task(request, task_id)
    AddDuty(user=request.user, task=task, unit=unit_by_key(body.unit), role=body.role).execute()
    return task_out(request, find_task(request, task_id))
