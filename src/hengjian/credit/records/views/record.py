"""One record: what it says, its clock, what can be done with it; a new one; a sealed one for supervision."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian import rulebook
from hengjian.credit.records.actions import (
    ApplyForRepairs,
    CorrectRecord,
    RecordCredit,
    RevokeRepair,
    SetDispute,
    SetFulfilment,
    ShieldRecords,
    WithdrawRecord,
)
from hengjian.credit.records.admitting import edition
from hengjian.credit.records.forms import (
    CorrectForm,
    FulfilmentForm,
    PurposeForm,
    ReasonForm,
    RecordForm,
    RepairForm,
    ShieldForm,
)
from hengjian.credit.records.looking import open_sealed
from hengjian.credit.records.models import CreditRecord, RecordCategory
from hengjian.credit.records.notices import served_notice
from hengjian.credit.records.repairing import also_repairable, clock_of, obstacles, open_repair
from hengjian.credit.records.reversing import open_reversal
from hengjian.credit.records.showing import rows_of, severity_light, state_light
from hengjian.credit.records.views.common import DOCX, attempt, download, find_record
from hengjian.documents.official import render_docx
from hengjian.parties.acting import units_acting
from hengjian.parties.models import Unit
from hengjian.parties.policies import can, permitted, require
from hengjian.parties.requests import UserRequest
from hengjian.rulebook.parameters.credit_records import CreditRepair


def acting_unit(request: UserRequest) -> Unit:
    """The unit for which the person records."""
    units = list(units_acting(request.user, "credit.record"))
    if not units:
        require(request.user, "credit.record", None)
    own = next((unit for unit in units if unit.pk == request.user.unit_id), None)
    return own or units[0]


@login_required
@require_safe
def choose(request: UserRequest) -> HttpResponse:
    """Which category: only those that the catalogue has."""
    unit = acting_unit(request)
    entries = edition(unit.region.code, timezone.localdate()).entries
    held = {entry.category for entry in entries}
    shown = [(value, label) for value, label in RecordCategory.choices if value in held]
    counts = {value: sum(entry.category == value for entry in entries) for value, _label in shown}
    context = {
        "title": _("登记信用记录"),
        "categories": [(value, label, counts[value]) for value, label in shown],
    }
    return render(request, "credit_records/choose.html", context)


@never_cache
@login_required
def new(request: UserRequest, category: str) -> HttpResponse:
    unit = acting_unit(request)
    if category not in RecordCategory.values:
        raise Http404(_("没有这一类信用记录。"))
    form = RecordForm(request.POST or None, category=category, unit=unit)
    if request.method == "POST" and form.is_valid():
        action = RecordCredit(user=request.user, category=category, organ=unit, **form.given())
        record = attempt(request, action, form, _("已归集，并写入台账。"))
        if record is not None:
            return redirect(record)
    context = {"title": _("登记信用记录"), "form": form, "unit": unit, "category": RecordCategory(category).label}
    return render(request, "credit_records/new.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def record_page(request: UserRequest, key: UUID) -> HttpResponse:
    """A record; for whoever could see it before, a sealed one says only that it is sealed."""
    gone = CreditRecord.everything.filter(key=key, sealed_at__isnull=False).select_related("organ").first()
    if gone is not None:
        return _sealed_page(request, gone)
    record = find_record(request, key)
    forms: dict[str, Any] = {
        "fulfil": FulfilmentForm(None, initial={"fulfilled_on": record.fulfilled_on}),
        "withdraw": ReasonForm(None, prefix="withdraw"),
        "shield": ShieldForm(None, prefix="shield"),
    }
    if request.method == "POST" and (response := _act(request, record, forms)) is not None:
        return response
    user = request.user
    inside = user.unit_id == record.organ_id
    own = user.unit_id is not None and user.unit_id == record.enterprise.account_id
    entry = edition(record.organ.region.code, record.decided_on or timezone.localdate()).entry(record.catalogue)
    context = {
        "title": record.title,
        "record": record,
        "rows": rows_of(record, inside=inside),
        "severity": severity_light(record) if record.severity else "",
        "state": state_light(record),
        "entry": entry,
        "rule": rulebook.get(record.rule) if record.rule else None,
        "clock": clock_of(record),
        "hinders": obstacles(record, fulfilled_on=record.fulfilled_on or timezone.localdate(), committed=True)
        if record.is_adverse
        else [],
        "repair": open_repair(record) if inside or own else None,
        "reversal": open_reversal(record) if inside or own else None,
        "may_report": own or bool(inside and can(user, "credit.correct", record)),
        "own": own,
        "inside": inside,
        "may_apply": record.is_adverse and (own or bool(inside and can(user, "credit.correct", record))),
        "may_correct": bool(can(user, "credit.correct", record)),
        "may_shield": bool(can(user, "credit.shield", record)),
        "forms": forms,
    }
    invalid = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "credit_records/record.html", context, status=422 if invalid else 200)


def _act(request: UserRequest, record: CreditRecord, forms: dict[str, Any]) -> HttpResponse | None:
    """What a button of the record page asks for; None when a form has to be shown again."""
    do, user = request.POST.get("do", ""), request.user
    if do in ("dispute", "settle"):
        action = SetDispute(user=user, record=record, disputed=do == "dispute")
        attempt(request, action, None, _("已标注“异议中”。") if do == "dispute" else _("已取消异议标注。"))
        return redirect(record)
    if do == "fulfil":
        forms["fulfil"] = form = FulfilmentForm(request.POST)
        if form.is_valid():
            day = form.cleaned_data["fulfilled_on"]
            if attempt(request, SetFulfilment(user=user, record=record, fulfilled_on=day), form, _("已保存。")):
                return redirect(record)
    if do == "withdraw":
        forms["withdraw"] = reason = ReasonForm(request.POST, prefix="withdraw")
        if reason.is_valid():
            gone = WithdrawRecord(user=user, record=record, reason=reason.cleaned_data["reason"])
            if attempt(request, gone, reason, _("已停止公示、共享和使用。")):
                return redirect("credit_records:index")
    if do == "shield":
        forms["shield"] = shield = ShieldForm(request.POST, prefix="shield")
        if shield.is_valid():
            until = timezone.make_aware(datetime.combine(shield.cleaned_data["until"], time.min))
            hide = ShieldRecords(user=user, records=[record], until=until, reason=shield.cleaned_data["reason"])
            if attempt(request, hide, shield, _("已临时屏蔽，到期自动恢复。")):
                return redirect("credit_records:index")
    return None


def _sealed_page(request: UserRequest, record: CreditRecord) -> HttpResponse:
    """What is left of a record for its organ and its enterprise: that it ended, and that its leaf can be proved."""
    user = request.user
    own = user.unit_id is not None and user.unit_id == record.enterprise.account_id
    if not own and user.unit_id != record.organ_id:
        raise Http404(_("没有这条信用记录，或不在您的查看范围内。"))
    form = ReasonForm(request.POST or None)
    may_revoke = record.state == CreditRecord.State.REPAIRED and bool(can(user, "credit.revoke_repair", record))
    if request.method == "POST" and form.is_valid():
        action = RevokeRepair(user=user, record=record, reason=form.cleaned_data["reason"])
        if attempt(request, action, form, _("已撤销修复，恢复公示。")):
            return redirect(record)
    context = {
        "title": _("已封存的信用记录"),
        "record": record,
        "state": state_light(record),
        "may_open": bool(can(user, "credit.sealed", record)),
        "may_revoke": may_revoke,
        "form": form,
    }
    return render(request, "credit_records/sealed.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def correct(request: UserRequest, key: UUID) -> HttpResponse:
    record = find_record(request, key)
    require(request.user, "credit.correct", record)
    form = CorrectForm(request.POST or None, record=record)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        action = CorrectRecord(
            user=request.user,
            record=record,
            values=form.changes(),
            document=data["_document"],
            decided_on=data["_decided_on"],
            reason=data["_reason"],
        )
        if attempt(request, action, form, _("已更正，原内容留在台账的更正记录中。")):
            return redirect(record)
    context = {"title": _("更正信用记录"), "form": form, "record": record}
    return render(request, "credit_records/correct.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def apply(request: UserRequest, key: UUID) -> HttpResponse:
    """The application for repair, by the enterprise or by the desk on paper."""
    record = find_record(request, key)
    rule = rulebook.get(record.rule) if record.rule else None
    materials = rule.typed(CreditRepair).materials if rule is not None else ()
    form = RepairForm(request.POST or None, request.FILES or None, materials=materials, others=also_repairable(record))
    if request.method == "POST" and form.is_valid():
        action = ApplyForRepairs(user=request.user, records=[record, *form.chosen()], given=form.given())
        cases = attempt(request, action, form, _("已收到修复申请。"))
        if cases:
            return redirect(cases[0])
    context = {
        "title": _("申请信用修复"),
        "form": form,
        "record": record,
        "rule": rule,
        "hinders": obstacles(record, fulfilled_on=record.fulfilled_on or timezone.localdate(), committed=True),
        "clock": clock_of(record),
    }
    return render(request, "credit_records/apply.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def notice(request: UserRequest, key: UUID) -> HttpResponse:
    """The repair notice that is served with the decision."""
    record = find_record(request, key)
    if not record.is_adverse:
        raise Http404(_("这条记录不是失信信息，没有修复告知书。"))
    return download(render_docx(served_notice(record)), f"{_('信用修复告知书')}-{record.number}.docx", DOCX)


@never_cache
@login_required
def sealed(request: UserRequest, key: UUID) -> HttpResponse:
    """Supervision opens a sealed record with a purpose; every look is told as a fact."""
    rows = CreditRecord.everything.filter(key=key, sealed_at__isnull=False).select_related("organ", "enterprise")
    record = permitted(request.user, "credit.sealed", rows).first()
    if record is None:
        raise Http404(_("没有这条信用记录，或不在您的查看范围内。"))
    form = PurposeForm(request.POST or None)
    told = None
    if request.method == "POST" and form.is_valid():
        told = open_sealed(request.user, record, form.cleaned_data["purpose"])
    context = {"title": _("查阅封存的信用记录"), "record": record, "form": form, "told": told}
    return render(request, "credit_records/open_sealed.html", context, status=422 if form.errors else 200)
