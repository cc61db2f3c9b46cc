"""On-site verification: the draw, the visits, one visit with its findings."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment import standing
from hengjian.assessment.actions.marking import SiteMark
from hengjian.assessment.actions.site import AddVisit, DrawSites, FinishVisit, PrepareSites, RecordFinding
from hengjian.assessment.forms import FindingForm, FinishVisitForm, TeamForm
from hengjian.assessment.models import Reviewer, Round, Visit
from hengjian.assessment.views import grid
from hengjian.assessment.views.base import attempt, find_entry, find_round, state_light, uploads
from hengjian.draws.models import Draw
from hengjian.draws.queries import first_checkpoint_after
from hengjian.pages.numbers import whole
from hengjian.parties.requests import UserRequest
from hengjian.scoring import marking
from hengjian.scoring.answers import WrongAnswer
from hengjian.scoring.words import named


@never_cache
@login_required
def site_page(request: UserRequest, pk: int) -> HttpResponse:
    """Freeze the list, draw, and follow the visits."""
    row, sight = find_round(request, pk)
    if not sight.whole:
        raise Http404(_("没有这个页面，或不在您的权限范围内。"))
    form = TeamForm(request.POST or None, row=row)
    do = request.POST.get("do", "")
    if do == "prepare" and form.is_valid():
        action = PrepareSites(user=request.user, round=row, team=list(form.cleaned_data["team"]))
        if attempt(request, action, _("名单已锁定，摘要已记入台账。"), form):
            return redirect("assessment:site", pk=pk)
    elif do == "draw":
        attempt(request, DrawSites(user=request.user, round=row), _("已抽取核查对象和核查项。"))
        return redirect("assessment:site", pk=pk)
    elif do == "add" and form.is_valid():
        entry = row.entries.filter(pk=whole(request.POST.get("entry", "")) or 0).first()
        if entry is None:
            raise Http404
        add = AddVisit(
            user=request.user,
            round=row,
            entry=entry,
            items=request.POST.getlist("items"),
            team=list(form.cleaned_data["team"]),
            reason=request.POST.get("reason", ""),
        )
        if attempt(request, add, _("已列入核查名单。"), form):
            return redirect("assessment:site", pk=pk)
    draw = Draw.objects.filter(pk=row.draw).first() if row.draw else None
    visits = Visit.objects.filter(entry__round=row).select_related("entry__unit").prefetch_related("findings")
    teams: dict[int, list[str]] = {}
    for one in Reviewer.objects.filter(entry__round=row, role=Reviewer.Role.SITE).select_related("user"):
        teams.setdefault(one.entry_id, []).append(str(one.user))
    visited = {visit.entry_id for visit in visits}
    context = {
        "title": _("实地核查"),
        "row": row,
        "state": state_light(row),
        "sight": sight,
        "form": form,
        "draw": draw,
        "ready": draw is not None and draw.state == Draw.State.PREPARED and first_checkpoint_after(draw) is not None,
        "count": row.content.scheme.site.objects(row.entries.count()),
        "visits": [
            {
                "visit": visit,
                "items": [named(row.content.sheet.item(code)) for code in visit.items],
                "team": teams.get(visit.entry_id, []),
                "differing": sum(1 for one in visit.findings.all() if not one.agrees),
                "found": len({one.item for one in visit.findings.all()}),
            }
            for visit in visits
        ],
        "others": [entry for entry in row.entries.all() if entry.pk not in visited],
        "items": [(item.code, named(item)) for item in row.content.sheet.items if item.part in ("key", "basic")],
    }
    return render(request, "assessment/site.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def visit_page(request: UserRequest, pk: int) -> HttpResponse:
    """One visit: the drawn items with what was declared, findings with photographs, a mark where it differs."""
    entry, sight = find_entry(request, pk)
    row = entry.round
    visit = getattr(entry, "visit", None)
    if visit is None or not (sight.whole or entry.pk in sight.visits):
        raise Http404(_("这个对象不在核查名单中。"))
    choices = [(code, f"{code} {named(row.content.sheet.item(code))}") for code in visit.items]
    finding = FindingForm(None, items=choices)
    finish = FinishVisitForm(None)
    problem = ""
    do = request.POST.get("do", "")
    back = reverse("assessment:visit", args=[pk])
    if do == "finding":
        finding = FindingForm(request.POST, request.FILES, items=choices)
        if finding.is_valid():
            data = finding.cleaned_data
            action = RecordFinding(
                user=request.user,
                entry=entry,
                item=data["item"],
                text=data["text"],
                agrees=data["agrees"] == "yes",
                files=uploads(request),
            )
            if attempt(request, action, _("已记录核查发现。"), finding):
                return redirect(back)
    elif do == "mark":
        code = request.POST.get("item", "")
        if code not in visit.items:
            raise Http404
        item = row.content.sheet.item(code)
        try:
            answer = grid.typed_answer(item, entry, request.POST)
        except WrongAnswer as error:
            problem = marking.said_problem(error)
        else:
            mark = SiteMark(user=request.user, entry=entry, item=code, answer=answer)
            if attempt(request, mark, _("已保存核查评分。")):
                return redirect(back)
    elif do == "finish":
        finish = FinishVisitForm(request.POST)
        if finish.is_valid():
            data = finish.cleaned_data
            end = FinishVisit(user=request.user, entry=entry, summary=data["account"], visited_on=data["visited_on"])
            if attempt(request, end, _("核查已完成。"), finish):
                return redirect(back)
    context = {
        "title": _("实地核查：%(name)s") % {"name": entry.name},
        "entry": entry,
        "row": row,
        "visit": visit,
        "lines": _lines(entry, visit),
        "finding": finding,
        "finish": finish,
        "problem": problem,
        "team": entry.reviewers.filter(role=Reviewer.Role.SITE).select_related("user"),
        "may": entry.pk in sight.visits and row.state == Round.State.SITE and visit.finished_at is None,
    }
    failed = bool(do)
    return render(request, "assessment/visit.html", context, status=422 if failed else 200)


def _lines(entry: Any, visit: Visit) -> list[dict[str, Any]]:
    row = entry.round
    marks = standing.marks_of([entry])
    findings: dict[str, list[Any]] = {}
    for one in visit.findings.select_related("by"):
        findings.setdefault(one.item, []).append(one)
    found = []
    for code in visit.items:
        item = row.content.sheet.item(code)
        line = grid.line(entry, item, "site", marks, {}, {}, {})
        stages = marks[entry.pk][code]
        own = stages.get("self")
        line["words"] = grid.said_answer(item, own.said, None) if own else ""
        line["department"] = stages.get("department")
        line["findings"] = findings.get(code, [])
        found.append(line)
    return found
