"""The reconciliation service (OpenRefine), version 0.2. Public, for programs of other hosts, counted like a query."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import Form, Query, Router
from pydantic import Field, TypeAdapter, ValidationError

from hengjian.api.auth import anyone
from hengjian.api.lists import Strict
from hengjian.api.problems import Problem, not_found, problem_response
from hengjian.credit.sharing import reconciling, use
from hengjian.pages.errors import UserError

router = Router(tags=["credit"])
_QUERIES = TypeAdapter(dict[str, reconciling.ReconcileQuery])
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
LONGEST = 200_000


class ReconcileIn(Strict):
    """Either `queries` (a batch) or `extend`, each JSON in a form field, as the specification has it."""

    queries: str = Field("", max_length=LONGEST, description='{"q0": {"query": "…", "limit": 3, "properties": […]}, …}')
    extend: str = Field("", max_length=LONGEST, description='{"ids": ["E…"], "properties": [{"id": "code"}]}')


class SuggestIn(Strict):
    """What is typed so far."""

    prefix: str = Field("", max_length=100)
    cursor: int = Field(0, ge=0, le=200)


def _open(data: Any) -> JsonResponse:
    """An answer that pages of other hosts may read: there is nothing in it but public data."""
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False})
    for name, value in _CORS.items():
        response[name] = value
    return response


def _answer(make: Callable[[], Any]) -> HttpResponse:
    """What was made of a call, or the refusal: other hosts' pages may read that as well."""
    try:
        return _open(make())
    except UserError as error:
        code = str(getattr(error, "code", "")) or "refused"
        refused = problem_response(Problem(error.status, code, error.message, error.next_step))
    except Problem as problem:
        refused = problem_response(problem)
    for name, value in _CORS.items():
        refused[name] = value
    return refused


def _given(request: HttpRequest, data: ReconcileIn) -> Any:
    use.check(request)
    if data.extend:
        try:
            wanted = reconciling.Extension.model_validate(json.loads(data.extend))
        except (ValidationError, ValueError, RecursionError) as error:
            raise _unreadable("extend", error) from None
        found, numbers = reconciling.extend(wanted)
        use.count(request, numbers)
        return found
    if not data.queries:
        return reconciling.manifest(request.build_absolute_uri(request.path).rstrip("/"))
    try:
        queries = _QUERIES.validate_python(json.loads(data.queries))
    except (ValidationError, ValueError, RecursionError) as error:
        raise _unreadable("queries", error) from None
    if len(queries) > reconciling.MOST_QUERIES:
        raise Problem(
            413,
            "too_many",
            _("一次最多 %(n)s 条查询。") % {"n": reconciling.MOST_QUERIES},
            _("请分批提交，或使用批量比对。"),
        )
    found, numbers = reconciling.answer(queries)
    use.count(request, numbers)
    return found


def _unreadable(name: str, error: Exception) -> Problem:
    return Problem(
        400, "invalid", _("参数 %(name)s 不是规定格式的 JSON。") % {"name": name}, str(error).splitlines()[0][:200]
    )


@router.get("", auth=anyone(), summary="Manifest of the reconciliation service, or a batch of queries")
def reconcile_manifest(request: HttpRequest, query: Query[ReconcileIn]) -> Any:
    """Without parameters the service manifest; with `queries` or `extend` as POST."""
    return _answer(lambda: _given(request, query))


@router.post("", auth=anyone(), summary="Reconcile a batch, or extend data")
def reconcile(request: HttpRequest, data: Form[ReconcileIn]) -> Any:
    """Candidates for each query: `score` 0 to 100, `match` only where a single one is sure, `features` why."""
    return _answer(lambda: _given(request, data))


@router.api_operation(["OPTIONS"], "", auth=anyone(), include_in_schema=False)
def reconcile_preflight(request: HttpRequest) -> HttpResponse:
    """What a browser asks before it posts from another host."""
    response = HttpResponse(status=204)
    for name, value in {
        **_CORS,
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": "86400",
    }.items():
        response[name] = value
    return response


@router.get("/suggest/entity", auth=anyone(), summary="Enterprises for what is typed")
def reconcile_suggest_entity(request: HttpRequest, query: Query[SuggestIn]) -> Any:
    """At most ten a page."""

    def make() -> Any:
        use.check(request)
        rows, numbers = reconciling.suggest_entities(query.prefix, query.cursor)
        use.count(request, numbers)
        return {"result": rows}

    return _answer(make)


@router.get("/suggest/type", auth=anyone(), summary="The one type of the service")
def reconcile_suggest_type(request: HttpRequest, query: Query[SuggestIn]) -> Any:
    """There is one type."""
    return _open({"result": [reconciling.TYPE]})


@router.get("/suggest/property", auth=anyone(), summary="Columns that can be compared or added")
def reconcile_suggest_property(request: HttpRequest, query: Query[SuggestIn]) -> Any:
    """By code or Chinese name."""
    return _open({"result": reconciling.suggest_properties(query.prefix)})


@router.get("/extend/properties", auth=anyone(), summary="Columns that can be added")
def reconcile_properties(
    request: HttpRequest, limit: int = Query(20, ge=1, le=100), type: str = Query("enterprise", max_length=100)
) -> Any:
    """Proposals for data extension."""
    rows = [{"id": code, "name": title} for code, title in reconciling.PROPERTIES.items()][:limit]
    return _open({"type": type, "limit": limit, "properties": rows})


@router.get("/preview", auth=anyone(), summary="A card of an enterprise, as HTML")
def reconcile_preview(request: HttpRequest, id: str = Query(..., max_length=20)) -> Any:
    """For the window that OpenRefine opens beside a candidate."""
    use.check(request)
    row = reconciling.preview_of(id)
    if row is None:
        raise not_found(_("没有这个主体。"))
    use.count(request, [row.pk])
    response: HttpResponse = render(request, "credit_sharing/preview.html", {"enterprise": row})
    for name, value in _CORS.items():
        response[name] = value
    # Other hosts show this card in a frame; it has no link, form or script.
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors *"
    response.xframe_options_exempt = True
    return response
