"""Self-evaluation: every item with the number on record, the evidence on offer, the reason for lost points."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment import offers, standing
from hengjian.assessment.actions.evidence import self_open
from hengjian.assessment.actions.marking import SelfMark, SubmitSelf
from hengjian.assessment.forms import SubmitSelfForm
from hengjian.assessment.models import Entry, Mark
from hengjian.assessment.views import grid
from hengjian.assessment.views.base import attempt, find_entry
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.scoring.answers import Answer, WrongAnswer
from hengjian.scoring.marking import said_problem
from hengjian.scoring.words import named


@never_cache
@login_required
def self_page(request: UserRequest, pk: int) -> HttpResponse:
    """The assessed body's own sheet; lines are saved as they change, the whole is handed in at the end."""
    entry, sight = find_entry(request, pk)
    row = entry.round
    only = request.POST.get("item", "")
    problems: dict[str, str] = {}
    typed: dict[str, Answer] = {}
    form = SubmitSelfForm(None, initial={"report": entry.self_report, "liaison": entry.liaison})
    if request.method == "POST":
        problems, typed = _save(request, entry, only)
        if request.POST.get("do") == "submit" and not problems:
            form = SubmitSelfForm(request.POST)
            if form.is_valid():
                action = SubmitSelf(user=request.user, entry=entry, **form.cleaned_data)
                if attempt(request, action, _("自评已提交。"), form):
                    return redirect(entry)
        elif not only and not problems:
            messages.success(request, _("已保存。"))
            return redirect("assessment:self", pk=pk)
    may = entry.pk in sight.own and self_open(entry)
    context: dict[str, Any] = {"entry": entry, "row": row, "locked": not may, **_lines(entry, problems, typed)}
    if only:
        context["line"] = next(line for line in context["by_code"].values() if line["item"].code == only)
        return render(request, "assessment/parts/saved_self_line.html", context)
    context |= {
        "title": _("自我评价"),
        "form": form if may else None,
        "saved": offers.saved(row, entry),
        "problems": problems,
    }
    return render(request, "assessment/self.html", context, status=422 if problems or form.errors else 200)


def _lines(entry: Entry, problems: dict[str, str], typed: dict[str, Answer]) -> dict[str, Any]:
    row = entry.round
    marks = standing.marks_of([entry])
    offered = offers.offers(row, [entry])
    targets = standing.approved_targets([entry])
    used = offers.used([entry])
    by_code = {
        item.code: grid.line(
            entry,
            item,
            Mark.Stage.SELF,
            marks,
            offered,
            targets,
            used,
            problems.get(item.code, ""),
            typed.get(item.code),
        )
        | {"facts": bool(row.content.scheme.facts.get(item.code))}
        for item in row.content.sheet.items
    }
    given = [line["points"] for line in by_code.values() if line["points"] is not None]
    return {
        "by_code": by_code,
        "groups": [
            (named(group), group.full, [by_code[item.code] for item in group.items])
            for group in row.content.sheet.groups
        ],
        "done": len(given),
        "items_n": len(by_code),
        "sum": sum(given),
        "full": row.content.sheet.total,
    }


def _save(request: UserRequest, entry: Entry, only: str) -> tuple[dict[str, str], dict[str, Answer]]:
    row = entry.round
    offered = offers.offers(row, [entry])[entry.pk]
    marks = standing.marks_of([entry])[entry.pk]
    problems: dict[str, str] = {}
    typed: dict[str, Answer] = {}
    for item in row.content.sheet.items:
        if only and item.code != only:
            continue
        try:
            answer = grid.typed_answer(item, entry, _of_item(request, entry, item.code))
        except WrongAnswer as error:
            problems[item.code] = said_problem(error)
            continue
        before = marks[item.code].get("self")
        if answer.to_dict() == (before.answer if before else {}):
            continue
        chosen = grid.taken(item, offered.get(item.code, []), answer)
        try:
            SelfMark(
                user=request.user,
                entry=entry,
                item=item.code,
                answer=answer,
                source=chosen.to_dict() if chosen else {},
            ).execute()
        except ActionRefused as error:
            if error.status != 400:
                raise
            problems[item.code], typed[item.code] = str(error.message), answer
    return problems, typed


def _of_item(request: UserRequest, entry: Entry, code: str) -> dict[str, Any]:
    """The fields of one item; item codes may begin alike (1.1 and 1.10), so the colon decides."""
    start = f"e{entry.pk}-{code}:"
    return {key: value for key, value in request.POST.items() if key.startswith(start)}
