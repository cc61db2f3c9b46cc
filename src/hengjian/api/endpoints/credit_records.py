"""Credit records: what the catalogue admits, recording a decision, the records that the own unit decided."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query, Router, Schema, Status
from pydantic import Field

from hengjian.api.auth import anyone, needs
from hengjian.api.lists import Page, Window, page
from hengjian.api.schemas import UnitRef
from hengjian.credit.records.actions import RecordCredit
from hengjian.credit.records.admitting import edition
from hengjian.credit.records.models import CreditRecord
from hengjian.parties.policies import visible

router = Router(tags=["credit"])


class CatalogueEntryOut(Schema):
    """One kind of information that may be credit information."""

    id: str = Field(examples=["N-03-02"])
    title: str
    category: str = Field(examples=["penalty"])
    basis: str
    disclosure: Literal["public", "shared", "internal"]
    effect: Literal["adverse", "neutral", "favourable"]


class CreditRecordIn(Schema):
    """A decision. What the catalogue does not admit is refused with the reason."""

    subject: Annotated[str, Field(min_length=8, max_length=40, description="Unified code, or key of the body.")]
    category: Annotated[str, Field(max_length=16, examples=["penalty"])]
    catalogue: Annotated[str, Field(max_length=32, description="Entry of the catalogue.")] = ""
    decided_on: date
    document: Annotated[str, Field(max_length=120)] = ""
    severity: Literal["", "minor", "general", "serious"] = ""
    unfulfilled: bool = False
    values: dict[str, Any] = Field(default_factory=dict, description="By the layout of the category.")


class CreditRecordOut(Schema):
    """A record that stands; sealed ones are in no answer."""

    number: str
    key: str
    enterprise: str
    name: str
    category: str
    catalogue: str
    severity: str
    title: str
    document: str
    organ: UnitRef
    decided_on: date
    min_until: date | None
    max_until: date | None
    disclosure: str
    state: str
    disputed: bool
    unfulfilled: bool
    values: dict[str, Any]
    fact: str


def record_out(record: CreditRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "key": str(record.key),
        "enterprise": record.enterprise.code or record.enterprise.key,
        "name": record.enterprise.name,
        "category": record.category,
        "catalogue": record.catalogue,
        "severity": record.severity,
        "title": record.title,
        "document": record.document,
        "organ": record.organ,
        "decided_on": record.decided_on,
        "min_until": record.min_until,
        "max_until": record.max_until,
        "disclosure": record.disclosure,
        "state": record.state,
        "disputed": record.disputed_since is not None,
        "unfulfilled": record.unfulfilled,
        "values": record.values,
        "fact": str(record.fact),
    }


class CatalogueQuery(Schema):
    """Where and when."""

    region: Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,2}$")] = "000000"
    on: date | None = None


@router.get("/catalogue", response=list[CatalogueEntryOut], auth=anyone(), summary="The public-credit catalogue")
def show_credit_catalogue(request: HttpRequest, query: Query[CatalogueQuery]) -> Any:
    """The national edition in force on the day, and the region's supplement."""
    english = (get_language() or "").startswith("en")
    return [
        {**entry.model_dump(), "title": entry.title_en if english else entry.title}
        for entry in edition(query.region, query.on or timezone.localdate()).entries
    ]


@router.get("/records", response=Page[CreditRecordOut], auth=needs("credit.view"), summary="Records of the own unit")
def list_credit_records(request: HttpRequest, window: Query[Window]) -> Any:
    """What the own unit decided, newest first; an enterprise gets what is recorded about it."""
    unit = getattr(request.user, "unit", None)
    rows = visible(request.user, CreditRecord.objects.select_related("enterprise", "organ"))
    own = rows.filter(enterprise__account=unit) if unit and unit.kind == "enterprise" else rows.filter(organ=unit)
    return page(own.order_by("-decided_on", "-pk"), window, record_out)


@router.post("/records", response={201: CreditRecordOut}, auth=needs("credit.record"), summary="Record a decision")
def record_credit(request: Any, body: CreditRecordIn) -> Any:
    """For decisions of the own unit. Severity and terms follow from the rulebook; the same decision is taken once."""
    subject = body.subject if body.subject.startswith("enterprise:") else f"enterprise:{body.subject}"
    given = {**body.model_dump(exclude={"subject"}), "subject": subject}
    return Status(201, record_out(RecordCredit(user=request.user, **given).execute()))
