"""Settings of the plan, what will be made, and the last button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengjian.pages.errors import UserError
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.imports import ConfirmImport, PlanSettings
from hengjian.plans.import_forms import ConfirmForm
from hengjian.plans.models import PlanImport
from hengjian.plans.preview import preview
from hengjian.plans.views.import_review import find_import


@login_required
def import_confirm(request: UserRequest, pk: int) -> HttpResponse:
    draft = find_import(request, pk)
    if draft.state == PlanImport.State.CONFIRMED and draft.plan_id is not None:
        return redirect("plans:plan", pk=draft.plan_id)
    revises = draft.revises
    form = None if revises else ConfirmForm(request.POST or None, draft=draft, user=request.user)
    given: dict[str, Any] = {} if form is None else dict(form.initial)
    status = 200
    if form is not None and form.is_bound:
        if form.is_valid():
            given = form.cleaned_data
        else:
            status = 422
    settings = PlanSettings(**{name: value for name, value in given.items() if value is not None})
    try:
        if request.method == "POST" and status == 200 and request.POST.get("do") == "confirm":
            return _confirm(request, draft, settings)
        planned = preview(request.user, draft.pk, settings) if status == 200 else None
    except ActionRefused as error:
        raise UserError(error.message, error.next_step, error.status) from error
    context = {"draft": draft, "form": form, "planned": planned, "revises": revises}
    return render(request, "plans/import_confirm.html", context, status=status)


def _confirm(request: UserRequest, draft: PlanImport, settings: PlanSettings) -> HttpResponse:
    confirmed = ConfirmImport(user=request.user, draft=draft, settings=settings).execute()
    built = confirmed.built
    numbers = {"tasks": built.tasks, "duties": built.duties, "targets": built.targets}
    if draft.revises is not None:
        messages.success(
            request,
            _("文本已更正：保留 %(kept)s 项、改写 %(reworded)s 项、新增 %(added)s 项、停用 %(retired)s 项任务。")
            % vars(built),
        )
    else:
        messages.success(
            request, _("已生成 %(tasks)s 项任务、%(duties)s 项责任、%(targets)s 个目标，请交办。") % numbers
        )
    return redirect("plans:plan", pk=confirmed.plan.pk)
