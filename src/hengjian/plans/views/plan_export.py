"""A plan as a file: Akoma Ntoso for document interchange, the task table for spreadsheets."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from hengjian.documents.sheets import write_csv, write_xlsx
from hengjian.methods.policy_export import task_rows, to_akoma_ntoso
from hengjian.parties.requests import UserRequest
from hengjian.plans.marking import written_out
from hengjian.plans.plan_reading import source_of
from hengjian.plans.views.plan import find_plan

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"xml": "application/akn+xml", "csv": "text/csv; charset=utf-8", "xlsx": XLSX}


@login_required
def plan_export(request: UserRequest, pk: int, suffix: str) -> HttpResponse:
    """The reading from which the plan was made, with the corrections of the office."""
    plan = find_plan(request, pk)
    source = source_of(plan)
    if source is None or suffix not in TYPES:
        raise Http404(_("这份计划没有可以导出的文本结构。"))
    if suffix == "xml":
        body = to_akoma_ntoso(written_out(source.draft))
    else:
        columns, rows = task_rows(written_out(source.draft))
        body = write_csv(columns, rows) if suffix == "csv" else write_xlsx(columns, rows, title=plan.title)
    response = HttpResponse(body, content_type=TYPES[suffix])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{plan.title}.{suffix}')}"
    return response
