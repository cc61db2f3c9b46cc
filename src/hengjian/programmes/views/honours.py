"""An honour that is held: re-check it, or propose to revoke it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.cases.models import Case
from hengjian.parties.policies import visible
from hengjian.parties.requests import UserRequest
from hengjian.programmes.actions import ProposeRevocation, StartRecheck
from hengjian.programmes.forms import RevokeForm
from hengjian.programmes.holding import RECHECK, REVOCATION
from hengjian.programmes.views.common import attempt
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase
from hengjian.registers.queries import entries
from hengjian.registers.showing import standing


def find_honour(request: UserRequest, pk: int) -> EntryBase:
    """The entry of the register of honours, if the reader may see it."""
    rows = visible(request.user, entries("honour").filter(pk=pk))
    found = rows.select_related("unit", "region", "filer").first()
    if found is None:
        raise Http404(_("没有这项荣誉，或不在您的查看范围内。"))
    return found


@login_required
def honour_page(request: UserRequest, pk: int) -> HttpResponse:
    """Start a re-check or propose a revocation; what is under way."""
    entry = find_honour(request, pk)
    today = timezone.localdate()
    do = request.POST.get("do", "")
    form = RevokeForm(entry.region.code, today, request.POST if do == "revoke" else None)
    if do == "recheck":
        attempt(request, StartRecheck(user=request.user, entry=entry), _("复核已启动。"))
        return redirect("programmes:honour", pk=pk)
    if do == "revoke" and form.is_valid():
        action = ProposeRevocation(
            user=request.user, entry=entry, ground=form.cleaned_data["ground"], findings=form.cleaned_data["findings"]
        )
        if attempt(request, action, _("撤销程序已启动，持有人可以陈述申辩。"), form) is None:
            return redirect("programmes:honour", pk=pk)
    recheck = StartRecheck(user=request.user, entry=entry)
    proposal = ProposeRevocation(user=request.user, entry=entry, ground="-", findings="-")
    light, word = standing(entry, register_type("honour"))
    cases = Case.objects.filter(subject=entry.ref, type__in=(RECHECK, REVOCATION)).order_by("-opened_at")
    context = {
        "title": entry.title,
        "entry": entry,
        "honour": entry.extras.get("programme_title", ""),
        "light": light,
        "word": word,
        "may_recheck": not recheck.refusal(),
        "may_revoke": not proposal.refusal() or bool(form.errors),
        "why_not": recheck.refusal(),
        "form": form,
        "cases": cases,
    }
    return render(request, "programmes/honour.html", context, status=422 if form.errors else 200)
