"""Traceability for programs of nodes and platforms: hand in messages, read what became of them."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Literal, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import Reason, UnitKey, UnitRef, unit_by_key
from hengjian.parties.policies import visible
from hengjian.trace.exchange.batches import advance
from hengjian.trace.exchange.intake import HandIn, TakeBatch, UndoBatch
from hengjian.trace.exchange.models import ExchangeBatch

router = Router(tags=["trace"])
PATIENCE = 8.0
"""Seconds that a caller waits for the work on a file."""
MOST_FAULTS = 2000


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
    state: Literal["checking", "preview", "taking", "done", "undoing", "undone", "dropped", "failed"] = Field(
        description="A large file is worked on after the answer: ask again while it ends in -ing."
    )
    message: str = Field(description="Why it failed.")
    done: int = Field(description="Rows that the work under way has behind it.")
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
    names = ("name", "unit", "state", "message", "done", "rows", "good", "added", "already", "created_at")
    parts = batch.parts.exclude(fault_count=0).values_list("faults", flat=True).iterator(chunk_size=1)
    faults = islice((told for part in parts for told in part), MOST_FAULTS)
    return {
        "id": batch.pk,
        **{name: getattr(batch, name) for name in names},
        "faults": [{"row": row, "field": place, "message": message} for row, place, message in faults],
    }


@router.post("/messages", response={201: TraceBatchOut}, auth=needs("trace.exchange"), summary="Hand in messages")
def hand_in_messages(request: Any, body: Form[TraceBatchIn], file: File[UploadedFile]) -> Any:
    """.jsonl, .xml, .xlsx or .csv, up to a million messages; packed as .gz (except .xlsx) where it would be too large.

    Good messages are taken in, wrong ones come back with their faults; the same file again adds nothing. A large file
    is worked on after the answer."""
    unit = unit_by_key(body.unit) if body.unit else request.user.unit
    if unit is None:
        raise Problem(422, "validation", _("没有写明单位。"), _("请在 unit 中给出单位标识。"))
    hand_in = HandIn(
        user=request.user,
        unit=unit,
        file=cast(BinaryIO, file.file),
        name=file.name or "",
        channel="api",
        at_once=not body.preview,
    )
    return Status(201, _worked(hand_in.execute()))


def _worked(batch: ExchangeBatch) -> dict[str, Any]:
    """The file after as much work as a caller waits for."""
    advance(batch, PATIENCE)
    return batch_out(batch)


@router.get("/messages", response=Page[TraceBatchOut], auth=needs("trace.exchange"), summary="Files of messages")
def list_message_files(request: HttpRequest, window: Query[Window]) -> Any:
    """Newest first."""
    rows = visible(request.user, ExchangeBatch.objects.select_related("unit", "region").defer("sample"))
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
    return _worked(TakeBatch(user=request.user, batch=find_batch(request, batch_id)).execute())


@router.post("/messages/{batch_id}/undo", response=TraceBatchOut, auth=needs("trace.exchange"), summary="Undo a file")
def undo_message_file(request: Any, batch_id: int, body: Reason) -> Any:
    """Its events are declared wrong; nothing is removed."""
    return _worked(UndoBatch(user=request.user, batch=find_batch(request, batch_id), reason=body.reason).execute())
