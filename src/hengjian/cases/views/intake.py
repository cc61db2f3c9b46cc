"""Registering a case at a desk."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from hengjian.cases import forms
from hengjian.cases.actions import OpenCase
from hengjian.cases.views.common import find_type
from hengjian.cases.views.lists import may_open
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.showing import language


@login_required
def new(request: UserRequest, code: str) -> HttpResponse:
    """The form of the desk; the case belongs to the desk's own unit, which may then send it on."""
    declared = find_type(code)
    unit = request.user.unit
    if unit is None or not may_open(request.user, declared):
        raise ActionRefused(
            _("您不能登记“%(type)s”。") % {"type": declared.said(language())},
            _("请由有登记权限的单位登记，或联系系统管理员。"),
            status=403,
        )
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.NewForm(declared, *posted, region=unit.region.code, desk=True)
    token = request.POST.get("token", "") or get_random_string(32)
    status = 200
    if posted and form.is_valid():
        try:
            opened = OpenCase(
                user=request.user,
                type=declared.code,
                values=form.raw(),
                unit=unit,
                region=unit.region,
                opened_at=form.own("opened_at", None),
                channel="desk",
                identity=form.identity(),
                files=form.given_files(),
                token=token[:64],
            ).execute()
        except ActionRefused as error:
            if error.status != 400:
                raise
            form.refuse(error)
        else:
            told = _("已登记，编号 %(number)s。") % {"number": opened.case.number}
            if opened.code:
                told += _("请把查询码 %(code)s 告知申请人，查询码不再显示。") % {"code": opened.code}
            messages.success(request, told)
            return redirect("cases:case", pk=opened.case.pk)
    if posted:
        status = 422
    context = {"title": _("登记：%(type)s") % {"type": declared.said(language())}, "declared": declared, "form": form,
               "token": token}  # fmt: skip
    return render(request, "cases/new.html", context, status=status)
