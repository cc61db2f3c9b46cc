"""One plan: text, tasks, targets, citations, deadlines, imports."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.plans.models import Plan


def find_plan(request: UserRequest, pk: int) -> Plan:
    """The plan, if the reader may see it; to others it does not exist."""
    plan = visible(request.user, Plan.objects.select_related("region", "owner", "parent")).filter(pk=pk).first()
    if plan is None:
        raise Http404(_("没有这份计划，或不在您的查看范围内。"))
    return plan


@login_required
def plan_page(request: UserRequest, pk: int) -> HttpResponse:
    return render(request, "plans/plan.html", {"plan": find_plan(request, pk)})
