"""The result for officers: compute, judge, approve, publish, take along."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.pages.numbers import whole
from hengjian.parties.policies import can, require
from hengjian.parties.requests import UserRequest
from hengjian.surveys.actions import ApproveResult, ComputeResult, PublishResult, ReturnResult
from hengjian.surveys.forms import ComputeForm, ReasonForm, compute_initial
from hengjian.surveys.models import Evaluated, Wave
from hengjian.surveys.queries import newest_result
from hengjian.surveys.reports import answers_sheet, document, workbook
from hengjian.surveys.results import Reading
from hengjian.surveys.views.common import DOCX, XLSX, attempt, download, find_wave
from hengjian.surveys.words import language, result_light, wave_light


def find_result(request: UserRequest, wave: Wave) -> Evaluated | None:
    """The version that the address names, or the newest."""
    number = whole(request.GET.get("version"))
    if number is None:
        return newest_result(wave)
    found = wave.results.filter(number=number).first()
    if found is None:
        raise Http404(_("没有这一版结果。"))
    return found


@never_cache
@login_required
def result_page(request: UserRequest, pk: int) -> HttpResponse:
    wave = find_wave(request, pk)
    result = find_result(request, wave)
    compute, back = ComputeForm(None, initial=compute_initial(wave)), ReasonForm(None)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "compute":
            compute = ComputeForm(request.POST)
            if compute.is_valid():
                action = ComputeResult(user=request.user, wave=wave, **compute.chosen())
                if attempt(request, action, compute, _("已测评，等待另一人审定。")):
                    return redirect("surveys:result", pk=pk)
        elif do == "publish":
            if attempt(request, PublishResult(user=request.user, wave=wave), None, _("结果已公布。")):
                return redirect("surveys:result", pk=pk)
        elif do == "approve" and result is not None:
            if attempt(request, ApproveResult(user=request.user, result=result), None, _("已审定，结果记入台账。")):
                return redirect("surveys:result", pk=pk)
        elif do == "return" and result is not None:
            back = ReasonForm(request.POST)
            if back.is_valid():
                returned = ReturnResult(user=request.user, result=result, reason=back.cleaned_data["reason"])
                if attempt(request, returned, back, _("已退回。")):
                    return redirect("surveys:result", pk=pk)
    runs = bool(can(request.user, "surveys.run", wave))
    context = {
        "title": _("测评结果"),
        "wave": wave,
        "name": wave.said(language()),
        "state": wave_light(wave),
        "result": result,
        "light": result_light(result) if result else "",
        "reading": Reading(result) if result else None,
        "versions": list(wave.results.select_related("computed_by", "decided_by").defer("figures", "field")),
        "compute": compute,
        "back": back,
        "runs": runs,
        "own": request.user.unit_id == wave.unit_id and runs,
        "compute_refusal": ComputeResult(user=request.user, wave=wave).refusal() if runs else "",
        "may_approve": result is not None and not ApproveResult(user=request.user, result=result).refusal(),
        "approve_refusal": ApproveResult(user=request.user, result=result).refusal() if result else "",
        "may_return": result is not None and not ReturnResult(user=request.user, result=result).refusal(),
        "may_publish": not PublishResult(user=request.user, wave=wave).refusal(),
    }
    bound = compute.is_bound or back.is_bound
    return render(request, "surveys/result.html", context, status=422 if bound else 200)


@login_required
@require_safe
def result_file(request: UserRequest, pk: int, kind: str) -> HttpResponse:
    """The result as .xlsx or .docx."""
    wave = find_wave(request, pk)
    result = find_result(request, wave)
    if result is None:
        raise Http404(_("还没有测评结果。"))
    if kind == "docx":
        return download(document(result), f"{wave.title}-{_('测评报告')}.docx", DOCX)
    return download(workbook(Reading(result)), f"{wave.title}-{_('测评结果')}.xlsx", XLSX)


@login_required
@require_safe
def answers_file(request: UserRequest, pk: int) -> HttpResponse:
    """The anonymous answers, for the unit that collected them."""
    wave = find_wave(request, pk)
    require(request.user, "surveys.run", wave)
    if request.user.unit_id != wave.unit_id:
        raise Http404(_("答卷只供组织调查的单位核对。"))
    return download(answers_sheet(wave), f"{wave.title}-{_('匿名答卷')}.xlsx", XLSX)
