"""The chain for programs: find, trace, scope of a recall, balance, neighbours, anomalies, recalls."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import StringConstraints

from hengjian.api.auth import needs
from hengjian.api.endpoints.trace_schemas import (
    Key,
    TraceAnomalyOut,
    TraceAnswer,
    TraceBalanceOut,
    TraceNeighboursOut,
    TraceQuery,
    TraceRecallEffectOut,
    TraceRecallOut,
    TraceScopeOut,
    TraceScopeQuery,
    TraceThingOut,
)
from hengjian.api.lists import Page, Window, page, query_of, table_of
from hengjian.api.problems import not_found
from hengjian.api.schemas import Reason
from hengjian.methods.trace_graph.answers import balance_answer, trace_answer
from hengjian.parties.policies import visible
from hengjian.trace.chain.actions import ExplainAnomaly, HandOverAnomaly
from hengjian.trace.chain.limits import balance_of, reader_rule
from hengjian.trace.chain.models import Anomaly, RecallOrder
from hengjian.trace.chain.naming import directory
from hengjian.trace.chain.neighbouring import Neighbourhood, neighbourhood
from hengjian.trace.chain.queries import effect, network, scope, scope_of, trace
from hengjian.trace.chain.recalls import question_of
from hengjian.trace.chain.searching import MOST, find_things
from hengjian.trace.chain.summaries import summary
from hengjian.trace.chain.views.lists import ANOMALIES
from hengjian.trace.events.keys import key_of

router = Router(tags=["trace"])
VIEW = "trace.view"


def one_thing(text: str) -> str:
    """The canonical key of a thing that events name."""
    key = key_of(text)
    if network().names.find(key) < 0:
        raise not_found()
    return key


@router.get("/things", response=list[TraceThingOut], auth=needs(VIEW), summary="Find lots, items and containers")
def find_trace_things(
    request: HttpRequest,
    q: Annotated[str, StringConstraints(min_length=1, max_length=512)],
) -> Any:
    """By a scanned link, bar code, lot number, certificate or name; at most 100, exact hits first."""
    keys = find_things(q)[:MOST]
    names = directory(keys)
    return [{"key": key, "name": names.thing(key), "maker": names.maker(key)} for key in keys]


@router.get("/forward", response=TraceAnswer, auth=needs(VIEW), summary="Where things went")
def trace_forward(request: HttpRequest, query: Query[TraceQuery]) -> Any:
    """Everything that the things can have got into, in order of time."""
    return _traced(query, "forward")


@router.get("/back", response=TraceAnswer, auth=needs(VIEW), summary="Where things came from")
def trace_back(request: HttpRequest, query: Query[TraceQuery]) -> Any:
    """Everything that can have got into the things."""
    return _traced(query, "back")


def _traced(query: TraceQuery, direction: Literal["forward", "back"]) -> dict[str, Any]:
    found = trace([key_of(key) for key in query.key], direction, since=query.since, until=query.until)
    answer = trace_answer(network(), found, direction)
    rows, boxes = answer["found"], answer["containers"]
    kept = rows[: query.limit]
    names = directory([row["key"] for row in kept])
    return answer | {
        "total": len(rows),
        "found": [row | {"name": names.thing(row["key"])} for row in kept],
        "containers": [
            {"content": box["content"], "container": box["container"], "since": box["from"], "until": box["until"]}
            for box in boxes[: query.limit]
        ],
    }


@router.get("/scope", response=TraceScopeOut, auth=needs(VIEW), summary="Scope of a recall")
def trace_scope(request: HttpRequest, query: Query[TraceScopeQuery]) -> Any:
    """What a recall of the things has to reach: lots, places with amounts, parties."""
    keys, sites = [key_of(key) for key in query.key], [key_of(key) for key in query.site]
    return summary(scope(keys, since=query.since, until=query.until, sites=sites))


@router.get("/balance", response=TraceBalanceOut, auth=needs(VIEW), summary="Mass balance of a lot")
def trace_balance(request: Any, key: Query[Key]) -> Any:
    """What came to each site and left it, and what each process made of its inputs, by the limits of the rulebook."""
    rule = reader_rule(request.user)
    found = balance_of(one_thing(key), rule=rule)
    names = directory([site.site for site in found.sites])
    answer = balance_answer(found, names.known)
    sites = [site | {"name": names.name(site["site"]) if site["site"] else ""} for site in answer["sites"]]
    processes = [one | {"put_in": one["in"], "came_out": one["out"]} for one in answer["processes"]]
    told = {"rule": rule.id, "assumptions": list(rule.assumptions)}
    return answer | told | {"sites": sites, "processes": processes}


@router.get("/neighbours", response=TraceNeighboursOut, auth=needs("trace.neighbours"), summary="One step up and down")
def trace_neighbours(request: Any, key: Query[Key]) -> Any:
    """From whom the caller's enterprise got a thing and to whom it gave it; nothing that others did before or after."""
    unit = request.user.unit
    found = neighbourhood(request.user, unit, key) if unit is not None else Neighbourhood()
    if not found.key:
        raise not_found()
    return found


# ---- anomalies and recalls


AnomalyQuery = query_of(ANOMALIES, "AnomalyQuery")


@router.get("/anomalies", response=Page[TraceAnomalyOut], auth=needs(VIEW), summary="Anomalies")
def list_trace_anomalies(request: HttpRequest, query: Query[AnomalyQuery]) -> Any:  # type: ignore[valid-type]
    """Of the caller's region and those in it; filters as on the page."""
    rows = table_of(request, ANOMALIES, Anomaly.objects.select_related("unit", "region"), query).filtered
    return page(rows, query)


def find_anomaly(request: Any, anomaly_id: int) -> Anomaly:
    rows = Anomaly.objects.filter(pk=anomaly_id) if anomaly_id < 2**63 else Anomaly.objects.none()
    anomaly = visible(request.user, rows).select_related("unit", "region").first()
    if anomaly is None:
        raise not_found()
    return anomaly


@router.get("/anomalies/{anomaly_id}", response=TraceAnomalyOut, auth=needs(VIEW), summary="One anomaly")
def read_trace_anomaly(request: HttpRequest, anomaly_id: int) -> Any:
    return find_anomaly(request, anomaly_id)


@router.post(
    "/anomalies/{anomaly_id}/explain",
    response=TraceAnomalyOut,
    auth=needs("trace.settle"),
    summary="Explain an anomaly",
)
def explain_trace_anomaly(request: Any, anomaly_id: int, body: Reason) -> Any:
    """It has an innocent reason, which is written down."""
    return ExplainAnomaly(user=request.user, anomaly=find_anomaly(request, anomaly_id), reason=body.reason).execute()


@router.post(
    "/anomalies/{anomaly_id}/hand-over",
    response=TraceAnomalyOut,
    auth=needs("trace.settle"),
    summary="Hand an anomaly over",
)
def hand_over_trace_anomaly(request: Any, anomaly_id: int, body: Reason) -> Any:
    """It becomes a case of tracing to the source with the authority of the responsible party."""
    return HandOverAnomaly(user=request.user, anomaly=find_anomaly(request, anomaly_id), reason=body.reason).execute()


def recall_out(order: RecallOrder) -> dict[str, Any]:
    names = (
        "number", "title", "unit", "region", "maker", "maker_name", "state", "ordered_at", "ended_at", "sources",
        "unit_code",
    )  # fmt: skip
    shipped = None if order.shipped is None else f"{order.shipped.normalize():f}"
    return {"id": order.pk, "lots": order.lots.count(), "shipped": shipped} | {
        name: getattr(order, name) for name in names
    }


@router.get("/recalls", response=Page[TraceRecallOut], auth=needs(VIEW), summary="Recall orders")
def list_trace_recalls(request: HttpRequest, window: Query[Window]) -> Any:
    """Newest first."""
    rows = visible(request.user, RecallOrder.objects.select_related("unit", "region"))
    return page(rows.order_by("-ordered_at", "-pk"), window, recall_out)


@router.get("/recalls/{recall_id}", response=TraceRecallEffectOut, auth=needs(VIEW), summary="One recall order")
def read_trace_recall(request: Any, recall_id: int) -> Any:
    """With its effect: what came back or was destroyed, of what left the producer."""
    rows = RecallOrder.objects.filter(pk=recall_id) if recall_id < 2**63 else RecallOrder.objects.none()
    order = visible(request.user, rows).select_related("unit", "region", "scenario").first()
    if order is None:
        raise not_found()
    reached = effect(scope_of(question_of(order)))
    return recall_out(order) | {
        "shipped_now": None if reached is None else f"{reached.shipped:f}",
        "recovered": None if reached is None else f"{reached.recovered:f}",
    }
