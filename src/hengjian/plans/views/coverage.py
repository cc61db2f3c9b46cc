"""Upward coverage of a plan by its child plans, and the draft of a local plan."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.official import OfficialDocument, Paragraph, render_docx
from hengjian.documents.sheets import write_xlsx
from hengjian.pages.numbers import whole
from hengjian.parties.models import Region
from hengjian.parties.policies import Scope, can, permitted, require, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans import coverage
from hengjian.plans.actions.cascade import AlignPlans
from hengjian.plans.actions.imports import StartImport
from hengjian.plans.cascade_forms import LocalForm
from hengjian.plans.localising import LocalDraft, draft_local
from hengjian.plans.models import Plan
from hengjian.plans.views.downloads import download
from hengjian.plans.views.plan import find_plan


@login_required
def coverage_page(request: UserRequest, pk: int) -> HttpResponse:
    """Child plans against the parent's items; `?item=7` opens one item into its clauses; `?export=xlsx`."""
    plan = find_plan(request, pk)
    if request.method == "POST":
        below = permitted(request.user, "plans.import", Plan.objects.filter(parent=plan)).select_related("parent")
        done = 0
        for child in coverage.children_of(plan, below):
            if child.cascade is None or child.stale:
                child.plan.parent = plan
                AlignPlans(user=request.user, plan=child.plan).execute()
                done += 1
        messages.success(request, _("已比对 %(count)s 份计划。") % {"count": done})
        return redirect("plans:coverage", pk=plan.pk)
    children = coverage.children_of(plan, visible(request.user, Plan.objects.all()))
    wanted = request.GET.get("item", "")
    item = whole(wanted)
    lines = coverage.lines(plan, children, item)
    columns, rows = coverage.sheet(children, lines)
    if request.GET.get("export") == "xlsx":
        title = _("%(plan)s承接情况") % {"plan": plan.title}
        notes = [_("导出时间：%(time)s") % {"time": f"{timezone.localtime():%Y-%m-%d %H:%M}"}]
        return download(write_xlsx(columns, rows, title=title, notes=notes), f"{title}.xlsx")
    waiting = [child for child in children if child.cascade is None or child.stale]
    context = {
        "plan": plan,
        "children": children,
        "compared": [child for child in children if child.cascade is not None],
        "lines": lines,
        "item": item,
        "columns": columns,
        "waiting": waiting,
        "may_align": any(can(request.user, "plans.import", child.plan) for child in waiting),
    }
    return render(request, "plans/coverage.html", context)


def regions_below(request: UserRequest, plan: Plan) -> list[Region]:
    """Regions under the plan's in which the person may import a plan; the plan's own unit may draft for all of them."""
    below = Region.objects.within(plan.region).exclude(pk=plan.region_id).valid_on(timezone.localdate())
    return [
        region for region in below if can(request.user, "plans.import", Scope(unit=request.user.unit, region=region))
    ]


@login_required
def draft_local_page(request: UserRequest, pk: int) -> HttpResponse:
    """Choose a region, look at the draft, take it as .docx or open it as an import draft."""
    plan = find_plan(request, pk)
    regions = regions_below(request, plan)
    if not regions:
        require(request.user, "plans.import", Scope(region=plan.region))
        raise ActionRefused(_("“%(region)s”下面没有登记地区。") % {"region": plan.region}, _("请先登记下级地区。"))
    form = LocalForm(request.POST or request.GET or None, regions=regions)
    draft: LocalDraft | None = None
    if form.is_bound and form.is_valid():
        region = form.cleaned_data["region"]
        draft = draft_local(plan, region, timezone.localdate())
        if request.method == "POST" and request.user.unit is not None:
            started = StartImport(
                user=request.user,
                unit=request.user.unit,
                region=region,
                data=draft.text(),
                filename=f"{draft.title}.txt",
            ).execute()
            messages.success(request, _("草稿已生成，请核对后确认。"))
            return redirect("plans:import_review", pk=started.pk)
        if request.GET.get("export") == "docx":
            return download(local_docx(draft), f"{draft.title}.docx")
    context: dict[str, Any] = {"plan": plan, "form": form, "draft": draft, "regions": regions}
    if draft is not None:
        context["region"] = form.cleaned_data["region"]
    return render(request, "plans/draft_local.html", context)


def local_docx(draft: LocalDraft) -> bytes:
    """The draft in the official layout, without number and mark; units to be decided carry a sign."""
    lines = draft.text(marked=True).splitlines()[2:]
    paragraphs = [Paragraph(line) for line in lines if line.strip()]
    today = timezone.localdate()
    return render_docx(OfficialDocument(title=draft.title, date=today, body=tuple(paragraphs), seal=False))
