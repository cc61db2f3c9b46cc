"""The register of enterprises: one body with its sources, deliveries of departments, pairs to be decided."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import Reason, RegionRef, UnitRef
from hengjian.enterprises import batches
from hengjian.enterprises.actions.identity import DecidePair, MergeEnterprises, SplitEnterprise, UndoIdentity
from hengjian.enterprises.actions.intake import MOST_AT_ONCE, DeliverRecords, UndoIntake
from hengjian.enterprises.fields import BY_CODE
from hengjian.enterprises.models import Enterprise, EntityEvent, IntakeBatch, IntakeFault, ReviewPair
from hengjian.enterprises.queries import by_code, by_key, subjects_of, values_of
from hengjian.parties.policies import can, visible

router = Router(tags=["enterprises"])
PATIENCE = 4.0


class BodyOut(Schema):
    """A body of the register, as it stands today. Name and address of a natural person (kind sole_trader) are left
    out."""

    key: str = Field(description="Stays the same for ever; keys of merged bodies lead to what is left.")
    code: str = Field(description="Unified social credit code; empty: none that is valid.")
    name: str
    kind: Literal["company", "cooperative", "sole_trader", "hospital_school", "gov_or_other"]
    status: Literal["active", "suspended", "revoked", "deregistered", "cancelled", "moved_out", "void"]
    region: RegionRef
    registered_on: date | None
    address: str
    updated_at: datetime


class EnterpriseValueOut(Schema):
    """One value and who says so; names of persons are masked."""

    field: str
    value: str
    source: UnitRef
    since: date
    current: bool = Field(description="Whether it is the one that counts.")


class EnterpriseEventOut(Schema):
    """What happened to a body's identity."""

    id: int
    kind: Literal["merged", "split", "code", "name", "changed", "undone"]
    on: date
    at: datetime
    other: str | None = Field(description="Key of the other body.")
    reason: str
    fact: str | None


class BodyDetail(BodyOut):
    """A body with its sources and history."""

    subjects: list[str] = Field(description="Under which facts about it lie.")
    values: list[EnterpriseValueOut]
    events: list[EnterpriseEventOut]


class DeliveryOut(Schema):
    """One delivery of a department."""

    id: int
    name: str
    source: UnitRef
    state: Literal["mapping", "checking", "checked", "applying", "applied", "undoing", "undone", "dropped", "failed"]
    total: int
    good: int = Field(description="Rows that say something new.")
    repeated: int = Field(description="Rows that were delivered before, word for word.")
    wrong: int = Field(description="Rows that stayed out.")
    created: int = Field(description="Bodies that are new.")
    matched: int = Field(description="Rows that went to known bodies.")
    unsure: int = Field(description="Matters for people to decide.")
    created_at: datetime


class DeliveryFaultOut(Schema):
    """What is wrong with a row, or what was noticed."""

    number: int
    fatal: bool = Field(description="Whether the row stayed out.")
    told: list[list[str]] = Field(description="[field, what].")


class PairOut(Schema):
    """Two bodies that may be one."""

    id: int
    one: str
    other: str
    probability: float
    reason: Literal["unsure", "codes_differ", "code_issued_twice", "decided_apart"]
    state: Literal["open", "later", "same", "different", "moot"]
    found_at: datetime


class PairQuery(Window):
    """Which pairs."""

    state: Literal["open", "later", "same", "different", "moot"] = Field("open", description="How they stand.")


class PairDecisionIn(Reason):
    """The answer."""

    decision: Literal["same", "different", "later"]


class MergeIn(Reason):
    """Which body goes into this one."""

    other: str = Field(max_length=20, description="Key or code.")


class SplitIn(Reason):
    """Which records are about another body."""

    records: list[int] = Field(max_length=1000)


class DeliveryQuery(Strict):
    """About the delivery as a whole."""

    title: str = Field("", max_length=200, description="Shown in the list of deliveries.")


def body_out(enterprise: Enterprise) -> dict[str, Any]:
    names = ("key", "code", "kind", "status", "region", "registered_on", "updated_at")
    hidden = enterprise.is_person
    return {
        **{name: getattr(enterprise, name) for name in names},
        "name": "" if hidden else enterprise.name,
        "address": "" if hidden else enterprise.address,
    }


def find(request: Any, key: str) -> Enterprise:
    """The body, if the caller may see it."""
    enterprise = by_key(key) or by_code(key)
    if enterprise is None or not can(request.user, "enterprises.view", enterprise):
        raise not_found()
    return enterprise


def event_out(event: EntityEvent) -> dict[str, Any]:
    return {
        **{name: getattr(event, name) for name in ("kind", "on", "at", "reason")},
        "id": event.pk,
        "other": event.other.key if event.other else None,
        "fact": str(event.fact) if event.fact else None,
    }


def find_delivery(request: Any, delivery_id: int) -> IntakeBatch:
    if delivery_id >= 2**63:
        raise not_found()
    batch = visible(request.user, IntakeBatch.objects.filter(pk=delivery_id)).select_related("source").first()
    if batch is None:
        raise not_found()
    return batch


@router.post(
    "/deliveries",
    response={201: DeliveryOut},
    auth=needs("enterprises.intake"),
    summary="Deliver records as JSON lines",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-ndjson": {
                    "schema": {"type": "string", "description": "One JSON object per line, keyed by field code."},
                    "example": '{"name": "澜东区远岫乳业有限公司", "code": "91990102MA0000119Y"}',
                }
            },
        }
    },
)
def deliver(request: HttpRequest, query: Query[DeliveryQuery]) -> Any:
    """One object per line, up to 20,000 lines, keyed by field: name, code, kind, status, region, registered_on,
    address, industry, scope, capital, registrar, former_name, organisation_code, registration_number, tax_number,
    representative, responsible, person_number, phone, own_number, valid_from. Right rows are taken in at once; the
    others are told under `/deliveries/{id}/faults`. Delivering the same rows again adds nothing."""
    user: Any = request.user
    if user.unit is None:
        raise Problem(422, "validation", _("您的账号没有所属单位，不能归集数据。"), _("请联系系统管理员。"))
    action = DeliverRecords(
        user=user, unit=user.unit, region=user.unit.region, rows=_lines(request.body), title=query.title
    )
    return Status(201, action.execute())


def _lines(body: bytes) -> list[dict[str, object]]:
    """The objects of the body, with every unusable line told at once."""
    rows: list[dict[str, object]] = []
    errors: list[dict[str, Any]] = []
    text = body.decode("utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if len(rows) > MOST_AT_ONCE:
            break  # the action says how many are too many
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            errors.append(_fault(number, _("不是一个 JSON 对象。")))
        elif unknown := sorted(str(name) for name in row.keys() - BY_CODE.keys()):
            errors.append(_fault(number, _("没有这些字段：%(names)s。") % {"names": "、".join(unknown)[:200]}))
        elif any(isinstance(value, dict | list) for value in row.values()):
            errors.append(_fault(number, _("字段的值应为文字、数字或空。")))
        else:
            rows.append({name: str(value) if value is not None else None for name, value in row.items()})
    if errors:
        raise Problem(
            422, "validation", _("有 %(n)d 行不能读取。") % {"n": len(errors)}, _("请改正后重新报送。"), errors[:200]
        )
    return rows


def _fault(number: int, message: str) -> dict[str, Any]:
    return {"field": f"body.{number}", "message": message, "code": "line"}


@router.get("/deliveries", response=Page[DeliveryOut], auth=needs("enterprises.intake"), summary="Deliveries")
def list_deliveries(request: HttpRequest, window: Query[Window]) -> Any:
    """Of the caller's unit, newest first."""
    rows = visible(request.user, IntakeBatch.objects.select_related("source"))
    return page(rows.order_by("-created_at", "-pk"), window)


@router.get(
    "/deliveries/{int:delivery_id}", response=DeliveryOut, auth=needs("enterprises.intake"), summary="One delivery"
)
def get_delivery(request: HttpRequest, delivery_id: int) -> Any:
    """How far it is."""
    return find_delivery(request, delivery_id)


@router.get(
    "/deliveries/{int:delivery_id}/faults",
    response=Page[DeliveryFaultOut],
    auth=needs("enterprises.intake"),
    summary="Rows with faults or hints",
)
def list_delivery_faults(request: HttpRequest, delivery_id: int, window: Query[Window]) -> Any:
    """In the order of the delivery."""
    rows = IntakeFault.objects.filter(batch=find_delivery(request, delivery_id))
    return page(rows.order_by("number"), window)


@router.post(
    "/deliveries/{int:delivery_id}/undo",
    response=DeliveryOut,
    auth=needs("enterprises.intake"),
    summary="Take a delivery back",
)
def undo_delivery(request: HttpRequest, delivery_id: int, body: Reason) -> Any:
    """As a whole; goes on in the background for long ones."""
    user: Any = request.user
    batch = UndoIntake(user=user, batch=find_delivery(request, delivery_id), reason=body.reason).execute()
    batches.advance(batch, PATIENCE)
    batch.refresh_from_db()
    return batch


@router.get("/pairs", response=Page[PairOut], auth=needs("enterprises.decide"), summary="Pairs that may be one body")
def list_pairs(request: HttpRequest, query: Query[PairQuery]) -> Any:
    """The likeliest first."""
    user: Any = request.user
    rows = visible(user, ReviewPair.objects.filter(state=query.state).select_related("one", "other"))
    return page(rows.order_by("-probability", "pk"), query, pair_out)


def pair_out(pair: ReviewPair) -> dict[str, Any]:
    names = ("probability", "reason", "state", "found_at")
    return {
        **{name: getattr(pair, name) for name in names},
        "id": pair.pk,
        "one": pair.one.key,
        "other": pair.other.key,
    }


@router.post("/pairs/{int:pair_id}", response=PairOut, auth=needs("enterprises.decide"), summary="Decide a pair")
def decide_pair(request: HttpRequest, pair_id: int, body: PairDecisionIn) -> Any:
    """`same` merges the two, `different` keeps every later run from doing so."""
    user: Any = request.user
    if pair_id >= 2**63:
        raise not_found()
    rows = ReviewPair.objects.filter(pk=pair_id).select_related("one__region", "other__region")
    pair = visible(user, rows).first()
    if pair is None:
        raise not_found()
    return pair_out(DecidePair(user=user, pair=pair, decision=body.decision, reason=body.reason).execute())


@router.get("/{key}", response=BodyDetail, auth=needs("enterprises.view"), summary="One enterprise")
def get_enterprise(request: HttpRequest, key: str) -> Any:
    """By key, by any unified code it ever had, by organisation or registration number."""
    enterprise = find(request, key[:40])
    hidden = {"name", "address", "former_name"} if enterprise.is_person else set()
    events = enterprise.events.select_related("other")[:100]
    return {
        **body_out(enterprise),
        "subjects": list(subjects_of(enterprise)),
        "values": [claim for claim in values_of(enterprise) if claim.field not in hidden],
        "events": [event_out(event) for event in events],
    }


@router.post(
    "/{key}/merge", response=EnterpriseEventOut, auth=needs("enterprises.decide"), summary="Merge another one into it"
)
def merge_enterprises(request: HttpRequest, key: str, body: MergeIn) -> Any:
    """Refused (409) when both have valid codes and these differ."""
    user: Any = request.user
    kept, other = find(request, key[:40]), find(request, body.other)
    return event_out(MergeEnterprises(user=user, enterprise=kept, other=other, reason=body.reason).execute())


@router.post("/{key}/split", response=EnterpriseEventOut, auth=needs("enterprises.decide"), summary="Split records off")
def split_enterprise(request: HttpRequest, key: str, body: SplitIn) -> Any:
    """The records become a body of their own."""
    user: Any = request.user
    action = SplitEnterprise(user=user, enterprise=find(request, key[:40]), records=body.records, reason=body.reason)
    return event_out(action.execute())


@router.post(
    "/{key}/events/{int:event_id}/undo",
    response=EnterpriseEventOut,
    auth=needs("enterprises.decide"),
    summary="Take a merge or split back",
)
def undo_event(request: HttpRequest, key: str, event_id: int, body: Reason) -> Any:
    """Refused (409) when a later merge builds on it."""
    user: Any = request.user
    enterprise = find(request, key[:40])
    event = enterprise.events.filter(pk=event_id).first() if event_id < 2**63 else None
    if event is None:
        raise not_found()
    return event_out(UndoIdentity(user=user, event=event, reason=body.reason).execute())
