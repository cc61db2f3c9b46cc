"""The calendar of quality activities: what is planned and what was held, month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.pages.numbers import whole
from hengjian.parties.policies import may_anywhere, visible
from hengjian.parties.requests import UserRequest
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import entries
from hengjian.registers.showing import language
from hengjian.systems.honours.views.common import parts

REGISTER = "quality_activity"


@login_required
def calendar(request: UserRequest) -> HttpResponse:
    """One year: months with their activities, and the sums by campaign."""
    today = timezone.localdate()
    year = whole(request.GET.get("year")) or today.year
    year = min(max(year, 1978), today.year + 5)
    declared = register_type(REGISTER)
    campaigns = {choice.code: choice.said(language()) for choice in declared.field("campaign").choices}
    rows = visible(request.user, entries(REGISTER)).filter(
        extras__starts_on__gte=f"{year}-01-01", extras__starts_on__lte=f"{year}-12-31"
    )
    months: dict[int, list[dict[str, Any]]] = {}
    sums: dict[str, dict[str, int]] = {}
    for entry in rows.select_related("unit", "region").order_by("extras__starts_on", "pk"):
        start = date.fromisoformat(entry.extras["starts_on"])
        status = declared.status(entry.status)
        campaign = str(entry.extras.get("campaign", ""))
        reach = int(entry.extras.get("reach") or 0)
        months.setdefault(start.month, []).append(
            {
                "entry": entry,
                "days": days(start, entry.extras.get("ends_on")),
                "campaign": campaigns.get(campaign, campaign),
                "host": entry.extras.get("host", ""),
                "place": entry.extras.get("place", ""),
                "reach": reach,
                "light": "red" if entry.status == "planned" and start < today else status.light,
                "word": _("已过期未报") if entry.status == "planned" and start < today else status.said(language()),
            }
        )
        if status.counts:
            part = sums.setdefault(campaign, {"held": 0, "reach": 0})
            part["held"] += 1
            part["reach"] += reach
    context = {
        "title": _("质量活动日历"),
        "may_enter": may_anywhere(request.user, "registers.edit"),
        "tabs": parts("calendar"),
        "year": year,
        "before": year - 1,
        "after": year + 1,
        "months": sorted(months.items()),
        "sums": [(campaigns.get(code, code), part) for code, part in sorted(sums.items())],
        "held": sum(part["held"] for part in sums.values()),
        "reach": sum(part["reach"] for part in sums.values()),
    }
    return render(request, "honours/calendar.html", context)


def days(start: date, end: str | None) -> str:
    """`09-01` or `09-01 ～ 09-30`."""
    if not end or end == start.isoformat():
        return f"{start:%m-%d}"
    last = date.fromisoformat(end)
    return f"{start:%m-%d} ～ {last:%m-%d}" if last.year == start.year else f"{start:%m-%d} ～ {last}"
