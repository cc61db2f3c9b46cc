"""The office's side of public lists: what there is, generating, comparing, publishing, dropping."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.parties.acting import units_acting
from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.publishing import queries
from hengjian.publishing.forms import ReasonForm, UnitForm
from hengjian.publishing.list_actions import DropList, PrepareList, PublishList
from hengjian.publishing.lists import compare, public_list, public_lists, shown_rows
from hengjian.publishing.models import ListSnapshot
from hengjian.publishing.views.office import attempt
from hengjian.publishing.views.public import cells
from hengjian.publishing.words import snapshot_light


@never_cache
@login_required
def lists_page(request: UserRequest) -> HttpResponse:
    """Every declared list: what the rule gives today, what is published, what waits for a second person."""
    require(request.user, "publishing.view", None)
    units = units_acting(request.user, "publishing.write")
    form = UnitForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit"]
        action = PrepareList(user=request.user, code=request.POST.get("code", ""), unit=unit, region=unit.region)
        snapshot = action.execute()
        return redirect("publishing:prepared", pk=snapshot.pk)
    today = timezone.localdate()
    prepared = {row.code: row for row in visible(request.user, waiting())}
    rows = []
    for declared in public_lists():
        latest = queries.latest(declared.code)
        now = shown_rows(declared, today)
        rows.append(
            {
                "declared": declared,
                "latest": latest,
                "count": len(now),
                "changes": compare(queries.values_of(latest) if latest else [], now, declared.key),
                "prepared": prepared.get(declared.code),
            }
        )
    context = {"title": _("名单管理"), "rows": rows, "form": form if units else None}
    return render(request, "publishing/lists.html", context)


def waiting() -> Any:
    return ListSnapshot.objects.filter(state=ListSnapshot.State.PREPARED)


@never_cache
@login_required
def prepared_page(request: UserRequest, pk: int) -> HttpResponse:
    """A generated snapshot before its publication: what would be added and removed."""
    rows = visible(request.user, ListSnapshot.objects.filter(pk=pk))
    snapshot = rows.select_related("unit", "region", "previous", "prepared_by", "published_by").first()
    declared = public_list(snapshot.code) if snapshot else None
    if snapshot is None or declared is None:
        raise Http404(_("没有这份名单，或不在您的查看范围内。"))
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "publish":
            attempt(request, PublishList(user=request.user, snapshot=snapshot), None, _("已公布。"))
            return redirect("publishing:prepared", pk=pk)
        if do == "drop" and form.is_valid():
            action = DropList(user=request.user, snapshot=snapshot, reason=form.cleaned_data["reason"])
            if attempt(request, action, form, _("已放弃。")):
                return redirect("publishing:lists")
    columns = list(declared.columns)
    changes = queries.difference(declared, snapshot.previous, snapshot)
    context = {
        "title": str(snapshot),
        "declared": declared,
        "snapshot": snapshot,
        "state": snapshot_light(snapshot),
        "form": form,
        "headings": [column.said() for column in columns],
        "rows": cells(columns, queries.values_of(snapshot)[:500]),
        "added": cells(columns, changes.added),
        "removed": cells(columns, changes.removed),
        "changed": [(cells(columns, [old])[0], cells(columns, [new])[0]) for old, new in changes.changed],
        "publish_refusal": PublishList(user=request.user, snapshot=snapshot).refusal(),
        "may_drop": not DropList(user=request.user, snapshot=snapshot).refusal(),
    }
    return render(request, "publishing/prepared.html", context, status=422 if form.is_bound else 200)
