"""An object's page: every stage side by side with who, when and why; targets, visit, decisions, appeals, result."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment import offers, standing
from hengjian.assessment.actions.publishing import FileAppeal, appeals_open
from hengjian.assessment.forms import AppealForm
from hengjian.assessment.models import Entry, Mark, Order, Reviewer, Round
from hengjian.assessment.results import approved, detail_items, result_of
from hengjian.assessment.rules import counted
from hengjian.assessment.sight import Sight
from hengjian.assessment.views import grid
from hengjian.assessment.views.base import attempt, find_entry, state_light, uploads
from hengjian.parties.requests import UserRequest
from hengjian.scoring.words import named, said, sentence_of


@never_cache
@login_required
def entry_page(request: UserRequest, pk: int) -> HttpResponse:
    """All stages of all items of one object."""
    entry, sight = find_entry(request, pk)
    row = entry.round
    choices = [(item.code, f"{item.code} {named(item)}") for item in row.content.sheet.items]
    form = AppealForm(request.POST or None, request.FILES or None, items=choices)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        action = FileAppeal(
            user=request.user, entry=entry, item=data["item"], text=data["text"], files=uploads(request)
        )
        if attempt(request, action, _("申诉已提交。"), form):
            return redirect(entry)
    may_see_result = row.published and (sight.whole or entry.pk in sight.own)
    result = result_of(entry) if sight.whole or may_see_result else None
    appealing = entry.pk in sight.own and row.state == Round.State.PUBLICATION and appeals_open(row)
    context = {
        "title": entry.name,
        "entry": entry,
        "row": row,
        "sight": sight,
        "state": state_light(row),
        "groups": _groups(entry, sight, result),
        "result": result,
        "trace": [said(sentence_of(step)) for step in result.detail["trace"]] if result else [],
        "own": entry.pk in sight.own,
        "targets": [
            (named(row.content.sheet.item(one.item)), one)
            for one in entry.targets.select_related("filed_by", "decided_by").order_by("item", "-pk")
        ],
        "visit": getattr(entry, "visit", None) if sight.whole or may_see_result or entry.pk in sight.visits else None,
        "team": entry.reviewers.filter(role=Reviewer.Role.SITE).select_related("user"),
        "decisions": entry.decisions.select_related("proposed_by", "decided_by")
        if sight.whole or may_see_result
        else [],
        "appeals": [
            (named(row.content.sheet.item(one.item)), one)
            for one in entry.appeals.select_related("filed_by", "decided_by")
        ],
        "order": Order.objects.filter(entry=entry).first() if row.published else None,
        "saved": offers.saved(row, entry),
        "appeal_form": form if appealing else None,
        "version": approved(row) if result else None,
        "stages": [(code, label) for code, label in Mark.Stage.choices],
    }
    return render(request, "assessment/entry.html", context, status=422 if form.errors else 200)


def _groups(entry: Entry, sight: Sight, result: Any) -> list[dict[str, Any]]:
    """Groups with their items, each with the marks of every stage that may be seen."""
    row = entry.round
    marks = standing.marks_of([entry])[entry.pk]
    used = offers.used([entry])
    frozen = detail_items(result) if result else {}
    found = []
    for group in row.content.sheet.groups:
        lines = []
        for item in group.items:
            if not sight.item(entry, item.code):
                continue
            seen = sight.stages(entry, item.code)
            stages = {code: mark for code, mark in marks[item.code].items() if code in seen}
            source, _answer = counted({code: mark.said for code, mark in stages.items()})
            lines.append(
                {
                    "item": item,
                    "title": named(item),
                    "marks": [
                        {
                            "stage": code,
                            "label": label,
                            "mark": stages.get(code),
                            "words": grid.said_answer(item, stages[code].said, None) if code in stages else "",
                            "counts": code == source,
                        }
                        for code, label in Mark.Stage.choices
                    ],
                    "evidence": used.get((entry.pk, item.code), []),
                    "final": frozen.get(item.code),
                }
            )
        if lines:
            found.append({"title": named(group), "full": group.full, "lines": lines})
    return found
