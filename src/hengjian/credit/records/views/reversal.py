"""The page on which an enterprise, or the desk of the organ, says that a decision fell."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hengjian.credit.records.actions import ReportReversal
from hengjian.credit.records.forms import ReversalForm
from hengjian.credit.records.views.common import attempt, find_record
from hengjian.parties.policies import can
from hengjian.parties.requests import UserRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: UserRequest, key: UUID) -> HttpResponse:
    record, user = find_record(request, key), request.user
    own = user.unit_id is not None and user.unit_id == record.enterprise.account_id
    if not own and not (user.unit_id == record.organ_id and can(user, "credit.correct", record)):
        raise Http404(_("没有这条信用记录，或不在您的查看范围内。"))
    form = ReversalForm(request.POST or None, request.FILES or None, own=own)
    if request.method == "POST" and form.is_valid():
        action = ReportReversal(user=user, record=record, **form.given())
        case = attempt(request, action, form, _("已登记，三个工作日内核实并停止公示。"))
        if case is not None:
            return redirect(case)
    context = {"title": _("决定被撤销"), "form": form, "record": record}
    return render(request, "credit_records/reversal.html", context, status=422 if form.is_bound else 200)
