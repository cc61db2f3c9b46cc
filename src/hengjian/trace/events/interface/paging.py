"""Pages: `perPage`, `nextPageToken`, `Link: rel="next"`, and tokens that are given up.

A token is a signed note of where the next page begins and for which query and reader; it needs no row of its own. A
token that was deleted is remembered until it would have run out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django.core import signing
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengjian.trace.events.interface.base import ApiRequest, Resource, answer
from hengjian.trace.events.interface.problems import Refusal
from hengjian.trace.events.output import moment_text
from hengjian.trace.events.policies import VIEW

LIFE = timedelta(hours=1)
DEFAULT_SIZE, LARGEST_SIZE = 30, 1000
_SALT = "hengjian.epcis.page"


def size_of(parameters: Mapping[str, Any]) -> int:
    """Events on a page."""
    given = parameters.get("perPage", DEFAULT_SIZE)
    if isinstance(given, str):
        given = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise Refusal("QueryParameter", _("perPage 应为正整数。"))
    return min(given, LARGEST_SIZE)


def place_of(request: ApiRequest, parameters: Mapping[str, Any]) -> Any:
    """What a token in the address says, None without one."""
    token = parameters.get("nextPageToken")
    if not token:
        return None
    try:
        note = signing.loads(str(token), salt=_SALT, max_age=LIFE)
    except signing.BadSignature:
        note = None
    if note is None or note["q"] != _digest(request, parameters) or cache.get(_deleted(str(token))):
        raise Refusal("QueryParameter", _("nextPageToken 无效或已过期，请重新查询。"))
    return note["p"]


def add_next(response: HttpResponse, request: ApiRequest, parameters: Mapping[str, Any], place: Any) -> None:
    """Say where the next page is."""
    token = signing.dumps({"q": _digest(request, parameters), "p": place}, salt=_SALT, compress=True)
    given = request.GET.copy()
    given["nextPageToken"] = token
    address = request.build_absolute_uri(f"{request.path}?{given.urlencode()}")
    response["Link"] = f'<{address}>; rel="next"'
    response["GS1-Next-Page-Token-Expires"] = moment_text(timezone.now() + LIFE)


def cut(request: ApiRequest, rows: QuerySet[Any], show: Callable[[Any], Any]) -> HttpResponse:
    """One page of a list as a JSON array."""
    size, start = size_of(request.GET), place_of(request, request.GET) or 0
    found = list(rows[start : start + size + 1])
    response = answer([show(row) for row in found[:size]])
    if len(found) > size:
        add_next(response, request, request.GET, start + size)
    return response


class PageToken(Resource):
    """DELETE: the caller will not ask for the next page."""

    verbs: ClassVar[dict[str, str]] = {"DELETE": VIEW}

    def delete(self, request: ApiRequest, token: str) -> HttpResponse:
        try:
            signing.loads(token, salt=_SALT, max_age=LIFE)
        except signing.BadSignature:
            raise Refusal("NoSuchResource", _("没有这个页标记。")) from None
        cache.set(_deleted(token), True, LIFE.total_seconds())
        return HttpResponse(status=204)


def _deleted(token: str) -> str:
    return f"epcis-page-{hashlib.sha256(token.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _digest(request: ApiRequest, parameters: Mapping[str, Any]) -> str:
    asked = {name: value for name, value in parameters.items() if name not in ("nextPageToken", "perPage")}
    text = json.dumps([request.path, request.user.pk, request.wish.epc, asked], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
