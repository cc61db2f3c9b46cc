"""How the interval of a place came about: what varies, where the replications put the object, who lies apart."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment.models import Entry, Mark, Result
from hengjian.assessment.offers import uncertainty
from hengjian.assessment.ranking import CONFIDENCE, Firmness, firmness
from hengjian.assessment.results import reproduce
from hengjian.assessment.views.base import find_entry
from hengjian.assessment.views.results import shown_version
from hengjian.parties.requests import UserRequest
from hengjian.scoring.words import named


@never_cache
@login_required
def place_page(request: UserRequest, pk: int) -> HttpResponse:
    """The interval of one object's place, computed again; the assessed see their own when the result is out."""
    entry, sight = find_entry(request, pk)
    row = entry.round
    if not (sight.whole or row.published):
        raise Http404(_("结果还没有公布。"))
    chosen = shown_version(request, row, sight.whole)
    own = chosen.rows.filter(entry=entry).first() if chosen else None
    if chosen is None or own is None:
        raise Http404(_("还没有结果。"))
    found = reproduce(chosen)
    judged = firmness(row, found)
    line = next(number for number, one in enumerate(found) if one.key == str(entry.pk))
    context: dict[str, Any] = {
        "title": _("名次区间"),
        "row": row,
        "entry": entry,
        "sight": sight,
        "chosen": chosen,
        "own": own,
        "firm": own.rank_low == own.rank_high,
        "percent": round(CONFIDENCE * 100),
        "rows": [(one, _side(own, one)) for one in chosen.rows.select_related("entry__region")],
    }
    if judged is not None:
        context |= {
            "judged": judged,
            "replications": judged.spread.replications,
            "seed": row.pk,
            "noise": judged.noise * 100,
            "mean": float(judged.spread.mean[line]),
            "places": _distribution(judged, line, own),
            "inputs": _inputs(entry, judged, line),
            "assumed": [named(row.content.sheet.item(code)) for code in row.content.assumed],
        }
    return render(request, "assessment/place.html", context)


def _side(own: Result, other: Result) -> str:
    if other.pk == own.pk:
        return ""
    if other.rank_high < own.rank_low:
        return _("确定在前")
    return _("确定在后") if other.rank_low > own.rank_high else _("分不出先后")


def _distribution(judged: Firmness, line: int, own: Result) -> list[dict[str, Any]]:
    """Each place that occurred, with its share of the replications in percent."""
    shares = judged.spread.distribution[line]
    return [
        {"place": place, "share": share * 100, "inside": own.rank_low <= place <= own.rank_high}
        for place, share in enumerate(shares.tolist(), start=1)
        if share > 0 or place == own.rank
    ]


def _inputs(entry: Entry, judged: Firmness, line: int) -> list[dict[str, Any]]:
    """The items whose number has an interval: the number, what it is worth, and its standard error in points."""
    marks = Mark.objects.filter(entry=entry, current=True).exclude(source={}).exclude(stage=Mark.Stage.SELF)
    sources = {mark.item: mark.source for mark in marks if uncertainty(mark.source)}
    rows = []
    for column, item in enumerate(judged.items):
        if error := float(judged.errors[line, column]):
            weight, source = float(judged.weights[column]), sources.get(item.code, {})
            rows.append({
                "title": named(item),
                "item": item,
                "value": source.get("text") or source.get("value"),
                "url": source.get("url", ""),
                "low": source.get("low"),
                "high": source.get("high"),
                "points": float(judged.shares[line, column]) * weight,
                "full": weight,
                "error": error * weight,
            })  # fmt: skip
    return rows
