"""Sheets of the lines: upload, what was found, confirm, progress, the report of faults."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.documents.uploads import UploadRefused, read_upload
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.complaints import importing, sheets
from hengjian.systems.complaints.forms import ImportForm
from hengjian.systems.complaints.importing import ConfirmBatch, UndoBatch, UploadBatch
from hengjian.systems.complaints.models import TicketBatch
from hengjian.systems.complaints.routing import channel_labels
from hengjian.systems.complaints.views.desk import desk_of
from hengjian.systems.complaints.views.tickets import english

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200


@login_required
def start(request: UserRequest) -> HttpResponse:
    """Upload, and the sheets before."""
    desk = desk_of(request)
    posted = request.method == "POST"
    form = ImportForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            data = read_upload(upload)
            batch = UploadBatch(
                user=request.user, unit=desk, channel=form.cleaned_data["channel"], name=str(upload.name), data=data
            ).execute()
        except UploadRefused as error:
            form.add_error("file", f"{error.message}{error.next_step}")
        else:
            if len(data) <= importing.AT_ONCE_BYTES:
                importing.advance(batch)
            return redirect("complaints:batch", pk=batch.pk)
    batches = visible(request.user, TicketBatch.objects.select_related("by", "unit"))[:30]
    context = {"title": _("导入热线工单"), "form": form, "batches": _lines(batches)}
    return render(request, "complaints/import.html", context, status=400 if posted else 200)


def _lines(batches: Any) -> list[tuple[TicketBatch, str]]:
    labels = channel_labels(english())
    return [(batch, labels.get(batch.channel, batch.channel)) for batch in batches]


def find_batch(request: UserRequest, pk: int) -> TicketBatch:
    batch = visible(request.user, TicketBatch.objects.filter(pk=pk)).select_related("unit__region", "by").first()
    if batch is None:
        raise Http404(_("没有这个批次，或不在您的查看范围内。"))
    return batch


@login_required
def batch_page(request: UserRequest, pk: int) -> HttpResponse:
    """What was found; the page renews itself while the machine works."""
    batch = find_batch(request, pk)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "undo":
                UndoBatch(user=request.user, batch=batch, reason=request.POST.get("reason", "")).execute()
            else:
                ConfirmBatch(user=request.user, batch=batch).execute()
        except ActionRefused as error:
            messages.error(request, f"{error.message}{error.next_step}")
        else:
            if batch.new <= importing.AT_ONCE_ROWS:
                importing.advance(batch)
        return redirect("complaints:batch", pk=batch.pk)
    working = batch.state in TicketBatch.AT_WORK
    errors = importing.errors_of(batch) if batch.wrong and batch.state == TicketBatch.State.CHECKED else []
    context = {
        "title": batch.name,
        "batch": batch,
        "channel": channel_labels(english()).get(batch.channel, batch.channel),
        "working": working,
        "percent": round(100 * batch.done / batch.new) if batch.new else 0,
        "errors": errors[:SHOWN],
        "more": max(0, len(errors) - SHOWN),
        "partial": bool(getattr(request, "htmx", False)),
    }
    part = bool(getattr(request, "htmx", False)) and working
    return render(request, "complaints/parts/batch.html" if part else "complaints/batch.html", context)


@require_safe
@login_required
def batch_report(request: UserRequest, pk: int) -> HttpResponse:
    """All faults as a sheet."""
    batch = find_batch(request, pk)
    return _sheet(sheets.report(batch.name, importing.errors_of(batch)), _("导入问题.xlsx"))


@require_safe
@login_required
def template(request: UserRequest) -> HttpResponse:
    """The empty sheet."""
    desk_of(request)
    return _sheet(sheets.template(), _("热线工单导入表.xlsx"))


def _sheet(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
