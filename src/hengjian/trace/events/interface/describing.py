"""The OpenAPI description of the interface, and the answer at addresses that do not exist."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from hengjian.methods.epcis.vocabulary import ACTIONS
from hengjian.trace.events.interface.base import ApiRequest, Resource
from hengjian.trace.events.interface.problems import STATUS, Refusal
from hengjian.trace.events.output import EPC_FORMATS, XML_FORMATS
from hengjian.trace.events.policies import VIEW
from hengjian.trace.events.schedules import FIELDS
from hengjian.trace.events.vocabularies import RESOURCES

JSON, XML = "application/json", "application/xml"


class Unknown(Resource):
    """No such resource."""

    verbs: ClassVar[dict[str, str]] = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), VIEW)

    def get(self, request: ApiRequest, rest: str) -> HttpResponse:
        raise Refusal("NoSuchResource", _("没有这个资源。"), _("请查阅 /epcis/openapi.json。"))

    post = put = patch = delete = get


def openapi(request: HttpRequest) -> JsonResponse:
    """The description, for machines; public, as it says nothing about data."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False, "indent": 1})


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, Any] = {
        "/": {"get": _get("What there is", _collection())},
        "/capture": {
            "get": _get("Capture jobs of the unit, newest first", {"type": "array"}, _PAGING),
            "post": {
                "summary": "Hand in a document; it is done whole or not at all",
                "parameters": [
                    _header("GS1-Capture-Error-Behaviour", {"type": "string", "enum": ["rollback", "proceed"]})
                ],
                "requestBody": _body({"type": "object"}, xml=True),
                "responses": {"202": {"description": "Location names the job"}, **_problems(413, 415)},
            },
        },
        "/capture/{captureID}": {"get": _get("A capture job", {"type": "object"}, [_path("captureID", "uuid")])},
        "/events": {
            "get": _get("Events that fulfil all parameters", {"type": "object"}, _query(), xml=True),
            "post": {
                "summary": "Capture one event",
                "requestBody": _body({"$ref": "#/components/schemas/Event"}, xml=True),
                "responses": {"201": {"description": "Location names the event"}, **_problems(409, 413, 415)},
            },
        },
        "/events/{eventID}": {
            "get": _get("An event by its eventID or hash", {"type": "object"}, [_path("eventID")], xml=True)
        },
        "/queries": {
            "get": _get("Named queries", {"type": "array"}, _PAGING),
            "post": {
                "summary": "Name a query",
                "requestBody": _body(_QUERY),
                "responses": {"201": {"description": "Location names the query"}, **_problems(409, 413, 415)},
            },
        },
        "/queries/{queryName}": {
            "get": _get("A named query", {"type": "object"}, [_path("queryName")]),
            "delete": _delete("Delete it with its subscriptions", [_path("queryName")]),
        },
        "/queries/{queryName}/events": {
            "get": _get("The answer to a named query", {"type": "object"}, [_path("queryName"), *_PAGING], xml=True)
        },
        "/queries/{queryName}/subscriptions": {
            "get": _get("Subscriptions", {"type": "array"}, [_path("queryName"), *_PAGING]),
            "post": {
                "summary": "Have new results sent to an address",
                "parameters": [_path("queryName")],
                "requestBody": _body(_SUBSCRIPTION),
                "responses": {"201": {"description": "The subscription"}, **_problems(404, 413, 415)},
            },
        },
        "/queries/{queryName}/subscriptions/{subscriptionID}": {
            "get": _get("A subscription", {"type": "object"}, [_path("queryName"), _path("subscriptionID", "uuid")]),
            "delete": _delete("End it", [_path("queryName"), _path("subscriptionID", "uuid")]),
        },
        "/nextPageToken/{token}": {"delete": _delete("Give a page token up", [_path("token")])},
    }
    for resource in RESOURCES:
        paths[f"/{resource}"] = {"get": _get(f"The {resource} that occur", _collection(), _PAGING)}
        paths[f"/{resource}/{{value}}"] = {"get": _get("What it has", _collection(), [_path("value")])}
        paths[f"/{resource}/{{value}}/events"] = {
            "get": _get("Its events", {"type": "object"}, [_path("value"), *_query()], xml=True)
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "EPCIS 2.0",
            "version": "2.0.0",
            "description": "Traceability events of Hengjian: the REST binding of EPCIS 2.0 (ISO/IEC 19987).",
        },
        "servers": [{"url": "/epcis"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Token of a unit, hj_…"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
            "schemas": {
                "Event": {"type": "object", "description": "An event of EPCIS 2.0 with its @context."},
                "Problem": _PROBLEM,
            },
        },
    }


_TEXT: dict[str, Any] = {"type": "string"}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "enum": [f"epcisException:{kind}Exception" for kind in STATUS]},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "next_step": _TEXT,
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
_QUERY: dict[str, Any] = {
    "type": "object",
    "required": ["name", "query"],
    "additionalProperties": False,
    "properties": {"name": _TEXT, "query": {"type": "object"}},
}
_SUBSCRIPTION: dict[str, Any] = {
    "type": "object",
    "required": ["dest"],
    "additionalProperties": False,
    "properties": {
        "dest": {"type": "string", "format": "uri"},
        "signatureToken": _TEXT,
        "reportIfEmpty": {"type": "boolean"},
        "initialRecordTime": {"type": "string", "format": "date-time"},
        "stream": {"type": "boolean", "const": True},
        "schedule": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(FIELDS, _TEXT),
        },
    },
}


def _collection() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "member"],
        "properties": {"type": {"const": "Collection"}, "member": {"type": "array", "items": _TEXT}},
    }


def _path(name: str, form: str = "") -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, **({"format": form} if form else {})}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _header(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": schema}


def _parameter(name: str, schema: dict[str, Any], *, listed: bool = False) -> dict[str, Any]:
    if listed:
        schema = {"type": "array", "items": schema}
        return {"name": name, "in": "query", "schema": schema, "style": "pipeDelimited", "explode": False}
    return {"name": name, "in": "query", "schema": schema}


_PAGING = [
    _parameter("perPage", {"type": "integer", "minimum": 1, "default": 30}),
    _parameter("nextPageToken", _TEXT),
]
_TIME = {"type": "string", "format": "date-time"}


def _query() -> list[dict[str, Any]]:
    """The parameters with fixed names; those with a unit, a type or a field name in them are described in the text of
    the standard (section 8.2.7.1)."""
    listed = [
        "eventType", "EQ_bizStep", "EQ_disposition", "EQ_persistentDisposition_set", "EQ_persistentDisposition_unset",
        "EQ_readPoint", "WD_readPoint", "EQ_bizLocation", "WD_bizLocation", "EQ_transformationID", "EQ_eventID",
        "EQ_errorReason", "EQ_correctiveEventID", "EQ_type", "EQ_deviceID", "EQ_dataProcessingMethod",
        "EQ_microorganism", "EQ_chemicalSubstance", "EQ_bizRules", "EQ_stringValue", "EQ_hexBinaryValue", "EQ_uriValue",
        *(f"MATCH_{name}" for name in ("epc", "parentID", "inputEPC", "outputEPC", "anyEPC", "epcClass",
                                       "inputEPCClass", "outputEPCClass", "anyEPCClass")),
    ]  # fmt: skip
    times = [
        f"{edge}_{name}"
        for edge in ("GE", "LT")
        for name in ("eventTime", "recordTime", "errorDeclarationTime", "time", "startTime", "endTime")
    ]
    return [
        *_PAGING,
        *(_parameter(name, _TIME) for name in times),
        *(_parameter(name, _TEXT, listed=True) for name in listed),
        _parameter("EQ_action", {"type": "string", "enum": list(ACTIONS)}, listed=True),
        *(_parameter(f"{sign}_quantity", {"type": "number"}) for sign in ("GT", "GE", "LT", "LE")),
        _parameter("EQ_quantity", {"type": "number"}, listed=True),
        *(_parameter(f"{sign}_percRank", {"type": "number"}) for sign in ("GT", "GE", "LT", "LE")),
        _parameter("EQ_booleanValue", {"type": "boolean"}),
        _parameter("EXISTS_errorDeclaration", {"type": "boolean"}),
        _parameter("EXISTS_sensorElementList", {"type": "boolean"}),
        _parameter("orderBy", _TEXT),
        _parameter("orderDirection", {"type": "string", "enum": ["ASC", "DESC"]}),
        _parameter("eventCountLimit", {"type": "integer", "minimum": 1}),
        _parameter("maxEventCount", {"type": "integer", "minimum": 1}),
        _header("GS1-EPC-Format", {"type": "string", "enum": list(EPC_FORMATS)}),
        _header("GS1-CBV-XML-Format", {"type": "string", "enum": list(XML_FORMATS)}),
    ]


def _body(schema: dict[str, Any], *, xml: bool = False) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": schema}}
    if xml:
        content[XML] = {"schema": {"type": "object"}}
    return {"required": True, "content": content}


def _problems(*more: int) -> dict[str, Any]:
    answer = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return {
        str(status): {"description": f"A problem document ({status})", **answer}
        for status in sorted({400, 401, 403, 406, 413, 414, 429, *more})
    }


def _get(
    summary: str, schema: dict[str, Any], parameters: list[dict[str, Any]] | None = None, *, xml: bool = False
) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": schema}}
    if xml:
        content |= {"application/ld+json": {"schema": schema}, XML: {"schema": {}}}
    return {
        "summary": summary,
        "parameters": parameters or [],
        "responses": {
            "200": {"description": "OK", "content": content},
            "304": {"description": "Unchanged since the ETag in If-None-Match"},
            **_problems(404),
        },
    }


def _delete(summary: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {"204": {"description": "Done"}, **_problems(404)},
    }
