"""How the plans stand: coverage of a plan by those below it, and the figures of the cockpit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Strict
from hengjian.api.schemas import RegionRef
from hengjian.parties.models import Unit
from hengjian.parties.policies import visible
from hengjian.plans import coverage, standing
from hengjian.plans.following import report_period
from hengjian.plans.models import Duty, Plan, Report, Task
from hengjian.plans.views.plan import find_plan

router = Router()


class ChildOut(Schema):
    """A plan below, with its comparison."""

    plan: int
    title: str
    region: RegionRef
    compared: bool
    current: bool = Field(description="False when a text was changed since, or nothing was compared.")


class CoverageCell(Schema):
    plan: int
    taken: int = Field(description="Clauses kept or adapted.")
    total: int
    relation: str = Field(description="Where the line is one clause.")


class CoverageLine(Schema):
    item: int
    number: str
    title: str
    share: float | None = Field(description="Share of (plan, clause) pairs that are taken up, percent.")
    cells: list[CoverageCell]


class PlanCoverageOut(Schema):
    """Which clauses of a plan the plans below it take up."""

    plan: int
    children: list[ChildOut]
    lines: list[CoverageLine]


class CoverageQuery(Strict):
    item: int | None = Field(None, ge=1, le=10**6, description="Opens one item into its clauses.")


class TotalsOut(Schema):
    tasks: int
    closed_tasks: int
    percent: int = Field(description="Mean progress of the tasks, percent.")
    duties: int
    closed: int
    overdue: int
    red: int
    unsigned: int
    on_time: float | None = Field(description="Of the duties due or closed, those closed in time, percent.")
    reported: float | None = Field(description="Of the open duties, those reported on in this period, percent.")


class UnitStanding(Schema):
    unit: str = Field(description="Key of the unit.")
    name: str
    total: int
    overdue: int
    closed: int
    percent: int
    lights: dict[str, int] = Field(description="Light → duties.")


class RegionStanding(Schema):
    region: str = Field(description="Name of the region.")
    lights: dict[str, int]


class MonthCount(Schema):
    period: str = Field(examples=["2026-08"])
    value: int


class RedDuty(Schema):
    duty_id: int
    task_id: int
    task_code: str
    task_title: str
    unit: str = Field(description="Name of the unit, or as written while none was found.")
    due_on: date
    percent: int


class CockpitOut(Schema):
    """The figures of the cockpit as the reader sees them on the page."""

    as_of: datetime
    plans: list[int]
    totals: TotalsOut
    units: list[UnitStanding] = Field(description="By results: the smallest share of red lights first.")
    regions: list[RegionStanding]
    months: list[MonthCount] = Field(description="Accepted reports of the last twelve months.")
    red: list[RedDuty] = Field(description="Red and not closed, the longest overdue first; 50 at most.")
    red_total: int


class CockpitQuery(Strict):
    plan: int | None = Field(None, description="Id of a plan; left out: all that run.")


RED_SHOWN = 50


@router.get(
    "/plans/{int:plan_id}/coverage",
    response=PlanCoverageOut,
    auth=needs("plans.view"),
    tags=["cascade"],
    summary="Coverage by the plans below",
)
def get_coverage(request: Any, plan_id: int, query: Query[CoverageQuery]) -> Any:
    """Only plans below that the reader may see; those that were not compared have no cells."""
    plan = find_plan(request, plan_id)
    children = coverage.children_of(plan, visible(request.user, Plan.objects.all()))
    compared = [child.plan.pk for child in children if child.cascade is not None]
    return {
        "plan": plan.pk,
        "children": [
            {
                "plan": child.plan.pk,
                "title": child.plan.title,
                "region": child.plan.region,
                "compared": child.cascade is not None,
                "current": child.cascade is not None and not child.stale,
            }
            for child in children
        ],
        "lines": [
            {
                "item": line.item,
                "number": line.number,
                "title": line.title,
                "share": line.share,
                "cells": [
                    {"plan": pk, "taken": cell.taken, "total": cell.total, "relation": cell.relation}
                    for pk, cell in zip(compared, line.cells, strict=True)
                ],
            }
            for line in coverage.lines(plan, children, query.item)
        ],
    }


@router.get("/cockpit", response=CockpitOut, auth=needs("plans.view"), tags=["oversight"], summary="Cockpit")
def get_cockpit(request: Any, query: Query[CockpitQuery]) -> Any:
    """How all running plans, or one plan, stand today, within what the reader may see."""
    today = timezone.localdate()
    if query.plan is not None:
        shown = [find_plan(request, query.plan)]
    else:
        shown = list(visible(request.user, Plan.objects.exclude(status=Plan.Status.ARCHIVED)).defer("text", "header"))
    tasks = visible(request.user, Task.objects.exclude(status=Task.Status.RETIRED)).filter(plan__in=shown)
    duties = visible(request.user, Duty.objects.all()).filter(task__plan__in=shown)
    reports = visible(request.user, Report.objects.all()).filter(duty__task__plan__in=shown)
    units = standing.by_unit(duties)
    keys = dict(Unit.objects.filter(pk__in=[row.unit_id for row in units]).values_list("pk", "key"))
    red = standing.red_list(duties)
    return {
        "as_of": timezone.now(),
        "plans": [plan.pk for plan in shown],
        "totals": vars(standing.totals(tasks, duties, today, {report_period(row, today).label for row in shown})),
        "units": [{**vars(row), "unit": keys[row.unit_id]} for row in units],
        "regions": [
            {"region": row["region"], "lights": {name: n for name, n in row.items() if name != "region"}}
            for row in standing.by_region(duties)
        ],
        "months": standing.accepted_by_month(reports, today),
        "red": [
            {
                "duty_id": duty.pk,
                "task_id": duty.task_id,
                "task_code": duty.task.code,
                "task_title": duty.task.title,
                "unit": duty.unit.name if duty.unit else duty.as_written,
                "due_on": duty.due_on,
                "percent": duty.percent,
            }
            for duty in red[:RED_SHOWN]
        ],
        "red_total": red.count(),
    }
