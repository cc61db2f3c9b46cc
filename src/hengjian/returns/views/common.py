"""What the pages share."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.returns.models import Return

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def find_return(request: UserRequest, pk: int) -> Return:
    """The return, where the reader may see it.

    Raises:
        Http404: there is none, or it is not theirs; the two look alike on purpose.
    """
    rows = visible(request.user, Return.objects.filter(pk=pk))
    entry = rows.select_related("opening", "unit", "region", "organiser", "completed_by").first()
    if entry is None:
        raise Http404(_("没有这份报表，或不在您的权限范围内。"))
    return entry


def workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response
