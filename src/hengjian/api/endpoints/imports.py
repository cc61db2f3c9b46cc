"""Importing a plan: read a text or file, look at the reading, correct it, confirm, undo."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from hengjian import rulebook
from hengjian.api.auth import needs
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import not_found
from hengjian.api.schemas import Reason, RegionCode, RegionRef, UnitKey, UnitRef, masked, region_of_code, unit_by_key
from hengjian.documents.actions import store_checked
from hengjian.documents.uploads import check_upload
from hengjian.parties.models import User
from hengjian.parties.policies import permitted, visible
from hengjian.plans.actions.imports import ConfirmImport, CorrectImport, PlanSettings, StartImport, UndoImport
from hengjian.plans.import_forms import EXTENSIONS, LONGEST_PASTE
from hengjian.plans.models import Plan, PlanImport
from hengjian.plans.views.import_review import find_import
from hengjian.plans.words import import_title

router = Router(tags=["imports"])


class ImportRow(Schema):
    """A reading of a text, briefly."""

    id: int
    title: str = Field(description="What the text calls itself, else the file's name.")
    state: Literal["draft", "confirmed", "undone"]
    unit: UnitRef
    region: RegionRef
    filename: str
    file_hash: str = Field(description="`sha256:…` of the original file; empty for pasted text.")
    created_at: datetime
    created_by: str = Field(description="Name, its middle covered.")
    version: int = Field(description="Counts the corrections; a correction names the version it was made on.")
    plan: int | None = Field(description="The plan that was made of it.")
    revises: int | None = Field(description="The plan whose text it replaces.")


class ImportOut(ImportRow):
    """A reading of a text."""

    text: str = Field(description="The normalised text that all spans [start, end) point into.")
    draft: dict[str, Any] = Field(
        description="The reading with people's corrections; the fields of `hengjian policy parse --json`."
    )
    corrections: list[dict[str, Any]] = Field(description="What people changed, oldest first.")


class ImportIn(Strict):
    """A text to be read."""

    text: str = Field(min_length=1, max_length=LONGEST_PASTE, description="The whole text.")
    unit: UnitKey = Field(description="The unit that will run the plan.")
    region: RegionCode
    revises: int | None = Field(None, description="Id of the plan whose text this one corrects; its work is kept.")


class ImportFileIn(Strict):
    """Fields beside the file."""

    unit: UnitKey
    region: RegionCode
    revises: int | None = None


class CorrectionIn(Strict):
    """One correction by hand."""

    version: int = Field(ge=1, description="The draft's version that was looked at; another one is refused (409).")
    correction: dict[str, Any] = Field(
        description=(
            "`kind` and where it applies (`section`, `item` from 0, `measure` from 1). Kinds: header (field, value), "
            "item_title (value), item_skip (value: bool), item_duties (value: list of {role, organisation}), "
            "measure_title, measure_text (value), measure_skip, measure_key (value: bool), measure_deadline (due: ISO "
            "date or empty, strength), measure_split (at: character offset), measure_merge, accept (part). Marks in "
            "the source: mark_item (start, end, title, nature: action or mechanism), mark_measure (and item), "
            "mark_target (and item, or indicator, operator, value, unit_label, year where the words do not say), "
            "mark_duties (and item); item_merge (with: another item), item_split (measure: first of the new item)."
        ),
        examples=[{"kind": "item_title", "section": 0, "item": 1, "value": "加强重点领域监管"}],
    )


class ConfirmIn(Strict):
    """Settings of the new plan. Empty texts are taken from the reading, empty rules from the rulebook."""

    title: str = Field("", max_length=300)
    number: str = Field("", max_length=80, description="Document number.")
    issuer: str = Field("", max_length=200)
    period_start: date | None = Field(None, description="Required for a new plan.", examples=["2026-01-01"])
    period_end: date | None = Field(None, description="Required for a new plan.", examples=["2026-12-31"])
    parent: int | None = Field(None, description="Id of the plan of the level above.")
    granularity: Literal["measure", "item"] = Field("measure", description="What becomes a task.")
    rollup: Literal["mean", "weights", "done"] = "mean"
    light_rule: str = Field("", max_length=80, description="Id in the rulebook, family traffic_lights.")
    escalation_rule: str = Field("", max_length=80, description="Id in the rulebook, family escalation.")
    report_rule: str = Field("", max_length=80, description="Id in the rulebook, family reporting.")
    chosen: dict[str, UnitKey] = Field(
        {}, max_length=500, description="Written name → key of the unit that it means, where a person decided."
    )


class ConfirmedOut(Schema):
    """What was made or changed."""

    plan: int
    clauses: int
    measures: int
    tasks: int
    duties: int
    targets: int
    kept: int = Field(description="Tasks that went on unchanged (a corrected text).")
    reworded: int
    added: int
    retired: int
    unresolved: list[str] = Field(description="Written names that no unit was found for; choose a unit per duty.")


def import_row(draft: PlanImport) -> dict[str, Any]:
    names = ("state", "unit", "region", "filename", "file_hash", "created_at", "version")
    return {
        "id": draft.pk,
        "title": import_title(draft),
        "created_by": masked(draft.created_by),
        "plan": draft.plan_id,
        "revises": draft.revises_id,
        **{name: getattr(draft, name) for name in names},
    }


def import_out(draft: PlanImport) -> dict[str, Any]:
    return {**import_row(draft), "text": draft.text, "draft": draft.draft, "corrections": draft.corrections}


def _common(request: Any, body: ImportIn | ImportFileIn) -> dict[str, Any]:
    return {
        "user": request.user,
        "unit": unit_by_key(body.unit),
        "region": region_of_code(body.region),
        "revises": _plan_for(request.user, body.revises),
    }


def _plan_for(user: User, pk: int | None, verb: str = "plans.import") -> Plan | None:
    """A plan that the person names; one that is out of reach does not exist."""
    if pk is None:
        return None
    plan = permitted(user, verb, Plan.objects.filter(pk=pk)).first()
    if plan is None:
        raise not_found()
    return plan


@router.get("", response=Page[ImportRow], auth=needs("plans.import"), summary="Imports")
def list_imports(
    request: HttpRequest, window: Query[Window], state: Literal["draft", "confirmed", "undone"] | None = None
) -> Any:
    """Newest first."""
    rows = visible(
        request.user, PlanImport.objects.select_related("unit", "region", "created_by").defer("text", "parsed")
    )
    rows = rows.filter(state=state) if state else rows
    return page(rows.order_by("-created_at", "-pk"), window, import_row)


@router.post("", response={201: ImportOut}, auth=needs("plans.import"), summary="Read a text")
def start_import(request: Any, body: ImportIn) -> Any:
    """Reads the text and keeps the reading as a draft; nothing is assigned yet."""
    return Status(201, import_out(StartImport(data=body.text, **_common(request, body)).execute()))


@router.post("/file", response={201: ImportOut}, auth=needs("plans.import"), summary="Read a file")
def start_import_from_file(request: Any, body: Form[ImportFileIn], file: File[UploadedFile]) -> Any:
    """Reads .txt, .docx, .html or .pdf with a text layer. Draft and stored original come into being together."""
    content, common = file.read(), _common(request, body)
    checked = check_upload(content, file.name or "", EXTENSIONS)
    address = f"sha256:{hashlib.sha256(content).hexdigest()}"
    with transaction.atomic():
        draft = StartImport(data=content, filename=checked.name, file_hash=address, **common).execute()
        store_checked(content, checked, subject=f"import:{draft.pk}", stored_by=request.user.ref)
    return Status(201, import_out(draft))


@router.get("/{int:import_id}", response=ImportOut, auth=needs("plans.import"), summary="One import")
def get_import(request: Any, import_id: int) -> Any:
    return import_out(find_import(request, import_id))


@router.post("/{int:import_id}/corrections", response=ImportOut, auth=needs("plans.import"), summary="Correct a draft")
def correct_import(request: Any, import_id: int, body: CorrectionIn) -> Any:
    """One correction; two people cannot overwrite each other."""
    draft = find_import(request, import_id)
    action = CorrectImport(user=request.user, draft=draft, version=body.version, correction=body.correction)
    return import_out(action.execute())


@router.post("/{int:import_id}/confirm", response=ConfirmedOut, auth=needs("plans.import"), summary="Confirm a draft")
def confirm_import(request: Any, import_id: int, body: ConfirmIn) -> Any:
    """Makes clauses, measures, tasks, duties and targets; for a corrected text, keeps the work already done."""
    draft = find_import(request, import_id)
    given = body.model_dump(exclude={"parent", "chosen"})
    for name in ("light_rule", "escalation_rule", "report_rule"):
        if given[name]:
            rulebook.get(given[name])
    settings = PlanSettings(
        **given,
        parent=_plan_for(request.user, body.parent, "plans.view"),
        chosen={name: unit_by_key(key).pk for name, key in body.chosen.items()},
    )
    confirmed = ConfirmImport(user=request.user, draft=draft, settings=settings).execute()
    return {"plan": confirmed.plan.pk, **vars(confirmed.built)}


@router.post("/{int:import_id}/undo", response=ImportRow, auth=needs("plans.import"), summary="Undo an import")
def undo_import(request: Any, import_id: int, body: Reason) -> Any:
    """Throws a draft away, or takes a confirmed import back while nobody has signed for a duty."""
    draft = find_import(request, import_id)
    return import_row(UndoImport(user=request.user, draft=draft, reason=body.reason).execute())
