"""Officers' pages: one project with its five, people by name, rates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hengjian.cases.actions import OpenCase
from hengjian.cases.models import Case
from hengjian.documents.sheets import SheetColumn, write_xlsx
from hengjian.ledger.errors import VaultError
from hengjian.pages.errors import UserError
from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.engineering.actions import AppointHolder, FileCommitment, reveal_identity
from hengjian.systems.engineering.forms import CommitmentForm, HolderForm, PeriodForm
from hengjian.systems.engineering.models import Project
from hengjian.systems.engineering.queries import answering, holders_of, rates
from hengjian.systems.engineering.rules import Rate, Role, completeness
from hengjian.systems.engineering.words import PARTIES, PERSONS, persons

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PEOPLE = 200


def attempt(request: HttpRequest, form: Form, run: Callable[[], Any], done: str) -> bool:
    """Run an action: True and a message when it was done; what was entered wrongly goes to the form."""
    try:
        run()
    except ActionRefused as error:
        if error.status != 400:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return False
    messages.success(request, done)
    return True


def _project(request: UserRequest, pk: int) -> Project:
    return get_object_or_404(visible(request.user, Project.objects.select_related("unit", "region")), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_page(request: UserRequest, pk: int) -> HttpResponse:
    """One project: who answers for it now and before, what is missing, its plate and its procedures."""
    project = _project(request, pk)
    do = request.POST.get("do", "")
    appoint = HolderForm(request.POST if do == "appoint" else None)
    commit = CommitmentForm(request.POST if do == "commit" else None)
    if do == "appoint" and appoint.is_valid():
        action = AppointHolder(user=request.user, project=project, **appoint.cleaned_data)
        if attempt(request, appoint, action.execute, _("项目负责人已登记。")):
            return redirect("engineering:project", pk=pk)
    if do == "commit" and commit.is_valid():
        holder = get_object_or_404(project.holders.all(), pk=_pk(request.POST.get("holder")))
        filing = FileCommitment(user=request.user, holder=holder, **commit.cleaned_data)
        if attempt(request, commit, filing.execute, _("承诺书和授权书已备案。")):
            return redirect("engineering:project", pk=pk)
    if do in ("project_supervision", "project_acceptance"):
        opened = OpenCase(
            user=request.user,
            type=do,
            values={"project": project.key, "name": project.name},
            unit=project.unit,
            region=project.region,
            subject=project.ref,
        ).execute()
        return redirect("cases:case", pk=opened.case.pk)
    rows = list(project.holders.all())
    found = completeness(holders_of(project), timezone.localdate())
    current = {row.role: row for row in rows if row.until is None}
    can_edit = bool(can(request.user, "engineering.appoint", project)) and project.status not in ("accepted", "ended")
    context = {
        "title": project.name,
        "project": project,
        "five": [
            {"role": role, "person": PERSONS[role], "party": PARTIES[role], "holder": current.get(role)}
            for role in Role
        ],
        "former": [row for row in rows if row.until is not None],
        "found": found,
        "missing": persons(found.missing),
        "appoint": appoint if can_edit else None,
        "commit": commit if can_edit else None,
        "may_look": bool(can(request.user, "engineering.identity", project)),
        "next": _next_procedure(request, project),
        "cases": visible(request.user, Case.objects.filter(data__project=project.key)).order_by("-opened_at")[:20],
        "rounds": project.rounds.all(),
        "public_url": reverse("engineering:public_project", args=[project.pk]),
    }
    return render(request, "engineering/project.html", context)


def _pk(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def _next_procedure(request: UserRequest, project: Project) -> tuple[str, str] | None:
    """The procedure that the project waits for, where this person may open it: its code and its button."""
    kind = "project_supervision" if project.supervised_on is None else "project_acceptance"
    if project.accepted_on is not None or project.status == "ended":
        return None
    if Case.objects.filter(type=kind, data__project=project.key, closed_at=None).exists():
        return None
    if not can(request.user, "cases.open", project):
        return None
    return kind, _("申请质量监督手续") if kind == "project_supervision" else _("申请竣工验收")


@login_required
@require_POST
def identity(request: UserRequest, pk: int, holder: int) -> HttpResponse:
    """The identity number of one of the five, for a stated purpose; the look is logged."""
    project = _project(request, pk)
    row = get_object_or_404(project.holders.exclude(identity=""), pk=holder)
    try:
        number = reveal_identity(request.user, row, request.POST.get("purpose", ""))
    except VaultError as error:
        raise UserError(str(error), _("请返回工程页面，写明用途后再查看。"), status=403) from error
    response = render(request, "engineering/identity.html", {"title": row.name, "project": project, "number": number})
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_safe
def people(request: UserRequest) -> HttpResponse:
    """Who answers for what: by name, licence or unit, as long as the design life lasts."""
    words = request.GET.get("q", "").strip()[:60]
    rows = list(answering(request.user, words)[:MOST_PEOPLE]) if words else []
    context = {"title": _("项目负责人查询"), "q": words, "rows": rows, "most": MOST_PEOPLE}
    return render(request, "engineering/people.html", context)


@login_required
@require_safe
def rates_page(request: UserRequest) -> HttpResponse:
    """竣工验收合格率, 一次验收合格率, 质量监督覆盖率 by region; `?export=xlsx` gives the sheet."""
    today = timezone.localdate()
    given = {"first": request.GET.get("first") or f"{today.year}-01-01", "last": request.GET.get("last") or str(today)}
    form = PeriodForm(given)
    first, last = date(today.year, 1, 1), today
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    rows = rates(visible(request.user, Project.objects.filter(register="project")), first, last)
    totals = [Rate(sum(getattr(row, name).part for row in rows), sum(getattr(row, name).whole for row in rows))
              for name in ("accepted", "first", "supervised")]  # fmt: skip
    if request.GET.get("export") == "xlsx":
        return _sheet(rows, first, last)
    context = {
        "title": _("工程质量指标"),
        "form": form,
        "rows": rows,
        "totals": totals,
        "first": first,
        "last": last,
        "period": f"{first} ～ {last}",
    }
    return render(request, "engineering/rates.html", context)


def _sheet(rows: list[Any], first: date, last: date) -> HttpResponse:
    names = [_("竣工验收合格率"), _("一次验收合格率"), _("质量监督覆盖率")]
    columns = [SheetColumn(_("地区"))]
    for name in names:
        columns += [SheetColumn(_("%(name)s分子") % {"name": name}), SheetColumn(_("%(name)s分母") % {"name": name})]
        columns.append(SheetColumn(f"{name}（%）"))
    lines = []
    for row in rows:
        line: list[Any] = [row.region.name]
        for rate in (row.accepted, row.first, row.supervised):
            line += [rate.part, rate.whole, rate.percent]
        lines.append(line)
    data = write_xlsx(columns, lines, title=f"{_('工程质量指标')} {first}～{last}")
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="engineering-rates-{first}-{last}.xlsx"'
    return response
