"""Statistical returns: the forms, what a unit has to report, filling in and handing over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from hengjian.api.auth import needs
from hengjian.api.lists import Page, Strict, Window, page
from hengjian.api.problems import not_found
from hengjian.api.schemas import Reason
from hengjian.parties.policies import visible
from hengjian.parties.verbs import Action
from hengjian.returns import actions
from hengjian.returns.catalogue import form, forms
from hengjian.returns.declarations import MOST_CELLS, Form
from hengjian.returns.models import Return
from hengjian.returns.rules import plain_text
from hengjian.returns.showing import grid_of, language

router = Router(tags=["returns"])
MOST_ID = 2**63
State = Literal["open", "draft", "returned", "complete", "checked", "approved", "correcting"]


class ReturnFormOut(Schema):
    """A statistical form in its newest version."""

    code: str
    version: int
    title: str
    title_en: str
    table: str = Field(description="Number printed on the form (表号).")
    frequency: str = Field(description="month, quarter, half or year.")


class ReturnFormCell(Schema):
    """One cell of a form."""

    row: str
    column: str
    title: str = Field(description="Row and column in the language of the request.")
    type: str
    unit: str
    decimals: int
    computed: bool = Field(description="Follows from other cells by a formula; takes no figure.")
    low: str | None = Field(description="A figure below is an error.")
    high: str | None


class ReturnFormDetail(ReturnFormOut):
    cells: list[ReturnFormCell]


class ReturnOut(Schema):
    """What one unit reports in one period."""

    id: int
    form: str
    form_version: int
    period: str = Field(examples=["2026-Q3"])
    unit: str = Field(description="Key of the unit that reports.")
    region: str
    state: State
    number: int = Field(description="1, and one more for each correction after approval.")
    due_on: date
    filled: int = Field(description="Cells with a figure.")
    errors: int = Field(description="Checks that keep it from being handed over.")
    completed_at: datetime | None
    approved_at: datetime | None
    fact: str = Field(description="Id of the fact in the ledger, once approved.")


class ReturnCell(Schema):
    """One cell; figures are exact decimal text."""

    row: str
    column: str
    value: str | None = Field(description="As filled in; of a computed cell rounded to its decimals.")
    version: int = Field(description="Counts its changes; saving names the one that was looked at. 0: never saved.")
    origin: str = Field(description="typed, prefilled, imported or copied; empty without a figure.")
    comment: str
    hint: str = Field(description="Why the figure looks odd; never keeps anybody from saving.")
    objection: str = Field(description="Why a reviewer sent it back.")


class ReturnProblem(Schema):
    """A check that does not hold."""

    check: str
    row: str
    column: str
    severity: Literal["error", "warning", "hint"]
    title: str
    where: str
    instruction: str = Field(description="What to do about it.")
    explanation: str = Field(description="What the reporter said about these very figures.")
    open: bool = Field(description="An error that is neither mended nor explained.")


class ReturnStage(Schema):
    """One stage of approval."""

    code: str
    unit: str
    state: Literal["waiting", "due", "passed", "returned"]
    at: datetime | None


class ReturnDetail(ReturnOut):
    cells: list[ReturnCell]
    problems: list[ReturnProblem]
    stages: list[ReturnStage]


class ReturnCellIn(Strict):
    row: str = Field(max_length=60)
    column: str = Field(max_length=60)
    value: str = Field(max_length=200, description="The figure as text, e.g. 1,234.5; empty takes it out.")
    version: int = Field(0, ge=0, le=2**31 - 1, description="Version of the cell that was looked at.")


class ReturnCellsIn(Strict):
    cells: list[ReturnCellIn] = Field(min_length=1, max_length=MOST_CELLS)


class ReturnCellSaved(Schema):
    row: str
    column: str
    version: int


class ReturnCellConflict(ReturnCellSaved):
    value: str | None = Field(description="The figure of somebody else, which stands.")


class ReturnCellRefused(Schema):
    row: str
    column: str
    message: str


class ReturnCellsOut(Schema):
    """What became of the cells: what can be read is saved, whatever the checks say about it."""

    saved: list[ReturnCellSaved]
    conflicts: list[ReturnCellConflict] = Field(description="Changed by somebody else meanwhile; name the new version.")
    refused: list[ReturnCellRefused] = Field(description="No figure, or a cell that takes none.")
    errors: int


class ReturnExplanationIn(Strict):
    check: str = Field(max_length=60)
    row: str = Field("", max_length=60)
    column: str = Field("", max_length=60)
    text: str = Field(max_length=500, description="Why the figures are right. Counts for these very figures only.")


class ReturnQuery(Window):
    form: str = Field("", max_length=60)
    period: str = Field("", max_length=10, examples=["2026-Q3"])
    region: str = Field("", max_length=12)
    state: State | None = None


def form_out(declared: Form) -> dict[str, Any]:
    names = ("version", "title", "title_en", "table", "frequency")
    return {"code": declared.code, **{name: getattr(declared, name) for name in names}}


@router.get("/forms", response=list[ReturnFormOut], auth=needs("returns.view"), summary="Statistical forms")
def list_forms(request: Any) -> Any:
    return [form_out(one) for one in forms()]


@router.get("/forms/{code}", response=ReturnFormDetail, auth=needs("returns.view"), summary="A form with its cells")
def get_form(request: Any, code: str, version: int | None = None) -> Any:
    """The newest version, or the one that a return was opened with."""
    try:
        declared = form(code, version)
    except KeyError:
        raise not_found(_("没有这张报表。")) from None
    layout = declared.layout(timezone.localdate())
    cells = [
        {
            "row": cell.row,
            "column": cell.column,
            "title": layout.name(cell.row, cell.column, language()),
            "type": cell.type,
            "unit": cell.unit_said(language()),
            "decimals": cell.decimals,
            "computed": not cell.is_input,
            "low": None if cell.minimum is None else plain_text(cell.minimum),
            "high": None if cell.maximum is None else plain_text(cell.maximum),
        }
        for cell in layout.cells.values()
    ]
    return {**form_out(declared), "cells": cells}


def return_out(entry: Return) -> dict[str, Any]:
    names = ("state", "number", "due_on", "filled", "errors", "completed_at", "approved_at")
    return {
        "id": entry.pk,
        "form": entry.opening.form_code,
        "form_version": entry.opening.form_version,
        "period": entry.opening.period_code,
        "unit": entry.unit.key,
        "region": entry.region.code,
        **{name: getattr(entry, name) for name in names},
        "fact": str(entry.fact or ""),
    }


@router.get("", response=Page[ReturnOut], auth=needs("returns.view"), summary="Returns")
def list_returns(request: Any, query: Query[ReturnQuery]) -> Any:
    """Those of the caller's unit and those that it approves, the newest period first."""
    wanted = {
        "opening__form_code": query.form,
        "opening__period_code": query.period,
        "region__code": query.region,
        "state": query.state,
    }
    rows = visible(request.user, Return.objects.select_related("opening", "unit", "region"))
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return page(rows.order_by("-opening__last", "opening__form_code", "region__code", "pk"), query, return_out)


def found(request: Any, pk: int) -> Return:
    """The return, where the caller may see it."""
    rows = visible(request.user, Return.objects.filter(pk=min(pk, MOST_ID - 1)))
    entry = rows.select_related("opening", "unit", "region", "organiser", "completed_by").first()
    if entry is None:
        raise not_found(_("没有这份报表，或不在您的权限范围内。"))
    return entry


@router.get("/{pk}", response=ReturnDetail, auth=needs("returns.view"), summary="A return with its figures")
def get_return(request: Any, pk: int) -> Any:
    """Figures, what the checks say, and the stages of approval."""
    return detail(found(request, pk))


def detail(entry: Return) -> dict[str, Any]:
    grid = grid_of(entry)
    cells = []
    for row in grid.rows:
        for cell in row.cells:
            if cell.spec is not None:
                value = grid.sheet.shown(cell.spec)
                cells.append(
                    {
                        "row": cell.spec.row,
                        "column": cell.spec.column,
                        "value": None if value is None else plain_text(value),
                        **{name: getattr(cell, name) for name in ("version", "origin", "comment", "hint", "objection")},
                    }
                )
    problems = [
        {
            **dict(zip(("check", "row", "column"), one.problem.key, strict=True)),
            "severity": one.problem.severity,
            **{name: getattr(one, name) for name in ("title", "where", "instruction", "explanation", "open")},
        }
        for one in grid.problems
    ]
    stages = [
        {"code": one.code, "unit": one.unit.key, "state": one.state, "at": one.at}
        for one in entry.approvals.select_related("unit")
    ]
    return {**return_out(entry), "cells": cells, "problems": problems, "stages": stages}


@router.post("/{pk}/cells", response=ReturnCellsOut, auth=needs("returns.fill"), summary="Save figures")
def save_return_cells(request: Any, pk: int, body: ReturnCellsIn) -> Any:
    """What cannot be read, or was changed by somebody else meanwhile, is left out and told; the rest is saved."""
    entry = found(request, pk)
    given = [actions.CellInput(one.row, one.column, one.value, one.version) for one in body.cells]
    saved = actions.SaveCells(user=request.user, entry=entry, cells=given).execute()
    return {
        "saved": [
            {"row": row, "column": column, "version": version} for (row, column), version in saved.versions.items()
        ],
        "conflicts": [
            {
                "row": one.row,
                "column": one.column,
                "version": one.version,
                "value": None if one.theirs is None else plain_text(one.theirs),
            }
            for one in saved.conflicts
        ],
        "refused": [
            {"row": row, "column": column, "message": message} for (row, column), message in saved.refused.items()
        ],
        "errors": entry.errors,
    }


def done(request: Any, pk: int, action: Action[Any]) -> dict[str, Any]:
    """Do one step and tell how the return stands then."""
    action.execute()
    return return_out(found(request, pk))


@router.post("/{pk}/explanations", response=ReturnOut, auth=needs("returns.fill"), summary="Explain a check")
def explain_return_problem(request: Any, pk: int, body: ReturnExplanationIn) -> Any:
    """An error that is explained no longer keeps the return from being handed over."""
    given = {"row": body.row, "column": body.column, "text": body.text}
    action = actions.ExplainProblem(user=request.user, entry=found(request, pk), check_code=body.check, **given)
    return done(request, pk, action)


@router.post("/{pk}/no-change", response=ReturnOut, auth=needs("returns.fill"), summary="No change this period")
def declare_no_change(request: Any, pk: int) -> Any:
    """Takes every figure of the last period over; only of forms that allow it."""
    return done(request, pk, actions.DeclareNoChange(user=request.user, entry=found(request, pk)))


@router.post("/{pk}/complete", response=ReturnOut, auth=needs("returns.fill"), summary="Hand a return over")
def complete_return(request: Any, pk: int) -> Any:
    """Errors must be mended or explained first. The stages of approval follow, on the pages."""
    return done(request, pk, actions.CompleteReturn(user=request.user, entry=found(request, pk)))


@router.post("/{pk}/withdraw", response=ReturnOut, auth=needs("returns.fill"), summary="Take a return back")
def withdraw_return(request: Any, pk: int) -> Any:
    """While nobody has passed it yet."""
    return done(request, pk, actions.WithdrawReturn(user=request.user, entry=found(request, pk)))


@router.post("/{pk}/correct", response=ReturnOut, auth=needs("returns.fill"), summary="Correct an approved return")
def correct_return(request: Any, pk: int, body: Reason) -> Any:
    """Opens it again as a new version that passes all stages; what was approved stays in effect until then."""
    return done(request, pk, actions.CorrectReturn(user=request.user, entry=found(request, pk), reason=body.reason))
