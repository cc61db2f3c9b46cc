"""Writing the log of what was done. Entries of one request share an id, so that a page can show them together."""

from __future__ import annotations

import datetime
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from hengjian.parties.models import AuditEntry, User

LONGEST = 200
# Never written as values, whatever the model; a model adds its own in `audit_hidden`.
HIDDEN = frozenset({"password", "digest"})
_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,36}")


@dataclass(frozen=True)
class AuditContext:
    """What the entries of one request share."""

    request_id: str
    user: User | None = None
    system: str = ""
    reason: str = ""


_current: ContextVar[AuditContext | None] = ContextVar("audit", default=None)


def current_audit() -> AuditContext | None:
    return _current.get()


@contextmanager
def audit(
    user: User | None = None, *, system: str = "", reason: str = "", request_id: str = ""
) -> Iterator[AuditContext]:
    """Group all entries written inside; a context inside another keeps the outer id and fills in what is left out."""
    outer = _current.get()
    context = AuditContext(
        request_id=request_id or (outer.request_id if outer else str(uuid.uuid4())),
        user=user or (outer.user if outer else None),
        system=system or (outer.system if outer else ""),
        reason=reason or (outer.reason if outer else ""),
    )
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def ref_of(obj: Any) -> str:
    """ "task:12": the object's own `ref`, else model name and key."""
    if not isinstance(obj, models.Model):
        return ""
    own = getattr(obj, "ref", None)
    return own if isinstance(own, str) and own else f"{obj._meta.model_name}:{obj.pk}"


@cache
def field_labels(kind: str) -> dict[str, str | Promise]:
    """{field: name for people} of the kind of thing in a `ref`; what that kind lacks comes from other models.

    A kind that is no model's name ("assessment-round") has a `ref` of its own; fields of one name mean the same nearly
    everywhere, so the name that most models give stands in.
    """
    common: dict[str, Counter[str | Promise]] = {}
    own: dict[str, str | Promise] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field._verbose_name is None:  # type: ignore[attr-defined]
                continue
            common.setdefault(field.name, Counter())[field.verbose_name] += 1
            if model._meta.model_name == re.sub(r"[-_]", "", kind):
                own[field.name] = field.verbose_name
    return {name: found.most_common(1)[0][0] for name, found in common.items()} | own


def snapshot(obj: models.Model) -> dict[str, Any]:
    """The stored fields of a row by name, for `changes_between`; deferred fields are left out."""
    deferred = obj.get_deferred_fields()
    return {
        field.name: field.value_from_object(obj)
        for field in obj._meta.concrete_fields
        if field.attname not in deferred and not field.primary_key
    }


def changes_between(
    before: dict[str, Any], after: dict[str, Any], hidden: frozenset[str] = frozenset()
) -> dict[str, list[Any] | None]:
    """{field: [before, after]} of the fields that differ; hidden fields appear with None instead of their values."""
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {
        name: None if name in hidden | HIDDEN else [_plain(before.get(name)), _plain(after.get(name))]
        for name in changed
    }


def record(
    verb: str,
    obj: models.Model | None = None,
    *,
    user: User | None = None,
    system: str = "",
    changes: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write one entry in the caller's transaction; what is left out comes from the surrounding `audit(…)`."""
    context = _current.get() or AuditContext(str(uuid.uuid4()))
    actor = user or context.user
    return AuditEntry.objects.create(
        verb=verb,
        ref=ref_of(obj),
        label=str(obj)[:LONGEST] if obj is not None else "",
        user=actor,
        unit_id=actor.unit_id if actor is not None else None,
        system=system or context.system,
        changes=changes or {},
        reason=reason or context.reason,
        request_id=context.request_id,
    )


def _plain(value: Any) -> Any:
    """A value as JSON; long texts are cut, containers only named, since the row itself or its facts hold them."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, dict | list | tuple | set):
        return f"({len(value)})"
    text = str(value)
    if isinstance(value, str | Decimal | uuid.UUID) and len(text) <= LONGEST:
        return text
    return text[:LONGEST] + "…"


class AuditMiddleware:
    """Gives every request an id, kept from a trusted `X-Request-ID` of the right form, and answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        with audit(request_id=given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())) as context:
            response = self.get_response(request)
        response["X-Request-ID"] = context.request_id
        return response
