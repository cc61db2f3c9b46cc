"""Mid-term review of a multi-year plan: a snapshot of its targets and tasks, as a paper."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.assessment.midterm import review_of
from hengjian.assessment.papers import midterm as paper
from hengjian.assessment.views.base import download
from hengjian.documents.official import render_docx
from hengjian.pages.numbers import whole
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.plans.models import Plan


@require_safe
@login_required
def midterm_page(request: UserRequest) -> HttpResponse:
    """Choose a plan and look at its review."""
    require(request.user, "assessment.overview")
    plans = list(visible(request.user, Plan.objects.select_related("region", "owner")))
    chosen = whole(request.GET.get("plan", ""))
    plan = next((one for one in plans if one.pk == chosen), plans[0] if plans else None)
    context = {
        "title": _("中期评估"),
        "plans": plans,
        "plan": plan,
        "review": review_of(plan, timezone.localdate()) if plan else None,
    }
    return render(request, "assessment/midterm.html", context)


@require_safe
@login_required
def midterm_file(request: UserRequest, pk: int) -> HttpResponse:
    """The review as a paper."""
    require(request.user, "assessment.overview")
    plan = visible(request.user, Plan.objects.filter(pk=pk)).select_related("region", "owner").first()
    if plan is None:
        raise Http404(_("没有这份计划，或不在您的查看范围内。"))
    data = render_docx(paper.build(review_of(plan, timezone.localdate())))
    return download(data, f"{plan.title}-中期评估报告.docx")
