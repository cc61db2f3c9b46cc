"""What the pages of the exchange share: for whom one acts, months in addresses, downloads."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hengjian.methods.periods import Period, parse_period, period_of
from hengjian.pages.errors import UserError
from hengjian.parties.models import Unit
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest

TYPES = {
    "jsonl": "application/jsonl",
    "xml": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def acting_unit(request: UserRequest, verb: str) -> Unit:
    """The unit of whoever asks, who must hold the verb."""
    require(request.user, verb)
    if request.user.unit is None:
        raise UserError(_("您的账号没有所属单位。"), _("请联系系统管理员。"), status=403)
    return request.user.unit


def month_of(request: UserRequest) -> Period:
    """`period=2026-03`; by default the running month.

    Raises:
        UserError: no month, or one that has not begun.
    """
    text = request.GET.get("period", "")
    today = period_of(timezone.localdate(), "month")
    if not text:
        return today
    try:
        found = parse_period(text)
    except ValueError:
        found = None
    if found is None or found.frequency != "month" or found > today or found.year < 2010:
        raise UserError(_("月份应写成“2026-01”，且不晚于本月。"), _("请更正后重新查询。"))
    return found


def download(data: bytes | Iterable[bytes], name: str, form: str) -> HttpResponseBase:
    """A file to be saved, whole or as it is written."""
    response: HttpResponseBase
    if isinstance(data, bytes):
        response = HttpResponse(data, content_type=TYPES[form])
    else:
        response = StreamingHttpResponse(data, content_type=TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
