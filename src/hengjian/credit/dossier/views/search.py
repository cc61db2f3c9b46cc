"""One-stop query: one box for code, name, part of a name, old code, pinyin; for everybody and for officers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from hengjian.credit.dossier.forms import QueryForm
from hengjian.credit.dossier.readers import OWN, READ
from hengjian.credit.dossier.views.common import SEARCHES, SUGGESTIONS, ident_of, limit
from hengjian.enterprises.models import Enterprise
from hengjian.enterprises.search import search
from hengjian.pages.numbers import whole
from hengjian.parties.models import Region
from hengjian.parties.policies import may_anywhere, require
from hengjian.parties.requests import UserRequest

PER_PAGE, SUGGESTED, LAST_PAGE = 20, 8, 50
#: How a status looks; what is not here is over.
LIGHTS = {Enterprise.Status.ACTIVE: "green", Enterprise.Status.SUSPENDED: "amber"}
#: How a hit was found, in words.
HOW: dict[str, Any] = {
    "code": gettext_lazy("代码一致"),
    "old_code": gettext_lazy("曾用代码一致"),
    "code_repaired": gettext_lazy("代码更正误写后一致"),
    "code_part": gettext_lazy("代码的一部分"),
    "name": gettext_lazy("名称一致"),
    "beginning": gettext_lazy("名称开头一致"),
    "brand": gettext_lazy("字号一致"),
    "inside": gettext_lazy("名称中含有"),
    "parts": gettext_lazy("名称中分别含有"),
    "pinyin": pgettext_lazy("检索方式", "拼音一致"),
    "initials": gettext_lazy("拼音首字母一致"),
    "sound": gettext_lazy("读音相近"),
    "similar": gettext_lazy("名称相近"),
}


@dataclass(frozen=True)
class Row:
    """One hit as the page shows it."""

    enterprise: Enterprise
    url: str
    how: str
    matched: str
    light: str


def light_of(enterprise: Enterprise) -> str:
    return LIGHTS.get(Enterprise.Status(enterprise.status), "grey")


def rows_of(hits: Sequence[Any], inside: bool) -> list[Row]:
    name = "credit_dossier:dossier" if inside else "credit_dossier:public"
    return [
        Row(
            hit.enterprise,
            reverse(name, args=[ident_of(hit.enterprise)]),
            str(HOW.get(hit.how, "")),
            hit.matched if hit.matched != hit.enterprise.name else "",
            light_of(hit.enterprise),
        )
        for hit in hits
    ]


def _found(request: HttpRequest, inside: bool) -> tuple[dict[str, Any], HttpResponse | None]:
    """What the page shows; or the way to the one enterprise that a whole code names."""
    form = QueryForm(request.GET)
    words, asked = form.words, form.asked
    page = min(whole(request.GET.get("page")) or 1, LAST_PAGE)
    context: dict[str, Any] = {
        "words": words,
        "asked": asked,
        "page": page,
        "statuses": Enterprise.Status.choices,
        "kinds": Enterprise.Kind.choices,
        "regions": Region.objects.exclude(code="000000").order_by("code"),
        "inside": inside,
        "rows": [],
    }
    if not words:
        return context, None
    answer = search(words, limit=PER_PAGE, offset=(page - 1) * PER_PAGE, **asked)
    context["rows"] = rows_of(answer.hits, inside)
    context["more"] = answer.more and page < LAST_PAGE
    context["query"] = _kept(request)
    if page == 1 and len(answer.hits) == 1 and answer.hits[0].how in ("code", "old_code", "code_repaired"):
        return context, redirect(context["rows"][0].url)
    return context, None


def _kept(request: HttpRequest) -> str:
    """The parameters of the address without the page."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@require_safe
def public_search(request: HttpRequest) -> HttpResponse:
    """For everybody, without signing in."""
    if request.GET.get("q"):
        limit(request, "search", SEARCHES)
    context, way = _found(request, inside=False)
    context["links"] = {"verify": reverse("credit_dossier:verify")}
    # An officer has no enterprise of their own and cannot claim one.
    if getattr(request.user, "unit", None) is None or may_anywhere(request.user, OWN):
        context["links"]["mine"] = reverse("credit_dossier:mine")
    if way is not None:
        return way
    return render(request, "credit_dossier/public_search.html", {"title": _("企业质量信用查询"), **context})


@login_required
@require_safe
def officer_search(request: UserRequest) -> HttpResponse:
    """The same box, leading to the whole dossier."""
    require(request.user, READ)
    context, way = _found(request, inside=True)
    if way is not None:
        return way
    return render(request, "credit_dossier/search.html", {"title": _("一企一档"), **context})


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What the words may mean, while they are being typed."""
    limit(request, "suggest", SUGGESTIONS)
    form = QueryForm(request.GET)
    inside = bool(request.GET.get("inside")) and request.user.is_authenticated
    words = form.words
    hits = search(words, limit=SUGGESTED, **form.asked).hits if len(words) >= 2 else []
    return render(request, "credit_dossier/parts/suggestions.html", {"rows": rows_of(hits, inside), "words": words})
