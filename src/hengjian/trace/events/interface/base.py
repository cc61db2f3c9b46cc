"""What every resource of the interface shares: who calls, which version and format they want, how errors look.

A unit's token (`Authorization: Bearer hj_…`) or a signed-in person with a CSRF token; nobody else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, ClassVar
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from ninja.utils import check_csrf

from hengjian.parties.models import Unit, User
from hengjian.parties.policies import require
from hengjian.parties.tokens import RateLimited, authenticate_token
from hengjian.parties.verbs import ActionRefused
from hengjian.trace.events.capture import CAPTURE_LIMIT
from hengjian.trace.events.compiling import QueryError
from hengjian.trace.events.interface.problems import Refusal, response_of
from hengjian.trace.events.output import EPC_FORMATS, XML_FORMATS, Wish
from hengjian.trace.events.policies import CAPTURE, VIEW

EPCIS_VERSION = CBV_VERSION = "2.0.0"
JSON_TYPES = ("application/json", "application/ld+json")
XML_TYPES = ("application/xml", "text/xml")
BODY_LIMIT = 1024 * 1024
"""Octets of a body that is no capture."""
LONGEST_URL = 16_384
log = logging.getLogger("hengjian.epcis")


class ApiRequest(HttpRequest):
    """A request whose user is known; only a type, never instantiated."""

    user: User
    unit: Unit | None
    wish: Wish


def file_limit() -> int:
    """Octets that one capture may have."""
    return int(settings.HENGJIAN_EPCIS_LIMIT_MB) * 1024 * 1024


@method_decorator(csrf_exempt, name="dispatch")  # tokens need none; sessions are checked in `_authenticate`
class Resource(View):
    """One address. `verbs`: which verb each method needs; `xml`: whether answers are available in XML."""

    verbs: ClassVar[dict[str, str]] = {"GET": VIEW}
    xml: ClassVar[bool] = False
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        xml = _wants_xml(request)
        try:
            response = self._answer(request, kwargs)
        except Refusal as refusal:
            response = response_of(refusal, xml=xml)
        except QueryError as error:
            response = response_of(Refusal(error.kind, error.message, status=error.status), xml=xml)
        except RateLimited as error:
            response = response_of(
                Refusal(
                    "Security",
                    _("令牌在当前时段的调用次数已用完。"),
                    status=429,
                    headers={"Retry-After": str(error.retry_after)},
                ),
                xml=xml,
            )
        except PermissionDenied as error:
            response = response_of(Refusal("Security", str(error)), xml=xml)
        except ActionRefused as error:
            response = response_of(_of_action(error), xml=xml)
        except Exception:
            log.exception("unexpected error in the EPCIS interface")
            response = response_of(
                Refusal("Implementation", _("系统出现意外错误，已记录。"), _("请稍后再试。")), xml=xml
            )
        for name, value in self.headers().items():
            response.headers.setdefault(name, value)
        return response

    def headers(self) -> dict[str, str]:
        """What every answer says about the interface."""
        return {
            "GS1-EPCIS-Version": EPCIS_VERSION,
            "GS1-CBV-Version": CBV_VERSION,
            "GS1-EPCIS-Min": EPCIS_VERSION,
            "GS1-EPCIS-Max": EPCIS_VERSION,
            "GS1-CBV-Min": CBV_VERSION,
            "GS1-CBV-Max": CBV_VERSION,
            "GS1-Vendor-Version": f"hengjian {version('hengjian')}",
            "Vary": "Accept, Accept-Language, Authorization, GS1-EPC-Format, GS1-CBV-XML-Format",
            "Access-Control-Expose-Headers": "*",
        }

    def described(self) -> dict[str, str]:
        """What OPTIONS says besides: limits and formats of this resource, as they are."""
        found = {"Accept": ", ".join(JSON_TYPES + XML_TYPES if self.xml else JSON_TYPES)}
        if self.xml:
            found |= {"GS1-EPC-Format": ", ".join(EPC_FORMATS), "GS1-CBV-XML-Format": ", ".join(XML_FORMATS)}
        if CAPTURE in self.verbs.values():
            found |= {
                "GS1-EPCIS-Capture-Limit": str(CAPTURE_LIMIT),
                "GS1-EPCIS-Capture-File-Size-Limit": str(file_limit()),
                "GS1-Capture-Error-Behaviour": "rollback, proceed",
            }
        return found

    def _answer(self, request: Any, kwargs: dict[str, Any]) -> HttpResponse:
        self.request = request
        method = "GET" if request.method == "HEAD" else str(request.method)
        if len(request.get_full_path()) > LONGEST_URL:
            raise Refusal("URITooLong", _("地址超过 %(n)s 个字符，请改用命名查询。") % {"n": LONGEST_URL})
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Refusal("Validation", _("地址中有不能使用的字符。"))
        if method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Allow"] = ", ".join([*self.verbs, "OPTIONS"])
            for name, value in self.described().items():
                response[name] = value
            return response
        if method not in self.verbs:
            response = response_of(
                Refusal("Implementation", _("这个地址不支持该方法。"), status=405), xml=_wants_xml(request)
            )
            response["Allow"] = ", ".join([*self.verbs, "OPTIONS"])
            return response
        _check_versions(request)
        request.wish = _wish(request)
        if request.wish.xml and not self.xml:
            raise Refusal("NotAcceptable", _("这个资源只以 JSON 提供。"))
        _authenticate(request)
        require(request.user, self.verbs[method])
        handler: Callable[..., HttpResponse] = getattr(self, method.lower())
        return handler(request, **kwargs)


def _of_action(error: ActionRefused) -> Refusal:
    kind = {404: "NoSuchResource", 409: "ResourceAlreadyExists"}.get(error.status, "Validation")
    return Refusal(kind, str(error.message), str(error.next_step), faults=getattr(error, "problems", None))


def _authenticate(request: Any) -> None:
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _sep, raw = header.partition(" ")
        auth = authenticate_token(raw) if scheme.lower() == "bearer" else None
        if auth is None:
            raise _unknown(_("令牌无效、已过期或已吊销。"))
        request.user, request.unit = auth.user, auth.unit
        return
    if not isinstance(getattr(request.user, "pk", None), int):
        raise _unknown(_("没有登录，也没有提供令牌。"))
    if request.method not in ("GET", "HEAD") and check_csrf(request) is not None:
        raise Refusal("Security", _("缺少或不符的 CSRF 令牌。"), _("请在请求头 X-CSRFToken 中提供页面给出的令牌。"))
    request.unit = request.user.unit


def _unknown(detail: str) -> Refusal:
    return Refusal(
        "Security",
        detail,
        _("请在请求头中加 Authorization: Bearer 令牌。"),
        status=401,
        headers={"WWW-Authenticate": 'Bearer realm="hengjian"'},
    )


def party_of(request: Any) -> Unit:
    """The unit for which the caller acts."""
    if request.unit is None:
        raise Refusal("Security", _("您的账号不属于任何单位，不能采集事件或建立查询。"))
    unit: Unit = request.unit
    return unit


def _check_versions(request: HttpRequest) -> None:
    """Whether the caller can live with the versions that are spoken here."""
    for name, spoken in (("EPCIS", EPCIS_VERSION), ("CBV", CBV_VERSION)):
        for end, bad in (
            ("Version", lambda asked, own: asked[:1] != own[:1]),
            ("Min", lambda asked, own: asked > own),
            ("Max", lambda asked, own: asked < own),
        ):
            given = request.headers.get(f"GS1-{name}-{end}")
            if not given:
                continue
            asked = _numbers(given)
            own = _numbers(spoken)
            if asked is None or own is None or bad(asked, own):
                raise Refusal(
                    "NotAcceptable", _("本系统使用 %(name)s %(version)s。") % {"name": name, "version": spoken}
                )


def _numbers(text: str) -> tuple[int, ...] | None:
    parts = text.strip().split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return None
    return tuple(int(part) for part in (*parts, "0", "0")[:3])


def _accepted(request: HttpRequest) -> list[str]:
    """Media types the caller takes, best first."""
    weighed = []
    for order, part in enumerate(request.headers.get("Accept", "").split(",")):
        media, *options = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for option in options:
            if option.startswith("q="):
                try:
                    weight = float(option[2:])
                except ValueError:
                    weight = 0.0
        if media and weight > 0:
            weighed.append((-weight, order, media))
    return [media for _weight, _order, media in sorted(weighed)]


def _wants_xml(request: HttpRequest) -> bool:
    for media in _accepted(request):
        if media in (*XML_TYPES, "application/problem+xml"):
            return True
        if media in (*JSON_TYPES, "application/problem+json", "application/*", "*/*"):
            return False
    return False


def _wish(request: HttpRequest) -> Wish:
    accepted = _accepted(request)
    known = (*JSON_TYPES, *XML_TYPES, "application/*", "text/*", "*/*")
    if accepted and not any(media in known for media in accepted):
        raise Refusal("NotAcceptable", _("可用的格式是 application/json、application/ld+json 和 application/xml。"))
    epc = request.headers.get("GS1-EPC-Format") or EPC_FORMATS[0]
    xml = request.headers.get("GS1-CBV-XML-Format") or XML_FORMATS[0]
    for name, given, possible in (("GS1-EPC-Format", epc, EPC_FORMATS), ("GS1-CBV-XML-Format", xml, XML_FORMATS)):
        if given not in possible:
            raise Refusal(
                "NotAcceptable", _("%(name)s 可以是：%(values)s。") % {"name": name, "values": ", ".join(possible)}
            )
    first = next((media for media in accepted if media in known), "")
    media = "application/ld+json" if first == "application/ld+json" else ""
    return Wish(first in (*XML_TYPES, "text/*"), epc, media, xml)


def media_of(request: HttpRequest) -> str:
    """Whether a body is "json" or "xml"."""
    media = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media in JSON_TYPES:
        return "json"
    if media in XML_TYPES:
        return "xml"
    raise Refusal("UnsupportedMediaType", _("请以 application/json、application/ld+json 或 application/xml 发送。"))


def body_of(request: HttpRequest) -> bytes:
    """A small body whole."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    data: bytes = b"" if not length.isdigit() or int(length) > BODY_LIMIT else request.read(BODY_LIMIT + 1)
    if len(data) > BODY_LIMIT or (length.isdigit() and int(length) > BODY_LIMIT):
        raise Refusal("CaptureLimitExceeded", _("内容超过 %(n)s 字节。") % {"n": BODY_LIMIT})
    return data


def json_of(request: HttpRequest) -> dict[str, Any]:
    """A body that is one JSON object."""
    if media_of(request) != "json":
        raise Refusal("UnsupportedMediaType", _("这个资源只接受 JSON。"))
    try:
        value = json.loads(body_of(request).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refusal("Validation", _("请求正文不是有效的 JSON。")) from None
    if not isinstance(value, dict):
        raise Refusal("Validation", _("请求正文应为一个 JSON 对象。"))
    if "\\u0000" in json.dumps(value):
        raise Refusal("Validation", _("内容中有不能使用的字符。"))
    return value


def answer(value: Any, status: int = 200, media: str = "") -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(
        json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace"),
        status=status,
        content_type=media or "application/json",
    )


def decoded(value: str) -> str:
    """The rest of a path that names something: some callers escape it twice."""
    return unquote(value) if "%" in value and "://" not in value else value
