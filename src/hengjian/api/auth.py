"""Who calls: a unit's token (`Authorization: Bearer hj_…`) or a signed-in person (session cookie and CSRF token).

Either way `request.user` is a person whose rights decide; a token's person is its issuer, limited to the token's scopes
and unit (hengjian.parties.tokens). Endpoints name the verb they need: `auth=needs("plans.view")`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from hengjian.api.problems import Problem, too_large
from hengjian.documents.uploads import size_limit
from hengjian.parties.models import User
from hengjian.parties.policies import require
from hengjian.parties.tokens import authenticate_token

# What multipart framing adds to a file of the largest size.
FRAMING = 64 * 1024


def _refuse_unusable(request: HttpRequest) -> None:
    """Say no by the announced length, before a byte of the body is read, and to NUL, which no database stores."""
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        raise Problem(400, "invalid", _("地址中有不能使用的字符。"), _("请去掉后再试。"))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > size_limit() + FRAMING:
        raise too_large(size_limit())


class UnitToken(HttpBearer):
    """A unit's token."""

    openapi_description = (
        "Token of a unit, `hj_<prefix>_<secret>`, issued on the page of tokens. It acts for the person who issued it, "
        "limited to its scopes (verbs) and, unless it is wide, to its unit."
    )

    def __init__(self, verb: str = "") -> None:
        super().__init__()
        self.verb = verb

    def __call__(self, request: HttpRequest) -> Any:
        _refuse_unusable(request)
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        auth = authenticate_token(token)
        if auth is None:
            return None
        request.user = auth.user
        if self.verb:
            require(auth.user, self.verb)
        return auth.user


class Session(APIKeyCookie):
    """A signed-in person in the browser; writing needs the CSRF token in `X-CSRFToken`."""

    param_name = "sessionid"
    openapi_description = "The session of a signed-in person; calls that change something also send `X-CSRFToken`."

    def __init__(self, verb: str = "") -> None:
        super().__init__()
        self.verb = verb

    def __call__(self, request: HttpRequest) -> User | None:
        # Whoever presents a token is judged by it alone.
        if request.headers.get("Authorization") or not isinstance(request.user, User):
            return None
        if check_csrf(request) is not None:
            raise Problem(
                403, "csrf", _("缺少或不符的 CSRF 令牌。"), _("请在请求头 X-CSRFToken 中提供页面给出的令牌。")
            )
        if self.verb:
            require(request.user, self.verb)
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> None:
        """Not used: `__call__` does not look at the cookie itself."""


def visitor(request: HttpRequest) -> Any:
    """Lets anyone in who did not present a token."""
    return None if request.headers.get("Authorization") else request.user


Callback = Callable[[HttpRequest], Any]


def needs(verb: str) -> list[Callback]:
    """Token or session with this verb; a token needs it among its scopes."""
    return [UnitToken(verb), Session(verb)]


def signed_in() -> list[Callback]:
    """Any valid token or session."""
    return [UnitToken(), Session()]


def anyone() -> list[Callback]:
    """Public; a token or session may widen what is shown."""
    return [UnitToken(), Session(), visitor]
