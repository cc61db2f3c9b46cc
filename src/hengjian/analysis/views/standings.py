"""The page of a place: beside which regions a value stands, with what intervals, and which of them are surely ahead."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hengjian.analysis import readings
from hengjian.analysis.charting import regions_chart
from hengjian.analysis.profile import siblings, standing_words
from hengjian.analysis.readings import language
from hengjian.analysis.rules.comparing import MOST_REGIONS, beside, standing
from hengjian.analysis.views.common import room_tabs
from hengjian.parties.models import Region
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest

SIDE_WORDS = {
    "ahead": gettext_lazy("确定在前"),
    "level": gettext_lazy("分不出先后"),
    "behind": gettext_lazy("确定在后"),
}


@login_required
@require_safe
def standing_page(request: UserRequest, pk: int) -> HttpResponse:
    """How the place of a value came about: among its siblings, or among the regions that the address names.

    Raises:
        Http404: no such value for this reader, or one that has no place: of a break-down, or neither good nor bad.
    """
    require(request.user, "analysis.open")
    rows = readings.queries.observations(request.user).filter(pk=pk, dimensions="", value__isnull=False)
    row = next(iter(readings.loaded(rows)), None)
    if row is None:
        raise Http404(_("没有这个值，或不在您的权限范围内。"))
    own = readings.reading(row)
    chosen = request.GET.getlist("regions")[:MOST_REGIONS]
    group = list(Region.objects.filter(code__in=chosen).order_by("code")) if chosen else siblings(row.region)
    there = {
        region: each
        for (_code, region), each in readings.of_period([own.code], group, own.period, request.user).items()
        if each.value is not None
    } | {own.region: own}
    place = standing(own, there.values())
    if place is None:
        raise Http404(_("这个指标不分好坏，没有位次。"))
    sides = beside(own, there.values())
    sign = -1 if own.direction == "lower" else 1
    order = sorted(there.values(), key=lambda each: (-sign * (each.value or 0), each.region))
    context: dict[str, Any] = {
        "title": _("%(title)s的位次") % {"title": own.title},
        "room_tabs": room_tabs(""),
        "own": own,
        "said": own.period.said(language()),
        "place": place,
        "words": standing_words(place),
        "ahead": list(sides.values()).count("ahead"),
        "behind": list(sides.values()).count("behind"),
        "lines": [{"now": each, "side": SIDE_WORDS.get(sides.get(each.region, ""), "")} for each in order],
        "missing": [each for each in group if each.code not in there],
        "with_intervals": any(each.interval for each in order),
        "chart": regions_chart(own.title, order, own.region) if len(order) > 1 else None,
        "chosen": bool(chosen),
    }
    return render(request, "analysis/standing.html", context)
