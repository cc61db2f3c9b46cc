"""Composite indices: parts, nominal and effective weights, rank intervals, the name of the set of bands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.analysis import readings
from hengjian.analysis.charting import meta_of, trend_chart
from hengjian.analysis.profile import siblings
from hengjian.analysis.readings import Reader, language
from hengjian.analysis.rules.indices import Scored, ranks, weights
from hengjian.analysis.rules.reading import Reading
from hengjian.analysis.views.common import chosen_period, chosen_region, region_groups, room_tabs
from hengjian.indicators.models import Observation
from hengjian.methods import charts
from hengjian.parties.models import Region
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest
from hengjian.rulebook import Rule
from hengjian.rulebook.parameters.quality_indices import IndexBands

# How far weights that nobody fixed officially may reasonably be from those that were used, and how often that is tried.
NOISE, REPLICATIONS, SEED = 0.25, 1000, 20260701


@login_required
@require_safe
def composites(request: UserRequest) -> HttpResponse:
    """One index of a region beside its peers."""
    require(request.user, "analysis.open")
    region = chosen_region(request)
    group = siblings(region)
    if len(group) < 2:
        group = [region, *Region.objects.filter(parent=region).order_by("code")]
    rows = list(_rows(group, request.user))
    titles = {row.indicator: readings.reading(row).title for row in rows}
    code = request.GET.get("indicator", "")
    code = code if code in titles else min(titles, default="")
    mine = [row for row in rows if row.indicator == code]
    period = chosen_period(request, sorted({row.when for row in mine}))
    sets = rulebook.variants("index_bands", region.code, timezone.localdate())
    bands = next((rule for rule in sets if rule.variant == request.GET.get("bands", "")), sets[0] if sets else None)
    context: dict[str, Any] = {
        "title": _("综合指数"),
        "room_tabs": room_tabs("index"),
        "region": region,
        "groups": region_groups(),
        "titles": sorted(titles.items()),
        "code": code,
        "period": period,
        "periods": sorted({row.when for row in mine}, reverse=True)[:12],
        "sets": sets,
        "bands": bands,
        "noise": round(NOISE * 100),
        "replications": REPLICATIONS,
    }
    if period is not None:
        context |= index_context([row for row in mine if row.when == period], region, bands)
        past = readings.history([region], request.user, indicators=[code]).get((code, region.code), [])
        context["trend"] = trend_chart(past[-1].title, past) if len(past) > 2 else None
    return render(request, "analysis/composites.html", context)


def _rows(group: Sequence[Region], reader: Reader) -> Iterator[Observation]:
    """Values that keep the scores and weights that they were made of."""
    rows = readings.queries.observations(reader).filter(
        region__in=group, dimensions="", value__isnull=False, origin=Observation.Origin.DERIVED
    )
    return (row for row in rows.order_by("indicator", "first") if _parts(row).get("scores"))


def _parts(row: Observation) -> dict[str, Any]:
    found = row.inputs.get("parts", {}) if isinstance(row.inputs, dict) else {}
    return found if isinstance(found, dict) else {}


def index_context(rows: Sequence[Observation], region: Region, bands: Rule | None) -> dict[str, Any]:
    """Scores, weights and ranks of one period; a region with parts shows how these stand, not itself among them."""
    parts = [row for row in rows if row.region.parent_id == region.pk]
    own = next((row for row in rows if row.region_id == region.pk), rows[0])
    rows = parts or rows
    scored = [
        Scored(
            row.region.code,
            float(row.value or 0),
            {name: float(score) for name, score in _parts(row)["scores"].items()},
        )
        for row in rows
    ]
    by_region = {row.region.code: readings.reading(row) for row in rows}
    nominal = {name: float(weight) for name, weight in _parts(own).get("weights", {}).items()}
    spread = ranks(nominal, scored, noise=NOISE, replications=REPLICATIONS, seed=SEED)
    lines: list[dict[str, Any]] = []
    for place, each in enumerate(scored):
        reading = by_region[each.region]
        band = bands.typed(IndexBands).band(each.index) if bands else None
        lines.append(
            {
                "now": reading,
                "band": (band.title_en if language().startswith("en") else band.title) if band else "",
                "rank": int(spread.nominal[place]) if spread else None,
                "low": int(spread.low[place]) if spread else None,
                "high": int(spread.high[place]) if spread else None,
            }
        )
    lines.sort(key=lambda line: (line["rank"] or 0, line["now"].region))
    sources = own.inputs.get("values", {})
    values = _values(sources)
    return {
        "sample": readings.reading(own),
        "lines": lines,
        "ranks": rank_chart(lines, region.code) if spread else None,
        "weights": [
            {
                "name": each.name,
                "nominal": round(each.nominal * 100, 1),
                "effective": None if each.effective is None else round(each.effective * 100, 1),
                "input": values.get(each.name),
                "score": _parts(own)["scores"].get(each.name),
            }
            for each in weights(nominal, scored)
        ],
        "groups_of_index": list(_parts(own).get("groups", {}).items()),
        "own_place": own.region.name,
    }


def _values(sources: dict[str, list[int]]) -> dict[str, Reading]:
    """Role → the value that went in."""
    pks = [pk for each in sources.values() for pk in each]
    rows = readings.queries.observations(readings.SYSTEM).filter(pk__in=pks)
    by_pk = {row.pk: readings.reading(row) for row in rows}
    return {role: by_pk[each[0]] for role, each in sources.items() if each and each[0] in by_pk}


def rank_chart(lines: Sequence[dict[str, Any]], own: str) -> dict[str, Any]:
    """Ranks with the interval that other weights would give; 1 stands at the right."""
    meta = meta_of(_("%(title)s位次区间") % {"title": lines[0]["now"].title}, [line["now"] for line in lines])
    marks = (*meta.marks, _("权重在 ±%(n)s%% 内变动") % {"n": round(NOISE * 100)})
    rows = [
        {
            "name": line["now"].place,
            "value": line["rank"],
            "low": min(line["low"], line["rank"]),
            "high": max(line["high"], line["rank"]),
            "own": line["now"].region == own,
        }
        for line in lines
    ]
    return charts.interval_chart(
        rows,
        charts.Meta(meta.title, _("位次"), meta.period, meta.source, meta.data_time, marks),
        titles=(_("地区"), _("位次"), _("最好"), _("最差")),
        descending=True,
    )
