"""One unit's duty: where it is worked on, reported, reviewed, urged and closed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengjian.documents.actions import store_checked
from hengjian.documents.uploads import Checked, UploadRefused, check_upload, read_upload
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import Action, ActionRefused
from hengjian.plans import queries
from hengjian.plans.actions.adjust import ChooseUnit, WithdrawDuty
from hengjian.plans.actions.base import DutyAction
from hengjian.plans.actions.extensions import DecideExtension, RequestExtension
from hengjian.plans.actions.follow import CloseDuty, ReopenDuty, ReplyUrge, SuspendDuty, UrgeDuty
from hengjian.plans.actions.reports import (
    ReportContent,
    ReportIncomplete,
    ReviewReport,
    SaveReport,
    SubmitReport,
    WithdrawReport,
)
from hengjian.plans.actions.work import SignDuty
from hengjian.plans.following import rules_of
from hengjian.plans.forms import ExtensionForm, NoteForm, ReplyForm, ReportForm, UnitForm, UrgeForm
from hengjian.plans.models import Duty


def find_duty(request: UserRequest, pk: int) -> Duty:
    """The duty, if the reader may see it; to others it does not exist."""
    rows = visible(request.user, Duty.objects.filter(pk=pk))
    duty = rows.select_related("task__plan__region", "task__clause", "task__measure", "unit", "via").first()
    if duty is None:
        raise Http404(_("没有这项责任，或不在您的查看范围内。"))
    return duty


@dataclass
class Step:
    """A form of the page: how it is made, and the action that its clean data becomes."""

    label: str
    form: Callable[..., Form]
    action: Callable[[UserRequest, Duty, Form], Action[Any]]
    done: str


def _note(request: UserRequest, form: Form) -> str:
    return form.cleaned_data.get("note", "")


def _plain(cls: type[DutyAction[Any]], **more: Any) -> Callable[[UserRequest, Duty, Form], Action[Any]]:
    return lambda request, duty, form: cls(user=request.user, duty=duty, reason=_note(request, form), **more)


def _review(accept: bool) -> Callable[[UserRequest, Duty, Form], Action[Any]]:
    return lambda request, duty, form: ReviewReport(
        user=request.user, duty=duty, accept=accept, note=_note(request, form)
    )


def _decide(grant: bool) -> Callable[[UserRequest, Duty, Form], Action[Any]]:
    return lambda request, duty, form: DecideExtension(
        user=request.user, duty=duty, grant=grant, note=_note(request, form)
    )


def _extension(request: UserRequest, duty: Duty, form: Form) -> Action[Any]:
    return RequestExtension(user=request.user, duty=duty, **form.cleaned_data)


def _urge(request: UserRequest, duty: Duty, form: Form) -> Action[Any]:
    return UrgeDuty(user=request.user, duty=duty, **form.cleaned_data)


def _reply(request: UserRequest, duty: Duty, form: Form) -> Action[Any]:
    urge = duty.urges.filter(pk=form.cleaned_data["urge"]).first()
    if urge is None:
        raise ActionRefused(_("没有可以回复的催办。"), _("请直接报送进展。"))
    return ReplyUrge(user=request.user, urge=urge, reply=_note(request, form))


def _choose(request: UserRequest, duty: Duty, form: Form) -> Action[Any]:
    return ChooseUnit(user=request.user, duty=duty, unit=form.cleaned_data["unit"])


def note_form(label: str) -> Callable[..., Form]:
    return lambda duty, *args: NoteForm(*args, label=label)


def steps() -> dict[str, Step]:
    """All forms of the page but the report's, by the value of their button."""
    return {
        "sign": Step(_("签收"), note_form(_("说明")), _plain(SignDuty), _("已签收。")),
        "withdraw_report": Step(
            _("撤回报告"), note_form(_("说明")), _plain(WithdrawReport), _("报告已撤回，可继续修改。")
        ),
        "accept": Step(_("通过"), note_form(_("审核意见")), _review(True), _("已通过审核。")),
        "return": Step(_("退回补办"), note_form(_("审核意见")), _review(False), _("已退回，报送单位会收到通知。")),
        "extend": Step(_("申请延期"), lambda duty, *args: ExtensionForm(*args), _extension, _("延期申请已提交。")),
        "grant": Step(_("同意延期"), note_form(_("审批意见")), _decide(True), _("已同意延期。")),
        "refuse": Step(_("不同意延期"), note_form(_("审批意见")), _decide(False), _("已答复延期申请。")),
        "urge": Step(
            _("催办"),
            lambda duty, *args: UrgeForm(*args, steps=queries.steps_above(duty, rules_of(duty.task.plan).escalation)),
            _urge,
            _("催办已发出。"),
        ),
        "reply": Step(_("回复催办"), lambda duty, *args: ReplyForm(*args, duty=duty), _reply, _("回复已发送。")),
        "close": Step(_("办结"), note_form(_("办结意见")), _plain(CloseDuty), _("已办结。")),
        "reopen": Step(_("重办"), note_form(_("重办理由")), _plain(ReopenDuty), _("已转为重办。")),
        "suspend": Step(_("暂停"), note_form(_("暂停理由")), _plain(SuspendDuty), _("已暂停。")),
        "resume": Step(_("恢复"), note_form(_("恢复说明")), _plain(SuspendDuty, resume=True), _("已恢复办理。")),
        "withdraw": Step(_("撤回责任"), note_form(_("撤回理由")), _plain(WithdrawDuty), _("已撤回这项责任。")),
        "unit": Step(_("指定单位"), lambda duty, *args: UnitForm(*args, task=duty.task), _choose, _("已指定单位。")),
    }


@login_required
def duty_page(request: UserRequest, pk: int) -> HttpResponse:
    """The page and all its forms; a form with mistakes comes back with what was typed."""
    duty = find_duty(request, pk)
    if request.method == "POST":
        answer = _answer(request, duty)
        if not isinstance(answer, dict):
            return answer
        return render(request, "plans/duty.html", _context(request, find_duty(request, pk), answer), status=422)
    return render(request, "plans/duty.html", _context(request, duty, {}))


def _answer(request: UserRequest, duty: Duty) -> HttpResponse | dict[str, Form]:
    """Carry out what the button says: a redirect when done, otherwise the form with its mistakes by name."""
    do = request.POST.get("do", "")
    if do in ("save", "submit"):
        return _report(request, duty, submit=do == "submit")
    step = steps().get(do)
    if step is None:
        raise ActionRefused(_("没有“%(do)s”这一步。") % {"do": do[:40]}, _("请返回页面重新操作。"), status=400)
    form = step.form(duty, request.POST)
    if not form.is_valid():
        return {do: form}
    try:
        step.action(request, duty, form).execute()
    except ActionRefused as error:
        if error.status != 400:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return {do: form}
    messages.success(request, step.done)
    if not Duty.objects.filter(pk=duty.pk).exists():
        return redirect("plans:task", pk=duty.task_id)
    return redirect("plans:duty", pk=duty.pk)


def _report(request: UserRequest, duty: Duty, *, submit: bool) -> HttpResponse | dict[str, Form]:
    form = ReportForm(request.POST, request.FILES, offered=queries.offered_evidence(duty))
    if not form.is_valid():
        return {"report": form}
    # Permission and state first: nobody else's upload is stored.
    blank = SaveReport(user=request.user, duty=duty, content=ReportContent())
    blank.check()
    files: list[tuple[bytes, Checked]] = []
    for upload in form.cleaned_data.get("uploads") or []:
        try:
            data = read_upload(upload)
            files.append((data, check_upload(data, upload.name)))
        except UploadRefused as error:
            form.add_error("uploads", f"{error.message}{error.next_step}")
    if form.errors:
        return {"report": form}
    cls = SubmitReport if submit else SaveReport
    content = form.content([(f"sha256:{hashlib.sha256(data).hexdigest()}", checked.name) for data, checked in files])
    action = cls(user=request.user, duty=duty, content=content, version=form.cleaned_data["version"] or 0)
    try:
        # Report and files come into being together or not at all.
        with transaction.atomic():
            action.execute()
            for data, checked in files:
                store_checked(data, checked, subject=duty.ref, stored_by=request.user.ref)
    except ReportIncomplete as error:
        for name, message in zip(error.fields, error.messages, strict=True):
            form.add_error(name, message)
        return {"report": form}
    messages.success(request, _("已提交审核。") if submit else _("草稿已保存。"))
    return redirect("plans:duty", pk=duty.pk)


def _context(request: UserRequest, duty: Duty, failed: dict[str, Form]) -> dict[str, Any]:
    """What the page shows: the clause, the unit's record, and the forms of the steps that are possible now."""
    allowed = queries.possible_steps(request.user, duty)
    forms = {}
    for name, step in steps().items():
        if name in allowed or name in failed:
            forms[name] = {"label": step.label, "form": failed.get(name) or step.form(duty)}
    report_form = failed.get("report")
    if report_form is None and "report" in allowed:
        report_form = ReportForm(initial=queries.prefill(duty), offered=queries.offered_evidence(duty))
    return {
        "duty": duty,
        "task": duty.task,
        "plan": duty.task.plan,
        "clause": queries.clause_text(duty.task),
        "forms": forms,
        "report_form": report_form,
        "prefilled": queries.prefilled_count(duty) if report_form is not None else 0,
        "period": queries.current_period(duty),
        **queries.record_of(duty),
    }
