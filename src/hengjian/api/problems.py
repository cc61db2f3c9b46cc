"""Errors as problem documents (RFC 9457): what happened, what to do next, and a code for machines."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from hengjian.documents.uploads import size_limit
from hengjian.ledger.errors import FactNotFound, LedgerError, NotCovered, UnknownKind
from hengjian.methods.policy_text import SourceError
from hengjian.pages.errors import UserError
from hengjian.parties.auditing import current_audit
from hengjian.parties.tokens import RateLimited
from hengjian.parties.verbs import ActionRefused
from hengjian.plans.actions.reports import ReportIncomplete
from hengjian.rulebook import RuleNotFound

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger("hengjian.api")
Text = str | Promise


class FieldProblem(Schema):
    """One input that is not right."""

    field: str = Field(description="Where: `body.percent`, `query.limit` …", examples=["body.percent"])
    message: str = Field(description="What is wrong with it, in the language of the request.")
    code: str = Field(description="For machines.", examples=["missing", "int_parsing", "result_needed"])


class ProblemOut(Schema):
    """A problem document (RFC 9457) in the language of `Accept-Language` (zh-Hans or en)."""

    type: str = Field("about:blank", description="Always `about:blank`; `code` tells problems apart.")
    title: str = Field(description="The kind of problem in a few words.", examples=["未能完成"])
    status: int = Field(description="The HTTP status.", examples=[409])
    code: str = Field(description="For machines; stable.", examples=["conflict"])
    detail: str = Field(description="What happened and where.", examples=["这项任务目前是“已办结”，不能做这一步。"])
    next_step: str = Field("", description="What to do now.", examples=["请刷新页面查看最新状态。"])
    errors: list[FieldProblem] = Field([], description="Inputs that are not right, all at once.")
    request_id: str = Field("", description="Names this request in the server's log of actions.")


class Problem(Exception):
    """Raised by an endpoint for what is wrong with the call itself; rules of the rooms raise their own."""

    def __init__(
        self, status: int, code: str, detail: Text, next_step: Text = "", errors: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.next_step = status, code, detail, next_step
        self.errors = errors or []


def title_of(status: int) -> str:
    """The kind of problem in a few words."""
    return {
        400: _("请求有误"),
        401: _("未登录"),
        403: _("没有权限"),
        404: _("没有找到"),
        405: _("不支持的方法"),
        409: _("未能完成"),
        413: _("内容过大"),
        422: _("参数不符合要求"),
        429: _("请求过于频繁"),
        500: _("系统出错"),
    }.get(status, _("未能完成"))


def problem_response(problem: Problem) -> HttpResponse:
    """The answer for a problem."""
    context = current_audit()
    response = JsonResponse(
        {
            "type": "about:blank",
            "title": title_of(problem.status),
            "status": problem.status,
            "code": problem.code,
            "detail": str(problem.detail),
            "next_step": str(problem.next_step),
            "errors": problem.errors,
            "request_id": context.request_id if context else "",
        },
        status=problem.status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    return response


def not_found(detail: Text = "") -> Problem:
    return Problem(404, "not_found", detail or _("没有这个地址。"), _("请核对编号，或先查询列表。"))


def method_not_allowed() -> Problem:
    return Problem(405, "method_not_allowed", _("这个地址不支持该方法。"), _("请查阅接口说明 /api/docs。"))


def too_large(limit: int) -> Problem:
    return Problem(
        413,
        "too_large",
        _("请求内容超过 %(limit)s MB 的上限。") % {"limit": limit // (1024 * 1024)},
        _("请只上传需要的内容，或分次提交。"),
    )


# ---- what each exception becomes

REFUSED_CODES = {400: "invalid", 403: "forbidden", 404: "not_found", 409: "conflict", 413: "too_large", 422: "invalid"}


def _refused(exc: ActionRefused | UserError) -> Problem:
    code = str(getattr(exc, "code", "")) or REFUSED_CODES.get(exc.status, "refused")
    errors = []
    if isinstance(exc, ReportIncomplete):
        code = "report_incomplete"
        errors = [
            {"field": f"body.{name}", "message": str(message), "code": reason}
            for name, message, reason in zip(exc.fields, exc.messages, exc.codes, strict=True)
        ]
    return Problem(exc.status, code, exc.message, exc.next_step, errors)


def _forbidden(exc: PermissionDenied) -> Problem:
    return Problem(403, "forbidden", str(exc), _("请联系有权限的同事，或为令牌增加相应的权限范围。"))


def _validation(exc: ValidationError) -> Problem:
    errors = [
        {
            "field": _place(error["loc"]),
            "message": _message(error),
            "code": error["type"],
        }
        for error in exc.errors[:50]
    ]
    return Problem(
        422,
        "validation",
        _("有 %(n)s 处参数不符合要求。") % {"n": len(exc.errors)},
        _("请按 errors 逐项改正。"),
        errors,
    )


def _place(parts: Sequence[Any]) -> str:
    """`body.percent`: without the name that the endpoint gives to the whole of its input."""
    named = len(parts) > 2 and parts[1] in ("body", "query", "window")
    return ".".join(str(part) for part in ([parts[0], *parts[2:]] if named else parts))


def _message(error: dict[str, Any]) -> str:
    """pydantic's sentence is English; the commonest faults have a Chinese one."""
    kind, context = error["type"], error.get("ctx") or {}
    sentences: dict[str, Callable[[], str]] = {
        "missing": lambda: _("缺少这一项。"),
        "extra_forbidden": lambda: _("没有这一项，请核对名称。"),
        "greater_than_equal": lambda: _("不能小于 %(n)s。") % {"n": context.get("ge")},
        "less_than_equal": lambda: _("不能大于 %(n)s。") % {"n": context.get("le")},
        "string_too_short": lambda: _("至少 %(n)s 个字符。") % {"n": context.get("min_length")},
        "string_too_long": lambda: _("最多 %(n)s 个字符。") % {"n": context.get("max_length")},
        "literal_error": lambda: _("只能是 %(values)s。") % {"values": context.get("expected")},
        "enum": lambda: _("只能是 %(values)s。") % {"values": context.get("expected")},
    }
    if kind in sentences:
        return sentences[kind]()
    if (get_language() or "").startswith("en"):
        return str(error["msg"])
    family = kind.split("_")[0]
    kinds = {
        "int": _("应为整数。"),
        "decimal": _("应为数字。"),
        "float": _("应为数字。"),
        "bool": _("应为 true 或 false。"),
        "string": _("应为文字。"),
        "date": _("应为日期，请写成 2026-07-31。"),
        "list": _("应为数组。"),
        "dict": _("应为对象。"),
        "model": _("应为对象。"),
        "uuid": _("应为 UUID。"),
    }
    return kinds.get(family, str(error["msg"]))


def _http(exc: HttpError) -> Problem:
    if isinstance(exc.__cause__, RequestDataTooBig):
        return too_large(size_limit())
    if isinstance(exc.__cause__, Problem):
        return exc.__cause__
    if exc.status_code == 400:
        return Problem(400, "bad_json", _("请求正文不是有效的 JSON。"), _("请用 UTF-8 编码的 JSON 发送。"))
    return Problem(exc.status_code, "error", str(exc))


def _rule(exc: RuleNotFound) -> Problem:
    english = (get_language() or "").startswith("en")
    return Problem(404, "rule_not_found", exc.message_en if english else exc.message_zh)


def _source(exc: SourceError) -> Problem:
    english = (get_language() or "").startswith("en")
    return Problem(400, exc.code, exc.message_en if english else exc.message_zh, _("请换一个文件，或改为发送正文。"))


def _ledger(exc: LedgerError) -> Problem:
    if isinstance(exc, FactNotFound | UnknownKind):
        return Problem(404, "not_found", str(exc))
    if isinstance(exc, NotCovered):
        return Problem(409, "not_covered", str(exc))
    logger.error("ledger: %s", exc)
    return Problem(500, "ledger_damaged", str(exc))


def _unexpected(exc: Exception) -> Problem:
    logger.exception("unexpected error in the interface", exc_info=exc)
    return Problem(
        500,
        "server_error",
        _("系统出现意外错误，已记录。"),
        _("请稍后再试；如仍出错，请把 request_id 告诉系统管理员。"),
    )


def install(api: NinjaAPI) -> None:
    """Let the interface answer every exception with a problem document."""
    makers: list[tuple[type[Exception], Callable[[Any], Problem]]] = [
        (Exception, _unexpected),
        (Problem, lambda exc: exc),
        (ActionRefused, _refused),
        (UserError, _refused),
        (PermissionDenied, _forbidden),
        (ValidationError, _validation),
        (HttpError, _http),
        (Http404, lambda exc: not_found(str(exc))),
        (RuleNotFound, _rule),
        (SourceError, _source),
        (LedgerError, _ledger),
        (RequestDataTooBig, lambda exc: too_large(size_limit())),
        (SuspiciousOperation, lambda exc: Problem(400, "bad_request", _("请求无法识别。"), _("请核对请求的格式。"))),
        (
            IntegrityError,
            lambda exc: Problem(409, "conflict", _("另一个请求刚刚改动了同一内容。"), _("请重新读取后再试。")),
        ),
    ]
    for kind, make in makers:
        api.add_exception_handler(kind, _handler(make))
    api.add_exception_handler(AuthenticationError, _unauthenticated)
    api.add_exception_handler(RateLimited, _rate_limited)


def _handler(make: Callable[[Any], Problem]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, exc: problem_response(make(exc))


def _unauthenticated(request: HttpRequest, exc: Any) -> HttpResponse:
    if request.headers.get("Authorization"):
        problem = Problem(401, "invalid_token", _("令牌无效、已过期或已吊销。"), _("请向本单位负责人申请新的令牌。"))
    else:
        problem = Problem(
            401, "unauthenticated", _("没有登录，也没有提供令牌。"), _("请在请求头中加 Authorization: Bearer 令牌。")
        )
    response = problem_response(problem)
    response["WWW-Authenticate"] = 'Bearer realm="hengjian"'
    return response


def _rate_limited(request: HttpRequest, exc: Any) -> HttpResponse:
    response = problem_response(
        Problem(
            429,
            "rate_limited",
            _("令牌在当前时段的调用次数已用完。"),
            _("请在 %(n)s 秒后再试。") % {"n": exc.retry_after},
        )
    )
    response["Retry-After"] = str(exc.retry_after)
    return response
