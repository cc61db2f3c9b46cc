"""A return out as a sheet and in again: nothing is saved before the reporter has seen what would change."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.documents.uploads import read_upload
from hengjian.pages.errors import UserError
from hengjian.pages.forms import HengjianForm
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest
from hengjian.returns.actions import CellInput, SaveCells
from hengjian.returns.models import Cell, Return
from hengjian.returns.reading import sheet_of
from hengjian.returns.sheets import read_return, write_sheet
from hengjian.returns.views.common import find_return, workbook

SALT, VALID = "returns.import", 3600


class UploadForm(HengjianForm):
    """The filled-in sheet."""

    file = forms.FileField(label=gettext_lazy("填好的表格"))


@login_required
@require_safe
def sheet_file(request: UserRequest, pk: int) -> HttpResponse:
    entry = find_return(request, pk)
    opening = entry.opening
    notes = [
        f"{_('填报单位')}：{entry.unit.name}",
        f"{_('表号')} {opening.form.table}  {_('批准文号')} {opening.form.survey.number}  {_('有效期至')} "
        f"{opening.form.survey.valid_to.isoformat()}",
    ]
    return workbook(write_sheet(opening.layout, sheet_of(entry), opening.title, notes), f"{opening.title} {entry.unit}")


@login_required
@never_cache
def import_page(request: UserRequest, pk: int) -> HttpResponse:
    """Upload, look, confirm."""
    entry = find_return(request, pk)
    SaveCells(user=request.user, entry=entry, cells=()).check()
    if "confirmed" in request.POST:
        return _confirm(request, entry)
    form = UploadForm(request.POST or None, request.FILES or None)
    context = {"title": _("导入“%(form)s”") % {"form": entry.opening.title}, "entry": entry, "form": form}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        incoming = read_return(entry, read_upload(upload), upload.name or "")
        told = [[cell.row, cell.column, cell.text, cell.version] for cell in incoming.cells]
        context |= {
            "incoming": incoming,
            "signed": signing.dumps({"entry": entry.pk, "cells": told, "name": upload.name}, salt=SALT, compress=True),
        }
    return render(request, "returns/import.html", context)


def _confirm(request: UserRequest, entry: Return) -> HttpResponse:
    require(request.user, "returns.fill", entry)
    try:
        given = signing.loads(request.POST["confirmed"], salt=SALT, max_age=VALID)
    except signing.BadSignature:
        raise UserError(_("导入的内容已过期。"), _("请重新上传表格。")) from None
    if given["entry"] != entry.pk:
        raise UserError(_("导入的内容不属于这份报表。"), _("请重新上传表格。"))
    cells = [CellInput(*cell) for cell in given["cells"]]
    saved = SaveCells(
        user=request.user, entry=entry, cells=cells, origin=Cell.Origin.IMPORTED, source=str(given["name"])[:200]
    ).execute()
    count = len(saved.versions)
    messages.success(request, ngettext("已导入 %(n)d 格。", "已导入 %(n)d 格。", count) % {"n": count})
    if saved.conflicts:
        messages.warning(request, _("%(n)d 格在上传后被他人修改，未覆盖。") % {"n": len(saved.conflicts)})
    return redirect(entry)
