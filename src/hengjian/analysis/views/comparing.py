"""Comparing 2 to 6 regions by indicators of one family; what must not be mixed is refused in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.analysis import readings
from hengjian.analysis.charting import regions_chart, series_chart
from hengjian.analysis.profile import THEMES, siblings, standing_words
from hengjian.analysis.readings import Reader, language
from hengjian.analysis.rules.comparing import (
    MOST_REGIONS,
    NotComparable,
    require_one_axis,
    require_regions,
    standing,
)
from hengjian.analysis.rules.peers import Peer, peers
from hengjian.analysis.rules.reading import Reading
from hengjian.analysis.views.common import chosen_region, region_groups, room_tabs
from hengjian.parties.models import Region
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest

#: Similarity is judged by what a region is, not by how good it is.
SIMILAR_BY = "economy"
PEERS = 4
TREND = 8


@login_required
@require_safe
def compare(request: UserRequest) -> HttpResponse:
    """The form, and below it the table and charts of what was chosen."""
    require(request.user, "analysis.open")
    own = chosen_region(request)
    alike = similar(own, request.user)
    codes = request.GET.getlist("regions")
    if request.GET.get("peers") and alike:
        codes = [own.code, *(peer.region for peer in alike)]
    places = list(Region.objects.filter(code__in=codes).order_by("code"))
    families = indicator_families(places or siblings(own), request.user)
    wanted = request.GET.getlist("indicator")
    if not wanted and families and places:
        first = next((family for family in families if family["scale"] == "percent"), families[0])
        wanted = [item["code"] for item in first["items"]]
    problem: NotComparable | None = None
    blocks: list[dict[str, Any]] = []
    if places or wanted:
        try:
            require_regions([place.code for place in places])
            blocks = compared(places, wanted, own.code, request.user)
        except NotComparable as error:
            problem = error
    names = {region.code: region.name for region in siblings(own)}
    context = {
        "title": _("地区比较"),
        "room_tabs": room_tabs("compare"),
        "own": own,
        "groups": region_groups(),
        "chosen": {place.code for place in places},
        "families": families,
        "wanted": set(wanted),
        "places": places,
        "blocks": blocks,
        "problem": refusal(problem) if problem else None,
        "ways": ways_out(problem, families, wanted),
        "alike": [{"name": names.get(peer.region, peer.region), **vars(peer)} for peer in alike],
        "most": MOST_REGIONS,
    }
    return render(request, "analysis/compare.html", context, status=422 if problem else 200)


def similar(own: Region, reader: Reader) -> list[Peer]:
    """The regions most like one's own among those of its level, by what the indicators of the economy say."""
    group = list(Region.objects.filter(level=own.level).order_by("code"))
    if len(group) < 2:
        return []
    newest = readings.queries.latest_values(regions=group, reader=reader)
    features: dict[str, dict[str, Decimal | None]] = {region.code: {} for region in group}
    for (code, region), row in newest.items():
        declared = readings.definition_of(row)
        # Sizes and structures (a percentage of the economy is one, too); an index of quality is neither.
        if declared.theme == SIMILAR_BY and declared.scale != "index_point":
            features[region][code] = row.value
    return peers(features, own.code, PEERS)


def indicator_families(places: Sequence[Region], reader: Reader) -> list[dict[str, Any]]:
    """Families of indicators that these regions have, by theme; members of one may stand side by side."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for declared in readings.available(places, reader):
        key = (declared.theme, declared.family, declared.scale)
        found.setdefault(key, {})[declared.code] = declared.said(language())
    order = list(THEMES)
    return [
        {
            "title": THEMES[theme],
            "scale": scale,
            "items": [{"code": code, "title": title} for code, title in sorted(items.items())],
        }
        for (theme, _family, scale), items in sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0]))
    ]


def compared(places: Sequence[Region], wanted: Sequence[str], own: str, reader: Reader) -> list[dict[str, Any]]:
    """Per indicator: the regions side by side for the newest period that most of them have, and their trends.

    Raises:
        NotComparable: the indicators are of different families or scales.
    """
    past = readings.history(places, reader, indicators=wanted, periods=TREND)
    require_one_axis(each[-1] for each in past.values())
    blocks = []
    for code in wanted:
        mine = {region: each for (indicator, region), each in past.items() if indicator == code}
        if not mine:
            continue
        period = common_period(mine)
        shown = [each for series in mine.values() for each in series if each.period == period]
        sample = shown[0]
        blocks.append(
            {
                "sample": sample,
                "said": period.said(language()),
                "rows": [
                    {"place": place, "now": now, "standing": standing_words(standing(now, shown)) if now else ""}
                    for place in places
                    for now in [next((each for each in shown if each.region == place.code), None)]
                ],
                "chart": regions_chart(sample.title, shown, own) if len(shown) > 1 else None,
                "trend": series_chart(
                    _("%(title)s的走势") % {"title": sample.title}, [(each[-1].place, each) for each in mine.values()]
                )
                if any(len(each) > 2 for each in mine.values())
                else None,
            }
        )
    return blocks


def common_period(series: Mapping[str, Sequence[Reading]]) -> Any:
    """The newest period that as many regions as possible have."""
    counts: dict[Any, int] = {}
    for each in series.values():
        for reading in each:
            counts[reading.period] = counts.get(reading.period, 0) + 1
    return max(counts, key=lambda period: (counts[period], period.last))


def refusal(problem: NotComparable) -> dict[str, str]:
    """Why it is refused, and what to do."""
    names = "、".join(f"“{name}”" for name in problem.names)
    if problem.problem == "scale":
        return {
            "title": _("这些指标的数值类型不同，不能放在一起比较。"),
            "text": _("%(names)s分别是百分比、指数点、得分或数量，不能同列、同轴、求平均。请分开比较。")
            % {"names": names},
        }
    if problem.problem == "family":
        return {
            "title": _("这些指标口径不同，不能放在一起比较。"),
            "text": _("%(names)s名称相近，但统计的对象和方法不同。请分开比较。") % {"names": names},
        }
    if problem.problem == "many":
        return {
            "title": _("最多比较 %(n)s 个地区。") % {"n": MOST_REGIONS},
            "text": _("更多地区请用“一张图”。"),
        }
    return {"title": _("请至少选两个地区。"), "text": _("可以用下面的“相近地区”一次选好。")}


def ways_out(
    problem: NotComparable | None, families: Sequence[Mapping[str, Any]], wanted: Sequence[str]
) -> list[dict[str, Any]]:
    """The families that the choice falls into, each to be compared on its own."""
    if problem is None or problem.problem not in ("scale", "family"):
        return []
    return [
        {"items": items}
        for family in families
        if (items := [item for item in family["items"] if item["code"] in set(wanted)])
    ]
