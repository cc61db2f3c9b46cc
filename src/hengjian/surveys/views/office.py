"""The office's side: plan a wave, invite, watch the field, close it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.documents.qr import qr_svg
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.parties.acting import units_acting
from hengjian.parties.policies import can, require
from hengjian.parties.requests import UserRequest
from hengjian.surveys.actions import (
    CloseWave,
    CreateWave,
    DropWave,
    ExtendWave,
    MakeInvitations,
    OpenWave,
    PublishResult,
    ReviseDesign,
)
from hengjian.surveys.codes import printable
from hengjian.surveys.field import report_of
from hengjian.surveys.forms import DesignForm, ExtendForm, InvitationForm, ReasonForm, WaveForm, design_initial
from hengjian.surveys.models import Wave
from hengjian.surveys.monitoring import Field
from hengjian.surveys.queries import newest_result
from hengjian.surveys.views.common import XLSX, attempt, download, find_wave
from hengjian.surveys.words import language, sector_title, wave_light

LETTERS_PER_PAGE = 40
STEPS = {
    Wave.State.PREPARED: 1,
    Wave.State.RUNNING: 2,
    Wave.State.CLOSED: 3,
    Wave.State.COMPUTED: 4,
    Wave.State.CONCLUDED: 5,
}


@never_cache
@login_required
def new_wave(request: UserRequest) -> HttpResponse:
    units = units_acting(request.user, "surveys.run")
    if not units:
        require(request.user, "surveys.run", None)
    form = WaveForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        action = CreateWave(user=request.user, **{**form.planned(), **form.chosen()})
        wave = attempt(request, action, form, _("已建立调查，请核对样本量。"))
        if wave is not None:
            return redirect(wave)
    context = {"title": _("新建调查"), "form": form, "fresh": True}
    return render(request, "surveys/design.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def design_page(request: UserRequest, pk: int) -> HttpResponse:
    wave = find_wave(request, pk)
    require(request.user, "surveys.run", wave)
    form = DesignForm(request.POST or None, initial=design_initial(wave))
    if request.method == "POST" and form.is_valid():
        action = ReviseDesign(user=request.user, wave=wave, **form.planned())
        if attempt(request, action, form, _("已保存。")):
            return redirect(wave)
    context = {"title": _("修改设计"), "form": form, "wave": wave, "fresh": False}
    return render(request, "surveys/design.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def wave_page(request: UserRequest, pk: int) -> HttpResponse:
    """Where a wave stands: plan, field, what comes next."""
    wave = find_wave(request, pk)
    extend, drop = ExtendForm(None), ReasonForm(None)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "open" and attempt(request, OpenWave(user=request.user, wave=wave), None, _("调查已启动。")):
            return redirect(wave)
        if do == "close" and attempt(request, CloseWave(user=request.user, wave=wave), None, _("已截止，可以测评。")):
            return redirect("surveys:result", pk=pk)
        if do == "extend":
            extend = ExtendForm(request.POST)
            if extend.is_valid():
                action = ExtendWave(user=request.user, wave=wave, **extend.cleaned_data)
                if attempt(request, action, extend, _("已延期。")):
                    return redirect(wave)
        if do == "drop":
            drop = ReasonForm(request.POST)
            if drop.is_valid():
                gone = DropWave(user=request.user, wave=wave, reason=drop.cleaned_data["reason"])
                if attempt(request, gone, drop, _("已删除。")):
                    return redirect("surveys:index")
    runs = bool(can(request.user, "surveys.run", wave))
    result = newest_result(wave)
    field = Field(wave)
    context = {
        "title": wave.said(language()),
        "wave": wave,
        "state": wave_light(wave),
        "step": STEPS[Wave.State(wave.state)],
        "sector": sector_title(wave),
        "field": field,
        "runs": runs,
        "interviews": wave.telephone and bool(can(request.user, "surveys.interview", wave)),
        "reads": request.user.unit_id == wave.unit_id and bool(can(request.user, "surveys.comments", wave)),
        "open_url": request.build_absolute_uri(reverse("surveys:open", args=[wave.token])) if wave.open_link else "",
        "result": result,
        "extend": extend,
        "drop": drop,
        "may_publish": not PublishResult(user=request.user, wave=wave).refusal(),
        "comments": wave.comments.count(),
    }
    bound = extend.is_bound or drop.is_bound
    return render(request, "surveys/wave.html", context, status=422 if bound else 200)


@never_cache
@login_required
@require_safe
def field_page(request: UserRequest, pk: int) -> HttpResponse:
    """Monitoring: who answers, what is left out, who answers in haste."""
    wave = find_wave(request, pk)
    context = {"title": _("现场监测"), "wave": wave, "state": wave_light(wave), "field": Field(wave)}
    return render(request, "surveys/field.html", context)


# ---- invitations


@never_cache
@login_required
def invitations_page(request: UserRequest, pk: int) -> HttpResponse:
    wave = find_wave(request, pk)
    require(request.user, "surveys.run", wave)
    form = InvitationForm(request.POST or None, wave=wave)
    if request.method == "POST" and form.is_valid():
        action = MakeInvitations(user=request.user, wave=wave, counts=form.counts())
        if attempt(request, action, form, _("已生成邀请码。")):
            return redirect("surveys:invitations", pk=pk)
    report = report_of(wave)
    rows = [
        {"name": layer.said(language()), "made": report["invited"].get(layer.code, 0),
         "used": report["used"].get(layer.code, 0)}
        for layer in wave.layers
    ]  # fmt: skip
    context = {
        "title": _("邀请码"),
        "wave": wave,
        "form": form,
        "rows": rows,
        "made": sum(row["made"] for row in rows),
        "refusal": MakeInvitations(user=request.user, wave=wave, counts={wave.strata[0]["code"]: 1}).refusal(),
    }
    return render(request, "surveys/invitations.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def letters_page(request: UserRequest, pk: int) -> HttpResponse:
    """Invitations to print: code, QR code and what it is about."""
    wave = find_wave(request, pk)
    require(request.user, "surveys.run", wave)
    page = Paginator(wave.invitations.filter(used=False).select_related("wave"), LETTERS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    letters = []
    for invitation in page:
        code = printable(invitation)
        address = request.build_absolute_uri(reverse("surveys:invited", args=[code])) if code else ""
        letters.append({"number": invitation.number, "code": code, "qr": qr_svg(address) if code else ""})
    if any(not letter["code"] for letter in letters):
        messages.warning(request, _("系统密钥更换过，部分邀请码不能重新打印；已发出的仍然有效。"))
    context = {
        "title": _("打印邀请函"),
        "wave": wave,
        "sector": sector_title(wave),
        "letters": letters,
        "page_obj": page,
        "entry": request.build_absolute_uri(reverse("surveys:public")),
    }
    return render(request, "surveys/letters.html", context)


@login_required
@require_safe
def codes_sheet(request: UserRequest, pk: int) -> HttpResponse:
    """The codes that were not used yet, for a mail merge."""
    wave = find_wave(request, pk)
    require(request.user, "surveys.run", wave)
    layers = {layer.code: layer.said(language()) for layer in wave.layers}
    rows: list[list[Any]] = []
    for invitation in wave.invitations.filter(used=False).select_related("wave"):
        code = printable(invitation)
        address = request.build_absolute_uri(reverse("surveys:invited", args=[code])) if code else ""
        rows.append([invitation.number, layers.get(invitation.stratum, ""), code, address])
    columns: list[str | SheetColumn] = [SheetColumn(_("编号"), 8), _("分层"), _("邀请码"), _("网址")]
    data = write_xlsx(columns, rows, title=wave.said(language()), notes=[_("每个邀请码只能作答一次，请勿外传。")])
    return download(data, f"{wave.title}-{_('邀请码')}.xlsx", XLSX)
