"""What everybody may read: published results."""

from __future__ import annotations

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.assessment.marks import marks_of
from hengjian.assessment.models import Round
from hengjian.assessment.results import approved
from hengjian.assessment.views.analysing import rank_chart
from hengjian.publishing.models import Notice


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """Rounds whose result is out."""
    rows = Round.objects.select_related("unit").annotate(objects_n=Count("entries")).order_by("-year", "-pk")
    context = {"title": _("质量工作考核结果"), "rows": [row for row in rows if row.published and approved(row)]}
    return render(request, "assessment/public_list.html", context)


@require_safe
def public_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The published result of one round: grade, place, points; no marks of single stages."""
    row = Round.objects.select_related("unit", "scheme").filter(pk=pk).first()
    results = approved(row) if row is not None and row.published else None
    if row is None or results is None:
        raise Http404(_("没有公布这次考核的结果。"))
    context = {
        "title": row.title,
        "row": row,
        "results": results,
        "rows": results.rows.select_related("entry"),
        "chart": rank_chart(row, results),
        "notice": Notice.objects.public().filter(pk=row.notice).first() if row.notice else None,
        "marks": marks_of(row),
    }
    return render(request, "assessment/public_round.html", context)
