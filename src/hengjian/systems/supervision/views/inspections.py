"""Inspections with their findings: what is open, the findings of one, a new finding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.cases.catalogue import case_type
from hengjian.cases.declarations import CaseType
from hengjian.cases.models import Case
from hengjian.pages.numbers import whole
from hengjian.parties.models import Unit
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.supervision import queries
from hengjian.systems.supervision.actions import FINDING, hand_out_finding
from hengjian.systems.supervision.forms import FindingForm
from hengjian.systems.supervision.views.home import language

MOST = 200


def find_inspection(user: Any, pk: int) -> Case:
    rows = Case.objects.filter(pk=pk, type=queries.INSPECTION).select_related("unit__region", "region")
    case: Case | None = visible(user, rows).first()
    if case is None:
        raise Http404(_("没有这次督查，或不在您的查看范围内。"))
    return case


def state_of(declared: CaseType, case: Case) -> tuple[str, str]:
    state = declared.state(case.state)
    return state.light, state.said(language())


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Inspections by state, with how many findings are struck off."""
    rows = visible(request.user, Case.objects.filter(type=queries.INSPECTION)).select_related("unit")
    chosen = request.GET.get("open") != "no"
    rows = rows.filter(closed_at__isnull=chosen)
    cases = list(rows.order_by("-opened_at")[:MOST])
    counts = queries.findings_of(case.pk for case in cases)
    units = _names(case.data.get("inspected") for case in cases)
    context = {
        "title": _("督查与巡查"),
        "open": chosen,
        "rows": [
            {
                "case": case,
                "state": state_of(case_type(case.type, case.type_version), case),
                "kind": _choice(case, "kind"),
                "inspected": units.get(str(case.data.get("inspected")), case.data.get("object_name") or "—"),
                "findings": counts.get(case.pk),
            }
            for case in cases
        ],
        "may_open": can(request.user, "cases.open"),
    }
    return render(request, "supervision/inspections.html", context)


def _names(keys: Iterable[Any]) -> dict[str, str]:
    return dict(Unit.objects.filter(key__in={str(key) for key in keys if key}).values_list("key", "name"))


def _choice(case: Case, code: str) -> str:
    choice = case_type(case.type, case.type_version).field(code).choice(str(case.data.get(code)))
    return choice.said(language()) if choice else ""


@login_required
def inspection(request: UserRequest, pk: int) -> HttpResponse:
    """The findings of an inspection; whoever handles it adds more."""
    case = find_inspection(request.user, pk)
    declared, finding = case_type(case.type, case.type_version), case_type(FINDING)
    may_add = (
        case.closed_at is None
        and case.state != "planned"
        and bool(can(request.user, "cases.handle", case))
        and case.unit_id == request.user.unit_id
    )
    form = _form(request, case, finding) if may_add else None
    if request.method == "POST":
        if form is None:
            raise Http404(_("现在不能登记督查问题。"))
        if form.is_valid() and _add(request, case, form):
            messages.success(request, _("督查问题已登记并交办，整改期限从今天起算。"))
            return redirect("supervision:inspection", pk=case.pk)
    rows = visible(request.user, Case.objects.filter(parent=case, type=FINDING)).select_related("unit")
    findings = list(rows.order_by("closed_at", "due_at", "pk"))
    responsible = _names(item.data.get("responsible") for item in findings)
    inspected = str(case.data.get("inspected") or "")
    context = {
        "title": str(case.title),
        "case": case,
        "state": state_of(declared, case),
        "kind": _choice(case, "kind"),
        "inspected": _names([inspected]).get(inspected, inspected),
        "facts": [
            (declared.field(code).said(language()), str(case.data[code]))
            for code in ("object_name", "team", "visit_from", "visit_to", "theme", "summary")
            if case.data.get(code)
        ],
        "findings": [
            {
                "case": item,
                "state": state_of(case_type(item.type, item.type_version), item),
                "severity": finding.field("severity").choice(str(item.data.get("severity"))),
                "word": _choice(item, "severity"),
                "unit": responsible.get(str(item.data.get("responsible")), str(item.unit)),
            }
            for item in findings
        ],
        "count": queries.findings_of([case.pk]).get(case.pk),
        "form": form,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "supervision/inspection.html", context, status=status)


def _form(request: UserRequest, case: Case, finding: CaseType) -> FindingForm:
    spec = finding.field("severity")
    region = case.region
    inspected = Unit.objects.filter(key=str(case.data.get("inspected"))).first()
    units = Unit.objects.filter(region__code__startswith=region.code[:2]).exclude(kind=Unit.Kind.ENTERPRISE)
    return FindingForm(
        {item.code: item.said(language()) for item in finding.fields},
        [(choice.code, choice.said(language())) for choice in spec.choices],
        units.select_related("region").order_by("region__code", "name"),
        request.POST or None,
        initial={"severity": "ordinary", "responsible": whole(str(inspected.pk)) if inspected else None},
    )


def _add(request: UserRequest, case: Case, form: FindingForm) -> bool:
    given = form.cleaned_data
    unit: Unit = given["responsible"]
    values = {code: given[code] for code in ("problem", "severity", "basis", "demand")}
    try:
        hand_out_finding(case, values, unit, user=request.user)
    except ActionRefused as error:
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    return True
