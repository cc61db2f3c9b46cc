"""The page behind a code: GS1 Digital Link resolver at the root, own identifiers under /id/.

Follows the GS1-Conformant Resolver Standard 1.1 where a page of ours is the target of every link: `linkType`,
`linkset` (RFC 9264), `Link` header, `Accept`, `Accept-Language`, `/.well-known/gs1resolver`.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import quote, unquote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from hengjian.methods import gs1, statutory_codes
from hengjian.methods.gs1 import IdentifierError
from hengjian.pages.errors import UserError
from hengjian.registers.queries import entries, find
from hengjian.trace.exchange.hosts import host
from hengjian.trace.exchange.lots import own_uri
from hengjian.trace.exchange.models import ConformityCertificate
from hengjian.trace.exchange.passport import Passport, count_lookup, passport
from hengjian.trace.exchange.words import choice_words, papers_rows, step_rows

VOCABULARY = "https://ref.gs1.org/voc/"
LINKSET = "application/linkset+json"
#: Type of link → the part of the page that answers it.
LINKS = {
    "defaultLink": "",
    "pip": "#product",
    "traceability": "#way",
    "certificationInfo": "#papers",
    "recallStatus": "#recall",
}
KEYS = ("00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8017", "8018")
TARGET = {"lot", "certificate", "node", *statutory_codes.SCHEMES}


class Redirect307(HttpResponseRedirect):
    status_code = 307


@require_safe
@vary_on_headers("Accept", "Accept-Language")
def digital_link(request: HttpRequest, rest: str) -> HttpResponse:
    """A GS1 Digital Link with this site as its domain."""
    address = request.build_absolute_uri()
    try:
        identifier = gs1.parse(address)
    except IdentifierError as error:
        english = (get_language() or "").startswith("en")
        raise UserError(
            _("这个追溯码的写法不对：%(reason)s。") % {"reason": error.message_en if english else error.message_zh},
            _("请重新扫码；仍不行的，商品上的码可能印错，可以向我们反映。"),
            status=400,
        ) from None
    keys = [gs1.to_digital_link(identifier)]
    lot, gtin = _segment(request.path, "10"), identifier.key
    if identifier.scheme in {"sgtin", "upui", "lgtin"}:
        if lot and identifier.scheme != "lgtin":
            keys.append(f"{gs1.CANONICAL_DOMAIN}/01/{gtin}/10/{quote(lot, safe='')}")
        keys.append(f"{gs1.CANONICAL_DOMAIN}/01/{gtin}")
    return _answer(request, keys, _expiry(request.GET.get("17", "") or request.GET.get("15", "")))


def _segment(path: str, name: str) -> str:
    parts = path.split("/")
    return next((unquote(value) for key, value in pairwise(parts) if key == name), "")


def _expiry(text: str) -> date | None:
    """AI 17 or 15: YYMMDD, day 00 means the end of the month (GS1 General Specifications 3.4.7, 7.12)."""
    if len(text) != 6 or not text.isascii() or not text.isdigit():
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        if day:
            return date(year, month, day)
        first = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(first.toordinal() - 1)
    except ValueError:
        return None


@require_safe
@vary_on_headers("Accept", "Accept-Language")
def own(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    """An identifier of this platform: a lot, a certificate, a trace subject, a statutory code."""
    if scheme == "lot":
        return _answer(request, [own_uri(host(), "lot", code)])
    if scheme == "certificate":
        return certificate(request, code)
    if scheme == "node":
        subject = find("trace_subject", code)
        if subject is not None and subject.confidentiality == 0:
            return redirect("registers:public_entry", "trace_subject", subject.pk)
    if scheme in statutory_codes.SCHEMES:
        return _statutory(request, scheme, code)
    raise UserError(_("没有找到这个编号。"), _("请核对编号，或到扫码追溯页重新输入。"), status=404)


def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a certificate of conformity is genuine and in force."""
    found = ConformityCertificate.objects.filter(key=number, confidentiality=0).select_related("region").first()
    if found is None:
        raise UserError(
            _("没有编号为 %(number)s 的合格证。") % {"number": number[:40]},
            _("这张合格证不是本平台开具的，请不要凭它收购，并向农业农村部门反映。"),
            status=404,
        )
    return _answer(request, [found.lot], certificate=found)


def _statutory(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    read = statutory_codes.read(code, scheme)
    english = (get_language() or "").startswith("en")
    if not read.valid:
        problem = read.problems[0]
        raise UserError(
            _("这个追溯码的写法不对：%(reason)s。") % {"reason": problem.message_en if english else problem.message_zh},
            _("请核对后重新输入。"),
            status=400,
        )
    declared = statutory_codes.SCHEMES[scheme]
    found = passport([read.uri(host())])
    goods = list(entries("farm_input").filter(extras__label_code=read.code, confidentiality=0)[:3])
    count_lookup(found, read.uri(host()))
    context = {
        "title": declared.title_en if english else declared.title_zh,
        "code": read,
        "parts": [
            (
                part.title_en if english else part.title_zh,
                part.value,
                part.meaning_en if english else part.meaning_zh,
            )
            for part in read.parts
        ],
        "unsettled": bool(read.unsettled),
        "source": declared.source,
        "goods": goods,
        "found": found,
        "complain_url": complain_url("", read.code),
    }
    return render(request, "trace_exchange/statutory.html", context)


# ---- one answer for all of them


def _answer(
    request: HttpRequest,
    keys: list[str],
    expires_on: date | None = None,
    *,
    certificate: ConformityCertificate | None = None,
) -> HttpResponse:
    asked = request.GET.get("linkType", "")
    found = passport(keys, expires_on=expires_on)
    if asked in {"linkset", "all"} or LINKSET in request.headers.get("Accept", ""):
        if not found.known:
            return _problem(request, _("没有这个编码的信息。"))
        return JsonResponse(_linkset(request, found), content_type=LINKSET)
    if asked:
        name = asked.rpartition(":")[2].rpartition("/")[2]
        if name not in LINKS:
            return _problem(request, _("没有这种链接：%(name)s。") % {"name": asked[:60]})
        return Redirect307(_here(request) + LINKS[name])
    count_lookup(found, keys[0])
    response = render(request, "trace_exchange/passport.html", _context(request, found, certificate))
    response.status_code = 200 if found.known else 404
    response["Link"] = f'<{_here(request, linkType="linkset")}>; rel="linkset"; type="{LINKSET}"'
    return response


def _context(request: HttpRequest, found: Passport, certificate: ConformityCertificate | None) -> dict[str, Any]:
    return {
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


def _here(request: HttpRequest, **more: str) -> str:
    kept = {name: str(value) for name, value in request.GET.items() if name != "linkType"} | more
    return request.build_absolute_uri(request.path) + (f"?{urlencode(kept)}" if kept else "")


def _linkset(request: HttpRequest, found: Passport) -> dict[str, Any]:
    title = found.name or found.keys[0]
    links: dict[str, Any] = {
        VOCABULARY + name: [{"href": _here(request) + part, "title": title, "type": "text/html"}]
        for name, part in LINKS.items()
    }
    links[VOCABULARY + "epcis"] = [
        {"href": request.build_absolute_uri("/epcis/epcs/" + quote(found.keys[0], safe="") + "/events"), "title": title}
    ]
    return {"linkset": [{"anchor": request.build_absolute_uri(request.path), "itemDescription": title, **links}]}


def _problem(request: HttpRequest, told: str) -> HttpResponse:
    body = {"type": "about:blank", "title": told, "status": 404, "instance": request.path}
    return JsonResponse(body, status=404, content_type="application/problem+json")


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
def description(request: HttpRequest) -> HttpResponse:
    """`/.well-known/gs1resolver`: what this resolver can do."""
    return JsonResponse(
        {
            "name": "Hengjian",
            "resolverRoot": request.build_absolute_uri("/"),
            "supportedPrimaryKeys": list(KEYS),
            "linkTypeDefaultCanBeLinkset": False,
            "supportedLinkTypes": [VOCABULARY + name for name in [*LINKS, "epcis"]],
        }
    )


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
    identifier = gs1.examine(text).identifier
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
