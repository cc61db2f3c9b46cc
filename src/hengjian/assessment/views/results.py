"""Results: places with intervals, gaps, versions, approval."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment.actions.results import ApproveResults
from hengjian.assessment.forms import PaperForm
from hengjian.assessment.models import ResultSet, Round
from hengjian.assessment.results import approved, newest, reproduce
from hengjian.assessment.rules import gap
from hengjian.assessment.views.base import attempt, find_round, state_light
from hengjian.pages.numbers import whole
from hengjian.parties.policies import can
from hengjian.parties.requests import UserRequest
from hengjian.scoring.words import named


@never_cache
@login_required
def results_page(request: UserRequest, pk: int) -> HttpResponse:
    """A version of the result; the newest where none is named. The assessed see the one that holds, when it is out."""
    row, sight = find_round(request, pk)
    if not (sight.whole or row.published):
        raise Http404(_("结果还没有公布。"))
    chosen = shown_version(request, row, sight.whole)
    if chosen is None:
        raise Http404(_("还没有结果。"))
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = ApproveResults(user=request.user, round=row, paper=form.cleaned_data["paper"])
        if attempt(request, action, _("已登记批准。"), form):
            return redirect("assessment:results", pk=pk)
    rows = list(chosen.rows.select_related("entry__region"))
    found = reproduce(chosen)
    by_key = {one.key: one for one in found}
    context: dict[str, Any] = {
        "title": _("考核结果"),
        "row": row,
        "state": state_light(row),
        "sight": sight,
        "chosen": chosen,
        "versions": row.results.select_related("made_by", "approved_by") if sight.whole else [],
        "rows": [
            {
                "result": one,
                "gap": _gap(row, by_key[str(one.entry_id)]) if sight.whole or one.entry_id in sight.own else None,
                "open": sight.entry(one.entry),
                "moved": one.rank_low != one.rank or one.rank_high != one.rank,
            }
            for one in rows
        ],
        "same": all(by_key[str(one.entry_id)].scored.total == one.total for one in rows),
        "form": form,
        "may_approve": bool(can(request.user, "assessment.approve", row))
        and chosen.state == ResultSet.State.COMPUTED
        and chosen.made_by_id != request.user.pk,
        "holding": approved(row),
        "assumed": [named(row.content.sheet.item(code)) for code in row.content.assumed],
        "noise": row.content.scheme.noise * 100,
    }
    return render(request, "assessment/results.html", context, status=422 if form.errors else 200)


def shown_version(request: UserRequest, row: Round, whole_sight: bool) -> ResultSet | None:
    """The version that the address names, or the newest; others than the office get the one that holds."""
    if not whole_sight:
        return approved(row)
    number = whole(request.GET.get("version", ""))
    return row.results.filter(version=number).first() if number else newest(row)


def _gap(row: Round, one: Any) -> dict[str, Any] | None:
    found = gap(row.content, one)
    if found is None:
        return None
    items = [(named(row.content.sheet.item(item.code)), item.lost) for item in found.items]
    return {"gap": found, "items": items}
