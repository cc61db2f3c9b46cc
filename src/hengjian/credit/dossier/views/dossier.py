"""One enterprise, one dossier: the public page and the inside page, whose every look is told to the enterprise."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hengjian.credit.dossier import looking, showing, standing
from hengjian.credit.dossier.declared import OTHERS
from hengjian.credit.dossier.dossier import Dossier
from hengjian.credit.dossier.forms import PurposeForm, TimesForm, end_of
from hengjian.credit.dossier.purposes import keep_purpose, purpose_of
from hengjian.credit.dossier.readers import PUBLIC, Reader, reader_of
from hengjian.credit.dossier.views.common import DOSSIERS, find_enterprise, ident_of, inside_url, limit, public_url
from hengjian.credit.dossier.views.search import light_of
from hengjian.enterprises.models import Enterprise
from hengjian.parties.requests import UserRequest


@require_safe
def public_page(request: HttpRequest, ident: str) -> HttpResponse:
    """What everybody sees; the same page whoever is signed in."""
    limit(request, "dossier", DOSSIERS)
    enterprise = find_enterprise(ident)
    if ident != ident_of(enterprise):
        return redirect(public_url(enterprise))
    context = contents(request, enterprise, Reader(PUBLIC.side))
    inside = reader_of(request.user, enterprise)
    context["inside"] = inside_url(enterprise) if inside.side != "public" else ""
    context["report_url"] = reverse("credit_dossier:public_report", args=[ident])
    return render(request, "credit_dossier/public.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inside_page(request: UserRequest, ident: str) -> HttpResponse:
    """The whole dossier: for the enterprise itself at once, for officers of its region once they say why."""
    limit(request, "inside", DOSSIERS)
    enterprise = find_enterprise(ident)
    if ident != ident_of(enterprise):
        return redirect(inside_url(enterprise))
    reader = reader_of(request.user, enterprise)
    if reader.side == "public":
        if reader.abroad:
            messages.info(request, _("该企业不在您单位的地区，只能查看公开部分。"))
        return redirect(public_url(enterprise))
    if reader.officer and (asked := _ask_purpose(request, enterprise)) is not None:
        return asked
    context = contents(request, enterprise, reader)
    context["purpose"] = purpose = purpose_of(request, enterprise)
    context["report_url"] = reverse("credit_dossier:report_new", args=[ident])
    if reader.own:
        context |= {
            "mine_url": reverse("credit_dossier:mine"),
            "may_object": True,
            "object_url": reverse("credit_dossier:object"),
            "repair_url": f"{reverse('credit_dossier:mine')}#adverse" if _repairable(context) else "",
        }
    if request.method != "HEAD":
        looking.note_look(enterprise, reader, purpose, context["tab"])
    return render(request, "credit_dossier/dossier.html", context)


def _repairable(context: dict[str, Any]) -> bool:
    return any(record.is_adverse for record in context["dossier"].records)


def _ask_purpose(request: UserRequest, enterprise: Enterprise) -> HttpResponse | None:
    """The form that asks why; None once it was answered in this session."""
    posted = request.method == "POST"
    if purpose_of(request, enterprise) is not None and not posted:
        return None
    form = PurposeForm(request.POST if posted else None)
    if posted and form.is_valid():
        keep_purpose(request, enterprise, form.given)
        return redirect(request.get_full_path())
    context = {"title": enterprise.name, "enterprise": enterprise, "form": form, "public": public_url(enterprise)}
    return render(request, "credit_dossier/purpose.html", context, status=422 if posted else 200)


def contents(request: HttpRequest, enterprise: Enterprise, reader: Reader) -> dict[str, Any]:
    """Head, tabs and the part that the address asks for.

    Raises:
        Http404: there is no such part, or not for this reader.
    """
    times = TimesForm(request.GET or None)
    known_at, valid_on, _since = times.asked()
    dossier = Dossier(enterprise, reader, known_at, valid_on)
    tab = request.GET.get("tab", "") or showing.OVERVIEW
    context: dict[str, Any] = {
        "title": enterprise.name,
        "enterprise": enterprise,
        "light": light_of(enterprise),
        "dossier": dossier,
        "reader": reader,
        "times": times,
        "past": known_at is not None or valid_on is not None,
        "tab": tab,
        "tabs": showing.tabs_of(dossier, request, tab),
        "timeline_url": showing.url_of(dossier, request, showing.TIMELINE),
        "all_url": showing.url_of(dossier, request, showing.ALL),
        "cut": dossier.gathered.cut,
        **standing.head(dossier),
    }
    part = PARTS.get(tab)
    context |= part(request, dossier, times) if part else _section(request, dossier, tab)
    return context


def _section(request: HttpRequest, dossier: Dossier, tab: str) -> dict[str, Any]:
    shown = dossier.find(tab)
    if shown is None:
        if tab == OTHERS:
            return {"shown": None, "rows": [], "columns": []}
        raise Http404(_("档案没有这一部分，或不在您的查看范围内。"))
    page, rows, columns = showing.table_of(dossier, shown, request.GET.get("page"))
    return {"shown": shown, "page": page, "rows": rows, "columns": columns}


def _overview(request: HttpRequest, dossier: Dossier, times: TimesForm) -> dict[str, Any]:
    since = times.asked()[2]
    compared = None
    if since is not None:
        earlier = Dossier(dossier.enterprise, dossier.reader, end_of(since), since)
        compared = {"since": since, "sections": dossier.differences(earlier)}
    return {
        "base": showing.base_pairs(dossier),
        "events": showing.events_of(dossier),
        "event_count": len(dossier.events),
        "figures": showing.figures_of(dossier, request),
        "compared": compared,
        **standing.overview(dossier),
    }


def _identity(request: HttpRequest, dossier: Dossier, times: TimesForm) -> dict[str, Any]:
    return {"base": showing.base_pairs(dossier), **standing.identity(dossier)}


def _timeline(request: HttpRequest, dossier: Dossier, times: TimesForm) -> dict[str, Any]:
    from django.core.paginator import Paginator

    return {"page": Paginator(dossier.events, showing.PER_PAGE).get_page(request.GET.get("page"))}


def _looks(request: HttpRequest, dossier: Dossier, times: TimesForm) -> dict[str, Any]:
    if dossier.reader.side == "public":
        raise Http404(_("档案没有这一部分，或不在您的查看范围内。"))
    return {"page": looking.looks(dossier, request.GET.get("page"))}


def _all(request: HttpRequest, dossier: Dossier, times: TimesForm) -> dict[str, Any]:
    return {
        "base": showing.base_pairs(dossier),
        "tables": showing.whole_tables(dossier),
        "printed": True,
        **standing.overview(dossier),
    }


PARTS: dict[str, Any] = {
    showing.OVERVIEW: _overview,
    showing.IDENTITY: _identity,
    showing.TIMELINE: _timeline,
    showing.LOOKS: _looks,
    showing.ALL: _all,
}
