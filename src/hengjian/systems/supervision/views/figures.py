"""Figures of environment and insurance."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.pages.numbers import whole
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import counting, entries
from hengjian.systems.supervision import queries
from hengjian.systems.supervision.views.home import language

LIGHTS = {"绿": "green", "蓝": "blue", "黄": "amber", "红": "red"}


def _year(request: HttpRequest, years: list[int], usual: list[int]) -> int:
    """The year that is asked for, else the newest of `usual`, else the newest there is."""
    wanted = whole(request.GET.get("year"))
    if wanted in years:
        return wanted
    return next(iter([*usual, *years]), timezone.localdate().year)


@login_required
@require_safe
def environment(request: HttpRequest) -> HttpResponse:
    """Bands of enterprises and good days of cities in a year, with what they were computed by."""
    ratings = queries.visible_entries(request.user, "environmental_rating")
    air = queries.visible_entries(request.user, "air_day")
    rated = queries.rated_years(ratings)
    years = sorted(
        {*rated, *(int(key[:4]) for key in air.values_list("key", flat=True).distinct())},
        reverse=True,
    )
    year = _year(request, years, rated)
    shares = queries.rating_shares(ratings, year)
    spec = register_type("environmental_rating").field("band")
    bands = []
    for band, count, share in shares.bands:
        choice = spec.choice(band)
        bands.append((choice.said(language()) if choice else band, LIGHTS.get(band, "grey"), band, count, share))
    context = {
        "title": _("环境信用与空气质量"),
        "years": years,
        "year": year,
        "bands": bands,
        "shares": shares,
        "air": queries.air_of(air, year),
    }
    return render(request, "supervision/environment.html", context)


@login_required
@require_safe
def insurance(request: HttpRequest) -> HttpResponse:
    """Lines by year from the reported sums, and the policies that are registered one by one."""
    rows = queries.visible_entries(request.user, "insurance_figures")
    years = queries.insured_years(rows)
    year = _year(request, years, [])
    lines = queries.insurance_lines(rows, year, language())
    context = {
        "title": _("责任保险统计"),
        "years": years,
        "year": year,
        "lines": lines,
        "premium": sum((line.premium for line in lines), Decimal(0)),
        "paid": sum((line.paid for line in lines), Decimal(0)),
        "claims": sum(line.claims for line in lines),
        "policies": _policies(request.user),
    }
    return render(request, "supervision/insurance.html", context)


def _policies(user: Any) -> dict[str, Any] | None:
    """Policies in force today out of the register of policies; None while there is no such register."""
    try:
        declared = register_type("liability_policy")
    except KeyError:
        return None
    rows = queries.visible_entries(user, declared.code)
    return {
        "title": declared.said(language()),
        "code": declared.code,
        "in_force": rows.filter(counting(declared)).count(),
        "all": entries(declared.code).filter(pk__in=rows.values("pk")).count(),
    }
