"""One task: the clause, all its units, parts and milestones, and the office's adjustments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans import queries
from hengjian.plans.actions.adjust import AddDuty, AdjustTask, BreakDown, PartDraft, SetMilestones
from hengjian.plans.actions.work import AssignDuties
from hengjian.plans.forms import AdjustForm, MilestoneForm, PartForm, UnitForm
from hengjian.plans.models import Duty, Report, Task
from hengjian.plans.words import working


def find_task(request: UserRequest, pk: int) -> Task:
    """The task, if the reader may see it; to others it does not exist."""
    rows = visible(request.user, Task.objects.all()).select_related(
        "plan__region", "plan__owner", "clause__parent", "measure", "parent"
    )
    task = rows.filter(pk=pk).first()
    if task is None:
        raise Http404(_("没有这项任务，或不在您的查看范围内。"))
    return task


def _forms(task: Task, data: Any = None) -> dict[str, Form]:
    adjust = {name: getattr(task, name) for name in AdjustForm.base_fields if hasattr(task, name)}
    dates = {"start_on": task.start_on, "due_on": task.due_on, "weight": 1}
    return {
        "adjust": AdjustForm(data, initial=adjust),
        "part": PartForm(data, initial=dates, task=task),
        "milestone": MilestoneForm(data),
        "add_unit": UnitForm(data, task=task),
    }


@login_required
def task_page(request: UserRequest, pk: int) -> HttpResponse:
    task = find_task(request, pk)
    failed: dict[str, Form] = {}
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "assign":
            result = AssignDuties(user=request.user, plan=task.plan, tasks=[task.pk]).execute()
            messages.success(request, _("已交办 %(count)s 项责任。") % {"count": result.assigned})
            return redirect("plans:task", pk=task.pk)
        form = _forms(task, request.POST).get(do)
        if form is None:
            raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)
        if form.is_valid():
            try:
                _execute(request, task, do, form)
            except ActionRefused as error:
                if error.status != 400:
                    raise
                form.add_error(None, f"{error.message}{error.next_step}")
            else:
                messages.success(request, _("已保存。"))
                return redirect("plans:task", pk=task.pk)
        failed[do] = form
        task.refresh_from_db()
    return render(request, "plans/task.html", _context(request, task, failed), status=422 if failed else 200)


def _execute(request: UserRequest, task: Task, do: str, form: Form) -> None:
    data = dict(form.cleaned_data)
    if do == "adjust":
        reason = data.pop("reason")
        AdjustTask(user=request.user, task=task, changes=data, reason=reason).execute()
    elif do == "part":
        roles = dict(task.duties.values_list("unit_id", "role"))
        if task.parts.filter(title=data["title"], due_on=data["due_on"]).exclude(status=Task.Status.RETIRED).exists():
            raise _there_already(data["title"])
        units = [(unit.pk, roles[unit.pk]) for unit in data["units"]]
        part = PartDraft(data["title"], data["due_on"], data["start_on"], data["weight"], units)
        BreakDown(user=request.user, task=task, parts=[part]).execute()
    elif do == "milestone":
        kept = [(row.title, row.due_on, row.weight, row.done_on) for row in task.milestones.all()]
        if (data["title"], data["due_on"]) in {(title, due_on) for title, due_on, _weight, _done in kept}:
            raise _there_already(data["title"])
        SetMilestones(
            user=request.user,
            task=task,
            milestones=[*kept, (data["title"], data["due_on"], Decimal(1), data["done_on"])],
        ).execute()
    else:
        role = data["role"] or Duty.Role.SUPPORT
        AddDuty(user=request.user, task=task, unit=data["unit"], role=role).execute()


def _there_already(title: str) -> ActionRefused:
    """The same form sent twice, by a double click or the browser's "back"."""
    return ActionRefused(_("“%(title)s”已经添加过。") % {"title": title}, _("无需再次操作。"), status=400)


def _context(request: UserRequest, task: Task, failed: dict[str, Form]) -> dict[str, Any]:
    duties = working(task.duties.select_related("unit", "via", "handler"))
    mine = set(visible(request.user, task.duties.all()).values_list("pk", flat=True))
    # Whoever leads a task sees how its supporting units stand.
    leads = any(duty.pk in mine and duty.role == Duty.Role.LEAD for duty in duties)
    reports = Report.objects.filter(duty__in=[duty for duty in duties if leads or duty.pk in mine])
    reports = reports.exclude(state=Report.State.DRAFT).select_related(
        "duty__unit", "submitted_by", "reviewed_by", "similar_to__duty__unit"
    )
    adjust = bool(can(request.user, "plans.adjust", task))
    return {
        "task": task,
        "plan": task.plan,
        "clause": queries.clause_text(task),
        "rows": [(duty, leads or duty.pk in mine, duty.pk in mine) for duty in duties],
        "reports": reports.prefetch_related("evidence")[:20],
        "parts": task.parts.exclude(status=Task.Status.RETIRED),
        "milestones": task.milestones.all(),
        "forms": {**_forms(task), **failed} if adjust else {},
        "pending": sum(duty.state == Duty.State.PENDING for duty in duties) if adjust else 0,
        "own": next((duty for duty in duties if duty.unit_id and duty.unit_id == request.user.unit_id), None),
        "may_issue": bool(can(request.user, "plans.issue", task)),
    }
