"""Interviews by telephone, files of answers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.pages.numbers import whole
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest
from hengjian.surveys.actions import (
    ConfirmAnswerImport,
    DropAnswerImport,
    EnterAnswers,
    RecordContact,
    StartAnswerImport,
    UndoAnswerImport,
)
from hengjian.surveys.actions.answering import ends_interview
from hengjian.surveys.forms import ContactForm, ReasonForm, UploadForm
from hengjian.surveys.models import AnswerBatch, Wave
from hengjian.surveys.questionnaire import BlockForm, blocks_of
from hengjian.surveys.sheets import ReadAnswers, read_answers, template
from hengjian.surveys.views.common import XLSX, attempt, download, find_wave
from hengjian.surveys.words import language, sector_title

SHOWN = 200


@never_cache
@login_required
def interview_page(request: UserRequest, pk: int) -> HttpResponse:
    """The whole questionnaire on one page, to be read out; or the call that brought nothing."""
    wave = find_wave(request, pk)
    require(request.user, "surveys.interview", wave)
    blocks = blocks_of(wave, stratum_known=False)
    calls = request.POST.get("do") == "contact"
    posted = request.method == "POST"
    form = BlockForm(request.POST if posted and not calls else None, wave=wave, blocks=blocks)
    contact = ContactForm(request.POST if posted and calls else None, wave=wave)
    if posted and calls and contact.is_valid():
        if attempt(
            request, RecordContact(user=request.user, wave=wave, **contact.cleaned_data), contact, _("已记录。")
        ):
            return redirect("surveys:interview", pk=pk)
    elif posted and not calls:
        # Whoever does not belong to those asked is not asked on: nothing else is needed then.
        ended = _ended(request, wave)
        if ended:
            form = BlockForm(request.POST, wave=wave, blocks=blocks, demand=False)
        if form.is_valid():
            minutes = whole(request.POST.get("minutes"))
            action = EnterAnswers(
                user=request.user,
                wave=wave,
                stratum=form.cleaned_data.get("stratum", ""),
                given=form.given(),
                seconds=minutes * 60 if minutes and 0 < minutes <= 120 else None,
            )
            if attempt(request, action, form, _("答卷已录入，可以继续下一位。")):
                return redirect("surveys:interview", pk=pk)
    context = {
        "title": _("电话访问"),
        "wave": wave,
        "form": form,
        "blocks": [(block, [form[name] for name in form.names_of(block)]) for block in blocks],
        "contact": contact,
        "sector": sector_title(wave),
        "refusal": EnterAnswers(user=request.user, wave=wave, stratum=wave.strata[0]["code"]).refusal(),
    }
    bound = form.is_bound or contact.is_bound
    return render(request, "surveys/interview.html", context, status=422 if bound else 200)


def _ended(request: UserRequest, wave: Wave) -> bool:
    return ends_interview(wave, {one.code: request.POST.get(one.code, "") for one in wave.declared.filters})


# ---- files of answers


@never_cache
@login_required
def import_page(request: UserRequest, pk: int) -> HttpResponse:
    wave = find_wave(request, pk)
    require(request.user, "surveys.run", wave)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        read = _read(form, wave)
        if read is not None:
            action = StartAnswerImport(
                user=request.user,
                wave=wave,
                name=form.cleaned_data["file"].name[:200],
                rows=read.rows,
                errors=read.errors,
                approached=form.cleaned_data["approached"],
            )
            batch = attempt(request, action, form, _("已检查，请确认。"))
            if batch is not None:
                return redirect("surveys:batch", pk=pk, batch=batch.pk)
    context = {
        "title": _("导入答卷"),
        "wave": wave,
        "form": form,
        "batches": wave.batches.select_related("created_by").defer("rows", "errors"),
        "refusal": StartAnswerImport(user=request.user, wave=wave, name="", rows=[]).refusal(),
    }
    return render(request, "surveys/imports.html", context, status=422 if form.is_bound else 200)


def _read(form: UploadForm, wave: Wave) -> ReadAnswers | None:
    """The rows of the upload; a file that is none becomes an error of the form."""
    upload = form.cleaned_data["file"]
    try:
        return read_answers(wave, read_upload(upload), upload.name)
    except UploadRefused as error:
        form.add_error("file", f"{error.message}{error.next_step}")
        return None


@never_cache
@login_required
def batch_page(request: UserRequest, pk: int, batch: int) -> HttpResponse:
    """What a file would bring, all its faults; then entering it, or taking it back."""
    wave = find_wave(request, pk)
    require(request.user, "surveys.run", wave)
    row = AnswerBatch.objects.filter(wave=wave, pk=batch).select_related("created_by").first()
    if row is None:
        raise Http404(_("没有这个文件。"))
    row.wave = wave
    undo = ReasonForm(None)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "confirm":
        action = ConfirmAnswerImport(user=request.user, batch=row, skip_wrong="skip" in request.POST)
        if attempt(request, action, None, _("已导入 %(n)d 份答卷。") % {"n": row.count}):
            return redirect("surveys:import", pk=pk)
    if do == "drop" and attempt(request, DropAnswerImport(user=request.user, batch=row), None, _("已放弃这个文件。")):
        return redirect("surveys:import", pk=pk)
    if do == "undo":
        undo = ReasonForm(request.POST)
        if undo.is_valid():
            back = UndoAnswerImport(user=request.user, batch=row, reason=undo.cleaned_data["reason"])
            if attempt(request, back, undo, _("已撤销，这些答卷不再计入。")):
                return redirect("surveys:import", pk=pk)
    layers = {layer.code: layer.said(language()) for layer in wave.layers}
    items = [item.code for item in wave.declared.items]
    context = {
        "title": row.name,
        "wave": wave,
        "batch": row,
        "undo": undo,
        "items": items,
        "sample": [
            (layers.get(one["stratum"], ""), [one["items"].get(code) for code in items]) for one in row.rows[:10]
        ],
        "errors": row.errors[:SHOWN],
        "more": max(len(row.errors) - SHOWN, 0),
        "wrong_rows": len({error["row"] for error in row.errors}),
        "facts": [
            (_("上传人"), row.created_by.display_name if row.created_by else "—"),
            (_("上传时间"), f"{timezone.localtime(row.created_at):%Y-%m-%d %H:%M}"),
            (_("文字意见数"), row.comments),
            *([(_("撤销原因"), row.reason)] if row.reason else []),
        ],
        "may_undo": not UndoAnswerImport(user=request.user, batch=row).refusal(),
    }
    return render(request, "surveys/batch.html", context, status=422 if undo.is_bound else 200)


@login_required
@require_safe
def template_sheet(request: UserRequest, pk: int) -> HttpResponse:
    wave = find_wave(request, pk)
    return download(template(wave), f"{wave.title}-{_('空白模板')}.xlsx", XLSX)
