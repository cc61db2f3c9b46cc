"""上下承接: how plans take up the plan of the level above, clause by clause."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.documents.sheets import write_xlsx
from hengjian.pages.components import Tab, relation
from hengjian.pages.numbers import whole
from hengjian.parties.policies import can, may_anywhere, visible
from hengjian.parties.requests import UserRequest
from hengjian.parties.verbs import ActionRefused
from hengjian.plans import comparison
from hengjian.plans.actions.cascade import AlignPlans, CorrectLink, ExplainDropped
from hengjian.plans.cascade_forms import ExplainForm, LinkForm
from hengjian.plans.cascading import Counts, count
from hengjian.plans.models import Cascade, CascadeLink, Plan
from hengjian.plans.views.downloads import download
from hengjian.plans.views.plan import find_plan


@login_required
def cascade_list(request: UserRequest) -> HttpResponse:
    """Plans with a parent and how much of it they take up; parents with their reports."""
    plans = visible(request.user, Plan.objects.exclude(parent=None)).select_related(
        "region", "parent__region", "cascade__parent"
    )
    links: dict[int, list[CascadeLink]] = {}
    for link in CascadeLink.objects.filter(cascade__plan__in=plans).defer("children", "parent_text"):
        links.setdefault(link.cascade_id, []).append(link)
    rows = []
    for plan in plans.order_by("parent", "region__code"):
        cascade = getattr(plan, "cascade", None)
        rows.append((plan, cascade, count(links.get(cascade.pk, [])) if cascade else Counts()))
    above = visible(request.user, Plan.objects.filter(children__isnull=False)).distinct().select_related("region")
    context = {
        "title": _("上下承接"),
        "rows": rows,
        "parents": above,
        "may_import": may_anywhere(request.user, "plans.import"),
    }
    return render(request, "plans/cascade_list.html", context)


@login_required
def cascade_page(request: UserRequest, pk: int) -> HttpResponse:
    """Parent and child side by side; `?rel=` chooses a tab, `?edit=` opens the form of one row."""
    plan = find_plan(request, pk)
    if plan.parent is None:
        raise Http404(_("这份计划没有上级计划。"))
    cascade = Cascade.objects.filter(plan=plan, parent_id=plan.parent.pk).select_related("plan", "parent").first()
    form = None
    if request.method == "POST":
        answer = _change(request, plan, cascade)
        if isinstance(answer, HttpResponse):
            return answer
        form = answer
    links = list(cascade.links.select_related("decided_by")) if cascade is not None else []
    view = request.GET.get("rel", "")
    found = comparison.groups(cascade, links, comparison.chosen(links, view)) if cascade is not None else []
    if request.GET.get("export") == "xlsx" and cascade is not None:
        return _sheet(plan, found)
    edited = request.GET.get("edit", "")
    link = next((row for row in links if str(row.pk) == edited), None)
    editable = bool(can(request.user, "plans.import", plan))
    context: dict[str, Any] = {
        "plan": plan,
        "parent": plan.parent,
        "parent_seen": visible(request.user, Plan.objects.filter(pk=plan.parent.pk)).exists(),
        "cascade": cascade,
        "counts": count(links),
        "tabs": _tabs(count(links), len(links), view),
        "view": view,
        "groups": found,
        "units": comparison.unit_groups(cascade) if cascade is not None and view == "units" else [],
        "editable": editable,
        "edited": link.pk if link is not None and editable else None,
        "form": form or (_form(link) if link is not None and editable else None),
        "measures": cascade.child_measures if cascade is not None else {},
    }
    return render(request, "plans/cascade.html", context, status=422 if form is not None else 200)


def _tabs(counts: Counts, total: int, view: str) -> list[Tab]:
    tabs = [Tab(_("全部"), "?", total, view not in (*comparison.VIEWS, "units"))]
    for name in ("kept", "adapted", "dropped", "added"):
        tabs.append(Tab(relation(name), f"?rel={name}", getattr(counts, name), view == name))
    tabs.append(Tab(_("移位"), "?rel=moved", counts.moved, view == "moved"))
    tabs.append(Tab(_("存疑"), "?rel=doubtful", counts.doubtful, view == "doubtful"))
    return [*tabs, Tab(_("责任单位对照"), "?rel=units", None, view == "units", push=True)]


def _form(link: CascadeLink, data: Any = None, do: str = "") -> LinkForm | ExplainForm | None:
    """The form of a row: which clauses take it up, with the reason where none does."""
    if link.parent_item is None:
        return None
    if do == "explain":
        return ExplainForm(data)
    places = "、".join(comparison.place(child) for child in link.children)
    return LinkForm(data, initial={"children": places, "reason": link.reason})


def _change(request: UserRequest, plan: Plan, cascade: Cascade | None) -> HttpResponse | LinkForm | ExplainForm:
    """Compare anew, or correct one row: a redirect when done, otherwise the form with its mistakes."""
    do = request.POST.get("do", "")
    here = reverse("plans:cascade_of", args=[plan.pk])
    if do == "align":
        AlignPlans(user=request.user, plan=plan).execute()
        messages.success(request, _("已完成比对。"))
        return redirect(here)
    edited = whole(request.GET.get("edit")) or 0
    link = cascade.links.filter(pk=edited).first() if cascade is not None else None
    form = _form(link, request.POST, do) if link is not None else None
    if link is None or form is None or do not in ("link", "explain"):
        raise ActionRefused(_("没有可以更正的这一行。"), _("请返回对照表重新选择。"), status=400)
    if not form.is_valid():
        return form
    action: CorrectLink | ExplainDropped
    if isinstance(form, LinkForm):
        action = CorrectLink(user=request.user, link=link, **form.cleaned_data)
    else:
        action = ExplainDropped(user=request.user, link=link, **form.cleaned_data)
    try:
        action.execute()
    except ActionRefused as error:
        if error.status != 400:
            raise
        form.add_error(None, f"{error.message}{error.next_step}")
        return form
    messages.success(request, _("已保存。"))
    view = request.GET.get("rel", "")
    return redirect(f"{here}{f'?rel={view}' if view in comparison.VIEWS else ''}#row-{link.pk}")


def _sheet(plan: Plan, found: list[comparison.Group]) -> HttpResponse:
    notes = [
        _("上级：%(title)s") % {"title": plan.parent.title if plan.parent else ""},
        _("导出时间：%(time)s") % {"time": f"{timezone.localtime():%Y-%m-%d %H:%M}"},
    ]
    columns = [str(name()) for name in comparison.COLUMNS]
    title = _("%(plan)s承接对照表") % {"plan": plan.title}
    return download(write_xlsx(columns, comparison.sheet_rows(found), title=title, notes=notes), f"{title}.xlsx")
