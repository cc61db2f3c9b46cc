"""The grid of one return: filling, checks, stages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hengjian.pages.errors import UserError
from hengjian.parties.policies import permitted
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.returns.actions import (
    CellInput,
    CommentCell,
    CompleteReturn,
    CorrectReturn,
    DeclareNoChange,
    ExplainProblem,
    ExtendReturn,
    PassStage,
    RefillCells,
    RemindReturn,
    SaveCells,
    SendBack,
    WithdrawReturn,
)
from hengjian.returns.actions.filling import Saved
from hengjian.returns.models import Approval, Return
from hengjian.returns.rules import plain_text
from hengjian.returns.showing import STATE_LIGHTS, grid_of, language, payload
from hengjian.returns.views.common import find_return

# Cells that one request may bring; a form has at most 5000, a paste block or a whole page fewer.
MOST_AT_ONCE = 5000
LONGEST_TEXT = 200


@login_required
@never_cache
def grid_page(request: UserRequest, pk: int) -> HttpResponse:
    """The return; a POST does one of the things that its state admits (`do`), saving the page's cells first."""
    entry = find_return(request, pk)
    if request.method == "POST":
        return _act(request, entry)
    editable = entry.is_editable and not SaveCells(user=request.user, entry=entry, cells=()).refusal()
    grid = grid_of(entry, editing=editable)
    form = entry.opening.form
    approval = _due_approval(request, entry)
    stages = {stage.code: stage.said(language()) for stage in form.stages}
    context = {
        "title": entry.opening.title,
        "entry": entry,
        "form": form,
        "grid": grid,
        "state_light": STATE_LIGHTS[Return.State(entry.state)],
        "columns": [(column, column.said(language()), column.unit_said(language())) for column in grid.layout.columns],
        "inputs": [(cell.key, grid.layout.name(cell.row, cell.column, language())) for cell in grid.layout.inputs],
        "editable": editable,
        "versions": json.dumps({cell.key: cell.version for row in grid.rows for cell in row.cells if cell.version}),
        "approval": approval,
        "pass_refusal": PassStage(user=request.user, approval=approval).refusal() if approval else "",
        "may_withdraw": not WithdrawReturn(user=request.user, entry=entry).refusal(),
        "may_correct": not CorrectReturn(user=request.user, entry=entry).refusal(),
        "may_organise": entry.is_editable and not RemindReturn(user=request.user, entry=entry).refusal(),
        "approvals": [
            (item, stages.get(item.code, item.code)) for item in entry.approvals.select_related("unit", "by")
        ],
        "objections": [
            (one, grid.layout.name(one.row, one.column, language()))
            for one in entry.objections.filter(settled_at=None).select_related("by")
        ],
        "comments": [cell for row in grid.rows for cell in row.cells if cell.comment],
        "overdue": entry.state in Return.EDITABLE and entry.due_on < timezone.localdate(),
        "purpose": form.purpose_said(language()),
        "cells": len(grid.layout.inputs),
        "records": entry.records.count(),
    }
    return render(request, "returns/grid.html", context)


@login_required
@require_POST
def save_cells(request: UserRequest, pk: int) -> HttpResponse:
    """What the script saves while somebody types: JSON {"cells": [[row, column, text, version], …]}."""
    entry = find_return(request, pk)
    cells = _posted_cells(request)
    try:
        saved: Saved = SaveCells(user=request.user, entry=entry, cells=cells).execute()
    except ActionRefused as error:
        return JsonResponse({"problem": str(error.message), "next": str(error.next_step)}, status=error.status)
    grid = grid_of(entry, only={cell.key for cell in cells})
    told = {
        "versions": {f"{row}.{column}": version for (row, column), version in saved.versions.items()},
        "refused": {f"{row}.{column}": text for (row, column), text in saved.refused.items()},
        "conflicts": [
            {
                "cell": f"{one.row}.{one.column}",
                "theirs": plain_text(one.theirs) if one.theirs is not None else "",
                "version": one.version,
                "text": _("%(who)s 刚改为 %(value)s；要用您的数，请再填一次。")
                % {"who": one.by, "value": plain_text(one.theirs) if one.theirs is not None else _("空")},
            }
            for one in saved.conflicts
        ],
        "checks": render(
            request, "returns/parts/checks.html", {"grid": grid, "entry": entry, "editable": True}
        ).content.decode(),
        "said": _("已保存 %(time)s") % {"time": timezone.localtime().strftime("%H:%M:%S")},
        "checked": [f"{cell.row}.{cell.column}" for cell in cells],
    }
    return JsonResponse({**told, **payload(grid)})


def _posted_cells(request: UserRequest) -> list[CellInput]:
    """The cells of the request.

    Raises:
        UserError: it is no list of cells.
    """
    try:
        given = json.loads(request.body)["cells"]
        cells = [CellInput(str(row), str(column), str(text), int(version)) for row, column, text, version in given]
    except (ValueError, KeyError, TypeError, OverflowError):
        raise UserError(_("没有收到可识别的单元格。"), _("请刷新页面后重试。")) from None
    if len(cells) > MOST_AT_ONCE or any(len(cell.text) > LONGEST_TEXT for cell in cells):
        raise UserError(_("一次提交的单元格过多或过长。"), _("请分几次粘贴。"))
    return cells


def _act(request: UserRequest, entry: Return) -> HttpResponse:
    """One thing of the page without script, or a button of the workflow."""
    do = request.POST.get("do", "save")
    if "versions" in request.POST and entry.is_editable:
        _save_page(request, entry)
    handler = _HANDLERS.get(do)
    if handler is not None:
        handler(request, entry)
    return redirect(entry)


def _save_page(request: UserRequest, entry: Return) -> None:
    """Every cell of the page, as a browser without script sends them."""
    try:
        versions = {str(key): int(value) for key, value in json.loads(request.POST["versions"]).items()}
    except (ValueError, AttributeError, TypeError, OverflowError):
        raise UserError(_("没有收到可识别的单元格。"), _("请刷新页面后重试。")) from None
    cells = []
    for cell in entry.opening.layout.inputs:
        text = request.POST.get(f"c:{cell.key}")
        if text is not None:
            cells.append(CellInput(cell.row, cell.column, text[:LONGEST_TEXT], versions.get(cell.key, 0)))
    saved: Saved = SaveCells(user=request.user, entry=entry, cells=cells).execute()
    layout = entry.opening.layout
    for (row, column), text in saved.refused.items():
        messages.error(request, f"{layout.name(row, column, language())}：{text}")
    for one in saved.conflicts:
        messages.warning(
            request,
            _("%(cell)s 已由 %(who)s 修改，未覆盖；请核对后再填。")
            % {"cell": layout.name(one.row, one.column, language()), "who": one.by},
        )


def _due_approval(request: UserRequest, entry: Return) -> Approval | None:
    rows = permitted(request.user, "returns.approve", Approval.objects.filter(owner=entry, state=Approval.State.DUE))
    return rows.select_related("owner", "unit").first()


def _complete(request: UserRequest, entry: Return) -> None:
    CompleteReturn(user=request.user, entry=entry, reason=request.POST.get("note", "")[:500]).execute()
    messages.success(request, _("已上报，转入审核。"))


def _withdraw(request: UserRequest, entry: Return) -> None:
    WithdrawReturn(user=request.user, entry=entry).execute()
    messages.success(request, _("已撤回，可以继续修改。"))


def _no_change(request: UserRequest, entry: Return) -> None:
    count = DeclareNoChange(user=request.user, entry=entry).execute()
    messages.success(request, ngettext("已沿用上期 %(n)d 格数据。", "已沿用上期 %(n)d 格数据。", count) % {"n": count})


def _refill(request: UserRequest, entry: Return) -> None:
    count = RefillCells(user=request.user, entry=entry).execute()
    if count:
        messages.success(request, ngettext("已预填 %(n)d 格。", "已预填 %(n)d 格。", count) % {"n": count})
    else:
        messages.info(request, _("没有可以预填的空格。"))


def _comment(request: UserRequest, entry: Return) -> None:
    row, _dot, column = request.POST.get("cell", "").partition(".")
    CommentCell(user=request.user, entry=entry, row=row, column=column, text=request.POST.get("text", "")).execute()
    messages.success(request, _("备注已保存。"))


def _explain(request: UserRequest, entry: Return) -> None:
    given = {name: request.POST.get(name, "") for name in ("check_code", "row", "column", "text")}
    ExplainProblem(user=request.user, entry=entry, **given).execute()
    messages.success(request, _("说明已保存。"))


def _approval(request: UserRequest, entry: Return) -> Approval:
    approval = _due_approval(request, entry)
    if approval is None:
        raise UserError(_("现在没有轮到您审核的环节。"), _("请刷新页面查看最新状态。"), status=409)
    return approval


def _pass(request: UserRequest, entry: Return) -> None:
    reason = request.POST.get("note", "")[:500]
    moved = PassStage(user=request.user, approval=_approval(request, entry), reason=reason).execute()
    locked = moved.state == Return.State.APPROVED
    messages.success(request, _("已核定并锁定，数据记入台账。") if locked else _("审核通过，转入下一环节。"))


def _send_back(request: UserRequest, entry: Return) -> None:
    row, dot, column = request.POST.get("cell", "").partition(".")
    about = request.POST.get("about", "").strip()
    cells = {(row, column): about or request.POST.get("note", "")} if dot else {}
    note = request.POST.get("note", "")[:500]
    SendBack(user=request.user, approval=_approval(request, entry), reason=note, cells=cells).execute()
    messages.success(request, _("已退回填报单位。"))


def _correct(request: UserRequest, entry: Return) -> None:
    CorrectReturn(user=request.user, entry=entry, reason=request.POST.get("note", "")[:500]).execute()
    messages.success(request, _("已开始更正；更正核定前，原核定数据继续有效。"))


def _extend(request: UserRequest, entry: Return) -> None:
    try:
        until = date.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        raise UserError(_("请选择新的截止日。"), _("日期写成 2026-07-31 的样子。")) from None
    ExtendReturn(user=request.user, entry=entry, until=until, reason=request.POST.get("note", "")[:500]).execute()
    messages.success(request, _("已延期至 %(day)s。") % {"day": until.isoformat()})


def _remind(request: UserRequest, entry: Return) -> None:
    count = RemindReturn(user=request.user, entry=entry).execute()
    messages.success(request, ngettext("已提醒 %(n)d 人。", "已提醒 %(n)d 人。", count) % {"n": count})


_HANDLERS: dict[str, Callable[[UserRequest, Return], None]] = {
    "complete": _complete,
    "withdraw": _withdraw,
    "no_change": _no_change,
    "refill": _refill,
    "comment": _comment,
    "explain": _explain,
    "pass": _pass,
    "send_back": _send_back,
    "correct": _correct,
    "extend": _extend,
    "remind": _remind,
}


@login_required
@require_safe
def history_page(request: UserRequest, pk: int) -> HttpResponse:
    """Every step with the figures as they stood, side by side, and who changed what."""
    entry = find_return(request, pk)
    records = list(entry.records.select_related("by", "unit"))
    kept = [record for record in records if record.figures]
    layout = entry.opening.layout
    lines: list[dict[str, Any]] = []
    for spec in layout.cells.values():
        texts = [record.figures.get(spec.row, {}).get(spec.column, "") for record in kept]
        if any(texts):
            moved = len(set(texts)) > 1
            lines.append({"name": layout.name(spec.row, spec.column, language()), "texts": texts, "moved": moved})
    lines.sort(key=lambda line: not line["moved"])
    stages = {stage.code: stage.said(language()) for stage in entry.opening.form.stages}
    changes = entry.changes.select_related("by")
    page = changes[: 100 if request.GET.get("all") is None else 2000]
    context = {
        "title": _("办理经过"),
        "entry": entry,
        "records": [(record, stages.get(record.stage, "")) for record in records],
        "kept": kept,
        "lines": lines,
        "moved": sum(line["moved"] for line in lines),
        "changes": [(one, layout.name(one.row, one.column, language())) for one in page],
        "more": changes.count(),
        "back": reverse("returns:grid", args=[entry.pk]),
    }
    return render(request, "returns/history.html", context)
