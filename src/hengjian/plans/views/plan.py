"""One plan: text, tasks, targets, citations, deadlines, imports, and the office's decisions on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.pages.errors import UserError
from hengjian.pages.numbers import whole
from hengjian.parties.models import Region, Unit
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.adjust import ChooseUnit
from hengjian.plans.actions.follow import ArchivePlan
from hengjian.plans.actions.imports import CorrectPlanReading, UndoImport
from hengjian.plans.actions.work import AssignDuties
from hengjian.plans.models import Duty, Plan, PlanImport, Task
from hengjian.plans.plan_reading import deadline_lines, empty_collectives, marked_text, source_of, undecided_names


def find_plan(request: UserRequest, pk: int) -> Plan:
    """The plan, if the reader may see it; to others it does not exist."""
    plan = visible(request.user, Plan.objects.select_related("region", "owner", "parent")).filter(pk=pk).first()
    if plan is None:
        raise Http404(_("没有这份计划，或不在您的查看范围内。"))
    return plan


@login_required
def plan_page(request: UserRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "reread":
                reading = CorrectPlanReading(user=request.user, plan=plan).execute()
                return redirect("plans:import_review", pk=reading.pk)
            place = _execute(request, plan, request.POST.get("do", ""))
        except ActionRefused as error:
            url = reverse("plans:plan", args=[plan.pk])
            raise UserError(error.message, error.next_step, error.status, url, _("返回计划")) from error
        return redirect(f"{reverse('plans:plan', args=[plan.pk])}{place}")
    return render(request, "plans/plan.html", _context(request, plan))


def _execute(request: UserRequest, plan: Plan, do: str) -> str:
    """Do it and say so; returns where on the page to go on."""
    if do == "assign":
        result = AssignDuties(user=request.user, plan=plan).execute()
        messages.success(request, _("已交办 %(count)s 项责任。") % {"count": result.assigned})
        if result.waiting:
            messages.warning(request, _("另有 %(count)s 项责任还不能交办，原因见下。") % {"count": len(result.waiting)})
            return "#waiting"
    elif do == "unit":
        duty = Duty.objects.filter(task__plan=plan, pk=_number(request.POST.get("duty"))).first()
        if duty is None:
            raise ActionRefused(_("这个名称已经有了对应的单位。"), _("请刷新页面查看。"))
        unit = _unit(request, plan)
        ChooseUnit(user=request.user, duty=duty, unit=unit).execute()
        messages.success(request, _("“%(name)s”已指定为%(unit)s。") % {"name": duty.as_written, "unit": unit.name})
        return "#waiting"
    elif do == "archive":
        ArchivePlan(user=request.user, plan=plan, reason=request.POST.get("reason", "")).execute()
        messages.success(request, _("计划已归档。"))
    else:
        raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)
    return ""


def _number(value: str | None) -> int:
    return whole(value) or 0


def _unit(request: UserRequest, plan: Plan) -> Unit:
    """A candidate's button, or a registered name that was typed or picked from the list."""
    units = Unit.objects.filter(region__in=Region.objects.above(plan.region))
    chosen, name = _number(request.POST.get("unit")), request.POST.get("unit_name", "").strip()
    unit = units.filter(pk=chosen).first() if chosen else units.filter(name=name).order_by("-region__code").first()
    if unit is None:
        raise ActionRefused(
            _("没有找到单位“%(name)s”。") % {"name": name[:60]},
            _("请从列表中选择登记过的单位全称；如尚未登记，请先在“单位”中登记。"),
            status=400,
        )
    return unit


def _context(request: UserRequest, plan: Plan) -> dict[str, Any]:
    user = request.user
    tasks = Task.objects.filter(plan=plan, parent=None).exclude(status=Task.Status.RETIRED)
    linked = set(visible(user, tasks).values_list("pk", flat=True))
    source = source_of(plan)
    may = {name: bool(can(user, f"plans.{name}", plan)) for name in ("assign", "close", "import")}
    imports = plan.imports.select_related("created_by").defer("text", "parsed", "draft") if may["import"] else []
    pending = Duty.objects.filter(task__plan=plan, state=Duty.State.PENDING, task__status=Task.Status.OPEN)
    undecided = undecided_names(plan) if may["assign"] else []
    read = source.draft if source is not None else plan.header
    return {
        "plan": plan,
        "text": marked_text(plan, source, linked),
        "tasks": tasks.count(),
        "own_tasks": len(linked),
        "targets": plan.targets.filter(retired=False).select_related("clause"),
        "citations": [line for line in read.get("citations") or [] if line.get("role") != "self"],
        "deadlines": deadline_lines(plan, linked),
        "imports": [(row, not UndoImport(user=user, draft=row).refusal()) for row in imports],
        "children": visible(user, plan.children.select_related("region")),
        "exports": ("xml", "csv", "xlsx") if source is not None else (),
        "may": may,
        "active": plan.status != Plan.Status.ARCHIVED,
        "pending": pending.count() if may["assign"] else 0,
        "undecided": undecided,
        "empty_collectives": empty_collectives(plan) if may["assign"] else [],
        "units": Unit.objects.filter(region=plan.region).values_list("name", flat=True) if undecided else [],
        "open_duties": Duty.objects.filter(task__plan=plan)
        .exclude(state__in=[Duty.State.CLOSED, Duty.State.WITHDRAWN])
        .count()
        if may["close"]
        else 0,
        "DRAFT": PlanImport.State.DRAFT,
    }
