"""Official papers are previewed, drafted, issued and read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.endpoints.oversight import DocumentOut, document_out
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import not_found
from hengjian.api.schemas import masked
from hengjian.parties.policies import require, visible
from hengjian.plans.actions.papers import DiscardDraft, DraftCircular, IssueDocument, IssueDraft, agency_for, prepare
from hengjian.plans.models import IssuedDocument, PaperDraft
from hengjian.plans.papers.paper import Paper
from hengjian.plans.views.plan import find_plan

router = Router()
Direct = Literal["breakdown", "notice", "consolidation"]


class PaperColumnOut(Schema):
    title: str
    align: str


class PaperTableOut(Schema):
    """A table of the paper; its .xlsx has the same rows."""

    title: str
    columns: list[PaperColumnOut]
    rows: list[list[str | int | float | None]]
    note: str


class PaperOut(Schema):
    """What a paper says. Its text is Chinese whatever the language of the request."""

    kind: Literal["breakdown", "notice", "consolidation", "circular"]
    title: str
    office: str
    addressees: list[str]
    body: list[str] = Field(description="Headings and paragraphs in order; tables stand apart.")
    tables: list[PaperTableOut]
    copy_to: list[str]


class PreparedOut(Schema):
    """A paper as it would be issued now."""

    paper: PaperOut
    duties: list[int] = Field(description="Ids of the duties that it is about.")
    asked: list[int] = Field(description="Of these, the duties from which a reply is wanted.")


class PaperWish(Strict):
    """What the office adds to a paper that is written from the rows."""

    message: str = Field("", max_length=2000, description="A paragraph per line; empty: the usual demands.")
    reply_by: date | None = Field(None, description="Day by which the units answer.")


class PreviewIn(PaperWish):
    kind: Literal["breakdown", "notice", "consolidation", "circular"]
    tasks: list[int] = Field([], max_length=500, description="Of a notice; other papers are about the whole plan.")


class IssueIn(PaperWish):
    kind: Direct = Field(description="A circular is drafted first and issued by another person: `draftCircular`.")
    tasks: list[int] = Field([], max_length=500, description="Of a notice; other papers are about the whole plan.")
    agency: str = Field("", max_length=20, description="机关代字 of the number; empty: as used last for this kind.")


class CircularIn(PaperWish):
    agency: str = Field("", max_length=20, description="机关代字 of the number; empty: as used last for circulars.")


class DraftOut(Schema):
    """A circular that waits for a second person."""

    id: int
    plan_id: int
    title: str
    agency: str
    reply_by: date | None
    drafted_at: datetime
    drafted_by: str = Field(description="Name, its middle covered.")
    ledger_size: int = Field(description="Size of the ledger when its figures were taken.")
    paper: PaperOut


class ReplyOut(Schema):
    """One unit's duty from which a reply was wanted."""

    duty_id: int
    unit: str = Field(description="Name of the unit.")
    task_code: str
    replied_at: datetime | None
    late: bool = Field(description="No reply, and the day for it is over.")


class DocumentText(Schema):
    """What an issued paper says, and who answered it."""

    paper: PaperOut
    replies: list[ReplyOut]


def paper_out(paper: Paper) -> dict[str, Any]:
    return {
        "kind": paper.kind,
        "title": paper.title,
        "office": paper.office,
        "addressees": list(paper.addressees),
        "body": [part.text for part in paper.parts if part.kind != "table"],
        "tables": [
            {
                "title": table.title,
                "columns": [{"title": column.title, "align": column.align} for column in table.columns],
                "rows": [list(row) for row in table.rows],
                "note": table.note,
            }
            for table in paper.tables
        ],
        "copy_to": list(paper.copy_to),
    }


def draft_out(draft: PaperDraft) -> dict[str, Any]:
    paper = Paper.from_dict(draft.content)
    names = ("plan_id", "agency", "reply_by", "drafted_at", "ledger_size")
    return {
        "id": draft.pk,
        **{name: getattr(draft, name) for name in names},
        "title": paper.title,
        "drafted_by": masked(draft.drafted_by),
        "paper": paper_out(paper),
    }


def _find_draft(request: Any, pk: int) -> PaperDraft:
    found = visible(request.user, PaperDraft.objects.select_related("plan", "drafted_by")).filter(pk=pk).first()
    if found is None:
        raise not_found(_("没有这份草稿，或不在您的权限范围内。"))
    return found


@router.post(
    "/plans/{int:plan_id}/papers/preview",
    response=list[PreparedOut],
    auth=needs("plans.issue"),
    tags=["documents"],
    summary="Preview papers",
)
def preview_papers(request: Any, plan_id: int, body: PreviewIn) -> Any:
    """The papers as they would be issued now; nothing is kept and no number is taken."""
    plan = find_plan(request, plan_id)
    require(request.user, "plans.issue", plan)
    found = prepare(body.kind, plan, body.tasks, message=body.message, reply_by=body.reply_by)
    return [{"paper": paper_out(row.paper), "duties": list(row.duties), "asked": list(row.asked)} for row in found]


@router.post(
    "/plans/{int:plan_id}/papers",
    response={201: list[DocumentOut]},
    auth=needs("plans.issue"),
    tags=["documents"],
    summary="Issue papers",
)
def issue_papers(request: Any, plan_id: int, body: IssueIn) -> Any:
    """Numbers them, keeps their files and tells the units: one paper, or one notice per set of responsible units."""
    plan = find_plan(request, plan_id)
    given = body.model_dump() | {"agency": body.agency or agency_for(plan, body.kind)}
    issued = IssueDocument(user=request.user, plan=plan, **given).execute()
    return Status(201, [document_out(row) for row in issued])


@router.post(
    "/plans/{int:plan_id}/circulars",
    response={201: DraftOut},
    auth=needs("plans.issue"),
    tags=["documents"],
    summary="Draft a circular",
)
def draft_circular(request: Any, plan_id: int, body: CircularIn) -> Any:
    """Its figures are those of this moment; another person issues it."""
    plan = find_plan(request, plan_id)
    kind = IssuedDocument.Kind.CIRCULAR
    given = body.model_dump() | {"agency": body.agency or agency_for(plan, kind)}
    return Status(201, draft_out(DraftCircular(user=request.user, plan=plan, kind=kind, **given).execute()))


@router.get(
    "/paper-drafts", response=Page[DraftOut], auth=needs("plans.issue"), tags=["documents"], summary="Waiting circulars"
)
def list_paper_drafts(request: HttpRequest, window: Query[Window]) -> Any:
    """Oldest first."""
    rows = visible(request.user, PaperDraft.objects.select_related("plan", "drafted_by"))
    return page(rows.order_by("pk"), window, draft_out)


@router.get(
    "/paper-drafts/{int:draft_id}",
    response=DraftOut,
    auth=needs("plans.issue"),
    tags=["documents"],
    summary="One waiting circular",
)
def get_paper_draft(request: HttpRequest, draft_id: int) -> Any:
    return draft_out(_find_draft(request, draft_id))


@router.post(
    "/paper-drafts/{int:draft_id}/issue",
    response=DocumentOut,
    auth=needs("plans.issue"),
    tags=["documents"],
    summary="Issue a circular",
)
def issue_paper_draft(request: Any, draft_id: int) -> Any:
    """By another person than the one who drafted it."""
    return document_out(IssueDraft(user=request.user, draft=_find_draft(request, draft_id)).execute())


@router.delete(
    "/paper-drafts/{int:draft_id}",
    response={204: None},
    auth=needs("plans.issue"),
    tags=["documents"],
    summary="Discard a circular",
)
def discard_paper_draft(request: Any, draft_id: int) -> Any:
    """It never had a number."""
    DiscardDraft(user=request.user, draft=_find_draft(request, draft_id)).execute()
    return Status(204, None)


@router.get(
    "/documents/{int:document_id}/content",
    response=DocumentText,
    auth=needs("plans.view"),
    tags=["documents"],
    summary="What a paper says",
)
def get_document_content(request: HttpRequest, document_id: int) -> Any:
    """The text with the rows of its tables, and the replies that the reader may see."""
    found = visible(request.user, IssuedDocument.objects.all()).filter(pk=document_id).first()
    if found is None:
        raise not_found(_("没有这份文书，或不在您的查看范围内。"))
    today = timezone.localdate()
    urges = visible(request.user, found.urges.all()).select_related("duty__unit", "duty__task")
    return {
        "paper": paper_out(Paper.from_dict(found.content)),
        "replies": [
            {
                "duty_id": urge.duty_id,
                "unit": urge.duty.unit.name if urge.duty.unit else urge.duty.as_written,
                "task_code": urge.duty.task.code,
                "replied_at": urge.replied_at,
                "late": urge.replied_at is None and found.reply_by is not None and found.reply_by < today,
            }
            for urge in urges.order_by("duty__unit__name", "duty__task__order", "pk")
        ],
    }
