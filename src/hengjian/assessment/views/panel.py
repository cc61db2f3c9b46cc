"""The panel: deviations between stages first, then everything open, and the ledgers of decisions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment import standing
from hengjian.assessment.actions.marking import PanelMark
from hengjian.assessment.actions.panel import ConfirmDecision, ProposeDecision
from hengjian.assessment.actions.results import ComputeResults
from hengjian.assessment.forms import DecisionForm
from hengjian.assessment.models import Decision, Entry, Finding, Mark, Round
from hengjian.assessment.rules import deviations
from hengjian.assessment.views import grid
from hengjian.assessment.views.base import attempt, find_round, state_light
from hengjian.pages.numbers import whole
from hengjian.parties.requests import UserRequest
from hengjian.scoring.answers import WrongAnswer
from hengjian.scoring.marking import said_problem
from hengjian.scoring.words import named


@never_cache
@login_required
def panel_page(request: UserRequest, pk: int) -> HttpResponse:
    """What the panel has to settle."""
    row, sight = find_round(request, pk)
    if not sight.whole or not row.reached("panel"):
        raise Http404(_("还没有到综合评审环节，或不在您的权限范围内。"))
    entries = list(row.entries.select_related("unit", "region", "round"))
    form = DecisionForm(None, **_choices(row, entries))
    if request.method == "POST":
        done, form = _post(request, row, entries, form)
        if done:
            return redirect("assessment:panel", pk=pk)
    marks = standing.marks_of(entries)
    context = {
        "title": _("综合评审"),
        "row": row,
        "state": state_light(row),
        "sight": sight,
        "deviating": _deviating(row, entries, marks),
        "unmarked": _unmarked(row, entries, marks),
        "decisions": Decision.objects.filter(entry__round=row).select_related("entry", "proposed_by", "decided_by"),
        "form": form,
        "standings": _standings(row, entries),
        "open": standing.open_points(row) if row.state == Round.State.PANEL else [],
        "may": sight.panel and row.state == Round.State.PANEL,
    }
    return render(request, "assessment/panel.html", context, status=422 if request.method == "POST" else 200)


def _choices(row: Round, entries: list[Entry]) -> dict[str, Any]:
    sheet = row.content.sheet
    cases = [(f"veto:{case.code}", _("一票否决：%(case)s") % {"case": named(case)}) for case in sheet.vetoes]
    cases += [(f"downgrade:{case.code}", _("降级：%(case)s") % {"case": named(case)}) for case in sheet.downgrades]
    cases += [("bonus:", _("加分")), ("deduction:", _("扣分"))]
    return {"entries": [(str(entry.pk), entry.name) for entry in entries], "cases": cases}


def _post(request: UserRequest, row: Round, entries: list[Entry], form: DecisionForm) -> tuple[bool, DecisionForm]:
    user, do = request.user, request.POST.get("do", "")
    by_pk = {entry.pk: entry for entry in entries}
    if do == "mark":
        entry = by_pk.get(whole(request.POST.get("entry", "")) or 0)
        try:
            item = row.content.sheet.item(request.POST.get("item", ""))
        except KeyError:
            raise Http404 from None
        if entry is None:
            raise Http404
        try:
            answer = grid.typed_answer(item, entry, request.POST)
        except WrongAnswer as error:
            messages.error(request, said_problem(error))
            return False, form
        action = PanelMark(user=user, entry=entry, item=item.code, answer=answer)
        return attempt(request, action, _("已记录评审意见。")), form
    if do == "propose":
        form = DecisionForm(request.POST, **_choices(row, entries))
        if not form.is_valid():
            return False, form
        data = form.cleaned_data
        kind, _colon, code = data["case"].partition(":")
        propose = ProposeDecision(
            user=user,
            entry=by_pk[int(data["entry"])],
            kind=kind,
            code=code,
            title=data["title"],
            points=data["points"],
            facts=data["facts"],
            fact_ids=data["fact_ids"].split(),
        )
        return attempt(request, propose, _("已提出，请另一名成员确认。"), form), form
    if do in ("confirm", "reject"):
        decision = Decision.objects.filter(pk=whole(request.POST.get("decision", "")) or 0, entry__round=row).first()
        if decision is None:
            raise Http404
        confirm = ConfirmDecision(
            user=user,
            entry=by_pk[decision.entry_id],
            decision=decision,
            confirms=do == "confirm",
            reason=request.POST.get("reason", ""),
        )
        return attempt(request, confirm, _("已处理。")), form
    if do == "compute":
        return attempt(request, ComputeResults(user=user, round=row), _("结果已汇总，等待批准。")), form
    return False, form


def _deviating(row: Round, entries: list[Entry], marks: standing.Marks) -> list[dict[str, Any]]:
    """Items on which stages differ, widest first, with controls for the panel's word."""
    findings: dict[tuple[int, str], list[Finding]] = {}
    for told in Finding.objects.filter(visit__entry__round=row).select_related("visit"):
        findings.setdefault((told.visit.entry_id, told.item), []).append(told)
    found = []
    for entry in entries:
        for one in deviations(row.content.sheet, standing.said(marks[entry.pk])):
            item = row.content.sheet.item(one.item)
            stages = marks[entry.pk][one.item]
            start = stages.get("panel") or stages.get("site") or stages.get("department")
            line = grid.line(entry, item, "panel", marks, {}, {}, {}, typed=start.said if start else None)
            line["note"] = stages["panel"].reason if "panel" in stages else ""
            line["deviation"] = one
            line["shown"] = [(label, stages.get(code)) for code, label in Mark.Stage.choices]
            line["findings"] = findings.get((entry.pk, one.item), [])
            found.append(line)
    return sorted(found, key=lambda line: ("panel" in line["stages"], -line["deviation"].share, line["entry"].order))


def _unmarked(row: Round, entries: list[Entry], marks: standing.Marks) -> list[dict[str, Any]]:
    """Items that nobody but the assessed body has marked; the panel has to."""
    found = []
    for entry in entries:
        for item in row.content.sheet.items:
            stages = marks[entry.pk][item.code]
            if item.part in ("key", "basic") and not {"department", "site", "panel"} & set(stages):
                line = grid.line(entry, item, "panel", marks, {}, {}, {})
                line["shown"] = [(label, stages.get(code)) for code, label in Mark.Stage.choices]
                found.append(line)
    return found


def _standings(row: Round, entries: list[Entry]) -> list[dict[str, Any]]:
    """What the round would amount to now."""
    names = {str(entry.pk): entry for entry in entries}
    try:
        return [
            {"entry": names[one.key], "rank": one.rank, "scored": one.scored} for one in standing.standings_now(row)
        ]
    except WrongAnswer as error:
        return [{"problem": said_problem(error)}]
