"""Taking in digital calibration certificates."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengjian.documents.uploads import read_upload
from hengjian.parties.policies import Scope, require
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.certification.actions import ImportCalibration
from hengjian.systems.certification.forms import CalibrationForm


@login_required
def import_page(request: UserRequest) -> HttpResponse:
    """Upload the XML; the record opens, also when it was known already."""
    unit = request.user.unit
    require(request.user, "registers.edit", Scope(unit=unit, region=unit.region) if unit else None)
    form = CalibrationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and unit is not None:
        upload = form.cleaned_data["file"]
        try:
            taken = ImportCalibration(
                user=request.user, data=read_upload(upload), name=upload.name, unit=unit, region=unit.region
            ).execute()
        except ActionRefused as refused:
            form.add_error("file", f"{refused.message}{refused.next_step}")
        else:
            told = _("这份证书已经登记过，没有重复登记。") if taken.repeated else _("证书已登记，原文已保存。")
            messages.success(request, told)
            return redirect("registers:entry", code="calibration_certificate", pk=taken.entry.pk)
    context = {"title": _("导入数字校准证书"), "form": form}
    return render(request, "certification/calibration.html", context, status=422 if form.errors else 200)
