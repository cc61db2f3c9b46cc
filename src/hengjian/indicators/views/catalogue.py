"""The catalogue of indicators and the page of one of them; for officers and, with public values only, for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.indicators import showing, tracking
from hengjian.indicators.catalogue import THEMES, definitions
from hengjian.indicators.computing.order import inputs_of
from hengjian.indicators.declarations import Definition, FromImport
from hengjian.indicators.keys import dimensions_key
from hengjian.indicators.models import Computation, DefinitionVersion, Observation, Target
from hengjian.indicators.queries import latest_values, observations, series
from hengjian.indicators.views.common import base, chosen_region, find_definition, officer, regions_offered
from hengjian.methods.charts import Meta, line_with_target
from hengjian.methods.organisations import default_organisations
from hengjian.methods.periods import parse_period
from hengjian.pages.components import light
from hengjian.parties.models import Region
from hengjian.parties.policies import can, may_anywhere, visible


@dataclass(frozen=True)
class Line:
    """One row of the catalogue."""

    declared: Definition
    title: str
    latest: Observation | None
    value: str
    period: str
    owner: str
    light: SafeString | str
    assumed: bool


def owner_name(declared: Definition) -> str:
    family = default_organisations().families.get(declared.owner)
    return family.title if family is not None else declared.owner


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All indicators by theme with their newest value in one region."""
    region = chosen_region(request)
    words, theme = request.GET.get("q", "").strip(), request.GET.get("theme", "")
    known = [item for item in definitions(theme if theme in THEMES else "") if item.public or officer(request)]
    chosen = [item for item in known if _asked(item, words)]
    latest = latest_values(indicators=[item.code for item in chosen], regions=[region], reader=request.user)
    lights = _lights(request, region)
    lines = [_line(item, latest.get((item.code, region.code)), lights) for item in chosen]
    if request.GET.get("have") == "1":
        lines = [line for line in lines if line.latest is not None]
    groups = [
        (showing.THEME_WORDS[name], list(rows)) for name, rows in groupby(lines, key=lambda line: line.declared.theme)
    ]
    context = {
        "title": _("指标目录"),
        "base": base(request),
        "region": region,
        "regions": regions_offered(region),
        "groups": groups,
        "count": len(lines),
        "q": words,
        "theme": theme,
        "themes": showing.THEME_WORDS.items(),
        "have": request.GET.get("have") == "1",
        "officer": officer(request),
        "may_define": may_anywhere(request.user, "indicators.define"),
        "may_import": may_anywhere(request.user, "indicators.import"),
    }
    return render(request, "indicators/index.html", context)


def _asked(declared: Definition, words: str) -> bool:
    told = " ".join((declared.code, declared.title, declared.title_en, *declared.aliases)).casefold()
    return all(word in told for word in words.casefold().split())


def _lights(request: HttpRequest, region: Region) -> dict[str, SafeString | str]:
    """Indicator → light of its next target in the region."""
    rows = visible(request.user, Target.objects.filter(state=Target.State.ACTIVE, region=region))
    found: dict[str, SafeString | str] = {}
    ordered = sorted(rows.select_related("region", "owner"), key=lambda row: row.due_on, reverse=True)
    for standing in tracking.standings(ordered, request.user):
        found[standing.target.indicator] = light(standing.light.colour, standing.light.label)
    return found


def _line(declared: Definition, row: Observation | None, lights: dict[str, SafeString | str]) -> Line:
    return Line(
        declared,
        declared.said(showing.language()),
        row,
        showing.amount(row.value, declared) if row else "—",
        row.when.said(showing.language()) if row else "",
        owner_name(declared),
        lights.get(declared.code, ""),
        declared.assumed or bool(row and row.assumed),
    )


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: what it means, its way over time, its regions, its versions."""
    declared = find_definition(request, code)
    region = chosen_region(request)
    frequency = request.GET.get("frequency", declared.frequency)
    if frequency not in declared.frequencies:
        frequency = declared.frequency
    known_at = _moment(request.GET.get("known_at", ""))
    rows = series(code, region, frequency=frequency, known_at=known_at, reader=request.user)
    target = (
        visible(request.user, Target.objects.filter(indicator=code, region=region, state=Target.State.ACTIVE))
        .select_related("region", "owner")
        .order_by("due_on")
        .last()
    )
    period = request.GET.get("period", "") or (rows[-1].period if rows else "")
    context: dict[str, Any] = {
        "title": declared.said(showing.language()),
        "base": base(request),
        "officer": officer(request),
        "declared": declared,
        "definition": described(declared),
        "owner": owner_name(declared),
        "note": showing.text(declared, "note"),
        "marks": [mark.said(showing.language()) for mark in declared.assumptions],
        "region": region,
        "regions": regions_offered(region),
        "frequency": frequency,
        "frequencies": [(name, showing.FREQUENCY_WORDS[name]) for name in declared.frequencies],
        "known_at": request.GET.get("known_at", ""),
        "rows": [_shown(row, declared) for row in reversed(rows)],
        "chart": _chart(declared, region, rows, target),
        "target": tracking.standings([target], request.user)[0] if target else None,
        "period": parse_period(period).said(showing.language()) if period else "",
        "places": _places(request, declared, region, period),
        "breakdowns": _breakdowns(request, declared, region, period),
        "versions": DefinitionVersion.objects.filter(indicator=code).exclude(state="rejected")[:10],
        "made_of": [find_definition(request, one) for one in inputs_of(declared)] if officer(request) else [],
        "computation": Computation.objects.filter(indicator=code).first() if officer(request) else None,
        "may_define": may_anywhere(request.user, "indicators.define"),
        "may_compute": may_anywhere(request.user, "indicators.compute") and not isinstance(declared.source, FromImport),
        "may_target": bool(can(request.user, "indicators.set_target")),
    }
    return render(request, "indicators/indicator.html", context)


def _moment(text: str) -> datetime | None:
    """The end of a day that the reader names; None: now."""
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise Http404(_("日期请写成 2026-07-31。")) from None
    return timezone.make_aware(day.replace(hour=23, minute=59, second=59, microsecond=999_999))


def described(declared: Definition) -> list[tuple[str, str]]:
    """The definition in words: (term, text)."""
    language = showing.language()
    pairs = [(_("分子"), f"{declared.numerator.said(language)}：{showing.text(declared.numerator, 'description')}")]
    if declared.denominator is not None:
        told = f"{declared.denominator.said(language)}：{showing.text(declared.denominator, 'description')}"
        pairs.append((_("分母"), told))
    pairs += [
        (_("公式"), formula(declared)),
        (_("统计范围"), showing.text(declared, "population")),
        (_("量纲"), f"{showing.SCALE_WORDS[declared.scale]}（{showing.unit_of(declared) or '—'}）"),
        (_("方向"), str(showing.DIRECTION_WORDS[declared.direction])),
        (_("频率"), str(showing.FREQUENCY_WORDS[declared.frequency])),
        (_("选取方式"), str(showing.SELECTION_WORDS[declared.selection])),
        (_("地区汇总"), str(showing.ROLL_UP_WORDS[declared.roll_up])),
        (_("数据来源"), _source(declared)),
        (_("口径族"), declared.family),
    ]
    if declared.legal:
        pairs.append((_("依据"), "；".join(_law(item) for item in declared.legal)))
    return pairs


def formula(declared: Definition) -> str:
    """How the value follows from its parts."""
    language = showing.language()
    numerator = declared.numerator.said(language)
    if declared.denominator is None:
        return numerator
    times = " × 100%" if declared.scale == "percent" else ""
    return f"{numerator} ÷ {declared.denominator.said(language)}{times}"


def _source(declared: Definition) -> str:
    words = str(showing.SOURCE_WORDS[declared.source.kind])
    if isinstance(declared.source, FromImport) and declared.source.publisher:
        return f"{words}（{showing.text(declared.source, 'publisher')}）"
    return words


def _law(item: Any) -> str:
    number = f"（{item.number}）" if item.number else ""
    return f"《{item.document}》{number}{item.article}"


def _shown(row: Observation, declared: Definition) -> dict[str, Any]:
    return {
        "row": row,
        "period": row.when.said(showing.language()),
        "value": showing.amount(row.value, declared),
        "parts": showing.parts(row, declared),
        "interval": showing.interval(row, declared),
        "status": showing.status(row),
        "running": row.last >= timezone.localdate(),
        "marks": showing.marks(row),
    }


def _chart(
    declared: Definition, region: Region, rows: list[Observation], target: Target | None
) -> dict[str, Any] | None:
    """The values over time; None with fewer than two."""
    known = [row for row in rows if row.value is not None][-36:]
    if len(known) < 2:
        return None
    marks = dict.fromkeys(told for row in known for told in showing.marks(row))
    dates = f"{known[0].when.said(showing.language())} – {known[-1].when.said(showing.language())}"
    meta = Meta(
        title=f"{region.short_name or region.name} · {declared.said(showing.language())}",
        unit=showing.unit_of(declared) or str(showing.SCALE_WORDS[declared.scale]),
        period=dates,
        source=_source(declared),
        data_time=timezone.localtime(max(row.recorded_at for row in known)).strftime("%Y-%m-%d"),
        marks=tuple(marks),
    )
    points = [{"period": row.period, "value": _rounded(row.value, declared)} for row in known]
    return line_with_target(
        points,
        meta,
        target=float(target.value) if target is not None else None,
        target_label=_("目标"),
        x_title=_("期间"),
        y_title=_("数值"),
    )


def _rounded(value: Decimal | None, declared: Definition) -> float | None:
    return None if value is None else round(float(value), declared.decimals)


def _places(request: HttpRequest, declared: Definition, region: Region, period: str) -> list[dict[str, Any]]:
    """The region's own value and those of the regions directly below, for one period."""
    if not period:
        return []
    regions = [region, *Region.objects.filter(parent=region).order_by("code")]
    rows = {
        row.region_id: row
        for row in observations(request.user).filter(
            indicator=declared.code, region__in=regions, period=period, dimensions=""
        )
    }
    address = reverse("indicators:indicator", args=[declared.code])
    return [
        {
            "region": one,
            "url": f"{address}?region={one.code}",
            "own": one.pk == region.pk,
            **(_shown(rows[one.pk], declared) if one.pk in rows else {}),
        }
        for one in regions
        if one.level in declared.levels or one.pk in rows
    ]


def _breakdowns(request: HttpRequest, declared: Definition, region: Region, period: str) -> list[dict[str, Any]]:
    """Values by each break-down, the largest first."""
    if not declared.dimensions or not period:
        return []
    rows = (
        observations(request.user).filter(indicator=declared.code, region=region, period=period).exclude(dimensions="")
    )
    found: list[dict[str, Any]] = []
    for name, words in declared.dimensions.items():
        prefix = dimensions_key({name: "x"})[:-1]
        mine = [row for row in rows if row.dimensions.startswith(prefix) and row.value is not None]
        mine.sort(key=lambda row: -(row.value or Decimal(0)))
        if mine:
            items = [{"code": row.broken_down.get(name, ""), **_shown(row, declared)} for row in mine[:50]]
            found.append({"title": words.said(showing.language()), "rows": items, "more": max(0, len(mine) - 50)})
    return found


@require_safe
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """All wordings of a definition side by side, the newest first."""
    declared = find_definition(request, code)
    rows = list(DefinitionVersion.objects.filter(indicator=code).exclude(state="rejected").select_related("decided_by"))
    told = [dict(described(row.definition)) for row in rows]
    terms = list(dict.fromkeys(term for one in told for term in one))
    lines = [
        {"term": term, "texts": texts, "differs": len(set(texts)) > 1}
        for term in terms
        if (texts := [one.get(term, "—") for one in told])
    ]
    context = {
        "title": _("%(title)s：定义的各版本") % {"title": declared.said(showing.language())},
        "base": base(request),
        "declared": declared,
        "named": declared.said(showing.language()),
        "rows": rows,
        "lines": lines,
    }
    return render(request, "indicators/versions.html", context)
