"""Home, search, help, style guide, public pages, health and error pages."""

from __future__ import annotations

import logging
import secrets
from importlib.metadata import version

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hengjian.pages import navigation
from hengjian.pages.errors import error_response
from hengjian.site import styleguide as guide

log = logging.getLogger(__name__)
VERSION = version("hengjian")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the icon of what is no page: a JSON answer, a text file."""
    return HttpResponseRedirect(static("pages/icon.svg"))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the first page of the side navigation (the workbench); to the log-in page for everyone else."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(reverse("account_login"))
    for section in navigation.navigation(request):
        return HttpResponseRedirect(section.links[0].url)
    return HttpResponseRedirect(reverse("public_home"))


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Everything the user may see that contains the words, grouped by the room that found it."""
    words = request.GET.get("q", "").strip()[:100]
    groups = navigation.search(request.user, words) if words else []
    return render(request, "site/search.html", {"title": _("全局检索"), "search_words": words, "groups": groups})


@require_safe
@login_required
def help_page(request: HttpRequest) -> HttpResponse:
    sections = navigation.navigation(request)
    keys = [(link.key, link.label) for section in sections for link in section.links if link.key]
    return render(request, "site/help.html", {"title": _("帮助与快捷键"), "navigation_keys": keys})


@require_safe
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component, made by the functions that all pages use."""
    return render(request, "site/styleguide.html", {"title": _("组件总览"), **guide.context()})


@require_safe
def public_home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/public_home.html", {"title": _("首页")})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "site/about.html", {"title": _("关于本站"), "version": VERSION})


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503; for load balancers and `hengjian doctor`."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        log.exception("health check: the database does not answer")
        return JsonResponse({"status": "error", "database": "unreachable", "version": VERSION}, status=503)
    return JsonResponse({"status": "ok", "database": connection.vendor, "version": VERSION})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nAllow: /public/\nDisallow: /\n", content_type="text/plain; charset=utf-8")


def _detail(exception: Exception | None, fallback: str) -> str:
    """The exception's own words when it was raised with words for people."""
    if exception is not None and exception.args and isinstance(exception.args[0], str) and exception.args[0]:
        return str(exception.args[0])
    return fallback


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(
        request, 400, _("请求无法处理"), _("提交的内容不完整或超出大小限制。"), _("请返回上一页检查后重新提交。")
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    message = _detail(exception if isinstance(exception, PermissionDenied) else None, _("您没有办理这件事的权限。"))
    return error_response(
        request, 403, _("没有权限"), message, _("需要办理的，请联系本单位管理员调整角色，或转给有权限的人员。")
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_response(
        request,
        404,
        _("没有找到"),
        _("这个地址没有内容，可能已被撤销，或不在您可以查看的范围内。"),
        _("请从导航或全局检索重新进入。"),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(
        request,
        403,
        _("页面已过期"),
        _("表单打开太久，或打开后换过账号，提交的内容没有保存。"),
        _("请刷新页面后重新提交。"),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session, because one of them may be what failed."""
    reference = secrets.token_hex(4)
    log.error("server error %s on %s %s", reference, request.method, request.path)
    html = render_to_string("pages/errors/500.html", {"now": timezone.localtime(), "reference": reference})
    return HttpResponseServerError(html)
