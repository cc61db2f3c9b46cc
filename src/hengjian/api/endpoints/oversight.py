"""Oversight: unit load, cascade, issued papers and files, burden saved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import needs, signed_in
from hengjian.api.endpoints.duties import FileOut, file_out
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import not_found
from hengjian.api.schemas import masked
from hengjian.documents import views as document_views
from hengjian.documents.queries import files_of
from hengjian.parties.models import Unit
from hengjian.parties.policies import visible
from hengjian.plans import burden, queries
from hengjian.plans.actions.cascade import AlignPlans
from hengjian.plans.models import Cascade, CascadeLink, Duty, IssuedDocument, Plan, Report
from hengjian.plans.views.plan import find_plan

router = Router()


class LoadOut(Schema):
    """What one unit carries. All figures are numbers of duties unless said otherwise."""

    unit: str = Field(description="Key of the unit.")
    name: str
    total: int
    lead: int = Field(description="Of these, as the leading unit.")
    open: int
    overdue: int
    closed: int
    on_time: int = Field(description="Closed and completed by the due date.")
    percent: int = Field(description="Mean progress, percent.")
    lights: dict[str, int] = Field(description="Light → duties.")


class CascadeOut(Schema):
    """The stored comparison of a plan with the plan of the level above."""

    plan: int
    parent: int
    aligned_at: datetime
    current: bool = Field(description="False when one of the texts was changed since.")
    units: list[Any] = Field(description="Units item by item, as in the answer of `alignPolicies`.")
    counts: dict[str, int] = Field(description="Links by relation.")


class LinkOut(Schema):
    """A clause of the parent with those that take it up, or a clause that only the child has."""

    order: int
    relation: Literal["kept", "adapted", "dropped", "added"]
    parent_item: int | None = Field(description="Running number of the item, from 1; null for an added clause.")
    parent_index: int | None = Field(description="Place in the item, from 1.")
    parent_text: str
    children: list[dict[str, Any]]
    moved: bool
    score: float = Field(description="Likeness, 0 to 1.")
    method: str
    note: str
    doubt: str
    by_hand: bool = Field(description="A person decided.")
    reason: str


class LinkQuery(Window):
    relation: Literal["kept", "adapted", "dropped", "added"] | None = None


class DocumentOut(Schema):
    """A numbered official paper."""

    id: int
    plan_id: int
    kind: Literal["breakdown", "notice", "consolidation", "circular"]
    kind_label: str
    number: str = Field(examples=["澜质强办发〔2026〕5号"])
    title: str
    issued_on: date
    issued_by: str = Field(description="Name, its middle covered.")
    reply_by: date | None
    ledger_size: int = Field(description="Size of the ledger when its figures were taken.")
    files: list[FileOut] = Field(description="The paper (.docx) and its sheet (.xlsx).")


class DocumentQuery(Window):
    plan: int | None = Field(None, description="Id of a plan.")
    kind: Literal["breakdown", "notice", "consolidation", "circular"] | None = None


class BurdenRow(Schema):
    """What a unit did not have to fill in again in a report period."""

    unit: str = Field(description="Name of the unit.")
    period: str = Field(examples=["2026-Q3"])
    reports: int = Field(description="Accepted reports.")
    kept: int = Field(description="Prefilled fields left as they were.")
    facts: int = Field(description="Facts of the ledger used as evidence instead of an upload.")
    no_change: int = Field(description="Reports that needed no text.")


class BurdenQuery(Strict):
    year: int | None = Field(None, ge=2000, le=2100, description="Left out: the present one.")


class BurdenOut(Schema):
    year: int
    reports: int
    kept: int
    facts: int
    no_change: int
    total: int = Field(description="kept + facts + no_change.")
    rows: list[BurdenRow]


@router.get("/load", response=list[LoadOut], auth=needs("plans.view"), tags=["oversight"], summary="Load of the units")
def unit_load(request: Any, plan: int | None = None) -> Any:
    """Duties of every unit in the plan (or in all running plans) that the reader may see, most first."""
    duties = visible(request.user, Duty.objects.exclude(task__plan__status=Plan.Status.ARCHIVED))
    if plan is not None:
        duties = duties.filter(task__plan=find_plan(request, plan))
    loads = queries.unit_load(duties)
    keys = dict(Unit.objects.filter(pk__in=[load.unit_id for load in loads]).values_list("pk", "key"))
    return [{**vars(load), "unit": keys[load.unit_id]} for load in loads]


def _cascade(request: Any, plan_id: int) -> Cascade:
    """The stored comparison of a plan that the reader may see; as on the page, it quotes the parent's clauses."""
    plan = find_plan(request, plan_id)
    found = Cascade.objects.filter(plan=plan, parent=plan.parent).select_related("plan", "parent").first()
    if found is None:
        raise not_found(_("这份计划还没有与上级计划对照。"))
    return found


def _cascade_out(cascade: Cascade) -> dict[str, Any]:
    relations = list(cascade.links.values_list("relation", flat=True))
    return {
        "plan": cascade.plan_id,
        "parent": cascade.parent_id,
        "aligned_at": cascade.aligned_at,
        "current": cascade.current,
        "units": cascade.units,
        "counts": {name: relations.count(name) for name in CascadeLink.Relation.values},
    }


@router.get(
    "/plans/{int:plan_id}/cascade",
    response=CascadeOut,
    auth=needs("plans.view"),
    tags=["cascade"],
    summary="Comparison with the parent plan",
)
def get_cascade(request: Any, plan_id: int) -> Any:
    return _cascade_out(_cascade(request, plan_id))


@router.get(
    "/plans/{int:plan_id}/cascade/links",
    response=Page[LinkOut],
    auth=needs("plans.view"),
    tags=["cascade"],
    summary="Links of the comparison",
)
def list_cascade_links(request: Any, plan_id: int, query: Query[LinkQuery]) -> Any:
    """In the order of the parent, then what only the child has; people's decisions included."""
    rows = _cascade(request, plan_id).links.order_by("order")
    return page(rows.filter(relation=query.relation) if query.relation else rows, query)


@router.post(
    "/plans/{int:plan_id}/cascade",
    response=CascadeOut,
    auth=needs("plans.import"),
    tags=["cascade"],
    summary="Compare with the parent plan",
)
def align_plans(request: Any, plan_id: int) -> Any:
    """Compares the texts again and keeps what people decided."""
    return _cascade_out(AlignPlans(user=request.user, plan=find_plan(request, plan_id)).execute())


def document_out(row: IssuedDocument) -> dict[str, Any]:
    names = ("plan_id", "kind", "number", "title", "issued_on", "reply_by", "ledger_size")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        "kind_label": row.get_kind_display(),
        "issued_by": masked(row.issued_by),
        "files": [file_out(file) for file in files_of(f"document:{row.pk}")],
    }


@router.get(
    "/documents", response=Page[DocumentOut], auth=needs("plans.view"), tags=["documents"], summary="Issued papers"
)
def list_documents(request: HttpRequest, query: Query[DocumentQuery]) -> Any:
    """Newest first."""
    rows = visible(request.user, IssuedDocument.objects.select_related("issued_by"))
    if query.plan is not None:
        rows = rows.filter(plan=query.plan)
    if query.kind is not None:
        rows = rows.filter(kind=query.kind)
    return page(rows.order_by("-issued_on", "-pk"), query, document_out)


@router.get(
    "/documents/{int:document_id}",
    response=DocumentOut,
    auth=needs("plans.view"),
    tags=["documents"],
    summary="One issued paper",
)
def get_document(request: HttpRequest, document_id: int) -> Any:
    rows = visible(request.user, IssuedDocument.objects.select_related("issued_by"))
    found = rows.filter(pk=document_id).first()
    if found is None:
        raise not_found(_("没有这份文书，或不在您的查看范围内。"))
    return document_out(found)


@router.get("/files/{int:file_id}", auth=signed_in(), tags=["documents"], summary="Download a file")
def download_file(request: HttpRequest, file_id: int) -> Any:
    """The bytes, with their SHA-256 as `ETag`. Whoever may see what the file belongs to may have it."""
    return document_views.download(request, file_id)


@router.get("/burden", response=BurdenOut, auth=needs("plans.view"), tags=["oversight"], summary="Burden saved")
def get_burden(request: HttpRequest, query: Query[BurdenQuery]) -> Any:
    """Counted from the accepted reports of the year that the reader may see."""
    chosen = query.year or timezone.localdate().year
    ids = visible(request.user, Report.objects.all()).values("pk")
    rows = burden.accepted(chosen).filter(pk__in=ids)
    saved = burden.saved_in(rows)
    return {"year": chosen, **vars(saved), "total": saved.total, "rows": list(burden.by_unit_and_period(rows))}
