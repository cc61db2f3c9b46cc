"""/events, the resources below it, and the top."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from hengjian.methods.epcis import Context, WriteError
from hengjian.methods.epcis.context import EPCIS_CONTEXT
from hengjian.methods.epcis.queries import parameter_kind
from hengjian.trace.events.compiling import Condition, Query, compile_query
from hengjian.trace.events.interface.base import ApiRequest, Resource, answer, decoded
from hengjian.trace.events.interface.capturing import capture_one
from hengjian.trace.events.interface.paging import add_next, place_of, size_of
from hengjian.trace.events.interface.problems import Refusal
from hengjian.trace.events.output import answer_of, document_of, event_of
from hengjian.trace.events.policies import CAPTURE, VIEW
from hengjian.trace.events.queries import readable, run_query
from hengjian.trace.events.running import Cursor
from hengjian.trace.events.vocabularies import RESOURCES, members, of_member

_LISTS = ("strings", "actions", "numbers")


def parameters_of(given: QueryDict) -> dict[str, Any]:
    """Parameters in an address, in the form of the JSON binding: lists are divided by "|"."""
    found: dict[str, Any] = {}
    for name, values in given.lists():
        if len(values) != 1:
            raise Refusal("QueryParameter", _("参数“%(name)s”出现了多次，多个值请用 | 分隔。") % {"name": name[:80]})
        found[name] = _value(name, values[0])
    return found


def _value(name: str, text: str) -> Any:
    kind = parameter_kind(name)
    if kind in _LISTS or kind == "any":
        parts: list[Any] = text.split("|")
        return [_number(part) for part in parts] if kind == "numbers" else parts
    if kind == "number":
        return _number(text)
    if kind == "count":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    if kind == "flag":
        return {"": None, "true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    if kind == "time":
        return text.replace(" ", "+")  # a plus sign that was not escaped
    return text


def _number(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if abs(number) < 1e300 else text


def context_of(request: HttpRequest) -> Context:
    """Prefixes that the caller declares in the header GS1-Extensions (`ex=https://example.com/ns/, …`)."""
    declared = {}
    for part in request.headers.get("GS1-Extensions", "").split(","):
        prefix, equals, namespace = part.strip().partition("=")
        if equals and prefix and ":" in namespace:
            declared[prefix] = namespace
    return Context(declared)


def give(
    request: ApiRequest, query: Query, parameters: Mapping[str, Any], name: str = "SimpleEventQuery"
) -> HttpResponse:
    """One page of the answer to a query."""
    place = place_of(request, parameters)
    page = run_query(
        query, reader=request.user, size=size_of(parameters), page=None if place is None else Cursor(*place)
    )
    tag = _tag([event.pk for event in page.events], bool(page.next), request.wish, name)
    if _unchanged(request, tag):
        return _not_modified(tag)
    try:
        body = answer_of(page.events, request.wish, query=name)
    except WriteError as error:
        raise Refusal("NotAcceptable", _("这些事件不能写成 XML，请用 JSON 查询。")) from error
    response = _written(body, request, tag)
    if page.next is not None:
        add_next(response, request, parameters, astuple(page.next))
    return response


def _written(body: bytes, request: ApiRequest, tag: str) -> HttpResponse:
    media = "application/xml" if request.wish.xml else request.wish.media or "application/json"
    response = HttpResponse(body, content_type=media)
    response["ETag"] = tag
    response["GS1-EPC-Format"] = request.wish.epc
    if request.wish.xml:
        response["GS1-CBV-XML-Format"] = request.wish.codes
    response["Cache-Control"] = "private, no-cache"
    return response


def _tag(*parts: Any) -> str:
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _unchanged(request: HttpRequest, tag: str) -> bool:
    given = [part.strip() for part in request.headers.get("If-None-Match", "").split(",")]
    return tag in given or "*" in given


def _not_modified(tag: str) -> HttpResponse:
    response = HttpResponse(status=304)
    response["ETag"] = tag
    return response


class Events(Resource):
    """GET: the answer to a query in the address; POST: one event."""

    verbs: ClassVar[dict[str, str]] = {"GET": VIEW, "POST": CAPTURE}
    xml = True

    def get(self, request: ApiRequest) -> HttpResponse:
        parameters = parameters_of(request.GET)
        return give(request, compile_query(parameters, context_of(request)), parameters)

    def post(self, request: ApiRequest) -> HttpResponse:
        return capture_one(request)


class OneEvent(Resource):
    """An event by its eventID, or by its hash."""

    xml = True

    def get(self, request: ApiRequest, event: str) -> HttpResponse:
        asked = compile_query({"EQ_eventID": [decoded(event)]})
        # An error declaration has the eventID of the event that it is about: the event itself comes first.
        rows = readable(request.user).filter(asked.conditions[0].q).select_related("context")
        found = rows.order_by("declaration", "pk").first()
        if found is None:
            raise Refusal("NoSuchResource", _("没有这个事件。"))
        tag = _tag(found.pk, request.wish)
        if _unchanged(request, tag):
            return _not_modified(tag)
        if request.wish.xml:
            try:
                body = document_of([found], request.wish)
            except WriteError as error:
                raise Refusal("NotAcceptable", _("这些事件不能写成 XML，请用 JSON 查询。")) from error
        else:
            body = json.dumps(event_of(found, request.wish), ensure_ascii=False).encode()
        return _written(body, request, tag)


class Top(Resource):
    """What there is."""

    def get(self, request: ApiRequest) -> HttpResponse:
        return answer(_collection(["capture", "events", "queries", *RESOURCES]))


class Members(Resource):
    """The event types, identifiers, steps, places and dispositions that occur in events the caller may read."""

    def get(self, request: ApiRequest, resource: str) -> HttpResponse:
        size, place = size_of(request.GET), place_of(request, request.GET)
        found = members(resource, readable(request.user), size + 1, str(place or ""))
        response = answer(_collection(found[:size]))
        if len(found) > size:
            add_next(response, request, request.GET, found[size - 1])
        return response


class Member(Resource):
    """One of them: it has events."""

    def get(self, request: ApiRequest, resource: str, value: str) -> HttpResponse:
        _condition_of(request, resource, value)
        return answer(_collection(["events"]))


class MemberEvents(Resource):
    """The events of one of them; takes the parameters of /events."""

    xml = True

    def get(self, request: ApiRequest, resource: str, value: str) -> HttpResponse:
        condition = _condition_of(request, resource, value)
        parameters = parameters_of(request.GET)
        query = compile_query(parameters, context_of(request))
        query.conditions.append(condition)
        return give(request, query, parameters)


def _condition_of(request: ApiRequest, resource: str, value: str) -> Condition:
    condition = of_member(resource, decoded(value))
    if not readable(request.user).filter(condition.q).exists():
        raise Refusal("NoSuchResource", _("没有找到“%(value)s”。") % {"value": value[:200]})
    return condition


def _collection(found: list[str]) -> dict[str, Any]:
    return {"@context": EPCIS_CONTEXT, "type": "Collection", "member": found}
