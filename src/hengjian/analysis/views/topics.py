"""Pages on one field each: supervision checks, satisfaction, air; each says what its figures may not be taken for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.analysis import readings
from hengjian.analysis.charting import regions_chart, series_chart, trend_chart
from hengjian.analysis.profile import change_words
from hengjian.analysis.readings import Reader, definition_of, language
from hengjian.analysis.rules.comparing import change
from hengjian.analysis.rules.panels import Panel, like_for_like, wilson_percent
from hengjian.analysis.rules.reading import Reading, plain, shown
from hengjian.analysis.views.common import chosen_region, region_groups, room_tabs
from hengjian.ledger.drafts import SHARED
from hengjian.ledger.queries import facts
from hengjian.parties.models import Region
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest
from hengjian.rulebook import RuleNotFound

RATES = "pass_rate.supervision"
COUNTS = "supervision."
AIR = "air."
MOST_ROWS = 30


def start(request: UserRequest, title: str, tab: str) -> tuple[Region, dict[str, Any]]:
    """What all pages of this module begin with."""
    require(request.user, "analysis.open")
    region = chosen_region(request)
    return region, {"title": title, "room_tabs": room_tabs(tab), "region": region, "groups": region_groups()}


def of_families(region: Region, reader: Reader, prefixes: Iterable[str], periods: int = 8) -> list[list[Reading]]:
    """The histories of all indicators whose family begins with one of these, by code."""
    wanted = tuple(prefixes)
    past = readings.history([region], reader, periods=periods)
    found = [each for each in past.values() if each[-1].family.startswith(wanted)]
    return sorted(found, key=lambda each: each[-1].code)


@login_required
@require_safe
def supervision(request: UserRequest) -> HttpResponse:
    """Batch and enterprise rate with intervals, what was drawn and inspected, break-downs, like for like."""
    region, context = start(request, _("监督抽查合格率"), "supervision")
    rates = of_families(region, request.user, [RATES])
    counts = [series[-1] for series in of_families(region, request.user, [COUNTS])]
    main = rates[0] if rates else []
    context |= {
        "rates": [rate_line(series) for series in rates],
        "counts": counts,
        "chart": trend_chart(main[-1].title, main) if len(main) > 2 else None,
        "cuts": cuts(main[-1], region, request.user) if main else [],
        "sample": main[-1] if main else None,
    }
    return render(request, "analysis/supervision.html", context)


def rate_line(series: Sequence[Reading]) -> dict[str, Any]:
    """A rate with its counts and its interval: its own, else Wilson's (`indicators:interval` says which)."""
    now, before = series[-1], series[-2] if len(series) > 1 else None
    interval = now.interval
    if not interval and now.numerator is not None and now.denominator:
        ends = wilson_percent(now.numerator, now.denominator)
        interval = f"{shown(ends[0], 2)}～{shown(ends[1], 2)}" if ends else ""
    failed = now.denominator - now.numerator if now.numerator is not None and now.denominator else None
    return {
        "now": now,
        "said": now.period.said(language()),
        "interval": interval,
        "seen": "" if now.denominator is None else plain(now.denominator),
        "failed": "" if failed is None else plain(failed),
        "change": change_words(change(now, before), now),
    }


def cuts(main: Reading, region: Region, reader: Reader) -> list[dict[str, Any]]:
    """Every break-down of the rate that has values, with the comparison over what was checked both times."""
    rows = readings.queries.observations(reader).filter(indicator=main.code, region=region, value__isnull=False)
    rows = rows.exclude(dimensions="").exclude(dimensions__contains=";")
    found: dict[str, dict[str, dict[str, Reading]]] = {}
    title: dict[str, str] = {}
    for row in rows.order_by("first"):
        ((name, code),) = row.broken_down.items()
        found.setdefault(name, {}).setdefault(row.period, {})[code] = readings.reading(row)
        declared = definition_of(row).dimensions.get(name)
        title[name] = declared.said(language()) if declared else name
    result = []
    for name, periods in sorted(found.items()):
        now = periods.get(main.period.code)
        if not now:
            continue
        before = periods.get(main.period.year_earlier.code) or periods.get(main.period.previous.code) or {}
        lines = sorted(now.items(), key=lambda item: (-(item[1].denominator or Decimal(0)), item[0]))
        names = dimension_names(name, region.code)
        panel = like_for_like(_parts(before), _parts(now)) if before else None
        result.append(
            {
                "title": title[name],
                "lines": [{"name": names.get(code, code), **rate_line([each])} for code, each in lines[:MOST_ROWS]],
                "panel": panel_words(panel, len(now)) if panel and len(now) > 1 else None,
                "more": max(len(lines) - MOST_ROWS, 0),
            }
        )
    return result


def _parts(values: dict[str, Reading]) -> dict[str, tuple[Decimal, Decimal]]:
    return {
        code: (each.numerator, each.denominator)
        for code, each in values.items()
        if each.numerator is not None and each.denominator is not None
    }


def panel_words(panel: Panel, all_parts: int) -> dict[str, Any]:
    return {
        "common": len(panel.common),
        "all": all_parts,
        "share": panel.share.percent(1),
        "times": [
            {"rate": ratio.percent(), "part": plain(Decimal(ratio.part)), "whole": plain(Decimal(ratio.whole))}
            for ratio in (panel.before, panel.now)
        ],
    }


def dimension_names(dimension: str, region: str) -> dict[str, str]:
    """Code → name of a break-down, from the rulebook's code list for it; empty where there is none."""
    from hengjian.analysis.views.industries import DIMENSION, industry_names

    if dimension != DIMENSION:
        return {}
    try:
        return industry_names(region)
    except RuleNotFound:
        return {}


@login_required
@require_safe
def satisfaction(request: UserRequest) -> HttpResponse:
    """Indices with their intervals, and how each survey came to its index: model, scale, response."""
    region, context = start(request, _("满意度"), "satisfaction")
    series = of_families(region, request.user, ["satisfaction"])
    rows = []
    for past in series:
        now, before = past[-1], past[-2] if len(past) > 1 else None
        domains = [
            domain
            for name in definition_dimensions(now)
            for domain in readings.broken_down(now.code, region, name, request.user, now.period)
        ]
        rows.append(
            {
                "now": now,
                "said": now.period.said(language()),
                "change": change_words(change(now, before), now),
                "domains": [{"name": "、".join(each.dimensions.values()), "now": each} for each in domains],
                "trend": trend_chart(now.title, past) if len(past) > 2 else None,
            }
        )
    context |= {"rows": rows, "surveys": surveys_of(region)}
    return render(request, "analysis/satisfaction.html", context)


def definition_dimensions(reading: Reading) -> list[str]:
    row = readings.queries.observations(readings.SYSTEM).filter(pk=reading.pk).first()
    return list(definition_of(row).dimensions) if row is not None else []


def surveys_of(region: Region) -> list[dict[str, Any]]:
    """What concluded surveys of the region say about how their index was made; newest first."""
    found = facts(disclosure=SHARED, kinds=["survey.concluded"]).filter(region=region.code)
    return [{"fact": fact, **fact.payload} for fact in found.order_by("-occurred_on", "-leaf_index")[:MOST_ROWS]]


@login_required
@require_safe
def air(request: UserRequest) -> HttpResponse:
    """Good days under the edition in force, and on one standard throughout, so that a new table is no change of air."""
    region, context = start(request, _("空气质量"), "air")
    series = of_families(region, request.user, [AIR], periods=12)
    alike: dict[tuple[str, str], list[tuple[str, list[Reading]]]] = {}
    for past in series:
        alike.setdefault((past[-1].scale, past[-1].unit), []).append((past[-1].title, past))
    parts = list(Region.objects.filter(parent=region).order_by("code"))
    beside: list[Reading] = []
    if series and parts:
        now = series[0][-1]
        beside = list(readings.of_period([now.code], parts, now.period, request.user).values())
    context |= {
        "rows": [
            {
                "now": past[-1],
                "said": past[-1].period.said(language()),
                "edition": edition_words(past[-1].edition),
                "change": change_words(change(past[-1], past[-2] if len(past) > 1 else None), past[-1]),
            }
            for past in series
        ],
        "charts": [
            series_chart(_("优良天数比例：现行标准与统一标准"), lines[:6])
            if len(lines) > 1
            else trend_chart(lines[0][0], lines[0][1])
            for lines in alike.values()
            if max(len(past) for _title, past in lines) > 1
        ],
        "regions": regions_chart(series[0][-1].title, beside) if len(beside) > 1 else None,
        "editions": editions(region.code),
    }
    return render(request, "analysis/air.html", context)


def edition_words(text: str) -> str:
    """The rule that a value was computed under, by its title; the identifier where it is no longer known."""
    identifier = text.partition("@")[0]
    if not identifier:
        return ""
    try:
        return rulebook.get(identifier).title
    except RuleNotFound:
        return identifier


def editions(region: str) -> list[Any]:
    """The editions of the air quality index by date of force."""
    return sorted(rulebook.versions("air_quality"), key=lambda rule: rule.in_force_from)
