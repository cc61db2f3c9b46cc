"""The assessors' page: a unit's items, all objects side by side, saved line by line."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment import offers, standing
from hengjian.assessment.actions.marking import DepartmentMark, FinishItems
from hengjian.assessment.models import Entry, Mark, Round
from hengjian.assessment.sight import Sight
from hengjian.assessment.views import grid
from hengjian.assessment.views.base import attempt, find_round, state_light
from hengjian.pages.numbers import whole
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring.answers import Answer, WrongAnswer
from hengjian.scoring.marking import said_problem
from hengjian.scoring.words import named


@never_cache
@login_required
def score_page(request: UserRequest, pk: int) -> HttpResponse:
    """One item at a time, every object in a row: self score, the number on record, evidence, the mark; above it the
    matrix of all the unit's items."""
    row, sight = find_round(request, pk)
    codes = [item.code for item in row.content.sheet.items if sight.whole or item.code in sight.items]
    if not codes or not row.reached("department"):
        raise Http404(_("没有由您单位评分的项目，或者还没有到部门评分环节。"))
    code = request.POST.get("item") or request.GET.get("item") or _first_open(row, sight, codes)
    if code not in codes:
        raise Http404(_("没有由您单位评分的项目，或者还没有到部门评分环节。"))
    item = row.content.sheet.item(code)
    entries = list(row.entries.select_related("unit", "region"))
    for entry in entries:
        entry.round = row
    problems: dict[int, str] = {}
    typed: dict[int, Answer] = {}
    if request.method == "POST":
        if request.POST.get("do") == "finish":
            attempt(request, FinishItems(user=request.user, round=row), _("评分已提交。"))
            return redirect(f"{request.path}?item={code}")
        only = whole(request.POST.get("entry", ""))
        chosen = [entry for entry in entries if only is None or entry.pk == only]
        saved, problems, typed = _save(request, row, item, chosen)
        if only is None and not problems:
            messages.success(request, _("已保存 %(n)s 个评分。") % {"n": saved})
            return redirect(f"{request.path}?item={code}")
    context = {"row": row, "sight": sight, "item": item, **_grid(request, row, sight, item, entries, problems, typed)}
    only = whole(request.POST.get("entry", ""))
    if request.method == "POST" and only is not None:
        context["line"] = next(line for line in context["lines"] if line["entry"].pk == only)
        return render(request, "assessment/parts/score_line.html", context)
    lead = row.responsibilities.select_related("unit").get(item=code)
    context |= {
        "title": _("部门评分"),
        "item_title": named(item),
        "criteria": grid.criteria(item),
        "state": state_light(row),
        "lead": lead,
        "matrix": _matrix(row, codes, entries),
        "entries": entries,
        "saved": offers.saved(row),
    }
    return render(request, "assessment/score.html", context, status=422 if problems else 200)


def _first_open(row: Round, sight: Sight, codes: list[str]) -> str:
    """The first item of the unit that is not complete."""
    objects = row.entries.count()
    done: dict[str, int] = {}
    for code in Mark.objects.filter(entry__round=row, stage=Mark.Stage.DEPARTMENT, current=True).values_list(
        "item", flat=True
    ):
        done[code] = done.get(code, 0) + 1
    mine = [code for code in codes if code in sight.items] or codes
    return next((code for code in mine if done.get(code, 0) < objects), mine[0])


def _grid(
    request: UserRequest,
    row: Round,
    sight: Sight,
    item: Item,
    entries: list[Entry],
    problems: dict[int, str],
    typed: dict[int, Answer],
) -> dict[str, Any]:
    marks = standing.marks_of(entries)
    offered = offers.offers(row, entries)
    targets = standing.approved_targets(entries)
    used = offers.used(entries)
    lead = row.responsibilities.get(item=item.code)
    locked = row.state != Round.State.DEPARTMENT or lead.finished_at is not None or lead.unit_id != request.user.unit_id
    lines = [
        grid.line(
            entry,
            item,
            Mark.Stage.DEPARTMENT,
            marks,
            offered,
            targets,
            used,
            problems.get(entry.pk, ""),
            typed.get(entry.pk),
        )
        | {"locked": locked or entry.unit_id == request.user.unit_id}
        for entry in entries
    ]
    done = sum(1 for line in lines if line["points"] is not None)
    return {"lines": lines, "locked": locked, "done": done, "objects_n": len(entries)}


def _matrix(row: Round, codes: list[str], entries: list[Entry]) -> list[dict[str, Any]]:
    """Items × objects: the department's points, or the self score while there are none."""
    marks = standing.marks_of(entries)
    found = []
    for code in codes:
        item = row.content.sheet.item(code)
        cells = []
        for entry in entries:
            stages = marks[entry.pk][code]
            mark, own = stages.get("department"), stages.get("self")
            shown = mark or own
            points = shown.points if shown else None
            cells.append(
                {
                    "entry": entry,
                    "points": points,
                    "marked": mark is not None,
                    "differs": bool(mark and own and mark.points != own.points),
                }
            )
        done = sum(1 for cell in cells if cell["marked"])
        found.append({"item": item, "title": named(item), "cells": cells, "done": done})
    return found


def _save(
    request: UserRequest, row: Round, item: Item, entries: list[Entry]
) -> tuple[int, dict[int, str], dict[int, Answer]]:
    """Save the lines that changed; (how many, entry → what is wrong, entry → what was typed)."""
    offered = offers.offers(row, entries)
    marks = standing.marks_of(entries)
    problems: dict[int, str] = {}
    typed: dict[int, Answer] = {}
    saved = 0
    for entry in entries:
        if f"e{entry.pk}-there" not in request.POST:
            continue
        try:
            answer = grid.typed_answer(item, entry, request.POST)
        except WrongAnswer as error:
            problems[entry.pk] = said_problem(error)
            continue
        before = marks[entry.pk][item.code].get("department")
        if answer.to_dict() == (before.answer if before else {}) or (before is None and answer.empty):
            continue
        chosen = grid.taken(item, offered[entry.pk].get(item.code, []), answer)
        try:
            DepartmentMark(
                user=request.user,
                entry=entry,
                item=item.code,
                answer=answer,
                source=chosen.to_dict() if chosen else {},
            ).execute()
            saved += 1
        except ActionRefused as error:
            problems[entry.pk], typed[entry.pk] = str(error.message), answer
        entry.round = row
    return saved, problems, typed
