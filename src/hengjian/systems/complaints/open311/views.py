"""The endpoint `/open311/v2/`, after https://wiki.open311.org/GeoReport_v2/ and its service discovery.

Readers need no key. A POST needs `api_key`: a unit's token with the scope `complaints.register`, or one of the keys in
HENGJIAN_OPEN311_KEYS. No CORS header is sent: a page of another site cannot use a visitor's address to file something.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from hengjian.cases.models import Case
from hengjian.parties.policies import Scope, can
from hengjian.parties.tokens import RateLimited, authenticate_token
from hengjian.parties.verbs import ActionRefused
from hengjian.systems.complaints.actions.tickets import Registered, RegisterTicket
from hengjian.systems.complaints.open311 import reading, requests, services
from hengjian.systems.complaints.open311.formats import FORMATS, render
from hengjian.systems.complaints.open311.reading import Refused

SYSTEM = "open311"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# Raise when services or their attributes change their shape; the catalogue of categories has its own date.
CHANGESET = "2026-11-21T00:00:00+08:00"
Answer = tuple[str, Any, int]
Endpoint = Callable[..., Answer]


def endpoint(*methods: str) -> Callable[[Endpoint], Callable[..., HttpResponse]]:
    """Wrap a function that gives (root element, content, status): format, methods and errors of the specification."""

    def wrap(function: Endpoint) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(function)
        def view(request: HttpRequest, suffix: str = "xml", **named: str) -> HttpResponse:
            allowed = (*methods, "HEAD") if "GET" in methods else methods
            if request.method not in allowed:
                response = _errors(suffix, Refused((400, _("这个地址不接受 %(verb)s。") % {"verb": request.method})))
                response.status_code = 405
                response["Allow"] = ", ".join(allowed)
                return response
            try:
                root, content, status = function(request, **named)
            except Refused as error:
                return _errors(suffix, error)
            except ActionRefused as error:
                return _errors(suffix, Refused((400, f"{error.message}{error.next_step}")))
            except RateLimited as error:
                limited = _errors(suffix, Refused((400, _("调用过于频繁，请稍后再试。"))))
                limited.status_code = 429
                limited["Retry-After"] = str(error.retry_after)
                return limited
            return HttpResponse(render(root, content, suffix), content_type=FORMATS[suffix], status=status)

        return view

    return wrap


def _errors(suffix: str, error: Refused) -> HttpResponse:
    content = [{"code": code, "description": text} for code, text in error.errors]
    return HttpResponse(render("errors", content, suffix), content_type=FORMATS[suffix], status=error.errors[0][0])


def _limited(given: Any) -> Any:
    return reading.jurisdiction(given, settings.OPEN311_JURISDICTION)


@endpoint("GET")
def discovery(request: HttpRequest) -> Answer:
    """Where the endpoint is and what it speaks."""
    contact = settings.HENGJIAN_CONTACT or settings.HENGJIAN_ORGANISER
    base = request.build_absolute_uri(reverse("open311:discovery", args=["xml"])).removesuffix("/discovery.xml")
    return (
        "discovery",
        {
            "changeset": CHANGESET,
            "contact": contact,
            "key_service": _("密钥由%(organiser)s发放：工作人员在“接口令牌”页为单位签发，范围须含“登记诉求”。")
            % {"organiser": settings.HENGJIAN_ORGANISER},
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": base,
                    "changeset": CHANGESET,
                    "type": "production",
                    "formats": [kind.split(";")[0] for kind in FORMATS.values()],
                }
            ],
        },
        200,
    )


@endpoint("GET")
def service_list(request: HttpRequest) -> Answer:
    _limited(request.GET)
    return "services", [item.listed() for item in services.services()], 200


@endpoint("GET")
def service_definition(request: HttpRequest, code: str) -> Answer:
    _limited(request.GET)
    return "service_definition", services.definition(_service(code)), 200


def _service(code: str) -> services.Service:
    found = services.service(code)
    if found is None:
        raise Refused((404, _("service_code “%(code)s”不存在。") % {"code": code[:60]}))
    return found


@endpoint("GET", "POST")
def request_list(request: HttpRequest) -> Answer:
    """GET: requests by number, or by service, state and time. POST: a new one."""
    if request.method == "POST":
        return _file(request)
    given = request.GET
    rows = requests.exposed(_limited(given))
    numbers = reading.listed(given, "service_request_id", reading.MOST)
    if numbers:
        rows = rows.filter(number__in=numbers)
    else:
        first, last = reading.window(given, timezone.now())
        rows = rows.filter(opened_at__range=(first, last))
        if codes := reading.listed(given, "service_code"):
            rows = requests.of_services(rows, codes)
        rows = requests.of_states(rows, reading.listed(given, "status"))
    offset, size = reading.page(given)
    return "service_requests", requests.described(rows.order_by("-opened_at", "-pk")[offset : offset + size]), 200


@endpoint("GET")
def request_detail(request: HttpRequest, number: str) -> Answer:
    return "service_requests", requests.described([_case(request, number, "service_request_id")]), 200


@endpoint("GET")
def token_detail(request: HttpRequest, token: str) -> Answer:
    """Every service answers at once with the request's number, which serves as its token, too."""
    case = _case(request, token, "token")
    return "service_requests", [{"service_request_id": case.number, "token": token}], 200


def _case(request: HttpRequest, number: str, named: str) -> Case:
    case = requests.exposed(_limited(request.GET)).filter(number=number).first()
    if case is None:
        raise Refused((404, _("%(name)s “%(number)s”不存在。") % {"name": named, "number": number[:60]}))
    return case


@endpoint("GET")
def update_list(request: HttpRequest) -> Answer:
    """mySociety's extension: what changed, so that another site can tell its users."""
    rows = requests.exposed(_limited(request.GET))
    if numbers := reading.listed(request.GET, "service_request_id", reading.MOST):
        rows = rows.filter(number__in=numbers)
    first, last = reading.window(request.GET, timezone.now())
    offset, size = reading.page(request.GET)
    return "service_request_updates", requests.updates(rows, first, last, offset, size), 200


def _file(request: HttpRequest) -> Answer:
    given = request.POST
    region = _authorised(given.get("api_key", ""))
    limited = _limited(given)
    code = given.get("service_code", "").strip()
    if not code:
        raise Refused((400, _("没有提供 service_code。")))
    item = _service(code)
    draft = reading.draft(given, item, limited=limited, now=timezone.now())
    made = RegisterTicket(
        user=None, system=SYSTEM, draft=draft, received_in=limited.code if limited is not None else region
    ).execute()
    case = made.opened[0].case
    content = {"service_request_id": case.number, "service_notice": _notice(made), "account_id": None}
    return "service_requests", [content], 201


def _notice(made: Registered) -> str:
    """What happens next, with the code by which the person can follow it on the site."""
    case, code = made.opened[0].case, made.opened[0].code
    told = _("已登记，由%(unit)s办理。查询码 %(code)s，请转告当事人。") % {"unit": case.unit.name, "code": code}
    kinds = {opened.case.type for opened in made.opened}
    if "report" in kinds:
        told += _("其中的违法线索按举报办理，不对外公开。")
    return told


def _authorised(key: str) -> str:
    """Check the key and give the region of the caller's unit; "" for a configured key.

    Raises:
        Refused: 403, missing, unknown, or without the right to register.
    """
    if not key.strip():
        raise Refused((403, _("没有提供 api_key，不能登记。")))
    if any(compare_digest(known.encode(), key.strip().encode()) for known in settings.OPEN311_KEYS):
        return ""
    found = authenticate_token(key)
    if found is None or not can(found.user, "complaints.register", Scope(unit=found.unit)):
        raise Refused((403, _("api_key 无效或者没有登记诉求的权限。")))
    return found.unit.region.code
