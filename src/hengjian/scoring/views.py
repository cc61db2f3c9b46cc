"""Pages of the room: the list of sheets, one sheet, marking it, its workbook."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.pages.components import light
from hengjian.pages.list_views import ListView
from hengjian.pages.lists import BuiltInView, ChoiceFilter, Column, List, TextFilter
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.rulebook.parameters.score_sheets import Item
from hengjian.scoring import marking, queries
from hengjian.scoring.actions import (
    CloseSheet,
    FinishMarks,
    GiveMark,
    Recuse,
    RequestConsensus,
    ReviseSheet,
    SettleItem,
)
from hengjian.scoring.answers import Answer, WrongAnswer
from hengjian.scoring.forms import CloseForm, ReasonForm, SettleForm
from hengjian.scoring.models import Member, ScoreSheet
from hengjian.scoring.words import named, result_rows, stage_word

LIGHTS = {
    ScoreSheet.State.OPEN: "blue",
    ScoreSheet.State.CONSENSUS: "amber",
    ScoreSheet.State.CLOSED: "green",
    ScoreSheet.State.SUPERSEDED: "grey",
}


def sheet_light(sheet: ScoreSheet) -> str:
    return light(LIGHTS[ScoreSheet.State(sheet.state)], sheet.get_state_display())


SHEETS = List(
    key="scoring.sheets",
    title=gettext_lazy("评分表"),
    columns=[
        Column("title", gettext_lazy("名称"), sort="title", head=True, card="full", link=ScoreSheet.get_absolute_url),
        Column(
            "stage",
            gettext_lazy("环节"),
            value=lambda row: stage_word(row.stage),
            sort="stage",
            width="w4",
            card="half",
        ),
        Column(
            "unit", gettext_lazy("组织单位"), value="unit.name", sort="unit__name", css="units", width="w6", card="half"
        ),
        Column("members", gettext_lazy("评审员"), value="active", align="num", width="w3"),
        Column("finished", pgettext_lazy("评分表", "已提交"), value="finished", align="num", width="w3"),
        Column("total", gettext_lazy("总分"), value="total", sort="total", align="num", width="w3"),
        Column("grade", gettext_lazy("等级"), value="grade", sort="grade", width="w2"),
        Column(
            "opened", gettext_lazy("建表时间"), value="opened_at", sort="opened_at", align="num", width="w4", card="opt"
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=ScoreSheet.get_state_display,
            cell=sheet_light,
            sort="state",
            width="w3",
            card="state",
        ),
        Column("version", gettext_lazy("版本"), value="version", align="num", shown=False, card="opt"),
    ],
    filters=[
        TextFilter(
            key="q", label=gettext_lazy("名称"), fields=("title", "subject"), placeholder=gettext_lazy("关键词")
        ),
        ChoiceFilter(key="state", label=gettext_lazy("状态"), field="state", choices=ScoreSheet.State.choices),
    ],
    order=("-opened_at",),
    views=[
        BuiltInView("open", gettext_lazy("评分中"), "state=open"),
        BuiltInView("consensus", gettext_lazy("合议中"), "state=consensus"),
    ],
    empty=gettext_lazy("没有评分表"),
    empty_hint=gettext_lazy("评选和考核进入评审环节时自动建立。"),
)


class Sheets(ListView):
    declaration = SHEETS
    template_name = "scoring/sheets.html"

    def get_queryset(self) -> QuerySet[ScoreSheet]:
        active = Q(members__recused_at=None, members__isnull=False)
        return ScoreSheet.objects.select_related("unit", "region").annotate(
            active=Count("members", filter=active),
            finished=Count("members", filter=active & Q(members__finished_at__isnull=False)),
        )


def find_sheet(request: UserRequest, pk: int) -> ScoreSheet:
    rows = visible(request.user, ScoreSheet.objects.filter(pk=pk))
    sheet = rows.select_related("unit", "region", "subject_unit", "previous").first()
    if sheet is None:
        raise Http404(_("没有这份评分表，或不在您的查看范围内。"))
    return sheet


def membership(sheet: ScoreSheet, request: UserRequest) -> Member | None:
    return sheet.members.filter(user=request.user).first()


def sees_all(sheet: ScoreSheet, request: UserRequest, member: Member | None) -> bool:
    """An assessor does not see what the others gave before having handed in; the organisers do."""
    if member is None or not sheet.at_work:
        return True
    return sheet.state == ScoreSheet.State.CONSENSUS


def attempt(request: UserRequest, action: Action[Any], form: Form | None, done: str) -> bool:
    """Execute; a refusal becomes an error of the form, so that nothing typed is lost."""
    try:
        action.execute()
    except ActionRefused as error:
        if form is None:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    messages.success(request, done)
    return True


@never_cache
@login_required
def sheet_page(request: UserRequest, pk: int) -> HttpResponse:
    """A sheet: result with reasons for every lost point, assessors, consensus, closing."""
    sheet = find_sheet(request, pk)
    grades = queries.grades_of(sheet)
    ranked = grades is not None and any(band.max_rank is not None for band in grades.bands)
    do = request.POST.get("do", "")
    close = CloseForm(request.POST if do == "close" else None, sheet=sheet, ranked=ranked)
    revise = ReasonForm(request.POST if do == "revise" else None)
    recuse = ReasonForm(request.POST if do == "recuse" else None)
    if do == "close" and close.is_valid():
        if attempt(request, CloseSheet(user=request.user, sheet=sheet, **close.cleaned_data), close, _("已定分。")):
            return redirect("scoring:sheet", pk=pk)
    elif do == "consensus":
        attempt(request, RequestConsensus(user=request.user, sheet=sheet), None, _("已比较各评审员的评分。"))
        return redirect("scoring:sheet", pk=pk)
    elif do == "revise" and revise.is_valid():
        made = ReviseSheet(user=request.user, sheet=sheet, reason=revise.cleaned_data["reason"]).execute()
        messages.success(request, _("已建立更正版本，原版本在新版本定分前继续有效。"))
        return redirect("scoring:sheet", pk=made.pk)
    elif do == "recuse" and recuse.is_valid():
        action = Recuse(user=request.user, sheet=sheet, reason=recuse.cleaned_data["reason"])
        if attempt(request, action, recuse, _("已回避，您的评分不再计入。")):
            return redirect("scoring:index")
    member = membership(sheet, request)
    shown = sees_all(sheet, request, member)
    bound = close.is_bound or revise.is_bound or recuse.is_bound
    active = member is not None and member.recused_at is None and sheet.at_work
    tasks = [
        {"task": task, "title": named(sheet.sheet.item(task.item)), "points": sheet.sheet.item(task.item).points}
        for task in sheet.tasks.select_related("settled_by")
    ]
    context = {
        "title": sheet.title,
        "sheet": sheet,
        "state": sheet_light(sheet),
        "stage": stage_word(sheet.stage),
        "result": result_rows(sheet) if shown else None,
        "members": sheet.members.select_related("user"),
        "member": member,
        "may_mark": active
        and member is not None
        and member.finished_at is None
        and sheet.state == ScoreSheet.State.OPEN,
        "may_settle": active,
        "tasks": tasks if shown else [],
        "close": close if not CloseSheet(user=request.user, sheet=sheet, rank=1).refusal() else None,
        "close_refusal": CloseSheet(user=request.user, sheet=sheet, rank=1).refusal(),
        "revise": revise if not ReviseSheet(user=request.user, sheet=sheet).refusal() else None,
        "recuse": recuse if active else None,
        "next": ScoreSheet.objects.filter(previous=sheet).first(),
    }
    return render(request, "scoring/sheet.html", context, status=422 if bound else 200)


@never_cache
@login_required
def mark_page(request: UserRequest, pk: int) -> HttpResponse:
    """The grid: one assessor's answers, saved together or, with a script, item by item."""
    sheet = find_sheet(request, pk)
    member = membership(sheet, request)
    if member is None or member.recused_at is not None:
        raise Http404(_("您不是这份评分表的评审员，或者已经回避。"))
    problems: dict[str, str] = {}
    typed: dict[str, Answer] = {}
    if request.method == "POST":
        only = request.POST.get("item", "")
        problems, typed = _save(request, sheet, only)
        if request.POST.get("do") == "finish" and not problems:
            FinishMarks(user=request.user, sheet=sheet).execute()
            messages.success(request, _("评分已提交。"))
            return redirect("scoring:sheet", pk=pk)
        if not problems and not only:
            messages.success(request, _("已保存。"))
            return redirect("scoring:mark", pk=pk)
    context = {"sheet": sheet, "problems": problems, **_grid(request, sheet, member, problems, typed)}
    if request.POST.get("item"):  # one line, saved by the script as soon as it was changed
        return render(request, "scoring/parts/saved_line.html", {**context, "line": context["only"]})
    context |= {"title": sheet.title, "stage": stage_word(sheet.stage), "guides": marking.guides(sheet.sheet)}
    return render(request, "scoring/mark.html", context, status=422 if problems else 200)


def _grid(
    request: UserRequest, sheet: ScoreSheet, member: Member, problems: dict[str, str], typed: dict[str, Answer]
) -> dict[str, Any]:
    """The lines of the grid with the person's answers, and how far they are."""
    answers = {**queries.own_answers(sheet, request.user), **typed}
    points = dict(sheet.marks.filter(reviewer=request.user).values_list("item", "points"))

    def line(item: Item) -> marking.Line:
        return marking.line(item, answers.get(item.code), points.get(item.code), problems.get(item.code, ""))

    given = [value for value in points.values() if value is not None]
    chosen = request.POST.get("item", "")
    return {
        "groups": [(named(group), group.full, [line(item) for item in group.items]) for group in sheet.sheet.groups],
        "only": next((line(item) for item in sheet.sheet.items if item.code == chosen), None),
        "done": len(given),
        "items": len(sheet.sheet.items),
        "sum": sum(given),
        "full": sheet.sheet.total,
        "locked": member.finished_at is not None or sheet.state != ScoreSheet.State.OPEN,
    }


def _save(request: UserRequest, sheet: ScoreSheet, only: str) -> tuple[dict[str, str], dict[str, Answer]]:
    """Save the lines that changed; (item → what is wrong, item → what was typed there)."""
    before = queries.own_answers(sheet, request.user)
    problems: dict[str, str] = {}
    typed: dict[str, Answer] = {}
    with transaction.atomic():
        for item in sheet.sheet.items:
            if only and item.code != only:
                continue
            try:
                answer = marking.answer_of(item, request.POST)
            except WrongAnswer as error:
                problems[item.code] = marking.said_problem(error)
                continue
            if answer.to_dict() == before.get(item.code, Answer()).to_dict():
                continue
            try:
                GiveMark(user=request.user, sheet=sheet, item=item.code, answer=answer).execute()
            except ActionRefused as error:
                if error.status != 400:
                    raise
                problems[item.code], typed[item.code] = str(error.message), answer
    return problems, typed


@never_cache
@login_required
def settle_page(request: UserRequest, pk: int, task: int) -> HttpResponse:
    """One item that assessors see differently: all marks side by side, and what they agree on."""
    sheet = find_sheet(request, pk)
    found = sheet.tasks.filter(pk=task).first()
    if found is None or not sees_all(sheet, request, membership(sheet, request)):
        raise Http404(_("没有这项合议。"))
    item = sheet.sheet.item(found.item)
    form = SettleForm(request.POST or None, initial={"note": found.note})
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            answer = marking.answer_of(item, request.POST)
        except WrongAnswer as error:
            problem = marking.said_problem(error)
        else:
            action = SettleItem(
                user=request.user, sheet=sheet, task=found, answer=answer, note=form.cleaned_data["note"]
            )
            if attempt(request, action, form, _("已记录合议结果。")):
                return redirect("scoring:sheet", pk=pk)
    marks = [mark for mark in queries.counted_marks(sheet) if mark.item == item.code]
    context = {
        "title": named(item),
        "sheet": sheet,
        "task": found,
        "item": item,
        "marks": [(mark.reviewer, mark.points, mark.said.note) for mark in marks],
        "inputs": marking.inputs_of(item, found.said),
        "form": form,
        "problem": problem,
        "may_settle": sheet.at_work and sheet.members.filter(user=request.user, recused_at=None).exists(),
    }
    return render(request, "scoring/settle.html", context, status=422 if form.is_bound else 200)


@require_safe
@login_required
def sheet_file(request: UserRequest, pk: int) -> HttpResponse:
    """The sheet as a workbook: items, points, lost points, reasons."""
    sheet = find_sheet(request, pk)
    if not sees_all(sheet, request, membership(sheet, request)):
        raise Http404
    result = result_rows(sheet)
    columns = [
        SheetColumn(_("编号"), 10),
        SheetColumn(_("评分项"), 30),
        SheetColumn(_("分值"), 10, "number"),
        SheetColumn(_("得分"), 10, "number"),
        SheetColumn(_("失分"), 10, "number"),
        SheetColumn(_("失分原因"), 60),
    ]
    rows: list[list[Any]] = []
    for group in result["groups"]:
        rows.append(["", group["title"], group["full"], group["points"], group["lost"], ""])
        rows.extend(
            [item["code"], item["title"], item["full"], item["points"], item["lost"], item["reason"]]
            for item in group["items"]
        )
    rows.append(["", _("总分"), result["full"], result["total"], None, result["grade"]])
    notes = [stage_word(sheet.stage), sheet.unit.name, f"{sheet.rule_id} {sheet.rule_version}", *result["trace"]]
    data = write_xlsx(columns, rows, title=sheet.title, notes=[note for note in notes if note])
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{sheet.title}.xlsx')}"
    return response
