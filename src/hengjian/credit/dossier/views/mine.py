"""The enterprise's own side: what is held, who looked, objections, repair, the yearly report; claiming one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.cases import showing as cases_showing
from hengjian.cases.actions.base import declaration
from hengjian.cases.models import Case
from hengjian.credit.dossier import filing
from hengjian.credit.dossier.addresses import address
from hengjian.credit.dossier.forms import ClaimForm, ObjectionForm, QueryForm
from hengjian.credit.dossier.own import enterprise_of
from hengjian.credit.dossier.readers import OWN
from hengjian.credit.dossier.views.common import find_enterprise, inside_url
from hengjian.credit.dossier.views.search import rows_of
from hengjian.credit.records.looks import looks_at
from hengjian.credit.records.models import CreditRecord
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search import search
from hengjian.parties.policies import Forbidden, can, may_anywhere
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import entries
from hengjian.registers.showing import language, standing

REPORTS = "quality_credit_report"
SHOWN, FOUND = 5, 10
signer = signing.TimestampSigner(salt="dossier.form")
TOKEN_AGE = 24 * 3600


def token_of(request: HttpRequest) -> str:
    """The token of the form; a forged or old one is replaced."""
    given = request.POST.get("token", "")
    try:
        signer.unsign(given, max_age=TOKEN_AGE)
    except signing.BadSignature:
        return signer.sign(get_random_string(32))
    return given


def plain_token(token: str) -> str:
    return signer.unsign(token, max_age=TOKEN_AGE)


@login_required
@never_cache
@require_safe
def mine(request: UserRequest) -> HttpResponse:
    """Everything for the enterprise on one page; for a person without one, the way to claim it."""
    enterprise = enterprise_of(request.user)
    if enterprise is None:
        return _nobody(request)
    dossier = filing.own_dossier(request.user, enterprise)
    reports = entries(REPORTS).filter(filer=request.user.unit).order_by("-pk")[:SHOWN]
    declared = register_type(REPORTS)
    context = {
        "title": enterprise.name,
        "enterprise": enterprise,
        "url": inside_url(enterprise),
        "tabs": [shown for shown in dossier.all() if shown.count],
        "cases": [_case_row(case) for case in _own_cases(request)],
        "looks": looks_at(enterprise)[:SHOWN],
        "reports": [(entry, *standing(entry, declared)) for entry in reports],
        "new_report": reverse("registers:new", args=[REPORTS]),
        "grade_objection": reverse("credit_dossier:object") + "?grade=1",
        "issued": reverse("credit_dossier:report_new", args=[enterprise.code or enterprise.key]),
        "adverse": [(record, _apply_url(request, record)) for record in dossier.records if record.is_adverse],
        "subscriptions": address("credit_sharing:alerts"),
    }
    return render(request, "credit_dossier/mine.html", context)


def _apply_url(request: UserRequest, record: CreditRecord) -> str:
    """Where the repair of a record is asked for; empty where the account may not."""
    return address("credit_records:apply", record.key) if can(request.user, "credit.view", record) else ""


def _own_cases(request: UserRequest) -> list[Case]:
    rows = Case.objects.filter(filer=request.user.unit).select_related("unit", "region")
    return list(rows.order_by("-opened_at")[: SHOWN * 2])


def _case_row(case: Case) -> dict[str, Any]:
    return {
        "case": case,
        "state": cases_showing.state_of(case, for_filer=True),
        "due": cases_showing.due_day(case),
        "type": declaration(case).said(language()),
    }


def _nobody(request: UserRequest) -> HttpResponse:
    """An account without an enterprise: find it and claim it."""
    if request.user.unit is not None and not may_anywhere(request.user, OWN):
        raise Http404(_("这一页给企业用户使用。"))
    form = QueryForm(request.GET)
    words = form.words
    context = {
        "title": _("认领企业"),
        "words": words,
        "rows": rows_of(search(words, limit=FOUND).hits, inside=False) if words else [],
        "claims": [_case_row(case) for case in filing.open_claims(request.user)],
        "waiting": request.user.unit,
    }
    return render(request, "credit_dossier/claim_find.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: UserRequest, ident: str) -> HttpResponse:
    """Ask to act for an enterprise."""
    enterprise = find_enterprise(ident)
    form = ClaimForm(request.POST or None, request.FILES or None)
    token = token_of(request)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("position", "licence_number", "phone")}
        try:
            opened = filing.claim(request.user, enterprise, values, form.cleaned_data["papers"], plain_token(token))
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        except Forbidden as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("已提交，编号 %(number)s。") % {"number": opened.case.number})
            return redirect("cases:own", pk=opened.case.pk)
    context = {"title": _("认领企业"), "enterprise": enterprise, "form": form, "token": token}
    return render(request, "credit_dossier/claim.html", context, status=422 if form.is_bound else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: UserRequest) -> HttpResponse:
    """Say what is wrong with a value, a matter or the grade."""
    enterprise = enterprise_of(request.user)
    if enterprise is None:
        raise Http404(_("这一页给企业用户使用。"))
    item = _item(request, enterprise)
    form = ObjectionForm(request.POST or None)
    token = token_of(request)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opened = filing.object_to(request.user, enterprise, item, data["claim"], data["wanted"], plain_token(token))
        except ActionRefused as error:
            form.add_error(None, f"{error.message}{error.next_step}")
        else:
            unit = opened.case.unit.name
            messages.success(
                request, _("已提交给“%(unit)s”，编号 %(number)s。") % {"unit": unit, "number": opened.case.number}
            )
            return redirect("cases:own", pk=opened.case.pk)
    context = {"title": _("提出异议"), "enterprise": enterprise, "item": item, "form": form, "token": token}
    return render(request, "credit_dossier/objection.html", context, status=422 if form.is_bound else 200)


def _item(request: UserRequest, enterprise: Enterprise) -> filing.Item:
    if request.GET.get("grade"):
        return filing.grade_item()
    dossier = filing.own_dossier(request.user, enterprise)
    item = filing.find_item(dossier, request.GET.get("fact", ""), request.GET.get("field", ""))
    if item is None:
        raise Http404(_("没有找到这一事项，可能已经更新。请从本企业档案重新进入。"))
    return item
