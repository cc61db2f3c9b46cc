"""One case from inside: what it says, where it stands, why its date is what it is, and everything that can be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengjian.cases import actions, forms, showing
from hengjian.cases.access import sees_inside
from hengjian.cases.actions.base import declaration
from hengjian.cases.actions.steps import TakeStep
from hengjian.cases.models import Case, Transfer
from hengjian.cases.operations import OPERATIONS, refused, transfer_of
from hengjian.cases.queries import related
from hengjian.cases.values import rows_of
from hengjian.cases.views.common import find_case
from hengjian.documents.queries import files_of
from hengjian.ledger.errors import VaultError
from hengjian.ledger.queries import facts_by_ref
from hengjian.pages.components import steps as steps_html
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.catalogue import AREAS
from hengjian.registers.showing import language

STEP = "step:"


@login_required
def case_page(request: UserRequest, pk: int) -> HttpResponse:
    """The page and all its forms; a form with mistakes comes back with what was typed."""
    case = find_case(request.user, pk)
    if not sees_inside(request.user, case):
        return redirect("cases:own", pk=case.pk)
    if request.method == "POST":
        answer = _answer(request, case)
        if not isinstance(answer, dict):
            return answer
        return render(request, "cases/case.html", _context(request, find_case(request.user, pk), answer), status=422)
    return render(request, "cases/case.html", _context(request, case, {}))


def _answer(request: UserRequest, case: Case) -> HttpResponse | dict[str, Form]:
    """Carry out what the button says: a redirect when done, otherwise the form with its mistakes by name."""
    do = request.POST.get("do", "")
    if do.startswith(STEP):
        return _take_step(request, case, do)
    if do in ("accept_transfer", "refuse_transfer", "report_back"):
        return _answer_transfer(request, case, do)
    operation = OPERATIONS.get(do)
    if operation is None:
        raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)
    form = operation.form(case, request.user, request.POST, request.FILES)
    if not form.is_valid():
        return {do: form}
    given = dict(form.cleaned_data)
    if isinstance(form, forms.CorrectForm):
        given = {"raw": form.raw(), "note": form.own("note")}
    try:
        operation.action(case, request.user, given).execute()
    except ActionRefused as error:
        if error.status != 400:
            raise
        _refuse(form, error)
        return {do: form}
    messages.success(request, str(operation.done))
    return _back(request, case)


def _take_step(request: UserRequest, case: Case, do: str) -> HttpResponse | dict[str, Form]:
    action = TakeStep(user=request.user, case=case, step=do.removeprefix(STEP), version=_version(request))
    # Whether the step is possible at all, before anything is read.
    if reason := action.refusal():
        raise ActionRefused(reason, _("请刷新页面查看最新状态。"))
    form = forms.StepForm(case, declaration(case), action.transition, request.POST, request.FILES)
    if not form.is_valid():
        return {do: form}
    action.values, action.note = form.raw(), form.own("note")
    action.outcome_code = form.own("outcome_code")
    action.files, action.at = form.given_files(), form.own("at", None)
    try:
        action.execute()
    except ActionRefused as error:
        if error.status != 400:
            raise
        form.refuse(error)
        return {do: form}
    messages.success(request, _("已办理“%(step)s”。") % {"step": action.transition.said(language())})
    return _back(request, case)


def _answer_transfer(request: UserRequest, case: Case, do: str) -> HttpResponse | dict[str, Form]:
    transfer = transfer_of(case, request.user)
    if transfer is None:
        raise ActionRefused(_("没有等待本单位答复的转办。"), _("请刷新页面查看最新状态。"))
    form = forms.NoteForm(request.POST, label=_transfer_label(transfer), required=do != "accept_transfer")
    if not form.is_valid():
        return {"transfer": form}
    answer = form.cleaned_data["note"]
    try:
        if do == "report_back":
            actions.ReportBack(user=request.user, transfer=transfer, answer=answer).execute()
        else:
            accepts = do == "accept_transfer"
            actions.AnswerTransfer(user=request.user, transfer=transfer, accepts=accepts, answer=answer).execute()
    except ActionRefused as error:
        if error.status != 400:
            raise
        _refuse(form, error)
        return {"transfer": form}
    done = {"report_back": _("已反馈。"), "accept_transfer": _("已接收。"), "refuse_transfer": _("已退回。")}
    messages.success(request, done[do])
    return _back(request, case)


def _transfer_label(transfer: Transfer) -> str:
    return _("反馈内容") if transfer.state == Transfer.State.ACCEPTED else _("说明（退回须写明理由）")


def _refuse(form: Form, error: ActionRefused) -> None:
    if isinstance(form, forms.ValuesForm):
        form.refuse(error)
    else:
        form.add_error(None, f"{error.message}{error.next_step}")


def _back(request: UserRequest, case: Case) -> HttpResponse:
    """To the case; to the inbox where the person no longer sees it."""
    if visible(request.user, Case.objects.filter(pk=case.pk)).exists():
        return redirect("cases:case", pk=case.pk)
    return redirect("cases:inbox")


def _version(request: UserRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


@require_POST
@login_required
def reveal(request: UserRequest, pk: int) -> HttpResponse:
    """Who filed the case, or one sealed field: shown once, on this answer only; the look is on record."""
    case = find_case(request.user, pk)
    code = request.POST.get("field", "")
    action = actions.RevealIdentity(
        user=request.user, case=case, purpose=request.POST.get("purpose", "")[:500], field=code
    )
    try:
        found = action.execute()
    except VaultError as error:
        raise ActionRefused(str(error), _("请写明目的后重试；如需授权，请联系单位负责人。"), status=403) from error
    if code:
        declared = declaration(case)
        known = {spec.code: spec.said(language()) for spec in declared.fields}
        shown = [(known.get(code, code), found.get("value", ""))]
    else:
        shown = [(identity_words(name), value) for name, value in found.items()]
    response = render(request, "cases/case.html", {**_context(request, case, {}), "revealed": shown})
    response["Cache-Control"] = "no-store"
    return response


def identity_words(name: str) -> str:
    words = {
        "name": _("姓名"),
        "phone": _("电话"),
        "address": _("联系地址"),
        "email": _("电子邮箱"),
        "id_type": _("证件类型"),
        "id_number": _("证件号码"),
    }
    return words.get(name, name)


def possible_steps(user: Any, case: Case) -> list[TakeStep]:
    """The declared steps that this person may take now, forward ones first."""
    declared = declaration(case)
    found = []
    if case.closed_at is None:
        for step in declared.leaving(case.state):
            action = TakeStep(user=user, case=case, step=step.code)
            if not action.refusal():
                found.append(action)
    return sorted(found, key=lambda action: action.transition.back)


def _context(request: UserRequest, case: Case, failed: dict[str, Form]) -> dict[str, Any]:
    declared, user = declaration(case), request.user
    steps = []
    for action in possible_steps(user, case):
        name = STEP + action.step
        form = failed.get(name) or forms.StepForm(case, declared, action.transition)
        steps.append(
            {"name": name, "step": action.transition, "label": action.transition.said(language()), "form": form}
        )
    offered: dict[str, list[dict[str, Any]]] = {}
    for name, operation in OPERATIONS.items():
        if name not in failed and refused(operation, name, case, user):
            continue
        form = failed.get(name) or operation.form(case, user)
        entry = {"name": name, "label": operation.label, "form": form, "open": name in failed}
        offered.setdefault(operation.group, []).append(entry)
    transfer = transfer_of(case, user)
    state, words = showing.state_of(case)
    due_light, due_words = showing.due_of(case)
    names, place = showing.track_of(case)
    sealed = [row.field for row in rows_of(declared.fields, case.data) if row.field]
    return {
        "case": case,
        "declared": declared,
        "type_title": declared.said(language()),
        "area": AREAS[declared.area],
        "state": state,
        "state_words": words,
        "outcome": declared.outcome(case.outcome).said(language()) if case.outcome else "",
        "due": showing.due_day(case),
        "due_light": due_light,
        "due_words": due_words,
        "way": steps_html(names, place),
        "rows": rows_of(declared.fields, case.data),
        "clocks": showing.clocks_of(case),
        "steps": steps,
        "offered": offered,
        "transfer": transfer,
        "transfer_form": failed.get("transfer")
        or (forms.NoteForm(label=_transfer_label(transfer), required=False) if transfer else None),
        "transfers": showing.transfers_of(case),
        "events": showing.events_of(case),
        "links": [
            (link, other) for link, other in related(case) if visible(user, Case.objects.filter(pk=other.pk)).exists()
        ],
        "papers": showing.paper_files(case.papers.all()),
        "files": files_of(case.ref),
        "facts": facts_by_ref(case.ref, disclosure="internal").order_by("-leaf_index")[:20],
        "may_reveal": bool(can(user, "cases.identity", case)),
        "sealed": sealed,
    }
