"""The state of testing and certification: capability by region, renewals ahead, flagged reports."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import write_xlsx
from hengjian.parties.policies import may_anywhere, require, visible
from hengjian.plans.views.downloads import download
from hengjian.registers.queries import entries, valid_count
from hengjian.systems.certification import queries
from hengjian.systems.certification.checking import code_list


@login_required
@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """`?export=xlsx`: the table of capability."""
    require(request.user, "registers.view")
    today = timezone.localdate()
    fields = code_list("cma-fields", today)
    found = queries.capability(today, fields)
    rows = [(found.names[region], found.row(region)) for region in found.regions]
    totals = [found.total(field) for field in found.fields]
    columns = [fields[field] for field in found.fields]
    if request.GET.get("export") == "xlsx":
        title = _("检验检测能力分布")
        body = [[name, *cells] for name, cells in rows] + [[_("合计"), *totals]]
        return download(write_xlsx([_("地区"), *columns], body, title=title), f"{title}.xlsx")
    renewals = [
        item
        for register in ("institution", "certificate")
        for item in queries.renewals(visible(request.user, entries(register)), today)
    ]
    context: dict[str, Any] = {
        "title": _("检验检测认证"),
        "today": today,
        "capability": found,
        "columns": columns,
        "rows": [(name, list(zip(columns, cells, strict=True))) for name, cells in rows],
        "totals": list(zip(columns, totals, strict=True)),
        "renewals": [(item, item.is_late(today)) for item in sorted(renewals, key=lambda item: item.apply_by)][:20],
        "flagged": visible(request.user, queries.flagged_reports()).count(),
        "certificates": valid_count("certificate", today),
        "centres": valid_count("test_centre", today),
        "abroad": valid_count("international_cooperation", today, extras__kind="centre"),
        "recognised": valid_count("international_cooperation", today, extras__kind="recognition"),
        "may_import": may_anywhere(request.user, "registers.edit"),
        "may_match": may_anywhere(request.user, "cases.handle"),
    }
    return render(request, "certification/home.html", context)
