"""The resolver: a scanned GS1 Digital Link leads on to the page of the thing, or answers with the list of its links.

Follows the GS1-Conformant Resolver Standard 1.2: redirect (307) to the default link with the query passed on,
`linkType`, `linkset` (RFC 9264) of every level up to the key, `Accept`, `Link` header, compressed links, CORS, 400 for
wrong syntax and 404 for what is not known, `/.well-known/gs1resolver`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from hengjian.methods.gs1 import IdentifierError
from hengjian.methods.gs1.compression import expand
from hengjian.pages.errors import UserError, error_response
from hengjian.trace.exchange.links import Link, read_link, segments_of
from hengjian.trace.exchange.passport import Passport, passport
from hengjian.trace.exchange.views.passports import page_of

VOCABULARY = "https://ref.gs1.org/voc/"
CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"
LINKSET, JSON, JSON_LD = "application/linkset+json", "application/json", "application/ld+json"
#: Type of link → the part of the page that answers it.
LINKS = {
    "pip": "#product",
    "traceability": "#way",
    "certificationInfo": "#papers",
    "recallStatus": "#recall",
}
KEYS = ("00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8017", "8018")
METHODS = "GET, HEAD, OPTIONS"
View = Callable[..., HttpResponse]
Pairs = list[tuple[str, str]]


class Redirect307(HttpResponseRedirect):
    status_code = 307


def resolving(view: View) -> View:
    """What every answer of the resolver has: open to scripts of other sites, OPTIONS, errors with the same headers."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Allow"] = response["Access-Control-Allow-Methods"] = METHODS
            response["Access-Control-Allow-Headers"] = "Accept, Accept-Language"
        else:
            try:
                response = vary_on_headers("Accept", "Accept-Language")(require_safe(view))(request, *args, **kwargs)
            except UserError as error:
                response = error_response(request, error.status, _("未能完成"), error.message, error.next_step)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "Link, Location"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return wrapped


@resolving
def digital_link(request: HttpRequest, rest: str) -> HttpResponse:
    """A GS1 Digital Link with this site as its domain."""
    return _resolve(request, segments_of(request.path), _given(request))


@resolving
def compressed(request: HttpRequest, link: str) -> HttpResponse:
    """A compressed Digital Link; `link` is the uncompressed one. It is answered here, not by another redirect."""
    path, _mark, query = link.partition("?")
    segments = [unquote(segment) for segment in segments_of(path)]
    response = _resolve(request, segments, [*parse_qsl(query, keep_blank_values=True), *_given(request)])
    same = f'<{request.build_absolute_uri(link)}>; rel="owl:sameAs"'
    response["Link"] = f"{response['Link']}, {same}" if response.has_header("Link") else same
    return response


def uncompressed(path: str) -> str:
    """Path and query of the link that a path of this site is short for; empty: it is none."""
    return (expand(f"https://here{path}") or "").removeprefix("https://here")


@require_safe
def thing(request: HttpRequest, key: str, rest: str) -> HttpResponse:
    """The page of the thing: what the default link leads to."""
    link = _read(segments_of(f"{key}/{rest}"), _given(request))
    found = passport(link.keys, expires_on=link.expires_on)
    return page_of(request, found, linkset=_linkset_address(request, link.paths[0]))


def _given(request: HttpRequest) -> Pairs:
    return [(name, value) for name, values in request.GET.lists() for value in values]


def _read(segments: Sequence[str], query: Pairs) -> Link:
    try:
        return read_link(segments, query)
    except IdentifierError as error:
        english = (get_language() or "").startswith("en")
        raise UserError(
            _("这个追溯码的写法不对：%(reason)s。") % {"reason": error.message_en if english else error.message_zh},
            _("请重新扫码；仍不行的，商品上的码可能印错，可以向我们反映。"),
            status=400,
        ) from None


def _resolve(request: HttpRequest, segments: Sequence[str], query: Pairs) -> HttpResponse:
    link = _read(segments, query)
    asked = request.GET.get("linkType", "")
    found = passport(link.keys, expires_on=link.expires_on)
    linkset = _linkset_address(request, link.paths[0])
    if kind := wanted(request, asked):
        if not found.known:
            return problem(request, _("没有这个编码的信息。"))
        return linkset_response(linkset_of(request, link.paths, found), kind)
    name = asked.rpartition(":")[2].rpartition("/")[2]
    if asked and name not in {*LINKS, "defaultLink"}:
        return problem(request, _("没有这种链接：%(name)s。") % {"name": asked[:60]})
    if not found.known:
        return page_of(request, found, linkset=linkset)
    kept = urlencode([(key, value) for key, value in query if key != "linkType"])
    target = _page_address(request, link.paths[0]) + (f"?{kept}" if kept else "") + LINKS.get(name, "")
    response = Redirect307(target)
    response["Link"] = f'<{linkset}>; rel="linkset"; type="{LINKSET}"'
    return response


def _page_address(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(reverse("trace_exchange:public_home") + path.removeprefix("/"))


def _linkset_address(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(path) + "?linkType=linkset"


# ---- answers that own identifiers share


def wanted(request: HttpRequest, asked: str) -> str:
    """The media type of the list of links, where it is asked for; empty: it is not."""
    lists = [LINKSET, JSON_LD, JSON]
    if asked in {"linkset", "all"}:
        return request.get_preferred_type(lists) or LINKSET
    preferred = request.get_preferred_type(["text/html", *lists])
    return preferred if preferred in lists else ""


def linkset_response(body: dict[str, Any], kind: str) -> HttpResponse:
    """The list of links as JSON; as JSON-LD with its context inside."""
    response = JsonResponse({"@context": CONTEXT, **body} if kind == JSON_LD else body, content_type=kind)
    response["Link"] = f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="{JSON_LD}"'
    return response


def linkset_of(request: HttpRequest, paths: tuple[str, ...], found: Passport) -> dict[str, Any]:
    """One entry for the thing and for every level above it. The default link has no optional attributes (4.2)."""
    title = found.name or found.keys[0]
    return {
        "linkset": [
            {
                "anchor": request.build_absolute_uri(path),
                "itemDescription": title,
                "description": title,
                **targets(_page_address(request, path), title),
            }
            for path in paths
        ]
    }


def targets(page: str, title: str) -> dict[str, Any]:
    """The links to one page and its parts, by type."""
    more = {"type": "text/html", "hreflang": ["zh-Hans", "en"]}
    return {
        VOCABULARY + "defaultLink": [{"href": page, "title": title}],
        **{VOCABULARY + name: [{"href": page + part, "title": title, **more}] for name, part in LINKS.items()},
    }


def problem(request: HttpRequest, told: str) -> HttpResponse:
    body = {"type": "about:blank", "title": told, "status": 404, "instance": request.path}
    return JsonResponse(body, status=404, content_type="application/problem+json")


@resolving
def description(request: HttpRequest) -> HttpResponse:
    """`/.well-known/gs1resolver`: what this resolver can do."""
    return JsonResponse(
        {
            "name": "Hengjian",
            "resolverRoot": request.build_absolute_uri("/").rstrip("/"),
            "supportedPrimaryKeys": list(KEYS),
            "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
            "linkTypeDefaultCanBeLinkset": False,
            "jsonLdContextLocation": CONTEXT,
        }
    )
