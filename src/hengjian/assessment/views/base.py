"""What the views share."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from hengjian.assessment.models import Entry, Round
from hengjian.assessment.sight import Sight, sight_of
from hengjian.documents.uploads import read_upload
from hengjian.pages.components import light
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
LIGHTS = {"closed": "green", "rectification": "amber", "publication": "blue", "circular": "blue"}


def find_round(request: UserRequest, pk: int) -> tuple[Round, Sight]:
    """The round, where the person has any part in it."""
    rows = visible(request.user, Round.objects.filter(pk=pk))
    row = rows.select_related("unit", "region", "scheme").first()
    if row is None:
        raise Http404(_("没有这次考核，或不在您的查看范围内。"))
    return row, sight_of(request.user, row)


def find_entry(request: UserRequest, pk: int) -> tuple[Entry, Sight]:
    """The object, where the person may open it: the assessed body its own, the office and the panel all."""
    rows = visible(request.user, Entry.objects.filter(pk=pk))
    entry = rows.select_related("round__unit", "round__region", "round__scheme", "unit", "region").first()
    if entry is None:
        raise Http404(_("没有这个考核对象，或不在您的查看范围内。"))
    sight = sight_of(request.user, entry.round)
    if not sight.entry(entry):
        raise Http404(_("没有这个考核对象，或不在您的查看范围内。"))
    return entry, sight


def attempt(request: UserRequest, action: Action[Any], done: str, form: Form | None = None) -> bool:
    """Execute; a refusal becomes an error of the form, so that nothing typed is lost, or a message."""
    try:
        action.execute()
    except ActionRefused as error:
        words = f"{error.message}{error.next_step}"
        if form is not None:
            form.add_error(None, words)
        else:
            messages.error(request, words)
        return False
    messages.success(request, done)
    return True


def uploads(request: UserRequest, name: str = "upload") -> list[tuple[bytes, str]]:
    """(bytes, name) of the uploaded files."""
    found = []
    for upload in request.FILES.getlist(name):
        assert isinstance(upload, UploadedFile)
        found.append((read_upload(upload), upload.name or ""))
    return found


def download(data: bytes, name: str) -> HttpResponse:
    """A file to keep; its kind is in its name."""
    response = HttpResponse(data, content_type=TYPES[name.rsplit(".", 1)[-1]])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def state_light(row: Round) -> str:
    return light(LIGHTS.get(row.state, "blue"), row.get_state_display())
