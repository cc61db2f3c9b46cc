"""上下承接: how plans take up the plan of the level above."""

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
    rows = visible(request.user, Plan.objects.all()).select_related("region", "owner", "parent__region")
    plan = rows.filter(pk=pk).first()
    if plan is None:
        raise Http404(_("没有这份计划，或不在您的查看范围内。"))
    return plan


@login_required
def cascade_list(request: UserRequest) -> HttpResponse:
    plans = visible(request.user, Plan.objects.exclude(parent=None)).select_related("parent", "region")
    return render(request, "plans/thin.html", {"title": _("上下承接"), "rows": plans})


@login_required
def cascade_page(request: UserRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    return render(request, "plans/thin.html", {"title": _("上下承接"), "rows": [plan]})


@login_required
def coverage_page(request: UserRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    return render(request, "plans/thin.html", {"title": _("承接情况"), "rows": [plan]})


@login_required
def draft_local_page(request: UserRequest, pk: int) -> HttpResponse:
    plan = find_plan(request, pk)
    return render(request, "plans/thin.html", {"title": _("生成本级方案草稿"), "rows": [plan]})
