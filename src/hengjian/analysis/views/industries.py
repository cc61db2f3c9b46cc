"""Industries: the indicators that are broken down by industry, over all industries and for one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.analysis import readings
from hengjian.analysis.charting import spark, trend_chart
from hengjian.analysis.profile import change_words
from hengjian.analysis.readings import Reader, language
from hengjian.analysis.rules.comparing import change
from hengjian.analysis.rules.reading import Reading
from hengjian.analysis.views.common import chosen_region, region_groups, room_tabs
from hengjian.parties.models import Region
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest
from hengjian.rulebook.parameters.codes import Codes

DIMENSION = "industry"
TREND = 8


def industry_names(region: str) -> dict[str, str]:
    """Code → name after GB/T 4754 in force today."""
    rule = rulebook.at("codes", region, timezone.localdate(), variant="manufacturing-industries")
    return {item.code: item.said(language()) for item in rule.typed(Codes).items}


@login_required
@require_safe
def industries(request: UserRequest) -> HttpResponse:
    """All industries of a region: newest values of every indicator that knows industries."""
    require(request.user, "analysis.open")
    region = chosen_region(request)
    past = by_industry(region, request.user)
    names = industry_names(region.code)
    columns = sorted({(code, series[-1].title) for (code, _industry), series in past.items()})
    codes = sorted({industry for _code, industry in past})
    rows = [
        {
            "code": code,
            "name": names.get(code, code),
            "cells": [past.get((indicator, code), [None])[-1] for indicator, _title in columns],
        }
        for code in codes
    ]
    context = {
        "title": _("行业质量"),
        "room_tabs": room_tabs("industry"),
        "region": region,
        "groups": region_groups(),
        "columns": columns,
        "rows": rows,
    }
    return render(request, "analysis/industries.html", context)


@login_required
@require_safe
def industry(request: UserRequest, code: str) -> HttpResponse:
    """One industry: every indicator with its trend, and the same in the parts of the region."""
    require(request.user, "analysis.open")
    region = chosen_region(request)
    past = {key[0]: series for key, series in by_industry(region, request.user, code).items()}
    names = industry_names(region.code)
    lines = [industry_line(series) for _code, series in sorted(past.items())]
    parts = list(Region.objects.filter(parent=region).order_by("code"))
    context = {
        "title": names.get(code, code),
        "room_tabs": room_tabs("industry"),
        "region": region,
        "code": code,
        "groups": region_groups(),
        "lines": lines,
        "charts": [trend_chart(series[-1].title, series) for series in past.values() if len(series) > 2][:4],
        "parts": parts_table(parts, code, [series[-1] for series in past.values()], request.user),
    }
    return render(request, "analysis/industry.html", context)


def industry_line(series: list[Reading]) -> dict[str, Any]:
    now, before = series[-1], series[-2] if len(series) > 1 else None
    return {
        "now": now,
        "said": now.period.said(language()),
        "change": change_words(change(now, before), now),
        "spark": spark(series),
    }


def by_industry(region: Region, reader: Reader, code: str = "") -> dict[tuple[str, str], list[Reading]]:
    """(indicator, industry) → the last values in order of time."""
    rows = readings.queries.observations(reader).filter(region=region, value__isnull=False)
    wanted = f"{DIMENSION}={code}"
    rows = rows.filter(dimensions=wanted) if code else rows.filter(dimensions__startswith=wanted)
    found: dict[tuple[str, str], list[Any]] = {}
    for row in readings.loaded(rows.exclude(dimensions__contains=";").order_by("indicator", "last", "-first")):
        found.setdefault((row.indicator, row.broken_down[DIMENSION]), []).append(row)
    return {key: [readings.reading(row) for row in readings.one_series(each)[-TREND:]] for key, each in found.items()}


def parts_table(parts: list[Region], code: str, newest: list[Reading], reader: Reader) -> list[dict[str, Any]]:
    """The same figures in the parts of the region, for the same periods."""
    if not parts or not newest:
        return []
    rows = readings.queries.observations(reader).filter(
        region__in=parts, dimensions=f"{DIMENSION}={code}", value__isnull=False
    )
    wanted = {each.code: each.period.code for each in newest}
    found = {
        (row.region.code, row.indicator): readings.reading(row)
        for row in rows.filter(indicator__in=wanted, period__in=set(wanted.values()))
        if wanted[row.indicator] == row.period
    }
    return [
        {"region": part, "cells": [found.get((part.code, each.code)) for each in newest]}
        for part in parts
        if any((part.code, each.code) in found for each in newest)
    ]
