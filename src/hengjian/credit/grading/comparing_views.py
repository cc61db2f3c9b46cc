"""The page of champion and challenger."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.credit.grading import comparing, words
from hengjian.credit.grading.models import Run
from hengjian.credit.grading.statistics import verdict
from hengjian.credit.grading.views import VIEW, packs_for
from hengjian.parties.policies import require
from hengjian.parties.requests import UserRequest


def _months(pack: str) -> list[Run]:
    return list(Run.objects.filter(pack=pack, state=Run.State.DONE).order_by("month"))


def _judged(runs: list[Run], month: str) -> dict[str, Any] | None:
    """A pack in that month, or in its last one before it."""
    known = [run for run in runs if run.month <= month]
    if not known:
        return None
    found = comparing.judged(known[-1], known[-2] if len(known) > 1 else None)
    return {
        "judged": found,
        "title": words.title_of(found.pack),
        "mark": words.mark(found.pack),
        "verdict": verdict(found.pack, found.index.index) if found.index is not None else None,
    }


@login_required
@require_safe
def comparison_page(request: UserRequest) -> HttpResponse:
    """`?pack=quality-credit&against=risk-class&month=2026-10`."""
    require(request.user, VIEW)
    packs = packs_for(request)
    names = {pack.code: words.title_of(pack) for pack in packs}
    champion = request.GET.get("pack", "")
    champion = champion if champion in names else packs[0].code
    against = request.GET.get("against", "")
    if against not in names or against == champion:
        against = next((code for code in names if code != champion and _months(code)), champion)
    runs, others = _months(champion), _months(against)
    months = [run.month for run in reversed(runs)]
    wanted = request.GET.get("month", "")
    month = wanted if wanted in months else (months[0] if months else "")
    sides = [side for side in (_judged(runs, month), _judged(others, month)) if side is not None]
    context: dict[str, Any] = {
        "title": _("规则包对比"),
        "packs": list(names.items()),
        "champion": champion,
        "against": against,
        "months": months,
        "month": month,
        "sides": sides,
        "table": [],
    }
    if len(sides) == 2 and champion != against:
        one, other = (side["judged"] for side in sides)
        context |= {"table": comparing.crossed(one.run, other.run), "grades": other.pack.model.grades}
    return render(request, "credit_grading/comparison.html", context)
