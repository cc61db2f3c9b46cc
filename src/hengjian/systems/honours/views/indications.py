"""The notice of a geographical indication and what was objected."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from hengjian.parties.policies import can, visible
from hengjian.parties.requests import UserRequest
from hengjian.registers.catalogue import register_type
from hengjian.registers.queries import entries
from hengjian.registers.showing import standing
from hengjian.systems.honours.indications import REGISTER, AnnounceIndication, notice_of


@login_required
def indication(request: UserRequest, pk: int) -> HttpResponse:
    """Publish the notice; see until when objections are taken and how many there are."""
    entry = (
        visible(request.user, entries(REGISTER).filter(pk=pk)).select_related("unit", "region", "created_by").first()
    )
    if entry is None:
        raise Http404(_("没有这项地理标志，或不在您的查看范围内。"))
    action = AnnounceIndication(user=request.user, entry=entry)
    if request.method == "POST":
        action.execute()
        messages.success(request, _("公告已发布，异议期两个月。"))
        return redirect("honours:indication", pk=pk)
    notice = notice_of(entry)
    light, word = standing(entry, register_type(REGISTER))
    context = {
        "title": entry.title,
        "entry": entry,
        "light": light,
        "word": word,
        "notice": notice,
        "objections": notice.objections.count()
        if notice and can(request.user, "publishing.objections", notice)
        else None,
        "why_not": action.refusal(),
    }
    return render(request, "honours/indication.html", context)
