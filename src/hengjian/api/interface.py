"""The interface as a whole: reading bodies, problem documents, the OpenAPI description."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from hengjian.api import problems
from hengjian.api.auth import UnitToken, visitor
from hengjian.api.problems import CONTENT_TYPE, ProblemOut, method_not_allowed, not_found, problem_response

ABOUT = """\
Everything that the pages of the plan loop do, for programs: the same actions, the same rights, the same log.

**Who calls.** A unit's token in `Authorization: Bearer hj_…`, or the session of a signed-in person (writing then needs
`X-CSRFToken`). Every endpoint names the scope (verb) it needs. Rows out of reach do not exist (404) and are in no list.

**Answers.** JSON in UTF-8; days are `2026-07-31`, moments are ISO 8601 with offset, decimal numbers are strings.
Lists take `limit` and `offset` and tell their `total`.

**Problems** are `application/problem+json` (RFC 9457) in the language of `Accept-Language` (zh-Hans, en): `code` for
programs, `detail` and `next_step` for people, `errors` for each wrong input. A used-up rate window is 429 with
`Retry-After` in seconds.
"""
TAGS = {
    "plans": "Plans as documents: text, clauses, measures, targets; assigning and archiving.",
    "imports": "From a text to a plan: read, correct, confirm, undo.",
    "tasks": "The task ledger and the office's adjustments.",
    "duties": "One unit's part in one task: what happened to it, and the steps (sign, report, review, extend, urge …).",
    "oversight": "Load of the units and burden saved.",
    "cascade": "How a plan takes up the plan of the level above.",
    "documents": "Issued papers and stored files.",
    "policy texts": "Reading and comparing texts; nothing is stored.",
    "rulebook": "Dated rules with their legal source.",
    "publications": "Notices on show, public lists with dated snapshots, random draws; no log-in needed.",
    "ledger": "Quality facts, their schemas, proofs and checkpoints; public facts need no log-in.",
    "regions and units": "Who is who, and what a written name means.",
    "registers": "Standing records: what is declared, entries with their versions, sheets, open data.",
    "cases": "Procedures: what is declared, cases with clocks and events, opening, steps, sending to other units.",
    "programmes": "Selections: published calls and results for everybody, applications for those concerned.",
    "indicators": "What indicators mean, their values with parts, intervals and marks, targets, values brought in.",
    "returns": "Statistical returns: forms, what a unit has to report, filling in, handing over, correcting.",
    "surveys": "Satisfaction surveys: published results for everybody, waves for officers, bringing answers in.",
    "enterprises": "The register of enterprises: delivering records, what each source says.",
    "credit": "Quality credit: finding and matching enterprises, records, subscriptions, receipts, bulk files.",
    "trace": "Messages of nodes and platforms; traces, recall scopes, balances, anomalies, coverage, certificates.",
    "workbench": "Who is calling and what waits for them.",
}
# Escapes of what no database stores (NUL) and of halves of characters.
SUSPECT = re.compile(rb"\\u(0000|[dD][89a-fA-F])")


class StrictJSON(Parser):
    """JSON without NaN, NUL and halves of characters: what cannot be stored is refused before it reaches a rule."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = request.body
        data = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        if SUSPECT.search(body):
            text = json.dumps(data, ensure_ascii=False)
            text.encode("utf-8")
            if "\\u0000" in text:
                _refuse("NUL")
        return data


def _refuse(what: str) -> Any:
    raise ValueError(f"{what} is not allowed")


class Interface(NinjaAPI):
    """Endpoints, errors and description of the REST interface."""

    def __init__(self) -> None:
        super().__init__(
            title="Hengjian 衡鉴",
            version="1.0",
            description=ABOUT,
            parser=StrictJSON(),
            docs_url=None,
            openapi_url="/openapi.json",
            urls_namespace="api",
            openapi_extra={"tags": [{"name": name, "description": text} for name, text in TAGS.items()]},
        )
        problems.install(self)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The endpoint's function name in camel case."""
        first, *rest = operation.view_func.__name__.split("_")
        return first + "".join(part.title() for part in rest)

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The OpenAPI 3.1 description, completed with scopes and with what can go wrong."""
        schema = super().get_openapi_schema(**given)
        schema["components"]["schemas"] |= _problem_schemas()
        operations = {
            self.get_openapi_operation_id(operation): operation
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for operation in view.operations
        }
        for path, methods in schema["paths"].items():
            for details in methods.values():
                _complete(details, path, operations[details["operationId"]])
        return schema

    @property
    def guarded_urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """`urls`, where a method that an address does not know is a problem document, too."""
        patterns, app, namespace = self.urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _guarded(pattern.callback)
        return patterns, app, namespace


def _guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        refused = problem_response(method_not_allowed())
        refused["Allow"] = response["Allow"]
        return refused

    return guarded


def unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address under the interface."""
    return problem_response(not_found())


unknown_address.csrf_exempt = True  # type: ignore[attr-defined]  # there is nothing to forge


def _problem_schemas() -> dict[str, Any]:
    schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs", {}), "ProblemOut": schema}


def _complete(details: dict[str, Any], path: str, operation: Operation) -> None:
    """Add the needed scope and the problem documents to one operation."""
    callbacks = list(operation.auth_callbacks)
    verb = next((callback.verb for callback in callbacks if isinstance(callback, UnitToken)), "")
    public = visitor in callbacks
    if verb:
        details["x-required-scope"] = verb
        details["description"] = f"{details.get('description', '')}\n\nScope: `{verb}`.".strip()
    details["security"] = [*details.get("security", []), *([{}] if public else [])]
    answers = cast(dict[Any, Any], details["responses"])
    codes = [401, 403, 404, 429]
    if path.endswith("/proof"):
        codes.append(409)
    if details.get("parameters"):
        codes.append(422)
    for parameter in details.get("parameters", []):
        # The list form belongs into the schema, where it is; at the parameter OpenAPI wants named examples.
        parameter.pop("examples", None)
    if "requestBody" in details:
        codes += [400, 409, 413, 422]
        details["requestBody"]["required"] = True
    reference = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
    for code in sorted(set(codes)):
        answers[code] = {"description": NAMES[code], "content": {CONTENT_TYPE: reference}}
        if code == 429:
            header = {"description": "Seconds until the window opens again.", "schema": {"type": "integer"}}
            answers[code]["headers"] = {"Retry-After": header}
    details["responses"] = {str(code): answers[code] for code in sorted(answers)}


NAMES = {
    400: "The input cannot be used, or the body is not JSON.",
    401: "No valid token or session.",
    403: "The caller has not the right or the token not the scope.",
    404: "No such thing, or out of reach.",
    409: "The state of things does not admit it.",
    413: "The body is too large.",
    422: "An input is missing or wrong; see `errors`.",
    429: "The token's rate window is used up.",
}
