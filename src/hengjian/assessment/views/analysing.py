"""What a round tells: places with intervals, items that no longer discriminate, lost points, year on year."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment import ranking
from hengjian.assessment.marks import marks_of
from hengjian.assessment.models import ResultSet, Round
from hengjian.assessment.results import losses, newest, reproduce, year_on_year
from hengjian.assessment.views.base import find_round, state_light
from hengjian.methods import charts
from hengjian.parties.requests import UserRequest
from hengjian.scoring.words import named


@never_cache
@login_required
def analysis_page(request: UserRequest, pk: int) -> HttpResponse:
    """For the office: how firm the places are, which items still tell objects apart, where points were lost."""
    row, sight = find_round(request, pk)
    results = newest(row)
    if not sight.whole or results is None:
        raise Http404(_("还没有结果，或不在您的查看范围内。"))
    found = reproduce(results)
    judged = ranking.discrimination(row, found)
    before, changes = year_on_year(row, found)
    context = {
        "title": _("结果分析"),
        "row": row,
        "sight": sight,
        "state": state_light(row),
        "results": results,
        "rank_chart": rank_chart(row, results),
        "rank_file": reverse("assessment:results_file", args=[pk]),
        "items": [
            {
                "title": named(item),
                "item": item,
                "one": one,
                "mean": _percent(one.mean),
                "deviation": _percent(one.deviation),
                "ceiling": _percent(one.ceiling),
                "part": _percent(one.variance_share),
                "reasons": [reason_word(code) for code in reasons],
            }
            for item, one, reasons in judged
        ],
        "dull": sum(1 for _item, _one, reasons in judged if reasons),
        "losses": [(named(one.item), one) for one in losses(row, found)[:15]],
        "before": before,
        "changes": [
            (named(one.item), round(one.before * 100, 1), round(one.now * 100, 1), round(one.difference * 100, 1))
            for one in changes
        ],
        "marks": marks_of(row),
    }
    return render(request, "assessment/analysis.html", context)


def _percent(share: float) -> str:
    return "—" if share != share else f"{share * 100:.1f}"


def reason_word(code: str) -> str:
    """Why an item no longer discriminates, in words."""
    return {
        "flat": _("各对象得分几乎相同"),
        "ceiling": _("多数对象得满分"),
        "floor": _("多数对象得零分"),
        "against": _("与其余得分方向相反"),
    }[code]


def rank_chart(row: Round, results: ResultSet) -> dict[str, Any]:
    """Places with their intervals."""
    rows = [
        {"name": one.entry.name, "value": one.rank, "low": one.rank_low, "high": one.rank_high}
        for one in results.rows.select_related("entry")
    ]
    meta = charts.Meta(
        title=_("名次及其区间"),
        unit=_("名次"),
        period=f"{row.period_start:%Y-%m-%d} — {row.period_end:%Y-%m-%d}",
        source=row.title,
        data_time=f"{timezone.localtime(results.made_at):%Y-%m-%d %H:%M}",
        marks=marks_of(row),
    )
    titles = (_("考核对象"), _("名次"), _("区间上端"), _("区间下端"))
    return charts.interval_chart(rows, meta, titles=titles, descending=True)
