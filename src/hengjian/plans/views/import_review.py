"""The reading of a text beside its source, corrected by hand."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengjian.pages.errors import UserError
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.imports import UndoImport
from hengjian.plans.models import PlanImport


def find_import(request: UserRequest, pk: int) -> PlanImport:
    """The import, if the reader may import there; to others it does not exist."""
    rows = visible(request.user, PlanImport.objects.all()).select_related("unit", "region", "plan", "revises")
    draft = rows.filter(pk=pk).first()
    if draft is None:
        raise Http404(_("没有这次导入，或不在您的权限范围内。"))
    return draft


@login_required
def import_review(request: UserRequest, pk: int) -> HttpResponse:
    draft = find_import(request, pk)
    return render(request, "plans/import_review.html", {"draft": draft})


@login_required
@require_POST
def import_undo(request: UserRequest, pk: int) -> HttpResponse:
    draft = find_import(request, pk)
    try:
        UndoImport(user=request.user, draft=draft, reason=request.POST.get("reason", "")).execute()
    except ActionRefused as error:
        raise UserError(error.message, error.next_step, error.status) from error
    messages.success(request, _("已撤销导入。"))
    return redirect("plans:list")
