"""Statistics of lift rescues: rate, minutes, causes, places, makers, maintainers; coverage by insurance."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.methods.charts import Meta, line_with_target
from hengjian.parties.models import Region
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.rulebook.parameters.terms import Terms
from hengjian.systems.equipment.models import Lift, Rescue
from hengjian.systems.equipment.queries import Statistics, coverage, overdue_lifts, statistics
from hengjian.systems.equipment.views.common import cause_words, cities_for, months_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def arrival_limits(on: date) -> dict[str, int]:
    """Minutes to arrive by kind of area."""
    found = {}
    for kind, variant in (("urban", "lift-rescue-urban"), ("other", "lift-rescue-rural")):
        term = rulebook.at("terms", "000000", on, variant).typed(Terms).term
        assert term is not None
        found[kind] = term.amount
    return found


@login_required
@require_safe
def statistics_page(request: UserRequest) -> HttpResponse:
    """The period's statistics; `?export=xlsx` gives every table as a sheet."""
    require(request.user, "cases.view")
    first, last = months_of(request)
    cities = cities_for(request.user)
    city = next((item for item in cities if item.code == request.GET.get("city")), None)
    rescues, lifts = visible(request.user, Rescue.objects.all()), visible(request.user, Lift.objects.all())
    if city is not None:
        within = Region.objects.within(city)
        rescues, lifts = rescues.filter(region__in=within), lifts.filter(region__in=within)
    found = statistics(rescues, lifts, first, last, arrival_limits(last))
    causes = cause_words(last)
    if request.GET.get("export") == "xlsx":
        return _sheet(found, causes)
    today = timezone.localdate()
    context = {
        "title": _("电梯困人统计"),
        "found": found,
        "period": f"{first:%Y-%m} ～ {last:%Y-%m}",
        "causes": [(causes.get(code, code), share) for code, share in found.causes],
        "chart": _chart(found) if found.entrapments else None,
        "cities": cities,
        "city": city,
        "start": f"{first:%Y-%m}",
        "end": f"{last:%Y-%m}",
        "rate_unit": _("%/月"),
        "coverage": coverage(today, lifts),
        "overdue": {what: overdue_lifts(lifts, what, today).count() for what in ("inspection", "maintenance")},
        "today": today,
        "tops": [
            (_("困人最多的使用单位"), found.places),
            (_("困人最多的制造单位"), found.makers),
            (_("困人最多的维护保养单位"), found.maintainers),
        ],
    }
    return render(request, "equipment/statistics.html", context)


def _chart(found: Statistics) -> dict[str, Any]:
    rows = [{"period": f"{month.start:%y-%m}", "value": float(month.rate or 0)} for month in found.months]
    meta = Meta(
        title=_("每月困人率"),
        unit="%",
        period=f"{found.first:%Y-%m} ～ {found.last:%Y-%m}",
        source=_("96333 应急处置记录"),
        data_time=timezone.localtime().strftime("%Y-%m-%d %H:%M"),
    )
    return line_with_target(rows, meta, x_title=_("月份"), y_title=_("困人率"))


def _sheet(found: Statistics, causes: dict[str, str]) -> HttpResponse:
    """All tables one below the other, each row with the table's name."""
    columns = [SheetColumn(name) for name in (_("表"), _("项目"), _("困人起数"), _("在用电梯"), _("数值"), _("单位"))]
    rows: list[tuple[Any, ...]] = [
        (_("合计"), _("困人率"), found.entrapments, found.lifts, found.rate, _("%/月")),
        (_("合计"), _("平均到场"), None, None, found.to_arrival, _("分钟")),
        (_("合计"), _("平均解困"), None, None, found.to_release, _("分钟")),
        (_("合计"), _("按时到场率"), found.in_time.part, found.in_time.whole, found.in_time.percent, "%"),
    ]
    rows += [(_("分月"), f"{row.start:%Y-%m}", row.rescues, row.lifts, row.rate, "%") for row in found.months]
    rows += [(_("原因"), causes.get(code, code), share.part, None, share.percent, "%") for code, share in found.causes]
    for title, tops in ((_("使用单位"), found.places), (_("制造单位"), found.makers), (_("维保"), found.maintainers)):
        rows += [(title, row.name, row.rescues, row.lifts, row.rate, _("%/月")) for row in tops]
    title = _("电梯困人统计")
    period = f"{found.first:%Y-%m}～{found.last:%Y-%m}"
    response = HttpResponse(write_xlsx(columns, rows, title=f"{title} {period}"), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="lift-rescues-{found.first:%Y%m}-{found.last:%Y%m}.xlsx"'
    return response
