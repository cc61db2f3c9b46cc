"""Pages of oversight: coverage, lots that never arrived."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.methods.periods import Period
from hengjian.parties.models import Region, Unit
from hengjian.parties.requests import UserRequest
from hengjian.rulebook.parameters.trace_evaluation import TraceEvaluation
from hengjian.trace.events.models import Event
from hengjian.trace.exchange import policies
from hengjian.trace.exchange.statistics import (
    Row,
    by_region,
    evaluation_rule,
    missing,
    month_bounds,
    subjects_with_uploads,
)
from hengjian.trace.exchange.views.common import acting_unit, download, month_of


@login_required
@require_safe
def coverage(request: UserRequest) -> HttpResponseBase:
    """Coverage by region with points, firms of the region, as a page or a sheet."""
    unit = acting_unit(request, policies.REPORT)
    period = month_of(request)
    root = _root(request, unit)
    rows = by_region(period, root)
    rule = evaluation_rule(root.code, period.last)
    typed = rule.typed(TraceEvaluation)
    english = (get_language() or "").startswith("en")
    titles = [item.title_en if english and item.title_en else item.title for item in typed.items]
    if request.GET.get("export") == "xlsx":
        return _coverage_sheet(rows, titles, period)
    start, end = month_bounds(period)
    firms = subjects_with_uploads(start, end, Region.objects.within(root).values_list("pk", flat=True))
    silent = [row for row in firms if not row["uploads"]]
    context = {
        "title": _("追溯覆盖与断链"),
        "rows": [(row, [_share(part) for part in row.shares]) for row in rows],
        "titles": titles,
        "rule": rule,
        "period": period,
        "previous": period.shift(-1).code,
        "root": root,
        "silent": silent[:200],
        "silent_count": len(silent),
        "subjects": len(firms),
        "now": timezone.now(),
        "timely_hours": typed.timely_hours,
    }
    return render(request, "trace_exchange/coverage.html", context)


def _root(request: UserRequest, unit: Unit) -> Region:
    """The region of the address, inside the reader's own."""
    code = request.GET.get("region", "")
    if not code:
        return unit.region
    return get_object_or_404(Region.objects.within(unit.region), code=code)


def _share(part: tuple[int, int]) -> tuple[int, int, str]:
    done, of = part
    return done, of, f"{100 * done / of:.1f}%" if of else "—"


def _coverage_sheet(rows: list[Row], titles: list[str], period: Period) -> HttpResponseBase:
    columns = [SheetColumn(_("地区"), 20)]
    for title in titles:
        columns += [SheetColumn(f"{title}{_('（分子）')}"), SheetColumn(f"{title}{_('（分母）')}")]
    columns += [SheetColumn(_("查询次数")), SheetColumn(_("得分（权重为系统假定）"))]
    cells = [
        [row.name, *(number for part in row.shares for number in part), row.figures.lookups, row.score] for row in rows
    ]
    return download(write_xlsx(columns, cells), _("追溯覆盖") + f"-{period.code}.xlsx", "xlsx")


@login_required
@require_safe
def missing_links(request: UserRequest) -> HttpResponseBase:
    """Lots that one node sent and none received."""
    unit = acting_unit(request, policies.REPORT)
    period, root = month_of(request), _root(request, unit)
    rows = missing(period, list(Region.objects.within(root).values_list("pk", flat=True)))
    if request.GET.get("export") == "xlsx":
        columns = [SheetColumn(_("发出日期"), 18), SheetColumn(_("发出单位"), 36), SheetColumn(_("地区"), 16)]
        columns += [SheetColumn(_("批次标识"), 50), SheetColumn(_("数量"), 12), SheetColumn(_("去向"), 40)]
        cells = [
            [
                row.event.event_time,
                row.event.party.name,
                row.event.party.region.name,
                row.key,
                row.quantity,
                _to(row.event),
            ]
            for row in rows
        ]
        return download(write_xlsx(columns, cells), _("断链清单") + f"-{period.code}.xlsx", "xlsx")
    context = {
        "title": _("断链清单"),
        "rows": [(row, _to(row.event)) for row in rows],
        "period": period,
        "previous": period.shift(-1).code,
        "root": root,
    }
    return render(request, "trace_exchange/missing.html", context)


def _to(event: Event) -> str:
    """Where to, as the sender said it."""
    named = str(event.document.get("hj:buyer_name") or "")
    targets = [str(item.get("destination", "")) for item in event.document.get("destinationList") or ()]
    return named or "、".join(target.rpartition("/")[2] for target in targets)
