"""驾驶舱: the figures of the plans on one page, and the same on a board."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengjian.clocks.rules import elapsed_share
from hengjian.methods import charts
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.plans import standing
from hengjian.plans.following import report_period
from hengjian.plans.models import Duty, Plan, Report, Task
from hengjian.plans.views.load import chosen_plan

RED_SHOWN = 15
UNITS_SHOWN = 40
BOARD_ROWS = 12


@login_required
def cockpit(request: UserRequest) -> HttpResponse:
    """Figures, completion by unit and region, trend, red list; `?plan=` narrows it to one plan."""
    context = _figures(request)
    now = timezone.localtime()

    def meta(title: str, unit: str, source: str) -> charts.Meta:
        return charts.Meta(title, unit, context["period"], source, f"{now:%Y-%m-%d %H:%M}")

    english = (get_language() or "").startswith("en")
    if context["units"]:
        rows = [{"unit": row.name, **row.lights} for row in context["units"][:UNITS_SHOWN]]
        context["unit_chart"] = charts.stacked_states(
            rows, meta(_("各单位责任完成情况"), _("项"), _("任务台账")), by_title=_("单位"), english=english
        )
    if len(context["regions"]) > 1:
        context["region_chart"] = charts.stacked_states(
            context["regions"],
            meta(_("各地责任完成情况"), _("项"), _("任务台账")),
            by="region",
            by_title=_("地区"),
            english=english,
        )
    if any(row["value"] for row in context["trend"]):
        context["trend_chart"] = charts.line_with_target(
            context["trend"],
            meta(_("每月审核通过的报告"), _("份"), _("进展报告")),
            x_title=_("月份"),
            y_title=_("报告"),
        )
    return render(request, "plans/cockpit.html", context)


@login_required
def board(request: UserRequest) -> HttpResponse:
    """The same figures for a wall, 1920×1080; its figures are renewed every five minutes."""
    context = _figures(request)
    context["unit_count"] = len(context["units"])
    context["units"] = context["units"][:BOARD_ROWS]
    context["red"] = context["red"][:BOARD_ROWS]
    return render(request, "plans/board.html", context)


def _figures(request: UserRequest) -> dict[str, Any]:
    """What both pages show."""
    today = timezone.localdate()
    plan, plans = chosen_plan(request)
    shown = [plan] if plan is not None else plans
    tasks = visible(request.user, Task.objects.exclude(status=Task.Status.RETIRED)).filter(plan__in=shown)
    duties = visible(request.user, Duty.objects.all()).filter(task__plan__in=shown)
    reports = visible(request.user, Report.objects.all()).filter(duty__task__plan__in=shown)
    totals = standing.totals(tasks, duties, today, {report_period(row, today).label for row in shown})
    red = standing.red_list(duties)
    return {
        "title": _("驾驶舱"),
        "plan": plan,
        "plans": plans,
        "now": timezone.localtime(),
        "period": _period(shown),
        "totals": totals,
        "figures": _cards(totals, shown, plan, today),
        "units": standing.by_unit(duties),
        "regions": standing.by_region(duties),
        "trend": standing.accepted_by_month(reports, today),
        "red": list(red[:RED_SHOWN]),
        "red_total": red.count(),
        "ledger": reverse("plans:ledger") + "?light=red" + (f"&plan={plan.pk}" if plan is not None else ""),
    }


def _period(plans: list[Plan]) -> str:
    """From the first to the last year of the plans."""
    years = [day.year for row in plans for day in (row.period_start, row.period_end)] or [timezone.localdate().year]
    return f"{min(years)}" if min(years) == max(years) else f"{min(years)}～{max(years)}"


def _cards(totals: standing.Totals, plans: list[Plan], plan: Plan | None, today: Any) -> list[dict[str, Any]]:
    """The key figures with unit, period, source and the rows behind them."""
    period, source = _period(plans), _("任务台账")
    ledger = reverse("plans:ledger")
    of_plan = f"plan={plan.pk}" if plan is not None else ""
    shares = [elapsed_share(row.period_start, row.period_end, today) for row in plans]
    elapsed = round(100 * sum(shares) / len(shares)) if shares else 0

    def rows(query: str = "") -> str:
        return f"{ledger}?{'&'.join(part for part in (query, of_plan) if part)}"

    def shown(value: float | None) -> str:
        return "—" if value is None else f"{value:g}"

    def card(name: str, value: Any, unit: str, change: str = "", url: str = "", period: str = period) -> dict[str, Any]:
        return {
            "name": name,
            "value": value,
            "unit": unit,
            "change": change,
            "url": url,
            "period": period,
            "source": source,
        }

    as_of = f"{today:%Y-%m-%d}"
    return [
        card(_("任务平均进度"), totals.percent, "%", _("序时进度 %(n)s%%") % {"n": elapsed}, rows()),
        card(
            _("任务办结"),
            totals.closed_tasks,
            _("项"),
            _("共 %(n)s 项") % {"n": totals.tasks},
            rows("status=closed"),
        ),
        card(_("按期办结率"), shown(totals.on_time), "%", _("到期和已办结的责任中按期办结的占比")),
        card(_("逾期责任"), totals.overdue, _("项"), url=rows("due=late"), period=as_of),
        card(_("红灯责任"), totals.red, _("项"), url=rows("light=red"), period=as_of),
        card(_("待签收"), totals.unsigned, _("项"), period=as_of),
        card(_("本期报送率"), shown(totals.reported), "%", _("在办责任中本期已报送的占比")),
    ]
