"""One-stop services: the public page, and the desk that matches requests."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.cases.actions import TakeStep
from hengjian.cases.models import Case
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.registers.catalogue import register_type
from hengjian.registers.lookups import choice_word
from hengjian.systems.certification import queries

MOST = 30


@require_safe
def services_page(request: HttpRequest) -> HttpResponse:
    """The catalogue by element, for everybody; `?q=` narrows it."""
    words = request.GET.get("q", "").strip()[:60]
    spec = register_type("quality_service").field("element")
    order = [choice.code for choice in spec.choices]
    rows = [row for row in queries.services() if not words or words in queries.words_of(row)]
    rows.sort(key=lambda row: (order.index(row.value("element")), row.key))
    groups = [
        (choice_word(spec, element), [(row, row.extras) for row in found])
        for element, found in groupby(rows, key=lambda row: str(row.value("element")))
    ]
    context: dict[str, Any] = {"title": _("质量基础设施一站式服务"), "groups": groups, "q": words, "count": len(rows)}
    return render(request, "certification/services.html", context)


@login_required
def desk_page(request: UserRequest) -> HttpResponse:
    """Requests that wait for triage, each with the services that fit; one click matches."""
    require(request.user, "cases.handle")
    if request.method == "POST":
        return _match(request)
    rows = queries.waiting_requests(visible(request.user, Case.objects.select_related("unit", "region")))
    offered = list(queries.services())
    spec = register_type("quality_service").field("element")
    waiting = [
        (case, [(row, fit, choice_word(spec, str(row.value("element")))) for row, fit in queries.fits(case, offered)])
        for case in rows[:MOST]
    ]
    return render(request, "certification/desk.html", {"title": _("服务需求分诊"), "waiting": waiting})


def _match(request: UserRequest) -> HttpResponse:
    wanted = request.POST.get("case", "")
    rows = visible(request.user, Case.objects.filter(type="nqi_demand"))
    case = rows.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 18 else None
    if case is None:
        raise Http404(_("没有这件需求，或不在您的查看范围内。"))
    service = request.POST.get("service", "")
    TakeStep(user=request.user, case=case, step="match", values={"service": service}).execute()
    messages.success(request, _("已匹配服务，承诺时限开始计算。"))
    return redirect("certification:desk")
