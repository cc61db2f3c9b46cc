"""Errors as problem documents (RFC 9457) with the exception types of EPCIS, in JSON or XML."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lxml import etree

from hengjian.methods.epcis import Problem as Fault

STATUS = {
    "Validation": 400,
    "CaptureLimitExceeded": 413,
    "QueryValidation": 400,
    "QueryParameter": 400,
    "QueryTooLarge": 413,
    "QueryTooComplex": 413,
    "SubscriptionControls": 400,
    "NoSuchName": 404,
    "NoSuchResource": 404,
    "ResourceAlreadyExists": 409,
    "Security": 403,
    "NotAcceptable": 406,
    "UnsupportedMediaType": 415,
    "URITooLong": 414,
    "Implementation": 500,
}
"""The exceptions of the standard without their ending, and the status each has."""
_NAMESPACE = "urn:ietf:rfc:7807"


class Refusal(Exception):
    """What is wrong with a call. `kind`: one of STATUS; `status`: where it differs; `faults`: what is wrong with
    events."""

    def __init__(
        self,
        kind: str,
        detail: str,
        next_step: str = "",
        *,
        status: int | None = None,
        faults: list[Fault] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.next_step = kind, detail, next_step
        self.status = status or STATUS[kind]
        self.faults = faults or []
        self.headers = headers or {}

    def to_dict(self) -> dict[str, Any]:
        """The members of the problem document."""
        document: dict[str, Any] = {
            "type": f"epcisException:{self.kind}Exception",
            "title": title_of(self.kind, self.status),
            "status": self.status,
            "detail": self.detail,
        }
        if self.next_step:
            document["next_step"] = self.next_step
        if self.faults:
            document["errors"] = [shown(fault) for fault in self.faults]
        return document


def shown(fault: Fault) -> dict[str, str]:
    """One fault of an event, in the language of the reader."""
    english = (get_language() or "").startswith("en")
    return {
        "reason": fault.reason,
        "path": fault.path,
        "message": fault.message_en if english else fault.message_zh,
        "level": fault.level,
    }


def title_of(kind: str, status: int) -> str:
    """The kind of problem in a few words."""
    if status == 401:
        return _("未登录")
    return {
        "Validation": _("事件不符合标准"),
        "CaptureLimitExceeded": _("超过采集上限"),
        "QueryValidation": _("查询不符合标准"),
        "QueryParameter": _("查询参数有误"),
        "QueryTooLarge": _("结果过多"),
        "QueryTooComplex": _("查询过于复杂"),
        "SubscriptionControls": _("订阅设置有误"),
        "NoSuchName": _("没有这个名称"),
        "NoSuchResource": _("没有找到"),
        "ResourceAlreadyExists": _("已经存在"),
        "Security": _("没有权限"),
        "NotAcceptable": _("不能按要求的格式回答"),
        "UnsupportedMediaType": _("不支持的内容类型"),
        "URITooLong": _("地址过长"),
    }.get(kind, _("未能完成"))


def response_of(refusal: Refusal, *, xml: bool) -> HttpResponse:
    """The answer for a refusal."""
    document = refusal.to_dict()
    if xml:
        root = etree.Element(f"{{{_NAMESPACE}}}problem", nsmap={None: _NAMESPACE})
        for name in ("type", "title", "status", "detail"):
            etree.SubElement(root, f"{{{_NAMESPACE}}}{name}").text = _text(document[name])
        for fault in document.get("errors", ()):
            element = etree.SubElement(root, f"{{{_NAMESPACE}}}error")
            for name, value in fault.items():
                element.set(name, _text(value))
        body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        response = HttpResponse(body, status=refusal.status, content_type="application/problem+xml")
    else:
        response = HttpResponse(
            json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace"),
            status=refusal.status,
            content_type="application/problem+json",
        )
    for name, value in refusal.headers.items():
        response[name] = value
    return response


def _text(value: Any) -> str:
    """What XML can hold of a text."""
    return "".join(c for c in str(value) if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd")
