"""Settings of the plan, what will be made, and the last button."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.pages.errors import UserError
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.imports import ConfirmImport, PlanSettings
from hengjian.plans.views.import_review import find_import


@login_required
def import_confirm(request: UserRequest, pk: int) -> HttpResponse:
    draft = find_import(request, pk)
    if request.method == "POST":
        year = timezone.localdate().year
        settings = PlanSettings(period_start=date(year, 1, 1), period_end=date(year, 12, 31))
        try:
            confirmed = ConfirmImport(user=request.user, draft=draft, settings=settings).execute()
        except ActionRefused as error:
            raise UserError(error.message, error.next_step, error.status) from error
        messages.success(request, _("已生成任务。"))
        return redirect("plans:plan", pk=confirmed.plan.pk)
    return render(request, "plans/import_confirm.html", {"draft": draft})
