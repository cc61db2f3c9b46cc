"""单位负荷: how many duties each unit carries and how they stand."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.methods import charts
from hengjian.parties.policies import visible
from hengjian.plans import queries
from hengjian.plans.models import Duty, Plan


def chosen_plan(request: HttpRequest) -> tuple[Plan | None, list[Plan]]:
    """The plan that the address asks for (or none: all of them), and those the reader may choose from."""
    plans = list(visible(request.user, Plan.objects.exclude(status=Plan.Status.ARCHIVED)))
    wanted = request.GET.get("plan", "")
    return next((plan for plan in plans if str(plan.pk) == wanted), None), plans


@login_required
def load_page(request: HttpRequest) -> HttpResponse:
    plan, plans = chosen_plan(request)
    duties = visible(request.user, Duty.objects.exclude(task__plan__status=Plan.Status.ARCHIVED))
    if plan is not None:
        duties = duties.filter(task__plan=plan)
    loads = queries.unit_load(duties)
    today = timezone.localdate()
    context: dict[str, Any] = {
        "title": _("单位负荷"),
        "plan": plan,
        "plans": plans,
        "loads": loads,
        "total": sum(load.total for load in loads),
        "today": today,
        "chart": None,
    }
    if loads:
        context["chart"] = charts.stacked_states(
            [{"unit": load.name, **load.lights} for load in loads[:15]],
            charts.Meta(
                title=_("各单位责任按亮灯"),
                unit=_("项"),
                period=f"{today.year}",
                source=_("任务台账"),
                data_time=f"{timezone.localtime():%Y-%m-%d %H:%M}",
            ),
            by_title=_("单位"),
            english=get_language() == "en",
        )
    return render(request, "plans/load.html", context)
