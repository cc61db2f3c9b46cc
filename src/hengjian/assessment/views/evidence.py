"""Evidence of an item: what the ledger offers, what the unit brought forward before, a new file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from hengjian.assessment import offers
from hengjian.assessment.actions.evidence import AddFile, DropEvidence, UseEvidence, UseFact, self_open
from hengjian.assessment.forms import FileForm
from hengjian.assessment.models import Evidence, EvidenceUse
from hengjian.assessment.views.base import attempt, find_entry, uploads
from hengjian.pages.numbers import whole
from hengjian.parties.requests import UserRequest
from hengjian.scoring.words import named


@never_cache
@login_required
def evidence_page(request: UserRequest, pk: int, code: str) -> HttpResponse:
    """Pick by one click; nothing that the system has is asked for again."""
    entry, sight = find_entry(request, pk)
    row = entry.round
    try:
        item = row.content.sheet.item(code)
    except KeyError:
        raise Http404(_("没有这个评分项。")) from None
    form = FileForm(None)
    if request.method == "POST":
        do = request.POST.get("do", "")
        done = False
        user = request.user
        if do == "fact":
            action = UseFact(user=user, entry=entry, item=code, fact=request.POST.get("fact", ""))
            done = attempt(request, action, _("已采用。"))
        elif do == "reuse":
            known = Evidence.objects.filter(pk=whole(request.POST.get("evidence", "")) or 0).first()
            if known is None:
                raise Http404
            done = attempt(request, UseEvidence(user=user, entry=entry, item=code, evidence=known), _("已采用。"))
        elif do == "drop":
            use = EvidenceUse.objects.filter(pk=whole(request.POST.get("use", "")) or 0).first()
            if use is None:
                raise Http404
            done = attempt(request, DropEvidence(user=user, entry=entry, item=code, use_row=use), _("已移除。"))
        else:
            form = FileForm(request.POST, request.FILES)
            if form.is_valid():
                done = True
                for data, name in uploads(request):
                    add = AddFile(
                        user=user, entry=entry, item=code, data=data, name=name, title=form.cleaned_data["title"]
                    )
                    done = attempt(request, add, _("已上传。"), form) and done
        if done:
            return redirect("assessment:evidence", pk=pk, code=code)
    facts = {one.fact for one in offers.offered_facts(entry, code)}
    used = list(EvidenceUse.objects.filter(entry=entry, item=code).select_related("evidence", "used_by"))
    taken = {use.evidence.address for use in used}
    context = {
        "title": named(item),
        "entry": entry,
        "row": row,
        "item": item,
        "used": used,
        "facts": [one for one in offers.offered_facts(entry, code) if one.fact not in taken],
        "reusable": [one for one in offers.reusable(entry, code) if one.address not in facts],
        "may": entry.pk in sight.own and self_open(entry),
        "form": form,
        "saved": offers.saved(row, entry),
    }
    return render(request, "assessment/evidence.html", context, status=422 if form.errors else 200)
