"""督办与通报: issued papers, papers to be issued, steps that wait for the office."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from hengjian.parties.policies import require, visible
from hengjian.parties.requests import UserRequest
from hengjian.plans.models import IssuedDocument, PaperDraft


@login_required
def follow_page(request: UserRequest) -> HttpResponse:
    rows = visible(request.user, IssuedDocument.objects.all())
    return render(request, "plans/thin.html", {"title": _("督办与通报"), "rows": rows})


@login_required
def issue_page(request: UserRequest, kind: str) -> HttpResponse:
    if kind not in IssuedDocument.Kind.values:
        raise Http404(_("没有这种文书。"))
    require(request.user, "plans.issue")
    return render(request, "plans/thin.html", {"title": IssuedDocument.Kind(kind).label})


@login_required
def document_page(request: UserRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(visible(request.user, IssuedDocument.objects.all()), pk=pk)
    return render(request, "plans/thin.html", {"title": row.title})


@login_required
def draft_page(request: UserRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(visible(request.user, PaperDraft.objects.all()), pk=pk)
    return render(request, "plans/thin.html", {"title": str(row)})
