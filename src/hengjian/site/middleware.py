"""Headers, language and second factor for every response."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from hengjian.documents.uploads import MEGABYTE, size_limit
from hengjian.pages.errors import error_response
from hengjian.site.accounts import must_enrol

#: How many files of the largest size one request may carry.
FILES_PER_REQUEST = 5

#: Addresses of the interfaces for machines: they refuse, translate and report in forms of their own.
INTERFACES = ("/api/", "/epcis/")

Handler = Callable[[HttpRequest], HttpResponse]

#: Nothing from other hosts, nothing inline, nothing evaluated. `data:` images are the QR code of the second factor.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class SecurityHeadersMiddleware:
    """Sets the policy unless a view has set its own (the offline API documentation has one of its own)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            # What an official has seen must not come back with the "back" button after logging out on a shared machine.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLimitsMiddleware:
    """Refuses what nobody means to send, before it is parsed or reaches a database: huge bodies, NUL characters."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(INTERFACES):  # the interface refuses the same in its own form
            return self.get_response(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        # A form carries a few files, each up to the limit; whoever sends more fills the disk.
        if not length.isascii() or not length.isdigit() or int(length) > FILES_PER_REQUEST * size_limit():
            return error_response(
                request,
                413,
                _("内容过大"),
                _("一次提交的内容超过 %(limit)d MB 的上限。") % {"limit": FILES_PER_REQUEST * size_limit() // MEGABYTE},
                _("请压缩图片或分几次上传。"),
            )
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            return _no_text(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if request.method != "POST" or request.path_info.startswith(INTERFACES):  # they have parsers of their own
            return None
        if any("\0" in value for _name, values in request.POST.lists() for value in values):
            return _no_text(request)
        return None


def _no_text(request: HttpRequest) -> HttpResponse:
    return error_response(
        request, 400, _("请求无法处理"), _("提交的文字含有无法保存的字符。"), _("请删去不可见的字符后重新提交。")
    )


class ChineseFirstLocaleMiddleware(LocaleMiddleware):
    """Pages are Chinese until someone switches; only the API follows `Accept-Language`.

    A browser's language says little about the language an office works in, and a page must not change its language
    between two machines.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(INTERFACES):
            super().process_request(request)
            return
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(INTERFACES):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


class SecondFactorMiddleware:
    """Leads an official without a second factor to its set-up before anything else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.HENGJIAN_REQUIRE_SECOND_FACTOR and must_enrol(request):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)
