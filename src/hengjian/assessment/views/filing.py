"""Filing of target values by the assessed body."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment import proposals
from hengjian.assessment.actions.filing import FileTarget
from hengjian.assessment.models import Round, TargetValue
from hengjian.assessment.views.base import find_entry
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.scoring.answers import WrongAnswer, number
from hengjian.scoring.marking import said_problem
from hengjian.scoring.words import named


@never_cache
@login_required
def targets_page(request: UserRequest, pk: int) -> HttpResponse:
    """Target values item by item, with last year's figure and the plan's target beside the field."""
    entry, sight = find_entry(request, pk)
    row = entry.round
    problems: dict[str, str] = {}
    if request.method == "POST":
        filed = 0
        for code in row.content.scheme.targets:
            text = request.POST.get(f"value-{code}", "").strip()
            if not text:
                continue
            try:
                value = number(text)
                latest = entry.targets.filter(item=code).first()
                basis = request.POST.get(f"basis-{code}", "").strip()
                if latest is not None and (latest.value, latest.basis, latest.state) == (value, basis, "filed"):
                    continue
                if latest is not None and latest.state == TargetValue.State.APPROVED:
                    continue
                FileTarget(user=request.user, entry=entry, item=code, value=value, basis=basis).execute()
                filed += 1
            except WrongAnswer as error:
                problems[code] = said_problem(error)
            except ActionRefused as error:
                problems[code] = str(error.message)
        if not problems:
            messages.success(request, _("已备案 %(n)s 项目标值，等待办公室核定。") % {"n": filed})
            return redirect("assessment:targets", pk=pk)
    offered = proposals.proposals(entry)
    history: dict[str, list[TargetValue]] = {}
    for one in entry.targets.select_related("filed_by", "decided_by").order_by("-pk"):
        history.setdefault(one.item, []).append(one)
    lines: list[dict[str, Any]] = []
    for code in row.content.scheme.targets:
        item = row.content.sheet.item(code)
        mine = history.get(code, [])
        lines.append(
            {
                "item": item,
                "title": named(item),
                "history": mine,
                "latest": mine[0] if mine else None,
                "locked": bool(mine) and mine[0].state == TargetValue.State.APPROVED,
                "offers": offered.get(code, []),
                "problem": problems.get(code, ""),
                "typed": request.POST.get(f"value-{code}", "") if problems else "",
            }
        )
    context = {
        "title": _("目标备案"),
        "entry": entry,
        "row": row,
        "lines": lines,
        "may_file": entry.pk in sight.own and row.state == Round.State.FILING,
    }
    return render(request, "assessment/targets.html", context, status=422 if problems else 200)
