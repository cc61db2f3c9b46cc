"""New entries and changes, on the form that the declaration gives."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.actions import store_checked
from hengjian.documents.uploads import Checked, UploadRefused, check_upload, read_upload
from hengjian.methods import uscc
from hengjian.parties.policies import Forbidden, require
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.actions import (
    ChangeEntry,
    ChangeFiledEntry,
    CreateEntry,
    EntryRefused,
    FileEntry,
)
from hengjian.registers.declarations import RegisterType
from hengjian.registers.entering import UNCHANGED, closed_message
from hengjian.registers.forms import EntryForm, has_validity, initial_of
from hengjian.registers.keepers import keeper_for
from hengjian.registers.models import EntryBase
from hengjian.registers.views.common import area_of, find_entry, find_register, may_file

# (field code, bytes, what the check said)
Files = list[tuple[str, bytes, Checked]]


@login_required
def new(request: UserRequest, code: str) -> HttpResponse:
    declared = find_register(code)
    filing = may_file(request.user, declared)
    require(request.user, "registers.file" if filing else "registers.edit")
    form = EntryForm(
        declared,
        request.POST or None,
        request.FILES or None,
        user=request.user,
        filing=filing,
        initial=_prefilled(request, declared, filing),
    )
    if request.method == "POST" and form.is_valid():
        entry = _create(request, declared, form, filing)
        if entry is not None:
            messages.success(request, _("已登记“%(entry)s”。") % {"entry": entry})
            return redirect("registers:entry", code=code, pk=entry.pk)
    context = {
        "declared": declared,
        "area": area_of(declared),
        "form": form,
        "filing": filing,
        "closed": closed_message(declared, timezone.localdate()),
    }
    return render(request, "registers/edit.html", context, status=422 if form.is_bound else 200)


def _prefilled(request: UserRequest, declared: RegisterType, filing: bool) -> dict[str, Any]:
    """What the address says about declared fields, and an enterprise's own code."""
    found = {spec.code: request.GET[spec.code] for spec in declared.fields if spec.code in request.GET}
    unit = request.user.unit
    if filing and unit is not None and declared.subject_field and uscc.is_valid(unit.key.upper()):
        found[declared.subject_field] = unit.key.upper()
    return found


def _create(request: UserRequest, declared: RegisterType, form: EntryForm, filing: bool) -> EntryBase | None:
    """The entry with its files, together or not at all; None when something is wrong, which the form then tells."""
    region = form.common("region")
    given: dict[str, Any] = {
        "user": request.user,
        "register": declared.code,
        "region": region,
        "key": form.common("key") or "",
        "valid_from": form.common("valid_from"),
        "valid_to": form.common("valid_to"),
        "on": form.common("on") or timezone.localdate(),
    }
    files = _files(form)
    if files is None:
        return None
    try:
        if filing:
            enterprise = request.user.unit
            assert enterprise is not None
            given |= {"unit": keeper_for(declared, enterprise, region), "filer": enterprise}
            action: CreateEntry = FileEntry(values=_with_files(form, files), **given)
        else:
            unit = form.common("unit") or form.only_unit
            if unit is None:
                raise ActionRefused(
                    _("您所在的单位不登记《%(register)s》。") % {"register": declared.title},
                    _("请转给负责这本登记册的单位登记。"),
                    status=403,
                )
            action = CreateEntry(values=_with_files(form, files), unit=unit, **given)
        with transaction.atomic():
            entry = action.execute()
            _keep(files, entry, request.user.ref)
        return entry
    except ActionRefused as error:
        refused(form, error)
    except Forbidden as error:
        form.add_error(None, error.reason)
    return None


def refused(form: EntryForm, error: ActionRefused) -> None:
    """The action's complaint, at the fields that it is about."""
    if isinstance(error, EntryRefused):
        form.take_errors(error.errors)
    else:
        form.add_error(None, f"{error.message}{error.next_step}")


def _files(form: EntryForm) -> Files | None:
    """The uploaded files, checked; None when one may not come in."""
    found: Files = []
    for spec in form.declared.fields:
        upload = form.cleaned_data.get(spec.code) if spec.type == "file" else None
        if not isinstance(upload, UploadedFile):
            continue
        try:
            data = read_upload(upload)
            found.append((spec.code, data, check_upload(data, upload.name or "")))
        except UploadRefused as error:
            form.add_error(spec.code, f"{error.message}{error.next_step}")
    return None if form.errors else found


def _with_files(form: EntryForm, files: Files) -> dict[str, Any]:
    values = form.posted()
    values |= {code: f"sha256:{hashlib.sha256(data).hexdigest()}" for code, data, _checked in files}
    return values


def _keep(files: Files, entry: EntryBase, by: str) -> None:
    for _code, data, checked in files:
        store_checked(data, checked, subject=entry.ref, stored_by=by)


@login_required
def change(request: UserRequest, code: str, pk: int) -> HttpResponse:
    declared = find_register(code)
    entry = find_entry(request.user, declared, pk)
    filed = entry.filer_id is not None and entry.filer_id == request.user.unit_id
    require(request.user, "registers.file" if filed else "registers.edit", entry)
    given: dict[str, Any] = {"user": request.user, "entry": entry, "filing": filed}
    form = EntryForm(
        declared, request.POST or None, request.FILES or None, initial=initial_of(entry, declared), **given
    )
    if request.method == "POST" and form.is_valid() and _change(request, declared, entry, form, filed):
        messages.success(request, _("已保存变更。"))
        return redirect("registers:entry", code=code, pk=pk)
    context = {"declared": declared, "area": area_of(declared), "form": form, "entry": entry}
    return render(request, "registers/edit.html", context, status=422 if form.is_bound else 200)


def _change(request: UserRequest, declared: RegisterType, entry: EntryBase, form: EntryForm, filed: bool) -> bool:
    files = _files(form)
    if files is None:
        return False
    days = has_validity(declared)
    action = (ChangeFiledEntry if filed else ChangeEntry)(
        user=request.user,
        entry=entry,
        values=_with_files(form, files),
        key=None if declared.key.series else form.common("key"),
        valid_from=form.common("valid_from") if days else UNCHANGED,
        valid_to=form.common("valid_to") if days else UNCHANGED,
        on=form.common("on") or timezone.localdate(),
        reason=form.common("reason") or "",
    )
    try:
        with transaction.atomic():
            action.execute()
            _keep(files, entry, request.user.ref)
    except ActionRefused as error:
        refused(form, error)
        return False
    return True
