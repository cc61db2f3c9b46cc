"""Sheets for registers: upload and check, read the report, enter or drop, take back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.endpoints.registers import declared_or_404
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import Problem, not_found
from hengjian.api.schemas import Reason, RegionCode, UnitKey, UnitRef, region_of_code, unit_by_key
from hengjian.documents.uploads import check_upload, read_upload
from hengjian.parties.policies import visible
from hengjian.registers import batches
from hengjian.registers.import_actions import SUFFIXES, ConfirmImport, DropImport, StartImport, UndoImport
from hengjian.registers.models import ImportBatch, ImportRow

router = Router(tags=["registers"])
# So long a call works on a sheet itself; what is left is done by the worker.
PATIENCE = 4.0


class BatchOut(Schema):
    """One imported sheet."""

    id: int
    register_code: str = Field(validation_alias="register")
    name: str
    unit: UnitRef
    state: Literal["checking", "checked", "applying", "applied", "undoing", "undone", "dropped", "failed"] = Field(
        description="checking, applying and undoing go on by themselves; ask again."
    )
    total: int
    new: int
    changed: int
    unchanged: int
    wrong: int
    done: int = Field(description="Rows done of the step under way.")
    message: str = Field(description="Why the sheet cannot be used, when it failed.")
    ignored: list[str] = Field(description="Columns that belong to no field.")
    created_at: datetime


class RowOut(Schema):
    """What the check found about one row."""

    number: int = Field(description="As spreadsheet programs count it.")
    outcome: Literal["new", "changed", "unchanged", "wrong"]
    key: str
    title: str
    faults: list[list[str]] = Field(description="[column heading, what is wrong].")
    changes: list[list[str]] = Field(description="[field, before, after], without personal data.")


class BatchIn(Strict):
    """Fields beside the file."""

    unit: UnitKey | None = Field(None, description="The unit that keeps the entries; left out: the caller's.")
    region: RegionCode | None = Field(None, description="For rows without a region; left out: the unit's.")


class ConfirmSheetIn(Strict):
    """What to do with wrong rows."""

    skip_wrong: bool = Field(False, description="Enter the others although some rows are wrong.")


def find_batch(request: Any, batch_id: int) -> ImportBatch:
    if batch_id >= 2**63:
        raise not_found()
    rows = visible(request.user, ImportBatch.objects.filter(pk=batch_id))
    batch = rows.select_related("unit", "region", "created_by").first()
    if batch is None:
        raise not_found()
    return batch


def going_on(batch: ImportBatch) -> ImportBatch:
    batches.advance(batch, PATIENCE)
    batch.refresh_from_db()
    return batch


@router.post("/{code}/imports", response={201: BatchOut}, auth=needs("registers.import"), summary="Upload a sheet")
def start_register_import(request: Any, code: str, body: Form[BatchIn], file: File[UploadedFile]) -> Any:
    """.xlsx, .xls or .csv with the columns of the template; it is checked, nothing is entered yet."""
    declared = declared_or_404(code)
    unit = unit_by_key(body.unit) if body.unit else request.user.unit
    if unit is None:
        raise Problem(422, "validation", _("没有写明登记单位。"), _("请在 unit 中给出单位标识。"))
    data = read_upload(file)
    action = StartImport(
        user=request.user,
        register=declared.code,
        unit=unit,
        region=region_of_code(body.region) if body.region else unit.region,
        data=data,
        checked=check_upload(data, file.name or "", SUFFIXES),
    )
    return Status(201, going_on(action.execute()))


@router.get("/imports", response=Page[BatchOut], auth=needs("registers.import"), summary="Imports of registers")
def list_register_imports(request: HttpRequest, window: Query[Window], register_code: str = "") -> Any:
    """Newest first."""
    rows = visible(request.user, ImportBatch.objects.select_related("unit"))
    rows = rows.filter(register=register_code) if register_code else rows
    return page(rows.order_by("-created_at", "-pk"), window)


@router.get("/imports/{int:batch_id}", response=BatchOut, auth=needs("registers.import"), summary="One import")
def get_register_import(request: Any, batch_id: int) -> Any:
    return find_batch(request, batch_id)


@router.get(
    "/imports/{int:batch_id}/rows", response=Page[RowOut], auth=needs("registers.import"), summary="Rows of an import"
)
def list_import_rows(
    request: Any,
    batch_id: int,
    window: Query[Window],
    outcome: Literal["new", "changed", "unchanged", "wrong"] | None = None,
) -> Any:
    """In the order of the sheet; every fault of every row is there."""
    rows = ImportRow.objects.filter(batch=find_batch(request, batch_id))
    rows = rows.filter(outcome=outcome) if outcome else rows
    return page(rows.order_by("number"), window)


@router.post(
    "/imports/{int:batch_id}/confirm",
    response=BatchOut,
    auth=needs("registers.import"),
    summary="Enter what was checked",
)
def confirm_register_import(request: Any, batch_id: int, body: ConfirmSheetIn) -> Any:
    """Goes on in the background for long sheets."""
    batch = find_batch(request, batch_id)
    return going_on(ConfirmImport(user=request.user, batch=batch, skip_wrong=body.skip_wrong).execute())


@router.post(
    "/imports/{int:batch_id}/drop", response=BatchOut, auth=needs("registers.import"), summary="Drop an import"
)
def drop_register_import(request: Any, batch_id: int) -> Any:
    """Before it was entered."""
    return DropImport(user=request.user, batch=find_batch(request, batch_id)).execute()


@router.post(
    "/imports/{int:batch_id}/undo", response=BatchOut, auth=needs("registers.import"), summary="Take an import back"
)
def undo_register_import(request: Any, batch_id: int, body: Reason) -> Any:
    """As a whole; refused (409) when an entry of it was changed since."""
    batch = find_batch(request, batch_id)
    return going_on(UndoImport(user=request.user, batch=batch, reason=body.reason).execute())
