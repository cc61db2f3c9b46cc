"""Upload or paste a plan."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from hengjian.documents.actions import store_checked
from hengjian.documents.uploads import UploadRefused, check_upload
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.imports import StartImport
from hengjian.plans.import_forms import EXTENSIONS, StartForm
from hengjian.plans.models import PlanImport


@login_required
def import_start(request: UserRequest) -> HttpResponse:
    require(request.user, "plans.import")
    if request.method != "POST":
        form = StartForm(user=request.user, initial={"revises": request.GET.get("revises")})
        return render(request, "plans/import_start.html", {"form": form})
    form = StartForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        try:
            draft = _start(request, form.cleaned_data)
        except ActionRefused as error:
            field = "file" if isinstance(error, UploadRefused) or form.cleaned_data["file"] else "pasted"
            form.add_error(field, f"{error.message}{error.next_step}")
        else:
            return redirect("plans:import_review", pk=draft.pk)
    return render(request, "plans/import_start.html", {"form": form}, status=422)


def _start(request: UserRequest, data: dict[str, Any]) -> PlanImport:
    """The draft and its original come into being together or not at all."""
    common = {"unit": data["unit"], "region": data["region"], "revises": data.get("revises")}
    file = data["file"]
    if file is None:
        return StartImport(user=request.user, data=data["pasted"], **common).execute()
    content = file.read()
    checked = check_upload(content, file.name, EXTENSIONS)
    address = f"sha256:{hashlib.sha256(content).hexdigest()}"
    with transaction.atomic():
        draft = StartImport(
            user=request.user, data=content, filename=checked.name, file_hash=address, **common
        ).execute()
        store_checked(content, checked, subject=f"import:{draft.pk}", stored_by=request.user.ref)
    return draft
