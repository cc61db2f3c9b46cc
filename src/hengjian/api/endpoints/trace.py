"""Traceability for programs of nodes and platforms: hand in messages, read what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import Reason, UnitKey, UnitRef, unit_by_key
from hengjian.documents.uploads import read_upload
from hengjian.parties.policies import visible
from hengjian.trace.exchange.intake import ReadBatch, TakeBatch, UndoBatch
from hengjian.trace.exchange.models import ExchangeBatch

router = Router(tags=["trace"])


class TraceFault(Schema):
    """What is wrong with a message."""

    row: int = Field(description="Line or row as the file counts it.")
    field: str
    message: str


class TraceBatchOut(Schema):
    """A file of messages."""

    id: int
    name: str
    unit: UnitRef
    state: Literal["preview", "done", "undone"]
    rows: int
    good: int = Field(description="Rows without a fault.")
    added: int = Field(description="Events that were new.")
    already: int = Field(description="Events that were there; a repeated file adds nothing.")
    created_at: datetime
    faults: list[TraceFault]


class TraceBatchIn(Strict):
    """Fields beside the file."""

    unit: UnitKey | None = Field(None, description="For whom it is handed in; left out: the caller's unit.")
    preview: bool = Field(False, description="Only read and check; take in later.")


def find_batch(request: Any, batch_id: int) -> ExchangeBatch:
    if batch_id >= 2**63:
        raise not_found()
    batch = visible(request.user, ExchangeBatch.objects.filter(pk=batch_id)).select_related("unit", "region").first()
    if batch is None:
        raise not_found()
    return batch


def batch_out(batch: ExchangeBatch) -> dict[str, Any]:
    names = ("name", "unit", "state", "rows", "good", "added", "already", "created_at")
    faults = [{"row": row, "field": place, "message": told} for row, place, told in batch.faults]
    return {"id": batch.pk, **{name: getattr(batch, name) for name in names}, "faults": faults}


@router.post("/messages", response={201: TraceBatchOut}, auth=needs("trace.exchange"), summary="Hand in messages")
def hand_in_messages(request: Any, body: Form[TraceBatchIn], file: File[UploadedFile]) -> Any:
    """.jsonl, .xml, .xlsx or .csv. Good messages are taken in at once, wrong ones come back with their faults; the same
    file again adds nothing."""
    unit = unit_by_key(body.unit) if body.unit else request.user.unit
    if unit is None:
        raise Problem(422, "validation", _("没有写明单位。"), _("请在 unit 中给出单位标识。"))
    read = ReadBatch(user=request.user, unit=unit, data=read_upload(file), name=file.name or "", channel="api")
    batch = read.execute()
    if batch.messages and not body.preview:
        batch = TakeBatch(user=request.user, batch=batch).execute()
    return Status(201, batch_out(batch))


@router.get("/messages", response=Page[TraceBatchOut], auth=needs("trace.exchange"), summary="Files of messages")
def list_message_files(request: HttpRequest, window: Query[Window]) -> Any:
    """Newest first."""
    rows = visible(request.user, ExchangeBatch.objects.select_related("unit", "region").defer("messages", "made"))
    return page(rows.order_by("-created_at", "-pk"), window, batch_out)


@router.get("/messages/{batch_id}", response=TraceBatchOut, auth=needs("trace.exchange"), summary="One file")
def read_message_file(request: HttpRequest, batch_id: int) -> Any:
    return batch_out(find_batch(request, batch_id))


@router.post(
    "/messages/{batch_id}/take",
    response=TraceBatchOut,
    auth=needs("trace.exchange"),
    summary="Take in a previewed file",
)
def take_message_file(request: Any, batch_id: int) -> Any:
    return batch_out(TakeBatch(user=request.user, batch=find_batch(request, batch_id)).execute())


@router.post("/messages/{batch_id}/undo", response=TraceBatchOut, auth=needs("trace.exchange"), summary="Undo a file")
def undo_message_file(request: Any, batch_id: int, body: Reason) -> Any:
    """Its events are declared wrong; nothing is removed."""
    return batch_out(UndoBatch(user=request.user, batch=find_batch(request, batch_id), reason=body.reason).execute())
