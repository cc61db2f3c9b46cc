"""减负计数: what units did not have to fill in again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.sheets import write_xlsx
from hengjian.methods import charts
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.plans import burden
from hengjian.plans.models import Report
from hengjian.plans.views.downloads import download


@login_required
def burden_page(request: UserRequest) -> HttpResponse:
    """Per unit and report period, with the sum and the course over the year; `?year=`, `?export=xlsx`."""
    now = timezone.localtime()
    years = sorted(
        {day.year for day in visible(request.user, Report.objects.all()).dates("submitted_at", "year")} | {now.year}
    )
    wanted = request.GET.get("year", "")
    year = next((known for known in years if str(known) == wanted), now.year)
    reports = visible(request.user, burden.accepted(year))
    rows = list(burden.by_unit_and_period(reports))
    columns = [_("单位"), _("报送期"), _("预填未改"), _("引用台账事实"), _("免填报表"), _("合计"), _("报告")]
    table = [
        [row["unit"], row["period"], row["kept"], row["facts"], row["no_change"], _sum(row), row["reports"]]
        for row in rows
    ]
    if request.GET.get("export") == "xlsx":
        title = _("%(year)s年减负计数") % {"year": year}
        notes = [_("导出时间：%(time)s") % {"time": f"{now:%Y-%m-%d %H:%M}"}]
        return download(write_xlsx(columns, table, title=title, notes=notes), f"{title}.xlsx")
    context: dict[str, Any] = {
        "title": _("减负计数"),
        "year": year,
        "years": years,
        "saved": burden.saved_in(reports),
        "columns": columns,
        "table": table,
        "named_rows": [list(zip(columns, row, strict=True)) for row in table],
        "chart": None,
    }
    periods: dict[str, int] = {}
    for row in rows:
        periods[row["period"]] = periods.get(row["period"], 0) + _sum(row)
    if len(periods) > 1:
        context["chart"] = charts.line_with_target(
            [{"period": period, "value": periods[period]} for period in sorted(periods)],
            charts.Meta(_("各报送期少填的项数"), _("项"), str(year), _("进展报告"), f"{now:%Y-%m-%d %H:%M}"),
            x_title=_("报送期"),
            y_title=_("少填"),
        )
    return render(request, "plans/burden.html", context)


def _sum(row: dict[str, Any]) -> int:
    return int(row["kept"] + row["facts"] + row["no_change"])
