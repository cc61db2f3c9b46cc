"""Files of a round: notice, circular, score card, rectification notice, result sheets."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.assessment.models import ResultSet
from hengjian.assessment.papers import card, circular, notice, order, sheets
from hengjian.assessment.results import result_of
from hengjian.assessment.views.base import download, find_entry, find_round
from hengjian.assessment.views.orders import find_order
from hengjian.assessment.views.results import shown_version
from hengjian.documents.official import render_docx
from hengjian.parties.requests import UserRequest


def _version(request: UserRequest, pk: int, *, office: bool = False) -> tuple[Any, Any, ResultSet]:
    row, sight = find_round(request, pk)
    allowed = sight.whole or (row.published and not office)
    chosen = shown_version(request, row, sight.whole) if allowed else None
    if chosen is None:
        raise Http404(_("还没有结果，或不在您的查看范围内。"))
    return row, sight, chosen


@require_safe
@login_required
def results_file(request: UserRequest, pk: int) -> HttpResponse:
    """The result as a workbook; with items for those who may see every score."""
    row, sight, chosen = _version(request, pk)
    return download(sheets.results(row, chosen, items=sight.whole), f"{row.title}.xlsx")


@require_safe
@login_required
def appraisal_file(request: UserRequest, pk: int) -> HttpResponse:
    """What the performance appraisal takes over."""
    row, _sight, chosen = _version(request, pk, office=True)
    return download(sheets.appraisal(row, chosen), f"{row.title}-绩效考核.xlsx")


@require_safe
@login_required
def notice_file(request: UserRequest, pk: int) -> HttpResponse:
    """The notice that begins the round."""
    row, _sight = find_round(request, pk)
    return download(render_docx(notice.build(row)), f"{row.title}-通知.docx")


@require_safe
@login_required
def circular_file(request: UserRequest, pk: int) -> HttpResponse:
    """The circular with the result."""
    row, sight, chosen = _version(request, pk)
    if not sight.whole and not row.circular_number:
        raise Http404(_("通报还没有印发。"))
    return download(render_docx(circular.build(row, chosen)), f"{row.title}-通报.docx")


@require_safe
@login_required
def card_file(request: UserRequest, pk: int) -> HttpResponse:
    """An object's score card; its own when the result is out."""
    entry, sight = find_entry(request, pk)
    result = result_of(entry) if sight.whole or (entry.round.published and entry.pk in sight.own) else None
    if result is None:
        raise Http404(_("还没有结果，或不在您的查看范围内。"))
    return download(render_docx(card.build(entry, result)), f"{entry.name}-得分卡.docx")


@require_safe
@login_required
def order_file(request: UserRequest, pk: int) -> HttpResponse:
    """The rectification notice."""
    row, _sight = find_order(request, pk)
    return download(render_docx(order.build(row)), f"{row.entry.name}-整改通知.docx")
