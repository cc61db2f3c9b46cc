"""Recording verifications: one by a form, many by a sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import write_xlsx
from hengjian.documents.uploads import read_upload
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.views.downloads import download
from hengjian.systems.metrology.actions import RecordVerification
from hengjian.systems.metrology.forms import SheetForm, VerificationForm
from hengjian.systems.metrology.models import Instrument
from hengjian.systems.metrology.sheets import FIELDS, Report, record_sheet


@login_required
def record_page(request: UserRequest, pk: int) -> HttpResponse:
    """The instrument, its verifications so far, and the form for one more."""
    rows = visible(request.user, Instrument.objects.filter(register="instrument", pk=pk))
    entry = rows.select_related("unit", "region", "filer").first()
    if entry is None:
        raise Http404(_("没有这台器具，或不在您的查看范围内。"))
    require(request.user, "metrology.verify", entry)
    last = entry.verifications.order_by("-verified_on", "-pk").first()
    form = VerificationForm(request.POST or None, initial={"body": last.body if last else ""})
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            RecordVerification(user=request.user, instrument=entry, **given).execute()
        except ActionRefused as refused:
            form.add_error(None, f"{refused.message}{refused.next_step}")
        else:
            messages.success(request, _("检定已登记，下次检定日期已更新。"))
            return redirect("registers:entry", code="instrument", pk=entry.pk)
    context = {
        "title": _("登记检定"),
        "entry": entry,
        "form": form,
        "verifications": entry.verifications.order_by("-verified_on", "-pk"),
    }
    return render(request, "metrology/record.html", context, status=422 if form.errors else 200)


@login_required
def sheet_page(request: UserRequest) -> HttpResponse:
    """Upload a sheet: all rows are recorded, or none and every fault is told."""
    require(request.user, "metrology.verify")
    form = SheetForm(request.POST or None, request.FILES or None)
    report: Report | None = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            report = record_sheet(request.user, read_upload(upload), upload.name)
        except ActionRefused as refused:
            form.add_error("file", f"{refused.message}{refused.next_step}")
        else:
            if not report.faults:
                messages.success(request, _("已登记 %(n)d 条检定记录。") % {"n": report.recorded})
                return redirect("metrology:due")
    wrong = bool(form.errors) or bool(report and report.faults)
    context = {"title": _("批量登记检定"), "form": form, "report": report}
    return render(request, "metrology/sheet.html", context, status=422 if wrong else 200)


@login_required
@require_safe
def template(request: UserRequest) -> HttpResponse:
    """An empty sheet with the headings that are understood."""
    title = _("检定记录表")
    notes = [_("检定结果填合格、降级或不合格；证书没有写有效期的，有效期留空。")]
    return download(write_xlsx([item.titles[0] for item in FIELDS], [], title=title, notes=notes), f"{title}.xlsx")
