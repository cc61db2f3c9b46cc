"""What the views share."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from hengjian.credit.records.models import CreditRecord
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attempt(request: UserRequest, action: Action[Any], form: Form | None, done: str) -> Any:
    """Execute; a refusal becomes an error of the form, so that nothing typed is lost. None: refused."""
    try:
        result = action.execute()
    except ActionRefused as error:
        if form is None:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return None
    messages.success(request, done)
    return result


def find_record(request: UserRequest, key: UUID) -> CreditRecord:
    """A record that the reader may see; a sealed one does not exist."""
    rows = CreditRecord.objects.filter(key=key).select_related("enterprise__region", "organ__region")
    found = visible(request.user, rows).first()
    if found is None:
        raise Http404(_("没有这条信用记录，或不在您的查看范围内。"))
    return found


def download(data: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
