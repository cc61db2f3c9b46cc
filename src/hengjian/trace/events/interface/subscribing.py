"""/queries, their answers and their subscriptions."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hengjian.methods.epcis.values import moment
from hengjian.parties.policies import visible
from hengjian.parties.verbs import ActionRefused
from hengjian.trace.events.actions import CreateQuery, DeleteQuery, Subscribe, Unsubscribe
from hengjian.trace.events.compiling import compile_query
from hengjian.trace.events.interface.base import ApiRequest, Resource, answer, json_of, party_of
from hengjian.trace.events.interface.paging import cut
from hengjian.trace.events.interface.problems import Refusal
from hengjian.trace.events.interface.reading import context_of, give, parameters_of
from hengjian.trace.events.models import NamedQuery, Subscription
from hengjian.trace.events.output import moment_text
from hengjian.trace.events.policies import SUBSCRIBE, VIEW


def query_of(request: ApiRequest, name: str) -> NamedQuery:
    """A named query of the caller's unit, else another one that they may see."""
    rows = list(visible(request.user, NamedQuery.objects.filter(name=name)).order_by("pk")[:100])
    if not rows:
        raise Refusal("NoSuchName", _("没有名为“%(name)s”的查询。") % {"name": name[:100]})
    return next((row for row in rows if row.unit == request.unit), rows[0])


class Queries(Resource):
    """Named queries; POST makes one."""

    verbs: ClassVar[dict[str, str]] = {"GET": VIEW, "POST": SUBSCRIBE}

    def get(self, request: ApiRequest) -> HttpResponse:
        return cut(request, visible(request.user, NamedQuery.objects.order_by("name", "pk")), _query)

    def post(self, request: ApiRequest) -> HttpResponse:
        given = json_of(request)
        name, parameters = given.get("name"), given.get("query")
        if not isinstance(name, str) or not isinstance(parameters, dict) or set(given) - {"name", "query"}:
            raise Refusal("QueryValidation", _("请提供 name（名称）和 query（查询参数对象）。"))
        party = party_of(request)
        try:
            made = CreateQuery(user=request.user, unit=party, name=name, parameters=parameters).execute()
        except ActionRefused as error:
            if error.status == 409:
                raise
            raise Refusal("QueryValidation", str(error.message), str(error.next_step)) from error
        response = HttpResponse(status=201)
        response["Location"] = request.build_absolute_uri(reverse("trace_events:query", args=[made.name]))
        return response


class OneQuery(Resource):
    """A named query."""

    verbs: ClassVar[dict[str, str]] = {"GET": VIEW, "DELETE": SUBSCRIBE}

    def get(self, request: ApiRequest, name: str) -> HttpResponse:
        return answer(_query(query_of(request, name)))

    def delete(self, request: ApiRequest, name: str) -> HttpResponse:
        DeleteQuery(user=request.user, query=query_of(request, name)).execute()
        return HttpResponse(status=204)


class QueryEvents(Resource):
    """The answer to a named query."""

    xml = True

    def get(self, request: ApiRequest, name: str) -> HttpResponse:
        query = query_of(request, name)
        given = parameters_of(request.GET)
        other = given.keys() - {"perPage", "nextPageToken"}
        if other:
            raise Refusal(
                "QueryParameter",
                _("命名查询只接受 perPage 和 nextPageToken；实时推送请用订阅。"),
            )
        return give(request, compile_query(query.parameters, context_of(request)), given, query.name)


class Subscriptions(Resource):
    """Standing orders for a query; POST makes one."""

    verbs: ClassVar[dict[str, str]] = {"GET": SUBSCRIBE, "POST": SUBSCRIBE}

    def get(self, request: ApiRequest, name: str) -> HttpResponse:
        query = query_of(request, name)
        rows = visible(request.user, Subscription.objects.filter(query=query).order_by("created_at", "pk"))
        return cut(request, rows, _subscription)

    def post(self, request: ApiRequest, name: str) -> HttpResponse:
        query = query_of(request, name)
        given = json_of(request)
        made = Subscribe(
            user=request.user, query=query, format={"xml": request.wish.xml, "epc": request.wish.epc}, **_order(given)
        )
        try:
            subscription = made.execute()
        except ActionRefused as error:
            raise Refusal("SubscriptionControls", str(error.message), str(error.next_step)) from error
        response = answer({"subscriptionID": str(subscription.pk)}, 201)
        response["Location"] = request.build_absolute_uri(
            reverse("trace_events:subscription", args=[query.name, subscription.pk])
        )
        return response


class OneSubscription(Resource):
    """A subscription."""

    verbs: ClassVar[dict[str, str]] = {"GET": SUBSCRIBE, "DELETE": SUBSCRIBE}

    def get(self, request: ApiRequest, name: str, subscription: UUID) -> HttpResponse:
        return answer(_subscription(self._found(request, name, subscription)))

    def delete(self, request: ApiRequest, name: str, subscription: UUID) -> HttpResponse:
        Unsubscribe(user=request.user, subscription=self._found(request, name, subscription)).execute()
        return HttpResponse(status=204)

    @staticmethod
    def _found(request: ApiRequest, name: str, subscription: UUID) -> Subscription:
        rows = visible(request.user, Subscription.objects.filter(query=query_of(request, name), pk=subscription))
        found = rows.first()
        if found is None:
            raise Refusal("NoSuchResource", _("没有这个订阅。"))
        return found


_MEMBERS: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "dest": ("dest", str),
    "signatureToken": ("secret", str),
    "stream": ("stream", bool),
    "schedule": ("schedule", dict),
    "reportIfEmpty": ("report_if_empty", bool),
    "initialRecordTime": ("initial_record_time", str),
}


def _order(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        member = _MEMBERS.get(name)
        if member is None or not isinstance(value, member[1]):
            raise Refusal("SubscriptionControls", _("订阅的“%(name)s”有误。") % {"name": name[:80]})
        found[member[0]] = value
    if "dest" not in found:
        raise Refusal("SubscriptionControls", _("订阅缺少接收地址 dest。"))
    if "initial_record_time" in found:
        instant = moment(found["initial_record_time"])
        if instant is None or not 1800 < instant.year < 2300:
            raise Refusal("SubscriptionControls", _("订阅的“%(name)s”有误。") % {"name": "initialRecordTime"})
        found["initial_record_time"] = instant
    if len(found.get("secret", "")) > 500:
        raise Refusal("SubscriptionControls", _("订阅的“%(name)s”有误。") % {"name": "signatureToken"})
    return found


def _query(query: NamedQuery) -> dict[str, Any]:
    return {"name": query.name, "query": query.parameters}


def _subscription(row: Subscription) -> dict[str, Any]:
    found: dict[str, Any] = {
        "subscriptionID": str(row.pk),
        "dest": row.dest,
        "createdAt": moment_text(row.created_at),
        "reportIfEmpty": row.report_if_empty,
        "hengjian:state": row.state,
        "hengjian:sent": row.sent,
        "hengjian:failures": row.failures,
        "hengjian:lastError": row.last_error,
    }
    if row.schedule is None:
        found["stream"] = True
    else:
        found["schedule"] = row.schedule
    if row.initial_record_time is not None:
        found["initialRecordTime"] = moment_text(row.initial_record_time)
    if row.last_sent_at is not None:
        found["lastNotifiedAt"] = moment_text(row.last_sent_at)
    return found
