"""The page that a consumer sees behind a code, and the box to type a code in."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hengjian.methods import gs1, statutory_codes
from hengjian.methods.gs1.compression import expand
from hengjian.trace.exchange.models import ConformityCertificate
from hengjian.trace.exchange.passport import Passport, count_lookup
from hengjian.trace.exchange.words import choice_words, papers_rows, step_rows

TARGET = {"lot", "certificate", "node", *statutory_codes.SCHEMES}


def page_of(
    request: HttpRequest,
    found: Passport,
    certificate: ConformityCertificate | None = None,
    *,
    linkset: str = "",
) -> HttpResponse:
    """The passport as a page; counted as one look-up. 404 where nothing is known."""
    count_lookup(found, found.keys[0])
    context = {
        "title": found.name or _("没有查到这件产品"),
        "found": found,
        "certificate": certificate,
        "steps": step_rows(found.steps),
        "papers": papers_rows(found),
        "dossier_url": dossier_url(found.maker_code),
        "complain_url": complain_url(found.maker, found.name, found.keys[0]),
        "quantity": f"{certificate.extras['quantity']} {choice_words(certificate, 'uom')}" if certificate else "",
        "code": found.keys[0].partition("//")[2].partition("/")[2],
    }
    response = render(request, "trace_exchange/passport.html", context, status=200 if found.known else 404)
    if linkset:
        response["Link"] = f'<{linkset}>; rel="linkset"; type="application/linkset+json"'
    return response


def dossier_url(code: str) -> str:
    """The public credit dossier of an enterprise, where that room is installed."""
    try:
        return reverse("credit_dossier:public", args=[code]) if code else ""
    except NoReverseMatch:
        return ""


def complain_url(maker: str, product: str, key: str = "") -> str:
    """The complaint form with what the page knows filled in."""
    try:
        address = reverse("complaints:public_new")
    except NoReverseMatch:
        return ""
    told = _("扫码追溯：%(product)s（%(code)s）") % {"product": product, "code": key} if key else product
    given = {"kind": "complaint", "respondent_name": maker, "product": product, "content": told + "\n"}
    return f"{address}?{urlencode({name: value for name, value in given.items() if value})}"


@require_safe
def public_home(request: HttpRequest) -> HttpResponse:
    """Type in a code, or paste what a scanner gave; several readings are offered, none is guessed."""
    text = request.GET.get("code", "").strip()[: statutory_codes.LONGEST]
    context: dict[str, Any] = {"title": _("扫码追溯"), "code": text, "choices": [], "nothing": False}
    if text:
        found = addresses_of(text)
        if len(found) == 1:
            return redirect(found[0][1])
        context |= {"choices": found, "nothing": not found}
    return render(request, "trace_exchange/public_home.html", context)


def addresses_of(text: str) -> list[tuple[str, str]]:
    """(what it may be, page of it) for a typed text: an address of ours, a Digital Link, a certificate, a code."""
    identifier = gs1.examine(text).identifier or gs1.examine(expand(text) or "").identifier
    if identifier is not None:
        return [(_("商品"), gs1.to_digital_link(identifier, ""))]
    if "/id/" in text:
        scheme, _slash, code = text.partition("/id/")[2].partition("?")[0].partition("/")
        if scheme in TARGET and code:
            return [("", reverse("trace_own", args=[scheme, unquote(code)]))]
    if ConformityCertificate.objects.filter(key=text.upper(), confidentiality=0).exists():
        return [(_("承诺达标合格证"), reverse("trace_own", args=["certificate", text.upper()]))]
    english = (get_language() or "").startswith("en")
    found = []
    for read in statutory_codes.candidates(text):
        declared = statutory_codes.SCHEMES[read.scheme]
        name = declared.title_en if english else declared.title_zh
        found.append((name, read.gs1 or reverse("trace_own", args=[read.scheme, read.code])))
    return found
